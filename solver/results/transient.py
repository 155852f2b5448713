"""Reads frames out of a VTKHDF file of a run, also while that is written or after it was killed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from solver.run_files import AmendedFile
from solver.units.vtkhdf import (
    AT_POINTS,
    CORNERS,
    FRAMES,
    IN_CELLS,
    ROOT,
    STEPS,
    in_file,
    in_run,
)

if TYPE_CHECKING:
    import h5py

Values = dict[str, npt.NDArray[np.float64]]


class StoredFrame(NamedTuple):
    """Mesh and values of a frame: points (n, 3) in um, cells (n, corners)."""

    points: npt.NDArray[np.float64]
    cells: npt.NDArray[np.int64]
    at_points: Values
    in_cells: Values


def stored_times(path: Path) -> list[float]:
    """Return the times of all frames, s; ValueError if the file is damaged."""
    with _opened(path) as root:
        steps = root[STEPS]
        return [float(time) for time in steps["Values"][: int(steps.attrs[FRAMES])]]


def stored_frame(path: Path, number: int, only: Collection[str] | None = None) -> StoredFrame:
    """Return a frame by its number; ValueError if the file is damaged.

    only: headers of the arrays that are wanted, all if it is None.
    """
    with _opened(path) as root:
        n_points, n_cells = (int(root[f"NumberOf{what}"][0]) for what in ("Points", "Cells"))
        corners = CORNERS[int(root["Types"][0])]
        cells = root["Connectivity"][: n_cells * corners].reshape(-1, corners)
        at_points = _arrays(root, AT_POINTS, number, n_points, only)
        in_cells = _arrays(root, IN_CELLS, number, n_cells, only)
        return StoredFrame(root["Points"][:n_points], cells, at_points, in_cells)


def _arrays(
    root: h5py.Group, group: str, number: int, size: int, only: Collection[str] | None
) -> Values:
    """Arrays of a frame by their headers."""
    wanted = None if only is None else {in_file(header) for header in only}
    values = {}
    for name, data in root[group].items():
        if wanted is None or name in wanted:
            begin = int(root[f"{STEPS}/{group}Offsets/{name}"][number])
            values[in_run(name)] = data[begin : begin + size].astype(np.float64)
    return values


@contextmanager
def _opened(path: Path) -> Iterator[h5py.Group]:
    """What is in a file, as it is when all that was begun to be changed in it is done."""
    import h5py

    try:
        with AmendedFile(path, read_only=True) as file, h5py.File(file, "r") as content:
            yield content[ROOT]
    except (OSError, KeyError, IndexError, RuntimeError) as error:
        raise ValueError(f"{path} cannot be read as fields") from error
