"""The figure of a heated particle: temperature, gliding and lost oxygen over time."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solver.results import headers, style
from solver.results.calorimetry import CELSIUS
from solver.results.curves import label_of
from solver.results.history import History
from solver.units.columns import Column

LONG = 7200.0  # s from which time is told in hours


class Below(NamedTuple):
    """One frame of the figure: what is in it, with its colours, and what its axis shows."""

    axis: str
    factor: float
    colours: dict[str, str]  # by the names of the columns

    def of(self, history: History) -> dict[str, Column]:
        """Return the columns that a history has of it."""
        there = [history.named(name) for name in self.colours]
        return {header: column for each in there for header, column in each.items()}

    def draw(self, axes: Axes, history: History, time: np.ndarray) -> None:
        """Draw them over time."""
        for header, column in self.of(history).items():
            colour, label = self.colours[column.name], label_of(column)
            axes.plot(time, self.factor * history[header], color=colour, label=label)
        axes.set_ylabel(self.axis)
        axes.set_ylim(bottom=0)
        axes.legend(loc="best")


FRAMES = (
    Below(
        "Gliding ratio / %",
        100.0,
        {
            "Mean Gliding": style.BLUE,
            "Boundary Gliding": style.ORANGE,
            "Largest Gliding": style.VERMILION,
        },
    ),
    Below(
        "Rock salt / nm",
        1e9,
        {
            "Outer Release": style.BLUE,
            "Boundary Release": style.ORANGE,
            "Junction Release": style.VERMILION,
            "Even Release": style.BLACK,
        },
    ),
    Below(
        "Rock salt of the oxide / %",
        100.0,
        {
            "Front Fraction": style.BLUE,
            "Front Fraction Most": style.VERMILION,
            "Front Fraction Least": style.ORANGE,
        },
    ),
)


def figure(history: History) -> Figure | None:
    """Temperature over time, below it what it does; None if it is steady."""
    kelvin, time = history[headers.TEMPERATURE], history[headers.TEST_TIME]
    if not np.ptp(kelvin) > 0:
        return None
    shown = [frame for frame in FRAMES if frame.of(history)]
    drawn = style.new_figure(5.0, 2.4 + 2.0 * len(shown))
    first, *others = drawn.subplots(1 + len(shown), 1, sharex=True, squeeze=False)[:, 0]
    unit, name = (3600.0, "Time / h") if time[-1] > LONG else (1.0, "Time / s")
    first.plot(time / unit, kelvin - CELSIUS, color=style.VERMILION)
    first.set_ylabel("Temperature / °C")
    for axes, frame in zip(others, shown, strict=True):
        frame.draw(axes, history, time / unit)
    drawn.axes[-1].set_xlabel(name)
    return drawn
