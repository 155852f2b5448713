"""VTKHDF: all frames of a map in one file, on a mesh that is written once.

Every array is a table of blocks of rows, one frame behind the other. Ranks share the blocks out,
compress theirs, and write them in parallel, where HDF5 on rank 0 has made room for them. HDF5
itself writes through a file of Python's that is changed as a whole (`run_files.journal`): where it
writes itself a full disk ends the program, and one that is killed may leave a file that does not
open. Rows are in the order of original numbers, so that the ranks do not show.
"""

import os
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.output.collective import of_rank_zero, on_every_rank, on_rank_zero
from solver.output.map_file import Arrays, MapPiece
from solver.output.rows import BLOCK, Rows, numbered
from solver.run_files import AmendedFile, claim, mend, sync
from solver.units import vtkhdf
from solver.units.memory import Memory
from solver.units.vtkhdf import AT_POINTS, FRAMES, IN_CELLS, ROOT, STEPS, in_file

SPEED = 4  # of zlib: 6 takes 1.8 times as long for 1 % less
ENTRIES = 512  # of a block of the steps' own tables
CORNERS = "Connectivity"
ROWS = {AT_POINTS: "PointRows", IN_CELLS: "CellRows"}  # of the steps: where a frame begins
Note = Callable[[h5py.Group], None]


class MapArray(NamedTuple):
    """An array of a frame. rows: where its rows stand. values: of this rank's rows."""

    rows: Rows
    values: npt.NDArray

    @property
    def width(self) -> int:
        """How many numbers a row has."""
        return int(np.prod(self.values.shape[1:], dtype=int))


Tables = Mapping[str, MapArray]  # by the name of the data set
Rooms = Mapping[tuple[str, int], int]  # where in the file each block of each data set goes


class TransientFile:
    """`NAME.vtkhdf`, which opens at any time; a rank without cells takes part all the same."""

    def __init__(self, comm: MPI.Comm, directory: Path, name: str, piece: MapPiece) -> None:
        """Prepare a file in a run directory. name: such as fields/particle. Collective."""
        self._comm, self._directory, self._piece = comm, directory, piece
        self._name = f"{name}{vtkhdf.ENDING}"
        self._path = directory / self._name
        number, n_points = numbered(comm, piece.point_keys)
        cell, n_cells = numbered(comm, piece.cell_keys)
        self._points, self._cells = Rows(comm, number, n_points), Rows(comm, cell, n_cells)
        self._corners = number[piece.cells]
        self._n_frames = 0

    def write(self, time: float, point_data: Arrays, cell_data: Arrays) -> None:
        """Add one frame: values at this rank's points and cells. Collective. OutputError."""
        tables = _named(AT_POINTS, self._points, point_data)
        tables |= _named(IN_CELLS, self._cells, cell_data)
        if self._n_frames == 0:
            self._begin(tables, time)
        else:
            self._add(self._path, tables, self._noted(time))
        self._n_frames += 1

    def _noted(self, time: float) -> Note:
        return lambda root: _note(root, time, self._points, self._cells)

    def save(self) -> Memory:
        """Return how many frames there are; the disk has them."""
        return {"frames": self._n_frames}

    def load(self, memory: Memory) -> None:
        """Go on behind so many frames: later ones go. Collective. OutputError."""
        self._n_frames = memory["frames"]
        on_rank_zero(self._comm, lambda: self._cut(self._n_frames))

    def _begin(self, tables: Tables, time: float) -> None:
        """Write mesh and first frame aside, then in the place of none."""
        part, mesh = self._path.with_name(f"{self._path.name}.part"), self._mesh()

        def make() -> None:
            claim(self._directory, self._name)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.unlink(missing_ok=True)
            part.write_bytes(b"")

        def describe(root: h5py.Group) -> None:
            _describe(root, self._piece.kind, self._points.total, self._cells.total)
            _describe_steps(root, tables, mesh)
            _note(root, time, self._points, self._cells)

        on_rank_zero(self._comm, make)
        try:
            self._add(part, {**mesh, **tables}, describe)
        except OSError:
            on_rank_zero(self._comm, lambda: part.unlink(missing_ok=True))
            raise
        on_rank_zero(self._comm, lambda: _settle(part, self._path))

    def _mesh(self) -> dict[str, MapArray]:
        """What no step changes."""
        corners = self._corners.reshape(-1, self._piece.cells.shape[1])
        return {
            "Points": MapArray(self._points, self._piece.points.astype(np.float64)),
            CORNERS: MapArray(self._cells, corners.astype(np.int64)),
        } | _named(IN_CELLS, self._cells, self._piece.constant)

    def _add(self, path: Path, tables: Tables, note: Note) -> None:
        """Write the tables of a frame and a note on it into a file, or nothing at all."""
        blocks = {name: _compressed(table) for name, table in tables.items()}
        sizes = self._comm.gather(
            {(name, k): len(block) for name, own in blocks.items() for k, block in own.items()}
        )
        amended: list[AmendedFile] = []

        def make_room() -> Rooms:
            amended.append(AmendedFile(path))
            known = {at: size for own in sizes or () for at, size in own.items()}
            return _room(amended[0], tables, known, self._n_frames, note)

        rooms = of_rank_zero(self._comm, make_room)
        try:
            on_every_rank(self._comm, lambda: _fill(path, blocks, rooms))
        except OSError:
            on_rank_zero(self._comm, lambda: amended[0].discard())
            raise
        on_rank_zero(self._comm, lambda: amended[0].commit())

    def _cut(self, n_frames: int) -> None:
        """Leave so many frames in the file, if there may be more."""
        if n_frames == 0:
            return
        mend(self._path)
        file = AmendedFile(self._path)
        with h5py.File(file, "r+") as content:
            _cut_frames(content[ROOT], n_frames)
        file.commit()


