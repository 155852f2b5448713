"""Whether a particle has the boundaries that its case wants wet from the start."""

from typing import Any

from solver.case import Case

PLACE = ("physics", "initial_wetting", "area")
NEVER_WET = "lpo"  # the state of boundaries that keep liquid out until they crack
PER_METRE, PER_GRAM = 1e6, 1e3


class WetAreaError(Exception):
    """More area is to be wet than there is."""

    def __init__(self, asked: float, there_is: float, where: str = "") -> None:
        """asked, there_is: m^2/kg, both sides."""
        super().__init__(
            f"{'.'.join(PLACE)}: {asked / PER_GRAM:.4g} m^2/g of boundaries cannot be wet, there "
            f"are only {there_is / PER_GRAM:.4g} m^2/g{where} (both sides counted)"
        )


def asked_area(case: Case) -> float:
    """Return the area of boundaries that are to be wet from the start, m^2/kg; zero without any."""
    initial = case.physics.initial_wetting
    return initial.area if initial.enabled else 0.0


def require_boundaries(case: Case, table: dict[str, Any], density: float) -> None:
    """Raise WetAreaError unless the mesh of this table has boundaries enough.

    Which of them the outside reaches is found when the particle is read. density: kg/m^3.
    """
    volume = sum(region["volume"] for region in table["grains"] if region["material"] == "grain")
    area = sum(entry["area"] for entry in table["boundaries"] if entry["state"] != NEVER_WET)
    there_is = 2.0 * area / volume * PER_METRE / density
    asked = asked_area(case)
    if asked > there_is * (1 + 1e-12):
        raise WetAreaError(asked, there_is)


def caution(case: Case, boundary_area: float) -> str | None:
    """Return a warning if boundaries may be too few. boundary_area: estimate, one side, m^2/g."""
    asked, there_is = asked_area(case), 2.0 * boundary_area * PER_GRAM
    if asked <= there_is:
        return None
    return f"caution: {WetAreaError(asked, there_is, ' or so')}"
