"""The network of grain boundaries: functions continuous over junctions, and what is connected.

A node of the network is a vertex of boundary facets; all boundary points (facets' corners) at a
vertex meet there. Where a boundary reaches the oxide's outer surface, its point is a mouth, which
a coating may cover.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la, mesh
from mpi4py import MPI
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from solver.particle import dolfinx_api
from solver.particle.interfaces import VERTEX_RULE, Boundaries
from solver.particle.mesh import COATING, Particle

Integers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Network:
    """P1 on the facets of the boundaries.

    space: one dof per node. node: of each boundary point. facet: points of each local facet,
    (facets, dimension). area: of the boundaries, shared out to the nodes, um^(d-1), ghosts
    included. mouth: length of the outside's edge that belongs to each point, um^(d-2) (1 in 2D),
    zero inside and on ghost facets. covered: the same where the oxide ends under a coating.
    """

    space: fem.FunctionSpace
    node: Integers
    facet: Integers
    area: Floats
    mouth: Floats
    covered: Floats
    boundaries: Boundaries

    @property
    def global_node(self) -> npt.NDArray[np.int64]:
        """Node of each boundary point by its number on all ranks together."""
        return np.asarray(self.space.dofmap.index_map.local_to_global(self.node))

    @property
    def dx(self) -> ufl.Measure:
        """Integral over the boundaries, as a mesh of their own, by vertex quadrature."""
        return ufl.Measure("dx", self.boundaries.facets.mesh, metadata=VERTEX_RULE)

    def collect(self, values: Floats) -> Floats:
        """Sum over the owned points that meet at each node, ghosts included. Collective."""
        field = fem.Function(self.space)
        owned = self.boundaries.weight > 0
        np.add.at(field.x.array, self.node[owned], values[owned])
        field.x.scatter_reverse(la.InsertMode.add)
        field.x.scatter_forward()
        return field.x.array.copy()

    def reached(self, permeable: Booleans, sources: Booleans) -> Booleans:
        """Permeable points that a path of permeable points joins to a source. Collective.

        A path goes along facets between their points, and over nodes. sources: points, permeable
        themselves, from which paths start.
        """
        label = self.pieces(permeable)
        flooded = np.zeros(int(label.max(initial=-1)) + 1, dtype=bool)
        flooded[label[sources & permeable]] = True
        while True:
            at_points = np.zeros(len(permeable), dtype=bool)
            at_points[permeable] = flooded[label[permeable]]
            wet_nodes = self.collect(at_points.astype(float)) > 0
            fresh = permeable & wet_nodes[self.node] & ~at_points
            flooded[label[fresh]] = True
            if not self.boundaries.comm.allreduce(bool(fresh.any()), MPI.LOR):
                return at_points

    def pieces(self, permeable: Booleans) -> Integers:
        """Number of the connected piece of each permeable point, on this rank alone."""
        n_points, n_nodes = len(self.node), len(self.area)
        at_node = np.flatnonzero(permeable)
        edges = list(combinations(range(self.facet.shape[1]), 2))
        i = np.concatenate([at_node, *(self.facet[:, a] for a, _ in edges)])
        j = np.concatenate([n_points + self.node[at_node], *(self.facet[:, b] for _, b in edges)])
        node = np.ones(n_nodes, dtype=bool)
        both = np.concatenate([permeable, node])
        keep = both[i] & both[j]
        size = n_points + n_nodes
        graph = coo_array((np.ones(int(keep.sum())), (i[keep], j[keep])), shape=(size, size))
        return connected_components(graph, directed=False)[1][:n_points].astype(np.int32)


def make_network(boundaries: Boundaries, particle: Particle) -> Network:
    """Network of the boundaries of a particle. Collective."""
    space = fem.functionspace(boundaries.facets.mesh, ("Lagrange", 1))
    node = np.empty(boundaries.n_points, dtype=np.int32)
    node[boundaries.space.dofmap.list] = space.dofmap.list
    coated = _beside_coating(boundaries, particle)
    network = Network(
        space=space,
        node=node,
        facet=np.asarray(boundaries.space.dofmap.list),
        area=_node_areas(space, boundaries),
        mouth=_mouths(boundaries, _bare_rim(particle)),
        covered=np.where(coated, 0.0, _mouths(boundaries, _coated_rim(boundaries, coated))),
        boundaries=boundaries,
    )
    return network


def _node_areas(space: fem.FunctionSpace, boundaries: Boundaries) -> Floats:
    """Area that vertex quadrature gives to each node. Collective."""
    dx = ufl.Measure("dx", boundaries.facets.mesh, metadata=VERTEX_RULE)
    area = fem.Function(space)
    fem.assemble_vector(area.x.array, dolfinx_api.compile_form(ufl.TestFunction(space) * dx))
    area.x.scatter_reverse(la.InsertMode.add)
    area.x.scatter_forward()
    return area.x.array.copy()


def _mouths(boundaries: Boundaries, rim: Floats) -> Floats:
    """Length of the rim's edge at each point; an edge belongs to its two points alike."""
    facets = np.asarray(boundaries.space.dofmap.list)
    length = np.zeros(boundaries.n_points)
    for place in combinations(range(facets.shape[1]), facets.shape[1] - 1):
        ends = facets[:, place]
        x = boundaries.position[ends]
        size = np.linalg.norm(x[:, 1] - x[:, 0], axis=1) / 2 if len(place) == 2 else np.ones(len(x))
        np.add.at(length, ends, np.where(_among(x.sum(axis=1), rim), size, 0.0)[:, None])
    return np.where(boundaries.weight > 0, length, 0.0)


def _bare_rim(particle: Particle) -> Floats:
    """Ends of all facets of bare oxide outside. Collective."""
    msh, d = particle.mesh, particle.dimension
    cells = msh.topology.connectivity(d - 1, d)
    cell = cells.array[cells.offsets[particle.outer]]
    bare = particle.outer[~particle.is_filler[particle.grain[cell]]]
    corners = np.zeros((0, d, d))
    if len(bare):  # DOLFINx divides by their number
        corners = msh.geometry.x[mesh.entities_to_geometry(msh, d - 1, bare)][:, :, :d]
    return _ends(corners, msh.comm)


def _coated_rim(boundaries: Boundaries, coated: Booleans) -> Floats:
    """Ends of all facets beside a coating. Collective."""
    facets = np.asarray(boundaries.space.dofmap.list)
    return _ends(boundaries.position[facets[coated[facets[:, 0]]]], boundaries.comm)


def _beside_coating(boundaries: Boundaries, particle: Particle) -> Booleans:
    """Whether each boundary point is between something and the coating."""
    coating = np.array([name == COATING for name in particle.grain_names])
    return np.asarray(coating[boundaries.pair].any(axis=1))


def _ends(corners: Floats, comm: MPI.Comm) -> Floats:
    """Ends of facets with these corners: edges as sums of their two corners, in 2D points.

    The same on every rank, and exact: a sum of two does not depend on their order. Collective.
    """
    d = corners.shape[1]
    ends = [corners[:, place].sum(axis=1) for place in combinations(range(d), d - 1)]
    return np.unique(np.concatenate(comm.allgather(np.concatenate(ends))), axis=0)


def _among(rows: Floats, table: Floats) -> Booleans:
    """Whether each row stands in the table."""
    every, which = np.unique(np.concatenate([table, rows]), axis=0, return_inverse=True)
    which = which.reshape(-1)
    known = np.zeros(len(every), dtype=bool)
    known[which[: len(table)]] = True
    return known[which[len(table) :]]
