"""Every boundary follows the material of its own state."""

from dataclasses import replace

import numpy as np
import pytest

from solver.materials import load_boundary_material
from solver.model.boundary_laws import (
    boundary_strength,
    grain_size,
    materials_of,
    point_states,
)
from solver.model.spaces import make_spaces
from solver.particle.mesh import Particle
from solver.text.problems import CaseError
from tests.particles import case_of, meshed, strip

CASE = case_of("[{rest: {until: {time: 1}}}]", "physics.cohesive.scatter=0")
STATES = {(0, 1): "lpo", (1, 2): "dry", (2, 3): "liquid"}


@pytest.fixture(scope="module")
def layers() -> Particle:
    """Four grains in a row, with three boundaries of different states."""
    return replace(strip(4.0, 1.0, 8, 2, [[0, 0, 1]] * 4), boundary_state=STATES)


def test_points_have_the_state_of_their_pair_of_grains(layers: Particle) -> None:
    spaces = make_spaces(layers)
    states = point_states(CASE, layers, spaces)
    pairs = list(map(tuple, spaces.boundaries.pair.tolist()))
    assert dict(zip(pairs, states.tolist(), strict=True)) == STATES


def test_each_boundary_is_as_strong_as_its_material(layers: Particle) -> None:
    spaces = make_spaces(layers)
    strength = boundary_strength(CASE, layers, spaces, materials_of(CASE, layers).boundaries)
    ratio = load_boundary_material("lpo").strength / load_boundary_material("dry").strength
    first = spaces.boundaries.pair[:, 0]
    assert np.unique(strength.strength[first > 0]).size == 1
    assert strength.strength[first == 0] == pytest.approx(ratio * strength.strength[first > 0][0])
    assert strength.toughness[first == 0] / strength.strength[first == 0] == pytest.approx(
        load_boundary_material("lpo").toughness / load_boundary_material("lpo").strength * 1e6
    )


def test_without_a_table_all_boundaries_have_the_state_of_the_case(layers: Particle) -> None:
    plain = replace(layers, boundary_state={})
    assert set(point_states(CASE, plain, make_spaces(plain)).tolist()) == {"dry"}


def test_a_rule_of_the_case_reaches_the_points() -> None:
    case = case_of(
        "[{rest: {until: {time: 1}}}]",
        "particle.boundary={state: lpo, rule: fraction, fraction: 0.5}",
        "particle.grains.count=12",
    )
    particle = meshed(case)
    spaces = make_spaces(particle)
    filled = point_states(case, particle, spaces) == "lpo"
    assert spaces.boundaries.integral(filled.astype(float)) == pytest.approx(
        0.5 * spaces.boundaries.area(), rel=0.1
    )


MIXED = [
    "physics.cohesive.scatter=0",
    "physics.cohesive.shear_strength=3 GPa",
    "physics.cohesive.shear_toughness=40 J/m^2",
    "physics.cohesive.mixed_mode={criterion: benzeggagh_kenane, exponent: 1.75}",
    "physics.cohesive.law=exponential",
]


def test_shear_has_the_strength_and_toughness_of_the_case_in_every_state(layers: Particle) -> None:
    case = case_of("[{rest: {until: {time: 1}}}]", *MIXED)
    spaces = make_spaces(layers)
    law = boundary_strength(case, layers, spaces, materials_of(case, layers).boundaries)
    assert (law.criterion, law.exponent, law.shape) == ("benzeggagh_kenane", 1.75, "exponential")
    assert law.shear_ratio * law.strength == pytest.approx(3e3)
    assert law.toughness_ratio * law.toughness == pytest.approx(40.0)
    assert np.unique(law.strength).size == 2


def test_unbreakable_boundaries_have_no_modes(layers: Particle) -> None:
    case = case_of("[{rest: {until: {time: 1}}}]", *MIXED, "physics.cohesive.enabled=false")
    known = materials_of(case, layers).boundaries
    law = boundary_strength(case, layers, make_spaces(layers), known)
    assert law.criterion == "none"
    assert law.strength.min() > 1e9
    assert np.all(law.onset < law.final)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("physics.cohesive.shear_toughness=4 J/m^2", "needs mixed_mode.criterion"),
        ("physics.cohesive.mixed_mode={criterion: power_law, exponent: -1}", "greater than 0"),
        ("physics.cohesive.mixed_mode.criterion=power", "power_law"),
        ("physics.cohesive.law=linear", "bilinear"),
        ("physics.cohesive.scatter=0.5", "scatter_law: weibull"),
    ],
)
def test_a_law_that_makes_no_sense_is_refused(change: str, message: str) -> None:
    with pytest.raises(CaseError, match=message):
        case_of("[{rest: {until: {time: 1}}}]", change)


def test_the_mean_size_of_grains_knows_nothing_of_films(layers: Particle) -> None:
    assert grain_size(layers) == pytest.approx(1.0)
    filmed = replace(layers, is_filler=np.array([False, True, False, False]))
    assert grain_size(filmed) == pytest.approx(1.0)
    long = strip(6.0, 1.0, 12, 2, [[0, 0, 1]] * 3)
    assert grain_size(long) == pytest.approx(2.0**0.5)
