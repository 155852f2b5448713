"""Rigid flat walls across an axis that push what they meet: contact without friction.

A wall is where the surface reaches farthest, and moves along the axis with the load factor. A node
that is p behind it is pushed out by K a p, a being the area that it carries: K is so large beside
the solid that p is small beside the facets.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.case.loads import LoadCase
from solver.model.spaces import Spaces
from solver.units.axes import AXES
from solver.units.constants import METRE

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int32]
HARD = 20.0  # K over the stiffness of the solid by the size of a facet


@dataclass(frozen=True)
class Walls:
    """What can be pushed: owned dofs (each once a wall), and of each where its wall begins.

    gap: way to the wall at load factor 0, um. motion: of the wall at load factor 1, um, into the
    body. stiffness: K a, MPa um^(d-2). moves: motion of the wall at each surface and axis, um.
    """

    dofs: Integers
    gap: Floats
    motion: Floats
    stiffness: Floats
    moves: dict[tuple[str, str], float]

    def force(self, displacement: Floats, factor: float) -> Floats:
        """Push on each of the dofs. displacement: of all owned dofs, um."""
        return np.sign(self.motion) * self.stiffness * self._behind(displacement, factor)

    def energy(self, displacement: Floats, factor: float) -> float:
        """Energy in the walls of this rank, pJ."""
        return 0.5 * float(self.stiffness @ self._behind(displacement, factor) ** 2)

    def stiffening(self, displacement: Floats, factor: float) -> Floats:
        """How the push on each dof that touches falls with its displacement."""
        return self.stiffness * (self._past(displacement, factor) >= 0)

    def _behind(self, displacement: Floats, factor: float) -> Floats:
        return np.maximum(self._past(displacement, factor), 0.0)

    def _past(self, displacement: Floats, factor: float) -> Floats:
        """How far each dof is behind its wall, um; negative in front of it."""
        moved = np.sign(self.motion) * (factor * self.motion - displacement[self.dofs])
        return np.asarray(moved - self.gap)


def make_walls(
    spaces: Spaces,
    loads: Sequence[LoadCase],
    parts: dict[str, tuple[Integers, Floats]],
    facet: float,
    stiffness: float,
) -> Walls | None:
    """Walls of some loads, None without any. Collective.

    parts: owned nodes of each surface and the area that each carries. facet: size of a facet, um.
    stiffness: of the solid, MPa.
    """
    comm, d = spaces.boundaries.comm, spaces.vector.dofmap.bs
    x = spaces.scalar.tabulate_dof_coordinates()
    columns, moves = [], dict[tuple[str, str], float]()
    for load in loads:
        for axis, size in load.wall.items():
            k, way = AXES.index(axis), np.sign(size)
            nodes, area = parts[load.surface]
            ahead = -way * x[nodes, k]  # the farther, the sooner the wall meets it
            farthest = comm.allreduce(float(np.max(ahead, initial=-np.inf)), MPI.MAX)
            moves[load.surface, axis] = size * METRE
            columns.append((nodes * d + k, farthest - ahead, size * METRE + 0 * area, area))
    if not columns:
        return None
    dofs, gap, motion, area = (np.concatenate(column) for column in zip(*columns, strict=True))
    return Walls(dofs.astype(np.int32), gap, motion, HARD * stiffness / facet * area, moves)
