"""What ions and electrons lose on their way, each loss by its own law, in pJ.

Charges are those of the step: currents at its end times dt, or the mean of its stages (`flows`).
What they fall through is the mean of both ends of the step. At a point of a surface that is what
the law of its current asks for,

    i R + (2 R_g T/F) asinh(i / 2 i0),

between electronic potentials V - V_g and V_g - V_g', along the boundaries grad phi, inside grains
-grad U_eq, inside fillers grad phi. A current that takes no lithium along loses all of V_g - phi.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.model.electro.flows import FlowMeter, Flows
from solver.model.electro.surfaces import Passage, Surface
from solver.model.electro.system import ElectrochemicalSystem, StressInPotential
from solver.particle.mesh import Particle
from solver.physics import kinetics
from solver.units.constants import FARADAY_INTERNAL
from solver.units.memory import Local, Memory, saved, values_of

Floats = npt.NDArray[np.floating]
OUTSIDE = 0  # of the surfaces, the one at nodes; the others are at points of the boundaries


@dataclass
class Losses:
    """Losses of the reaction, in films, gaps and contacts that ions cross, of electrons in their
    contacts, of ions along the boundaries and inside grains and fillers, and what side reactions
    take."""

    reaction: float = 0.0
    resistance: float = 0.0
    electrons: float = 0.0
    network: float = 0.0
    diffusion: float = 0.0
    side_reaction: float = 0.0

    def total(self) -> float:
        """All of them."""
        return sum(vars(self).values())

    def add(self, other: "Losses") -> None:
        """Add those of another step."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


class Drop(NamedTuple):
    """Overpotential and resistive drop at the points of a surface, V."""

    reaction: Floats
    resistance: Floats


class Potentials(NamedTuple):
    """Potentials of one moment, V: collector, grains, ions at the nodes of the network and lithium
    at the nodes (V_g - U_eq in grains), and the drops through each surface."""

    collector: float
    grain: Floats
    network: Floats
    lithium: Floats
    drops: tuple[Drop, ...]

    def save(self) -> Memory:
        """Return copies of them, by what they are over."""
        return {
            "collector": self.collector,
            "grain": Local("node", self.grain.copy()),
            "network": Local("network", self.network.copy()),
            "lithium": Local("node", self.lithium.copy()),
            "drops": [
                saved(drop, "node" if k == OUTSIDE else "point")
                for k, drop in enumerate(self.drops)
            ],
        }

    @classmethod
    def load(cls, memory: Memory) -> "Potentials":
        """Return what was saved."""
        kept = values_of(memory)
        return cls(**{**kept, "drops": tuple(Drop(**drop) for drop in kept["drops"])})


