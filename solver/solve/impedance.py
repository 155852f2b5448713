"""Impedance of the particle about its present state.

The coupled equations, linearized for a signal exp(s t), s = i omega, are solved for a current
density of 1 pA/um^2 over the outside. That makes the potential of the collector the impedance in
Ohm m^2 of geometric outer area (1 V um^2/pA = 1 Ohm m^2): that of all there is between the
collector and the electrolyte, the contact to the collector included.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from solver.model.build import Model
from solver.model.small_signal import largest_miss, put_back
from solver.solve.signal_system import SignalSystem, SignalSystemError

Complexes = npt.NDArray[np.complexfloating]
LARGEST_MISS = 0.1  # V: particles that have not rested yet miss by their stress part


class ImpedanceError(Exception):
    """There is no impedance at this state; the message says why."""


def spectrum(model: Model, frequencies: Sequence[float]) -> Complexes:
    """Impedance at each frequency (Hz), Ohm m^2 of geometric outer area. Collective.

    The state is left untouched. Raises ImpedanceError at a state that no solver has reached, and
    where the linear system cannot be solved.
    """
    if min(frequencies, default=1.0) <= 0:
        raise ValueError("frequencies must be positive")
    with put_back(model):
        miss, grain = largest_miss(model)
    if not miss < LARGEST_MISS:
        raise ImpedanceError(
            "there is no impedance at a state that is no solution: the reaction law of "
            f"{grain} is missed by {miss:.2g} V: the particle has not come to rest since it was "
            "put together, or the solver gave up"
        )
    return impedances(model, 2j * np.pi * np.asarray(frequencies, float))


def impedances(model: Model, s: Complexes) -> Complexes:
    """The same for signals that go like exp(s t), s in 1/s, at any state. Collective."""
    with put_back(model):
        system = SignalSystem(model)
        try:
            return np.array([system.impedance(complex(value)) for value in s], complex)
        except SignalSystemError as error:
            raise ImpedanceError(str(error)) from error
        finally:
            system.destroy()
