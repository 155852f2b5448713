"""Cracks inside the grains of a particle that is charged: books, stress, and nothing when off."""

import numpy as np
import pytest

from solver.model.phase_field import SplitError, degradation_of
from solver.state import make_spaces, make_state
from tests.bodies import LAYERED
from tests.particles import case_of, model_of, ran, strip

PROTOCOL = "[Charge at C/2 for 40 minutes, Discharge at C/2 for 10 minutes]"
CRACKING = [
    "physics.grain_fracture.enabled=true",
    "physics.grain_fracture.toughness=1 J/m^2",
    "physics.grain_fracture.length=0.2 um",
]
AXES = [(0, 0, 1), (1, 0, 0)]


@pytest.fixture(scope="module")
def charged():
    """Two unlike grains, charged and partly discharged."""
    case = case_of(PROTOCOL, "physics.cohesive.enabled=false", *CRACKING)
    model = model_of(case, strip(1.0, 1.0, 10, 10, AXES))
    return model, *ran(model, look=lambda snapshot: snapshot.state.crack.x.array.copy())


def test_a_charge_cracks_grains_and_the_run_goes_on(charged):
    _, _, recorder, outcome = charged
    assert outcome.status == "finished", outcome.reason
    assert recorder.rows[-1]["Largest Grain Crack / 1"] > 0.5
    assert 0.05 < recorder.rows[-1]["Mean Grain Crack / 1"] < 0.9


def test_cracks_only_grow(charged):
    seen = np.array(charged[2].seen)
    assert np.diff(seen, axis=0).min() > -1e-9


def test_the_books_balance_with_cracks_in_grains(charged):
    recorder = charged[2]
    last = recorder.rows[-1]
    spent = last["Grain Fracture Energy / J"]
    print(f"error {last['Energy Error / 1']:.1e}, of {spent:.2g} J in cracks ", end="")
    print(f"{last['Algorithmic Dissipation / J'] / spent:.1%} algorithmic")
    assert spent > 0
    assert last["Energy Error / 1"] < 1e-6
    assert -1e-3 * spent < last["Algorithmic Dissipation / J"] < spent  # they jump


def test_cracked_grains_carry_less_stress(charged):
    _, _, recorder, _ = charged
    intact = model_of(
        case_of(PROTOCOL, "physics.cohesive.enabled=false"), strip(1.0, 1.0, 10, 10, AXES)
    )
    _, whole, _ = ran(intact)
    column = "Elastic Energy / J"
    assert max(recorder.column(column)) < 0.8 * max(whole.column(column))
    assert not whole.column("Largest Grain Crack / 1").any()
    assert intact.fracture is None


def test_the_spectral_split_refuses_a_layered_oxide():
    state = make_state(make_spaces(strip(1.0, 1.0, 2, 2, AXES)))
    with pytest.raises(SplitError, match="isotropic"):
        degradation_of(state, LAYERED, "spectral")
