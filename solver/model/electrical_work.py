"""Books of the electrical work: what the particle is supplied with, and where it goes, in pJ.

V is its collector's potential against lithium metal, whatever faces it: the counter electrode of a
full cell takes U_n dQ more, which is ideal and loses nothing.

Over any time, at one temperature,

    integral of V dQ  =  -F sum_k m_k integral of U dn_k  +  work of swelling  +  losses.

Within a step lithium moves along a straight way and stress changes evenly, but U_eq of both curves,
and V with it. The integral on the left is the trapezoidal rule of what a voltmeter shows at the
ends of steps, and the work of that curvature, which falls with the square of the step and is booked
by itself. The first term on the right is what the lithium has gained in chemical energy (m_k:
volume of node k, n = sites x + what is put aside: its lithium per volume, U: without stress; what
leaves sites that vanish goes to others, also against stress), the second what the stress in the
equilibrium potential hands on to the mechanics, -integral of s : D e_ch, and the third is summed by
the laws of the surfaces and of transport (`losses`). Each entry is computed by itself: none closes
the balance.

The temperature changes between steps, all at once and while nothing flows: no work is done, and the
balance goes on with the U of the new temperature from where lithium and stress are (`open`). Then
what the lithium gains is no function of where it is: a particle that comes back to where it was by
another temperature has turned heat into work, or work into heat, T dU/dT for each charge.

Stress at the nodes does not quite the work of that in the cells: what it does beyond stress with
the same mean strain of each grain (`conserving`) is booked too, and falls with the cells. The
balance is one of thermodynamics only where the stress acts on the potential as the swelling acts on
the stress (`physics.stress_in_potential`), and where surfaces meet their laws point by point.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.model.build import Model, collector_potential
from solver.model.conserving import Conserving
from solver.model.electro.flows import Flows, StagePart
from solver.model.electro.losses import Losses, LossMeter, Potentials
from solver.model.electro.system import put_aside
from solver.units.constants import FARADAY_INTERNAL
from solver.units.memory import Memory, load_into, saved, values_of

Floats = npt.NDArray[np.floating]


@dataclass
class ElectricalEnergies:
    """Since the beginning, pJ: work supplied, by the voltage at the ends of steps and by its
    curvature between them, chemical energy gained, what recovery of the stress adds to the work of
    swelling, losses."""

    work: float = 0.0
    curvature: float = 0.0
    chemical: float = 0.0
    recovery: float = 0.0
    losses: Losses = field(default_factory=Losses)


class _Holding(NamedTuple):
    """Sites of the nodes and lithium put aside there, fmol/um^3, occupancy, stress there, MPa
    (nodes, 6), and that of `conserving`."""

    sites: Floats
    aside: Floats
    occupancy: Floats
    stress: Floats
    conserving: Floats


class ElectricalLedger:
    """Keeps the books of a model's electrical work; `open` once, then `book` after every step."""

    def __init__(self, model: Model) -> None:
        self._model, self._meter = model, LossMeter(model.electro, model.particle)
        physics, flux = model.case.physics, model.case.electrode.flux
        two_way = physics.stress_in_potential.enabled or not physics.swelling.enabled
        self._closes = two_way and flux == "reaction"
        n_owned = model.spaces.scalar.dofmap.index_map.size_local
        volume = model.mechanics.node_volume
        self._charge = FARADAY_INTERNAL * np.where(np.arange(len(volume)) < n_owned, volume, 0.0)
        self.energies = ElectricalEnergies()
        self._conserving = Conserving(model)
        self._missing = self._used = 0.0

    def open(self) -> None:
        """Begin from the present state, at first or at another temperature. Collective."""
        self._last = self._meter.start(collector_potential(self._model))
        self._held = self._holding()

    def flows(self) -> Flows:
        """Return what flows at present. Collective."""
        return self._meter.flows.read()

    def book(self, dt: float, swelling_work: float, earlier: StagePart | None = None) -> None:
        """Book the step of dt (s) that has led to the present state. Collective.

        swelling_work: of all steps so far, by the books of the mechanics, pJ. earlier: what flowed
        in the part of the step for which what flows at its end does not stand.
        """
        voltage = collector_potential(self._model)
        now, before = self._meter.moment(voltage), self._last.collector
        flows = self.flows() if earlier is None else earlier.with_rest(self.flows())
        charge = flows.total * dt
        self.energies.work += 0.5 * (voltage + before) * charge
        holding = self._holding()
        self.energies.curvature += self._curvature(self._held, holding)
        self.energies.chemical += self._chemical(self._held, holding)
        self.energies.recovery += self._recovery(self._held, holding)
        self.energies.losses.add(self._meter.lost(self._last, now, dt, flows))
        self._last, self._held = now, holding
        used = self.energies.losses.total() + swelling_work
        supplied = self.energies.work + self.energies.curvature
        missing = supplied - self.energies.chemical - self.energies.recovery - used
        self._used, self._missing = max(self._used, abs(used)), max(self._missing, abs(missing))

    def spent(self) -> dict[str, float]:
        """Return all entries of the books by name: each adds up."""
        entries = saved(self.energies)
        return {**entries.pop("losses"), **entries}

    def carry(self, gained: Mapping[str, float]) -> None:
        """Go on from the present state, to which cycles have led that were not resolved.

        gained: by what `spent` has grown in them. Collective.
        """
        energies = self.energies
        for name, amount in gained.items():
            owner = energies if hasattr(energies, name) else energies.losses
            setattr(owner, name, getattr(owner, name) + amount)
        self.open()

    def save(self) -> Memory:
        """Return what the books hold, and the last moment that they have seen."""
        return {
            "energies": saved(self.energies),
            "last": self._last.save(),
            "held": saved(self._held, "node"),
            "missing": self._missing,
            "used": self._used,
        }

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""
        load_into(self.energies, memory["energies"])
        self._last = Potentials.load(memory["last"])
        self._held = _Holding(**values_of(memory["held"]))
        self._missing, self._used = memory["missing"], memory["used"]

    def error(self) -> float:
        """The most that the balance has missed over the most that losses and work of swelling were.

        Both since the beginning; nan where there is no balance.
        """
        if not self._closes:
            return float("nan")
        return self._missing / self._used if self._used > 0 else 0.0

    def _holding(self) -> _Holding:
        """What the nodes hold at present. Collective."""
        electro = self._model.electro
        sites, aside = electro.state["sites"].copy(), put_aside(electro.state)
        return _Holding(sites, aside, electro.occupancy(), *self._conserving.read())

    def _chemical(self, start: _Holding, end: _Holding) -> float:
        """-F integral of U dn, and of the stress part where sites change. Collective."""
        potential = self._model.electro.laws.potential.value
        mean = _mean(lambda at: potential(at.occupancy), start, end)
        gained, displaced = mean * _gained(start, end), _displaced(start, end)
        if displaced.any():
            gained += displaced * _mean(lambda at: self._stress_part(at, at.stress), start, end)
        return self._sum(gained)

    def _curvature(self, start: _Holding, end: _Holding) -> float:
        """-F integral of U_eq dn less that of a straight line between its ends. Collective.

        By Simpson's rule: two thirds of what it stands off the line in the middle of the step.
        """
        off = self._equilibrium(_middle(start, end))
        off -= (self._equilibrium(start) + self._equilibrium(end)) / 2
        return self._sum(2 / 3 * off * _gained(start, end))

    def _recovery(self, start: _Holding, end: _Holding) -> float:
        """Work of the stress as recovered less that of the conserving one. Collective."""
        extra = _mean(lambda at: self._stress_part(at, at.stress - at.conserving), start, end)
        return self._sum(extra * (_gained(start, end) - _displaced(start, end)))

    def _equilibrium(self, at: _Holding) -> Floats:
        """Equilibrium potential of the nodes, V, with its stress part if the case has it."""
        potential = self._model.electro.laws.potential.value
        return potential(at.occupancy) + self._stress_part(at, at.stress)

    def _stress_part(self, at: _Holding, stress: Floats) -> Floats:
        """What a stress adds to the equilibrium potential of the nodes, V, if the case has it."""
        model = self._model
        if not model.case.physics.stress_in_potential.enabled:
            return np.zeros_like(at.occupancy)
        return model.swelling().potential(at.occupancy, stress)

    def _sum(self, per_volume: Floats) -> float:
        """-F times the integral of what the nodes have per volume, V fmol/um^3, pJ. Collective."""
        return float(self._model.comm.allreduce(-float(self._charge @ per_volume)))


def _mean(value: Callable[[_Holding], Floats], start: _Holding, end: _Holding) -> Floats:
    """Mean over a step by Simpson's rule."""
    return (value(start) + 4 * value(_middle(start, end)) + value(end)) / 6


def _gained(start: _Holding, end: _Holding) -> Floats:
    """Lithium that a step has brought to the nodes, fmol/um^3."""
    stored = _middle(start, end).sites * (end.occupancy - start.occupancy)
    return stored + _displaced(start, end)


def _displaced(start: _Holding, end: _Holding) -> Floats:
    """The part of it that was there in sites that have come, or is put aside; negative where sites
    vanish."""
    came = _middle(start, end).occupancy * (end.sites - start.sites)
    return came + end.aside - start.aside


def _middle(start: _Holding, end: _Holding) -> _Holding:
    """Half-way between two moments."""
    return _Holding(*((a + b) / 2 for a, b in zip(start, end, strict=True)))
