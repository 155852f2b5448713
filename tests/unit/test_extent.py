"""How large a particle counts: what is oxide, and what only surrounds it."""

from dataclasses import replace

import numpy as np
import pytest

from solver.constants import METRE
from solver.materials.library import load_grain_material
from tests.networks import brick_particle, built, static_case


def test_a_coating_counts_in_the_outside_but_weighs_nothing():
    """A brick of 2 um x 1 um in one of 4 um x 3 um."""
    number = [1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1]
    particle = brick_particle((4.0, 3.0), (8, 6), (4, 3), number)
    case = static_case("physics.wetting.outer_area=0.6 m^2/g")
    model = built(case, replace(particle, is_filler=np.array([False, True])))
    mass = 2.0 * load_grain_material("NMC76").density / METRE**3
    assert model.extent.volume == pytest.approx(2.0)
    assert model.extent.outer_area == pytest.approx(14.0)
    assert model.extent.mass == pytest.approx(mass)
    assert model.surfaces.roughness == pytest.approx(600.0 * METRE**2 * mass / 14.0)
