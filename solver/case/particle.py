"""What a case may say about the particle: its shape, its grains, their axes, its mesh."""

import re
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)

from solver.case.coating import CoatingCase
from solver.case.grains import GrainsCase
from solver.case.orientation import OrientationCase
from solver.text.files import require_file
from solver.units import usual
from solver.units.measures import Length
from solver.units.section import Section


class BoundaryCase(Section):
    """What the grain boundaries are made of, and which of them."""

    state: Literal["dry", "liquid", "lpo"] = Field(
        "dry",
        description="dry; liquid: wet from the start where connected to the outside, else as dry; "
        "or lpo: filled with Li3PO4",
    )
    rule: Literal["all", "fraction", "depth", "connected"] = Field(
        "all",
        description="Which boundaries have the state, while the others are dry. fraction: a random "
        "part of their area; depth: those within `depth` of the surface; connected: those of a "
        "random `fraction` that are connected to the outside by others of it",
    )
    fraction: float | None = Field(
        None, ge=0, le=1, description="Part of the boundary area", examples=[0.5]
    )
    depth: Length | None = Field(
        None, gt=0, description="Mean distance from the surface", examples=["1 um"]
    )
    thickness: Annotated[Length | None, usual.FILM] = Field(
        None,
        ge=1e-9,
        description="Thickness of the filling, as cells of its own; default: none",
        examples=["10 nm"],
    )
    infusion: Annotated[Length | None, usual.FILM] = Field(
        None,
        ge=1e-9,
        description="In place of `thickness`: that of a coating whose volume fills the boundaries",
        examples=["10 nm"],
    )

    @model_validator(mode="after")
    def _keys_belong_to_rule(self) -> Self:
        needed = {"fraction": "fraction", "connected": "fraction", "depth": "depth"}.get(self.rule)
        for name in ("fraction", "depth"):
            is_there = getattr(self, name) is not None
            if name == needed and not is_there:
                raise ValueError(f"{name} is needed with rule: {self.rule}")
            if name != needed and is_there:
                raise ValueError(f"{name} has no meaning with rule: {self.rule}")
        if self.state == "dry" and self.rule != "all":
            raise ValueError(f"rule: {self.rule} needs a state other than dry")
        return self

    @model_validator(mode="after")
    def _only_fillings_are_thick(self) -> Self:
        named = [name for name in ("thickness", "infusion") if getattr(self, name) is not None]
        if named and self.state != "lpo":
            raise ValueError(f"{named[0]} has no meaning with state: {self.state}")
        if len(named) == 2:
            raise ValueError("give thickness or infusion, not both")
        return self


class MeshCase(Section):
    """Edge lengths of the mesh."""

    size: Length = Field(0.3e-6, gt=0, description="Edge length inside the grains")
    boundary_size: Length = Field(0.12e-6, gt=0, description="Edge length along the boundaries")
    surface_size: Length | None = Field(
        None,
        gt=0,
        description="Edge length on the outside, default boundary_size",
        examples=["0.12 um"],
    )
    cells: int | None = Field(
        None,
        ge=100,
        description="Wanted number of cells: all edge lengths are scaled to reach it",
        examples=[20000],
    )

    @model_validator(mode="after")
    def _finer_at_boundaries(self) -> Self:
        for name in ("boundary_size", "surface_size"):
            edge = getattr(self, name)
            if edge is not None and edge > self.size:
                raise ValueError(f"{name} ({edge:g} m) must not exceed size ({self.size:g} m)")
        return self


class Grainy(Section):
    """What every particle of grains has, whatever its shape comes from."""

    seed: int = Field(1, ge=0, description="Seed of grains, orientations and strength")
    orientation: OrientationCase = OrientationCase()
    boundary: BoundaryCase = BoundaryCase()
    coating: CoatingCase | None = Field(None, description="A shell around the particle")

    @model_validator(mode="after")
    def _liquid_has_an_outlet(self) -> Self:
        sealed = self.coating is not None and self.coating.coverage == 1.0
        if sealed and self.boundary.state == "liquid":
            raise ValueError(
                "liquid boundaries have no outlet: the coating covers the whole outside; give it "
                "a coverage below 1"
            )
        return self

    @model_validator(mode="after")
    def _a_file_gives_the_axes(self) -> Self:
        if self.orientation.texture == "file" and not isinstance(self, MeshFileCase):
            raise ValueError("orientation.texture: file is for a mesh of one's own (shape: file)")
        return self


FEWEST_AROUND = {"disc": 3, "sphere": 6}  # grains around a pore
LARGEST_PORE = 0.9  # of the particle's radius


class PoreCase(Section):
    """A round pore in the middle: nothing but a free surface, without electrolyte."""

    radius: Length = Field(gt=0, description="Radius of the pore", examples=["0.5 um"])


