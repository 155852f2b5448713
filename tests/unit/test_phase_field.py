"""Terms of the phase field: what a crack leaves, what drives it, how strong that makes a bar."""

from dataclasses import replace

import numpy as np
import pytest
import ufl

from solver.model.mechanics import make_mechanical_system
from solver.model.phase_field import degradation_of, make_grain_fracture, measure_cracks
from solver.model.spaces import make_spaces
from solver.model.state import make_state
from solver.physics import crack_length, mechanics, phase_field
from solver.physics.mechanics import Stiffness
from solver.physics.phase_field import Degradation, Resistance
from solver.solve.phase_field import CrackSolver
from tests.bodies import (
    LAYERED,
    STEEL_LIKE,
    body_of,
    bricks,
    stiffness_tensor,
    unbreakable,
)

RNG = np.random.default_rng(8)
LAME, SHEAR = 120e3, 80e3
AXIS = np.array([0.6, 0.0, 0.8])
BULK = LAYERED.reuss_bulk()


def energy(kept, e: np.ndarray) -> float:
    """Value of a kept energy at a strain."""
    return float(kept(ufl.as_matrix(e))(None))


def plane(e: np.ndarray) -> np.ndarray:
    """Symmetric part without shear out of the plane."""
    e = (e + e.T) / 2
    e[:2, 2] = e[2, :2] = 0.0
    return e


def test_reuss_modulus_is_the_largest_that_leaves_a_positive_drive():
    stiff = stiffness_tensor(LAYERED, AXIS).reshape(9, 9)
    volume = np.outer(np.eye(3).ravel(), np.eye(3).ravel())
    assert np.linalg.eigvalsh(stiff - BULK * volume).min() > -1e-9 * BULK
    assert np.linalg.eigvalsh(stiff - 1.01 * BULK * volume).min() < -1e-4 * BULK


def test_reuss_modulus_of_an_isotropic_solid_is_its_bulk_modulus():
    assert Stiffness.isotropic(200e3, 0.25).reuss_bulk() == pytest.approx(200e3 / 1.5)
    assert Stiffness.isotropic(200e3, 0.25).young_along_c() == pytest.approx(200e3)


def test_isotropy_is_told():
    assert Stiffness.isotropic(200e3, 0.25).is_isotropic()
    assert not LAYERED.is_isotropic()


def test_nothing_drives_a_crack_under_pure_pressure():
    stiff = stiffness_tensor(LAYERED, AXIS).reshape(9, 9)
    e = np.linalg.pinv(stiff) @ np.eye(3).ravel() * -500.0
    whole = 0.5 * e @ stiff @ e
    kept = energy(phase_field.volumetric_compression(BULK), e.reshape(3, 3))
    assert kept == pytest.approx(whole, rel=1e-9)


def test_tension_keeps_nothing():
    e = plane(RNG.normal(size=(3, 3))) * 1e-4 + 0.01 * np.eye(3)
    assert energy(phase_field.volumetric_compression(BULK), e) == 0.0
    assert energy(phase_field.principal_compression(LAME, SHEAR), e) == 0.0


def test_compression_in_every_direction_keeps_everything_of_the_spectral_split():
    e = plane(RNG.normal(size=(3, 3))) * 1e-3 - 0.01 * np.eye(3)
    whole = 0.5 * LAME * np.trace(e) ** 2 + SHEAR * (e**2).sum()
    assert energy(phase_field.principal_compression(LAME, SHEAR), e) == pytest.approx(whole)


