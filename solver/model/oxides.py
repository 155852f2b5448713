"""Which oxide each grain is of, and what follows for grains and nodes.

Where all grains are of one oxide, numbers stay numbers and laws take any occupancies; where they
are not, numbers become arrays over the grains, and laws take the occupancies of all nodes.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.case import Case
from solver.case.regions import region_of_grains
from solver.entries import laws
from solver.entries.laws import Law
from solver.materials import GrainMaterial
from solver.materials.library import MaterialStiffness
from solver.model.spaces import Spaces
from solver.particle.mesh import Particle
from solver.physics.mechanics import Stiffness
from solver.units.constants import METRE, PASCAL

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]
Each: TypeAlias = float | Floats  # the same for all grains, or a number for each


@dataclass(frozen=True)
class Oxides:
    """materials: the main one first. of_grain: number of that of each grain; 0 for fillers."""

    materials: tuple[GrainMaterial, ...]
    of_grain: Integers

    @property
    def main(self) -> GrainMaterial:
        """The oxide of all grains that no region names."""
        return self.materials[0]

    def number(self, value: Callable[[GrainMaterial], float]) -> Each:
        """Return a property of the oxides, one number if it is the same for all."""
        values = [value(material) for material in self.materials]
        return np.array(values)[self.of_grain] if len(set(values)) > 1 else values[0]

    def stiffness(self) -> Stiffness | None:
        """Return the stiffness of each grain, None if all are alike; MPa."""
        several = [internal_stiffness(material.stiffness) for material in self.materials]
        if len(set(several)) == 1:
            return None
        return Stiffness(*np.array(several).T).at(self.of_grain)

    def law(self, law: Callable[[GrainMaterial], Law], grain_of_node: Integers) -> Law:
        """Return the law of the oxide at each node."""
        if len(self.materials) == 1:
            return law(self.main)
        return laws.by_place(self.of_grain[grain_of_node], [law(each) for each in self.materials])


def oxides_of(case: Case, particle: Particle, materials: tuple[GrainMaterial, ...]) -> Oxides:
    """Return the oxides of a case on its particle. Collective; RegionError.

    materials: the main one, then those of the regions.
    """
    of_grain = np.zeros(particle.n_grains, dtype=np.intp)
    if case.materials.regions:
        volumes, centroids = grain_measures(particle)
        grains = np.flatnonzero(~particle.is_filler)
        names = [particle.grain_names[number] for number in grains]
        regions = case.materials.regions
        places = centroids[grains] / METRE
        of_grain[grains] = region_of_grains(regions, names, places, volumes[grains])
    return Oxides(materials, of_grain)


def grain_measures(particle: Particle) -> tuple[Floats, Floats]:
    """Volume (grains,) and centroid (grains, d) of every grain and filler, um. Collective."""
    d, msh = particle.dimension, particle.mesh
    n_cells = msh.topology.index_map(d).size_local
    corners = msh.geometry.x[msh.geometry.dofmap[:n_cells]][:, :, :d]
    edges = corners[:, 1:] - corners[:, :1]
    size = np.abs(np.linalg.det(edges)) / (2.0 if d == 2 else 6.0)
    moments = np.column_stack([size, size[:, None] * corners.mean(axis=1)])
    totals = np.zeros((particle.n_grains, d + 1))
    np.add.at(totals, particle.grain[:n_cells], moments)
    totals = msh.comm.allreduce(totals)
    return totals[:, 0], totals[:, 1:] / totals[:, :1]


def internal_stiffness(stiffness: MaterialStiffness) -> Stiffness:
    """Return the stiffness of a material (Pa) in MPa."""
    return Stiffness(*(PASCAL * constant for constant in astuple(stiffness)))


def at_nodes(each: Each, grain_of_node: Integers) -> Each:
    """Return a property of the grains at the nodes."""
    return each[grain_of_node] if isinstance(each, np.ndarray) else each


def over_grains(spaces: Spaces, each: Each) -> fem.Function:
    """Return a property of the grains as a function with one dof per grain."""
    values = fem.Function(spaces.grain)
    values.x.array[spaces.grain_dof_of_node] = at_nodes(each, spaces.grain_of_node)
    return values
