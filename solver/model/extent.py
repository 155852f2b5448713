"""Totals of a particle."""

from dataclasses import dataclass

import numpy as np

from solver.case import Case
from solver.model.electro.system import ElectrochemicalSystem
from solver.model.mechanics import MechanicalSystem
from solver.model.oxides import Oxides, at_nodes
from solver.units.constants import METRE


@dataclass(frozen=True)
class Extent:
    """Totals of the particle; in 2D per um of depth. Fillers do not count in volume and mass.

    volume: um^3. outer_area: um^2. mass: kg. sites: for lithium in the fresh oxide, fmol.
    """

    volume: float
    outer_area: float
    mass: float
    sites: float


NOTHING = Extent(0.0, 0.0, 0.0, 0.0)  # of a body without oxide


def measure_extent(
    mechanics: MechanicalSystem, electro: ElectrochemicalSystem, oxides: Oxides
) -> Extent:
    """Volume, mass and sites of the oxide, and the whole outer area. Collective."""
    spaces, volume = mechanics.spaces, mechanics.node_volume
    n_owned = spaces.scalar.dofmap.index_map.size_local
    density = at_nodes(oxides.number(lambda each: each.density), spaces.grain_of_node)
    oxide = volume * electro.in_oxide
    of_nodes = (oxide, electro.outer_area, oxide * density / METRE**3, electro.sites(volume))
    local = np.array([values[:n_owned].sum() for values in of_nodes])
    return Extent(*map(float, spaces.boundaries.comm.allreduce(local)))


def roughness(case: Case, extent: Extent) -> float:
    """True over geometric area of the outside; 1 unless an oxide has one that the case gives."""
    area = case.physics.wetting.outer_area
    if area is None or extent.mass == 0.0:
        return 1.0
    return area * METRE**2 * extent.mass / extent.outer_area
