"""Cracks close when lithium comes back, and are cracks still."""

import pytest

from solver.physics.cohesive import broken_share
from tests.particles import case_of, disc, meshed, model_of, ran

PROTOCOL = (
    "[{charge: {rate: 2C, until: {time: 1000 s}}},"
    " {discharge: {rate: 2C, until: {time: 1000 s}}}, {rest: {until: {time: 2 h}}}]"
)
WEAK = "physics.cohesive={strength: 300 MPa, toughness: 0.7 J/m^2}"


@pytest.fixture(scope="module")
def charged_and_discharged():
    """Rows at the end of charge, discharge and rest, and the boundaries as they are left."""
    case = case_of(PROTOCOL, *disc(10, 1.2, 0.35, 0.25), WEAK, "initial.occupancy=0.9")
    model = model_of(case, meshed(case))
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return recorder.ends, model


def test_openings_close_when_lithium_comes_back(charged_and_discharged):
    (_, charged, _, discharged), _ = charged_and_discharged
    widest = [row["Mean Crack Width / m"] for row in (charged, discharged)]
    print("mean width, charged and discharged:", *(f"{1e9 * width:.2f} nm" for width in widest))
    assert charged["Mean Occupancy / 1"] < 0.52
    assert widest[1] < 0.3 * widest[0]  # grains broken off all around lie where contact left them


def test_what_has_cracked_stays_cracked(charged_and_discharged):
    (_, charged, _, discharged), model = charged_and_discharged
    assert charged["Cracked Fraction / 1"] > 0.1
    for column in ("Cracked Fraction / 1", "Mean Damage / 1"):
        assert discharged[column] >= charged[column]
    separated = broken_share(model.state["damage"], model.mechanics.law)
    assert separated.max() == 1.0