class ParticleCase(Grainy):
    """A secondary particle made up: its shape, its grains and its mesh."""

    shape: Literal["disc", "sphere"] = Field(
        "disc", description="disc: a round cross-section, 2D; sphere: 3D"
    )
    radius: Annotated[Length, usual.PARTICLE] = Field(gt=0, description="Radius of the particle")
    pore: PoreCase | None = Field(None, description="A round pore in the middle, default none")
    grains: GrainsCase
    mesh: MeshCase = MeshCase()

    @model_validator(mode="after")
    def _an_axis_for_every_grain(self) -> Self:
        table, count = self.orientation.table, self.grains.count
        if table is not None and len(table) != count:
            raise ValueError(f"orientation.table has {len(table)} axes for {count} grains")
        return self

    @model_validator(mode="after")
    def _grains_surround_the_pore(self) -> Self:
        if self.pore is None:
            return self
        radius, count, fewest = self.pore.radius, self.grains.count, FEWEST_AROUND[self.shape]
        if count < fewest:
            raise ValueError(f"a pore in a {self.shape} needs {fewest} grains or more, got {count}")
        if radius > LARGEST_PORE * self.radius:
            raise ValueError(
                f"pore.radius ({radius:g} m) must not exceed {LARGEST_PORE:g} of the particle's "
                f"radius ({self.radius:g} m)"
            )
        if self.mesh.cells is None and radius < self.mesh.boundary_size:
            raise ValueError(
                f"pore.radius ({radius:g} m) is smaller than mesh.boundary_size "
                f"({self.mesh.boundary_size:g} m)"
            )
        return self

    @property
    def mean_grain_diameter(self) -> float:
        """Diameter (m) of a disc or ball as large as the grains are on average."""
        dimension = 3 if self.shape == "sphere" else 2
        hollow = 0.0 if self.pore is None else (self.pore.radius / self.radius) ** dimension
        return float(2.0 * self.radius * ((1 - hollow) / self.grains.count) ** (1 / dimension))

    @model_validator(mode="after")
    def _mesh_resolves_grains(self) -> Self:
        diameter = self.mean_grain_diameter
        if self.mesh.cells is None and self.mesh.size > diameter:
            raise ValueError(
                f"mesh.size ({self.mesh.size:g} m) is larger than a grain ({diameter:.2g} m across)"
            )
        return self


class _FromFile(Grainy):
    """A particle in a file, whose path is relative to the case."""

    path: str = Field(
        min_length=1,
        description="The file, relative to the case",
        examples=["grains.png", "particle.msh"],
    )

    @field_validator("path")
    @classmethod
    def _path_from_case(cls, path: str, info: ValidationInfo) -> str:
        folder = (info.context or {}).get("folder")
        if folder is None:
            return path
        full = Path(folder, path).resolve()
        try:
            require_file(full)
        except ValueError as error:
            raise ValueError(f"{full}: {error}") from error
        return str(full)


def _label(label: Any) -> Any:
    """A label, also of a colour such as #ff8800."""
    colour = re.fullmatch("#([0-9a-fA-F]{6})", label) if isinstance(label, str) else None
    return int(colour[1], 16) if colour else label


Label = Annotated[
    int,
    Field(ge=0, description="A label, or a colour such as '#ff8800'"),  # of the number alone
    BeforeValidator(_label, json_schema_input_type=int | str),
]


class CleanCase(Section):
    """What is done about speckles and gaps in a measured image."""

    smallest: int = Field(
        1,
        ge=1,
        description="Pixels or voxels of the smallest region that is kept; smaller ones are given "
        "to the neighbour they share most of their boundary with",
    )
    unindexed: Label | None = Field(
        None,
        description="Label or colour of pixels without one, which are filled the same way",
        examples=[255, "#000000"],
    )


class ImageMeshCase(Section):
    """Edge length of the mesh of an image, the same everywhere."""

    size: Length = Field(0.15e-6, gt=0, description="Edge length")


class ImageCase(_FromFile):
    """A particle in an image whose values number the grains; 0 is the outside."""

    references: ClassVar[tuple[str, ...]] = ("taubin1995",)

    shape: Literal["image"] = Field(description="image: labels in a .npy, .png, .tif or .vti file")
    voxel: Annotated[Length, usual.VOXEL] = Field(
        gt=0, description="Edge of one pixel or voxel", examples=["50 nm"]
    )
    outside: Label = Field(0, description="Label or colour of the outside", examples=[0, "#000000"])
    clean: CleanCase | None = Field(
        None, description="What is done about speckles and gaps, default nothing"
    )
    mesh: ImageMeshCase = ImageMeshCase()

    @model_validator(mode="after")
    def _not_finer_than_the_image(self) -> Self:
        if self.mesh.size < self.voxel:
            raise ValueError(
                f"mesh.size ({self.mesh.size:g} m) is finer than the image ({self.voxel:g} m)"
            )
        return self


class MeshFileCase(_FromFile):
    """A particle in a mesh file whose named groups are the grains."""

    shape: Literal["file"] = Field(description="file: a .msh with groups grain_0, grain_1, ...")
    unit: Length = Field(1e-6, gt=0, description="Length of one unit of the mesh")


PARTICLES: dict[str, type[Grainy]] = {  # by what their shape comes from
    "round": ParticleCase,
    "image": ImageCase,
    "file": MeshFileCase,
}
FROM_FILES = {"path", "voxel", "unit", "clean"}  # keys of particles in files alone
SHAPES = {"disc": "round", "sphere": "round", "image": "image", "file": "file"}


def _origin(particle: Any) -> str | None:
    """What the shape of a particle comes from; None for an unknown shape."""
    if isinstance(particle, Grainy):
        return next(origin for origin, model in PARTICLES.items() if isinstance(particle, model))
    if isinstance(particle, dict) and "shape" not in particle and FROM_FILES & set(particle):
        return None  # it must say whether it is an image or a mesh
    shape = particle.get("shape", "disc") if isinstance(particle, dict) else "disc"
    return SHAPES.get(shape) if isinstance(shape, str) else None


AnyParticle = Annotated[
    Annotated[ParticleCase, Tag("round")]
    | Annotated[ImageCase, Tag("image")]
    | Annotated[MeshFileCase, Tag("file")],
    Discriminator(_origin),
]
