"""What the front of rock salt is made of: the entry `front` of an oxide."""

from typing import NamedTuple

from solver.entries import measures as q
from solver.entries.barrier import LAYERS, CationBarrier
from solver.entries.reader import Entries
from solver.physics.front import FrontEnergy
from solver.units.constants import JOULE, METRE

SITES = 2  # of oxygen for each of the metal, which is for each of lithium


class FrontMaterial(NamedTuple):
    """Rock salt that grows in an oxide that loses oxygen, in SI."""

    width: float  # m, of the front, from 0.1 to 0.9
    interface_energy: float  # J/m^2
    kept: float  # share of the oxygen that rock salt keeps
    drive: float  # J/mol of oxygen, by which its potential outside lies below that of coexistence
    vacancies: float  # share of the oxygen that layered oxide would lack in balance with that
    attempt: float  # 1/s, of hops
    vacancy_barrier: float  # J, of oxygen's hops
    rate_ratio: float  # of them, across over within the layers
    misfit_a: float  # of its lattice in that of the oxide, within the layers
    misfit_c: float  # the same across them
    coherent: float  # share of that which does not relax at once
    spacing: float  # m, lattice parameter a
    layer: float  # m, distance of the layers
    concentration: float  # mol/m^3, of oxygen in layered oxide
    barrier: CationBarrier  # of metals across the layers, that gliding lowers

    @classmethod
    def read(cls, entries: Entries) -> "FrontMaterial | None":
        """Read the entry `front`; None without one: nothing is known of it."""
        if not entries.has("front"):
            return None
        return cls(
            width=entries.number("front.width", q.THICKNESS),
            interface_energy=entries.number("front.interface_energy", q.TOUGHNESS),
            kept=entries.fraction("front.kept", zero=True),
            drive=entries.number("front.drive", q.ACTIVATION),
            vacancies=entries.fraction("front.vacancies"),
            attempt=entries.number("front.attempt", q.ATTEMPT),
            vacancy_barrier=entries.number("front.vacancy_barrier", q.BARRIER),
            rate_ratio=entries.fraction("front.rate_ratio"),
            misfit_a=entries.signed("front.misfit_a", q.STRAIN),
            misfit_c=entries.signed("front.misfit_c", q.STRAIN),
            coherent=entries.fraction("front.coherent", zero=True),
            spacing=entries.number("lattice_a", q.LATTICE),
            layer=entries.number("lattice_c", q.LATTICE) / LAYERS,
            concentration=SITES * entries.number("max_concentration", q.CONCENTRATION),
            barrier=CationBarrier.read(entries),
        )

    def energy(self) -> FrontEnergy:
        """Return the constants of its energy, in internal units."""
        potential = -self.drive * self.concentration * JOULE / METRE**3
        per_area = self.interface_energy * JOULE / METRE**2
        width = self.width * METRE
        return FrontEnergy.of_front(width, per_area, self.kept, potential, -self.vacancies)
