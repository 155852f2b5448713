"""A run whose solver gave up in the middle of a step keeps the state from which it can go on."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

from solver.case import Case
from solver.drive.by_load import ByLoad
from solver.drive.simulation import Simulation
from solver.model.build import build_model
from solver.output.collective import OutputError
from solver.solve.mechanics import EquilibriumError
from solver.solve.staggered import StepError
from solver.units.memory import Local, Memory
from tests.particles import CASES, case_of, disc, meshed
from tests.ranks import on_ranks

MODULE = "tests.verification.test_going_on_after_failure"
PROTOCOL = (
    "[{charge: {rate: 2C, until: {time: 20 s}}}, {hold: {voltage: 4.0 V, until: {time: 10 s}}}]"
)
LOADED = ("protocol=[{load: {to: 0.33}}, {load: {to: 0.1}}]",)
FAILS_BEHIND = {"in time": 7, "loaded": 5}  # accepted steps


@dataclass
class Kept:
    """Keeper of what is saved before the step that fails, and of what the failure leaves."""

    simulation: Simulation
    at: int
    before: Memory | None = None
    after: list[Memory] = field(default_factory=list)

    def due(self, cycle: int, stops: bool) -> bool:
        return stops or (self.simulation.steps == self.at and self.before is None)

    def keep(self, memory: Memory) -> None:
        if self.before is None:
            self.before = memory
        else:
            self.after.append(memory)


def begun(comm: MPI.Comm, name: str) -> Simulation:
    case = (
        Case.load(CASES / "benchmarks" / "fatigue.yaml", LOADED)
        if name == "loaded"
        else case_of(PROTOCOL, *disc(4, 1.0, 0.5, 0.4), "physics.wetting.enabled=true")
    )
    return Simulation(build_model(case, meshed(case, comm)))


def break_down(simulation: Simulation, at: int) -> None:
    """Let the solver solve no more steps behind an accepted one, after it has spoilt the state."""
    solver, state = simulation.way.solver, simulation.model.state  # type: ignore[attr-defined]
    by_load = isinstance(simulation.way, ByLoad)
    name, error = ("solve", EquilibriumError) if by_load else ("step", StepError)
    solve = getattr(solver, name)

    def fails(*words: Any) -> Any:
        if simulation.steps < at:
            return solve(*words)
        state["damage"][:] = 0.7
        raise error("no way on")

    setattr(solver, name, fails)


def failed(comm: MPI.Comm, name: str) -> dict[str, Any]:
    """What differs between what is kept before a step that fails, and after it."""
    simulation, at = begun(comm, name), FAILS_BEHIND[name]
    break_down(simulation, at)
    keeper = Kept(simulation, at)
    outcome = simulation.run(keeper=keeper)
    assert keeper.before is not None
    (after,) = keeper.after
    before, now = flat(keeper.before), flat(after)
    resumed = begun(comm, name)
    resumed.load(after)
    further = resumed.run()
    return {
        "reason": outcome.reason,
        "within": after["within"],
        "steps": after["steps"],
        "other": [each for each in before | now if not same(before.get(each), now.get(each))],
        "further": further.status,
        "in all": resumed.steps,
    }


def flat(value: Any, name: str = "") -> dict[str, Any]:
    """Everything that is saved, by its path."""
    if isinstance(value, list | tuple):
        value = dict(enumerate(value))
    if not isinstance(value, dict):
        return {name: value.values if isinstance(value, Local) else value}
    return {k: v for key, item in value.items() for k, v in flat(item, f"{name}/{key}").items()}


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    return bool(one == other or (one != one and other != other))  # nan, where there is no lithium


@pytest.mark.parametrize("ranks", [1, 2])
def test_what_a_failed_step_leaves_is_what_was_there_before_it(ranks):
    told = on_ranks(ranks, f"{MODULE}:failed", "in time")
    assert "no way on" in told["reason"]
    assert told["within"] and told["steps"] == FAILS_BEHIND["in time"] < told["in all"]
    assert told["further"] == "finished"
    counted = ("/way/counts/", "/way/spent/")  # attempts that were taken back
    assert not [each for each in told["other"] if not each.startswith(counted)]


def test_a_load_that_cannot_be_followed_leaves_the_equilibrium_before_it():
    told = on_ranks(1, f"{MODULE}:failed", "loaded")
    assert "no way on" in told["reason"]
    assert told["steps"] == FAILS_BEHIND["loaded"] < told["in all"]
    assert told["further"] == "finished"
    counted = ("/way/path/counts/", "/way/path/stretch/size", "/way/spent/")
    assert not [each for each in told["other"] if not each.startswith(counted)]


def test_a_full_disk_does_not_hide_why_the_solver_gave_up():
    told = on_ranks(1, f"{MODULE}:failed_on_a_full_disk")
    assert told == {"status": "failed", "no way on": True}


class Unwritable:
    """Tracker whose table cannot be brought to the disk."""

    name = "table"

    def record(self, snapshot: Any) -> None:
        """Take a row."""

    def save(self) -> Memory:
        raise OutputError("cannot write history.csv: No space left on device")


def failed_on_a_full_disk(comm: MPI.Comm) -> dict[str, Any]:
    simulation = begun(comm, "in time")
    simulation.trackers = [Unwritable()]  # type: ignore[list-item]
    break_down(simulation, 2)
    keeper = Kept(simulation, 10_000)
    outcome = simulation.run(keeper=keeper)
    assert keeper.before is None
    return {"status": outcome.status, "no way on": "no way on" in outcome.reason}