@pytest.mark.parametrize(
    "kept",
    [
        phase_field.volumetric_compression(BULK),
        phase_field.principal_compression(LAME, SHEAR),
    ],
)
def test_degraded_stress_is_the_derivative_of_the_degraded_energy(kept):
    stiffness = Stiffness(LAME + 2 * SHEAR, LAME, LAME, LAME + 2 * SHEAR, SHEAR)
    axis, numbers = ufl.as_vector(AXIS), ufl.as_vector(stiffness.invariant_form())
    degradation = Degradation(ufl.as_ufl(0.7), kept)
    e, step = plane(RNG.normal(size=(3, 3))) * 0.01, 1e-6

    def stress(strain):
        return mechanics.transversely_isotropic_stress(strain, axis, numbers)

    def stored(values: np.ndarray) -> float:
        strain = ufl.as_matrix(values)
        return float(degradation.energy(ufl.inner(stress(strain), strain) / 2, strain)(None))

    change = plane(RNG.normal(size=(3, 3))) * step
    strain = ufl.as_matrix(e)
    work = ufl.inner(degradation.stress(stress(strain), strain), ufl.as_matrix(change))
    slope = (stored(e + change) - stored(e - change)) / 2
    assert _evaluated(work) == pytest.approx(slope, rel=1e-5)


def _evaluated(expression) -> float:
    from ufl.algorithms.apply_algebra_lowering import apply_algebra_lowering
    from ufl.algorithms.apply_derivatives import apply_derivatives

    return float(apply_derivatives(apply_algebra_lowering(expression))(None))


def test_a_crack_across_the_basal_planes_costs_more():
    tensor = phase_field.structural_tensor(8.0, ufl.as_vector(AXIS), 3)
    across = np.array([0.0, 1.0, 0.0])

    def cost(normal: np.ndarray) -> float:
        n = ufl.as_vector(normal)
        return _evaluated(ufl.dot(n, ufl.dot(tensor, n)))

    assert cost(AXIS) == pytest.approx(1.0)
    assert cost(across) == pytest.approx(9.0)


@pytest.mark.parametrize("dissipation", ["AT1", "AT2"])
def test_length_gives_the_strength_it_was_made_for(dissipation):
    young, toughness, wanted = 150e9, 1.0, 1e9
    length = crack_length.length_of_strength(dissipation, young, toughness, wanted)
    assert crack_length.strength(dissipation, young, toughness, length) == pytest.approx(wanted)


def test_strengths_of_known_lengths():
    assert crack_length.strength("AT2", 150e9, 1.0, 20e-9) == pytest.approx(0.889e9, rel=1e-3)
    assert crack_length.strength("AT1", 150e9, 1.0, 20e-9) == pytest.approx(1.677e9, rel=1e-3)


def test_grains_are_cracked_where_the_field_is_nearly_one():
    """Two equal grains, one damaged a little, one nearly through."""
    body = body_of(bricks((2.0, 1.0), (8, 4), (2, 1), [[0, 0, 1]] * 2), STEEL_LIKE, unbreakable())
    second = body.spaces.grain_of_node == 1
    body.state["crack"][:] = np.where(second, 0.95, 0.3)
    both = measure_cracks(body.state, body.system, np.ones_like(second))
    assert tuple(both) == pytest.approx((0.95, 0.625, 0.5))
    assert tuple(measure_cracks(body.state, body.system, second)) == pytest.approx((0.95, 0.95, 1))


def test_what_drives_cracks_breaks_grains_and_leaves_fillers_whole():
    """An even drive psi: d = 2 psi / (2 psi + G / l) in AT2."""
    bare = bricks((2.0, 1.0), (4, 2), (2, 1), [[0, 0, 1]] * 2)
    particle = replace(bare, is_filler=np.array([False, True]))
    spaces = make_spaces(particle)
    state = make_state(spaces)
    degradation = degradation_of(state, LAYERED, "none")
    system = make_mechanical_system(
        particle, spaces, state, LAYERED, unbreakable(), STEEL_LIKE, degradation=degradation
    )
    fracture = make_grain_fracture(particle, state, system, Resistance("AT2", 1.0, 0.2))
    fracture.drive.x.array[:] = 5.0
    CrackSolver(fracture).solve(fracture.lowest(state["crack"]))
    in_filler, crack = spaces.grain_of_node == 1, state["crack"]
    assert crack[~in_filler] == pytest.approx(10 / 15, rel=1e-5)
    assert not crack[in_filler].any()
