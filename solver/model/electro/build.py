"""Sets up the electrochemical system of a particle: fields, surfaces, compiled forms."""

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from petsc4py import PETSc

from solver.materials.counter import METAL, Counter
from solver.model.electro.diffusion import conductances_of_cells
from solver.model.electro.forms import compile_forms
from solver.model.electro.surfaces import Passages, Share, Surface, Surfaces, closed
from solver.model.electro.system import (
    CollectorControl,
    ElectrochemicalLaws,
    ElectrochemicalSystem,
    Electrochemistry,
    Facing,
    HeldConditions,
    NetworkFields,
    NodalFields,
    UniformFlux,
)
from solver.model.oxides import at_nodes
from solver.model.regions import in_oxide
from solver.model.spaces import Spaces
from solver.model.state import State
from solver.particle.mesh import Particle

Floats = npt.NDArray[np.floating]


def make_electrochemical_system(
    particle: Particle,
    spaces: Spaces,
    state: State,
    properties: Electrochemistry,
    laws: ElectrochemicalLaws,
    with_network: bool = False,
    uniform_flux: bool = False,
    counter: Counter = METAL,
) -> ElectrochemicalSystem:
    """Set up the electrochemical system of a particle, all surfaces closed. Collective.

    laws: that it begins with. with_network: whether boundaries conduct ions, so that their
    potential is an unknown. uniform_flux: whether the current spreads evenly over the outside,
    whatever the reaction says. counter: what faces the particle, with sites in fmol.
    """
    oxide, c_max = in_oxide(particle, spaces), properties.max_concentration
    state["sites"][:] = oxide * at_nodes(c_max, spaces.grain_of_node)
    names = ("occupancy", "grain_potential", "collector_potential")
    unknowns = [state.function(name) for name in names]
    system = ElectrochemicalSystem(
        unknowns=[*unknowns, state.function("network_potential")] if with_network else unknowns,
        residual=[],
        tangent=[],
        nodal=_nodal_fields(spaces, oxide),
        surfaces=_surfaces(spaces, state),
        network=_network_fields(spaces) if with_network else None,
        uniform=_uniform_flux(particle, spaces) if uniform_flux else None,
        occupancy_old=fem.Function(spaces.scalar),
        sites_old=_filled(spaces.scalar, state["sites"]),
        aside_old=fem.Function(spaces.scalar),
        electron_contact=fem.Function(spaces.boundaries.space),
        collector_contact=_filled(spaces.grain, 1.0),
        control=CollectorControl(*(_constant(particle, value) for value in (1.0, *[0.0] * 5))),
        facing=Facing(counter, _whole(spaces, spaces.outer_area)),
        dt=_constant(particle, 1.0),
        ds=particle.outer_measure(),
        outer_area=spaces.outer_area,
        in_oxide=oxide,
        conductances=conductances_of_cells(properties, spaces, particle),
        properties=properties,
        held=_all_closed(spaces, laws),
        state=state,
        spaces=spaces,
        grain_names=particle.grain_names,
    )
    system.set_laws(laws)
    compile_forms(system, particle)
    return system


def _constant(particle: Particle, value: float) -> fem.Constant:
    return fem.Constant(particle.mesh, PETSc.ScalarType(value))


def _filled(space: fem.FunctionSpace, values: Floats | float) -> fem.Function:
    function = fem.Function(space)
    function.x.array[:] = values
    return function


def _all_closed(spaces: Spaces, laws: ElectrochemicalLaws) -> HeldConditions:
    """No passage through any surface, and lithium as mobile as the material says."""
    n_nodes, n_points = len(spaces.grain_of_node), spaces.boundaries.n_points
    passages = Passages(closed(n_nodes), *(closed(n_points) for _ in range(3)))
    return HeldConditions(laws, passages, np.ones(n_nodes))


def _surfaces(spaces: Spaces, state: State) -> Surfaces:
    boundaries, current = spaces.boundaries, state.sides("current")
    nodes = np.arange(len(spaces.grain_of_node), dtype=np.int32)
    return Surfaces(
        outside=Surface.at(nodes, current.outside, spaces.scalar),
        plus=Surface.at(boundaries.plus, current.plus, boundaries.space),
        minus=Surface.at(boundaries.minus, current.minus, boundaries.space),
        contact=Surface.at(boundaries.plus, state["contact_current"], boundaries.space),
    )


def _network_fields(spaces: Spaces) -> NetworkFields:
    return NetworkFields(fem.Function(spaces.boundaries.space), fem.Function(spaces.network.space))


def _uniform_flux(particle: Particle, spaces: Spaces) -> UniformFlux:
    bare = _whole(spaces, spaces.outer_area * in_oxide(particle, spaces))
    return UniformFlux(Share.on(spaces.scalar), _whole(spaces, spaces.outer_area) / bare)


def _whole(spaces: Spaces, of_nodes: Floats) -> float:
    """Sum over the nodes of all ranks. Collective."""
    n_owned = spaces.scalar.dofmap.index_map.size_local
    return float(spaces.boundaries.comm.allreduce(float(of_nodes[:n_owned].sum())))


def _nodal_fields(spaces: Spaces, oxide: npt.NDArray[np.bool_]) -> NodalFields:
    """Nodal fields with all that never changes: how the potential of fillers is an unknown."""
    nodal = NodalFields.on(spaces.scalar)
    nodal.lithium_potential_by_grain.x.array[:] = oxide
    nodal.lithium_potential_slope.x.array[:] = ~oxide
    nodal.potential_slope.x.array[:] = ~oxide
    return nodal
