"""What moves lithium and charge in a model, and what the oxides of its grains are."""

from dataclasses import dataclass

import numpy as np

from solver.case import Case
from solver.entries import laws
from solver.entries.laws import Law
from solver.materials.bonded import potential_of
from solver.materials.counter import counter_of_case
from solver.materials.library import GrainMaterial
from solver.mechanisms.places import Places
from solver.model.electro.build import make_electrochemical_system
from solver.model.electro.surface_laws import conducts_ions
from solver.model.electro.system import (
    ElectrochemicalLaws,
    ElectrochemicalSystem,
    Electrochemistry,
)
from solver.model.extent import Extent
from solver.model.isolation import ElectronPaths, electron_paths
from solver.model.oxides import Each, Oxides, at_nodes
from solver.model.spaces import Spaces
from solver.model.state import State
from solver.particle.mesh import Particle
from solver.units.constants import METRE, MOLE, SIEMENS


@dataclass(frozen=True)
class Chemistry:
    """What moves lithium and charge, and the laws of the oxides at every temperature.

    strain_a, strain_c: lattice strain since the grains fit, by the occupancies of the nodes (zero
    without swelling). lattice_a: um, at the boundary points where it differs. oxides: what each
    grain is. paths: of the electrons from grain to grain and to the collector.
    """

    electro: ElectrochemicalSystem
    paths: ElectronPaths
    strain_a: Law
    strain_c: Law
    extent: Extent
    lattice_a: Each
    oxides: Oxides


def chemistry_of(
    case: Case,
    particle: Particle,
    spaces: Spaces,
    state: State,
    oxides: Oxides | None,
    at_first: ElectrochemicalLaws | None,
    extent: Extent,
    places: Places,
) -> Chemistry | None:
    """Set up transport and charge; None without oxides. Collective. at_first: first laws."""
    if oxides is None or at_first is None:
        return None
    of_node = spaces.grain_of_node
    electro = make_electrochemical_system(
        particle,
        spaces,
        state,
        electrochemistry(case, oxides),
        at_first,
        with_network=conducts_ions(case, particle, spaces),
        uniform_flux=case.electrode.flux == "uniform",
        counter=counter_of_case(case, zip(oxides.materials, extent.sites, strict=True)),
    )
    density = at_nodes(oxides.number(lambda each: each.density), of_node)
    return Chemistry(
        electro=electro,
        paths=electron_paths(places, electro, density, case.c_rate_basis, particle.n_grains),
        strain_a=oxides.law(lambda each: swelling_laws(case, each)[0], of_node),
        strain_c=oxides.law(lambda each: swelling_laws(case, each)[1], of_node),
        extent=extent,
        lattice_a=lattice_at_boundaries(oxides, spaces),
        oxides=oxides,
    )


def electrochemistry(case: Case, oxides: Oxides) -> Electrochemistry:
    """Return what no temperature changes, in internal units."""
    contact = case.electrode.contact
    return Electrochemistry(
        diffusivity_ratio=oxides.number(lambda each: each.diffusivity_ratio),
        max_concentration=oxides.number(lambda each: each.max_concentration * MOLE / METRE**3),
        collector_conductance=oxides.number(
            lambda each: (contact or each.collector_conductance) * SIEMENS / METRE**2
        ),
    )


def swelling_laws(case: Case, grain: GrainMaterial) -> tuple[Law, Law]:
    """Lattice strain within and across the layers, from where grains fit each other."""
    swelling = case.physics.swelling
    if not swelling.enabled:
        return laws.constant(0.0), laws.constant(0.0)
    return grain.swelling_since(swelling.stress_free_occupancy)


def lattice_at_boundaries(oxides: Oxides, spaces: Spaces) -> Each:
    """Lattice parameter a, um: where it differs, the mean of both sides of each point."""
    a = oxides.number(lambda each: each.lattice_a * METRE)
    return a[spaces.boundaries.pair].mean(axis=1) if isinstance(a, np.ndarray) else a


def start_uniform(chemistry: Chemistry, case: Case) -> None:
    """Give the main oxide its occupancy, and all else the potential at which it is at rest."""
    electro, oxides, occupancy = chemistry.electro, chemistry.oxides, case.initial.occupancy
    state = electro.state
    of_oxides = [
        potential_of(each, case.physics, case.temperature).value for each in oxides.materials
    ]
    level = float(of_oxides[0](np.array(occupancy)))
    same = [laws.occupancy_where(value, level) for value in of_oxides[1:]]
    x = np.array([occupancy, *same])[oxides.of_grain[electro.spaces.grain_of_node]]
    state["occupancy"][:] = np.where(electro.in_oxide, x, 0.0)
    state["grain_potential"][:] = level
    state["collector_potential"][:] = level
