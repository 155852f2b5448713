"""Particles whose boundaries slide, as cases run them: switches, temperature, rejected steps."""

import numpy as np
import pytest

from solver.physics.sliding import tangential
from solver.solve.timestep import Stepper
from tests.particles import case_of, meshed, model_of, ran

CHARGE = "[{charge: {rate: 2C, until: {time: 600 s}}}, {rest: {until: {time: 300 s}}}]"
SMALL = [
    "particle.radius=1.2 um",
    "particle.grains.count=8",
    "particle.mesh={size: 0.3 um, boundary_size: 0.2 um}",
    "numerics.time_step.fixed=100 s",
]
ROOM = "physics.sliding={enabled: true, relaxation_time: 200 s, reference_temperature: 298.15}"
FASTER = "physics.sliding.acceleration=10"


def end_of(*overrides):
    case = case_of(CHARGE, *SMALL, *overrides)
    model = model_of(case, meshed(case))
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return model, recorder.rows[-1]


@pytest.fixture(scope="module")
def usual():
    return end_of()


def shear_of(model):
    """Mean shear in the boundaries, MPa."""
    boundaries = model.spaces.boundaries
    traction = model.mechanics.traction.x.array.reshape(boundaries.normal.shape)
    shear = np.linalg.norm(tangential(traction, boundaries.normal), axis=1)
    return boundaries.integral(shear) / boundaries.area()


def test_sliding_relieves_a_particle_and_is_kept_in_the_books(usual):
    """Shear goes; the grains stay interlocked, so most of the elastic energy does not."""
    model, row = end_of(ROOM)
    shear = shear_of(model) / shear_of(usual[0])
    elastic = row["Elastic Energy / J.m-1"] / usual[1]["Elastic Energy / J.m-1"]
    print(
        f"shear {shear:.2f} and elastic energy {elastic:.3f} of those without sliding, sliding up "
        f"to {row['Largest Sliding / 1']:.1f} a, energy error {row['Energy Error / 1']:.1e}"
    )
    assert shear < 0.5
    assert elastic < 0.95
    assert row["Sliding Dissipation / J.m-1"] > 0
    assert row["Energy Error / 1"] < 1e-6
    slip = np.linalg.norm(model.mechanics.bond.slipped, axis=1).max()
    assert row["Largest Sliding / 1"] == pytest.approx(slip / 2.8704e-4, rel=1e-9)


def test_switched_off_nothing_slides(usual):
    model, row = usual
    assert not model.state["slip"].any()
    assert not model.state["stick"].any()
    assert row["Sliding Dissipation / J.m-1"] == row["Friction Dissipation / J.m-1"] == 0.0
    assert row["Largest Sliding / 1"] == 0.0


def test_fast_laws_of_boundaries_run_in_a_case():
    mixed = "physics.cohesive.mixed_mode={criterion: benzeggagh_kenane, exponent: 1.75}"
    _, row = end_of(
        mixed,
        "physics.cohesive.law=exponential",
        "physics.cohesive.shear_toughness=3 J/m^2",
        "physics.cohesive.strength=0.5 GPa",
        "physics.cohesive.toughness=1 J/m^2",
        "physics.cohesive.scatter_law=weibull",
        "physics.friction.enabled=true",
    )
    print(f"mean damage {row['Mean Damage / 1']:.2f}, error {row['Energy Error / 1']:.1e}")
    assert row["Mean Damage / 1"] > 0.02
    assert row["Energy Error / 1"] < 1e-6


def law_of(*overrides):
    case = case_of(CHARGE, *SMALL, ROOM, *overrides)
    return model_of(case, meshed(case)).mechanics.bond.sliding


def test_heat_speeds_sliding_up_by_its_activation_energy():
    cold, warm, faster = law_of(), law_of("temperature=60 degC"), law_of(FASTER)
    factor = np.exp(1e5 / 8.314462618 * (1 / 333.15 - 1 / 298.15))
    assert warm.relaxation_time == pytest.approx(cold.relaxation_time * factor, rel=1e-6)
    assert faster.relaxation_time == pytest.approx(cold.relaxation_time / 10)


def test_a_stiffer_penalty_does_not_change_the_viscosity():
    soft, stiff = (law_of(f"physics.cohesive.penalty={p} Pa/m") for p in ("1e19", "4e19"))
    size = np.sqrt(np.pi * 1.2**2 / 8)
    assert soft.relaxation_time * 1e7 == pytest.approx(200 * 50e3 / size, rel=0.02)
    assert stiff.relaxation_time * 4 == pytest.approx(soft.relaxation_time, rel=1e-9)


def test_a_step_taken_back_takes_the_slip_back():
    case = case_of(CHARGE, *SMALL, ROOM, "physics.friction.enabled=true")
    model = model_of(case, meshed(case))
    simulation, _, _ = ran(model)
    stepper, slip = Stepper(model, simulation.way.solver), model.state["slip"]
    before, found = slip.copy(), []
    for dt in (50.0, 5.0, 50.0):
        stepper.attempt(dt)
        found.append(slip.copy())
    assert np.abs(found[0] - before).max() > 1e-3 * np.abs(before).max() > 0
    assert found[2] == pytest.approx(found[0], rel=1e-5, abs=1e-9 * np.abs(before).max())
    assert np.abs(found[1] - before).max() < np.abs(found[0] - before).max()
    stepper.restore()
    assert np.array_equal(slip, before)
