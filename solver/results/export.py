"""A run as other programs read it: Battery Data Format, pandas, xarray; units are kept."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from solver.measured.description import sidecar_of
from solver.results import headers
from solver.results.history import Floats, History
from solver.run_files import write_whole
from solver.units.measures import CELSIUS
from solver.units.quantities import name_of, unit_of

if TYPE_CHECKING:
    import pandas
    import xarray

Numbers = Floats | npt.NDArray[np.int64]
MAH = 1e-3  # Ah
GRAMS = 1e3  # in a kg
ENDS = (".csv", ".parquet")
ATTRIBUTES = ("about", "group")


class ExportError(ValueError):
    """Why a run cannot be exported."""


def bdf_columns(history: History, mass: float) -> dict[str, Numbers]:
    """Return the history under headers of BDF, as of a cell with a mass of oxide in kg.

    Current is positive on charge there as here. Capacities count from the beginning and never begin
    again. A run without voltage, under loads alone, raises ExportError.
    """
    needed = (headers.TEST_TIME, headers.VOLTAGE, headers.SPECIFIC_CURRENT, headers.NET_CHARGE)
    missing = [name for name in needed if name not in history]
    if missing:
        raise ExportError(f"it has no '{missing[0]}', which BDF needs")
    passed = np.diff(history[headers.NET_CHARGE], prepend=0.0) * mass * GRAMS * MAH
    columns = {
        "Test Time / s": history[headers.TEST_TIME],
        "Voltage / V": history[headers.VOLTAGE],
        "Current / A": history[headers.SPECIFIC_CURRENT] * mass * GRAMS * 1e-3,
        "Cycle Count / 1": history[headers.CYCLE_INDEX].astype(np.int64),
        "Step Count / 1": history[headers.STEP_INDEX].astype(np.int64),
        "Step Time / s": history[headers.STEP_TIME],
        "Charging Capacity / Ah": np.cumsum(np.where(passed > 0, passed, 0.0)),
        "Discharging Capacity / Ah": np.cumsum(np.where(passed < 0, -passed, 0.0)),
    }
    if headers.TEMPERATURE in history:
        columns["Ambient Temperature / degC"] = history[headers.TEMPERATURE] - CELSIUS
    return columns


def export_bdf(directory: Path, history: History, target: Path, mass: float) -> list[Path]:
    """Write a run as BDF, CSV or Parquet, and beside it what reads it back; return both files.

    mass: of oxide, kg. Raises ExportError, OSError.
    """
    if target.suffix not in ENDS:
        raise ExportError(f"{target} is no name of such a file: it must end in .csv or .parquet")
    columns = bdf_columns(history, mass)
    explaining = sidecar_of(target)
    for file in (target, explaining):
        if file.exists():
            raise ExportError(f"{file} is there already: choose another name, or remove it")
    if target.suffix == ".csv":
        write_whole(target, _csv(columns))
    else:
        _frame(columns).to_parquet(target)
    source = f"computed by intergrain, run {directory.resolve().name}"
    write_whole(explaining, f'source: "{source}"\nmass: {mass!r} kg\n')
    return [target, explaining]


def to_pandas(table: History) -> pandas.DataFrame:
    """Return a table as a data frame, headers as names, their units in `attrs["units"]`.

    Raises ExportError without pandas.
    """
    frame = _frame(table)
    frame.attrs["units"] = {header: unit_of(header) for header in table}
    frame.attrs["about"] = {h: column.about for h, column in table.about.items() if h in table}
    return frame


def to_xarray(table: History) -> xarray.Dataset:
    """Return a table as a data set over its rows, names without units, which are in their `attrs`.

    Raises ExportError without xarray.
    """
    try:
        import xarray
    except ImportError as error:
        raise ExportError("to_xarray needs the package xarray: pip install xarray") from error
    rows = np.arange(len(next(iter(table.values()))))
    variables = {}
    for header, values in table.items():
        about = table.about.get(header)
        told = {} if about is None else {key: getattr(about, key) for key in ATTRIBUTES}
        attributes = {"units": unit_of(header), "header": header, **told}
        variables[name_of(header)] = (("row",), values, attributes)
    return xarray.Dataset(variables, coords={"row": rows})


def _frame(columns: Mapping[str, Numbers]) -> pandas.DataFrame:
    try:
        import pandas
    except ImportError as error:
        raise ExportError("this needs the package pandas: pip install pandas pyarrow") from error
    return pandas.DataFrame(columns)


def _csv(columns: Mapping[str, Numbers]) -> str:
    """Lines of a table; numbers as they are read back to the same bits."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(values.tolist() for values in columns.values()), strict=True))
    return text.getvalue()
