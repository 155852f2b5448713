"""The internal units hang together and give the figures everyone has in mind."""

import pytest

from solver.constants import (
    AMPERE,
    FARADAY,
    FARADAY_INTERNAL,
    GAS_CONSTANT,
    GAS_CONSTANT_INTERNAL,
    JOULE,
    KILOGRAM,
    METRE,
    MOLE,
    PASCAL,
    SECOND,
)


def test_energy_is_the_same_from_pressure_and_from_mass():
    assert PASCAL * METRE**3 == pytest.approx(JOULE)
    assert KILOGRAM * METRE**2 / SECOND**2 == pytest.approx(JOULE)


def test_familiar_numbers_in_internal_units():
    assert FARADAY_INTERNAL == pytest.approx(96.485, rel=1e-5)
    assert 49.1e3 * MOLE / METRE**3 == pytest.approx(49.1)  # fmol/um^3
    assert 1.0 * AMPERE / METRE**2 == pytest.approx(1.0)  # pA/um^2
    assert 1.0 * JOULE / METRE**2 == pytest.approx(1.0)  # MPa um


def test_thermal_voltage_does_not_depend_on_units():
    si = GAS_CONSTANT * 298.15 / FARADAY
    internal = GAS_CONSTANT_INTERNAL * 298.15 / FARADAY_INTERNAL
    assert internal == pytest.approx(si, rel=1e-14)
    assert si == pytest.approx(0.025693, rel=1e-4)
