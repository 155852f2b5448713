"""Grains of two oxides take every property of their own, at every node."""

import numpy as np
import pytest

from solver.entries import laws
from solver.model.chemistry import electrochemistry
from solver.model.laws import electrochemical_laws
from solver.model.oxides import Oxides
from tests.particles import case_of, oxide

NODES = np.array([0, 1, 1, 0, 2], dtype=np.int32)  # grain of each
OWN = np.array([1, 2, 2, 1, 1])  # of the first or the second oxide
X = np.array([0.2, 0.3, 0.4, 0.5, 0.6])


def numbered(k):
    """An oxide whose constants are k times those of another, its laws of another slope."""
    return oxide(
        potential=laws.linear(5.0, -float(k)),
        diffusivity=lambda temperature: laws.linear(1e-15 * k, 3e-15),
        exchange_current=lambda temperature: laws.linear(0.5 * k, 2.0),
        diffusivity_ratio=0.1 * k,
        max_concentration=4e4 * k,
        collector_conductance=100.0 * k,
    )


@pytest.fixture
def given():
    return Oxides((numbered(1), numbered(2)), np.array([0, 1, 0]))


def rigid(*overrides):
    """A case without swelling."""
    return case_of("[{rest: {until: {time: 1 s}}}]", "physics.swelling.enabled=false", *overrides)


def test_laws_are_those_of_the_oxide_at_the_node(given):
    found = electrochemical_laws(given, rigid(), NODES, None, 298.15)
    assert found.potential.value(X) == pytest.approx(5.0 - OWN * X)
    assert found.diffusivity.value(X) == pytest.approx(1e-3 * OWN + 3e-3 * X)  # um^2/s
    assert found.exchange_current.value(X) == pytest.approx(0.5 * OWN + 2.0 * X)  # pA/um^2


def test_numbers_are_those_of_the_oxide_of_the_grain(given):
    found = electrochemistry(rigid(), given)
    for value, one in (
        (found.diffusivity_ratio, 0.1),
        (found.max_concentration, 40.0),  # fmol/um^3
        (found.collector_conductance, 100.0),  # pA/(V um^2)
    ):
        assert value == pytest.approx(one * np.array([1.0, 2.0, 1.0]))


def test_a_contact_that_the_case_gives_is_that_of_every_oxide(given):
    found = electrochemistry(rigid("electrode.contact=17 S/m^2"), given)
    assert found.collector_conductance == pytest.approx(17.0)
