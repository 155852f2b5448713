"""Time steps of second order, out of steps of implicit Euler.

SDIRK2 (Alexander, SIAM J. Numer. Anal. 14, 1977): with c = 1 - 1/sqrt 2, n the lithium of a place
and f(n) what flows into it,

    n_1 = n_0 + c dt f(n_1),     n_2 = n_0 + (1 - c) dt f(n_1) + c dt f(n_2) .

The second stage is the first one again, from a place beyond it: n_0 + (1 - c)/c (n_1 - n_0). Both
are Euler steps of length c dt, at their own ends in time; the step ends with the second. Fast modes
die at once, as in Euler's method, and nothing from before the step is needed. Potentials have no
memory, and follow from the lithium at each stage.

In a linear problem its error in a step is 0.0404 dt^3 times the third derivative of n, that of
Euler's method dt^2/2 times the second. The rates at the beginning, the first stage and the end tell
it: there their divided difference is 0.2929 of that derivative, so that the error is

    0.1381 dt (f_0 / c - f_1 / (c (1 - c)) + f_2 / (1 - c)) .
"""

from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.model.electro.system import ElectrochemicalSystem, put_aside
from solver.model.state import State

Floats = npt.NDArray[np.floating]
C = 1.0 - 1.0 / sqrt(2.0)
BEYOND = (1.0 - C) / C
OF_DIFFERENCE = (3 * C**2 - 2 * C**3 - 1 / 6) / ((1 / 2 - C) / (1 - C))  # 0.1381


class Stage(NamedTuple):
    """An implicit solution within a time step; all are shares of its length.

    end: its moment. length: of the Euler step that it is for the lithium. weight: for how much of
    the step that stands which flows then.
    """

    end: float
    length: float
    weight: float


WHOLE = Stage(1.0, 1.0, 1.0)
FIRST = Stage(C, C, 1.0 - C)
SECOND = Stage(1.0, C, C)


def lithium_gained(state: State, old: State) -> Floats:
    """Lithium that the nodes have gained since an old state, fmol/um^3, by the changes."""
    x, sites = state["occupancy"], state["sites"]
    stored = sites * (x - old["occupancy"]) + (sites - old["sites"]) * old["occupancy"]
    return np.asarray(stored + put_aside(state) - put_aside(old))


def begin_beyond(system: ElectrochemicalSystem, gained: Floats, released: float) -> None:
    """Let the second stage begin beyond the first, by which nodes have gained so much lithium.

    gained: fmol/um^3. released: gain of what is outside the oxide, fmol.
    """
    system.aside_old.x.array[:] += BEYOND * gained
    system.facing.before += BEYOND * released


def error_of(begin: Floats, first: Floats, second: Floats, dt: float) -> Floats:
    """Error of a step of length dt from the rates at its beginning and at both stages."""
    difference = begin / C - first / (C * (1.0 - C)) + second / (1.0 - C)
    return np.asarray(OF_DIFFERENCE * dt * difference)
