"""The stress part that a potential measured on bonded grains holds already."""

import numpy as np
import pytest

from solver.case import CaseError
from solver.entries import laws
from solver.materials.bonded import bonded_stress_part
from solver.solve.staggered import CoupledSolver
from tests.particles import case_of, disc, load_grain_material, meshed, model_of, oxide, ran

BONDED = "physics.stress_in_potential.reference=bonded"
X = np.array(0.3)


def ball(grains, size, *overrides):
    """A ball of bonded grains at x = 0.3, and a rest long enough for all lithium to settle."""
    return case_of(
        "[{rest: {until: {time: 2000 s}}}]",
        *disc(grains, 1.0, size, size),
        "particle.shape=sphere",
        "physics.cohesive.enabled=false",
        f"initial.occupancy={float(X)}",
        "numerics.time_step.initial=100",
        "numerics.time_step.maximum=1000",
        "numerics.occupancy_error=1e-2",
        *overrides,
    )


@pytest.mark.slow
def test_the_mean_stress_part_of_a_ball_of_many_grains_is_that_of_the_aggregate():
    case = ball(100, 0.2)
    model = model_of(case, meshed(case))
    CoupledSolver(model).equilibrate()
    volume = model.mechanics.node_volume
    found = volume @ model.state["stress_potential"] / volume.sum()
    exact = float(bonded_stress_part(load_grain_material("NMC76")).value(X))
    print(f"mean stress part {found * 1e3:.2f} mV, of the aggregate {exact * 1e3:.2f} mV")
    assert exact < -0.025
    assert found == pytest.approx(exact, rel=0.15)


def rested(*overrides):
    """Voltage of forty bonded grains at rest, less U(x) as the material has it, in V."""
    case = ball(40, 0.25, *overrides)
    _, recorder, outcome = ran(model_of(case, meshed(case)))
    assert outcome.status == "finished", outcome.reason
    before, last = (row["Voltage / V"] for row in recorder.rows[-2:])
    assert last == pytest.approx(before, abs=1e-6), "lithium has not settled"
    measured = load_grain_material("NMC76").potential.value(X)
    return last - float(measured)


@pytest.mark.slow
def test_a_bonded_particle_at_rest_shows_the_potential_that_was_measured_on_such():
    shifted, corrected = rested(), rested(BONDED)
    print(f"V - U(x) at rest: {shifted * 1e3:.2f} mV, taken off {corrected * 1e3:.2f} mV")
    assert shifted < -0.018
    assert abs(corrected) < 0.3 * abs(shifted)


def unstrained(*overrides):
    """Potential law of a model, as it is solved with."""
    case = case_of("[{rest: {until: {time: 1 s}}}]", *disc(5, 1.0, 0.3, 0.3), *overrides)
    return model_of(case, meshed(case)).electro.laws.potential


def test_nothing_is_taken_off_where_stress_is_not_in_the_potential():
    plain, x = unstrained(), np.linspace(0.1, 0.9, 9)
    for switch in ("stress_in_potential", "swelling"):
        law = unstrained(BONDED, f"physics.{switch}.enabled=false")
        assert np.array_equal(law.value(x), plain.value(x))
    assert np.abs(unstrained(BONDED).value(x) - plain.value(x)).max() > 0.01


def test_the_part_is_minus_the_slope_of_the_energy_density():
    """Energy k m^2 at the misfit m = x/10 of c over a: s = -k x / 50 F c_max."""
    material = oxide(strain_a=laws.constant(0.02), strain_c=laws.linear(0.02, 0.1))
    law, x = bonded_stress_part(material), np.array([0.2, 0.6])
    one, three = law.value(x)
    assert three == pytest.approx(3 * one, rel=1e-9)
    per_volume = 20.29e9 / (96485 * material.max_concentration)
    assert one == pytest.approx(-per_volume * 0.2 / 50, rel=1e-3)
    assert law.slope(x) == pytest.approx([5 * one, 5 * one], rel=1e-6)


def test_the_part_counts_from_where_grains_fit():
    material = load_grain_material("NMC76")
    part = bonded_stress_part(material, free=0.58)
    assert abs(part.value(np.array(0.58))) < 1e-9
    whole = bonded_stress_part(material)
    misfit = material.strain_c.value(X) - material.strain_a.value(X)
    at_free = 0.01548 + 0.01252
    assert part.value(X) / whole.value(X) == pytest.approx(1 - at_free / misfit, rel=1e-3)
    plain, x = unstrained(BONDED), np.linspace(0.1, 0.9, 9)
    since_half = unstrained(BONDED, "physics.swelling.stress_free_occupancy=0.5")
    assert np.abs(since_half.value(x) - plain.value(x)).max() > 0.005


def test_an_unknown_reference_is_refused():
    with pytest.raises(CaseError, match="reference: expected 'free' or 'bonded'"):
        case_of("[{rest: {until: {time: 1 s}}}]", "physics.stress_in_potential.reference=loose")
