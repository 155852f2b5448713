"""A mechanism that is off, or that nothing sets off, leaves the model as it is without it."""

import numpy as np
import pytest

from solver.case import CaseError
from solver.model.build import build_model
from tests.particles import case_of, disc, meshed, ran

CHARGE = "[{charge: {rate: 1C, until: {time: 300 s}}}]"
PARTICLE = [*disc(8, 1.2, 0.4, 0.3), "numerics.time_step.fixed=60"]
COLUMNS = [
    "Voltage / V",
    "Mean Occupancy / 1",
    "Lowest Occupancy / 1",
    "Elastic Energy / J.m-1",
    "Outside Current / A.m-1",
    "Wet Boundary Current / A.m-1",
    "Filled Boundary Current / A.m-1",
    "Mean Film / m",
]
NETWORK, WETTING = "physics.boundary_network.enabled", "physics.wetting.enabled"
UNBREAKABLE = "physics.cohesive.enabled=false"


def history(*overrides):
    """Columns of a short charge, and whether the boundaries had a potential."""
    case = case_of(CHARGE, *PARTICLE, *overrides)
    model = build_model(case, meshed(case))
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    rows = np.array([[row.get(name, 0.0) for name in COLUMNS] for row in recorder.rows])
    return rows, model.electro.network is not None


@pytest.fixture(scope="module")
def plain():
    """The model without liquid, fillings and films."""
    return history(UNBREAKABLE)[0]


@pytest.mark.parametrize(
    "switches",
    [
        [f"{NETWORK}=false"],
        [f"{WETTING}=false", "physics.initial_wetting.area=0.1 m^2/g"],
        ["physics.interphase.enabled=false", "physics.interphase.acceleration=100"],
        [f"{NETWORK}=false", "particle.boundary.state=lpo"],
        [f"{NETWORK}=false", "particle.boundary.state=liquid"],
    ],
)
def test_what_is_off_changes_nothing_at_all(plain, switches):
    rows, with_network = history(UNBREAKABLE, *switches)
    assert not with_network
    assert np.array_equal(rows, plain)


def test_a_network_in_which_nothing_is_wet_or_filled_changes_nothing(plain):
    rows, with_network = history(UNBREAKABLE, f"{WETTING}=true")
    scale = np.abs(plain).max(axis=0)
    worst = (np.abs(rows - plain) / np.where(scale > 0, scale, 1.0)).max()
    print(f"with a dry network: largest relative difference {worst:.1e}")
    assert with_network
    assert worst < 1e-9


@pytest.mark.parametrize(
    "switches",
    [
        ["particle.boundary.state=lpo"],
        ["particle.boundary.state=liquid"],
        [f"{WETTING}=true", "physics.initial_wetting.area=0.1 m^2/g"],
        ["physics.interphase.enabled=true"],
    ],
)
def test_what_is_on_changes_the_voltage(plain, switches):
    rows, _ = history(UNBREAKABLE, *switches)
    moved = np.abs(rows[-1, 0] - plain[-1, 0])
    print(f"{switches}: {moved * 1e3:.4f} mV")
    assert moved > 1e-6


def test_wetting_without_a_network_is_refused():
    with pytest.raises(CaseError, match=r"physics\.wetting: needs boundary_network"):
        case_of(CHARGE, f"{NETWORK}=false", f"{WETTING}=true")
