"""Where boundaries end at the outside of the oxide, bare or under a coating."""

from itertools import combinations

import numpy as np
import numpy.typing as npt

from solver.particle.exchange import told_apart
from solver.particle.interfaces import Boundaries, vertex_of_points
from solver.particle.mesh import COATING, Particle

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]


def ends_of_boundaries(boundaries: Boundaries, particle: Particle) -> tuple[Floats, Floats]:
    """Length of the edge of the bare outside at each point, and of that under a coating, um^(d-2).

    1 in 2D, zero inside and on ghost facets. Collective.
    """
    facets = np.asarray(boundaries.space.dofmap.list)
    vertex = particle.mesh.topology.index_map(0).local_to_global(
        vertex_of_points(boundaries).astype(np.int32)
    )
    coated = _beside_coating(boundaries, particle)
    bare = _mouths(boundaries, particle, vertex, _bare_facets(particle))
    beside = _mouths(boundaries, particle, vertex, vertex[facets[coated[facets[:, 0]]]])
    return bare, np.where(coated, 0.0, beside)


def _mouths(boundaries: Boundaries, particle: Particle, vertex: Integers, rim: Integers) -> Floats:
    """Length of the rim's edge at each point; an edge belongs to its two points alike. Collective.

    vertex: of each point, over all ranks. rim: vertices of facets of this rank, whose ends are
    the rim wherever they are known.
    """
    facets = np.asarray(boundaries.space.dofmap.list)
    places = list(combinations(range(facets.shape[1]), facets.shape[1] - 1))
    ends = np.vstack([facets[:, place] for place in places])
    size = particle.mesh.topology.index_map(0).size_global
    table = np.vstack([np.sort(rim[:, place], axis=1) for place in places])
    at_rim = told_apart(boundaries.comm, size, table, np.sort(vertex[ends], axis=1))
    x = boundaries.position[ends]
    along = np.linalg.norm(x[:, 1] - x[:, 0], axis=1) / 2 if ends.shape[1] == 2 else 1.0
    length = np.zeros(boundaries.n_points)
    np.add.at(length, ends, np.where(at_rim, along, 0.0)[:, None])
    return np.where(boundaries.weight > 0, length, 0.0)


def _bare_facets(particle: Particle) -> Integers:
    """Vertices of all owned facets of bare oxide outside, numbered over all ranks."""
    topology, d = particle.mesh.topology, particle.dimension
    cells = topology.connectivity(d - 1, d)
    cell = cells.array[cells.offsets[particle.outer]]
    bare = particle.outer[~particle.is_filler[particle.grain[cell]]]
    corners = topology.connectivity(d - 1, 0).array.reshape(-1, d)[bare]
    every = topology.index_map(0).local_to_global(corners.ravel())
    return np.asarray(every, dtype=np.int64).reshape(-1, d)


def _beside_coating(boundaries: Boundaries, particle: Particle) -> Booleans:
    """Whether each boundary point is between something and the coating."""
    coating = np.array([name == COATING for name in particle.grain_names])
    return np.asarray(coating[boundaries.pair].any(axis=1))
