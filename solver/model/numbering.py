"""How arrays over places of a rank are known on any number of ranks: by original numbers.

A node is its vertex and its grain, a corner its cell and its vertex, a point its own vertex and
those of its facet, a node of the network its vertex, a grain its number.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.model.spaces import Spaces
from solver.particle.dolfinx_api import local_size
from solver.particle.mesh import Particle
from solver.particle.numbering import Order, original_cells, original_vertices
from solver.units.memory import Local

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int64]


class Numbering:
    """Takes arrays over places apart into tables whose order no partition changes, and back.

    orders: of the rows of a table, by its name, which is a place; an array over surfaces has two
    tables, of the nodes and of the points with a column for either side. All methods are
    collective but `tables` and `slabs`.
    """

    def __init__(self, particle: Particle, spaces: Spaces) -> None:
        self.comm = particle.mesh.comm
        self.orders = _orders(particle, spaces)
        self._n_nodes = len(spaces.grain_of_node)

    def tables(self, local: Local) -> dict[str, int]:
        """Return the names of the tables of an array, and how many columns each has."""
        columns = local.components * int(np.prod(local.values.shape[1:], dtype=int))
        if local.place == "surface":
            return {"node": columns, "point": 2 * columns}
        return {local.place: columns}

    def slabs(self, local: Local) -> dict[str, tuple[int, int]]:
        """Return the rows and columns that this rank's slabs of those tables have."""
        tables = self.tables(local).items()
        return {name: (len(self.orders[name].keys), columns) for name, columns in tables}

    def gather(self, local: Local) -> dict[str, Floats]:
        """Return the slabs that this rank has of the tables of an array."""
        rows = self._apart(local)
        return {name: self.orders[name].gather(rows[name].astype(float)) for name in rows}

    def scatter(self, like: Local, slabs: Mapping[str, Floats]) -> Local:
        """Return an array over a place of this rank out of the slabs that ranks have of its tables.

        like: what it is to be like, itself empty.
        """
        rows = [self.orders[name].scatter(slabs[name]) for name in self.tables(like)]
        if like.place == "surface":
            nodes, points = rows
            joined = np.concatenate([nodes, *np.split(points, 2, axis=1)])
        else:
            joined = rows[0]
        if like.owned:
            joined = joined[: self.orders[like.place].n_owned]
        values = joined.astype(like.values.dtype).reshape(-1, *like.values.shape[1:])
        return Local(like.place, values, like.components, like.owned)

    def _apart(self, local: Local) -> dict[str, npt.NDArray]:
        columns = self.tables(local)
        rows = local.values.reshape(-1, next(iter(columns.values())))
        if local.place != "surface":
            return {local.place: rows}
        nodes, sides = rows[: self._n_nodes], rows[self._n_nodes :]
        return {"node": nodes, "point": np.hstack(np.split(sides, 2))}


def _orders(particle: Particle, spaces: Spaces) -> dict[str, Order]:
    """The order of everything that has values, by its place. Collective."""
    msh, boundaries = particle.mesh, spaces.boundaries
    corners = original_vertices(msh)
    vertex = _at_dofs(spaces.scalar, corners[..., None])[:, 0]
    facets = vertex[boundaries.plus][np.asarray(boundaries.space.dofmap.list)]
    cells = np.broadcast_to(original_cells(msh)[:, None], corners.shape)
    grains = particle.grain[:, None, None]
    keys: dict[str, tuple[fem.FunctionSpace, Integers]] = {
        "node": (spaces.scalar, np.column_stack([vertex, spaces.grain_of_node])),
        "corner": (spaces.corner, _at_dofs(spaces.corner, np.dstack([cells, corners]))),
        "point": (boundaries.space, _at_dofs(boundaries.space, _points(facets))),
        "network": (
            spaces.network.space,
            _at_dofs(spaces.network.space, facets[..., None]),
        ),
        "grain": (spaces.grain, _at_dofs(spaces.grain, grains)),
        "one": (spaces.single, _at_dofs(spaces.single, np.zeros_like(grains))),
    }
    return {place: Order(msh.comm, V.dofmap.index_map, at) for place, (V, at) in keys.items()}


def _points(facets: Integers) -> Integers:
    """Keys of the points of facets, (facets, points, numbers): their own vertex, and all."""
    every = np.sort(facets, axis=1)[:, None, :]
    return np.dstack([facets, np.broadcast_to(every, (*facets.shape, facets.shape[1]))])


def _at_dofs(V: fem.FunctionSpace, of_cells: npt.NDArray[np.integer]) -> Integers:
    """Numbers of every local and ghost dof of those of cells, (cells, dofs of each, numbers)."""
    at = np.full((local_size(V.dofmap.index_map), of_cells.shape[2]), -1, dtype=np.int64)
    at[V.dofmap.list] = of_cells
    return at
