"""Laws of wear at the boundary points: by material, by case, by the potential that is there."""

import numpy as np
import pytest

from solver.materials.library import load_boundary_material
from solver.mechanisms.corrosion import attack
from tests.networks import brick_particle, built, static_case

BOTH = ("physics.fatigue.enabled=true", "physics.corrosion.enabled=true")


def pair(*overrides):
    """Two grains and the boundary between them."""
    return built(static_case(*BOTH, *overrides), brick_particle((2.0, 1.0), (4, 2), (2, 1)))


@pytest.mark.parametrize("levels", [(3.9, 4.2), (4.2, 3.9)])
def test_the_grain_of_higher_potential_decides_what_the_liquid_does(levels):
    model = pair("physics.wetting.enabled=true")
    grain = model.spaces.grain_of_node
    model.state["grain_potential"][model.spaces.grain_dof_of_node] = np.take(levels, grain)
    model.state["network_potential"][:] = 0.15
    model.state["wetness"][:] = 1.0
    corrosion, dt = model.slow["corrosion"], 1e4
    corrosion.advance(model.present(), dt)
    rate = corrosion.law.rate * attack(np.array(4.2 - 0.15), corrosion.law)
    assert model.state["corrosion"] == pytest.approx(-np.expm1(-rate * dt), rel=1e-9)


def test_each_side_of_a_boundary_has_its_own_potential():
    model = pair("physics.wetting.enabled=true")
    spaces, state = model.spaces, model.state
    levels = np.take([3.9, 4.2], spaces.grain_of_node)
    state["grain_potential"][spaces.grain_dof_of_node] = levels
    state["network_potential"][:] = 0.15
    _, plus, minus = model.present().potentials
    assert plus == pytest.approx(3.9 - 0.15)
    assert minus == pytest.approx(4.2 - 0.15)


def test_what_a_case_says_of_wear_comes_before_the_material():
    said = ("physics.fatigue.length=7", "physics.corrosion.potential_scale=0.3 V")
    usual, given = pair(), pair(*said)
    entries = load_boundary_material("dry").entries
    fatigue, corrosion = entries["fatigue"], entries["corrosion"]
    assert usual.slow["fatigue"].law.length == pytest.approx(fatigue.length)
    assert given.slow["fatigue"].law.length == pytest.approx(7.0)
    assert given.slow["fatigue"].law.endurance == pytest.approx(fatigue.endurance)
    assert given.slow["corrosion"].law.scale == pytest.approx(0.3)
    assert given.slow["corrosion"].law.reference == pytest.approx(corrosion.reference_potential)


def test_accelerations_multiply_what_they_name():
    said = ("physics.fatigue.acceleration=9", "physics.corrosion.acceleration=50")
    plain, fast = pair(), pair(*said)
    assert tuple(each.slow["fatigue"].law.acceleration for each in (plain, fast)) == (1.0, 9.0)
    rate = load_boundary_material("dry").entries["corrosion"].rate(298.15)
    assert plain.slow["corrosion"].law.rate == pytest.approx(rate, rel=1e-12)
    assert fast.slow["corrosion"].law.rate == pytest.approx(50 * rate, rel=1e-12)


@pytest.mark.parametrize("acceleration", [1.0, 9.0])
def test_a_path_is_remembered_as_often_as_it_counts(acceleration):
    """Pulled to a quarter of the strength, to half of it, and let go: once the whole of it."""
    model = pair(f"physics.fatigue.acceleration={acceleration}")
    state, old = model.state, model.state.another()
    law = model.mechanics.law
    for share in (0.25, 0.5, 0.0):
        old.copy_from(state)
        moved = state["displacement"].reshape(-1, 3)
        moved[model.spaces.grain_of_node == 1] = [share * float(np.max(law.onset)), 0.0, 0.0]
        model.slow["fatigue"].advance(model.present(old), 1.0)
    unit = law.toughness / (np.e * law.strength)
    assert np.ptp(law.strength) == 0.0
    assert state["travel"] == pytest.approx(unit * acceleration, rel=1e-9)
