"""The figure of a particle that is heated: temperature, and gliding of its lattice, over time."""

import numpy as np
from matplotlib.figure import Figure

from solver.results import headers, style
from solver.results.calorimetry import CELSIUS
from solver.results.curves import label_of
from solver.results.history import History
from solver.units.groups import GLIDING

COLOURS = (style.BLUE, style.ORANGE, style.VERMILION)
LONG = 7200.0  # s from which time is told in hours


def figure(history: History) -> Figure | None:
    """Temperature over time, the gliding ratios below it if there are any; None if it is steady."""
    kelvin, time = history[headers.TEMPERATURE], history[headers.TEST_TIME]
    if not np.ptp(kelvin) > 0:
        return None
    found = history.group(GLIDING).items()
    gliding = {header: column for header, column in found if header != headers.GLIDED_BOUNDARY}
    drawn = style.new_figure(5.0, 2.4 + 2.0 * bool(gliding))
    frames = drawn.subplots(1 + bool(gliding), 1, sharex=True, squeeze=False)[:, 0]
    unit, name = (3600.0, "Time / h") if time[-1] > LONG else (1.0, "Time / s")
    frames[0].plot(time / unit, kelvin - CELSIUS, color=style.VERMILION)
    frames[0].set_ylabel("Temperature / °C")
    for (header, column), colour in zip(gliding.items(), COLOURS, strict=True) if gliding else ():
        frames[1].plot(time / unit, 100 * history[header], color=colour, label=label_of(column))
    if gliding:
        frames[1].set_ylabel("Gliding ratio / %")
        frames[1].set_ylim(bottom=0)
        frames[1].legend(loc="best")
    frames[-1].set_xlabel(name)
    return drawn
