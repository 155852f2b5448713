"""The function spaces of a particle, and where its boundaries are."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la

from solver.case.plane import Plane, components
from solver.particle import dolfinx_api
from solver.particle.interfaces import Boundaries, find_boundaries
from solver.particle.layout import Layout, make_layout
from solver.particle.mesh import Particle
from solver.particle.network import Network, make_network
from solver.particle.spaces import (
    break_at_grains,
    broken_like,
    grain_of_dofs,
    one_value,
    one_value_per_grain,
)
from solver.units.fields import Place
from solver.units.memory import Local

Integers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Spaces:
    """Function spaces of a particle; all broken spaces number their dofs alike.

    scalar, vector, tensor: P1 broken at the grains with 1, d and 6 components, d being those of
    the displacement. plane: what 2D means (see `case.plane`).
    corner: one value per corner of each cell (DG1). cell_axis: DG0 3-vectors. grain: one dof per
    grain. single: one dof.
    grain_of_node: grain of every local and ghost dof of `scalar`. grain_dof_of_node: local dof
    of `grain` that belongs to it. outer_area: share of the outside that each node carries, um^2.
    point_vector: vectors at the boundary points.
    network: the boundaries as one connected thing. layout: where in the particle they are.
    """

    plane: Plane
    scalar: fem.FunctionSpace
    vector: fem.FunctionSpace
    tensor: fem.FunctionSpace
    corner: fem.FunctionSpace
    cell_axis: fem.FunctionSpace
    grain: fem.FunctionSpace
    single: fem.FunctionSpace
    grain_of_node: Integers
    grain_dof_of_node: Integers
    outer_area: Floats
    boundaries: Boundaries
    point_vector: fem.FunctionSpace
    network: Network
    layout: Layout

    def local(self, V: fem.FunctionSpace, values: Floats, owned: bool = False) -> Local:
        """Return a copy of values of one of these spaces, and over which place they are.

        owned: whether they are of the dofs that this rank owns alone.
        """
        places: tuple[tuple[Place, fem.FunctionSpace], ...] = (
            ("node", self.scalar),
            ("node", self.vector),
            ("node", self.tensor),
            ("corner", self.corner),
            ("point", self.boundaries.space),
            ("point", self.point_vector),
            ("grain", self.grain),
            ("network", self.network.space),
            ("one", self.single),
        )
        place = next(place for place, space in places if space is V)
        return Local(place, values.copy(), V.dofmap.bs, owned)


def make_spaces(particle: Particle, plane: Plane = "generalised") -> Spaces:
    """Build all spaces of a particle. Collective.

    plane: what 2D means, no matter in 3D.
    """
    msh = particle.mesh
    d = components(particle.dimension, plane)
    scalar = break_at_grains(fem.functionspace(msh, ("Lagrange", 1)), particle.grain)
    grain = one_value_per_grain(msh, particle.grain, particle.n_grains)
    grain_dof_of_node = np.empty(len(grain_of_dofs(scalar, particle.grain)), dtype=np.int32)
    grain_dof_of_node[scalar.dofmap.list] = grain.dofmap.list
    boundaries = find_boundaries(particle, scalar, d)
    grain_of_node = grain_of_dofs(scalar, particle.grain)
    return Spaces(
        plane=plane,
        scalar=scalar,
        vector=broken_like(scalar, fem.functionspace(msh, ("Lagrange", 1, (d,)))),
        tensor=broken_like(scalar, fem.functionspace(msh, ("Lagrange", 1, (6,)))),
        corner=fem.functionspace(msh, ("DG", 1)),
        cell_axis=fem.functionspace(msh, ("DG", 0, (3,))),
        grain=grain,
        single=one_value(msh),
        grain_of_node=grain_of_node,
        grain_dof_of_node=grain_dof_of_node,
        outer_area=outer_areas(particle, scalar),
        boundaries=boundaries,
        point_vector=broken_like(
            boundaries.space,
            fem.functionspace(boundaries.facets.mesh, ("DG", 1, (d,))),
        ),
        network=make_network(boundaries, particle),
        layout=make_layout(boundaries, particle),
    )


def outer_areas(particle: Particle, scalar: fem.FunctionSpace) -> Floats:
    """Area of the outside that each local and ghost node carries, um^(d-1). Collective."""
    area = fem.Function(scalar)
    form = ufl.TestFunction(scalar) * particle.outer_measure()
    fem.assemble_vector(area.x.array, dolfinx_api.compile_form(form))
    area.x.scatter_reverse(la.InsertMode.add)
    area.x.scatter_forward()
    return area.x.array.copy()
