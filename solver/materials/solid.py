"""The elasticity of what a case is made of, with or without chemistry."""

from typing import NamedTuple

from solver.case.loads import SolidCase
from solver.case.physics import MaterialsCase
from solver.materials.library import load_grain_material
from solver.materials.stiffness import MaterialStiffness


class Solid(NamedTuple):
    """Stiffness in Pa, density in kg/m^3."""

    stiffness: MaterialStiffness
    density: float


def solid_of(materials: MaterialsCase) -> Solid:
    """Return the solid of a case, or its oxide as a solid; MaterialError if that is wrong."""
    if materials.solid is not None:
        return Solid(isotropic(materials.solid), materials.solid.density)
    oxide = load_grain_material(materials.grain)
    return Solid(oxide.stiffness, oxide.density)


def isotropic(solid: SolidCase) -> MaterialStiffness:
    """Return the stiffness of an isotropic solid."""
    shear = solid.young / (2 * (1 + solid.poisson))
    lame = solid.young * solid.poisson / ((1 + solid.poisson) * (1 - 2 * solid.poisson))
    return MaterialStiffness(lame + 2 * shear, lame, lame, lame + 2 * shear, shear)
