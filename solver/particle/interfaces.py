"""Grain boundaries: their facets as a mesh of their own, and the two sides of every point.

Side '+' is always the grain of lower number, on any number of ranks. A *point* of the
boundaries is a vertex of a boundary facet, seen from that facet: laws are evaluated point by
point with numpy, and enter forms as DG1 functions on the facet mesh with vertex quadrature,
which is exact for them.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from mpi4py import MPI

from solver.particle import dolfinx_api
from solver.particle.mesh import Particle

Integers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.floating]
VERTEX_RULE = {"quadrature_rule": "vertex", "quadrature_degree": 1}


@dataclass(frozen=True)
class Boundaries:
    """All grain boundaries on this rank; lengths in um.

    Points are numbered like the dofs of `space` (DG1 on the facet mesh), owned facets first.
    plus, minus: dof of the broken P1 space on either side of each point. normal: outward from
    '+', (points, components of the displacement). weight: share of the facet's area, zero on
    ghost facets, so that sums over points and ranks are integrals. pair: grains of the two sides
    (points, 2).
    """

    facets: dolfinx_api.FacetMesh
    dS: ufl.Measure
    space: fem.FunctionSpace
    plus: Integers
    minus: Integers
    normal: Floats
    weight: Floats
    pair: Integers
    position: Floats
    comm: MPI.Intracomm

    @property
    def n_points(self) -> int:
        """Number of points on this rank, ghosts included."""
        return len(self.plus)

    def jump(self, values: Floats) -> Floats:
        """Value at '-' minus value at '+' of a broken P1 function, at each point.

        values: local array with ghosts, (dofs,) or (dofs, components).
        """
        return values[self.minus] - values[self.plus]

    def across_and_along(self, vectors: Floats) -> tuple[Floats, Floats]:
        """Component along the normal, and length of the rest, of vectors (points, d)."""
        across = np.einsum("ij,ij->i", vectors, self.normal)
        return across, np.linalg.norm(vectors - across[:, None] * self.normal, axis=1)

    def spread(self, values: Floats, n_nodes: int) -> Floats:
        """Integral of vectors at the points times the jump of each component of each node.

        values: (points, d). Returns this rank's part, (n_nodes d,): sums at ghosts are not yet
        added to those of their owners.
        """
        weighted = self.weight[:, None] * values
        columns = [
            np.bincount(self.minus, column, n_nodes) - np.bincount(self.plus, column, n_nodes)
            for column in weighted.T
        ]
        return np.column_stack(columns).ravel()

    def integral(self, values: Floats) -> float:
        """Integral of point values over all boundaries. Collective."""
        return float(self.comm.allreduce(float(self.weight @ values), MPI.SUM))

    def maximum(self, values: Floats) -> float:
        """Largest of the point values, zero if there is none. Collective."""
        local = float(np.max(values, initial=0.0))
        return float(self.comm.allreduce(local, MPI.MAX))

    def pairs(self) -> tuple[Integers, Integers]:
        """Return all pairs of grains that meet anywhere, and which each point here is between.

        (pairs, 2), the same on every rank; (points,). Collective.
        """
        everywhere = np.concatenate(self.comm.allgather(np.unique(self.pair, axis=0)))
        pairs = np.unique(everywhere, axis=0)
        size = int(pairs.max(initial=0)) + 1
        which = np.searchsorted(pairs @ [size, 1], self.pair @ [size, 1])
        return pairs, which.astype(np.int32)

    def area(self) -> float:
        """Area of all boundaries. Collective."""
        return self.integral(np.ones(self.n_points))


def find_boundaries(
    particle: Particle, broken: fem.FunctionSpace, components: int | None = None
) -> Boundaries:
    """Boundaries between the grains of a particle. Collective.

    broken: scalar P1 space broken at the grains. components: of the displacement, in 2D 3 where
    sides may also slide out of the plane; default the dimension.
    """
    msh, grain = particle.mesh, particle.grain
    facets = _boundary_facets(particle)
    facet_mesh = dolfinx_api.FacetMesh(msh, facets)
    space = fem.functionspace(facet_mesh.mesh, ("DG", 1))
    sides = _sides_of_facets(particle, facet_mesh.parent_facet)
    point_of = space.dofmap.list
    vertices = _parent_vertices(facet_mesh)

    normals, areas, corners = _facet_geometry(particle, sides[:, 0], vertices)
    n_owned = facet_mesh.mesh.topology.index_map(msh.topology.dim - 1).size_local
    areas[n_owned:] = 0.0
    normals = np.pad(normals, ((0, 0), (0, (components or msh.geometry.dim) - normals.shape[1])))
    plus, minus = (_dofs_at_vertices(particle, broken, side, vertices) for side in sides.T)
    return Boundaries(
        facets=facet_mesh,
        dS=boundary_measure(particle, facets),
        space=space,
        plus=_at_points(point_of, plus),
        minus=_at_points(point_of, minus),
        normal=_at_points(point_of, normals[:, None, :]),
        weight=_at_points(point_of, areas[:, None] / point_of.shape[1]),
        pair=_at_points(point_of, grain[sides][:, None, :]),
        position=_at_points(point_of, corners),
        comm=msh.comm,
    )


def vertex_of_points(boundaries: Boundaries) -> Integers:
    """Vertex of the whole mesh that each boundary point is, by its number on this rank."""
    vertices = _parent_vertices(boundaries.facets)
    return _at_points(np.asarray(boundaries.space.dofmap.list), vertices)


def _at_points(point_of: Integers, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Values by point of those by facet and corner (f, d, ...), or (f, 1, ...) if all are alike."""
    at_points = np.empty((point_of.size, *values.shape[2:]), values.dtype)
    at_points[point_of] = values
    return at_points


