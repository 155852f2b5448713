"""Laws of all surfaces of a particle, from its materials: what conditions are made of."""

import numpy as np
import numpy.typing as npt

from solver.case import Case
from solver.materials import FillerMaterial
from solver.mechanisms.places import Places, Points
from solver.model.boundary_laws import FILLED, LIQUID, Materials, beside_filler, point_states
from solver.model.electro.conditions import BoundaryLaws, Filling, Liquid, SurfaceLaws
from solver.model.oxides import Oxides, at_nodes
from solver.model.spaces import Spaces
from solver.particle.mesh import Particle
from solver.physics.kinetics import thermal_voltage_at
from solver.units.constants import METRE, OHM, SIEMENS

Floats = npt.NDArray[np.floating]
PER_AREA = SIEMENS / METRE**2
FARAD_PER_AREA = 1.0  # F/m^2 in pC/(V um^2)


def surface_laws(
    case: Case,
    particle: Particle,
    spaces: Spaces,
    materials: Materials,
    oxides: Oxides,
    places: Places,
    temperature: float,
) -> SurfaceLaws:
    """Laws of all surfaces of a case's particle at a temperature in K."""
    physics, filler = case.physics, materials.filler
    thermal_voltage = thermal_voltage_at(temperature)
    to_liquid = filler.electrolyte_conductance if filler else 0.0
    return SurfaceLaws(
        places=places,
        boundary=boundary_laws(particle, spaces, materials, places.points, thermal_voltage),
        filling=filling(materials, filler, temperature) if filler else None,
        liquid=liquid(materials, temperature),
        film_resistance=at_nodes(
            oxides.number(lambda each: each.surface_film_resistance * OHM * METRE**2),
            spaces.grain_of_node,
        ),
        outside_exchange=to_liquid * PER_AREA * thermal_voltage,
        crack_blocks_lithium=physics.crack_blocks_lithium.enabled,
        crack_blocks_electrons=physics.crack_blocks_electrons.enabled,
    )


def boundary_laws(
    particle: Particle,
    spaces: Spaces,
    materials: Materials,
    points: Points,
    thermal_voltage: float,
) -> BoundaryLaws:
    """What is between the two sides of every boundary point."""
    states, beside = points.state, beside_filler(particle, spaces)
    lithium, electrons = np.empty(len(states)), np.empty(len(states))
    for state, material in materials.boundaries.items():
        lithium[states == state] = material.lithium_conductance
        electrons[states == state] = material.electron_conductance
    exchange = np.zeros(len(states))
    if materials.filler is not None:
        exchange[beside] = materials.filler.oxide_conductance * PER_AREA * thermal_voltage
        electrons[beside] = materials.filler.electron_conductance
    with np.errstate(divide="ignore"):
        resistance = np.where(points.filled, np.inf, 1.0 / (lithium * PER_AREA))
    return BoundaryLaws(resistance, exchange, electrons * PER_AREA)


def filling(materials: Materials, filler: FillerMaterial, temperature: float) -> Filling:
    """LPO that fills boundaries without cells of its own."""
    boundary, conductivity = materials.boundaries[FILLED], filler.conductivity(temperature)
    thermal_voltage = thermal_voltage_at(temperature)
    return Filling(
        thickness=boundary.thickness * METRE,
        conductivity_along=boundary.ionic_conductivity_factor * conductivity * SIEMENS / METRE,
        conductivity=conductivity * SIEMENS / METRE,
        exchange=filler.oxide_conductance * PER_AREA * thermal_voltage,
        electrolyte_conductance=filler.electrolyte_conductance * PER_AREA,
    )


def liquid(materials: Materials, temperature: float) -> Liquid:
    """The electrolyte, in bulk and in boundaries."""
    electrolyte, boundary = materials.electrolyte, materials.boundaries[LIQUID]
    conductivity = electrolyte.conductivity(temperature) * SIEMENS / METRE
    return Liquid(
        width=boundary.thickness * METRE,
        conductivity_along=boundary.ionic_conductivity_factor * conductivity,
        conductivity=conductivity,
        transfer=electrolyte.charge_transfer,
        double_layer=electrolyte.double_layer * FARAD_PER_AREA,
    )


def conducts_ions(case: Case, particle: Particle, spaces: Spaces) -> bool:
    """Whether boundaries have an ionic potential: filled, liquid or wettable. Collective."""
    if not case.ions_in_boundaries() or spaces.boundaries.area() == 0:
        return False
    if case.physics.wetting.enabled:
        return True
    states, beside = point_states(case, particle, spaces), beside_filler(particle, spaces)
    inside = np.isin(states, [FILLED, LIQUID]) & ~beside
    return bool(spaces.boundaries.maximum(inside.astype(float)) > 0)
