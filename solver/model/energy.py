"""Energy ledger of a body: where the work of swelling and of loads went.

Energies in pJ, in 2D per um of depth. Per step, with D the change over the step and mean values
of both ends,

    work of swelling  W = -integral of s : D e_ch, that of misfit (e_ch by no lithium) by itself
    work of opening     = integral of t . D opening
                        = D bond + D contact + D fracture + viscous + sliding + friction
                          + sudden + algorithmic

and equilibrium demands D elastic + work of opening = W + work of loads, if there are any: what that
misses is force out of balance. W is both works of swelling together.
What the boundaries took beyond the rate-independent law is viscous where the delayed damage
explains it, sliding where bonded sides slip, friction where broken ones do (springs that stick
count as contact). Where a step lost its minimum on the way and jumped to another one, the rest is
set free suddenly: in nature it sets the grains in motion. In every other step it is algorithmic, an
error of the size of the step that may have either sign. So is elastic energy that cracks inside
grains released beyond the surface that they gained. The law of thermodynamics is that everything
but the algorithmic part is never negative (`Dissipation`). Between steps, mechanisms (fatigue,
corrosion) change the boundaries at constant opening, and take what the bonds lose of their energy;
in the next step the weaker bonds give way, and the work that they no longer do is theirs too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from mpi4py import MPI

from solver.model.dissipation import OF_STATE, Dissipation, Energies, EnergyError
from solver.model.grain_work import GrainWork, mean_and_change
from solver.model.mechanics import MechanicalSystem
from solver.model.phase_field import GrainFracture
from solver.physics import cohesive
from solver.units.memory import Local, Memory, load_into, saved, values_of

Floats = npt.NDArray[np.floating]
UNSIGNED = "algorithmic, unsigned"


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
        live += [system.lattice.inert, *system.lattice.brought, *system.lattice.misfit]
        live += [fracture.crack] if fracture else []
        self._live = live
        self._old = [fem.Function(f.function_space) for f in live]
        self._change = change = dict(zip(live, self._old, strict=True))
        self._work = _work_of_swelling(system, change, (system.strain_a, system.strain_c))
        self._misfit_work: fem.Form | None = None  # compiled where there is any
        self._grains = GrainWork(system, fracture, change) if fracture else None
        self.energies = Energies()
        self.initial = Energies()
        self._spent = 0.0
        self.largest_elastic = 0.0
        self.dissipation = Dissipation()
        self._booked = Energies()
        self._weaker: dict[str, Floats] = {}
        self._held: Floats = np.zeros(self._boundaries.n_points)

    def open(self, damage: Floats) -> None:
        """Take stock of the present equilibrium. Collective."""
        self.energies = self._stock(damage)
        self.initial = self._stock(damage)
        self.largest_elastic = self.energies.elastic
        self._booked = self.energies.copy()
        self._remember(self._moment(damage), self.energies.fracture)

    def book(self, damage: Floats, external: float = 0.0, jumped: bool = False) -> Energies:
        """Book the step from the last moment to the present equilibrium. Collective.

        external: work of loads in this step, pJ. jumped: whether it lost its minimum on the way.
        """
        old, stock = self.energies, self._stock(damage)
        last, now, spent = self._last, self._moment(damage), stock.fracture
        stock.fracture = old.fracture + spent - self._spent_before(last.damage)
        opening_work = self._work_of(now.traction + last.traction, now.openings - last.openings)
        sliding, friction = self._sliding(now), self._friction(now)
        viscous = self._viscous(now)
        gained = stock.bond + stock.contact + stock.fracture
        gained -= old.bond + old.contact + old.fracture
        gave_way = {cause: self._gave_way(cause, now) for cause in old.worn}
        stock.worn = {cause: taken + gave_way[cause] for cause, taken in old.worn.items()}
        stock.viscous = old.viscous + viscous
        stock.sliding, stock.friction = old.sliding + sliding, old.friction + friction
        rest = opening_work - (gained + viscous + sliding + friction + sum(gave_way.values()))
        if self._grains is not None:
            rest += self._grains.released(stock.elastic - old.elastic)
            rest -= stock.grain_fracture - old.grain_fracture
        sudden = rest if jumped and rest > 0 else 0.0
        stock.sudden, stock.algorithmic = old.sudden + sudden, old.algorithmic + rest - sudden
        swelling, misfit = self._swelling(), self._of_misfit()
        stock.swelling_work = old.swelling_work + swelling - misfit
        stock.misfit_work = old.misfit_work + misfit
        stock.external_work, stock.jumped = old.external_work + external, old.jumped
        self.energies = stock
        self.largest_elastic = max(self.largest_elastic, stock.elastic)
        self.dissipation.watch(self._booked, stock, self.largest_elastic)
        self._booked = stock.copy()
        self._remember(now, spent)
        return stock

    def spent(self) -> dict[str, float]:
        """Return what adds up in the books: what is done and spent, algorithmic parts unsigned."""
        amounts = self.energies.amounts()
        added = {name: amounts[name] for name in amounts if name not in (*OF_STATE, "jumped")}
        return {**added, UNSIGNED: self.dissipation.algorithmic}

    def carry(self, damage: Floats, gained: Mapping[str, float]) -> None:
        """Go on from the present equilibrium, to which cycles have led that were not resolved.

        gained: by what `spent` has grown in them. What is missing then was put in by the jump.
        Collective.
        """
        now, before, stock = self.energies, self.energies.imbalance(), self._stock(damage)
        for name in OF_STATE:
            setattr(now, name, getattr(stock, name))
        for name, amount in gained.items():
            if name == UNSIGNED:
                self.dissipation.algorithmic += amount
            elif name in now.worn:
                now.worn[name] += amount
            else:
                setattr(now, name, getattr(now, name) + amount)
        now.jumped += now.imbalance() - before
        self.largest_elastic = max(self.largest_elastic, now.elastic)
        self._booked = now.copy()
        self._remember(self._moment(damage), stock.fracture)

    def fracture_ahead(self, damage: Floats) -> float:
        """Fracture energy of a step from the last moment to here, which is not booked, pJ."""
        return self._stock(damage).fracture - self._spent_before(self._last.damage)

    def _work_of(self, twice: Floats, path: Floats) -> float:
        """Work of tractions along paths, given twice their mean. Collective."""
        return self._boundaries.integral(0.5 * np.einsum("ij,ij->i", twice, path))

    def _swelling(self) -> float:
        """Work of all swelling since the last moment. Collective."""
        return self._sum(self._work)

    def _of_misfit(self) -> float:
        """The part of it that no lithium has done. Collective."""
        lattice, old = self._system.lattice, self._change
        inert, before = lattice.inert.x.array, old[lattice.inert].x.array
        strains = self._system.strain_a, self._system.strain_c
        acts = [inert.any(), before.any()]
        for strain, brought, misfit in zip(strains, lattice.brought, lattice.misfit, strict=True):
            gained = brought.x.array - old[brought].x.array
            swollen = strain.x.array - old[strain].x.array - gained
            misfit.x.array[:] = old[misfit].x.array + gained + 0.5 * (inert + before) * swollen
            acts.append(gained.any())
        if not self._comm.allreduce(any(acts), MPI.LOR):
            return 0.0
        if self._misfit_work is None:
            self._misfit_work = _work_of_swelling(self._system, old, lattice.misfit)
        return self._sum(self._misfit_work)

    def _sliding(self, now: _Moment) -> float:
        """What bonded sides lost by sliding since the last moment. Collective."""
        last = self._last
        bonded = now.traction - now.rubbing + last.traction - last.rubbing
        return self._work_of(bonded, now.slip - last.slip)

    def _friction(self, now: _Moment) -> float:
        """What broken sides lost by friction since the last moment. Collective."""
        return self._work_of(2 * now.rubbing, now.stick - self._last.stick)

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

    def book_wear(self, cause: str, damage: Floats) -> None:
        """Book what a mechanism just took from the bonds at constant opening. Collective."""
        worn = self.energies.worn
        worn[cause] = worn.get(cause, 0.0) + self._lost(cause, damage)

    def _lost(self, cause: str, damage: Floats) -> float:
        """What the bonds have lost since they were booked; they are booked anew.

        Fracture energy that is spent stays so: it counts what loads and swelling have paid for.
        By how much the bonds are less stiff is kept for the next step, in which they give way.
        """
        old, stock, holds = self.energies, self._stock(damage), self._holds(damage)
        lost, old.bond = old.bond - stock.bond, stock.bond
        self._last.damage, self._spent = damage.copy(), stock.fracture
        self._weaker[cause], self._held = self._held - holds, holds
        return lost

    def _holds(self, damage: Floats) -> Floats:
        """Stiffness that bonds of this damage have, in any mix of modes, MPa/um (points,)."""
        law = self._system.law
        return law.penalty * cohesive.remaining_stiffness(law.reach(damage), law)

    def _gave_way(self, cause: str, now: _Moment) -> float:
        """What bonds weakened since the last moment lost by giving way in this step. Collective.

        Opening and traction change evenly: stiffness that is lost takes half of itself times the
        product of both effective openings. A bond that went over to the other side was unloaded in
        between, and lost nothing. What it would have lost as it was open at first is booked.
        """
        if cause not in self._weaker:
            return 0.0
        last, normal, law = self._last, self._boundaries.normal, self._system.law
        start, end = last.openings - last.slip, now.openings - now.slip
        metric = cohesive.opening_metric(start, normal, law)
        before, after = (np.einsum("ij,ij->i", metric, opening) for opening in (start, end))
        gained = np.maximum(after, 0.0) - before
        return self._boundaries.integral(0.5 * self._weaker[cause] * gained)

    def save(self) -> Memory:
        """Return what the books hold, and the last moment that they have seen."""
        local = self._system.spaces.local
        return {
            "energies": saved(self.energies),
            "initial": saved(self.initial),
            "booked": saved(self._booked),
            "dissipation": saved(self.dissipation),
            "largest_elastic": self.largest_elastic,
            "spent": self._spent,
            "last": saved(self._last, "point"),
            "held": Local("point", self._held.copy()),
            "weaker": {cause: Local("point", lost.copy()) for cause, lost in self._weaker.items()},
            "fields": [local(field.function_space, field.x.array) for field in self._old],
        }

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""
        load_into(self.energies, memory["energies"])
        load_into(self.initial, memory["initial"])
        load_into(self._booked, memory["booked"])
        load_into(self.dissipation, memory["dissipation"])
        self.largest_elastic, self._spent = memory["largest_elastic"], memory["spent"]
        self._last = _Moment(**values_of(memory["last"]))
        self._held, self._weaker = values_of(memory["held"]), values_of(memory["weaker"])
        for field, values in zip(self._old, memory["fields"], strict=True):
            field.x.array[:] = values.values

    def error(self) -> float:
        """Stored and dissipated energy less the work, over the largest elastic energy.

        It measures forces out of balance, and is blind to how the energy of boundaries is split.
        """
        change = self.energies.imbalance() - self.initial.imbalance()
        return abs(change) / self.largest_elastic if self.largest_elastic > 0 else 0.0

    def algorithmic_share(self) -> float:
        """Algorithmic dissipation of all steps, without signs, over the energy of new cracks."""
        return self.dissipation.share(self.energies, self.largest_elastic)

    def require(self, allowed: float | None) -> None:
        """Raise EnergyError if the algorithmic share is larger than a case allows."""
        share = self.algorithmic_share()
        if allowed is not None and share > allowed:
            raise EnergyError(
                f"algorithmic dissipation is {share:.2%} of the fracture energy, more than "
                f"numerics.algorithmic_share allows ({allowed:.2%}): shorten the time steps "
                f"(numerics.time_step.dissipation) or give the boundaries a longer relaxation_time"
            )

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
        self._last, self._spent, self._held = now, spent, self._holds(now.damage)
        self._weaker.clear()
        for old, live in zip(self._old, self._live, strict=True):
            old.x.array[:] = live.x.array

    def _sum(self, form: fem.Form) -> float:
        return float(self._comm.allreduce(fem.assemble_scalar(form)))


def _work_of_swelling(
    system: MechanicalSystem,
    change: dict[fem.Function, fem.Function],
    lattice: tuple[fem.Function, fem.Function],
) -> fem.Form:
    """-(s_old + s)/2 : (e_ch - e_ch_old), integrated over the particle.

    change: from every field of the present to the old one. lattice: strains (a, c) of e_ch.
    """
    swollen = system.body.eigenstrain(*lattice)
    return fem.form(-ufl.inner(*mean_and_change(system, change, swollen)) * system.body.dx)
