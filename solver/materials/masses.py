"""Whether the density of an oxide suits its concentration: rho = c_max M."""

from math import isfinite

from solver.entries.measures import MOLAR_MASS
from solver.entries.reader import Entries

TOLERANCE = 0.1  # between the density and what concentration and molar mass give
LIGHTEST, HEAVIEST = 0.05, 0.4  # kg/mol, of what holds one lithium where no molar mass is given


def compare_masses(entries: Entries, density: float, max_concentration: float) -> None:
    """Add a caution if density, concentration and molar mass (where given) do not fit together."""
    entries.know(("molar_mass",))
    molar_mass = entries.number("molar_mass", MOLAR_MASS) if entries.has("molar_mass") else None
    if not isfinite(density) or not max_concentration > 0:
        return
    mass = density / max_concentration
    if molar_mass is None and not LIGHTEST <= mass <= HEAVIEST:
        entries.caution(
            ("density",),
            f"over max_concentration it is {1e3 * mass:.4g} g per mole of sites, far from the "
            f"{1e3 * LIGHTEST:g} to {1e3 * HEAVIEST:g} g/mol of oxides: is a unit wrong?",
        )
    if molar_mass and abs(mass / molar_mass - 1) > TOLERANCE:
        entries.caution(
            ("density",),
            f"over max_concentration it is {1e3 * mass:.4g} g/mol, but molar_mass is "
            f"{1e3 * molar_mass:.4g} g/mol",
        )
