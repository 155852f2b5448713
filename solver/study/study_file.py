"""What a study file may say."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, GetJsonSchemaHandler, field_validator, model_validator
from pydantic_core import CoreSchema

from solver.case.load import load
from solver.study.design import DRAWN
from solver.study.merits import WORDS
from solver.study.values import between
from solver.units.section import Section, one_line

SEED = "particle.seed"
MOST_POINTS = 10_000


class Span(Section):
    """Values between two ends, both among them."""

    first: float | str = Field(alias="from", description="First value, with its unit")
    last: float | str = Field(alias="to", description="Last value")
    count: int | None = Field(
        None, ge=2, le=MOST_POINTS, description="How many; not needed where points are drawn"
    )
    whole: bool = Field(False, description="Round to whole numbers")

    def at(self, shares: Sequence[float], log: bool) -> list[Any]:
        """Return the values at shares of the way, as a case takes them. Raises ValueError."""
        return between(self.first, self.last, shares, log, self.whole)


class StudyAxis(Section):
    """One thing that a study changes, or several that change together."""

    key: str | None = Field(
        None,
        min_length=1,
        description="Key path in the case, as of --set: physics.cohesive.strength",
    )
    keys: tuple[str, ...] = Field((), description="In place of `key`: several that change together")
    name: str | None = Field(
        None, min_length=1, max_length=60, description="What tables and figures call it"
    )
    values: tuple[Any, ...] | None = Field(
        None,
        description="A list, each value as the case takes it; with `keys` a value is for all of "
        "them, or a list with one for each",
    )
    range: Span | None = Field(None, description="Evenly from one value to another")
    log_range: Span | None = Field(None, description="Evenly in the logarithm")
    seeds: int | tuple[int, ...] | None = Field(
        None,
        description="So many particles (seeds 1, 2, ...), or these; every point is run with each, "
        "however the other axes are combined",
    )

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        said = [name for name in ("values", "range", "log_range", "seeds") if self._says(name)]
        if len(said) != 1:
            got = " and ".join(said) or "none"
            raise ValueError(f"expected one of values, range, log_range, seeds; got {got}")
        if self.key is not None and self.keys:
            raise ValueError("give key or keys, not both")
        if self.key is None and not self.keys and self.seeds is None:
            raise ValueError("required key 'key' is missing: what the axis changes")
        if self.values is not None and not self.values:
            raise ValueError("values: at least one is needed")
        if self.seeds == () or (isinstance(self.seeds, int) and self.seeds < 1):
            raise ValueError("seeds: at least one is needed")
        self._as_many_as_keys()
        span = self.range or self.log_range
        if span is not None:
            span.at((0.0, 1.0), self.log_range is not None)
        return self

    def _says(self, name: str) -> bool:
        return getattr(self, name) is not None

    def _as_many_as_keys(self) -> None:
        for value in (self.values or ()) if len(self.keys) > 1 else ():
            if isinstance(value, list | tuple) and len(value) != len(self.keys):
                raise ValueError(f"values: {len(self.keys)} keys and a list of {len(value)} values")

    def paths(self) -> tuple[str, ...]:
        """Return the key paths that it changes."""
        return self.keys or (self.key or SEED,)

    @property
    def title(self) -> str:
        """What tables call it."""
        return self.name or ("seed" if self.seeds is not None else self.paths()[0])


class WantedOutput(Section):
    """A number that a table of the study has of every run."""

    figure: str | None = Field(
        None, description="One that is known by a word, such as cracked", examples=["retention"]
    )
    column: str | None = Field(
        None,
        description="A column of a table of the runs, by its header",
        examples=["Discharge Capacity / mA.h.g-1"],
    )
    table: Literal["history", "cycles", "losses", "sweeps"] | None = Field(
        None, description="Table of the column, default: the first of these that has it"
    )
    summary: str | None = Field(
        None,
        description="An entry of summary.json: cracks.first_time_s",
        examples=["cracks.first_time_s"],
    )
    how: Literal["last", "first", "max", "min", "mean"] = Field(
        "last", description="Which of all rows"
    )
    cycle: int | None = Field(
        None, ge=1, description="Of the rows of this cycle alone", examples=[3]
    )
    name: str | None = Field(
        None,
        min_length=1,
        max_length=60,
        description="What tables call it",
        examples=["capacity at 2C"],
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Tell editors that a word is welcome as well."""
        mapping = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [{"type": "string", "enum": list(WORDS)}, mapping]}

    @model_validator(mode="before")
    @classmethod
    def _by_a_word(cls, said: Any) -> Any:
        return {"figure": str(said)} if isinstance(said, str) else said

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        said = [name for name in ("figure", "column", "summary") if getattr(self, name)]
        if len(said) != 1:
            got = " and ".join(said) or "none"
            raise ValueError(f"expected one of figure, column, summary; got {got}")
        if not self.column:
            for name in ("table", "cycle"):
                if getattr(self, name) is not None:
                    raise ValueError(f"{name} has no meaning without column")
            if self.how != "last":
                raise ValueError("how has no meaning without column")
        return self


class StudyFile(Section):
    """A study: a case, what is changed in it, and what is wanted of the runs."""

    name: str = Field(min_length=1, max_length=120, description="What it is about, in one line")
    about: str = Field("", description="What its page says at the top")
    case: str = Field(min_length=1, description="The case that is changed, beside this file")
    set: dict[str, Any] = Field(
        {}, description="Changed in all runs: key paths as of --set, and values"
    )
    axes: tuple[StudyAxis, ...] = Field(
        description="What is changed from run to run", json_schema_extra={"minItems": 1}
    )
    combine: Literal["product", "zip", "latin_hypercube", "sobol"] = Field(
        "product",
        description="How axes make points: each value with each, all in step, or drawn evenly "
        "between their ends",
    )
    count: int | None = Field(None, ge=1, le=MOST_POINTS, description="How many points are drawn")
    seed: int = Field(0, ge=0, description="Of the points that are drawn")
    outputs: tuple[WantedOutput, ...] = Field(
        (), description="What the table has of every run; default: cracks and capacities"
    )
    maps: bool = Field(True, description="Show where boundaries have broken, in the plane")

    _printable = field_validator("name")(one_line)

    @field_validator("axes")
    @classmethod
    def _at_least_one(cls, axes: tuple[StudyAxis, ...]) -> tuple[StudyAxis, ...]:
        if not axes:
            raise ValueError("at least one is needed")
        return axes

    @model_validator(mode="after")
    def _points_to_draw(self) -> Self:
        draws = self.combine in DRAWN
        if draws and self.count is None:
            raise ValueError(f"combine: {self.combine} needs count, the number of points")
        if not draws and self.count is not None:
            raise ValueError(f"count has no meaning with combine: {self.combine}")
        return self

    @model_validator(mode="after")
    def _spans_have_counts(self) -> Self:
        for number, axis in enumerate(self.axes):
            span = axis.range or axis.log_range
            if span is not None and span.count is None and self.combine not in DRAWN:
                raise ValueError(f"axes.{number}: count, the number of values, is missing")
        return self


def read_study(path: Path) -> StudyFile:
    """Return what a study file says. Raises CaseError, which lists every problem."""
    return load(StudyFile, path)
