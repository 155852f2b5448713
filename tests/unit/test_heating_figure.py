"""The figure of a heated particle: temperature in degC, gliding in percent, over time."""

import numpy as np
import pytest

from solver.mechanisms.front.mechanism import Front
from solver.mechanisms.gliding import GlidingRatio
from solver.mechanisms.oxygen_release import OxygenRelease
from solver.results.heating_figure import figure
from solver.results.history import History

TIME = np.array([0.0, 5.0, 10.5])
HEATED = {"Test Time / s": TIME, "Temperature / K": np.array([298.15, 548.15, 823.15])}
GLIDING = {
    "Mean Gliding / 1": np.array([0.0, 0.001, 0.003]),
    "Boundary Gliding / 1": np.array([0.0, 0.002, 0.005]),
    "Largest Gliding / 1": np.array([0.0, 0.004, 0.011]),
    "Glided Boundary / 1": np.array([0.0, 0.0, 0.2]),  # a share of area, not drawn beside ratios
}
RELEASE = {
    "Boundary Release / m": np.array([0.0, 1e-9, 7e-9]),
    "Even Release / m": np.array([0.0, 0.5e-9, 2e-9]),
    "Oxygen Release / 1": np.array([0.0, 0.01, 0.02]),
}
FRACTIONS = {
    "Front Fraction / 1": np.array([0.0, 0.1, 0.3]),
    "Front Fraction Most / 1": np.array([0.0, 0.2, 0.7]),
}
COLUMNS = (*GlidingRatio.columns, *OxygenRelease.columns, *Front.columns)
ABOUT = {column.header: column for column in COLUMNS}


def test_temperature_and_gliding_run_over_the_same_time():
    temperature, gliding = figure(History({**HEATED, **GLIDING}, ABOUT)).axes
    (line,) = temperature.lines
    assert line.get_xdata() == pytest.approx(TIME)
    assert line.get_ydata() == pytest.approx([25.0, 275.0, 550.0])
    shown = {line.get_label(): list(line.get_ydata()) for line in gliding.lines}
    assert shown["Boundary gliding".lower()] == pytest.approx([0.0, 0.2, 0.5])
    assert len(shown) == 3
    assert gliding.get_xlabel() == "Time / s"


def test_depths_of_rock_salt_have_a_frame_of_their_own_in_nanometres():
    temperature, release = figure(History({**HEATED, **RELEASE}, ABOUT)).axes
    shown = {line.get_label(): list(line.get_ydata()) for line in release.lines}
    assert shown["boundary release"] == pytest.approx([0.0, 1.0, 7.0])
    assert shown["even release"] == pytest.approx([0.0, 0.5, 2.0])
    assert len(shown) == 2
    assert not temperature.get_xlabel()
    assert len(figure(History({**HEATED, **GLIDING, **RELEASE}, ABOUT)).axes) == 3


def test_what_a_front_has_turned_has_a_frame_in_percent():
    _, turned = figure(History({**HEATED, **FRACTIONS}, ABOUT)).axes
    shown = {line.get_label(): list(line.get_ydata()) for line in turned.lines}
    assert shown["front fraction most"] == pytest.approx([0.0, 20.0, 70.0])
    assert shown["front"] == pytest.approx([0.0, 10.0, 30.0])


def test_long_runs_have_hours_and_one_frame_without_gliding():
    slow = {**HEATED, "Test Time / s": 3600.0 * TIME}
    (temperature,) = figure(History(slow, {})).axes
    assert temperature.lines[0].get_xdata() == pytest.approx(TIME)
    assert temperature.get_xlabel() == "Time / h"


def test_a_steady_temperature_has_no_figure():
    steady = {**HEATED, **GLIDING, "Temperature / K": np.full(3, 333.15)}
    assert figure(History(steady, ABOUT)) is None
