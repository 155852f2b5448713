"""A mesh of the user's own: a Gmsh file whose named physical groups are the grains."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import redirect_stderr
from dataclasses import replace
from io import StringIO
from pathlib import Path

import meshio
import numpy as np

from meshes.arrays import Floats, Ints
from meshes.errors import MeshError
from meshes.files.neper import fasets
from meshes.named import NOWHERE, OUTER, PORE, located
from meshes.simplices import (
    Simplices,
    between_regions,
    centred,
    facets,
    oriented,
    outer_and_pore,
    require_valid,
    without_unused_points,
)
from solver.text.files import require_file
from solver.text.messages import one_line

SIMPLEX = {2: "triangle", 3: "tetra"}
FACET = {2: "line", 3: "triangle"}
# Elements of second order, their straight kind, and the ends of the edges of their middle nodes.
QUADRATIC = {
    "line3": ("line", [[0, 1]]),
    "triangle6": ("triangle", [[0, 1], [1, 2], [2, 0]]),
    "tetra10": ("tetra", [[0, 1], [1, 2], [2, 0], [0, 3], [1, 3], [2, 3]]),
}
STRAIGHT = 1e-3  # of an edge: that its middle node may be off
# Names of the groups that are grains: ours, and those that Neper gives to cells in 3D and 2D.
GRAIN = re.compile(r"(grain_?|cell|poly|face)(\d+)")
OF_NEPER = {2: "face", 3: "poly"}  # grains by Neper's name, whose facets each have one as well:
FACET_OF_NEPER = {2: re.compile(r"edge\d+"), 3: re.compile(r"face\d+")}
OTHERS = ("film", "coating")
RESERVED = (OUTER, PORE, "boundary", *OTHERS)  # names of facets with a meaning of their own
FLAT = 1e-9  # relative to the size: a mesh thinner than this is a plane


def read_mesh(path: Path, unit: float) -> Simplices:
    """Mesh in a Gmsh file, moved so that its centre of mass is the origin.

    unit: length of one unit of the file, um. Regions come in the order of their numbers, grains
    first; cells are turned to be positive. Raises MeshError if the file is no mesh of grains.
    """
    contents = _straight(_opened(path), path)
    kinds = {block.type for block in contents.cells}
    d = 3 if "tetra" in kinds else 2
    strange = kinds - {SIMPLEX[d], FACET[d], "line", "vertex"}
    if strange or SIMPLEX[d] not in kinds:
        raise MeshError(f"{path}: cells must be straight triangles or tetrahedra{_got(strange)}")
    points = unit * _in_dimension(contents.points, d, path)
    cells, tags = _elements(contents, SIMPLEX[d])
    region, names = _regions(tags, _names(contents, d), path)
    mesh = without_unused_points(Simplices(points, oriented(points, cells), region, names))
    _require_particle(mesh, path)
    _require_named_facets(contents, d, mesh, cells, path)
    return centred(replace(mesh, surfaces=_surfaces(contents, d, mesh, cells, path)))


def _opened(path: Path) -> meshio.Mesh:
    try:
        require_file(path)
    except ValueError as error:
        raise MeshError(f"{path}: {error}") from error
    try:
        with redirect_stderr(StringIO()):  # it may warn of what is refused below
            return meshio.gmsh.read(path)
    except (Exception, SystemExit) as error:  # meshio raises what its parsers meet, and may exit
        why = one_line(str(error) or type(error).__name__)
        raise MeshError(f"{path}: cannot be read as a Gmsh mesh: {why}") from error


def _straight(contents: meshio.Mesh, path: Path) -> meshio.Mesh:
    """The mesh with elements of second order as those of their corners; MeshError if curved."""
    blocks = []
    for block in contents.cells:
        kind, ends = QUADRATIC.get(block.type, (block.type, []))
        if ends and len(block.data):
            corners = len(block.data[0]) - len(ends)
            a, b = np.moveaxis(contents.points[block.data[:, ends]], 2, 0)
            off = contents.points[block.data[:, corners:]] - 0.5 * (a + b)
            curved = np.linalg.norm(off, axis=2) > STRAIGHT * np.linalg.norm(b - a, axis=2)
            if curved.any():
                raise MeshError(
                    f"{path}: {int(curved.any(axis=1).sum())} elements of second order are curved"
                )
            block = meshio.CellBlock(kind, block.data[:, :corners])
        blocks.append(block)
    contents.cells = blocks
    return contents


def _in_dimension(points: Floats, d: int, path: Path) -> Floats:
    height = np.ptp(points[:, d:], axis=0)
    if d == 2 and (height > FLAT * np.ptp(points[:, :2])).any():
        raise MeshError(f"{path}: a mesh of triangles must lie in the plane z = constant")
    return np.asarray(points[:, :d], dtype=np.float64)


def _elements(contents: meshio.Mesh, kind: str) -> tuple[Ints, Ints]:
    """Elements of a kind (m, k) and their physical groups (m,), 0 where they have none."""
    groups = contents.cell_data.get(
        "gmsh:physical", [np.zeros(len(b.data)) for b in contents.cells]
    )
    chosen = [(b.data, g) for b, g in zip(contents.cells, groups, strict=True) if b.type == kind]
    elements = np.vstack([data for data, _ in chosen]).astype(np.int64)
    return elements, np.concatenate([group for _, group in chosen]).astype(np.int64)


def _names(contents: meshio.Mesh, d: int) -> dict[int, str]:
    """Names of the physical groups of a dimension, by tag."""
    return {int(tag): name for name, (tag, of) in contents.field_data.items() if of == d}


def _regions(tags: Ints, names: dict[int, str], path: Path) -> tuple[Ints, tuple[str, ...]]:
    """Region of each cell and the names of the regions, grains first."""
    grains = [tag for tag, name in names.items() if GRAIN.fullmatch(name)]
    if not grains:
        raise MeshError(f"{path}: no group is named grain_0, grain_1, ...{_got(names.values())}")
    strange = [n for tag, n in names.items() if tag not in grains and n not in OTHERS]
    if strange:
        raise MeshError(f"{path}: cells may be grains, film or coating{_got(strange)}")
    untagged = int((~np.isin(tags, list(names))).sum())
    if untagged:
        raise MeshError(f"{path}: {untagged} cells belong to no named group")

    def place(tag: int) -> tuple[int, int]:
        if tag not in grains:
            return 1, OTHERS.index(names[tag])
        return 0, int("".join(filter(str.isdigit, names[tag])))

    order = sorted((tag for tag in names if (tags == tag).any()), key=place)
    number = np.full(max(names) + 1, -1, np.int64)
    number[order] = np.arange(len(order))
    return number[tags], tuple(GRAIN.sub(r"grain_\2", names[tag]) for tag in order)


def _require_particle(mesh: Simplices, path: Path) -> None:
    """Raise MeshError unless the cells are sound, share facets in pairs and hang together."""
    try:
        require_valid(mesh)
        every = facets(mesh)
    except MeshError as error:
        raise MeshError(f"{path}: {error}") from error
    inner = every.cells[~every.is_outside]
    parts = _parts(inner, len(mesh.cells))
    if parts > 1:
        raise MeshError(
            f"{path}: the mesh falls into {parts} parts that share no facet; "
            "grains must share the nodes of their boundaries"
        )


def _parts(links: Ints, count: int) -> int:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(links), np.int8)
    graph = coo_array((ones, (links[:, 0], links[:, 1])), shape=(count, count))
    return int(connected_components(graph, directed=False)[0])


def _surfaces(
    contents: meshio.Mesh, d: int, mesh: Simplices, cells: Ints, path: Path
) -> dict[str, Ints]:
    """Surfaces of the groups of facets whose names mean nothing else; cells: as in the file."""
    used, surfaces = np.unique(cells), {}
    named = _named_facets(contents, d, cells)
    for name, nodes in fasets(path).items():
        corners = np.isin(nodes, used)
        if (corners.sum(axis=1) == d).all():
            nodes = nodes[corners].reshape(-1, d)
        named[name] = _as_used(nodes[:, :d], used)
    is_neper = any(name.startswith(OF_NEPER[d]) for name in _names(contents, d).values())
    for name, nodes in named.items():
        if name not in RESERVED and not (is_neper and FACET_OF_NEPER[d].fullmatch(name)):
            surfaces[name] = located(mesh, nodes)
            if wrong := int((surfaces[name] == NOWHERE).any(axis=1).sum()):
                raise MeshError(f"{path}: {wrong} facets of the group '{name}' have no cell")
    return surfaces


def _named_facets(contents: meshio.Mesh, d: int, cells: Ints) -> dict[str, Ints]:
    """Points (f, d) of the facets of each named group, as the mesh of the cells counts them.

    Points without cells are given a number beyond all others.
    """
    names, used = _names(contents, d - 1), np.unique(cells)
    if not names or FACET[d] not in {block.type for block in contents.cells}:
        return {}
    elements, tags = _elements(contents, FACET[d])
    nodes = _as_used(elements, used)
    return {name: nodes[tags == tag] for tag, name in names.items() if (tags == tag).any()}


def _as_used(nodes: Ints, used: Ints) -> Ints:
    """Numbers of points among those `used` (ascending), their count for others."""
    place = np.searchsorted(used, nodes)
    known = used[np.minimum(place, len(used) - 1)] == nodes
    return np.where(known, place, len(used))


def _require_named_facets(
    contents: meshio.Mesh, d: int, mesh: Simplices, cells: Ints, path: Path
) -> None:
    """Raise MeshError if facets named `outer`, `pore` or `boundary` lie elsewhere.

    cells: of the file, in its numbering of points. An entity may be in several groups, of which
    one is read: so a group may lack facets, but none may be too many.
    """
    every = facets(mesh)
    named = _named_facets(contents, d, cells)
    for name, right in (
        (OUTER, every.take(every.is_outside)),
        (PORE, outer_and_pore(mesh, every)[1]),
        ("boundary", between_regions(mesh, every)),
    ):
        if name not in named:
            continue
        nodes = named[name]
        wrong = _count(np.vstack([right.nodes, nodes])) - _count(right.nodes)
        if wrong:
            raise MeshError(f"{path}: {wrong} facets of the group '{name}' do not belong there")


def _count(nodes: Ints) -> int:
    """Number of different facets."""
    return len(np.unique(np.sort(nodes, axis=1), axis=0))


def _got(names: Iterable[str]) -> str:
    listed = ", ".join(sorted(names))
    return f", got {listed}" if listed else ""
