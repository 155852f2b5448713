"""Where the grains of a particle fit each other: lattice strain counts from that occupancy."""

import numpy as np
import pytest

from solver.solve.staggered import CoupledSolver
from tests.particles import case_of, disc, meshed, model_of


def resting(*overrides):
    """Five bonded grains, of one occupancy, in equilibrium: largest stress, MPa, and the model."""
    case = case_of(
        "['Rest for 1 minute']",
        *disc(5, 0.8, 0.2, 0.16),
        "physics.cohesive.enabled=false",
        *overrides,
    )
    model = model_of(case, meshed(case))
    solver = CoupledSolver(model)
    solver.equilibrate()
    return np.abs(solver.stress).max(), model


def free_at(occupancy):
    return f"physics.swelling.stress_free_occupancy={occupancy}"


@pytest.mark.parametrize("occupancy", [0.95, 0.5])
def test_there_a_particle_of_one_occupancy_has_no_stress(occupancy):
    stress, model = resting(free_at(occupancy), f"initial.occupancy={occupancy}")
    assert stress < 1e-6
    assert np.abs(model.state["stress_potential"]).max() < 1e-12


def test_elsewhere_it_has_one_and_by_default_that_of_full_lithiation():
    default, _ = resting("initial.occupancy=0.5")
    full, _ = resting("initial.occupancy=0.5", free_at(1.0))
    near, _ = resting("initial.occupancy=0.5", free_at(0.55))
    assert default == full > 500
    assert 0 < near < 0.3 * full


def test_stress_follows_the_difference_of_strain_and_turns_about_with_it():
    """From 0.5 to 0.95 what is taken away is what is added from 0.95 to 0.5."""
    _, there = resting("initial.occupancy=0.5", free_at(0.95))
    _, back = resting("initial.occupancy=0.95", free_at(0.5))
    away, towards = (model.state["displacement"] for model in (there, back))
    assert np.abs(away + towards).max() < 1e-6 * np.abs(away).max()
    for name in ("strain_a", "strain_c"):
        values = [getattr(m, name).value(np.linspace(0.2, 0.9, 8)) for m in (there, back)]
        assert np.ptp(values[0] - values[1]) < 1e-12


def test_swelling_that_is_off_has_no_strain_wherever_it_would_count_from():
    stress, model = resting("physics.swelling.enabled=false", free_at(0.5))
    assert stress == 0.0
    assert np.all(model.strain_c.value(np.linspace(0, 1, 5)) == 0.0)
