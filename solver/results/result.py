"""A run read from its directory: tables, summary, fields, figures. Needs no DOLFINx."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solver.measured import read_measured
from solver.results.bulk import complete
from solver.results.export import export_bdf, to_pandas, to_xarray
from solver.results.field_frames import FieldFrames
from solver.results.history import History, read_history
from solver.results.names import UnknownNameError
from solver.results.records import entries, origin, unfinished
from solver.run_files import read_metadata
from solver.units.measures import to_si

if TYPE_CHECKING:
    import pandas
    import xarray
    from matplotlib.figure import Figure

    from solver.results.measurements import Comparison


class Result:
    """What a run left behind. Everything is read when it is first asked for, and kept."""

    def __init__(self, directory: str | Path) -> None:
        """NotARunError if the directory holds no run."""
        self.directory = Path(directory).absolute()
        read_metadata(self.directory)

    def __repr__(self) -> str:
        """Where it is, and how it ended."""
        here = Path.cwd()
        inside = self.directory.is_relative_to(here)
        where = self.directory.relative_to(here) if inside else self.directory
        return f"<Result {where}: {self.status}>"

    @cached_property
    def history(self) -> History:
        """Every time step: arrays (rows,) by header, such as `Voltage / V`.

        A header that there is not raises a KeyError that tells the nearest one.
        """
        return read_history(self.directory / "history.csv")

    def table(self, name: str) -> History:
        """Return another table by its name, such as `cycles`; KeyError if the run has none such."""
        known = sorted(file.stem for file in self.directory.glob("*.csv"))
        if name not in known:
            raise UnknownNameError(f"{self.directory} has no table", name, known)
        return read_history(self.directory / f"{name}.csv")

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Figures of merit by name, in SI; of a run that did not end, its status alone."""
        return entries(self.directory / "summary.json") or unfinished(origin(self.directory))

    @property
    def status(self) -> str:
        """How it ended: finished, failed, interrupted; or running, killed."""
        return str(self.summary.get("status", "unknown"))

    @property
    def cautions(self) -> list[str]:
        """What to know before one believes the results."""
        file = self.directory / "cautions.txt"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    @cached_property
    def fields(self) -> FieldFrames:
        """Frames of the fields, by cycle, step, voltage or time."""
        return FieldFrames(self.directory, self.history)

    def to_pandas(self, table: str = "history") -> pandas.DataFrame:
        """Return a table as a data frame, headers as names; `attrs["units"]` has units by header.

        ValueError without pandas.
        """
        return to_pandas(self.table(table))

    def to_xarray(self, table: str = "history") -> xarray.Dataset:
        """Return a table as a data set over `row`; each variable has its unit in its `attrs`.

        ValueError without xarray.
        """
        return to_xarray(self.table(table))

    def export_bdf(self, path: str | Path, mass: str = "1 g") -> list[Path]:
        """Write Battery Data Format, `.csv` or `.parquet`, of a cell with this mass of oxide.

        Returns the file and the one beside it that reads it back. ValueError if that cannot be.
        """
        number, _, unit = mass.partition(" ")
        kilograms = to_si(float(number), unit, "kg")
        return export_bdf(self.directory, self.history, Path(path), kilograms)

    def compare(self, path: str | Path) -> Comparison:
        """Return the run beside measured curves: of each half cycle, over cycles, over time.

        path: as of `intergrain report --with`. ValueError tells what is wrong with the file.
        """
        from solver.results.measurements import compare_with

        cycles = self.directory / "cycles.csv"
        table = complete(read_history(cycles)) if cycles.exists() else History({})
        return compare_with(self.history, table, read_measured(Path(path)))

    def plot(self, name: str, path: str | Path | None = None) -> Figure:
        """Draw a figure that `intergrain plot` draws, by the name of its file without `.png`.

        path: a PNG to write as well. A name that there is not raises a KeyError with the nearest.
        """
        from solver.results import style
        from solver.results.plots import figure

        drawn = figure(self.directory, name)
        if path is not None:
            style.save(drawn, Path(path))
        return drawn
