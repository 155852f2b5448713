"""Which rounds may come next: some may be left out, those that checks follow may not."""

import pytest

from solver.drive.rounds import ends_a_round, rounds_ahead
from tests.particles import case_of

PAIR = "'Charge at C/3 until 4.3 V', 'Discharge at C/3 until 2.7 V'"
FORMED = "'Charge at C/10 until 4.3 V', 'Discharge at C/10 until 2.7 V'"
CHECK = "{at: [4], steps: ['Rest for 1 hour']}"


def plan_of(*items):
    return case_of(f"[{', '.join(items)}]").steps()


def repeat(times, *items, checks=""):
    checks = f", checks: [{checks}]" if checks else ""
    return f"{{repeat: {{times: {times}, steps: [{', '.join(items)}]{checks}}}}}"


def test_rounds_end_with_their_last_step():
    plan = plan_of(FORMED, repeat(3, PAIR))
    assert [ends_a_round(plan, k) for k in range(len(plan))] == [False] * 3 + [True, False] * 2 + [
        True
    ]


def test_a_round_is_over_with_the_check_that_follows_it():
    plan = plan_of(repeat(5, PAIR, checks=CHECK))
    ends = [k for k in range(len(plan)) if ends_a_round(plan, k)]
    assert ends == [1, 3, 5, 8, 10]


def test_all_rounds_to_the_last_of_the_repeat_may_come_next():
    plan = plan_of(FORMED, repeat(6, PAIR), PAIR)
    assert rounds_ahead(plan, 5, 99) == [6, 8, 10, 12]
    assert rounds_ahead(plan, 5, 2) == [6, 8]
    assert rounds_ahead(plan, 13, 99) == []


def test_no_round_behind_one_that_a_check_follows_comes_next():
    plan = plan_of(repeat(9, PAIR, checks=CHECK))
    assert rounds_ahead(plan, 1, 99) == [2, 4, 6]
    assert rounds_ahead(plan, 8, 99) == [9, 11, 13, 15, 17]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_within_a_round_and_outside_of_repeats_there_is_none(number):
    plan = plan_of(FORMED, repeat(4, PAIR))
    assert rounds_ahead(plan, number, 99) == []


def test_inner_rounds_end_where_the_outer_one_goes_on():
    plan = plan_of(repeat(2, "'Rest for 1 hour'", repeat(3, PAIR)))
    assert rounds_ahead(plan, 2, 99) == [3, 5]
    assert rounds_ahead(plan, 6, 99) == []
