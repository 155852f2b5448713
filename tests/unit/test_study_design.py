"""Points of a study lie where they should: in every combination, in step, or evenly drawn."""

import numpy as np
import pytest
from scipy.stats import qmc

from solver.study.design import DesignError, OnAxis, combined, drawn, unit_cube
from solver.study.values import as_yaml, between, in_one_unit
from solver.text.yaml_text import parse
from solver.units.measures import Quantity

STRESS = Quantity("a stress", "Pa", "2 GPa")


def test_a_product_has_each_value_with_each():
    points = [tuple(place.number for place in point) for point in combined([2, 3], "product")]
    assert points == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]


def test_axes_in_step_must_have_one_length():
    assert combined([2, 2], "zip") == [(OnAxis(0), OnAxis(0)), (OnAxis(1), OnAxis(1))]
    with pytest.raises(DesignError, match="these have 2, 3 values"):
        combined([2, 3], "zip")


def test_a_latin_hypercube_has_one_point_in_every_stratum_of_every_axis():
    shares = unit_cube(3, "latin_hypercube", 20, seed=4)
    for column in shares.T:
        assert sorted(np.floor(20 * column).astype(int)) == list(range(20))


def test_a_sobol_set_is_that_of_scipy():
    expected = qmc.Sobol(2, seed=np.random.default_rng(7)).random(16)
    assert np.array_equal(unit_cube(2, "sobol", 16, seed=7), expected)
    assert not np.array_equal(unit_cube(2, "sobol", 16, seed=8), expected)


def test_a_sobol_set_of_another_number_than_a_power_of_two_is_refused():
    with pytest.raises(DesignError, match="take count: 8 or 16, not 12"):
        unit_cube(2, "sobol", 12, seed=0)


def test_points_that_are_drawn_take_each_value_of_a_list_as_often():
    points = drawn([3, None], "latin_hypercube", 12, seed=1)
    assert np.bincount([point[0].number for point in points]).tolist() == [4, 4, 4]
    assert len({point[1].share for point in points}) == 12


def test_values_between_two_ends_keep_the_unit_of_the_first():
    assert between("1 GPa", "2000 MPa", (0.0, 0.5, 1.0), False, False) == [
        "1 GPa", "1.5 GPa", "2 GPa",
    ]  # fmt: skip
    assert between("C/10", "1C", (0.0, 1.0), True, False) == ["0.1C", "1C"]


def test_a_log_range_is_even_in_the_logarithm():
    values = between(1, 10000, (0.0, 0.25, 0.5, 0.75, 1.0), True, True)
    assert values == [1, 10, 100, 1000, 10000]
    with pytest.raises(ValueError, match="above zero"):
        between(0, 1, (0.5,), True, False)


def test_two_ends_of_different_kinds_are_refused():
    with pytest.raises(ValueError, match="nm"):
        between("1 GPa", "2 nm", (0.5,), False, False)


@pytest.mark.parametrize("value", ["1 GPa", "yes", " a", 3, 2.5, True, None, {"a": [1, "b: c"]}])
def test_a_value_is_written_so_that_set_reads_the_same(value):
    assert parse(as_yaml(value)) == value


def test_values_come_in_the_unit_of_the_first():
    assert in_one_unit(["1 GPa", "500 MPa", 2e9], STRESS) == ([1.0, 0.5, 2.0], "GPa")
    assert in_one_unit([1e9, 2e9], STRESS) == ([1e9, 2e9], "Pa")
    assert in_one_unit([3, 4], None) == ([3.0, 4.0], "1")
    assert in_one_unit(["random", "radial"], None) is None
