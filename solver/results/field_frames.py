"""The fields of a run by cycle, voltage, time and step: meshes to work on, and a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from solver.results import headers
from solver.results.frames import (
    BOUNDARIES,
    GRAINS,
    frame_files,
    frame_times,
    read_frame,
    stored_map,
)
from solver.results.history import History
from solver.results.names import UnknownNameError
from solver.results.transient import StoredFrame, stored_frame
from solver.units.vtkhdf import CORNERS

if TYPE_CHECKING:
    import pyvista
    from matplotlib.figure import Figure


CELL_TYPES = {corners: number for number, corners in CORNERS.items()}


@dataclass(frozen=True)
class FieldFrame:
    """One moment. time: s since the start. row: of the history at that time, by header.

    Meshes are read when they are asked for.
    """

    directory: Path
    number: int
    time: float
    row: dict[str, float] = field(repr=False)

    @property
    def cycle(self) -> int:
        """Number of the cycle, from 1."""
        return int(self.row[headers.CYCLE_INDEX])

    @property
    def step(self) -> int:
        """Number of the step of the protocol, from 0."""
        return int(self.row[headers.STEP_INDEX])

    @property
    def voltage(self) -> float:
        """Voltage in V, nan without chemistry."""
        return self.row.get(headers.VOLTAGE, nan)

    @cached_property
    def grains(self) -> pyvista.UnstructuredGrid:
        """Grains, each with nodes of its own: positions in um, fields by name and unit."""
        return _mesh(self.directory / "fields", GRAINS, self.number)

    @cached_property
    def boundaries(self) -> pyvista.UnstructuredGrid:
        """Facets between the grains, with opening, slip, damage; none in a single grain."""
        return _mesh(self.directory / "fields", BOUNDARIES, self.number)

    def picture(self, path: str | Path | None = None) -> Figure:
        """Draw lithium, stress and open boundaries; what shears where there is no lithium.

        A ball is cut open. path: a PNG to write as well.
        """
        from solver.results import loaded, particle, style
        from solver.results.cut import cut_open
        from solver.results.records import entries

        told = entries(self.directory / "metadata.json").get("case", self.directory.name)
        name = style.plain(str(told))
        with style.look():
            frame = cut_open(read_frame(self.directory / "fields", self.number))
            when = f"{style.clock(self.time)}, cycle {self.cycle}, {self.voltage:.3f} V"
            panels, visible = particle.lithium_and_stress, particle.VISIBLE
            if isnan(self.voltage):
                when = f"load factor {self.row[headers.LOAD_FACTOR]:.3g}"
                panels, visible = loaded.stress_and_shear, loaded.VISIBLE
            moment = particle.CaptionedFrame(frame, name, when)
            (figure,) = particle.pictures({"map": moment}, panels, visible).values()
            if path is not None:
                style.save(figure, Path(path))
        return figure


class FieldFrames:
    """All frames of a run, in the order of time; a frame by its number, or with `at`."""

    def __init__(self, directory: Path, history: History) -> None:
        self._frames = _frames(directory, history)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._frames)

    def __iter__(self) -> Iterator[FieldFrame]:
        """One after another."""
        return iter(self._frames)

    def __getitem__(self, number: int) -> FieldFrame:
        """Return a frame by its number from 0, or from the end if it is negative."""
        return self._frames[number]

    def at(
        self,
        *,
        cycle: int | None = None,
        step: int | None = None,
        voltage: float | None = None,
        time: float | None = None,
    ) -> FieldFrame:
        """Return the frame nearest to a voltage (V) or a time (s) in a cycle, a step, or the run.

        Of equally near ones it is the first; without voltage and time, it is the last. How far
        apart frames lie is up to `output.fields.interval` of the case; ends of steps have one.
        """
        if voltage is not None and time is not None:
            raise ValueError("give a voltage or a time, not both")
        left = self._in("cycle", cycle, self._in("step", step, self._frames))
        if not left:
            raise ValueError("the run has no fields: its case says output.fields.enabled: false")
        if time is not None:
            return min(left, key=lambda frame: abs(frame.time - time))
        if voltage is None:
            return left[-1]
        if isnan(left[0].voltage):
            raise ValueError("the run has no voltage: give a time")
        return min(left, key=lambda frame: abs(frame.voltage - voltage))

    def _in(self, what: str, number: int | None, frames: list[FieldFrame]) -> list[FieldFrame]:
        """Those of a cycle or a step, all if it is None."""
        if number is None or not frames:
            return frames
        left = [frame for frame in frames if getattr(frame, what) == number]
        if not left:
            known = dict.fromkeys(str(getattr(frame, what)) for frame in frames)
            raise UnknownNameError(f"no frame of the fields is in {what}", str(number), known)
        return left


def _frames(directory: Path, history: History) -> list[FieldFrame]:
    """Every frame with the first row of the history at its time."""
    frames = []
    for number, time in enumerate(map(float, frame_times(directory / "fields"))):
        at = int(np.argmin(np.abs(history[headers.TEST_TIME] - time)))
        row = {header: float(column[at]) for header, column in history.items()}
        frames.append(FieldFrame(directory, number, time, row))
    return frames


def _mesh(fields: Path, name: str, number: int) -> pyvista.UnstructuredGrid:
    """Mesh of a map of a frame, of all ranks that wrote it."""
    import pyvista

    stored = stored_map(fields, name)
    if stored is not None:
        return _grid(stored_frame(stored, number))
    files = frame_files(fields / f"{name}.pvd")
    if number >= len(files):
        return pyvista.UnstructuredGrid()
    pieces = [pyvista.read(piece) for piece in files[number][1]]
    return pieces[0] if len(pieces) == 1 else pyvista.merge(pieces, merge_points=False)


def _grid(frame: StoredFrame) -> pyvista.UnstructuredGrid:
    """A frame as a mesh."""
    import pyvista

    corners = frame.cells.shape[1]
    cells = np.insert(frame.cells, 0, corners, axis=1)
    kinds = np.full(len(cells), CELL_TYPES[corners], dtype=np.uint8)
    grid = pyvista.UnstructuredGrid(cells.ravel(), kinds, frame.points)
    grid.point_data.update(frame.at_points)
    grid.cell_data.update(frame.in_cells)
    return grid
