"""The stress that a measured potential holds already: that of grains bonded to each other."""

import numpy as np

from solver.case.physics import PhysicsCase
from solver.entries import laws
from solver.entries.laws import Law
from solver.materials.aggregate import kelvin, mismatch_energy
from solver.materials.library import GrainMaterial, MaterialError
from solver.units.constants import FARADAY

POINTS = 197  # between x = 0.01 and 0.99


def bonded_stress_part(material: GrainMaterial, free: float | None = None) -> Law:
    """Return the mean stress part of the potential of a bonded aggregate at uniform x, in V.

    s(x) = -w'(x) / (F c_max), with the energy density w = k (c(x) - a(x))^2 of a large aggregate
    of grains turned at random, free from outside: what makes all grains longer alike strains none.
    free: occupancy at which they fit each other; None: where strains of the material are zero.
    """
    per_misfit = mismatch_energy(kelvin(material.stiffness))
    x = np.linspace(0.01, 0.99, POINTS)
    within, across = material.swelling_since(free)
    misfit, slope = across.value(x) - within.value(x), across.slope(x) - within.slope(x)
    per_volume = FARADAY * material.max_concentration
    part = -2 * per_misfit * misfit * slope / per_volume
    return laws.table([float(v) for v in x], [float(v) for v in part])


def potential_of(material: GrainMaterial, physics: PhysicsCase, temperature: float) -> Law:
    """Return U(x) of the oxide without stress, in V: as measured, or without that part.

    Raises MaterialError where it would not fall strictly.
    """
    law, stress = material.potential_at(temperature), physics.stress_in_potential
    if stress.reference == "free" or not (stress.enabled and physics.swelling.enabled):
        return law
    part = bonded_stress_part(material, physics.swelling.stress_free_occupancy)
    law = law.plus(part.scaled(-1.0))
    try:
        laws.require_falling(law)
    except ValueError as error:
        raise MaterialError(
            f"{material.name} without the stress part of bonded grains: {error}"
        ) from error
    return law
