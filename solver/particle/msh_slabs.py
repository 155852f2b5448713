"""A mesh file read in slabs: each rank reads its share of the rows and no rank the whole.

Files are Gmsh's, format 4.1, binary, of simplices, as `meshes.files.msh_file` writes them: numbers
from 1 on without gaps, every entity in one physical group. Layout:
https://gmsh.info/doc/texinfo/gmsh.html#MSH-file-format
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FORMAT = b"$MeshFormat\n4.1 1 8\n" + struct.pack("<i", 1) + b"\n$EndMeshFormat\n"
CORNERS = {1: 2, 2: 3, 4: 4, 15: 1}  # of the straight simplices, by Gmsh's number of the kind
NUMBER, REAL = np.dtype("<u8"), np.dtype("<f8")


class Block(NamedTuple):
    """Rows of one entity: dimension, physical group (0 without one), and where they are.

    n_rows: how many. start: byte of the first one. columns: numbers in each row; of nodes the
    numbers come first, three coordinates of each behind them all.
    """

    dimension: int
    group: int
    n_rows: int
    start: int
    columns: int


class MeshContents(NamedTuple):
    """Where everything is in a file. n_nodes: how many there are."""

    nodes: list[Block]
    elements: list[Block]
    n_nodes: int

    def of(self, dimension: int, groups: frozenset[int] | None = None) -> list[Block]:
        """Return the blocks of elements of a dimension, of all groups or some."""
        return [
            block
            for block in self.elements
            if block.dimension == dimension and (groups is None or block.group in groups)
        ]


def read_contents(path: Path) -> MeshContents:
    """Find where things are in a file. Raises OSError, ValueError for another kind of file."""
    with path.open("rb") as file:
        if file.read(len(FORMAT)) != FORMAT:
            raise ValueError("it is no Gmsh file of format 4.1, binary")
        groups: dict[tuple[int, int], int] = {}
        nodes: list[Block] = []
        elements: list[Block] = []
        while name := file.readline().strip():
            if name == b"$Entities":
                groups = _groups(file)
            elif name == b"$Nodes":
                nodes = list(_blocks_of_nodes(file))
            elif name == b"$Elements":
                elements = list(_blocks_of_elements(file, groups))
            elif name != b"$PhysicalNames":
                raise ValueError(f"it holds {name[:40]!r}, which is not known here")
            _skip_to_end(file, name)
    if not nodes or not elements:
        raise ValueError("it holds no mesh")
    return MeshContents(nodes, elements, sum(block.n_rows for block in nodes))


def _skip_to_end(file: BinaryIO, name: bytes) -> None:
    """Go behind the end of a section, whose binary part has been read."""
    while line := file.readline():
        if line.strip() == b"$End" + name[1:]:
            return
    raise ValueError(f"it ends within {name!r}")


def _unpacked(file: BinaryIO, form: str) -> tuple[int, ...]:
    size = struct.calcsize("<" + form)
    read = file.read(size)
    if len(read) < size:
        raise ValueError("it ends too early")
    return struct.unpack("<" + form, read)


def _groups(file: BinaryIO) -> dict[tuple[int, int], int]:
    """Physical group of each entity (dimension, tag) that has one alone."""
    groups = {}
    for dimension, count in enumerate(_unpacked(file, "4Q")):
        for _ in range(count):
            (tag,) = _unpacked(file, "i")
            file.seek((6 if dimension else 3) * REAL.itemsize, 1)
            (n_groups,) = _unpacked(file, "Q")
            found = _unpacked(file, f"{n_groups}i")
            if dimension:
                (n_bounding,) = _unpacked(file, "Q")
                file.seek(4 * n_bounding, 1)
            groups[dimension, tag] = found[0] if len(found) == 1 else 0
    return groups


def _blocks_of_nodes(file: BinaryIO) -> Iterator[Block]:
    n_blocks, total, lowest, highest = _unpacked(file, "4Q")
    if (lowest, highest) != (1, total):
        raise ValueError("its nodes are not numbered from 1 on without gaps")
    for _ in range(n_blocks):
        dimension, _, parametric = _unpacked(file, "3i")
        (count,) = _unpacked(file, "Q")
        if parametric:
            raise ValueError("its nodes have parameters")
        yield Block(dimension, 0, count, file.tell(), 4)
        file.seek(4 * NUMBER.itemsize * count, 1)


def _blocks_of_elements(file: BinaryIO, groups: dict[tuple[int, int], int]) -> Iterator[Block]:
    for _ in range(_unpacked(file, "4Q")[0]):
        dimension, tag, kind = _unpacked(file, "3i")
        (count,) = _unpacked(file, "Q")
        if kind not in CORNERS:
            raise ValueError("its cells are no straight simplices")
        columns = 1 + CORNERS[kind]
        yield Block(dimension, groups.get((dimension, tag), 0), count, file.tell(), columns)
        file.seek(columns * NUMBER.itemsize * count, 1)


def ends_of(blocks: list[Block]) -> Integers:
    """Return how many rows there are up to the end of each block."""
    return np.cumsum([block.n_rows for block in blocks], dtype=np.int64)


def _parts(blocks: list[Block], first: int, last: int) -> Iterator[tuple[Block, int, int]]:
    """The blocks that have some of the rows from first to last, and which of their rows."""
    behind = 0  # rows of the blocks before
    for block in blocks:
        begin, stop = max(first - behind, 0), min(last - behind, block.n_rows)
        if begin < stop:
            yield block, begin, stop
        behind += block.n_rows


def _read(file: BinaryIO, kind: np.dtype, start: int, count: int) -> npt.NDArray:
    read = np.fromfile(file, kind, count, offset=start - file.tell())
    if len(read) < count:
        raise ValueError("it ends too early")
    return read


def read_elements(path: Path, blocks: list[Block], first: int, last: int) -> Integers:
    """Return the nodes of elements, rows from first to last of some blocks, numbered from 0 on.

    blocks: of the same dimension d. Returns (rows, d + 1). Raises OSError, ValueError.
    """
    columns = blocks[0].columns if blocks else 1
    rows = np.empty((max(last - first, 0), columns - 1), dtype=np.int64)
    done = 0
    with path.open("rb") as file:
        for block, begin, stop in _parts(blocks, first, last):
            start = block.start + begin * columns * NUMBER.itemsize
            found = _read(file, NUMBER, start, (stop - begin) * columns).reshape(-1, columns)
            rows[done : done + len(found)] = found[:, 1:]
            done += len(found)
    return rows - 1


def read_nodes(path: Path, blocks: list[Block], first: int, last: int) -> tuple[Integers, Floats]:
    """Return numbers, from 0 on, and positions (rows, 3) of the rows from first to last.

    Raises OSError, ValueError.
    """
    numbers: list[Integers] = [np.zeros(0, dtype=np.int64)]
    places: list[Floats] = [np.zeros((0, 3))]
    with path.open("rb") as file:
        for block, begin, stop in _parts(blocks, first, last):
            at, count = block.start + begin * NUMBER.itemsize, stop - begin
            numbers.append(_read(file, NUMBER, at, count).astype(np.int64) - 1)
            at = block.start + block.n_rows * NUMBER.itemsize + 3 * begin * REAL.itemsize
            places.append(_read(file, REAL, at, 3 * count).reshape(-1, 3))
    return np.concatenate(numbers), np.concatenate(places)
