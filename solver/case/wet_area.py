"""Whether a particle has the boundaries that its case wants wet from the start."""

from typing import Any

from solver.case import Case
from solver.mechanisms.initial_wetting import WetAreaError

NEVER_WET = "lpo"  # the state of boundaries that keep liquid out until they crack
PER_METRE = 1e6


def require_boundaries(case: Case, table: dict[str, Any], density: float) -> None:
    """Raise WetAreaError unless the mesh of this table has boundaries enough.

    Which of them the outside reaches is found when the particle is read. density: kg/m^3.
    """
    volume = sum(region["volume"] for region in table["grains"] if region["material"] == "grain")
    area = sum(entry["area"] for entry in table["boundaries"] if entry["state"] != NEVER_WET)
    there_is = 2.0 * area / volume * PER_METRE / density
    initial = case.physics.initial_wetting
    if initial.enabled and initial.area > there_is * (1 + 1e-12):
        raise WetAreaError(initial.area, there_is)
