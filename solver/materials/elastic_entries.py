"""Reads the stiffness of a crystal: its system, and the constants that such a crystal has."""

from math import isfinite, nan

import numpy as np

from solver.entries.laws import Law
from solver.entries.measures import ELASTIC, ELASTIC_COUPLING
from solver.entries.reader import Entries, place_of
from solver.materials.stiffness import SYSTEMS, MaterialStiffness, System
from solver.text.messages import shown
from solver.text.problems import nearest

USUAL = "hexagonal"
ALIKE = 1e-9
MEASURES = {
    "C11": ELASTIC, "C33": ELASTIC, "C44": ELASTIC, "C66": ELASTIC,
    "C12": ELASTIC_COUPLING, "C13": ELASTIC_COUPLING, "C14": ELASTIC_COUPLING,
    "C15": ELASTIC_COUPLING,
}  # fmt: skip
NONE = MaterialStiffness(nan, nan, nan, nan, nan)


def stiffness(entries: Entries, key: str) -> MaterialStiffness:
    """Return a positive definite stiffness, in Pa; NaN, and noted, where it is none."""
    name = _system_of(entries, key)
    if name is None:
        entries.know(*((*place_of(key), constant) for constant in (*MEASURES, "unit")))
        return NONE
    system = SYSTEMS[name]
    constants = _constants(entries, key, name, system)
    if not all(map(isfinite, constants.values())):
        return NONE
    elastic = system.stiffness(**constants)
    if violated := system.violated(elastic):
        why = f"is not positive definite, which a {name} crystal is with {' and '.join(violated)}"
        entries.note(place_of(key), why)
    return elastic


def compare_symmetry(
    entries: Entries, key: str, strains: tuple[Law, Law], diffusivity_ratio: float
) -> None:
    """Caution of a cubic crystal that swells or lets lithium through along c as it does not across.

    strains: within and across the layers.
    """
    if entries.entry(key).get("system") != "cubic":
        return
    x = np.linspace(0.01, 0.99, 99)
    within, across = (strain.value(x) for strain in strains)
    if np.abs(within - across).max() > ALIKE:
        why = "is that of a cubic crystal, but strain_a and strain_c are not the same"
        entries.caution(place_of(key), why)
    if abs(diffusivity_ratio - 1) > ALIKE:
        entries.caution(place_of(key), "is that of a cubic crystal, but diffusivity_ratio is not 1")


def _system_of(entries: Entries, key: str) -> str | None:
    """The crystal system of an entry; None, and noted, if there is no such system."""
    place = (*place_of(key), "system")
    entries.know(place)
    system = entries.entry(key).get("system", USUAL)
    if isinstance(system, str) and system in SYSTEMS:
        return system
    hint = nearest(system if isinstance(system, str) else "", SYSTEMS)
    entries.note(place, f"unknown crystal system {shown(system)} ({hint})")
    return None


def _constants(entries: Entries, key: str, name: str, system: System) -> dict[str, float]:
    """The constants of a crystal in Pa by name, NaN where they are no good."""
    entry, place = entries.entry(key), place_of(key)
    its = system.needed + system.optional
    told = f"a {name} crystal has {', '.join(its)}"
    constants = {}
    for constant in its:
        if entry and constant not in entry:
            if constant in system.needed:
                entries.note((*place, constant), f"is missing; {told}")
                constants[constant] = nan
            continue
        constants[constant] = entries.signed(key, MEASURES[constant], constant)
    for strange in sorted(set(MEASURES) & set(entry) - set(its)):
        entries.know((*place, strange))
        where = " or ".join(n for n, s in SYSTEMS.items() if strange in s.needed + s.optional)
        entries.note((*place, strange), f"{told} alone; give it with system: {where}")
    return constants
