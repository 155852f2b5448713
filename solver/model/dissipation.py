"""Energies of a particle and its boundaries, and what thermodynamics demands of them."""

from dataclasses import dataclass, field, fields, replace

from solver.physics import cohesive, mechanics, phase_field, sliding
from solver.units.books import EnergyEntry

ENTRIES: dict[str, EnergyEntry] = {
    name: entry
    for physics in (mechanics, cohesive, phase_field, sliding)
    for name, entry in physics.ENERGIES.items()
}
DISSIPATED = tuple(name for name, entry in ENTRIES.items() if entry.dissipated)
OF_STATE = ("elastic", "bond", "contact", "grain_fracture")
LEAST_CRACKS = 1e-3  # of the largest elastic energy: less is no measure of a share


class EnergyError(Exception):
    """The books do not bear what the case asks of them; the message gives the figures."""


@dataclass
class Energies:
    """Energies now (elastic, bond, contact, fracture) and work done so far, pJ.

    worn: what each mechanism that acts between steps has taken from the bonds. jumped: what cycle
    jumps have put in, so that the books close in the cycles that are resolved.
    """

    elastic: float = 0.0
    bond: float = 0.0
    contact: float = 0.0
    fracture: float = 0.0
    grain_fracture: float = 0.0
    viscous: float = 0.0
    sudden: float = 0.0
    algorithmic: float = 0.0
    sliding: float = 0.0
    friction: float = 0.0
    swelling_work: float = 0.0
    misfit_work: float = 0.0
    external_work: float = 0.0
    jumped: float = 0.0
    worn: dict[str, float] = field(default_factory=dict)

    def copy(self) -> "Energies":
        """Return the same energies, which stay as they are."""
        return replace(self, worn=dict(self.worn))

    def amounts(self) -> dict[str, float]:
        """Return every energy by its name, what mechanisms have taken from the bonds by theirs."""
        own = {item.name: getattr(self, item.name) for item in fields(self)}
        return {**own.pop("worn"), **own}

    def imbalance(self) -> float:
        """Stored and dissipated energy less the work done."""
        work = self.swelling_work + self.misfit_work + self.external_work + self.jumped
        return sum(self.amounts().values()) - 2 * work


@dataclass
class Dissipation:
    """Watches over every step: what is dissipated is never negative but by rounding.

    lowest: the most negative that each dissipation has been in a step, over the largest elastic
    energy until then; zero if it never was. algorithmic: sum of its amounts, whatever their sign,
    pJ.
    """

    lowest: dict[str, float] = field(
        default_factory=lambda: dict.fromkeys((*DISSIPATED, "algorithmic"), 0.0)
    )
    algorithmic: float = 0.0

    def watch(self, before: Energies, after: Energies, largest_elastic: float) -> None:
        """Take in a step, or what was booked between two."""
        earlier, later = before.amounts(), after.amounts()
        for name in (*self.lowest, *(name for name in after.worn if name not in self.lowest)):
            gained = later[name] - earlier.get(name, 0.0)
            if largest_elastic > 0:
                lowest = self.lowest.get(name, 0.0)
                self.lowest[name] = min(lowest, gained / largest_elastic)
        self.algorithmic += abs(after.algorithmic - before.algorithmic)

    @property
    def worst(self) -> float:
        """The most negative of all but the algorithmic part, which is an error of either sign."""
        return min(value for name, value in self.lowest.items() if name != "algorithmic")

    def share(self, energies: Energies, largest_elastic: float) -> float:
        """Algorithmic dissipation, without its sign, over the energy of new cracks.

        Over a thousandth of the largest elastic energy where cracks have taken less.
        """
        cracks = energies.fracture + energies.grain_fracture
        measure = max(cracks, LEAST_CRACKS * largest_elastic)
        return self.algorithmic / measure if measure > 0 else 0.0
