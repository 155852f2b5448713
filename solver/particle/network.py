"""The network of grain boundaries: functions continuous over junctions, and what is connected.

A node of the network is a vertex of boundary facets; all boundary points (facets' corners) at a
vertex meet there. Where a boundary reaches the oxide's outer surface, its point is a mouth.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from mpi4py import MPI
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from solver import dolfinx_api
from solver.particle.interfaces import VERTEX_RULE, Boundaries

Integers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Network:
    """P1 on the facets of the boundaries.

    space: one dof per node. node: of each boundary point. facet: points of each local facet,
    (facets, dimension). area: of the boundaries, shared out to the nodes, um^(d-1), ghosts
    included. mouth: length of the outside's edge that belongs to each point, um^(d-2) (1 in 2D),
    zero inside and on ghost facets.
    """

    space: fem.FunctionSpace
    node: Integers
    facet: Integers
    area: Floats
    mouth: Floats
    boundaries: Boundaries

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
        label = self._components(permeable)
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

    def _components(self, permeable: Booleans) -> Integers:
        """Number of the connected piece of each permeable point on this rank."""
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


def make_network(boundaries: Boundaries, exposed: Floats) -> Network:
    """Network of the boundaries. Collective.

    exposed: area of the outside at each local and ghost dof of the broken P1 space, zero where a
    coating covers the oxide.
    """
    space = fem.functionspace(boundaries.facets.mesh, ("Lagrange", 1))
    node = np.empty(boundaries.n_points, dtype=np.int32)
    node[boundaries.space.dofmap.list] = space.dofmap.list
    network = Network(
        space=space,
        node=node,
        facet=np.asarray(boundaries.space.dofmap.list),
        area=_node_areas(space, boundaries),
        mouth=_mouths(boundaries, exposed),
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


def _mouths(boundaries: Boundaries, exposed: Floats) -> Floats:
    """Length of the outside's edge at each point; an edge belongs to its two points alike."""
    at_outside = (exposed[boundaries.plus] > 0) | (exposed[boundaries.minus] > 0)
    facets = np.asarray(boundaries.space.dofmap.list)
    owned = boundaries.weight > 0
    if facets.shape[1] == 2:
        return (at_outside & owned).astype(float)
    length = np.zeros(boundaries.n_points)
    for first, second in ((0, 1), (1, 2), (0, 2)):
        a, b = facets[:, first], facets[:, second]
        edge = np.linalg.norm(boundaries.position[a] - boundaries.position[b], axis=1)
        edge[~(at_outside[a] & at_outside[b])] = 0.0
        np.add.at(length, a, edge / 2)
        np.add.at(length, b, edge / 2)
    return length * owned