def _settle(part: Path, path: Path) -> None:
    part.replace(path)
    sync(path.parent)


def _named(group: str, rows: Rows, arrays: Arrays) -> dict[str, MapArray]:
    """Arrays by the names of their data sets, real numbers in single precision."""
    return {
        f"{group}/{in_file(header)}": MapArray(
            rows, values.astype(np.float32 if values.dtype.kind == "f" else np.int32)
        )
        for header, values in arrays.items()
    }


def _compressed(table: MapArray) -> dict[int, bytes]:
    """Blocks of this rank by their numbers, as HDF5's filters shuffle and deflate leave them."""
    blocks = table.rows.in_blocks(table.values)
    size = blocks.dtype.itemsize
    return {
        number: zlib.compress(block.reshape(-1).view(np.uint8).reshape(-1, size).T.tobytes(), SPEED)
        for number, block in zip(table.rows.blocks, blocks, strict=True)
    }


def _room(
    file: AmendedFile,
    tables: Tables,
    sizes: Mapping[tuple[str, int], int],
    frame: int,
    note: Note,
) -> Rooms:
    """Make room for the blocks of a frame, and note it; return where in the file they go."""
    rooms = {}
    with h5py.File(file, "r+" if frame else "w") as content:
        root = content.require_group(ROOT)
        for name, table in tables.items():
            data = root[name] if name in root else _made(root, name, table)
            rows, per_row = table.rows, table.width if data.ndim == 1 else 1
            data.resize((frame * rows.padded + rows.total) * per_row, axis=0)
            for block in range(rows.n_blocks):
                first = (frame * rows.padded + block * rows.height) * per_row
                corner = (first, *(0,) * (data.ndim - 1))
                data.id.write_direct_chunk(corner, bytes(sizes[name, block]))
                rooms[name, block] = data.id.get_chunk_info_by_coord(corner).byte_offset
        note(root)
    file.require()
    return rooms


def _made(root: h5py.Group, name: str, table: MapArray) -> h5py.Dataset:
    """An empty data set for a table; corners of cells are in one row."""
    wide = table.values.shape[1:]
    shape = (table.rows.height, *wide)
    if name == CORNERS:
        shape, wide = (table.rows.height * table.width,), ()
    return root.create_dataset(
        name, (0, *wide), table.values.dtype, maxshape=(None, *wide), chunks=shape,
        shuffle=True, compression="gzip", compression_opts=SPEED,
    )  # fmt: skip


