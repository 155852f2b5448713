"""Cracks are drawn where there are any, and every figure names declared accelerations."""

import json

import numpy as np
import pytest

from solver.output.observe import energies
from solver.output.snapshot import Outcome
from solver.output.trackers import open_trackers
from solver.results import crack_figures, curves, slow, style
from solver.results.declaration import declare
from solver.results.history import History, read_history
from solver.results.plots import draw
from solver.results.records import declaration
from solver.units.quantities import depth_of
from tests.unit.output_example import make_row, make_run, make_snapshot
from tests.unit.record_example import columns

FAST = "physics.interphase={enabled: true, acceleration: 20}"
DONE = Outcome("finished", "the whole protocol was done", {})


def run_into(directory, cracked, *overrides):
    """Two cycles of one row each after the start; the first leaves cracks, if there are any."""
    off = [f"output.{what}.enabled=false" for what in ("figures", "report", "fields")]
    run = make_run(directory, overrides=(*off, *overrides))
    trackers = open_trackers(run)
    for cycle in (1, 1, 2):
        share = 0.5 * cracked
        row = make_row(100.0 * cycle, Cycle=cycle, Cracked=share, Cracks=float(cracked))
        row |= {"Mean Crack Width / m": 5e-8 if cracked else np.nan}
        row |= {
            "Connected Crack Fraction / 1": 1.0 if cracked else np.nan,
            "Voltage / V": 3 + cycle,
        }
        snapshot = make_snapshot(run, row, step_ended=True)
        snapshot.damage[:] *= cracked
        for tracker in trackers:
            tracker.record(snapshot)
    for tracker in trackers:
        tracker.finish(DONE)
    return directory


def names(directory):
    return {file.stem for file in draw(directory) if file.stem.startswith("crack_")}


def test_cracks_have_figures_of_growth_width_depth_and_direction(tmp_path):
    drawn = {"crack_growth", "crack_widths", "crack_depth", "crack_directions"}
    assert names(run_into(tmp_path, True)) == drawn


def test_without_cracks_nothing_is_drawn_of_them(tmp_path):
    assert names(run_into(tmp_path, False)) == set()


def test_figures_show_the_numbers_of_the_files(tmp_path):
    run_into(tmp_path, True)
    history = read_history(tmp_path / "history.csv")
    cracks = json.loads((tmp_path / "cracks.json").read_text())
    with style.look():
        extent, number, width = crack_figures.growth(history).axes
        shells = crack_figures.depth(cracks).axes[0]
    assert extent.lines[0].get_ydata() == pytest.approx([50.0, 50.0])
    assert number.lines[0].get_ydata() == pytest.approx([1.0, 1.0])
    assert width.lines[0].get_ydata() == pytest.approx([50.0, 50.0])
    share = shells.patches[-1].get_data().values  # the same in every shell that has boundaries
    assert share[np.isfinite(share)] == pytest.approx(50.0)


def test_a_cycle_that_was_cut_off_is_not_drawn_beside_whole_ones(tmp_path):
    run_into(tmp_path, True)
    history = read_history(tmp_path / "history.csv")
    cracks = json.loads((tmp_path / "cracks.json").read_text())
    whole = History({"Cycle Index / 1": np.array([1.0])})
    with style.look():
        assert crack_figures.growth(history, whole) is None
        shells = crack_figures.depth(cracks, whole).axes[0]
    assert [patch.get_label() for patch in shells.patches] == ["cycle 1"]


def test_of_many_cycles_some_are_drawn_by_depth_and_named():
    ends = [{"Cycle Index / 1": k, "by_depth": [0.1]} for k in range(1, 41)]
    cracks = {"ends": ends, "bins": {"depth_m": [0, 1e-6]}, "boundaries": {"by_depth": [0.5]}}
    numbers = np.arange(1.0, 41.0)
    table = History({"Cycle Index / 1": numbers, "Discharge Rate / 1": 0.5 * np.ones(40)})
    with style.look():
        shells = crack_figures.depth(cracks, table).axes[0]
    assert [patch.get_label() for patch in shells.patches] == [
        f"cycle {k}" for k in (1, 9, 17, 24, 32, 40)
    ]


def test_every_figure_names_what_was_accelerated(tmp_path, monkeypatch):
    run_into(tmp_path, True, FAST)
    assert declaration(tmp_path).startswith("accelerated: interphase")
    told = []
    monkeypatch.setattr(style, "save", lambda figure, path: told.append(texts(figure)) or path)
    assert len(draw(tmp_path)) == len(told) > 5
    assert all(any("interphase" in text for text in figure) for figure in told)


def test_nothing_is_declared_at_the_true_speed(tmp_path):
    run_into(tmp_path, True)
    assert declaration(tmp_path) is None
    assert texts(declare(style.new_figure(1, 1), None)) == [""]


def texts(figure):
    return [figure.get_suptitle(), *(str(box.get_title().get_text()) for box in figure.legends)]


def test_the_figure_of_energies_leaves_out_nothing_that_the_ledger_has():
    worn = ["Fatigue Energy / J.m-1", "Corrosion Energy / J.m-1"]
    stores = [*(column.header_for(depth_of(2)) for column in energies.columns), *worn]
    time = np.array([0.0, 3600.0, 7200.0])
    history = {column: (k + 1.0) * time for k, column in enumerate(stores)}
    history |= {"Test Time / s": time, "Swelling Work / J.m-1": sum(history.values())}
    elastic, spent, paid = curves.energy(columns(history)).axes[0].lines[:3]
    assert paid.get_ydata() == pytest.approx(elastic.get_ydata() + spent.get_ydata())


def test_wear_is_drawn_where_there_is_any():
    history = {"Test Time / s": np.arange(3.0), "Mean Fatigue / 1": np.zeros(3)}
    assert slow.wear(columns(history)) is None
    history["Mean Corrosion / 1"] = np.array([0.0, 0.1, 0.2])
    lines = slow.wear(columns(history)).axes[0].lines
    assert lines[-1].get_ydata() == pytest.approx([0.0, 10.0, 20.0])
