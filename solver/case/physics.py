"""The mechanisms, each with its own switch, and the materials they act on."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, ValidationInfo, field_validator, model_validator

from solver.case.fracture import GrainFractureCase
from solver.case.loads import SolidCase
from solver.case.regions import LIBRARY_OR_PATH, RegionCase, path_from_case
from solver.mechanisms.base import MechanismCase, Slow
from solver.mechanisms.corrosion import CorrosionCase
from solver.mechanisms.decomposition import DecompositionCase
from solver.mechanisms.dissolution import DissolutionCase
from solver.mechanisms.fatigue import FatigueCase
from solver.mechanisms.front import FrontCase
from solver.mechanisms.gliding import GlidingRatioCase
from solver.mechanisms.initial_wetting import InitialWettingCase
from solver.mechanisms.interphase import InterphaseCase
from solver.mechanisms.oxide_ageing import OxideAgeingCase
from solver.mechanisms.oxygen_release import OxygenReleaseCase
from solver.mechanisms.rock_salt import RockSaltCase
from solver.mechanisms.thermal_expansion import ThermalExpansionCase
from solver.mechanisms.wetting import WettingCase
from solver.units import usual
from solver.units.acceleration import KEY
from solver.units.constants import GAS_CONSTANT
from solver.units.measures import (
    MolarEnergy,
    Stiffness,
    Stress,
    Temperature,
    Time,
    Toughness,
)
from solver.units.references import Cites
from solver.units.section import Section

WIDEST_NORMAL = 0.39  # of the strength: 2.5 standard deviations must leave some of it


class InterphasesCase(Section):
    """Films that grow on wet surfaces, by what they grow on."""

    bare: str = Field("carbonate", min_length=1, description=f"On bare oxide: {LIBRARY_OR_PATH}")
    coated: str = Field("fluoride", min_length=1, description=f"On a coating: {LIBRARY_OR_PATH}")

    @field_validator("*")
    @classmethod
    def _path_from_case(cls, name: str, info: ValidationInfo) -> str:
        return path_from_case(name, info)


class BoundariesCase(Section):
    """What boundaries are made of, by their state."""

    dry: str = Field("dry", min_length=1, description=f"With nothing in them: {LIBRARY_OR_PATH}")
    liquid: str = Field("liquid", min_length=1, description=f"Wet: {LIBRARY_OR_PATH}")
    lpo: str = Field("lpo", min_length=1, description=f"Filled: {LIBRARY_OR_PATH}")

    @field_validator("*")
    @classmethod
    def _path_from_case(cls, name: str, info: ValidationInfo) -> str:
        return path_from_case(name, info)

    def of(self, state: str) -> str:
        """Return the material of a state."""
        return str(getattr(self, state))


SOLID = "solid"  # what the grains are called where they are an elastic solid and no oxide


class MaterialsCase(Section):
    """Materials by name in the library, or by path to a YAML file."""

    grain: str = Field(
        min_length=1,
        description=f"Oxide of the grains: {LIBRARY_OR_PATH}",
        examples=["NMC811", "./mine.yaml"],
    )
    regions: tuple[RegionCase, ...] = Field(
        (), description="Grains of other oxides than `grain`; where two fit, the first counts"
    )
    solid: SolidCase | None = Field(
        None, description="In place of `grain`: an elastic solid without chemistry"
    )
    electrolyte: str = Field(
        "carbonate", min_length=1, description=f"Liquid or polymer around: {LIBRARY_OR_PATH}"
    )
    filler: str = Field(
        "lpo", min_length=1, description=f"In films, coatings, filled boundaries: {LIBRARY_OR_PATH}"
    )
    interphase: InterphasesCase = InterphasesCase()
    counter: str = Field(
        "graphite", min_length=1, description=f"What faces a full cell: {LIBRARY_OR_PATH}"
    )
    boundary: BoundariesCase = BoundariesCase()

    @model_validator(mode="before")
    @classmethod
    def _oxide_or_solid(cls, data: Any) -> Any:
        if not isinstance(data, dict) or data.get("solid") is None:
            return data
        if data.get("grain", SOLID) != SOLID:
            raise ValueError("give grain or solid, not both")
        if data.get("regions"):
            raise ValueError("regions are of oxides: leave out solid")
        return {**data, "grain": SOLID}

    @field_validator("grain", "electrolyte", "filler", "counter")
    @classmethod
    def _path_from_case(cls, name: str, info: ValidationInfo) -> str:
        return path_from_case(name, info)

    def oxides(self) -> tuple[str, ...]:
        """Return all oxides of the grains, the main one first, then those of the regions."""
        return (self.grain, *(region.material for region in self.regions))


class Switch(Section):
    """A mechanism that can be switched off by itself."""

    enabled: bool = Field(True, description="Whether this mechanism acts")


class StressInPotentialCase(Switch):
    """Stress raises the potential where it stretches the lattice as lithium does."""

    references: ClassVar[tuple[str, ...]] = ("larche1973",)

    reference: Literal["free", "bonded"] = Field(
        "free",
        description="On what U(x) of the oxide was measured: free, crystals without stress; "
        "bonded, grains that hold each other, whose mean stress part is then taken off it",
    )


class SwellingCase(Switch):
    """Lithium changes the lattice, each grain along its own axes."""

    stress_free_occupancy: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Where grains fit each other: lattice strain counts from there, in all oxides; "
        "default: from where each has it zero, x = 1 in the library",
        examples=[0.99],
    )


class MixedModeCase(Section):
    """Toughness between opening and shear."""

    criterion: Annotated[
        Literal["none", "benzeggagh_kenane", "power_law"],
        Cites(("benzeggagh1996",), ("benzeggagh_kenane",)),
    ] = Field("none", description="none: shear is as tough as opening")
    exponent: float = Field(2.0, gt=0, le=20, description="Of the criterion")


class CohesiveCase(Switch):
    """Grain boundaries open and crack. What is not given comes from the boundary material."""

    references: ClassVar[tuple[str, ...]] = ("ortiz1999", "turon2006")

    law: Literal["bilinear", "exponential"] = Field(
        "bilinear", description="How the traction falls beyond the strength"
    )
    strength: Annotated[Stress | None, usual.STRENGTH] = Field(
        None, gt=0, description="Tensile strength"
    )
    toughness: Annotated[Toughness | None, usual.TOUGHNESS] = Field(
        None, gt=0, description="Energy to open a unit of area"
    )
    shear_strength: Annotated[Stress | None, usual.STRENGTH] = Field(
        None, gt=0, description="Shear strength; default: shear_ratio of the material times tensile"
    )
    shear_toughness: Annotated[Toughness | None, usual.TOUGHNESS] = Field(
        None, gt=0, description="Energy to shear off a unit of area; default: that of opening"
    )
    mixed_mode: MixedModeCase = MixedModeCase()
    penalty: Annotated[Stiffness | None, usual.PENALTY] = Field(
        None, gt=0, description="Stiffness of a bonded boundary"
    )
    scatter: float | None = Field(
        None, ge=0, lt=1, description="Relative standard deviation of the strength", examples=[0.1]
    )
    scatter_law: Annotated[Literal["normal", "weibull"], Cites(("weibull1951",), ("weibull",))] = (
        Field("normal", description="How the strength scatters between pairs of grains")
    )
    relaxation_time: Time = Field(1.0, ge=0, description="Viscous time of the boundaries")

    @model_validator(mode="after")
    def _with_criterion(self) -> Self:
        if self.shear_toughness is not None and self.mixed_mode.criterion == "none":
            raise ValueError(
                "shear_toughness needs mixed_mode.criterion: benzeggagh_kenane or power_law"
            )
        if self.scatter_law == "normal" and (self.scatter or 0.0) >= WIDEST_NORMAL:
            raise ValueError(
                f"a normal scatter from {WIDEST_NORMAL:g} on leaves boundaries without strength; "
                f"got {self.scatter:g}: take less, or scatter_law: weibull"
            )
        return self


class SlidingCase(Section):
    """Bonded boundaries slide slowly in shear (Maxwell): what changes slowly is accommodated.

    With `across` they give way to normal traction too, as matter diffuses along them.
    """

    enabled: bool = Field(False, description="Whether this mechanism acts")
    relaxation_time: Time = Field(
        100.0, gt=0, description="Of the shear between grains of the mean size, when that hot"
    )
    reference_temperature: Temperature = Field(823.15, gt=0, description="Where that time holds")
    activation_energy: Annotated[MolarEnergy, usual.ACTIVATION] = Field(
        1e5, ge=0, description="Of the sliding; assumed, as is the time"
    )
    across: Annotated[float | None, Cites(("arzt1983",))] = Field(
        None,
        gt=0,
        description="Relaxation time of normal traction over that of shear; assumed: none was "
        "found. Without it the normal direction does not relax",
        examples=[1.0],
    )
    acceleration: float = Field(
        1.0,
        gt=0,
        description="Factor on the speed of sliding, a relaxation, which physics.acceleration "
        "leaves alone",
    )

    def time_at(self, temperature: float) -> float:
        """Return the relaxation time at a temperature (K), accelerated as declared, s."""
        inverse = 1 / temperature - 1 / self.reference_temperature
        with np.errstate(over="ignore"):
            slower = float(np.exp(self.activation_energy / GAS_CONSTANT * inverse))
        return self.relaxation_time * slower / self.acceleration


class FrictionCase(Section):
    """Broken boundaries that are pressed together resist sliding (Coulomb)."""

    enabled: bool = Field(False, description="Whether this mechanism acts")
    coefficient: float = Field(
        0.4, ge=0, le=10, description="Friction over pressure; assumed: no measurement found"
    )


class PhysicsCase(Section):
    """The mechanisms, each with its own switch; those between time steps in the order they act."""

    acceleration: float = Field(
        1.0,
        gt=0,
        description="Factor on the speed of all laws of ageing, which may each have their own: "
        "a cycle stands for so many; a declared acceleration",
    )
    transport: Annotated[Switch, Cites(("walker2011", "chandrupatla1997"))] = Field(
        Switch(), description="Lithium and charge; without them, only loads on a solid remain"
    )
    swelling: SwellingCase = SwellingCase()
    thermal_expansion: ThermalExpansionCase = ThermalExpansionCase()
    stress_in_potential: StressInPotentialCase = StressInPotentialCase()
    cohesive: CohesiveCase = CohesiveCase()
    sliding: SlidingCase = SlidingCase()
    friction: FrictionCase = FrictionCase()
    crack_blocks_lithium: Switch = Field(
        Switch(), description="Lithium no longer passes where a boundary has opened"
    )
    crack_blocks_electrons: Switch = Field(
        Switch(), description="Electrons no longer pass where a boundary has opened"
    )
    boundary_network: Switch = Field(
        Switch(),
        description="Ions move along boundaries that are wet or filled, and react on both sides",
    )
    grain_fracture: GrainFractureCase = GrainFractureCase()
    fatigue: FatigueCase = FatigueCase()
    corrosion: CorrosionCase = CorrosionCase()
    wetting: WettingCase = WettingCase()
    initial_wetting: InitialWettingCase = InitialWettingCase()
    rock_salt: RockSaltCase = RockSaltCase()
    dissolution: DissolutionCase = DissolutionCase()
    interphase: InterphaseCase = InterphaseCase()
    oxide_ageing: OxideAgeingCase = OxideAgeingCase()
    decomposition: DecompositionCase = DecompositionCase()
    oxygen_release: OxygenReleaseCase = OxygenReleaseCase()
    gliding: GlidingRatioCase = GlidingRatioCase()
    front: FrontCase = FrontCase()

    @field_validator("*", mode="before")
    @classmethod
    def _as_fast_as_all(cls, section: Any, info: ValidationInfo) -> Any:
        """What has no factor of its own takes that of all slow laws."""
        kind = cls.model_fields[str(info.field_name)].annotation
        if not (isinstance(kind, type) and issubclass(kind, Slow)):
            return section
        said = section.model_dump(exclude_unset=True) if isinstance(section, Slow) else section
        if not isinstance(said, dict) or KEY in said or KEY not in info.data:
            return section
        return {**said, KEY: info.data[KEY]}

    @field_validator("wetting")
    @classmethod
    def _with_network(cls, wetting: WettingCase, info: ValidationInfo) -> WettingCase:
        network = info.data.get("boundary_network")
        if wetting.enabled and network is not None and not network.enabled:
            raise ValueError("needs boundary_network, which carries the ions of wet boundaries")
        return wetting

    @field_validator("front")
    @classmethod
    def _released_once(cls, front: FrontCase, info: ValidationInfo) -> FrontCase:
        release = info.data.get("oxygen_release")
        if front.enabled and release is not None and release.enabled:
            raise ValueError("resolves the oxygen that oxygen_release lets go: enable one of them")
        return front

    @field_validator("initial_wetting")
    @classmethod
    def _with_wetting(cls, initial: InitialWettingCase, info: ValidationInfo) -> InitialWettingCase:
        """Where no boundary gets wet, none is so from the start."""
        wetting = info.data.get("wetting")
        if wetting is None or wetting.enabled:
            return initial
        return initial.model_copy(update={"enabled": False})

    def mechanisms(self) -> dict[str, MechanismCase]:
        """Return the sections of what acts between time steps, in the order in which it does."""
        sections = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            name: section
            for name, section in sections.items()
            if isinstance(section, MechanismCase) and section.enabled
        }


def kinds_of_mechanisms() -> dict[str, type[MechanismCase]]:
    """Return the sections of all that may act between time steps, by their key in a case."""
    kinds = {name: field.annotation for name, field in PhysicsCase.model_fields.items()}
    return {
        name: kind
        for name, kind in kinds.items()
        if isinstance(kind, type) and issubclass(kind, MechanismCase)
    }


def entry_readers(of: Literal["of_boundaries", "of_oxides"]) -> dict[str, Callable[..., Any]]:
    """Return what reads the entries of mechanisms from a material's file, by their key."""
    readers = {name: getattr(kind, of) for name, kind in kinds_of_mechanisms().items()}
    return {name: reader for name, reader in readers.items() if reader is not None}
