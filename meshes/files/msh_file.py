"""Write a mesh as a Gmsh file (format 4.1, binary): the same mesh gives the same bytes.

Layout: https://gmsh.info/doc/texinfo/gmsh.html#MSH-file-format
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from meshes.arrays import Floats, Ints
from meshes.named import OUTER, PORE, Parts, among, parts
from meshes.simplices import Simplices, between_regions, facets

BOUNDARY = 1  # groups of facets; region r is group r + 1 of the cells
TAGS = {(OUTER,): 2, (PORE,): 3}
FIRST_NAMED = 4
SIMPLEX = {1: 1, 2: 2, 3: 4}  # Gmsh's number of the simplex of a dimension
INT, SIZE, REAL = np.dtype("<i4"), np.dtype("<u8"), np.dtype("<f8")


class PhysicalGroup(NamedTuple):
    """A named part of the mesh, written as one entity that is one physical group."""

    dimension: int
    tag: int
    name: str
    elements: Ints


def write_msh(path: Path, mesh: Simplices) -> dict[str, list[int]]:
    """Write a mesh with its regions, `boundary`, `outer`, `pore` and named surfaces.

    Group r + 1 holds the cells of region r. A facet is in one group alone: where surfaces share
    facets, those are a group of their own, like `outer+top`. Returns the groups of each surface.
    """
    surfaces = parts(mesh)
    tags = _tags(surfaces)
    write_groups(path, mesh.points, _groups(mesh, surfaces, tags))
    return {
        name: sorted(tag for names, tag in tags.items() if name in names)
        for name in (OUTER, PORE, *mesh.surfaces)
    }


def _tags(surfaces: Parts) -> dict[tuple[str, ...], int]:
    """Numbers of the groups of facets, by the surfaces that these belong to."""
    named = [names for names in surfaces.names if names not in TAGS]
    return TAGS | {names: FIRST_NAMED + k for k, names in enumerate(named)}


def write_groups(path: Path, points: Floats, groups: list[PhysicalGroup]) -> None:
    """Write points (n, d) and groups of simplices; each group is one entity of its own.

    A point belongs to the first group that uses it.
    """
    parts = {
        "MeshFormat": b"4.1 1 8\n" + np.array(1, INT).tobytes() + b"\n",
        "PhysicalNames": _names(groups),
        "Entities": _entities(groups, points) + b"\n",
        "Nodes": _nodes(groups, points) + b"\n",
        "Elements": _elements(groups) + b"\n",
    }
    with path.open("wb") as file:
        for name, part in parts.items():
            file.write(b"$%b\n%b$End%b\n" % (name.encode(), part, name.encode()))


def _groups(
    mesh: Simplices, surfaces: Parts, tags: dict[tuple[str, ...], int]
) -> list[PhysicalGroup]:
    d = mesh.dimension
    boundary = between_regions(mesh, facets(mesh)).nodes
    if mesh.surfaces:
        boundary = boundary[~among(boundary, surfaces.nodes)]
    sides = [PhysicalGroup(d - 1, BOUNDARY, "boundary", boundary)] + [
        PhysicalGroup(d - 1, tags[names], "+".join(names), surfaces.nodes[surfaces.part == number])
        for number, names in enumerate(surfaces.names)
    ]
    sides.sort(key=lambda group: group.tag)
    order = np.argsort(mesh.region, kind="stable")
    ends = np.cumsum(np.bincount(mesh.region, minlength=len(mesh.names)))
    parts = np.split(mesh.cells[order], ends[:-1])
    regions = [
        PhysicalGroup(d, number + 1, name, part)
        for number, (name, part) in enumerate(zip(mesh.names, parts, strict=True))
    ]
    return [group for group in sides if len(group.elements)] + regions


def _names(groups: list[PhysicalGroup]) -> bytes:
    lines = [f'{group.dimension} {group.tag} "{group.name}"' for group in groups]
    return "\n".join([str(len(lines)), *lines, ""]).encode()


def _entities(groups: list[PhysicalGroup], points: Floats) -> bytes:
    counts = [sum(group.dimension == d for group in groups) for d in range(4)]
    return np.array(counts, SIZE).tobytes() + b"".join(_entity(group, points) for group in groups)


def _entity(group: PhysicalGroup, points: Floats) -> bytes:
    """Tag, bounding box, its one physical group, no bounding entities."""
    used = _in_space(points[group.elements.ravel()])
    box = np.concatenate([used.min(axis=0), used.max(axis=0)])
    parts = (
        np.array(group.tag, INT),
        box.astype(REAL),
        np.array(1, SIZE),
        np.array(group.tag, INT),
        np.array(0, SIZE),
    )
    return b"".join(part.tobytes() for part in parts)


def _nodes(groups: list[PhysicalGroup], points: Floats) -> bytes:
    """Coordinates, each point in the first group that uses it: facets before cells."""
    owner = np.full(len(points), -1)
    for number in reversed(range(len(groups))):
        owner[groups[number].elements.ravel()] = number
    blocks = [_header(len(groups), np.count_nonzero(owner >= 0), len(points))]
    places = _in_space(points).astype(REAL)
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(groups) + 1))
    for number, group in enumerate(groups):
        own = order[starts[number] : starts[number + 1]]
        blocks += [
            np.array([group.dimension, group.tag, 0], INT).tobytes(),
            np.array(len(own), SIZE).tobytes(),
            (own + 1).astype(SIZE).tobytes(),
            places[own].tobytes(),
        ]
    return b"".join(blocks)


def _elements(groups: list[PhysicalGroup]) -> bytes:
    total = sum(len(group.elements) for group in groups)
    blocks, first = [_header(len(groups), total, total)], 1
    for group in groups:
        numbers = np.arange(first, first + len(group.elements))
        first += len(numbers)
        blocks += [
            np.array([group.dimension, group.tag, SIMPLEX[group.dimension]], INT).tobytes(),
            np.array(len(numbers), SIZE).tobytes(),
            np.column_stack([numbers, group.elements + 1]).astype(SIZE).tobytes(),
        ]
    return b"".join(blocks)


def _header(blocks: int, total: int, highest: int) -> bytes:
    return np.array([blocks, total, 1, highest], SIZE).tobytes()


def _in_space(points: Floats) -> Floats:
    """Points (n, 3), those of the plane at height 0."""
    return np.pad(points, ((0, 0), (0, 3 - points.shape[1])))
