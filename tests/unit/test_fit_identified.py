"""Errors of a linear problem are those of the closed form; what cannot be known is named."""

import numpy as np
import pytest

from solver.fitting.identified import doubts, identified, one_sided, widened
from solver.fitting.search import OutOfRunsError, SearchError, search

LINE = np.column_stack([np.ones(5), np.arange(5.0)])  # of a straight line at 0, 1, 2, 3, 4
TRUE = np.array([0.3, 0.6])


def test_errors_of_a_straight_line_are_those_of_the_books():
    """sigma_a^2 = sum x^2 / (n sum (x - m)^2), sigma_b^2 = 1 / sum (x - m)^2, rho = -m / rms x."""
    known = identified(LINE, np.full(5, 0.5))
    assert known.errors == pytest.approx([np.sqrt(30 / 50), np.sqrt(1 / 10)])
    assert known.correlation[0, 1] == pytest.approx(-2 / np.sqrt(6))
    assert (known.freedom, known.spread) == (3, 1.0)
    assert doubts(known, ("a", "b")) == []


def test_errors_are_widened_where_residuals_exceed_the_precision():
    known = identified(LINE, np.full(5, 3.0))
    assert known.spread == pytest.approx(np.sqrt(45 / 3))
    assert known.errors[1] == pytest.approx(np.sqrt(15 / 10))
    assert any("3.9 times the precision" in note for note in doubts(known, ("a", "b")))


def test_two_parameters_that_do_the_same_are_named():
    jacobian = np.column_stack([np.linspace(3, 9, 7), np.linspace(3, 9, 7), np.ones(7) * 20])
    jacobian[0, 1] += 1e-3
    told = doubts(identified(jacobian, np.full(7, 0.5)), ("rate", "contact", "level"))
    assert any("contact and rate can hardly be told apart: correlation -1.000" in t for t in told)
    assert any(t.startswith("the combination") and "level" not in t for t in told)
    assert "rate is not identifiable" in told[0]
    assert not any("level is not" in t for t in told)


def test_a_parameter_without_any_effect_is_not_identifiable():
    jacobian = np.column_stack([np.full(4, 10.0), np.zeros(4)])
    known = identified(jacobian, np.full(4, 0.5))
    assert known.errors[0] == pytest.approx(1 / 20)
    assert known.errors[1] > 1e3
    assert any(note.startswith("idle is not identifiable") for note in doubts(known, ("D", "idle")))


def test_as_many_parameters_as_numbers_leave_nothing_to_test():
    known = identified(np.diag([10.0, 20.0]), np.array([0.1, 0.1]))
    assert known.errors == pytest.approx([0.1, 0.05])
    assert any("nothing is left" in note for note in doubts(known, ("a", "b")))


def test_a_linearised_profile_is_the_least_over_the_others():
    """At each value of one parameter the other is refitted: compared with doing just that."""
    known = identified(LINE, np.full(5, 0.1))
    way = 0.4
    others = known.others(1, way)
    assert others[1] == pytest.approx(way)
    rest = np.linalg.lstsq(LINE[:, :1], -LINE[:, 1] * way, rcond=None)
    assert others[0] == pytest.approx(rest[0][0])
    assert known.apart(1, np.array([way])) == pytest.approx(rest[1])


def test_neighbours_on_one_side_are_no_noise():
    assert abs(one_sided(np.random.default_rng(1).normal(size=400))) < 0.15
    assert one_sided(np.sin(np.linspace(0, 6, 100))) > 0.9
    assert widened(0.6) == pytest.approx(2.0)


class Curved:
    """Residuals that are curved in two places, with a least of zero at TRUE."""

    def __init__(self, fails=lambda places: False, most=10**6):
        self.fails, self.most, self.batches = fails, most, []

    def __call__(self, every, why):
        if sum(map(len, self.batches)) + len(every) > self.most:
            raise OutOfRunsError
        self.batches.append([why] * len(every))
        return [None if self.fails(each) else self.of(each) for each in every]

    def of(self, places):
        return 30 * (np.exp(LINE @ places / 2) - np.exp(LINE @ TRUE / 2)) + [
            0.1,
            -0.1,
            0,
            0.1,
            -0.1,
        ]


def test_the_least_of_curved_residuals_is_found_with_columns_in_one_batch():
    evaluate = Curved()
    found = search(evaluate, np.array([0.8, 0.2]), 0.02)
    assert found.places == pytest.approx(TRUE, abs=0.01)
    assert (found.converged, found.exact) == (True, True)
    assert evaluate.batches[:2] == [["start"], ["step", "step"]]
    assert sum(map(len, evaluate.batches)) < 25


def test_a_trial_that_fails_makes_the_search_more_careful():
    evaluate = Curved(fails=lambda places: places[1] > 0.65)
    found = search(evaluate, np.array([0.9, 0.05]), 0.02)
    assert found.places == pytest.approx(TRUE, abs=0.01)


def test_a_step_that_fails_is_taken_the_other_way():
    evaluate = Curved(fails=lambda places: places[0] > 0.31)
    found = search(evaluate, np.array([0.2, 0.5]), 0.02)
    assert found.places == pytest.approx(TRUE, abs=0.01)
    assert found.jacobian is not None
    slope = 15 * np.exp(LINE @ found.places / 2)  # of 30 exp(L p / 2) with p_0
    assert found.jacobian[:, 0] == pytest.approx(slope, rel=0.02)


@pytest.mark.parametrize("start", [[0.8, 0.2], [0.5, 0.5]])
def test_a_search_that_cannot_begin_says_so(start):
    blind = Curved(fails=lambda places: True)
    with pytest.raises(SearchError, match="the first run gives nothing"):
        search(blind, np.array(start), 0.02)
    lonely = Curved(fails=lambda places: bool(abs(places - start).max() > 1e-9))
    with pytest.raises(SearchError, match="beside the best one"):
        search(lonely, np.array(start), 0.02)


def test_without_more_runs_the_best_place_so_far_is_told():
    found = search(Curved(most=6), np.array([0.8, 0.2]), 0.02)
    assert not found.converged
    assert "max_runs" in found.why
    assert found.jacobian is not None


def test_a_least_beyond_an_end_is_found_at_the_end():
    class Beyond(Curved):
        def of(self, places):
            return LINE @ (places - np.array([0.3, 1.4])) * 10

    found = search(Beyond(), np.array([0.5, 0.5]), 0.02)
    assert found.places[1] > 0.99
