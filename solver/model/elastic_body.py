"""Stress and energy of an elastic strain in grains and fillers, less what cracks in grains take."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from solver.model.regions import a_axis_of_cells, axis_of_cells, cell_values
from solver.model.spaces import Spaces
from solver.particle.interfaces import VERTEX_RULE
from solver.particle.mesh import Particle
from solver.physics import mechanics
from solver.physics.phase_field import Degradation

Floats = npt.NDArray[np.floating]

THROUGH = (  # strains xz, yz and zz
    ((0, 0, 0.5), (0, 0, 0), (0.5, 0, 0)),
    ((0, 0, 0), (0, 0, 0.5), (0, 0.5, 0)),
    ((0, 0, 0), (0, 0, 0), (0, 0, 1)),
)


@dataclass(frozen=True)
class ElasticBody:
    """What strain and stress of a particle are made of: c axes and stiffness of its cells.

    intact_stress: of an elastic strain if no grain were cracked, MPa. plane_stress: strains
    along z are those without stress there, at each point. degradation: what cracks in grains leave
    of the stress; None if grains do not crack.
    """

    axis: fem.Function
    intact_stress: Callable[[Expr], Expr]
    dx: ufl.Measure
    plane_stress: bool = False
    degradation: Degradation | None = None

    def eigenstrain(self, strain_a: Expr, strain_c: Expr) -> Expr:
        """Lattice strain as a tensor."""
        return mechanics.eigenstrain(strain_a, strain_c, self.axis)

    def elastic_strain(self, unknowns: list[fem.Function], a: Expr, c: Expr) -> Expr:
        """Strain of the unknowns less the lattice strain."""
        return self.relieved(strain_of(unknowns) - self.eigenstrain(a, c))

    def relieved(self, e: Expr) -> Expr:
        """Elastic strain; in plane stress its parts along z are those that leave none there."""
        if not self.plane_stress:
            return e
        through = [ufl.as_tensor(each) for each in THROUGH]
        of_each = [self.intact_stress(each) for each in through]
        yields = ufl.as_matrix([[stress[i, 2] for stress in of_each] for i in range(3)])
        there = self.intact_stress(e)
        amounts = ufl.inv(yields) * ufl.as_vector([there[i, 2] for i in range(3)])
        return e - sum(amounts[j] * each for j, each in enumerate(through))

    def stress(self, elastic_strain: Expr) -> Expr:
        """Stress of an elastic strain, MPa."""
        intact = self.intact_stress(elastic_strain)
        if self.degradation is None:
            return intact
        return self.degradation.stress(intact, elastic_strain)

    def intact_energy(self, elastic_strain: Expr) -> Expr:
        """Elastic energy density if no grain were cracked, MPa."""
        return 0.5 * ufl.inner(self.intact_stress(elastic_strain), elastic_strain)

    def energy(self, elastic_strain: Expr) -> Expr:
        """Elastic energy density, MPa."""
        intact = self.intact_energy(elastic_strain)
        if self.degradation is None:
            return intact
        return self.degradation.energy(intact, elastic_strain)


def make_body(
    particle: Particle,
    spaces: Spaces,
    oxide: mechanics.Stiffness,
    filler: mechanics.Stiffness,
    degradation: Degradation | None = None,
) -> ElasticBody:
    """Elastic body of grains and fillers; stiffness in MPa, of the oxide perhaps grain by grain."""
    dx = ufl.Measure("dx", particle.mesh, metadata=VERTEX_RULE)
    plane_stress = particle.dimension == 2 and spaces.plane == "stress"
    if plane_stress and degradation is not None and degradation.kept is not None:
        raise ValueError("in plane stress all elastic energy drives cracks: there is no split")
    axis = axis_of_cells(particle, spaces)
    intact_stress = _intact_stress(particle, spaces, axis, oxide, filler)
    return ElasticBody(axis, intact_stress, dx, plane_stress, degradation)


def _intact_stress(
    particle: Particle,
    spaces: Spaces,
    axis: fem.Function,
    oxide: mechanics.Stiffness,
    filler: mechanics.Stiffness,
) -> Callable[[Expr], Expr]:
    """Stress of an elastic strain in oxide and fillers; terms that vanish everywhere left out."""
    even = _coefficients(particle, oxide.invariant_form(), filler.invariant_form())

    def evenly(e: Expr) -> Expr:
        return mechanics.transversely_isotropic_stress(e, axis, even)

    if not oxide.knows_directions_about_c():
        return evenly
    across = a_axis_of_cells(particle, spaces)
    uneven = _coefficients(particle, oxide.form_about_c(), filler.form_about_c())
    return lambda e: evenly(e) + mechanics.stress_of_directions_about_c(e, across, axis, uneven)


def _coefficients(particle: Particle, oxide: Floats, filler: Floats) -> Expr:
    """Coefficients of cells: of the oxide, perhaps grain by grain, and of fillers."""
    if not particle.is_filler.any() and oxide.ndim == 1:
        return fem.Constant(particle.mesh, oxide)
    pairs = zip(oxide, filler, strict=True)
    of_grains = [(np.broadcast_to(a, particle.n_grains), float(b)) for a, b in pairs]
    return ufl.as_vector([cell_values(particle, a, b) for a, b in of_grains])


def strain_of(unknowns: list[fem.Function]) -> Expr:
    """Strain of the unknowns as a tensor."""
    return mechanics.strain(unknowns[0], unknowns[1] if len(unknowns) == 2 else 0)
