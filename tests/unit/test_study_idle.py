"""A study says which of its axes change nothing."""

from math import nan

import pytest

from solver.study.idle import unmoved

GRID = {"strength": [1, 1, 2, 2], "rate": ["C/2", "1C", "C/2", "1C"]}


@pytest.mark.parametrize(
    ("outcome", "idle"),
    [
        ([0.1, 0.2, 0.1, 0.2], ["strength"]),
        ([0.1, 0.1, 0.3, 0.3], ["rate"]),
        ([0.1, 0.2, 0.1, 0.3], []),
        ([0.1, 0.1, 0.1, 0.1], ["strength", "rate"]),
    ],
)
def test_an_axis_is_idle_where_no_two_runs_differ_along_it(outcome, idle):
    assert unmoved(GRID, outcome) == idle


def test_axes_in_step_are_not_judged():
    assert unmoved({"strength": [1, 2], "rate": [1, 2]}, [0.1, 0.1]) == []


def test_one_axis_alone_is_judged():
    assert unmoved({"seed": [1, 2]}, [str((0.1, nan))] * 2) == ["seed"]
    assert unmoved({"seed": [1]}, [0.1]) == []
