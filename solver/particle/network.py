"""The network of grain boundaries: functions continuous over junctions, and what is connected.

A node of the network is a vertex of boundary facets; all boundary points (facets' corners) at a
vertex meet there. Where a boundary reaches the oxide's outer surface, its point is a mouth, which
a coating may cover.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la

from solver.particle import dolfinx_api
from solver.particle.interfaces import VERTEX_RULE, Boundaries
from solver.particle.joined import SharedNodes, joined, local_pieces
from solver.particle.mesh import Particle
from solver.particle.mouths import ends_of_boundaries
from solver.particle.pieces import Pieces, pieces_between_grains

Integers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]


class Connected(NamedTuple):
    """What is connected among some points of the boundaries.

    label: number of the whole that each point belongs to, the same on all ranks though not one
    behind the other, -1 where it belongs to none. marked: whether any point of that whole is
    marked. number: of wholes. rounds: that ranks needed to agree.
    """

    label: npt.NDArray[np.int64]
    marked: Booleans
    number: int
    rounds: int


@dataclass(frozen=True)
class Network:
    """P1 on the facets of the boundaries.

    space: one dof per node. node: of each boundary point. facet: points of each local facet,
    (facets, dimension). area: of the boundaries, shared out to the nodes, um^(d-1), ghosts
    included. mouth: length of the outside's edge that belongs to each point, um^(d-2) (1 in 2D),
    zero inside and on ghost facets. covered: the same where the oxide ends under a coating.
    shared: nodes that several ranks know.
    """

    space: fem.FunctionSpace
    node: Integers
    facet: Integers
    area: Floats
    mouth: Floats
    covered: Floats
    boundaries: Boundaries
    shared: SharedNodes

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

    def connected(self, permeable: Booleans, marked: Booleans) -> Connected:
        """Return what is connected among the permeable points of all ranks. Collective.

        Pieces hang together along facets between their points, and over nodes. permeable, marked:
        at the boundary points; what ghosts say does not count.
        """
        owned = permeable & (self.boundaries.weight > 0)
        names, piece = np.unique(self._pieces(owned)[owned], return_inverse=True)
        piece_at_node = np.full(len(self.area), -1, dtype=np.int64)
        piece_at_node[self.node[owned]] = piece
        flag = np.zeros(len(names), dtype=bool)
        flag[piece[marked[owned]]] = True
        whole = joined(self.boundaries.comm, self.shared, piece_at_node, flag)
        return Connected(
            np.where(permeable, whole.at_node[self.node], -1),
            permeable & whole.marked_node[self.node],
            whole.number,
            whole.rounds,
        )

    def reached(self, permeable: Booleans, sources: Booleans) -> Booleans:
        """Permeable points that a path of permeable points joins to a source. Collective.

        A path goes along facets between their points, and over nodes. sources: points, permeable
        themselves, from which paths start.
        """
        return self.connected(permeable, sources & permeable).marked

    def between_grains(self, allowed: Booleans) -> Pieces:
        """Return the connected pieces of each boundary between two grains. Collective.

        allowed: points of which they may consist.
        """
        return pieces_between_grains(self, allowed)

    def _pieces(self, permeable: Booleans) -> npt.NDArray[np.int64]:
        """Number of the connected piece of each permeable point, on this rank alone."""
        return local_pieces(self.facet, self.node, len(self.area), permeable)


def make_network(boundaries: Boundaries, particle: Particle) -> Network:
    """Network of the boundaries of a particle. Collective."""
    space = fem.functionspace(boundaries.facets.mesh, ("Lagrange", 1))
    node = np.empty(boundaries.n_points, dtype=np.int32)
    node[boundaries.space.dofmap.list] = space.dofmap.list
    mouth, covered = ends_of_boundaries(boundaries, particle)
    return Network(
        space=space,
        node=node,
        facet=np.asarray(boundaries.space.dofmap.list),
        area=_node_areas(space, boundaries),
        mouth=mouth,
        covered=covered,
        boundaries=boundaries,
        shared=SharedNodes(boundaries.comm, space.dofmap.index_map),
    )


def _node_areas(space: fem.FunctionSpace, boundaries: Boundaries) -> Floats:
    """Area that vertex quadrature gives to each node. Collective."""
    dx = ufl.Measure("dx", boundaries.facets.mesh, metadata=VERTEX_RULE)
    area = fem.Function(space)
    fem.assemble_vector(area.x.array, dolfinx_api.compile_form(ufl.TestFunction(space) * dx))
    area.x.scatter_reverse(la.InsertMode.add)
    area.x.scatter_forward()
    return area.x.array.copy()
