"""Totals of a particle."""

from dataclasses import dataclass

import numpy as np

from solver.case import Case
from solver.model.mechanics import MechanicalSystem
from solver.model.oxides import Oxides, at_nodes
from solver.model.regions import in_oxide
from solver.particle.mesh import Particle
from solver.units.constants import METRE, MOLE


@dataclass(frozen=True)
class Extent:
    """Totals of the particle; in 2D per um of depth. Fillers do not count in volume and mass.

    volume: um^3. outer_area: um^2. mass: kg. sites: for lithium in each fresh oxide, fmol.
    """

    volume: float
    outer_area: float
    mass: float
    sites: tuple[float, ...] = ()


NOTHING = Extent(0.0, 0.0, 0.0)  # of a body without oxide


def measure_extent(
    particle: Particle, mechanics: MechanicalSystem, oxides: Oxides | None
) -> Extent:
    """Volume and mass of the oxide, and the whole outer area; nothing without. Collective."""
    if oxides is None:
        return NOTHING
    spaces = mechanics.spaces
    n_owned = spaces.scalar.dofmap.index_map.size_local
    density = at_nodes(oxides.number(lambda each: each.density), spaces.grain_of_node)
    oxide = mechanics.node_volume * in_oxide(particle, spaces)
    which = oxides.of_grain[spaces.grain_of_node]
    of_oxides = [
        oxide * (which == number) * material.max_concentration * MOLE / METRE**3
        for number, material in enumerate(oxides.materials)
    ]
    of_nodes = oxide, spaces.outer_area, oxide * density / METRE**3, *of_oxides
    local = np.array([values[:n_owned].sum() for values in of_nodes])
    volume, area, mass, *sites = map(float, spaces.boundaries.comm.allreduce(local))
    return Extent(volume, area, mass, tuple(sites))


def roughness(case: Case, extent: Extent) -> float:
    """True over geometric area of the outside; 1 unless an oxide has one that the case gives."""
    area = case.physics.wetting.outer_area
    if area is None or extent.mass == 0.0:
        return 1.0
    return area * METRE**2 * extent.mass / extent.outer_area
