"""Regions of a particle: oxide grains, and fillers between or around them."""

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from petsc4py import PETSc

from solver.model.oxides import Each, at_nodes
from solver.model.spaces import Spaces
from solver.particle.mesh import MeshFileError, Particle


def in_oxide(particle: Particle, spaces: Spaces) -> npt.NDArray[np.bool_]:
    """Whether each local and ghost node of the broken space belongs to a grain."""
    return ~particle.is_filler[spaces.grain_of_node]


def cell_values(particle: Particle, oxide: Each, filler: float) -> fem.Function:
    """DG0 function with one value in grains, or one for each of them, and another in fillers."""
    values = fem.Function(fem.functionspace(particle.mesh, ("DG", 0)))
    dofs = values.function_space.dofmap.list[:, 0]
    of_grains = at_nodes(oxide, particle.grain)
    values.x.array[dofs] = np.where(particle.is_filler[particle.grain], filler, of_grains)
    return values


def concentration(particle: Particle, each: Each) -> fem.Function | fem.Constant:
    """Sites per volume in every cell; in fillers, where there are none, a number to scale with."""
    if not isinstance(each, np.ndarray):
        return fem.Constant(particle.mesh, PETSc.ScalarType(each))
    values = fem.Function(fem.functionspace(particle.mesh, ("DG", 0)))
    values.x.array[values.function_space.dofmap.list[:, 0]] = each[particle.grain]
    return values


def axis_of_cells(particle: Particle, spaces: Spaces) -> fem.Function:
    """The c axis of each cell's grain, as a DG0 function."""
    return _of_cells(particle, spaces, particle.c_axis)


def a_axis_of_cells(particle: Particle, spaces: Spaces) -> fem.Function:
    """The a axis of each cell's grain, as a DG0 function; MeshError if the mesh does not tell."""
    if particle.a_axis is None:
        raise MeshFileError(
            "the mesh is of an older version and tells no a axes of its grains, but an oxide has "
            "a stiffness that is not the same in every direction about c: run the case anew"
        )
    return _of_cells(particle, spaces, particle.a_axis)


def _of_cells(
    particle: Particle, spaces: Spaces, of_grains: npt.NDArray[np.float64]
) -> fem.Function:
    """Vectors (grains, 3) as a DG0 function."""
    axis = fem.Function(spaces.cell_axis)
    rows = axis.x.array.reshape(-1, 3)
    rows[spaces.cell_axis.dofmap.list[:, 0]] = of_grains[particle.grain]
    return axis
