"""The internal units hang together and give the figures everyone has in mind."""

import pytest

from solver.units.constants import (
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
    assert pytest.approx(JOULE) == PASCAL * METRE**3
    assert pytest.approx(JOULE) == KILOGRAM * METRE**2 / SECOND**2


def test_familiar_numbers_in_internal_units():
    assert pytest.approx(96.485, rel=1e-5) == FARADAY_INTERNAL
    assert pytest.approx(49.1) == 49.1e3 * MOLE / METRE**3  # fmol/um^3
    assert pytest.approx(1.0) == 1.0 * AMPERE / METRE**2  # pA/um^2
    assert pytest.approx(1.0) == 1.0 * JOULE / METRE**2  # MPa um


def test_thermal_voltage_does_not_depend_on_units():
    si = GAS_CONSTANT * 298.15 / FARADAY
    internal = GAS_CONSTANT_INTERNAL * 298.15 / FARADAY_INTERNAL
    assert internal == pytest.approx(si, rel=1e-14)
    assert si == pytest.approx(0.025693, rel=1e-4)
