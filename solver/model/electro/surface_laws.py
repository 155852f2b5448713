"""Laws of all surfaces of a particle, from its materials: what conditions are made of."""

import numpy as np
import numpy.typing as npt

from solver.case import Case
from solver.materials import FillerMaterial
from solver.model.boundary_laws import FILLED, LIQUID, Materials, beside_filler, point_states
from solver.model.electro.conditions import BoundaryLaws, Filling, Liquid, SurfaceLaws
from solver.model.electro.system import ElectrochemicalSystem
from solver.model.oxides import Oxides, at_nodes
from solver.model.spaces import Spaces
from solver.particle.mesh import Particle
from solver.units.constants import METRE, OHM, SIEMENS

Floats = npt.NDArray[np.floating]
PER_AREA = SIEMENS / METRE**2
FARAD_PER_AREA = 1.0  # F/m^2 in pC/(V um^2)


def surface_laws(
    case: Case,
    particle: Particle,
    electro: ElectrochemicalSystem,
    materials: Materials,
    oxides: Oxides,
    roughness: float,
) -> SurfaceLaws:
    """Laws of all surfaces of a case's particle. roughness: true over geometric outer area."""
    spaces, temperature, physics = electro.spaces, case.temperature, case.physics
    thermal_voltage, filler = electro.properties.thermal_voltage, materials.filler
    resistivity = OHM * METRE
    bare = materials.interphases[0].resistivity(temperature) * resistivity
    coated = materials.interphases[1].resistivity(temperature) * resistivity
    bridged_in, coated_in = (film.relaxation(temperature) for film in materials.interphases)
    to_liquid = filler.electrolyte_conductance if filler else 0.0
    return SurfaceLaws(
        boundary=boundary_laws(case, particle, spaces, materials, thermal_voltage),
        filling=filling(case, materials, filler, thermal_voltage) if filler else None,
        liquid=liquid(case, materials),
        roughness=roughness,
        film_resistance=at_nodes(
            oxides.number(lambda each: each.surface_film_resistance * OHM * METRE**2),
            spaces.grain_of_node,
        ),
        outside_exchange=to_liquid * PER_AREA * thermal_voltage,
        outside_resistivity=np.where(electro.in_oxide, bare, coated),
        inside_resistivity=bare,
        outside_relaxation=np.where(electro.in_oxide, bridged_in, coated_in),
        inside_relaxation=bridged_in,
        crack_blocks_lithium=physics.crack_blocks_lithium.enabled,
        crack_blocks_electrons=physics.crack_blocks_electrons.enabled,
    )


def boundary_laws(
    case: Case, particle: Particle, spaces: Spaces, materials: Materials, thermal_voltage: float
) -> BoundaryLaws:
    """What is between the two sides of every boundary point."""
    states, beside = point_states(case, particle, spaces), beside_filler(particle, spaces)
    lithium, electrons = np.empty(len(states)), np.empty(len(states))
    for state, material in materials.boundaries.items():
        lithium[states == state] = material.lithium_conductance
        electrons[states == state] = material.electron_conductance
    exchange = np.zeros(len(states))
    if materials.filler is not None:
        exchange[beside] = materials.filler.oxide_conductance * PER_AREA * thermal_voltage
        electrons[beside] = materials.filler.electron_conductance
    filled = (states == FILLED) & ~beside & case.ions_in_boundaries()
    with np.errstate(divide="ignore"):
        resistance = np.where(filled, np.inf, 1.0 / (lithium * PER_AREA))
    plus, minus = spaces.boundaries.pair.T
    filler = materials.filler
    return BoundaryLaws(
        resistance=resistance,
        exchange=exchange,
        electrons=electrons * PER_AREA,
        filled=filled,
        liquid=(states == LIQUID) & case.ions_in_boundaries(),
        plus_oxide=~particle.is_filler[plus],
        minus_oxide=~particle.is_filler[minus],
        rupture=np.inf if filler is None else filler.rupture_opening * METRE,
    )


def filling(
    case: Case, materials: Materials, filler: FillerMaterial, thermal_voltage: float
) -> Filling:
    """LPO that fills boundaries without cells of its own."""
    boundary, conductivity = materials.boundaries[FILLED], filler.conductivity(case.temperature)
    return Filling(
        thickness=boundary.thickness * METRE,
        conductivity_along=boundary.ionic_conductivity_factor * conductivity * SIEMENS / METRE,
        conductivity=conductivity * SIEMENS / METRE,
        exchange=filler.oxide_conductance * PER_AREA * thermal_voltage,
        electrolyte_conductance=filler.electrolyte_conductance * PER_AREA,
    )


def liquid(case: Case, materials: Materials) -> Liquid:
    """The electrolyte, in bulk and in boundaries."""
    electrolyte, boundary = materials.electrolyte, materials.boundaries[LIQUID]
    conductivity = electrolyte.conductivity(case.temperature) * SIEMENS / METRE
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
