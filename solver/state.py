"""The fields of one moment, by name, and the spaces they live in."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.particle.interfaces import Boundaries, find_boundaries
from solver.particle.mesh import Particle
from solver.particle.spaces import (
    break_at_grains,
    broken_like,
    grain_of_dofs,
    one_value,
    one_value_per_grain,
)

Integers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Spaces:
    """Function spaces of a particle; all broken spaces number their dofs alike.

    scalar, vector, tensor: P1 broken at the grains with 1, `dimension` and 6 components.
    cell_axis: DG0 3-vectors. grain: one dof per grain. single: one dof.
    grain_of_node: grain of every local and ghost dof of `scalar`. grain_dof_of_node: local dof
    of `grain` that belongs to it.
    """

    scalar: fem.FunctionSpace
    vector: fem.FunctionSpace
    tensor: fem.FunctionSpace
    cell_axis: fem.FunctionSpace
    grain: fem.FunctionSpace
    single: fem.FunctionSpace
    grain_of_node: Integers
    grain_dof_of_node: Integers
    boundaries: Boundaries


def make_spaces(particle: Particle) -> Spaces:
    """Build all spaces of a particle. Collective."""
    msh = particle.mesh
    scalar = break_at_grains(fem.functionspace(msh, ("Lagrange", 1)), particle.grain)
    grain = one_value_per_grain(msh, particle.grain, particle.n_grains)
    grain_dof_of_node = np.empty(len(grain_of_dofs(scalar, particle.grain)), dtype=np.int32)
    grain_dof_of_node[scalar.dofmap.list] = grain.dofmap.list
    return Spaces(
        scalar=scalar,
        vector=broken_like(scalar, fem.functionspace(msh, ("Lagrange", 1, (msh.geometry.dim,)))),
        tensor=broken_like(scalar, fem.functionspace(msh, ("Lagrange", 1, (6,)))),
        cell_axis=fem.functionspace(msh, ("DG", 0, (3,))),
        grain=grain,
        single=one_value(msh),
        grain_of_node=grain_of_dofs(scalar, particle.grain),
        grain_dof_of_node=grain_dof_of_node,
        boundaries=find_boundaries(particle, scalar),
    )


@dataclass(frozen=True)
class State:
    """What the particle remembers from one moment to the next, in internal units.

    occupancy: Li per site, at the nodes. displacement: um. axial_strain: uniform out-of-plane
    strain (2D). grain_potential: V_g of each grain. collector_potential: V. current: reaction
    current density on the outside, at the nodes, pA/um^2, positive when Li leaves.
    stress_potential: share of the stress in the equilibrium potential, at the nodes, V.
    opening: largest effective opening so far at each boundary point, um.
    """

    occupancy: fem.Function
    displacement: fem.Function
    axial_strain: fem.Function
    grain_potential: fem.Function
    collector_potential: fem.Function
    current: fem.Function
    stress_potential: fem.Function
    opening: fem.Function

    def copy_from(self, other: "State") -> None:
        """Take over all values of another state of the same spaces."""
        for item in fields(self):
            getattr(self, item.name).x.array[:] = getattr(other, item.name).x.array

    def arrays(self) -> dict[str, Floats]:
        """Local values of every field, by name."""
        return {item.name: getattr(self, item.name).x.array for item in fields(self)}


def make_state(spaces: Spaces) -> State:
    """State with all fields zero."""
    return State(
        occupancy=fem.Function(spaces.scalar, name="occupancy"),
        displacement=fem.Function(spaces.vector, name="displacement"),
        axial_strain=fem.Function(spaces.single, name="axial_strain"),
        grain_potential=fem.Function(spaces.grain, name="grain_potential"),
        collector_potential=fem.Function(spaces.single, name="collector_potential"),
        current=fem.Function(spaces.scalar, name="current"),
        stress_potential=fem.Function(spaces.scalar, name="stress_potential"),
        opening=fem.Function(spaces.boundaries.space, name="opening"),
    )
