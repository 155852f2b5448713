"""What a case may say about how a body is held and loaded."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, FiniteFloat, field_validator, model_validator

from solver.case.plane import Plane
from solver.units import usual
from solver.units.axes import Axis
from solver.units.measures import Length, Quantity, Stress
from solver.units.section import Section

Component = Literal["xx", "yy", "zz", "xy", "yz", "xz"]
SignedStress = Annotated[float, Quantity("a stress", "Pa", "2 MPa")]
Density = Annotated[float, Quantity("a density", "kg/m^3", "2700 kg/m^3")]
Vector = tuple[FiniteFloat, FiniteFloat, FiniteFloat]
SURFACE = "Named surface of the mesh, a patch, or outer"


class LoadCase(Section):
    """How one surface is held or loaded; displacements and tractions grow with the load factor."""

    example: ClassVar[Mapping[str, Any] | None] = {
        "surface": "top",
        "displacement": {"y": "10 nm"},
    }

    surface: str = Field(min_length=1, description=SURFACE, examples=["top"])
    displacement: dict[Axis, Length] = Field(
        {}, description="Displacement at load factor 1", examples=[{"x": "10 nm"}]
    )
    fixed: tuple[Axis, ...] = Field(
        (), description="Components that do not move", examples=[["x", "y"]]
    )
    symmetry: bool = Field(False, description="A flat surface does not move along its normal")
    traction: Annotated[dict[Axis, SignedStress], usual.PRESSURE] = Field(
        {}, description="Force per area at load factor 1", examples=[{"y": "-2 MPa"}]
    )
    strain: Annotated[dict[Component, float], usual.STRAIN] = Field(
        {},
        description="It moves by strain . x, x from the origin, at load factor 1",
        examples=[{"xx": 0.0001}],
    )
    stress: Annotated[dict[Component, SignedStress], usual.PRESSURE] = Field(
        {},
        description="Force per area stress . normal at load factor 1; alike along x, y, z: "
        "less a pressure",
        examples=[{"xx": "-50 MPa"}],
    )

    wall: dict[Axis, Length] = Field(
        {},
        description="Motion at load factor 1 of a rigid wall that touches where it begins",
        examples=[{"y": "-50 nm"}],
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        held_or_pulled = self.displacement or self.fixed or self.symmetry or self.traction
        even = self.strain or self.stress
        if not (held_or_pulled or even or self.wall):
            known = "displacement, fixed, symmetry, traction, strain, stress, wall"
            raise ValueError(f"needs one of {known}")
        if not all(self.wall.values()):
            raise ValueError("a wall must move: its direction tells on which side it is")
        if self.strain and (held_or_pulled or self.stress or self.wall):
            raise ValueError("a strain prescribes all components: nothing else can be given")
        held = {*self.displacement, *self.fixed}
        if twice := sorted(set(self.displacement) & set(self.fixed)):
            raise ValueError(f"{twice[0]} is both fixed and displaced")
        if pushed := sorted(held & set(self.wall)):
            raise ValueError(f"{pushed[0]} is held: a wall across it has no effect")
        if both := sorted(held & set(self.traction)):
            raise ValueError(f"{both[0]} is held: a traction along it has no effect")
        return self


class PatchCase(Section):
    """Part of a surface: what lies around one direction as seen from its middle."""

    of: str = Field("outer", min_length=1, description="Named surface that it is a part of")
    towards: Vector = Field(
        description="Direction [x, y, z] from the middle of that surface", examples=[[0, 1, 0]]
    )
    width: Length = Field(
        gt=0, description="Width across this direction; in 3D the diameter", examples=["1 um"]
    )

    @field_validator("towards")
    @classmethod
    def _a_direction(cls, towards: Vector) -> Vector:
        if not any(towards):
            raise ValueError("a direction must not be zero")
        return towards


class MechanicsCase(Section):
    """What two dimensions stand for."""

    plane: Plane = Field(
        "generalised",
        description="generalised: all three displacements, and one uniform strain along z without "
        "a force; strain: nothing leaves the plane; stress: a foil, without any stress along z",
    )
    thickness: Length | None = Field(
        None,
        gt=0,
        description="Extent along z that forces and energies are given for; they are per metre "
        "of it if none is given",
        examples=["1 mm"],
    )


class SolidCase(Section):
    """An isotropic elastic solid."""

    density: Annotated[Density, usual.DENSITY] = Field(
        1e3, gt=0, description="For areas per mass alone", examples=["2700 kg/m^3"]
    )
    young: Annotated[Stress, usual.ELASTIC] = Field(
        gt=0, description="Young's modulus", examples=["70 GPa"]
    )
    poisson: float = Field(gt=-1, lt=0.5, description="Poisson's ratio", examples=[0.3])
