"""Bounds on aggregates of random crystals, against closed forms."""

import numpy as np
import pytest

from solver.materials import load_grain_material
from solver.materials.aggregate import (
    hashin_shtrikman,
    kelvin,
    mismatch_energy,
    reuss,
    self_consistent,
    voigt,
)
from solver.materials.stiffness import MaterialStiffness


def cubic(c11, c12, c44):
    """Kelvin matrix of a cubic crystal."""
    matrix = np.diag([c11, c11, c11, 2 * c44, 2 * c44, 2 * c44]).astype(float)
    matrix[:3, :3] += c12 * (1 - np.eye(3))
    return matrix


@pytest.mark.parametrize("crystal", [(168.4, 121.4, 75.4), (60.0, 50.0, 8.0), (500.0, 40.0, 20.0)])
def test_cubic_crystals_have_the_bounds_of_hashin_and_shtrikman(crystal):
    """J. Mech. Phys. Solids 10, 1962, 343: G = G1 + 3 [5 / (G2 - G1) + 4 b1]^-1, and so on."""
    c11, c12, c44 = crystal
    bulk, axial, diagonal = (c11 + 2 * c12) / 3, (c11 - c12) / 2, c44

    def b(shear):
        return 3 * (bulk + 2 * shear) / (5 * shear * (3 * bulk + 4 * shear))

    exact = sorted(
        [
            axial + 3 / (5 / (diagonal - axial) + 4 * b(axial)),
            diagonal + 2 / (5 / (axial - diagonal) + 6 * b(diagonal)),
        ]
    )
    low, high = hashin_shtrikman(cubic(*crystal))
    assert (low.shear, high.shear) == pytest.approx(exact, rel=1e-6)
    assert (low.bulk, high.bulk) == pytest.approx((bulk, bulk), rel=1e-9)


def test_bounds_of_an_isotropic_solid_are_its_moduli():
    solid = kelvin(MaterialStiffness(250.0, 90.0, 90.0, 250.0, 80.0))
    for moduli in (voigt(solid), reuss(solid), *hashin_shtrikman(solid)):
        assert moduli == pytest.approx((430 / 3, 80.0), rel=1e-6)


@pytest.mark.parametrize("name", ["NMC76", "LCO"])
def test_the_bounds_of_an_oxide_nest(name):
    crystal = kelvin(load_grain_material(name).stiffness)
    low, high = hashin_shtrikman(crystal)
    nested = np.array([reuss(crystal), low, high, voigt(crystal)])
    assert np.all(np.diff(nested, axis=0) > 0)
    width = np.ptp(nested[1:3], axis=0) / np.ptp(nested, axis=0)
    assert np.all(width < 0.1)


def test_turning_a_crystal_changes_no_bound():
    crystal, generator = kelvin(load_grain_material("NMC76").stiffness), np.random.default_rng(1)
    turn = np.linalg.qr(generator.normal(size=(3, 3)))[0]
    pairs = [(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)]
    scale = np.sqrt([1, 1, 1, 2, 2, 2])
    turned = np.empty((6, 6))
    for column, (k, m) in enumerate(pairs):
        unit = np.zeros((3, 3))
        unit[k, m] = unit[m, k] = 1.0 if k == m else np.sqrt(0.5)
        there = turn @ unit @ turn.T
        turned[:, column] = scale * [there[i, j] for i, j in pairs]
    assert turned @ turned.T == pytest.approx(np.eye(6), abs=1e-12)
    found = turned @ crystal @ turned.T
    for bound in (voigt, reuss, lambda m: np.ravel(hashin_shtrikman(m))):
        assert bound(found) == pytest.approx(bound(crystal), rel=1e-5)


def test_a_self_consistent_aggregate_lies_between_the_bounds():
    crystal = kelvin(load_grain_material("NMC76").stiffness)
    low, high = hashin_shtrikman(crystal)
    found = self_consistent(crystal)
    assert low.bulk < found.bulk < high.bulk
    assert low.shear < found.shear < high.shear


def test_misfit_of_isotropic_crystals_is_that_of_eshelbys_spheres():
    """w = (1 - beta) G e':e', with e' = cc - I/3 and beta = 2(4 - 5 nu) / 15(1 - nu)."""
    bulk, shear = 430 / 3, 80.0
    poisson = (3 * bulk - 2 * shear) / (6 * bulk + 2 * shear)
    beta = 2 * (4 - 5 * poisson) / (15 * (1 - poisson))
    solid = kelvin(MaterialStiffness(250.0, 90.0, 90.0, 250.0, 80.0))
    assert mismatch_energy(solid) == pytest.approx(2 / 3 * (1 - beta) * shear, rel=1e-9)


def test_misfit_of_anisotropic_crystals_lies_between_even_strain_and_even_stress():
    crystal = kelvin(load_grain_material("NMC76").stiffness)
    along, even = np.eye(6)[2], np.array([1.0, 1, 1, 0, 0, 0])
    mean = (even @ crystal @ along) / (even @ crystal @ even)
    alike = 0.5 * along @ crystal @ (along - mean * even)
    assert 0.3 * alike < mismatch_energy(crystal) < 0.7 * alike
