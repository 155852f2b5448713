"""A run beside measured curves: deviations that are known, ranges, and what is told."""

from math import sqrt

import numpy as np
import pytest

from solver.results.compared import CURVES
from solver.results.comparison import overlaid
from solver.results.measurement_figures import figures
from solver.results.measurement_rows import comparisons_of, notes, rows, table
from solver.results.measurements import OVER_CAPACITY, OVER_CYCLES, OVER_TIME, compare_with
from solver.results.report import run_page
from tests.unit.measured_example import NET, TIME, VOLTAGE, curves, history, nothing
from tests.unit.record_example import columns, make_record

HALVES = "Specific Capacity / mA.h.g-1,Voltage / V"
OF_CYCLES = "Cycle Count / 1,Cycle Discharging Capacity / mA.h.g-1"


def course(**changed):
    """Rows of the same test as the run, columns of it changed by functions."""
    own = {"time": TIME, "voltage": VOLTAGE, "net": NET}
    return list(zip(*(map(changed.get(k, float), c) for k, c in own.items()), strict=True))


def apart(comparison, kind):
    return [pair.apart for pair in comparison.of(kind)]


def test_a_run_beside_itself_has_no_deviation(tmp_path):
    found = compare_with(history(), nothing(), curves(tmp_path, course()))
    assert len(found.of(OVER_CAPACITY)) == 2
    assert len(found.of(OVER_TIME)) == 1
    assert all(pair.apart.rmse < 1e-12 for pair in found.pairs)


def test_a_shifted_voltage_deviates_by_the_shift(tmp_path):
    """Measured 37 mV higher: computed less measured is -37 mV everywhere."""
    shifted = curves(tmp_path, course(voltage=lambda v: v + 0.037))
    found = compare_with(history(), nothing(), shifted)
    for kind in (OVER_CAPACITY, OVER_TIME):
        assert found.rmse(kind) == pytest.approx(0.037, rel=1e-12)
        assert [a.largest for a in apart(found, kind)] == pytest.approx(
            [-0.037] * len(found.of(kind))
        )


def test_half_cycles_are_matched_by_cycle_and_way(tmp_path):
    """Discharge of cycle 1, straight from 4.0 V at 30 to 3.1 V at 90 mA h/g, against 4.1 to 3.5 V.

    The run has a corner of 3.7 V at 60, where the measured line has 3.8 V: deviations of -0.1,
    -0.1 and -0.4 V at 30, 60 and 90.
    """
    measured = curves(tmp_path, [(30.0, 4.1), (90.0, 3.5)], HALVES, mass=None, way="discharge")
    found = compare_with(history(), nothing(), measured)
    ((deviation,), (pair,)) = apart(found, OVER_CAPACITY), found.of(OVER_CAPACITY)
    assert pair.what == "cycle 1, discharge"
    expected = sqrt((0.01 + (0.01 + 0.04 + 0.16) / 3) / 2)
    assert deviation.rmse == pytest.approx(expected, rel=1e-12)
    assert (deviation.largest, deviation.where) == (pytest.approx(-0.4), 90.0)


def test_a_measured_half_cycle_that_was_not_computed_is_named(tmp_path):
    measured = curves(
        tmp_path, [(0.0, 4.1), (90.0, 3.5)], HALVES, mass=None, way="discharge", first_cycle=7
    )
    found = compare_with(history(), nothing(), measured)
    assert found.notes == ("measured, but not computed: cycle 7, discharge",)
    assert "nothing of it could be compared" in " ".join(notes([found]))


def test_a_short_common_range_is_told(tmp_path):
    """The run ends at 90 mA h/g; measured is from 30 to 150."""
    measured = curves(tmp_path, [(30.0, 4.0), (150.0, 3.0)], HALVES, mass=None, way="discharge")
    found = compare_with(history(), nothing(), measured)
    assert apart(found, OVER_CAPACITY)[0].share == pytest.approx(0.5)
    assert "only 50 % of voltage over capacity, cycle 1, discharge" in " ".join(notes([found]))


def test_a_range_that_is_common_for_the_most_part_is_not_told(tmp_path):
    measured = curves(tmp_path, [(30.0, 4.0), (95.0, 3.0)], HALVES, mass=None, way="discharge")
    found = compare_with(history(), nothing(), measured)
    assert apart(found, OVER_CAPACITY)[0].share > 0.9
    assert "only" not in " ".join(notes([found]))


