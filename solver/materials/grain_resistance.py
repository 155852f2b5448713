"""How grains of a case resist cracks inside: the length of the field and the strength it gives."""

from typing import NamedTuple

from solver.case import Case
from solver.materials import MaterialError, MaterialStiffness
from solver.physics.crack_length import length_of_strength, strength


class GrainResistance(NamedTuple):
    """Resistance along the basal planes: toughness J/m^2, length m, strength Pa."""

    toughness: float
    length: float
    strength: float


def grain_resistance(case: Case, elastic: MaterialStiffness) -> GrainResistance | None:
    """Resistance of the grains of a case, the strength by Young's modulus along c; None if off."""
    given = case.physics.grain_fracture
    if not given.enabled or given.toughness is None:
        return None
    young = elastic.young_along_c()
    length = given.length
    if length is None:
        assert given.strength is not None  # the case gives one of the two
        length = length_of_strength(given.model, young, given.toughness, given.strength)
    return GrainResistance(
        given.toughness, length, strength(given.model, young, given.toughness, length)
    )


def require_split(case: Case, elastic: MaterialStiffness, dimension: int) -> None:
    """Raise MaterialError if the split of a case does not suit its oxide."""
    given = case.physics.grain_fracture
    if not given.enabled or given.split == "none":
        return
    if case.mechanics.plane == "stress":
        raise MaterialError(
            "physics.grain_fracture.split: all elastic energy drives cracks in plane stress; use "
            "none"
        )
    if given.split != "spectral":
        return
    flat = dimension == 2 and case.mechanics.plane == "strain"
    if not flat or not elastic.is_isotropic():
        raise MaterialError(
            "physics.grain_fracture.split: spectral is for isotropic grains in plane strain; "
            "use volumetric_deviatoric"
        )
