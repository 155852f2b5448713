"""Cracks inside the grains of a particle that is charged: books, stress, and nothing when off."""

from collections.abc import Callable

import numpy as np
import pytest
from mpi4py import MPI

from solver.drive.simulation import Simulation
from solver.model.phase_field import SplitError, degradation_of
from solver.model.spaces import make_spaces
from solver.model.state import make_state
from solver.solve.mechanics import EquilibriumError
from solver.solve.phase_field import FractureSolver
from tests.bodies import LAYERED, bricks
from tests.particles import Recorder, case_of, model_of, ran, strip
from tests.ranks import on_ranks

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
    return model, *ran(model, look=lambda snapshot: snapshot.state["crack"].copy())


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
    spent = last["Grain Fracture Energy / J.m-1"]
    print(f"error {last['Energy Error / 1']:.1e}, of {spent:.2g} J/m in cracks ", end="")
    print(f"{last['Algorithmic Dissipation / J.m-1'] / spent:.1%} algorithmic")
    assert spent > 0
    assert last["Energy Error / 1"] < 1e-6
    assert -1e-3 * spent < last["Algorithmic Dissipation / J.m-1"] < spent  # they jump


def test_cracked_grains_carry_less_stress(charged):
    _, _, recorder, _ = charged
    intact = model_of(
        case_of(PROTOCOL, "physics.cohesive.enabled=false"), strip(1.0, 1.0, 10, 10, AXES)
    )
    _, whole, _ = ran(intact)
    column = "Elastic Energy / J.m-1"
    assert max(recorder.column(column)) < 0.8 * max(whole.column(column))
    assert not whole.column("Largest Grain Crack / 1").any()
    assert intact.fracture is None


def test_a_time_step_whose_cracks_do_not_come_to_rest_is_cut_and_leaves_no_trace(monkeypatch):
    """Some steps break everything before they fail: crack and drive go back with the rest."""
    solve, count = FractureSolver.solve, 0

    def failing(self: FractureSolver, equilibrium: Callable[[], np.ndarray]) -> np.ndarray:
        nonlocal count
        count += 1
        if count in (4, 9, 30, 40):
            self.fracture.crack.x.array[:], self.fracture.drive.x.array[:] = 1.0, 1e6
            raise EquilibriumError("for the sake of the test")
        return solve(self, equilibrium)

    def course() -> tuple[Simulation, Recorder]:
        case = case_of(
            "[Charge at C/2 for 40 minutes]", "physics.cohesive.enabled=false", *CRACKING
        )
        simulation, recorder, outcome = ran(
            model_of(case, strip(1.0, 1.0, 6, 6, AXES)),
            look=lambda snapshot: snapshot.state["crack"].copy(),
        )
        assert outcome.status == "finished", outcome.reason
        return simulation, recorder

    smooth, whole = course()
    monkeypatch.setattr(FractureSolver, "solve", failing)
    rough, cut = course()
    without, rejected = (run.way.totals()["rejected_steps"] for run in (smooth, rough))
    print(f"{rejected} rejected of {len(cut.rows)} steps")
    assert rejected == without + 4
    assert np.diff(np.array(cut.seen), axis=0).min() > -1e-9
    assert whole.seen[-1].max() > 0.5
    assert cut.seen[-1] == pytest.approx(whole.seen[-1], abs=0.02)


def test_the_spectral_split_refuses_a_layered_oxide():
    state = make_state(make_spaces(strip(1.0, 1.0, 2, 2, AXES)))
    with pytest.raises(SplitError, match="isotropic"):
        degradation_of(state, LAYERED, "spectral")


def charged_on(comm: MPI.Comm) -> dict[str, float]:
    """The end of the charge on some ranks."""
    case = case_of("[Charge at C/2 for 30 minutes]", "physics.cohesive.enabled=false", *CRACKING)
    _, recorder, _ = ran(model_of(case, bricks((1.0, 1.0), (8, 8), (2, 1), AXES, comm=comm)))
    names = (
        "Mean Grain Crack / 1",
        "Grain Fracture Energy / J.m-1",
        "Elastic Energy / J.m-1",
        "Voltage / V",
    )
    return {name: recorder.rows[-1][name] for name in names}


@pytest.mark.slow
@pytest.mark.parametrize("ranks", [2, 3])
def test_a_charge_cracks_grains_alike_on_any_number_of_ranks(ranks):
    one = charged_on(MPI.COMM_SELF)
    many = on_ranks(ranks, "tests.verification.test_grain_cracks_in_particles:charged_on")
    assert one["Mean Grain Crack / 1"] > 0.05
    assert many == pytest.approx(one, rel=1e-6)
