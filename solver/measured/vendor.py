"""Files that are no text, read by packages that are there if a user has them.

BioLogic `.mpr` by galvani, Neware `.nda` and `.ndax` by fastnda, BDF in Parquet by pandas.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from solver.measured.problems import MeasuredFileError
from solver.measured.table import MeasuredTable
from solver.text.files import require_file
from solver.text.messages import one_line
from solver.text.problems import Problem

Cells = dict[str, list[str]]
BIOLOGIC = {  # of several that mean one quantity the first there is
    "Test Time / s": ("time/s",),
    "Voltage / V": ("Ewe/V", "Ecell/V", "<Ewe>/V"),
    "Net Capacity / mAh": ("(Q-Qo)/mA.h",),
    "Current / mA": ("I/mA", "<I>/mA"),
    "Cycle Count / 1": ("cycle number",),
}
NEWARE = {
    "Test Time / s": ("total_time_s",),
    "Voltage / V": ("voltage_V",),
    "Current / mA": ("current_mA",),
    "Capacity / mAh": ("capacity_mAh",),
    "Cycle Count / 1": ("cycle_count",),
}


class VendorReader(NamedTuple):
    """What reads a kind of file. install: what `pip install` needs."""

    cells: Callable[[Path], Cells]
    install: str


def reads(file: Path) -> bool:
    """Whether a file is one of those, by the end of its name."""
    return file.suffix.lower() in READERS


def read_binary(file: Path) -> MeasuredTable:
    """Return its cells under BDF headers; lines are numbers of rows. Raises MeasuredFileError."""
    reader = READERS[file.suffix.lower()]
    try:
        require_file(file)
        cells = reader.cells(file)
    except ImportError as error:
        needed = reader.install.split()[0]
        why = f"needs the package {needed} to be read: pip install {reader.install}"
        raise MeasuredFileError([Problem(str(file), None, why)]) from error
    except Exception as error:  # of a library, whatever it meets
        why = f"cannot be read: {one_line(str(error)) or type(error).__name__}"
        raise MeasuredFileError([Problem(str(file), None, why)]) from error
    count = len(next(iter(cells.values()), []))
    if count == 0:
        raise MeasuredFileError([Problem(str(file), None, "holds no rows of a test over time")])
    return MeasuredTable(file, 0, cells, list(range(1, count + 1)), comma=False)


def _biologic(file: Path) -> Cells:
    from galvani.BioLogic import MPRfile

    data = MPRfile(str(file)).data
    return _renamed({str(name): data[name] for name in data.dtype.names}, BIOLOGIC)


def _neware(file: Path) -> Cells:
    import fastnda

    frame = fastnda.read(str(file))
    columns = {str(name): frame[name] for name in frame.columns}
    if "capacity_mAh" in columns:  # of each step, less than zero on discharge
        columns["capacity_mAh"] = columns["capacity_mAh"].abs()
    return _renamed(columns, NEWARE)


def _parquet(file: Path) -> Cells:
    import pandas

    frame = pandas.read_parquet(file)
    return {str(name): _texts(frame[name]) for name in frame.columns}


def _renamed(columns: Mapping[str, Iterable[Any]], names: Mapping[str, tuple[str, ...]]) -> Cells:
    """The columns that a comparison needs, under BDF headers."""
    found = {to: next((n for n in own if n in columns), None) for to, own in names.items()}
    return {to: _texts(columns[name]) for to, name in found.items() if name is not None}


def _texts(values: Iterable[Any]) -> list[str]:
    return ["" if value is None or value != value else str(value) for value in values]


READERS = {
    ".mpr": VendorReader(_biologic, "galvani"),
    ".nda": VendorReader(_neware, "fastnda"),
    ".ndax": VendorReader(_neware, "fastnda"),
    ".parquet": VendorReader(_parquet, "pandas pyarrow"),
}
