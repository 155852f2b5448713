"""Triangles on all faces of polyhedral grains, shared by the two grains of a face."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.linalg import spsolve

from meshes.arrays import Floats, Ints
from meshes.errors import MeshError
from meshes.gmsh.outlines import Outlines
from meshes.tessellation.charts import frames, from_sphere_chart, to_sphere_chart
from meshes.tessellation.polyhedra import Polyhedra


class Triangulation(NamedTuple):
    """points: (n, 3), um. triangles: (t, 3). face: (t,) face of each triangle, ascending."""

    points: Floats
    triangles: Ints
    face: Ints


class Charts(NamedTuple):
    """Faces laid flat.

    flat: (k, 2) nodes of the outlines. height: (k,) above the plane of their face, um. middle:
    (F, 3) centre of each face. normal: (F, 3) unit normals; away from
    the centre where faces are round.
    """

    flat: Floats
    height: Floats
    middle: Floats
    normal: Floats


class Flat(NamedTuple):
    """Triangles of faces laid flat: points (m, 2) that were added to the k nodes of the outlines.

    triangles: (t, 3), numbers below k are nodes of the outlines. face: (t,), ascending.
    """

    points: Floats
    triangles: Ints
    face: Ints


def triangulated(
    cells: Polyhedra, around: Outlines, mesh_flat: Callable[[Floats, Ints], Flat]
) -> Triangulation:
    """Surface from faces that `mesh_flat` triangulates as polygons: corners (k, 2), starts (F,).

    Raises MeshError where two faces share a triangle.
    """
    charts = lay_flat(cells, around)
    flat = mesh_flat(charts.flat, around.starts)
    lifted = lift(cells, around, charts, flat)
    points = np.vstack([around.points, lifted])
    number = np.concatenate([around.nodes, len(around.points) + np.arange(len(lifted))])
    triangles = number[flat.triangles]
    if len(np.unique(np.sort(triangles, axis=1), axis=0)) < len(triangles):
        raise MeshError("two faces of a grain touch in a triangle")
    return Triangulation(points, triangles, flat.face)


def lay_flat(cells: Polyhedra, around: Outlines) -> Charts:
    """Planes through inner faces, maps of the outer ones."""
    places, face = around.points[around.nodes], around.face
    middle = np.add.reduceat(places, around.starts) / around.lengths[:, None]
    spokes = places - middle[face]
    following = np.roll(spokes, -1, axis=0)
    last = around.starts + around.lengths - 1
    following[last] = spokes[around.starts]
    normal = np.add.reduceat(np.cross(spokes, following), around.starts)
    is_round, radius = cells.is_round, cells.radius_of(cells.sides[:, 1])[face][:, None]
    normal[is_round] = middle[is_round]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    first, second = (axis[face] for axis in frames(normal))
    plane = np.column_stack([(spokes * first).sum(axis=1), (spokes * second).sum(axis=1)])
    sphere = to_sphere_chart(places, normal[face], radius)
    flat = np.where(is_round[face][:, None], sphere, plane)
    return Charts(flat, (spokes * normal[face]).sum(axis=1), middle, normal)


def lift(cells: Polyhedra, around: Outlines, charts: Charts, flat: Flat) -> Floats:
    """Places (m, 3) of the points added: on the sphere, or as smooth a sheet as the outline."""
    known = len(around.nodes)
    face_of = np.zeros(known + len(flat.points), np.int64)
    face_of[flat.triangles] = flat.face[:, None]
    face: Ints = face_of[known:]
    normal = charts.normal[face]
    first, second = frames(normal)
    height = _harmonic(charts.height, flat, len(flat.points))
    plane = charts.middle[face] + flat.points[:, :1] * first + flat.points[:, 1:] * second
    sheet = plane + height[:, None] * normal
    radius = cells.radius_of(cells.sides[face, 1])[:, None]
    sphere = from_sphere_chart(flat.points, normal, radius)
    return np.where(cells.is_round[face][:, None], sphere, sheet)


def _harmonic(known: Floats, flat: Flat, added: int) -> Floats:
    """Values (added,) that are the mean of their neighbours', given those of the outlines."""
    if added == 0:
        return np.empty(0)
    a, b, c = flat.triangles.T
    start, end = np.concatenate([a, b, c, b, c, a]), np.concatenate([b, c, a, a, b, c])
    size = len(known) + added
    links = csr_array(coo_array((np.ones(len(start)), (start, end)), shape=(size, size)))
    links.data[:] = 1.0
    inner = links[len(known) :]
    degree = coo_array((inner.sum(axis=1), (np.arange(added), np.arange(added))))
    matrix = (degree - inner[:, len(known) :]).tocsc()
    return np.atleast_1d(spsolve(matrix, inner[:, : len(known)] @ known))
