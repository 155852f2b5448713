"""Residuals are computed less measured over the precision, and never reward what is missing."""

import numpy as np
import pytest

from solver.fitting.residuals import (
    TargetGroup,
    curve_group,
    misfit,
    of_curve,
    weights,
)
from solver.measured import MeasuredHalf
from solver.study.outputs import Output
from tests.unit.study_example import leave


def half(capacity, voltage, cycle=1, charging=True):
    return MeasuredHalf(cycle, charging, np.array(capacity, float), np.array(voltage, float))


def halves(*every):
    return {(each.cycle, each.charging): each for each in every}


MEASURED = curve_group(half([0, 50, 100, 150], [3.6, 3.8, 4.0, 4.2]), "cell", 0.01, 100)


def test_points_weigh_by_the_charge_they_stand_for():
    assert weights(np.array([0.0, 1.0, 3.0, 4.0])) == pytest.approx([0.5, 1.5, 1.5, 0.5])
    dense = np.concatenate([np.linspace(0, 50, 51), [100.0]])
    assert weights(dense)[:50].sum() / 52 == pytest.approx(0.495)


def test_residuals_of_a_curve_are_those_computed_by_hand():
    """The run lies 20 mV above at 0 and 40 mV above at 150 mA h/g, straight between."""
    run = halves(half([0, 150], [3.62, 4.24]))
    w = np.sqrt(np.array([25, 50, 50, 25]) * 4 / 150)
    off = np.array([0.02, 3.62 + 0.62 / 3 - 3.8, 3.62 + 1.24 / 3 - 4.0, 0.04])
    assert of_curve(run, MEASURED) == pytest.approx(w * off / 0.01)


def test_beyond_the_end_of_a_run_its_last_voltage_stands():
    run = halves(half([0, 100], [3.6, 4.0]))
    assert of_curve(run, MEASURED)[-1] == pytest.approx(np.sqrt(2 / 3) * -0.2 / 0.01)


def test_a_half_cycle_that_a_run_does_not_have_is_named():
    run = halves(half([0, 100], [4.0, 3.6], charging=False))
    assert of_curve(run, MEASURED) == "it has no charge in cycle 1"


def test_points_on_the_cliff_at_the_end_of_a_discharge_are_left_out_where_that_is_asked_for():
    discharge = half([0, 50, 100, 101], [4.2, 4.0, 3.8, 3.0], charging=False)
    group = curve_group(discharge, "cell", 0.01, 100, above=3.7)
    assert group.voltage == pytest.approx([4.2, 4.0, 3.8])
    assert group.weight == pytest.approx([0.75, 1.5, 0.75])
    assert curve_group(discharge, "cell", 0.01, 100).size == 4
    with pytest.raises(ValueError, match=r"cycle 1, discharge of cell has less than two points"):
        curve_group(discharge, "cell", 0.01, 100, above=4.1)


def test_of_many_points_neighbours_are_averaged():
    q = np.linspace(0, 100, 1000)
    group = curve_group(half(q, 3.6 + 0.004 * q), "cell", 0.01, 10)
    assert group.size == 10
    assert group.voltage == pytest.approx(3.6 + 0.004 * group.capacity)
    assert np.all(np.diff(group.capacity) > 0)


CRACKED = Output("Cracked Fraction / 1", "Cracked Fraction", "history")
DAMAGE = Output("Mean Damage / 1", "Mean Damage", "history")


@pytest.fixture
def directory(tmp_path):
    leave(tmp_path / "run", "finished")
    head = "Test Time / s,Cycle Index / 1,Cracked Fraction / 1,Mean Damage / 1\n"
    (tmp_path / "run/history.csv").write_text(f"{head}0,1,0,0\n9,1,0.3,0.6\n")
    return tmp_path / "run"


@pytest.mark.parametrize(("how", "value"), [("", 0.3), ("over", 0.5), ("less", -0.3)])
def test_a_target_is_an_output_or_a_ratio_or_a_difference_of_two(directory, how, value):
    other = DAMAGE if how else None
    group = TargetGroup("it", "1", CRACKED, other, how, value - 0.1, 0.05)
    found = misfit(directory, [group])
    assert found.residuals == pytest.approx([2.0])
    assert found.rms == pytest.approx([0.1])
    assert found.cost == pytest.approx(2.0)


def test_a_run_that_lacks_a_group_has_no_residuals_at_all(directory):
    groups = [
        TargetGroup("it", "1", CRACKED, None, "", 0.2, 0.05),
        TargetGroup("that", "1", Output("None / 1", "None", "history"), None, "", 0.2, 0.05),
    ]
    found = misfit(directory, groups)
    assert found.lacking == "it has no that"
    assert np.isnan(found.residuals).all()
