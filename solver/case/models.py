"""What a case may say. Every value is in SI after validation; unknown keys are errors."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from ruamel.yaml import YAML

from solver.case.cycle_jump import CycleJumpCase
from solver.case.electrode import ElectrodeCase
from solver.case.frames import FieldsCase
from solver.case.linear import LinearCase
from solver.case.load import load
from solver.case.loads import LoadCase, MechanicsCase, PatchCase
from solver.case.measured import MeasuredCase
from solver.case.origin import Origin
from solver.case.particle import AnyParticle
from solver.case.physics import MaterialsCase, PhysicsCase, Switch
from solver.case.teaching import taught
from solver.protocol import (
    AnyStep,
    PlannedStep,
    expand,
    infeasible,
    unsuited,
    without_current,
)
from solver.protocol.base import Around
from solver.protocol.increased import Increased
from solver.text.layers import BASE
from solver.units import usual
from solver.units.measures import (
    COLDEST,
    HOTTEST,
    ROOM,
    SpecificCurrent,
    Temperature,
    Time,
    Voltage,
)
from solver.units.references import Cites
from solver.units.section import Section, one_line


class InitialCase(Section):
    """The state at the beginning."""

    occupancy: float = Field(
        0.95, gt=0, lt=1, description="Lithium per formula unit, the same in all grains"
    )


FASTEST_GROWTH = {1: 1.6, 2: 2.5}  # of time steps, by the order of the method


class TimeStepCase(Section):
    """How time is stepped: the method, and limits of the variable time step, or one fixed step."""

    method: Annotated[
        Literal["euler", "second_order"], Cites(("alexander1977",), ("second_order",))
    ] = Field(
        "euler",
        description="Implicit Euler, or two stages of it in every step: lithium and charge are "
        "then of second order (docs/time.md)",
    )
    initial: Time = Field(1.0, gt=0, description="First time step of every protocol step")
    minimum: Time = Field(
        1e-5,
        gt=0,
        description="Below this the solver gives up; nodes that have lost their sites follow what "
        "drives them within less than 1 ms (docs/time.md)",
        examples=["10 us"],
    )
    maximum: Time = Field(120.0, gt=0, description="Largest time step")
    fixed: Time | None = Field(
        None, gt=0, description="The same time step throughout", examples=["10 s"]
    )
    damage: float = Field(
        0.02, gt=0, le=1, description="Damage by cycles and corrosion in a step; shortens the next"
    )
    dissipation: float | None = Field(
        None,
        gt=0,
        description="Fracture energy that boundaries may take in a step, over the largest elastic "
        "energy so far: twice as much, and the step is taken again, shorter",
        examples=[0.0025],
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.minimum <= self.initial <= self.maximum:
            raise ValueError("minimum <= initial <= maximum must hold")
        return self


class NumericsCase(Section):
    """How precisely, and how hard, the solver tries."""

    time_step: TimeStepCase = TimeStepCase()
    occupancy_error: float = Field(
        1e-3, gt=0, lt=1, description="Root mean square error of x allowed per time step"
    )
    voltage_error: Voltage = Field(
        5e-3, gt=0, description="Error of the voltage allowed per time step"
    )
    newton_tolerance: float = Field(1e-8, gt=0, lt=1, description="Relative residual")
    newton_iterations: int = Field(
        15,
        ge=1,
        description="Of Newton's method in a solve: with more the step is taken again, shorter",
    )
    stagger_tolerance: Voltage = Field(1e-6, gt=0, description="Change of the potential allowed")
    stagger_iterations: int = Field(
        40,
        ge=1,
        description="Turns between chemistry and mechanics in a step: with more it is taken again",
    )
    linear: LinearCase = LinearCase()
    cycle_jump: CycleJumpCase = CycleJumpCase()
    algorithmic_share: float | None = Field(
        None,
        gt=0,
        description="Algorithmic dissipation, without its sign, that a run may have over the "
        "energy of its new cracks: more at the end of a protocol step, and the run has failed",
        examples=[0.05],
    )
    max_steps: int = Field(20000, ge=1, description="Time steps in all")


class CheckpointsCase(Section):
    """From where a run can be gone on with. One is also written wherever a run ends."""

    enabled: bool = Field(True, description="Whether any are written")
    wall_time: Time = Field(
        1800.0,
        gt=0,
        description="Time of a clock on the wall between two; a sixth of it at the end of a cycle",
    )
    every: int | None = Field(
        None, ge=1, description="Number of cycles between two as well", examples=[10]
    )
    keep: int = Field(2, ge=2, description="How many are kept, the newest ones")


class OutputCase(Section):
    """What is written to the run directory."""

    fields: FieldsCase = FieldsCase()
    checkpoints: CheckpointsCase = CheckpointsCase()
    figures: Switch = Field(Switch(), description="Figures of the run, drawn at its end")
    report: Switch = Field(
        Switch(), description="One page about the run; takes half a second, once, at its end"
    )


def _may_be_based(schema: dict[str, Any]) -> None:
    """Let editors know `based_on`, which is resolved before a case is read."""
    said = "Case beside this one that says what this one does not; mappings are merged"
    schema["properties"] = {BASE: {"type": "string", "description": said}, **schema["properties"]}
    needed = [key for key in schema.pop("required") if key != "c_rate_basis"]  # not by loads alone
    schema["anyOf"] = [{"required": needed}, {"required": [BASE]}]


class Case(Section):
    """Everything a run needs to know."""

    model_config = ConfigDict(json_schema_extra=_may_be_based)

    name: str = Field(
        min_length=1,
        max_length=200,
        description="What this case is about, in one line",
        examples=["pristine NMC76, C/3"],
    )
    particle: AnyParticle = Field(
        description="The particle: its shape, its grains, their axes and boundaries, its mesh"
    )
    materials: MaterialsCase
    electrode: ElectrodeCase = ElectrodeCase()
    c_rate_basis: Annotated[SpecificCurrent, usual.ONE_C] = Field(
        gt=0, description="Current per mass that 1C means", examples=["200 mA/g"]
    )
    temperature: Annotated[Temperature, usual.TEMPERATURE] = Field(
        ROOM,
        ge=COLDEST,
        le=HOTTEST,
        description="Same everywhere, until a step gives another",
        examples=["25 degC", "60 degC"],
    )
    initial: InitialCase = InitialCase()
    physics: PhysicsCase = Field(
        PhysicsCase(), examples=[{"cohesive": {"strength": "2 GPa"}, "friction": {"enabled": True}}]
    )
    mechanics: MechanicsCase = MechanicsCase()
    loads: tuple[LoadCase, ...] = Field(
        (),
        description="How surfaces are held and loaded",
        examples=[[{"surface": "outer", "displacement": {"x": "10 nm"}}]],
    )
    patches: dict[str, PatchCase] = Field(
        {},
        description="Parts of surfaces that loads can name, beside those of the mesh",
        examples=[{"top": {"towards": [0, 1, 0], "width": "1 um"}}],
    )
    precracks: tuple[str, ...] = Field(
        (),
        description="Named surfaces between grains that are cracked from the start",
        examples=[["notch"]],
    )
    protocol: tuple[AnyStep, ...] = Field(
        description="Steps, one after another",
        json_schema_extra={"minItems": 1},
        examples=[["Charge at C/3 until 4.3 V", "Rest for 10 min", "Discharge at C/3 until 2.7 V"]],
    )
    numerics: NumericsCase = Field(NumericsCase(), examples=[{"time_step": {"maximum": "2 min"}}])
    output: OutputCase = OutputCase()
    measured: MeasuredCase | None = Field(
        None, description="What was measured on such particles, shown beside the results"
    )

    _origin: Origin = PrivateAttr(Origin())

    _one_line = field_validator("name")(one_line)

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_c(cls, data: Any) -> Any:
        """Without transport there is no current to be given as a rate."""
        return data if _transports(data) else {"c_rate_basis": 1.0, **data}

    @model_validator(mode="after")
    def _loads_or_chemistry(self) -> Self:
        if self.physics.transport.enabled:
            if self.materials.solid is not None:
                raise ValueError(
                    "materials.solid has no chemistry: add physics.transport: {enabled: false}"
                )
        elif self.materials.regions:
            raise ValueError("materials.regions need physics.transport so far")
        return self

    @model_validator(mode="after")
    def _time_to_slide(self) -> Self:
        loads, slides = not self.physics.transport.enabled, self.physics.sliding.enabled
        if loads and slides and not any(step.duration for step in self.increased_loads()):
            raise ValueError("physics.sliding takes time: give a load step a duration")
        return self

    @field_validator("electrode")
    @classmethod
    def _oxide_outside(cls, electrode: ElectrodeCase, info: ValidationInfo) -> ElectrodeCase:
        particle = info.data.get("particle")
        if electrode.flux == "uniform" and getattr(particle, "coating", None) is not None:
            raise ValueError("flux: uniform enters bare oxide: leave out particle.coating")
        return electrode

    @field_validator("physics")
    @classmethod
    def _one_oxide_that_cracks(cls, physics: PhysicsCase, info: ValidationInfo) -> PhysicsCase:
        materials = info.data.get("materials")
        if physics.grain_fracture.enabled and materials is not None and materials.regions:
            raise ValueError("grain_fracture needs one oxide so far: leave out materials.regions")
        return physics

    @field_validator("physics")
    @classmethod
    def _no_side_reaction(cls, physics: PhysicsCase, info: ValidationInfo) -> PhysicsCase:
        electrode = info.data.get("electrode")
        if electrode is not None and electrode.flux == "uniform" and physics.interphase.enabled:
            raise ValueError(
                "interphase grows by a current of its own, which electrode.flux: uniform does not "
                "have: switch it off"
            )
        return physics

    @field_validator("protocol")
    @classmethod
    def _consistent_steps(
        cls, steps: tuple[AnyStep, ...], info: ValidationInfo
    ) -> tuple[AnyStep, ...]:
        if not steps:
            raise ValueError("needs at least one step")
        one_c = info.data.get("c_rate_basis")
        steps = tuple(step.in_rates(one_c) for step in steps) if one_c else steps
        problems = infeasible(steps, info.data.get("temperature", ROOM))
        physics, electrode = info.data.get("physics"), info.data.get("electrode")
        if physics is not None and not problems:
            loaded, stress = bool(info.data.get("loads")), physics.stress_in_potential.enabled
            problems = unsuited(steps, Around(physics.transport.enabled, loaded, stress))
        if electrode is not None and electrode.flux == "uniform" and not problems:
            problems = without_current(steps)
        if problems:
            raise ValidationError.from_exception_data(
                "protocol", [_at(place, why) for place, why in problems.items()]
            )
        return steps

    @field_validator("numerics")
    @classmethod
    def _rounds_to_jump(cls, numerics: NumericsCase, info: ValidationInfo) -> NumericsCase:
        protocol, physics = info.data.get("protocol"), info.data.get("physics")
        if not numerics.cycle_jump.enabled or protocol is None or physics is None:
            return numerics
        why = None
        if not physics.transport.enabled:
            why = "cycles are jumped with physics.transport alone so far"
        elif not any(planned.round for planned in expand(protocol)):
            why = "rounds of a repeat are jumped, and the protocol has no repeat"
        if why is not None:
            place = ("cycle_jump", "enabled")
            raise ValidationError.from_exception_data("numerics", [_at(place, why)])
        return numerics

    @classmethod
    def model_json_schema(cls, *options: Any, **more: Any) -> dict[str, Any]:
        """Return the JSON schema, which teaches editors every key."""
        return taught(super().model_json_schema(*options, **more), cls)

    @classmethod
    def load(cls, path: str | Path, overrides: Sequence[str] = ()) -> "Case":
        """Return the case in a YAML file, changed by `key.path=value` overrides.

        Raises CaseError with every problem found.
        """
        case = load(cls, Path(path), overrides)
        case._origin = Origin(Path(path), tuple(overrides))
        return case

    @classmethod
    def load_resolved(cls, path: Path) -> "Case":
        """Return the case that the program wrote itself, of any size, with all its defaults."""
        data = YAML(typ="safe").load(path)
        return cls.model_validate(data, context={"folder": path.parent})

    @property
    def origin(self) -> Origin:
        """File and overrides that it was read from."""
        return self._origin

    def steps(self) -> tuple[PlannedStep, ...]:
        """Return all steps of the protocol in the order in which they are carried out."""
        return expand(self.protocol)

    def temperatures(self) -> tuple[float, ...]:
        """Return the temperature that each of these steps begins at, K."""
        begun, now = [], self.temperature
        for planned in self.steps():
            begun.append(planned.step.temperature or now)
            now = planned.step.temperature_at_end(now)
        return tuple(begun)

    def increased_loads(self) -> tuple[Increased, ...]:
        """Return how each step increases the loads where there is no time, of those that do."""
        every = (planned.step.increased() for planned in self.steps())
        return tuple(increased for increased in every if increased is not None)

    def ions_in_boundaries(self) -> bool:
        """Whether what fills the boundaries conducts ions, so that lithium reacts there."""
        return self.physics.boundary_network.enabled and self.electrode.flux == "reaction"

    def resolved(self) -> dict[str, Any]:
        """Return the case with all defaults, in SI, as plain values that load to the same case."""
        return self.model_dump(mode="json", exclude_none=True)


def _transports(data: Any) -> bool:
    """Whether a case as given has its chemistry."""
    for key in ("physics", "transport", "enabled"):
        data = data.get(key) if isinstance(data, dict) else None
    return data is not False


def _at(place: tuple[int | str, ...], why: str) -> InitErrorDetails:
    """Return an error at a place of the field that is being validated."""
    kind = PydanticCustomError("infeasible", "{why}", {"why": why})
    return InitErrorDetails(type=kind, loc=place, input=None)