class LossMeter:
    """Losses of steps of an electrochemical system."""

    def __init__(self, system: ElectrochemicalSystem, particle: Particle) -> None:
        self._system, self._comm = system, system.spaces.boundaries.comm
        n_owned = system.spaces.scalar.dofmap.index_map.size_local
        self._outside = np.where(
            np.arange(len(system.outer_area)) < n_owned, system.outer_area, 0.0
        )
        self.flows = FlowMeter(system, particle)

    def moment(self, collector: float) -> Potentials:
        """Potentials of the present state; the laws at the nodes are evaluated for it."""
        system = self._system
        stress = system.state["stress_potential"]
        system.update_nodal_laws(StressInPotential(stress, np.zeros_like(stress)))
        exchange, _ = system.exchange_current()
        lithium, network = system.nodal.lithium_potential.x.array, system.network_potential()
        passages, drivings = system.held.passages, system.drivings(lithium, network)
        return Potentials(
            collector,
            system.grain_potential_at_nodes().copy(),
            network.copy(),
            lithium.copy(),
            tuple(
                self._drop(surface, passage, exchange[surface.node], driving)
                for surface, passage, driving in zip(
                    system.surfaces, passages, drivings, strict=True
                )
            ),
        )

    def start(self, collector: float) -> Potentials:
        """Potentials before anything has flowed: all that drives a current is still to be lost."""
        now, system = self.moment(collector), self._system
        drivings = system.drivings(now.lithium, now.network)
        return now._replace(drops=tuple(Drop(all_, np.zeros_like(all_)) for all_ in drivings))

    def lost(self, last: Potentials, now: Potentials, dt: float, flows: Flows) -> Losses:
        """Losses in the step that has just led from one moment to the present one. Collective.

        flows: mean over the step.
        """
        local = Losses(
            *self._through_surfaces(last, now, flows),
            electrons=self._by_electrons(last, now, flows),
            network=self._in_network(last, now, flows),
            diffusion=self._in_bulk(last, now, flows),
            side_reaction=self._aside(last, now, flows),
        )
        totals = self._comm.allreduce(dt * np.array(list(vars(local).values())))
        return Losses(*map(float, totals))

    def _drop(self, surface: Surface, passage: Passage, exchange: Floats, driving: Floats) -> Drop:
        """What the law of each point asks for at its present current.

        Where none can pass yet, all that drives one is still to be lost. exchange: i0 of the oxide
        in liquid.
        """
        on, thermal = passage.open, self._system.laws.thermal_voltage
        i0 = np.where(passage.liquid > 0, passage.liquid * exchange, 0.0) + passage.constant
        current, drop = surface.current, driving.copy()
        drop[on] = kinetics.overpotential(current[on], i0[on], thermal)
        return Drop(drop, np.where(on, current * passage.resistance, 0.0))

    def _through_surfaces(
        self, last: Potentials, now: Potentials, flows: Flows
    ) -> tuple[float, float]:
        """Powers of reaction and resistance, pW of this rank."""
        weight, lost = self._system.spaces.boundaries.weight, np.zeros(2)
        areas = (self._outside, weight, weight, weight)
        for k, current in enumerate(flows.surfaces):
            charge = areas[k] * current
            means = (0.5 * (a + b) for a, b in zip(last.drops[k], now.drops[k], strict=True))
            lost += [float(charge @ mean) for mean in means]
        return float(lost[0]), float(lost[1])

    def _by_electrons(self, last: Potentials, now: Potentials, flows: Flows) -> float:
        """From the collector into grains, and from grain to grain."""
        boundaries = self._system.spaces.boundaries
        mean = _mean(last, now, lambda m: m.collector - m.grain)
        fallen = _mean(last, now, lambda m: boundaries.jump(m.grain))
        outside, across = self._outside * flows.inflow, boundaries.weight * flows.across
        return float(outside @ mean + across @ fallen)

    def _in_network(self, last: Potentials, now: Potentials, flows: Flows) -> float:
        """Along the boundaries and out of their mouths."""
        return float(flows.network @ _mean(last, now, lambda m: m.network))

    def _in_bulk(self, last: Potentials, now: Potentials, flows: Flows) -> float:
        """Of lithium inside grains, of ions inside fillers."""
        return FARADAY_INTERNAL * float(flows.bulk @ _mean(last, now, lambda m: m.lithium))

    def _aside(self, last: Potentials, now: Potentials, flows: Flows) -> float:
        """Of currents that take no lithium along."""
        system, grain = self._system, _mean(last, now, lambda m: m.grain)
        network = system.spaces.network.node
        ions = _mean(last, now, lambda m: m.network)[network] if system.network else 0.0
        weight, taken = system.spaces.boundaries.weight, 0.0
        areas, liquids = (self._outside, weight, weight), (0.0, ions, ions)
        for k, (area, current) in enumerate(zip(areas, flows.aside, strict=True)):
            node = system.surfaces[k].node
            taken += float((area * current) @ (grain[node] - liquids[k]))
        return taken


def _mean(last: Potentials, now: Potentials, of: Callable[[Potentials], Floats]) -> Floats:
    """Mean of a potential at both ends of a step."""
    return 0.5 * (of(last) + of(now))
