"""What a case, or a YAML file beside a measured one, says of it."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from solver.text.files import require_file
from solver.units.measures import Quantity
from solver.units.section import Section

Mass = Annotated[float, Quantity("a mass", "kg", "12.3 mg", (1e-20, 1e6))]
Area = Annotated[float, Quantity("an area", "m^2", "1.54 cm^2", (1e-20, 1e6))]
Loading = Annotated[float, Quantity("a mass per area", "kg/m^2", "10 mg/cm^2", (1e-9, 1e6))]
SIDECAR = ".yaml"  # behind the whole name: cell.yaml beside cell.csv may be the case


class MeasuredFile(Section):
    """A file of measured curves, and what its columns do not say themselves."""

    file: str | None = Field(
        None,
        min_length=1,
        description="The file, relative to the case: CSV with BDF headers",
        examples=["cell.csv"],
    )
    label: str | None = Field(
        None,
        min_length=1,
        max_length=80,
        description="Name in legends",
        examples=["half cell"],
    )
    source: str | None = Field(
        None,
        min_length=1,
        description="Who measured it, where",
        examples=["Yan et al., Nature Energy 3 (2018) 600"],
    )
    mass: Mass | None = Field(
        None,
        gt=0,
        description="Of oxide in the cell: makes currents and charges specific",
        examples=["12.3 mg"],
    )
    area: Area | None = Field(
        None,
        gt=0,
        description="Of the electrode, with `loading`, as `mass`",
        examples=["1.54 cm^2"],
    )
    loading: Loading | None = Field(
        None,
        gt=0,
        description="Oxide per area: for charges per area, or with `area`",
        examples=["10 mg/cm^2"],
    )
    positive: Literal["charge", "discharge"] | None = Field(
        None, description="What the current is positive on; if not given, charge, as in BDF"
    )
    way: Literal["charge", "discharge"] | None = Field(
        None, description="Of a curve of voltage over capacity that has no current"
    )
    first_cycle: int | None = Field(
        None,
        ge=1,
        description="Which cycle of the run the first one in the file is",
        examples=[2],
    )
    columns: dict[str, str] | None = Field(
        None,
        description="What columns are: of each header in the file, `Voltage / mV` and the like; "
        "columns that are not named are left out",
        examples=[{"Ewe/V": "Voltage / V", "time/s": "Test Time / s"}],
    )

    @field_validator("file")
    @classmethod
    def _path_from_case(cls, file: str | None, info: ValidationInfo) -> str | None:
        folder = (info.context or {}).get("folder")
        if folder is None or file is None:
            return file
        full = Path(folder, file).resolve()
        try:
            require_file(full)
        except ValueError as error:
            raise ValueError(f"{full}: {error}") from error
        return str(full)

    @model_validator(mode="after")
    def _one_mass(self) -> Self:
        if self.area is not None and self.loading is None:
            raise ValueError("area needs the loading, oxide per area, as well")
        if self.area is not None and self.mass is not None:
            raise ValueError("mass is given twice: leave out mass, or area")
        return self

    @property
    def oxide(self) -> float | None:
        """Mass of oxide in the cell, kg; None if that is not given."""
        if self.area is not None and self.loading is not None:
            return self.area * self.loading
        return self.mass


def as_description(given: Any) -> Any:
    """Return what a case gives for a file: its name alone, or a mapping."""
    return {"file": given} if isinstance(given, str) else given


def beside(file: Path) -> Path | None:
    """Return the YAML file beside a measured one that explains it, None if there is none."""
    explaining = sidecar_of(file)
    return explaining if explaining.is_file() else None


def sidecar_of(file: Path) -> Path:
    """Return where the file that explains a measured one lies: `cell.csv.yaml` of `cell.csv`."""
    return file.with_name(f"{file.name}{SIDECAR}")
