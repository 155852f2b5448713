"""What the file of an interphase says of the films: how they grow, resist and cover."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from solver.entries import measures as q
from solver.entries.law_reader import activated_number
from solver.entries.reader import Entries
from solver.units.constants import VACUUM_PERMITTIVITY


class FilmOxidation(NamedTuple):
    """How fast a film would grow by oxidation of the electrolyte if it were no obstacle itself.

    ds/dt = rate exp(transfer_coefficient F (E - reference_potential) / R_g T)
    """

    rate: Callable[[float], float]  # of the temperature; at the reference potential, m/s
    reference_potential: float  # V, of the oxide against the liquid
    transfer_coefficient: float


@dataclass(frozen=True)
class InterphaseMaterial:
    """The film that the electrolyte leaves on an oxide (CEI), in SI.

    Two laws of growth for its thickness s, to be used one at a time::

        ds/dt = parabolic_rate / (2 s)                              diffusion through the film
        ds/dt = limited_rate exp(-s / limiting_thickness)           self-limiting

    `oxidation` acts in series with either where a case asks for it.
    """

    name: str
    initial_thickness: float  # m
    parabolic_rate: Callable[[float], float]  # of the temperature; m^2/s
    limited_rate: Callable[[float], float]  # of the temperature; m/s
    limiting_thickness: float  # m
    oxidation: FilmOxidation
    conductivity: Callable[[float], float]  # of the temperature; lithium ions, S/m
    permittivity: float  # relative to that of vacuum
    lithium_per_volume: float  # mol/m^3
    electrons_per_lithium: float  # electrons taken up for each lithium ion bound
    scatter: float  # relative standard deviation of the thickness between patches
    coverage: float  # part of the wet surface that the film covers

    def resistivity(self, temperature: float) -> float:
        """Return the resistivity in ohm m; times the thickness, the resistance of an area."""
        return 1.0 / self.conductivity(temperature)

    def relaxation(self, temperature: float) -> float:
        """Return the time in which its dielectric bridges its resistance, in s."""
        return VACUUM_PERMITTIVITY * self.permittivity * self.resistivity(temperature)


def interphase_of(entries: Entries) -> InterphaseMaterial:
    """Read an interphase film; what is wrong is noted with the entries."""
    return InterphaseMaterial(
        name=entries.text("name"),
        initial_thickness=entries.number("initial_thickness", q.THICKNESS),
        parabolic_rate=activated_number(entries, "parabolic_rate", q.PARABOLIC_RATE),
        limited_rate=activated_number(entries, "limited_rate", q.LIMITED_RATE),
        limiting_thickness=entries.number("limiting_thickness", q.THICKNESS),
        oxidation=FilmOxidation(
            rate=activated_number(entries, "oxidation.rate", q.LIMITED_RATE),
            reference_potential=entries.number("oxidation.reference_potential", q.POTENTIAL),
            transfer_coefficient=entries.number(
                "oxidation.transfer_coefficient", q.TRANSFER_COEFFICIENT
            ),
        ),
        conductivity=activated_number(entries, "conductivity", q.CONDUCTIVITY),
        permittivity=entries.number("permittivity", q.PERMITTIVITY),
        lithium_per_volume=entries.number("lithium_per_volume", q.CONCENTRATION),
        electrons_per_lithium=entries.number("electrons_per_lithium", q.ELECTRONS),
        scatter=entries.number("scatter", q.SCATTER, zero=True),
        coverage=entries.fraction("coverage"),
    )
