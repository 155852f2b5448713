"""Rigid motions of a body: which of them nothing holds, and whether forces work on any."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.model.spaces import Spaces
from solver.units.axes import AXES

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int32]
ROUNDING = 1e-6
OUT_OF_PLANE = "motion along z"  # that of a plane body, which nothing in its plane holds
HELD = 1e-8  # relative: a rigid motion that moves held points less is free


def free_motions(held: Integers, spaces: Spaces) -> list[str]:
    """Names of the rigid motions that no held dof of this rank or another hinders. Collective."""
    motions, names = rigid_fields(spaces)
    comm = spaces.boundaries.comm
    at_held = np.array([motion.ravel()[held] for motion in motions])
    scale = [comm.allreduce(float(np.abs(m).max(initial=0.0)), MPI.MAX) for m in motions]
    at_held /= np.array(scale)[:, None]
    gram = comm.allreduce(at_held @ at_held.T)
    values, vectors = np.linalg.eigh(gram)
    loose = values <= HELD * max(values[-1], 1e-300)
    free, independent = vectors.T[loose], list[int]()
    for number in reversed(range(len(names))):  # a turn about a held point is a rotation first
        if np.linalg.matrix_rank(free[:, [*independent, number]], tol=ROUNDING) > len(independent):
            independent.append(number)
    return [names[number] for number in sorted(independent)]


def is_balanced(force: Floats, spaces: Spaces, names: Sequence[str]) -> bool:
    """Whether a force on the owned dofs works on none of the named rigid motions. Collective."""
    motions = zip(*rigid_fields(spaces), strict=True)
    moved = [motion.ravel()[: len(force)] for motion, name in motions if name in names]
    if not moved:
        return True
    work = [(force @ m, np.abs(force) @ np.abs(m)) for m in moved]
    net, whole = np.abs(spaces.boundaries.comm.allreduce(np.array(work))).T
    return bool(np.all(net <= ROUNDING * whole))


def rigid_fields(spaces: Spaces) -> tuple[list[Floats], list[str]]:
    """Rigid motions at every local node, (nodes, d), and what to call them."""
    x = spaces.scalar.tabulate_dof_coordinates()
    return rigid_motions(x, spaces.vector.dofmap.bs, spaces.scalar.mesh.geometry.dim)


def rigid_motions(x: Floats, d: int, dimension: int) -> tuple[list[Floats], list[str]]:
    """Rigid motions of points (n, 3) with d components (n, d), and what to call them."""
    planes = {"z": (0, 1)} if dimension == 2 else {"z": (0, 1), "x": (1, 2), "y": (0, 2)}
    motions, names = list[Floats](), list[str]()
    for axis in range(d):
        motions.append(np.zeros((len(x), d)))
        motions[-1][:, axis] = 1.0
        names.append(f"motion along {AXES[axis]}")
    for axis_name, (i, j) in planes.items():
        motions.append(np.zeros((len(x), d)))
        motions[-1][:, i], motions[-1][:, j] = -x[:, j], x[:, i]
        names.append(f"rotation about {axis_name}")
    return motions, names