def boundary_measure(particle: Particle, facets: Integers) -> ufl.Measure:
    """`dS` over boundary facets, '+' being the grain of lower number, by vertex quadrature."""
    sides = dolfinx_api.interior_facet_sides(particle.mesh, facets)
    swapped = particle.grain[sides[:, 0]] > particle.grain[sides[:, 2]]
    sides[swapped] = sides[swapped][:, [2, 3, 0, 1]]
    return ufl.Measure(
        "dS",
        particle.mesh,
        subdomain_data=[(1, sides.ravel())],
        subdomain_id=1,
        metadata=VERTEX_RULE,
    )


def _boundary_facets(particle: Particle) -> Integers:
    """Local facets with a different grain on each side."""
    topology = particle.mesh.topology
    topology.create_entities(topology.dim - 1)
    topology.create_connectivity(topology.dim - 1, topology.dim)
    topology.create_connectivity(topology.dim, topology.dim - 1)
    cells = topology.connectivity(topology.dim - 1, topology.dim)
    inner = np.flatnonzero(np.diff(cells.offsets) == 2)
    sides = cells.array[cells.offsets[inner][:, None] + [0, 1]]
    differ = particle.grain[sides[:, 0]] != particle.grain[sides[:, 1]]
    return inner[differ].astype(np.int32)


def _sides_of_facets(particle: Particle, facets: Integers) -> Integers:
    """Cells ('+', '-') of boundary facets, the grain of lower number first."""
    topology = particle.mesh.topology
    cells = topology.connectivity(topology.dim - 1, topology.dim)
    sides = cells.array[cells.offsets[facets][:, None] + [0, 1]]
    order = np.argsort(particle.grain[sides], axis=1)
    return np.take_along_axis(sides, order, axis=1)


def _parent_vertices(facet_mesh: dolfinx_api.FacetMesh) -> Integers:
    """Vertices of the parent mesh at the corners of each facet, (facets, dimension)."""
    topology = facet_mesh.mesh.topology
    corners = topology.connectivity(topology.dim, 0)
    table = corners.array.reshape(-1, topology.dim + 1)
    return facet_mesh.parent_vertex[table]


def _dofs_at_vertices(
    particle: Particle, broken: fem.FunctionSpace, cells: Integers, vertices: Integers
) -> Integers:
    """Dof that each cell has at each of the given vertices, shape of `vertices`."""
    place = _places_of_vertices(particle, cells, vertices)
    return np.take_along_axis(broken.dofmap.list[cells], place, axis=1)


def _places_of_vertices(particle: Particle, cells: Integers, vertices: Integers) -> Integers:
    """Which corner of its cell each vertex is, shape of `vertices`."""
    topology = particle.mesh.topology
    corners = topology.connectivity(topology.dim, 0).array.reshape(-1, topology.dim + 1)
    return np.argmax(corners[cells][:, None, :] == vertices[:, :, None], axis=2).astype(np.int32)


def _facet_geometry(
    particle: Particle, plus: Integers, vertices: Integers
) -> tuple[Floats, Floats, Floats]:
    """Unit normal outward from the '+' cell, area and corner positions of each facet."""
    geometry = particle.mesh.geometry
    place = _places_of_vertices(particle, plus, vertices)
    nodes = np.take_along_axis(geometry.dofmap[plus], place, axis=1)
    x = geometry.x[nodes][:, :, : geometry.dim]
    edges = x[:, 1:] - x[:, :1]
    if geometry.dim == 2:
        normal = np.column_stack([edges[:, 0, 1], -edges[:, 0, 0]])
        area = np.linalg.norm(normal, axis=1)
    else:
        normal = np.cross(edges[:, 0], edges[:, 1])
        area = np.linalg.norm(normal, axis=1) / 2
    inside = geometry.x[geometry.dofmap[plus]][:, :, : geometry.dim].mean(axis=1)
    outward = np.einsum("ij,ij->i", normal, x[:, 0] - inside) >= 0
    normal[~outward] *= -1
    return normal / np.linalg.norm(normal, axis=1)[:, None], area, x
