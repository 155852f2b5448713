"""Figures over time break, and have grey ground, where cycles were jumped."""

import numpy as np
import pytest

from solver.results import compared, comparison, curves, slow, style
from solver.results.jumps import parted, spans
from tests.unit.record_example import HISTORY, columns, make_record

JUMPED = {"Jumped Cycles / 1": [0.0, 0.0, 0.0, 7.0, 7.0]}
BREAK = [0.0, 1.0, 2.0, np.nan, 3.0, 4.0]  # h


@pytest.fixture
def history():
    return columns(HISTORY | JUMPED)


def shaded(axes):
    """From where to where the ground is grey."""
    return [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in axes.patches]


def test_a_row_without_time_parts_what_was_jumped(history):
    gapped = parted(history)
    assert gapped["Test Time / s"] / 3600 == pytest.approx(BREAK, nan_ok=True)
    assert list(gapped["Voltage / V"]) == [3.5, 4.4, 3.1, 3.1, 4.3, 2.9]
    assert spans(gapped["Test Time / s"]) == [(7200.0, 10800.0)]
    assert gapped.about == history.about


def test_without_jumps_nothing_is_parted():
    whole = columns(HISTORY)
    assert parted(whole) is whole
    none = columns(HISTORY | {"Jumped Cycles / 1": [0.0] * 5})
    assert parted(none) is none


def test_what_is_slow_is_bridged_by_a_thin_line_on_grey_ground(history):
    with style.look():
        area, film = slow.surfaces(parted(history)).axes
    for axes, values in ((area, HISTORY["Wet Area / m2.g-1"]), (film, [1, 2, 3, 4, 6])):
        broken, thin = axes.lines
        assert broken.get_xdata() == pytest.approx(BREAK, nan_ok=True)
        assert list(thin.get_xdata()) == [0, 1, 2, 3, 4]
        assert list(thin.get_ydata()) == pytest.approx(values)
        assert thin.get_linewidth() < broken.get_linewidth()
        assert shaded(axes) == [(2.0, 3.0)]


def test_what_comes_and_goes_within_a_cycle_is_not_bridged(history):
    record = make_record(tables={"history": history})
    for name, lines in (("crack width", 1), ("film", 2)):
        axes = comparison.overlaid([record], compared.CURVES[name]).axes[0]
        assert len(axes.lines) == lines
        assert axes.lines[0].get_xdata() == pytest.approx(BREAK, nan_ok=True)


def test_voltage_behind_cracks_breaks_and_the_legend_tells_why(history):
    names = {"Largest Opening / m": [0.0, 7e-9, 3e-9, 9e-9, 4e-9]}
    with style.look():
        figure = curves.cracking(parted(columns(HISTORY | JUMPED | names)))
    extent, width, voltage, _ = figure.axes
    assert voltage.lines[0].get_xdata() == pytest.approx(BREAK, nan_ok=True)
    assert len(width.lines) == 1
    assert shaded(extent) == shaded(width) == [(2.0, 3.0)]
    told = [text.get_text() for text in figure.legends[0].get_texts()]
    assert told == ["cracked", "extrapolated", "voltage"]
