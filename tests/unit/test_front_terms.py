"""Terms of the energy of a front of rock salt, and what an oxide's file makes of them."""

import numpy as np
import pytest

from solver.case.physics import PhysicsCase
from solver.entries.files import MaterialError
from solver.materials import load_grain_material
from solver.mechanisms.layers import Side
from solver.physics import front
from solver.physics.front import FrontEnergy
from solver.physics.rock_salt import along_c

PHI = np.linspace(-0.2, 1.2, 15)
STEP = 1e-6
EV = 1.602176634e-19  # J
HOT = 823.15


def slope(of):
    return (of(PHI + STEP) - of(PHI - STEP)) / (2 * STEP)


@pytest.mark.parametrize(
    ("of", "derivative"),
    [
        (front.share, front.share_slope),
        (front.share_slope, front.share_curvature),
        (front.well, front.well_slope),
        (front.well_slope, front.well_curvature),
    ],
)
def test_slopes_are_derivatives(of, derivative):
    assert derivative(PHI) == pytest.approx(slope(of), abs=1e-8)


def test_width_and_energy_of_the_interface_are_those_asked_for():
    energy = FrontEnergy.of_front(3.5e-3, 0.5, 0.5, -1000.0, -0.05)
    assert energy.thickness * 2 * np.log(9) == pytest.approx(3.5e-3)
    assert energy.height * energy.thickness / 3 == pytest.approx(0.5)
    assert energy.stiffness * energy.outside == pytest.approx(-1000.0)
    assert energy.drive == pytest.approx(500.0)


def test_the_mobility_is_that_of_one_layer_for_each_hop():
    energy = FrontEnergy.of_front(3.5e-3, 0.5, 0.5, -1000.0, -0.05)
    mobility = front.mobility(np.array([0.2]), energy)
    assert 6 * mobility * energy.drive * energy.thickness == pytest.approx(0.2)


def test_hops_and_vacancies_are_as_fast_as_known():
    """0.054 /s at 2.33 eV and 1.3e7 /s at 0.96 eV; 1.3e-16 m^2/s of vacancies, at 550 degC."""
    hop = front.hops(np.array([2.33, 0.96, 1.5]) * EV, 1e13, HOT)
    assert hop[:2] == pytest.approx([0.054, 1.3e7], rel=0.03)
    assert front.vacancy_diffusivity(hop[2], 2.82e-10) == pytest.approx(1.3e-16, rel=0.03)


def test_the_front_of_the_library_leaves_layered_oxide_an_energy_minimum():
    law = load_grain_material("LCO").entries["front"]
    energy = law.energy()
    assert 2e-9 <= law.width <= 6e-9
    assert 0 < energy.drive < energy.height / 3


def test_hops_along_a_direction_follow_the_angle_to_c():
    axis = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.6, 0.0, 0.8]])
    normal = np.tile([1.0, 0.0, 0.0], (3, 1))
    number = np.arange(3)
    side = Side(number, number, along_c(normal, axis))
    assert side.eased(0.1) == pytest.approx([1.0, 0.1, 1 - 0.9 * 0.36])


def test_an_oxide_of_which_nothing_is_known_is_refused():
    section = PhysicsCase.model_validate({"front": {"enabled": True}}).front
    with pytest.raises(MaterialError, match="has no entry front"):
        section.require(load_grain_material("NMC76"), HOT)


def test_a_case_may_say_how_wide_it_is():
    case = {"front": {"enabled": True, "width": "5 nm", "coherent": 0.1}}
    law = PhysicsCase.model_validate(case).front.law(load_grain_material("LCO"))
    assert law.width == pytest.approx(5e-9)
    assert law.coherent == 0.1
    assert law.rate_ratio == pytest.approx(0.0036)
