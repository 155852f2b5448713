"""What a fit file may say."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field, GetJsonSchemaHandler, field_validator, model_validator
from pydantic_core import CoreSchema

from solver.case.load import load
from solver.case.teaching import taught
from solver.measured import MeasuredFile
from solver.study.study_file import WantedOutput
from solver.study.values import between
from solver.units.measures import Voltage
from solver.units.section import Section, one_line

Amount = float | str


class FitParameter(Section):
    """A number of the case, or of one of its materials, that is to be found."""

    example: ClassVar[Mapping[str, Any] | None] = {
        "key": "electrode.contact",
        "from": "3 S/m^2",
        "to": "300 S/m^2",
        "log": True,
    }

    key: str = Field(
        min_length=1,
        description="Key path in the case, as of --set; behind materials.grain, "
        "materials.boundary.dry, ... it may go on into the material",
        examples=["electrode.contact", "materials.grain.exchange_current"],
    )
    name: str | None = Field(
        None,
        min_length=1,
        max_length=60,
        description="What tables and figures call it; default: the last word of the key",
        examples=["exchange current"],
    )
    least: Amount = Field(
        alias="from", description="Least value that is tried, with its unit", examples=["1 A/m^2"]
    )
    most: Amount = Field(
        alias="to", description="Largest value that is tried", examples=["10 A/m^2"]
    )
    start: Amount | None = Field(
        None,
        description="Where the search begins; default: in the middle",
        examples=["3.4 A/m^2"],
    )
    log: bool = Field(
        False,
        description="Search in the logarithm, for what may be ten times as large: rates, "
        "diffusivities",
    )
    scale: bool = Field(
        False,
        description="The parameter is a factor on what the material has: on a number, or on every "
        "number of a table",
    )

    @property
    def title(self) -> str:
        """What tables call it."""
        return self.name or self.key.removesuffix(".value").rpartition(".")[2]

    @model_validator(mode="after")
    def _ends_in_order(self) -> Self:
        between(self.least, self.most, (0.0, 1.0), self.log, whole=False)
        return self


class FitCurve(MeasuredFile):
    """A file of measured voltage over capacity; each half cycle is compared with the run's."""

    example: ClassVar[Mapping[str, Any] | None] = {
        "file": "cell.csv",
        "mass": "12.3 mg",
        "precision": "5 mV",
    }

    precision: Voltage = Field(
        gt=0,
        description="How far a point may lie off by what is not in the model: noise of the "
        "measurement, of the drawing, of the solver. Residuals are divided by it",
        examples=["5 mV"],
    )
    points: int = Field(
        100,
        ge=5,
        le=10_000,
        description="Most points of a half cycle: of more, neighbours are averaged",
    )
    above: Voltage | None = Field(
        None,
        description="Points at lower voltages are left out. Where a curve falls steeply a small "
        "error of the charge is a large one of the voltage, and would weigh most",
        examples=["3.7 V"],
    )

    def measured(self) -> MeasuredFile:
        """Return what is said of the file itself."""
        own = set(MeasuredFile.model_fields)
        return MeasuredFile(**self.model_dump(include=own, exclude_none=True))

    @model_validator(mode="after")
    def _has_a_file(self) -> Self:
        if self.file is None:
            raise ValueError("required key 'file' is missing: the measured curve")
        return self


class FitTarget(WantedOutput):
    """A number that runs should have: an output as studies know it, its value and precision."""

    example: ClassVar[Mapping[str, Any] | None] = {
        "figure": "retention",
        "value": 0.79,
        "precision": 0.01,
    }

    value: float = Field(
        description="What was measured, in the unit of the output", examples=[0.57, 179.9]
    )
    precision: float = Field(
        gt=0, description="How well it is known, in the same unit", examples=[0.01]
    )
    over: WantedOutput | None = Field(
        None,
        description="Output that it is divided by: the value is that of the ratio",
        examples=[{"column": "Discharge Capacity", "table": "cycles", "cycle": 1}],
    )
    less: WantedOutput | None = Field(
        None,
        description="Output that it is less by: the value is that of the difference",
        examples=[{"column": "Peak Potential", "table": "sweeps", "how": "last"}],
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A word alone will not do here."""
        return handler(schema)

    @model_validator(mode="after")
    def _one_other(self) -> Self:
        if self.over is not None and self.less is not None:
            raise ValueError("give over or less, not both")
        return self


class FitFile(Section):
    """A fit: a case, what of it is to be found, and what it is to agree with."""

    name: str = Field(
        min_length=1,
        max_length=120,
        description="What it is about, in one line",
        examples=["diffusion of a single crystal"],
    )
    about: str = Field(
        "",
        description="What its page says at the top",
        examples=["Two numbers of the paper, two unknowns"],
    )
    case: str = Field(
        min_length=1,
        description="The case whose runs are compared, beside this file",
        examples=["../quickstart.yaml"],
    )
    set: dict[str, Any] = Field(
        {},
        description="Changed in all runs: key paths as of --set, and values. Figures, page and "
        "fields of the runs are left out unless they are asked for here",
        examples=[{"particle.grains.count": 5}],
    )
    parameters: tuple[FitParameter, ...] = Field(
        description="What is to be found", json_schema_extra={"minItems": 1}
    )
    measured: tuple[FitCurve, ...] = Field((), description="Measured curves to agree with")
    targets: tuple[FitTarget, ...] = Field((), description="Single numbers to agree with")
    step: float = Field(
        0.02,
        gt=1e-6,
        le=0.3,
        description="Share of its range by which a parameter is moved to see what that does: large "
        "enough to stand out from the errors of the solver",
    )
    max_runs: int = Field(
        60, ge=1, le=10_000, description="No more runs than these; the best one is then told"
    )

    _printable = field_validator("name")(one_line)

    @model_validator(mode="after")
    def _something_of_each(self) -> Self:
        if not self.parameters:
            raise ValueError("parameters: at least one is needed")
        if not self.measured and not self.targets:
            raise ValueError("give measured or targets: what the runs should agree with")
        for of in ("key", "title"):
            told = [getattr(each, of) for each in self.parameters]
            twice = next((each for each in told if told.count(each) > 1), None)
            if twice is not None:
                raise ValueError(f"parameters: '{twice}' stands there twice; give each a name")
        return self

    @classmethod
    def model_json_schema(cls, *options: Any, **more: Any) -> dict[str, Any]:
        """Return the JSON schema, which teaches editors every key."""
        schema = super().model_json_schema(*options, **more)
        required = schema.get("required")
        return taught(schema, cls) | {"title": "A fit of intergrain", "required": required}


def read_fit(path: Path) -> FitFile:
    """Return what a fit file says. Raises CaseError, which lists every problem."""
    return load(FitFile, path)
