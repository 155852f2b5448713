"""Particles whose boundaries find no equilibrium for a while: linear steps at held damage."""

import numpy as np
import pytest

from solver.drive.simulation import Simulation
from solver.physics import cohesive
from solver.solve.mechanics import EquilibriumError, EquilibriumSolver
from solver.solve.staggered import CoupledSolver
from tests.particles import Recorder, case_of, disc, meshed, model_of, ran

WEAK = ("physics.cohesive.strength=0.5 GPa", "physics.cohesive.toughness=1 J/m^2")
STEPS = ("numerics.time_step={initial: 4, minimum: 4, maximum: 4}", "output.fields.enabled=false")
CHARGE = "[{charge: {rate: 2C, until: {time: 200 s}}}]"


def charged() -> tuple[Simulation, Recorder, str]:
    """Twelve grains that crack as they are charged, in steps of 4 s."""
    case = case_of(CHARGE, *disc(12, 1.5, 0.3, 0.2), *WEAK, *STEPS)
    simulation, recorder, outcome = ran(model_of(case, meshed(case)))
    return simulation, recorder, outcome.reason if outcome.status == "failed" else ""


def failing(monkeypatch: pytest.MonkeyPatch, calls: range, shares: tuple[bool, ...]) -> None:
    """Let some solutions fail, of those that hold the damage (True) or let it grow (False)."""
    solve, count = EquilibriumSolver.solve, 0

    def hesitant(self: EquilibriumSolver, share: float, enough: float = 0.0) -> np.ndarray:
        nonlocal count
        count += share > 0.0
        if count in calls and (share == 0.0) in shares:
            raise EquilibriumError("for the sake of the test")
        return solve(self, share, enough)

    monkeypatch.setattr(EquilibriumSolver, "solve", hesitant)


def caught_up(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, float]]:
    """Of each linear step: by how much its reach misses the law, and by how much it grew, um."""
    step, found = CoupledSolver.step, []

    def watched(self: CoupledSolver, dt: float, linearly: bool = False) -> object:
        old = self.model.state["damage"].copy()
        work = step(self, dt, linearly)
        if linearly:
            system, normal = self.model.mechanics, self.model.spaces.boundaries.normal
            old, reach = (system.law.reach(x) for x in (old, self.model.state["damage"]))
            opened = cohesive.effective_opening(system.openings(), normal, system.law)
            share = dt / (dt + self.model.relaxation_time)
            exact = old + share * np.maximum(opened - old, 0.0)
            found.append((abs(reach - exact).max(), (reach - old).max()))
        return work

    monkeypatch.setattr(CoupledSolver, "step", watched)
    return found


def test_the_shortest_step_is_taken_at_held_damage_where_it_fails_and_damage_catches_up(
    monkeypatch,
):
    smooth, whole, _ = charged()
    failing(monkeypatch, range(104, 112), (False,))
    linear = caught_up(monkeypatch)
    rough, recorder, failure = charged()
    parted = [run.column("Mean Damage / 1")[-1] for run in (whole, recorder)]
    energy = [run.column("Fracture Energy / J.m-1")[-1] for run in (whole, recorder)]
    taken = [run.way.totals()["linear_steps"] for run in (smooth, rough)]
    print(f"{taken[1]} linear of {rough.steps} steps, parted {parted}")
    assert failure == ""
    assert taken == [0, 8]
    missed, grown = np.transpose(linear)
    assert len(linear) == 8
    assert missed.max() < 1e-12
    assert grown.min() > 1e-6, "damage that grows in every one of them"
    assert parted[1] == pytest.approx(parted[0], rel=0.05)
    assert energy[1] == pytest.approx(energy[0], rel=0.05)
    assert recorder.column("Energy Error / 1").max() < 1e-9


def test_where_held_damage_does_not_help_the_run_ends_with_its_reason(monkeypatch):
    failing(monkeypatch, range(60, 10_000), (False, True))
    simulation, _, failure = charged()
    assert "the smallest time step, 4 s, cannot be solved: for the sake of the test" in failure
    assert simulation.way.totals()["linear_steps"] == 0
