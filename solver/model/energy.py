"""Energy ledger of a particle: where the work of swelling went.

Energies in pJ, in 2D per um of depth. Per step, with D the change over the step and mean values
of both ends,

    work of swelling  W = -integral of s : D e_ch
    work of opening     = integral of t . D opening
                        = D bond + D contact + D fracture + viscous + sliding + friction
                          + algorithmic

and equilibrium demands D elastic + work of opening = W. What the boundaries took beyond the
rate-independent law is viscous where the delayed damage explains it, sliding where bonded sides
slip, friction where broken ones do (springs that stick count as contact); the rest is algorithmic:
the size of the time step, and sudden openings. So is elastic energy that cracks inside grains
released beyond the surface that they gained. Between steps, fatigue and corrosion change the
boundaries at constant opening: what bond and fracture energy lose by that is booked to them.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem

from solver.model.grain_work import GrainWork, mean_and_change
from solver.model.mechanics import MechanicalSystem
from solver.model.phase_field import GrainFracture
from solver.physics import cohesive

Floats = npt.NDArray[np.floating]


@dataclass
class Energies:
    """Energies now (elastic, bond, contact, fracture) and work done so far, pJ."""

    elastic: float = 0.0
    bond: float = 0.0
    contact: float = 0.0
    fracture: float = 0.0
    grain_fracture: float = 0.0
    viscous: float = 0.0
    algorithmic: float = 0.0
    sliding: float = 0.0
    friction: float = 0.0
    fatigue: float = 0.0
    corrosion: float = 0.0
    swelling_work: float = 0.0
    external_work: float = 0.0

    def imbalance(self) -> float:
        """Stored and dissipated energy less the work done."""
        work = self.swelling_work + self.external_work
        return sum(getattr(self, item.name) for item in fields(self)) - 2 * work


@dataclass
class _Moment:
    """What the ledger remembers of the previous step. rubbing: part of the traction."""

    openings: Floats
    slip: Floats
    stick: Floats
    traction: Floats
    rubbing: Floats
    damage: Floats


class EnergyLedger:
    """Keeps the books of a mechanical system; `open` once, then `book` after every step."""

    def __init__(self, system: MechanicalSystem, fracture: GrainFracture | None = None) -> None:
        self._system, self._comm = system, system.spaces.boundaries.comm
        self._boundaries = system.spaces.boundaries
        live = [*system.unknowns, system.strain_a, system.strain_c]
        live += [fracture.crack] if fracture else []
        self._live = live
        self._old = [fem.Function(f.function_space) for f in live]
        change = dict(zip(live, self._old, strict=True))
        self._work = _work_of_swelling(system, change)
        self._grains = GrainWork(system, fracture, change) if fracture else None
        self.energies = Energies()
        self.initial = Energies()
        self._spent = 0.0
        self.largest_elastic = 0.0

    def open(self, damage: Floats) -> None:
        """Take stock of the present equilibrium. Collective."""
        self.energies = self._stock(damage)
        self.initial = self._stock(damage)
        self.largest_elastic = self.energies.elastic
        self._remember(self._moment(damage), self.energies.fracture)

    def book(self, damage: Floats, external: float = 0.0) -> Energies:
        """Book the step from the last moment to the present equilibrium. Collective.

        external: work of loads in this step, pJ.
        """
        old, stock = self.energies, self._stock(damage)
        last, now, spent = self._last, self._moment(damage), stock.fracture
        stock.fracture = old.fracture + spent - self._spent_before(last.damage)
        opening_work = self._work_of(now.traction + last.traction, now.openings - last.openings)
        bonded = now.traction - now.rubbing + last.traction - last.rubbing
        sliding = self._work_of(bonded, now.slip - last.slip)
        friction = self._work_of(2 * now.rubbing, now.stick - last.stick)
        viscous = self._viscous(now)
        gained = stock.bond + stock.contact + stock.fracture
        gained -= old.bond + old.contact + old.fracture
        stock.fatigue, stock.corrosion = old.fatigue, old.corrosion
        stock.viscous = old.viscous + viscous
        stock.sliding, stock.friction = old.sliding + sliding, old.friction + friction
        explained = gained + viscous + sliding + friction
        stock.algorithmic = old.algorithmic + opening_work - explained
        if self._grains is not None:
            stock.algorithmic += self._grains.released(stock.elastic - old.elastic)
            stock.algorithmic -= stock.grain_fracture - old.grain_fracture
        stock.swelling_work = old.swelling_work + self._sum(self._work)
        stock.external_work = old.external_work + external
        self.energies = stock
        self.largest_elastic = max(self.largest_elastic, stock.elastic)
        self._remember(now, spent)
        return stock

    def fracture_ahead(self, damage: Floats) -> float:
        """Fracture energy of a step from the last moment to here, which is not booked, pJ."""
        return self._stock(damage).fracture - self._spent_before(self._last.damage)

    def _work_of(self, twice: Floats, path: Floats) -> float:
        """Work of tractions along paths, given twice their mean. Collective."""
        return self._boundaries.integral(0.5 * np.einsum("ij,ij->i", twice, path))

    def _viscous(self, now: _Moment) -> float:
        """What the delay of the damage took since the last moment. Collective."""
        last, normal, law = self._last, self._boundaries.normal, self._system.law
        elastic = now.openings - now.slip
        mixed, before = cohesive.in_mix(elastic, normal, last.damage, law)
        return self._boundaries.integral(
            cohesive.viscous_dissipation(
                cohesive.effective_opening(last.openings - last.slip, normal, law),
                cohesive.effective_opening(elastic, normal, law),
                before,
                cohesive.same_loss(now.damage, law, mixed),
                mixed,
            )
        )

    def book_fatigue(self, damage: Floats) -> None:
        """Book what fatigue just took at constant opening. Collective."""
        self.energies.fatigue += self._lost(damage)

    def book_corrosion(self, damage: Floats) -> None:
        """Book what corrosion just took at constant opening. Collective."""
        self.energies.corrosion += self._lost(damage)

    def _lost(self, damage: Floats) -> float:
        """What bond and fracture energy have lost since they were booked; they are now anew."""
        old, stock = self.energies, self._stock(damage)
        gained = stock.fracture - self._spent
        lost = old.bond - stock.bond - gained
        old.bond, old.fracture, self._last.damage = (
            stock.bond,
            old.fracture + gained,
            damage.copy(),
        )
        self._spent = stock.fracture
        return lost

    def error(self) -> float:
        """|sum of changes| / largest elastic energy."""
        change = self.energies.imbalance() - self.initial.imbalance()
        return abs(change) / self.largest_elastic if self.largest_elastic > 0 else 0.0

    def _stock(self, damage: Floats) -> Energies:
        """Energies of the present. Fracture: what this damage takes at the present mix."""
        boundaries, bond = self._boundaries, self._system.bond
        openings, law = self._system.openings(), self._system.law
        point = cohesive.energies(openings - bond.slipped, boundaries.normal, damage, law)
        contact = boundaries.integral(point.contact)
        if bond.rubs:
            contact += boundaries.integral(bond.rubbing_energy(openings, law))
        return Energies(
            elastic=self._sum(self._system.elastic_energy),
            bond=boundaries.integral(point.stored),
            contact=contact,
            fracture=boundaries.integral(point.fracture),
            grain_fracture=self._grains.surface() if self._grains else 0.0,
        )

    def _spent_before(self, damage: Floats) -> float:
        """What the damage of the last moment takes at the mix of this one. Collective."""
        if self._system.law.criterion == "none":
            return self._spent
        elastic = self._system.openings() - self._system.bond.slipped
        point = cohesive.energies(elastic, self._boundaries.normal, damage, self._system.law)
        return self._boundaries.integral(point.fracture)

    def _moment(self, damage: Floats) -> _Moment:
        system, openings = self._system, self._system.openings()
        return _Moment(
            openings,
            system.bond.slipped.copy(),
            system.bond.stuck.copy(),
            system.traction.x.array.reshape(openings.shape).copy(),
            system.bond.rubbing(openings, system.law),
            damage.copy(),
        )

    def _remember(self, now: _Moment, spent: float) -> None:
        self._last, self._spent = now, spent
        for old, live in zip(self._old, self._live, strict=True):
            old.x.array[:] = live.x.array

    def _sum(self, form: fem.Form) -> float:
        return float(self._comm.allreduce(fem.assemble_scalar(form)))


def _work_of_swelling(
    system: MechanicalSystem, change: dict[fem.Function, fem.Function]
) -> fem.Form:
    """-(s_old + s)/2 : (e_ch - e_ch_old), integrated over the particle.

    change: from every field of the present to the old one.
    """
    swollen = system.body.eigenstrain(system.strain_a, system.strain_c)
    return fem.form(-ufl.inner(*mean_and_change(system, change, swollen)) * system.body.dx)
