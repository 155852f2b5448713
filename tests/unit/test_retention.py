"""What is left of the capacity stands beside what was measured; many cycles are drawn in part."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from solver.case.measured import MeasuredCase
from solver.results import compared, comparison, curves, retention, retention_figure, style
from solver.results import figures_of_merit as merit
from solver.results.chosen import MOST, chosen
from solver.results.history import half_cycles
from tests.unit.record_example import columns, make_record

SOURCE = "Somebody, Some Journal"
POINTS = {"source": SOURCE, "retention": [{"round": 4, "share": 0.7}, {"round": 2, "share": 0.9}]}
CYCLES = {  # two of formation, then five rounds, a check after the first of them
    "Cycle Index / 1": [1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 8.0],
    "Round / 1": [1.0, 2.0, 1.0, 1.0, 2.0, 4.0, 5.0],
    "Check Cycle / 1": [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0],
    "Discharge Rate / 1": [0.1, 0.1, 0.5, 0.05, 0.5, 0.5, 0.5],
    "Discharge Capacity / mA.h.g-1": [230.0, 229.0, 200.0, 231.0, 190.0, 150.0, 130.0],
}


def record(**changes):
    known = make_record()
    tables = known.tables | {"cycles": columns(CYCLES)}
    return replace(known, tables=tables, resolved=known.resolved | changes)


def test_retention_is_of_the_rounds_at_the_usual_rate():
    kept = retention.computed(columns(CYCLES))
    assert kept.number == pytest.approx([1, 2, 4, 5])
    assert kept.share == pytest.approx([1, 0.95, 0.75, 0.65])
    assert kept.at(4) == 0.75
    assert np.isnan(kept.at(3))


@pytest.mark.parametrize("rounds", [[1, 1, 2, 2, 3, 4, 5], [np.nan] * 7, [1, 2, 2, 2, 3, 4, 5]])
def test_without_one_course_of_rounds_there_is_no_retention(rounds):
    """Rounds of several repeats do not go on from each other."""
    table = CYCLES | {"Round / 1": rounds, "Discharge Rate / 1": [0.5] * 7}
    assert retention.computed(columns(table)) is None


def test_retention_is_told_beside_what_was_measured():
    rows = dict(merit.capacities(record(measured=POINTS)))
    assert rows["retention after 2 rounds"] == f"95.0 % (measured: 90.0 %, {SOURCE})"
    assert rows["retention after 4 rounds"] == f"75.0 % (measured: 70.0 %, {SOURCE})"
    assert not any("retention" in name for name in dict(merit.capacities(record())))


def test_a_round_that_was_not_computed_is_not_told():
    points = POINTS | {"retention": [{"round": 3, "share": 0.8}]}
    assert retention.in_words(columns(CYCLES), {"measured": points}) == []


def points_of(axes):
    return [[list(values) for values in line.get_data()] for line in axes.lines]


def test_the_figure_has_a_line_and_the_measured_points():
    figure = retention_figure.figure(columns(CYCLES), {"measured": POINTS})
    line, diamonds = points_of(figure.axes[0])[:2]
    assert line == [[1, 2, 4, 5], pytest.approx([100, 95, 75, 65])]
    assert diamonds == [[2, 4], pytest.approx([90, 70])]
    assert figure.axes[0].lines[1].get_marker() == "D"
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["computed", SOURCE]
    assert retention_figure.figure(columns(CYCLES), {}) is None


def test_a_comparison_has_all_retentions_with_their_points():
    both = [record(measured=POINTS), record()]
    figure = comparison.overlaid(both, compared.CURVES["retention"])
    lines = figure.axes[0].lines
    assert [line.get_marker() for line in lines] == ["o", "D", "o"]
    assert lines[0].get_color() == lines[1].get_color() == comparison.COLOURS[0]
    assert lines[2].get_color() == comparison.COLOURS[1]


def test_what_was_measured_needs_points_and_a_source():
    assert MeasuredCase.model_validate(POINTS).retention[1].share == 0.9
    for wrong in ({"source": ""}, {"retention": []}, {"retention": [{"round": 0, "share": 1}]}):
        with pytest.raises(ValidationError):
            MeasuredCase.model_validate(POINTS | wrong)


MANY = columns({
    "Cycle Index / 1": np.arange(1.0, 104.0),
    "Check Cycle / 1": np.arange(1, 104) % 50 == 0,
    "Discharge Rate / 1": [0.1] * 3 + [0.5] * 100,
})  # fmt: skip


def test_of_many_cycles_some_of_the_bulk_are_drawn():
    drawn = chosen(range(1, 104), MANY)
    assert drawn.cycles == (4, 24, 44, 63, 83, 103)
    assert drawn.title == "cycles 4, 24, 44, 63, 83, 103"
    assert (drawn.age(4), drawn.age(44), drawn.age(103)) == (1.0, 0.6, 0.0)


def test_checks_are_not_chosen():
    few = {name: values[44:54] for name, values in MANY.items()}
    assert 50 not in chosen(range(45, 55), columns(few)).cycles


@pytest.mark.parametrize("table", [None, MANY])
def test_few_cycles_are_all_drawn(table):
    drawn = chosen([3, 1, 2, 2], table)
    assert drawn.cycles == (1, 2, 3)
    assert drawn.title is None


def test_only_the_chosen_cycles_have_voltage_curves():
    cycle = np.repeat(np.arange(1.0, 104.0), 4)
    net = np.tile([0.0, 50.0, 100.0, 50.0], 103)
    history = columns({
        "Test Time / s": np.arange(412.0),
        "Cycle Index / 1": cycle,
        "Net Charge / mA.h.g-1": net,
        "Voltage / V": 3.5 + net / 200,
    })  # fmt: skip
    assert len(half_cycles(history)) > 200
    with style.look():
        axes = curves.voltage(history, MANY).axes[0]
    charges = [line for line in axes.lines if list(line.get_ydata())[-1:] == [4.0]]
    assert len(charges) == MOST
    assert axes.get_legend().get_title().get_text() == "cycles 4, 24, 44, 63, 83, 103"
