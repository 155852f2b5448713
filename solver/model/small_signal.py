"""The model under a small oscillating signal about its present state.

Everything is linear in the signal. Boundaries follow along the line through the origin on which
they unload: small signals break nothing. The stress part of the equilibrium potential follows
the equilibrium of the particle at once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.model.build import Model
from solver.model.electro.surfaces import Share
from solver.model.electro.system import ElectrochemicalSystem, StressInPotential
from solver.physics import kinetics
from solver.physics.small_signal import Complexes, Oscillation, SignalPoints

Floats = npt.NDArray[np.floating]
Part = Callable[[Complexes], Floats]


@contextmanager
def put_back(model: Model) -> Iterator[None]:
    """Let everything that a linearization sets be as it was afterwards."""
    electro, system, held = model.electro, model.mechanics, model.electro.held
    passages = held.passages
    fields = [system.strain_a, system.strain_c, system.traction, system.stiffness]
    fields.append(electro.electron_contact)
    if electro.network is not None:
        fields += [electro.network.along, electro.network.outlet]
    arrays = [*model.state.arrays().values(), *(field.x.array for field in fields)]
    constants = [electro.control.galvanostatic, electro.control.potentiostatic, electro.dt]
    values, numbers = [a.copy() for a in arrays], [float(c.value) for c in constants]
    try:
        yield
    finally:
        held.passages = passages
        for array, before in zip(arrays, values, strict=True):
            array[:] = before
        for constant, number in zip(constants, numbers, strict=True):
            constant.value = number


def largest_miss(model: Model) -> tuple[float, str]:
    """By how much the present currents miss the reaction laws, V, and in which grain.

    Infinite where a field is no number or an occupancy does not lie between 0 and 1. Collective.
    """
    electro, state = model.electro, model.state
    x, worst, node = state["occupancy"], 0.0, 0
    strange = electro.in_oxide & ~((x > 0) & (x < 1))
    if strange.any() or not all(np.isfinite(values).all() for values in state.arrays().values()):
        worst, node = np.inf, int(np.argmax(strange))
    else:
        electro.update_laws(StressInPotential(state["stress_potential"], np.zeros_like(x)))
        worst, node = max(_misses(electro), default=(0.0, 0))
    grain = int(model.spaces.grain_of_node[node]) if x.size else 0
    worst, grain = model.comm.allreduce((worst, grain), MPI.MAXLOC)
    return worst, model.particle.grain_names[grain]


def _misses(electro: ElectrochemicalSystem) -> Iterator[tuple[float, int]]:
    """Largest miss at each surface and the node where it is."""
    at_nodes, p = electro.nodal.lithium_potential.x.array, electro.laws
    drivings = electro.drivings(at_nodes, electro.network_potential())
    of_oxide = electro.exchange_current()[0]
    held = zip(electro.surfaces, electro.held.passages, drivings, strict=True)
    for surface, passage, driving in held:
        on = np.flatnonzero(passage.open)
        if surface is electro.surfaces.outside:
            on = on[electro.outer_area[on] > 0]
        if on.size:
            current, node = surface.current[on], surface.node[on]
            in_liquid = np.where(passage.liquid[on] > 0, passage.liquid[on] * of_oxide[node], 0.0)
            exchange = in_liquid + passage.constant[on]
            left = driving[on] - current * passage.resistance[on]
            miss = np.abs(left - kinetics.overpotential(current, exchange, p.thermal_voltage))
            yield float(miss.max()), int(node[np.argmax(miss)])


def linearize(model: Model) -> list[SignalPoints]:
    """Evaluate all laws at the present state; return what the points of each surface do.

    The collector is left with an imposed current, and what is stored out of the time step.
    Collective.
    """
    model.update_conditions()
    electro = model.electro
    electro.control.galvanostatic.value, electro.control.potentiostatic.value = 1.0, 0.0
    electro.dt.value = np.inf
    stress_part = model.state["stress_potential"]
    electro.update_laws(StressInPotential(stress_part, np.zeros_like(stress_part)))
    return surface_points(electro)


def surface_points(electro: ElectrochemicalSystem) -> list[SignalPoints]:
    """What the points of each surface do to a signal, in the order of the surfaces."""
    p, (exchange, slope) = electro.laws, electro.exchange_current()
    points = []
    for surface, passage in zip(electro.surfaces, electro.held.passages, strict=True):
        points.append(
            SignalPoints.at(
                surface.current,
                passage.liquid * exchange[surface.node] + passage.constant,
                passage.liquid * slope[surface.node],
                passage.resistance,
                passage.bridged,
                passage.relaxation,
                passage.capacity,
                p.thermal_voltage,
            )
        )
    return points


def pass_signal(electro: ElectrochemicalSystem, points: list[SignalPoints], s: complex) -> "Signal":
    """How lithium and charge pass through every surface under a signal exp(s t)."""
    return Signal(electro, [point.oscillate(s) for point in points])


@dataclass(frozen=True)
class Signal:
    """Complex derivatives of the currents through every surface, to be filled in by parts."""

    electro: ElectrochemicalSystem
    surfaces: list[tuple[Oscillation, Oscillation]]

    def fill_real(self) -> None:
        """Give the balances the real parts."""
        self._fill(np.real)

    def fill_imaginary(self) -> None:
        """Give the balances the imaginary parts."""
        self._fill(np.imag)

    def fill_nothing(self) -> None:
        """Let no current answer to anything."""
        self._fill(lambda values: np.zeros(values.shape))

    def _fill(self, part: Part) -> None:
        for surface, shares in zip(self.electro.surfaces, self.surfaces, strict=True):
            for share, oscillation in zip((surface.lithium, surface.charge), shares, strict=True):
                _set(share, oscillation, part)


def _set(share: Share, oscillation: Oscillation, part: Part) -> None:
    share.by_potential.x.array[:] = part(oscillation.by_potential)
    share.by_occupancy.x.array[:] = part(oscillation.by_occupancy)


def storage(model: Model) -> Floats:
    """Lithium that each local and ghost node takes up with its occupancy, fmol."""
    return model.electro.sites(model.mechanics.node_volume)
