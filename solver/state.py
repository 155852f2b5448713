"""The fields of one moment, by name, and the spaces they live in."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la

from solver import dolfinx_api
from solver.case.plane import Plane, components
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


@dataclass(frozen=True)
class State:
    """What the particle remembers from one moment to the next, in internal units.

    occupancy: Li per site, at the nodes. displacement: um. axial_strain: uniform out-of-plane
    strain (2D). grain_potential: V_g of each grain. collector_potential: V. network_potential:
    ionic potential in the boundaries, at the nodes of the network, V. stress_potential: share of
    the stress in the equilibrium potential, at the nodes, V. crack: phase field of the cracks in
    grains, 0 to 1, at the nodes; crack_drive: energy density that drives it, in the corners of
    the cells, MPa.

    Current densities in pA/um^2 of geometric area, positive when Li leaves the oxide: current on
    the outside, at the nodes; current_plus, current_minus into the boundaries from either side,
    and contact_current from '+' to '-', at the boundary points.

    At the boundary points: damage: of the bond, 0 intact, 1 parted (see `cohesive`). gape: largest
    normal gap so far, um. pull: effective traction of the bond when last in equilibrium, MPa, and
    travel: opening and closing since the beginning, added up, um, both for fatigue. fatigue:
    separation due to cycles, and corrosion, both 0 to 1. wetness: share that is wet. film,
    film_plus, film_minus: thickness of the interphase on the outside (at the nodes) and on either
    side of the boundaries, um; oxidation...: the current its growth draws, per true area. slip:
    vectors by which bonded sides have slid on each other, and stick: from which friction pulls them
    back, um.
    """

    occupancy: fem.Function
    displacement: fem.Function
    axial_strain: fem.Function
    grain_potential: fem.Function
    collector_potential: fem.Function
    network_potential: fem.Function
    current: fem.Function
    current_plus: fem.Function
    current_minus: fem.Function
    contact_current: fem.Function
    stress_potential: fem.Function
    crack: fem.Function
    crack_drive: fem.Function
    damage: fem.Function
    gape: fem.Function
    pull: fem.Function
    travel: fem.Function
    fatigue: fem.Function
    corrosion: fem.Function
    wetness: fem.Function
    film: fem.Function
    film_plus: fem.Function
    film_minus: fem.Function
    oxidation: fem.Function
    oxidation_plus: fem.Function
    oxidation_minus: fem.Function
    slip: fem.Function
    stick: fem.Function

    def copy_from(self, other: "State") -> None:
        """Take over all values of another state of the same spaces."""
        for item in fields(self):
            getattr(self, item.name).x.array[:] = getattr(other, item.name).x.array

    def arrays(self) -> dict[str, Floats]:
        """Local values of every field, by name."""
        return {item.name: getattr(self, item.name).x.array for item in fields(self)}


def make_state(spaces: Spaces) -> State:
    """State with all fields zero."""
    points = spaces.boundaries.space
    places = {
        "occupancy": spaces.scalar,
        "displacement": spaces.vector,
        "axial_strain": spaces.single,
        "grain_potential": spaces.grain,
        "collector_potential": spaces.single,
        "network_potential": spaces.network.space,
        "current": spaces.scalar,
        "stress_potential": spaces.scalar,
        "crack": spaces.scalar,
        "crack_drive": spaces.corner,
        "slip": spaces.point_vector,
        "stick": spaces.point_vector,
        "film": spaces.scalar,
        "oxidation": spaces.scalar,
    }
    names = [item.name for item in fields(State)]
    return State(**{name: fem.Function(places.get(name, points), name=name) for name in names})


def outer_areas(particle: Particle, scalar: fem.FunctionSpace) -> Floats:
    """Area of the outside that each local and ghost node carries, um^(d-1). Collective."""
    area = fem.Function(scalar)
    form = ufl.TestFunction(scalar) * particle.outer_measure()
    fem.assemble_vector(area.x.array, dolfinx_api.compile_form(form))
    area.x.scatter_reverse(la.InsertMode.add)
    area.x.scatter_forward()
    return area.x.array.copy()
