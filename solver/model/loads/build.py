"""What a case says about loads, and about bodies that are loaded without chemistry."""

import numpy as np
from dolfinx import fem

from solver.case import Case
from solver.case.plane import components
from solver.materials import load_grain_material
from solver.model.boundary_laws import LIQUID, point_states
from solver.model.loads.loads import LoadError, Loads, make_loads
from solver.model.loads.means import Means, make_means
from solver.model.mechanics import MechanicalSystem
from solver.model.spaces import Spaces
from solver.model.state import State
from solver.particle.mesh import Particle
from solver.protocol.increased import OpeningCase
from solver.units.axes import AXES

CHARGED = 10.0  # V, at which any liquid acts at its full rate
RESIDUAL = 1e-12  # share of the penalty that boundaries keep without chemistry: loads feel more


def loads_of(case: Case, particle: Particle, spaces: Spaces, stiffness: float) -> Loads | None:
    """Loads of a case, None of a free particle. Collective; LoadError.

    stiffness: of the solid, MPa.
    """
    if case.physics.transport.enabled and not case.loads:
        return None
    return make_loads(particle, spaces, case.loads, _measured(case, particle), stiffness)


def means_of(case: Case, mechanics: MechanicalSystem) -> Means | None:
    """Means over a body that is strained or stressed evenly. Collective."""
    evenly = any(load.strain or load.stress for load in case.loads)
    return make_means(mechanics.spaces, mechanics.node_volume) if evenly else None


def soak(case: Case, particle: Particle, spaces: Spaces, state: State) -> None:
    """Wet the boundaries that hold liquid, and charge the oxide as much as it is in the beginning.

    Only where it corrodes. A solid counts as charged further than any oxide.
    """
    if not case.physics.corrosion.enabled:
        return
    liquid = point_states(case, particle, spaces) == LIQUID
    state["wetness"][:] = liquid
    if case.materials.solid is None:
        potential = load_grain_material(case.materials.grain).potential_at(case.temperature)
        level = float(potential.value(np.array(case.initial.occupancy)))
    else:
        level = CHARGED
    state["grain_potential"][:] = level


def _measured(case: Case, particle: Particle) -> list[str]:
    """Surfaces whose opening controls a step; LoadError if it is along an axis out of the plane."""
    ends = [loading.until for loading in case.increased_loads()]
    openings = [until for until in ends if isinstance(until, OpeningCase)]
    for along in {opening.along for opening in openings}:
        if AXES.index(along) >= components(particle.dimension, case.mechanics.plane):
            why = f"opening: there is no component {along} in {particle.dimension}D"
            raise LoadError(why, "protocol")
    return [name for opening in openings for name in opening.between]


def crack_before(case: Case, particle: Particle, spaces: Spaces, state: State) -> None:
    """Let the facets of pre-cracks have parted. Collective."""
    boundaries = spaces.boundaries
    points = boundaries.space.dofmap.list
    cracked = fem.Function(boundaries.space)
    for name in case.precracks:
        facets = particle.surfaces.get(name, np.empty(0, np.int32))
        inside = np.isin(boundaries.facets.parent_facet, facets)
        if boundaries.comm.allreduce(int(inside.sum())) == 0:
            raise LoadError(
                f"no boundary between grains is named '{name}' in the mesh", "precracks"
            )
        cracked.x.array[points[inside].ravel()] = 1.0
    cracked.x.scatter_forward()
    state["damage"][cracked.x.array > 0] = 1.0
