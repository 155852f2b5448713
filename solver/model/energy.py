"""Energy ledger of a particle: where the work of swelling went.

Energies in pJ, in 2D per um of depth. Per step, with D the change over the step and mean values
of both ends,

    work of swelling  W = -integral of s : D e_ch
    work of opening     = integral of t . D opening
                        = D bond + D contact + D fracture + viscous + algorithmic

and equilibrium demands D elastic + work of opening = W. What the boundaries took beyond the
rate-independent law is viscous where the delayed history explains it; the rest is algorithmic:
the size of the time step, and sudden openings. So is elastic energy that cracks inside grains
released beyond the surface that they gained. Between steps, fatigue and corrosion change the
boundaries at constant opening: what bond and fracture energy lose by that is booked to them.
"""

from dataclasses import dataclass, field, fields

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
    fatigue: float = 0.0
    corrosion: float = 0.0
    swelling_work: float = 0.0

    def imbalance(self) -> float:
        """Stored and dissipated energy less the work done."""
        return sum(getattr(self, item.name) for item in fields(self)) - 2 * self.swelling_work


@dataclass
class _Moment:
    """What the ledger remembers of the previous step."""

    openings: Floats
    traction: Floats
    history: Floats
    energies: Energies = field(default_factory=Energies)


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
        self.largest_elastic = 0.0

    def open(self, history: Floats) -> None:
        """Take stock of the present equilibrium. Collective."""
        self.energies = self._stock(history)
        self.initial = self._stock(history)
        self.largest_elastic = self.energies.elastic
        self._remember(history)

    def book(self, history: Floats) -> Energies:
        """Book the step from the last moment to the present equilibrium. Collective."""
        old, stock = self.energies, self._stock(history)
        boundaries, last = self._boundaries, self._last
        openings, traction = self._system.openings(), self._traction()
        opening_work = boundaries.integral(
            0.5 * np.einsum("ij,ij->i", traction + last.traction, openings - last.openings)
        )
        viscous = boundaries.integral(
            cohesive.viscous_dissipation(
                self._effective(last.openings),
                self._effective(openings),
                last.history,
                history,
                self._system.law,
            )
        )
        gained = stock.bond + stock.contact + stock.fracture
        gained -= old.bond + old.contact + old.fracture
        stock.fatigue, stock.corrosion = old.fatigue, old.corrosion
        stock.viscous = old.viscous + viscous
        stock.algorithmic = old.algorithmic + opening_work - gained - viscous
        if self._grains is not None:
            stock.algorithmic += self._grains.released(stock.elastic - old.elastic)
            stock.algorithmic -= stock.grain_fracture - old.grain_fracture
        stock.swelling_work = old.swelling_work + self._sum(self._work)
        self.energies = stock
        self.largest_elastic = max(self.largest_elastic, stock.elastic)
        self._remember(history)
        return stock

    def book_fatigue(self, history: Floats) -> None:
        """Book what fatigue just took at constant opening. Collective."""
        self.energies.fatigue += self._lost(history)

    def book_corrosion(self, history: Floats) -> None:
        """Book what corrosion just took at constant opening. Collective."""
        self.energies.corrosion += self._lost(history)

    def _lost(self, history: Floats) -> float:
        """What bond and fracture energy have lost since they were booked; they are now anew."""
        old, stock = self.energies, self._stock(history)
        lost = old.bond + old.fracture - stock.bond - stock.fracture
        old.bond, old.fracture, self._last.history = stock.bond, stock.fracture, history.copy()
        return lost

    def error(self) -> float:
        """|sum of changes| / largest elastic energy."""
        change = self.energies.imbalance() - self.initial.imbalance()
        return abs(change) / self.largest_elastic if self.largest_elastic > 0 else 0.0

    def _stock(self, history: Floats) -> Energies:
        boundaries = self._boundaries
        point = cohesive.energies(
            self._system.openings(), boundaries.normal, history, self._system.law
        )
        return Energies(
            elastic=self._sum(self._system.elastic_energy),
            bond=boundaries.integral(point.stored),
            contact=boundaries.integral(point.contact),
            fracture=boundaries.integral(point.fracture),
            grain_fracture=self._grains.surface() if self._grains else 0.0,
        )

    def _effective(self, openings: Floats) -> Floats:
        return cohesive.effective_opening(openings, self._boundaries.normal, self._system.law)

    def _traction(self) -> Floats:
        return self._system.traction.x.array.reshape(self._boundaries.normal.shape).copy()

    def _remember(self, history: Floats) -> None:
        self._last = _Moment(self._system.openings(), self._traction(), history.copy())
        for old, now in zip(self._old, self._live, strict=True):
            old.x.array[:] = now.x.array

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
