"""Carries a body over rounds that are not resolved: slow fields, then equilibrium, then books."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.drive.way import Way
from solver.model.build import Model
from solver.model.electrical_work import ElectricalLedger
from solver.model.electro import counter
from solver.model.energy import EnergyLedger
from solver.solve.clock import Clock
from solver.solve.extrapolation import Limits
from solver.units.memory import Local, Memory

Floats = npt.NDArray[np.floating]


class Seen(NamedTuple):
    """What is slow in a body, or by how much it grew.

    fields: of the state, by name. sums: time, s, charge that side reactions took, pC, and
    lithium in the counter electrode, fmol.
    mechanical, electrical: what adds up in the books of energy, pJ.
    """

    fields: dict[str, Floats]
    sums: Floats
    mechanical: dict[str, float]
    electrical: dict[str, float]

    def since(self, before: "Seen") -> "Seen":
        """Return by how much everything has grown."""
        return Seen(
            {name: values - before.fields[name] for name, values in self.fields.items()},
            self.sums - before.sums,
            _grown(self.mechanical, before.mechanical),
            _grown(self.electrical, before.electrical),
        )


def _grown(now: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    return {name: amount - before.get(name, 0.0) for name, amount in now.items()}


class Leap:
    """What a cycle jump sees of a body, and does with it. All methods are collective.

    limits: of the slow fields, by name.
    """

    def __init__(
        self,
        model: Model,
        way: Way,
        mechanical: EnergyLedger,
        electrical: ElectricalLedger,
        clock: Clock,
    ) -> None:
        self._model, self._way, self._clock = model, way, clock
        self._mechanical, self._electrical = mechanical, electrical
        slow = {name: field for name, field in model.state.fields.items() if field.slow}
        self.limits = {
            name: Limits(field.lower, field.upper, field.passes_on) for name, field in slow.items()
        }
        self._weight = {name: _weight(model, name) for name in slow}

    def seen(self) -> Seen:
        """Return copies of what is slow at present.

        Damage beyond 1, of bonds that stand wider open than it takes to part them, counts as 1.
        """
        state, facing = self._model.state, counter.contents(self._model.electro)
        return Seen(
            {name: np.clip(state[name], *within[:2]) for name, within in self.limits.items()},
            np.array([self._clock.time, self._clock.side_charge, facing]),
            self._mechanical.spent(),
            self._electrical.spent(),
        )

    def cycles(self) -> tuple[int, int]:
        """Return how many cycles were resolved so far, and how many were not."""
        jumped = self._clock.jumped.cycles
        return self._clock.cycle - jumped, jumped

    def memory_of(self, seen: Seen) -> Memory:
        """Return what was seen as it is saved."""
        places = {name: self._model.state.fields[name].place for name in self.limits}
        fields = {name: Local(places[name], seen.fields[name].copy()) for name in self.limits}
        return {**seen._asdict(), "fields": fields}

    def mean(self, name: str, values: Floats) -> float:
        """Return the mean of values of a field over the whole body, zero where it is nowhere."""
        weight = self._weight[name]
        local = np.array([weight @ values, weight.sum()])
        total, whole = self._model.comm.allreduce(local)
        return float(total / whole) if whole > 0 else 0.0

    def carry(self, cycles: int, growth: Seen) -> None:
        """Let everything slow have grown over some cycles, and find equilibrium then. StepError.

        What flows is told of resolved rounds alone; what sites take or give up is lithium of the
        jump. A full cell keeps its lithium: what its counter electrode, which goes on as everything
        slow does, and films do not hold is in the oxide.
        """
        model, clock, held = self._model, self._clock, self._lithium()
        facing = counter.contents(model.electro) + float(growth.sums[2])
        for name, grown in growth.fields.items():
            model.state[name][:] += grown
        model.slow.settle(model.present())
        model.slow.weaken(model.present())
        model.update_conditions()
        gained = self._lithium() - held
        model.state["released"][:] -= gained
        model.take_stock()
        gained -= self._drawn(facing)
        self._way.begin()
        model.update_conditions()
        self._mechanical.carry(model.state["damage"], growth.mechanical)
        self._electrical.carry(growth.electrical)
        clock.time += float(growth.sums[0])
        clock.jumped.side_charge += float(growth.sums[1])
        clock.jumped.cycles += cycles
        clock.jumped.lithium += gained

    def _drawn(self, facing: float) -> float:
        """Let the oxide of a full cell give what its counter electrode lacks; return that, fmol.

        facing: what this is to hold. Of every grain that electrons reach, as much per site.
        """
        model, electro = self._model, self._model.electro
        if electro.facing.counter.endless:
            return 0.0
        lacking = facing - counter.contents(electro)
        sites = electro.sites(model.mechanics.node_volume)
        sites = sites * ~model.isolated()[model.spaces.grain_of_node]
        n_owned = model.spaces.scalar.dofmap.index_map.size_local
        whole = model.comm.allreduce(float(sites[:n_owned].sum()))
        model.state["occupancy"][sites > 0] -= lacking / whole
        model.state["released"][:] += lacking
        model.take_stock()
        return lacking

    def _lithium(self) -> float:
        """Lithium of the body, with what has left together with its sites, fmol."""
        return self._model.lithium() + self._model.leached()


def _weight(model: Model, name: str) -> Floats:
    """What each value of a field counts in its mean; nothing where it belongs to another rank."""
    spaces, place = model.spaces, model.state.fields[name].place
    owned = np.arange(len(spaces.grain_of_node)) < spaces.scalar.dofmap.index_map.size_local
    points = spaces.boundaries.weight
    if place == "node":
        return np.where(owned, model.mechanics.node_volume, 0.0)
    if place == "point":
        return points
    if place == "surface":
        return np.concatenate([np.where(owned, spaces.outer_area, 0.0), points, points])
    dofs = model.state.function(name).function_space.dofmap
    here = np.arange(len(model.state[name])) < dofs.index_map.size_local * dofs.bs
    return here.astype(float)