def _fill(path: Path, blocks: Mapping[str, Mapping[int, bytes]], rooms: Rooms) -> None:
    """Write this rank's blocks where there is room for them."""
    if not any(blocks.values()):
        return
    file = os.open(path, os.O_WRONLY)
    try:
        for name, own in blocks.items():
            for number, block in own.items():
                _write_at(file, rooms[name, number], block)
        os.fsync(file)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        os.close(file)


def _write_at(file: int, offset: int, content: bytes) -> None:
    done = 0
    while done < len(content):  # a disk that fills up takes a part, and says why with the next
        done += os.pwrite(file, content[done:], offset + done)


def _describe(root: h5py.Group, kind: str, n_points: int, n_cells: int) -> None:
    """Say what it is, and of how many points and cells; all of these are alike."""
    number = vtkhdf.CELL_TYPE[kind]
    corners = vtkhdf.CORNERS[number]
    ascii_text = h5py.string_dtype("ascii", len(vtkhdf.KIND))
    root.attrs.create("Type", vtkhdf.KIND.encode(), dtype=ascii_text)
    root.attrs["Version"] = np.array(vtkhdf.VERSION, dtype=np.int64)
    counts = {"Points": n_points, "Cells": n_cells, "ConnectivityIds": n_cells * corners}
    for what, count in counts.items():
        root[f"NumberOf{what}"] = np.array([count], dtype=np.int64)
    root.create_dataset("Types", (n_cells,), np.uint8, fillvalue=number, chunks=(n_cells,))
    offsets = root.create_dataset(
        "Offsets", (n_cells + 1,), np.int64, chunks=(min(n_cells + 1, BLOCK),),
        shuffle=True, compression="gzip",
    )  # fmt: skip
    for first in range(0, n_cells + 1, BLOCK):
        last = min(first + BLOCK, n_cells + 1)
        offsets[first:last] = corners * np.arange(first, last)


def _describe_steps(root: h5py.Group, tables: Tables, constant: Tables) -> None:
    """Make the tables of the steps; what is the same in several has one of them."""
    steps = root.create_group(STEPS)
    steps.attrs[FRAMES] = np.int64(0)

    def table(name: str, fill: float, wide: tuple[int, ...] = ()) -> h5py.Dataset:
        kind = np.float64 if isinstance(fill, float) else np.int64
        about = {"chunks": (ENTRIES, *wide), "maxshape": (None, *wide), "fillvalue": fill}
        return steps.create_dataset(name, (0, *wide), kind, **about)

    table("Values", 0.0)
    table("NumberOfParts", 1)
    zeros, flat = table("PartOffsets", 0), table("CellOffsets", 0, (1,))
    steps["PointOffsets"], steps["ConnectivityIdOffsets"] = zeros, flat
    for group, rows in ROWS.items():
        root.require_group(group)
        changing, offsets = table(rows, 0), steps.create_group(f"{group}Offsets")
        for names, begin in ((tables, changing), (constant, zeros)):
            for name in names:
                if name.startswith(f"{group}/"):
                    offsets[name.removeprefix(f"{group}/")] = begin


def _note(root: h5py.Group, time: float, points: Rows, cells: Rows) -> None:
    """Note one more frame, and where its rows begin."""
    steps = root[STEPS]
    number = int(steps.attrs[FRAMES])
    _resize(steps, number + 1)
    steps["Values"][number] = time
    for rows, group in ((points, AT_POINTS), (cells, IN_CELLS)):
        steps[ROWS[group]][number] = number * rows.padded
    steps.attrs.modify(FRAMES, np.int64(number + 1))


def _resize(steps: h5py.Group, n_frames: int) -> None:
    for table in steps.values():
        if isinstance(table, h5py.Dataset):
            table.resize(n_frames, axis=0)


def _cut_frames(root: h5py.Group, n_frames: int) -> None:
    """Leave the first frames, if there are more."""
    steps = root[STEPS]
    if steps.attrs[FRAMES] <= n_frames:
        return
    for group, rows in ROWS.items():
        total = root["NumberOfPoints" if group == AT_POINTS else "NumberOfCells"][0]
        height = int(steps[rows][n_frames - 1]) + int(total)
        for data in root[group].values():
            data.resize(min(height, len(data)), axis=0)
    _resize(steps, n_frames)
    steps.attrs.modify(FRAMES, np.int64(n_frames))
