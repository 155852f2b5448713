"""The figure of the fit shows what its runs kept, by temperature, beside the measured points."""

import csv
from pathlib import Path

import numpy as np
import pytest

from calibration.evaluations import Wanted
from calibration.yan2018 import balls, courses
from calibration.yan2018.stages import case_of

COLD, WARM = case_of("pristine", 25), case_of("infused", 60)
LEFT = {"first": (200.0, 150.0), "again": (200.0, 160.0), "plain": (100.0, 90.0)}


def cycled(folder, capacities):
    """A run whose table of cycles has these rounds, the last one the 200th."""
    folder.mkdir()
    with (folder / "cycles.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        names = ("Cycle Index / 1", "Round / 1", "Check Cycle / 1", "Discharge Rate / 1")
        writer.writerow((*names, "Discharge Capacity / mA.h.g-1"))
        for number, capacity in zip((1, 200), capacities, strict=True):
            writer.writerow((number + 3, number, 0, 0.333, capacity))


@pytest.fixture
def runs(tmp_path):
    wanted = {name: Wanted(COLD if name != "plain" else WARM, (name,)) for name in LEFT}
    for name, capacities in LEFT.items():
        cycled(tmp_path / wanted[name].folder, capacities)
    return wanted


def drawn(figure):
    """Curves of every panel, by their title: style and share at the end."""
    return {
        axes.get_title(loc="left"): [
            (line.get_linestyle(), float(np.asarray(line.get_ydata()).reshape(-1)[-1]))
            for line in axes.get_lines()
        ]
        for axes in figure.axes
    }


def test_every_seed_is_a_curve_beside_the_measured_point(tmp_path, runs):
    found = courses.courses(tmp_path, {COLD: [runs["first"], runs["again"]]})
    panels = drawn(courses.figure(found, {}))
    assert panels["25 °C"] == [("-", 75.0), ("-", 80.0), ("None", 79.0)]
    assert panels["60 °C"] == []


def test_what_comes_without_a_fitted_energy_is_dashed(tmp_path, runs):
    plain = courses.courses(tmp_path, {WARM: [runs["plain"]]})
    figure = courses.figure({}, {courses.UNFITTED: plain})
    assert drawn(figure)["60 °C"] == [("--", pytest.approx(90.0))]
    (legend,) = figure.legends
    assert "no energy fitted" in [text.get_text() for text in legend.get_texts()]


def test_runs_that_are_gone_are_left_out(tmp_path, runs):
    gone = Wanted(COLD, ("deleted",))
    found = courses.courses(tmp_path, {COLD: [gone, runs["first"]]})
    assert [course.share[-1] for course in found[COLD]] == [0.75]


def test_the_figure_is_kept_in_the_folder(tmp_path, runs):
    file = tmp_path / courses.FILE
    courses.keep(file, courses.courses(tmp_path, {COLD: [runs["first"]]}), {})
    assert file.stat().st_size > 10000


def test_balls_are_drawn_beside_the_plane_dashed_and_larger_ones_dotted(tmp_path):
    cycled(tmp_path / "ball_as_coated_60C", (200.0, 90.0))
    cycled(tmp_path / "as_coated_60C", (220.0, 165.0))
    cycled(tmp_path / "ball_infused_25C", (200.0, 180.0))
    cycled(tmp_path / "ball200_infused_25C", (200.0, 182.0))
    found = balls.kept_in(tmp_path, "ball_")
    assert set(found) == {case_of("as_coated", 60), case_of("infused", 25)}
    figure = courses.figure(found, balls.beside(tmp_path))
    assert drawn(figure)["60 °C"][:2] == [("--", 75.0), ("-", 45.0)]
    assert drawn(figure)["25 °C"] == [(":", 91.0), ("-", 90.0), ("None", pytest.approx(91.6))]
    (legend,) = figure.legends
    told = [text.get_text() for text in legend.get_texts()]
    assert told[3:] == ["plane; solid: ball of 50", "ball of 200", "measured"]


def test_what_is_not_there_is_not_in_the_legend(tmp_path):
    cycled(tmp_path / "ball_infused_25C", (200.0, 180.0))
    (legend,) = courses.figure(balls.kept_in(tmp_path, "ball_"), balls.beside(tmp_path)).legends
    told = [text.get_text() for text in legend.get_texts()]
    assert told == ["pristine", "as coated", "infused", "measured"]


def test_balls_are_drawn_into_their_folder(tmp_path, monkeypatch, capsys):
    cycled(tmp_path / "ball_pristine_25C", (200.0, 150.0))
    monkeypatch.setattr("sys.argv", ["balls", str(tmp_path)])
    balls.main()
    assert Path(capsys.readouterr().out.strip()).stat().st_size > 10000


def test_a_folder_without_balls_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["balls", str(tmp_path)])
    with pytest.raises(SystemExit) as refused:
        balls.main()
    assert refused.value.code == 2
    assert "no run of a ball" in capsys.readouterr().err
