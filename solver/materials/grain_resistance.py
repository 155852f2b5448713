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
    fracture = case.physics.grain_fracture
    if not fracture.enabled or fracture.toughness is None:
        return None
    young = elastic.young_along_c()
    length = fracture.length
    if length is None:
        assert fracture.strength is not None  # the case gives one of the two
        length = length_of_strength(fracture.model, young, fracture.toughness, fracture.strength)
    return GrainResistance(
        fracture.toughness, length, strength(fracture.model, young, fracture.toughness, length)
    )


def require_split(case: Case, elastic: MaterialStiffness, dimension: int) -> None:
    """Raise MaterialError if the split of a case does not suit its oxide."""
    fracture = case.physics.grain_fracture
    if not fracture.enabled or fracture.split == "none":
        return
    if case.mechanics.plane == "stress":
        raise MaterialError(
            "physics.grain_fracture.split: all elastic energy drives cracks in plane stress; use "
            "none"
        )
    if fracture.split != "spectral":
        return
    flat = dimension == 2 and case.mechanics.plane == "strain"
    if not flat or not elastic.is_isotropic():
        raise MaterialError(
            "physics.grain_fracture.split: spectral is for isotropic grains in plane strain; "
            "use volumetric_deviatoric"
        )
