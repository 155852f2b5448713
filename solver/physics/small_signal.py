"""Charge transfer under a small oscillating signal, in numpy at points.

A film and half of what fills the boundary (R) are in series with the reaction, z_f = dn/di_f,
and its double layer C, which are in parallel. With d the change of the driving potential, n that
of the overpotential and b dx what a change of the exchange current does to it,

    d = n + R i,     i = i_f + s C n,     n = z_f i_f - b dx

are solved, at s = i omega, for the whole current i, which carries the charge, and its faradaic
part i_f, which alone takes lithium along.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Complexes = npt.NDArray[np.complexfloating]


class Oscillation(NamedTuple):
    """Derivatives of a current density by the driving potential and by the occupancy."""

    by_potential: Complexes
    by_occupancy: Complexes


class SignalPoints(NamedTuple):
    """What each point does to a signal: its reaction z_f (infinite where nothing reacts) and b,
    what is in series (R; the dielectric of a film bridges its part of it, `bridged`, within the
    time `relaxation`, s) and in parallel (C)."""

    reaction: Floats
    by_exchange: Floats
    resistance: Floats
    bridged: Floats
    relaxation: Floats
    capacity: Floats

    @classmethod
    def at(
        cls,
        current: Floats,
        exchange: Floats,
        exchange_slope: Floats,
        resistance: Floats,
        bridged: Floats,
        relaxation: Floats,
        capacity: Floats,
        thermal_voltage: float,
    ) -> "SignalPoints":
        """Points with an asinh law of overpotential at a present current (see `kinetics`)."""
        root = np.sqrt(current**2 + 4 * exchange**2)
        reacting = exchange > 0
        reaction, by_exchange = np.full_like(root, np.inf), np.zeros_like(root)
        reaction[reacting] = 2 * thermal_voltage / root[reacting]
        share = (current * exchange_slope)[reacting] / exchange[reacting]
        by_exchange[reacting] = reaction[reacting] * share
        return cls(reaction, by_exchange, resistance, bridged, relaxation, capacity)

    def oscillate(self, s: complex) -> tuple[Oscillation, Oscillation]:
        """How lithium and charge pass under a signal exp(s t), s in 1/s, in this order."""
        storage = s * self.capacity.astype(complex)
        blocked = np.isinf(self.reaction)
        z = np.where(blocked, 0.0, self.reaction)
        short = s * self.relaxation
        series = self.resistance - self.bridged * short / (1.0 + short)
        loop = 1.0 + storage * series
        whole = np.where(blocked, loop, z * loop + series)
        whole = np.where(whole == 0, np.inf, whole)
        reacts = np.where(blocked, 0.0, 1.0) / whole
        charged = np.where(blocked, storage, 1.0 + storage * z) / whole
        lithium = Oscillation(reacts, self.by_exchange * loop * reacts)
        return lithium, Oscillation(charged, self.by_exchange * reacts)