def test_capacities_are_compared_cycle_by_cycle(tmp_path):
    cycles = columns(
        {"Cycle Index / 1": [1, 2, 3], "Discharge Capacity / mA.h.g-1": [200, 190, 170]}
    )
    measured = curves(tmp_path, [(1, 197.0), (3, 174.0), (4, 100.0)], OF_CYCLES, mass=None)
    found = compare_with(history(), cycles, measured)
    (deviation,) = apart(found, OVER_CYCLES)
    assert deviation.rmse == pytest.approx(sqrt((9 + 16) / 2))
    assert (deviation.largest, deviation.where) == (-4.0, 3.0)
    assert deviation.share == pytest.approx(2 / 3)


def test_over_time_only_what_flows_the_same_way_is_compared(tmp_path):
    """The measured charge ends at half the time: then currents differ until the run turns, too."""
    rows = [(0.0, 3.6, 0.0), (900.0, 3.7, 25.0), (1800.0, 3.9, 50.0), (3600.0, 3.6, 20.0)]
    rows += [(5400.0, 3.4, 5.0), (9000.0, 3.0, 0.0)]
    (deviation,) = apart(compare_with(history(), nothing(), curves(tmp_path, rows)), OVER_TIME)
    between = deviation.x[np.isfinite(deviation.residual)]
    assert between.min() == 0.0
    assert not np.any((between > 0.5) & (between < 1.5))
    assert deviation.length == pytest.approx(0.5 + 1.0)


def test_times_after_jumped_cycles_are_not_those_of_a_test(tmp_path):
    table = {**history(), "Jumped Cycles / 1": [0, 0, 0, 0, 0, 10]}
    found = compare_with(columns(table), nothing(), curves(tmp_path, course()))
    assert apart(found, OVER_TIME)[0].high == pytest.approx(2.0)


def test_a_page_tells_rmse_and_the_largest_deviation_with_units(tmp_path):
    shifted = curves(tmp_path, course(voltage=lambda v: v + 0.037), label="cell A")
    told = dict(rows([compare_with(history(), nothing(), shifted)]))
    assert told["voltage over capacity, cell A: RMSE"] == "37 mV, 2 curves together"
    assert told["voltage over time, cell A: largest"].startswith("-37 mV at ")


def test_rounding_is_no_deviation(tmp_path):
    told = dict(rows([compare_with(history(), nothing(), curves(tmp_path, course(), label="A"))]))
    assert told["voltage over capacity, A: RMSE"] == "0 mV, 2 curves together"
    assert told["voltage over time, A: largest"].startswith("0 mV at ")


def test_a_table_has_a_line_for_each_curve(tmp_path):
    shifted = curves(tmp_path, course(voltage=lambda v: v - 0.02))
    head, lines = table([compare_with(history(), nothing(), shifted)])
    assert len(head) == len(lines[0])
    assert [line[1] for line in lines] == [
        "voltage over capacity, cycle 1, charge",
        "voltage over capacity, cycle 1, discharge",
        "voltage over time, whole test",
    ]
    assert lines[0][2:4] == ["20 mV", "+20 mV"]
    assert lines[0][-1] == "100.0 %"


def test_each_kind_has_a_figure_with_the_deviation_below(tmp_path):
    shifted = curves(tmp_path, course(voltage=lambda v: v + 0.037))
    drawn = figures([compare_with(history(), nothing(), shifted)])
    assert set(drawn) == {"measured_voltage", "measured_time"}
    below = drawn["measured_voltage"].axes[1]
    drawn_values = [line.get_ydata() for line in below.get_lines()[:2]]
    assert np.concatenate(drawn_values) == pytest.approx(-37.0)


def test_several_runs_are_drawn_over_what_was_measured(tmp_path):
    records = [make_record(label, tables={"history": history()}) for label in ("one", "two")]
    figure = overlaid(records, CURVES["voltage"], [curves(tmp_path, course(), label="A")])
    *computed, charge, discharge = figure.axes[0].get_lines()
    assert len(computed) == 4
    assert charge.get_label() == "measured: A"
    assert discharge.get_ydata() == pytest.approx([4.0, 3.7, 3.1])


def test_a_page_without_measured_curves_has_no_section_of_them():
    sections = run_page(make_record(), None)["sections"]
    assert "Measurements" not in [section["title"] for section in sections]


def test_files_of_one_label_are_told_apart(tmp_path):
    record = make_record(tables={"history": history()})
    twice = [curves(tmp_path, course(), label="A")] * 2
    told = [name for name, _ in rows(comparisons_of(record, twice)) if "time" in name]
    assert [name.split(", ")[1] for name in told[::2]] == ["A: RMSE", "A (2): RMSE"]


def test_the_section_of_a_page_stands_first_and_holds_its_figures(tmp_path):
    record = make_record(tables={"history": history()})
    first = run_page(record, None, [curves(tmp_path, course())])["sections"][0]
    assert first["title"] == "Measurements"
    assert [figure["name"] for figure in first["figures"]] == ["measured_voltage", "measured_time"]
