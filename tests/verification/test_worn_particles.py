"""A small particle under strain, under liquid, and under both: cracks, books, ranks."""

import numpy as np
import pytest
from mpi4py import MPI

from solver.case.models import TimeStepCase
from solver.mechanisms.corrosion import CorrosionLaw, attack
from solver.solve.staggered import StepError
from solver.solve.timestep import Stepper, StepSize
from tests.particles import case_of, disc, meshed, model_of, ran
from tests.ranks import on_ranks

HERE = "tests.verification.test_worn_particles"
CYCLES = (
    "[{repeat: {times: 2, steps: [{charge: {rate: 2C, until: {voltage: 4.15 V}}},"
    " {discharge: {rate: 2C, until: {voltage: 3.4 V}}}]}}]"
)
CHARGE = "[{charge: {rate: 2C, until: {time: 900 s}}}]"
WORN = [
    "physics.fatigue={enabled: true, acceleration: 5}",
    "physics.corrosion={enabled: true, acceleration: 1000}",
    "numerics.time_step.damage=0.2",
]
SMALL = [*disc(10, 1.2, 0.35, 0.25), "particle.boundary.state=liquid"]
DRY, STILL = "particle.boundary.state=dry", "physics.swelling.enabled=false"


def followed(protocol, *overrides, comm=MPI.COMM_SELF):
    """A particle whose boundaries are wet, fast to wear out, on its way through a protocol."""
    case = case_of(protocol, *SMALL, *WORN, *overrides)
    model = model_of(case, meshed(case, comm))
    simulation, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return model, simulation, recorder


@pytest.fixture(scope="module")
def causes():
    """Last rows of the history: strain alone, liquid alone, both."""
    given = {"strain": [DRY], "liquid": [STILL], "both": []}
    return {name: followed(CYCLES, *which) for name, which in given.items()}


@pytest.mark.slow
@pytest.mark.parametrize("column", ["Cracked Fraction / 1", "Mean Damage / 1"])
def test_strain_and_liquid_together_crack_more_than_each_alone_and_both_added(causes, column):
    found = {name: recorder.rows[-1][column] for name, (_, _, recorder) in causes.items()}
    print(column, {name: round(value, 4) for name, value in found.items()})
    assert found["liquid"] == 0.0
    assert found["both"] > 1.5 * (found["strain"] + found["liquid"])
    assert found["both"] > 0.02


@pytest.mark.slow
def test_liquid_alone_corrodes_and_strain_alone_does_not(causes):
    corrosion = {name: run[2].rows[-1]["Mean Corrosion / 1"] for name, run in causes.items()}
    assert corrosion["strain"] == 0.0
    for name in ("liquid", "both"):
        model, _, recorder = causes[name]
        potential, dt = recorder.column("Voltage / V"), recorder.column("Time Step / s")
        full = attack(
            potential, CorrosionLaw(*(float(np.max(v)) for v in model.slow["corrosion"].law))
        )
        exact = -np.expm1(-float(np.max(model.slow["corrosion"].law.rate)) * full @ dt)
        print(f"{name}: corroded {corrosion[name]:.3f}, {exact:.3f} by the voltage alone")
        assert corrosion[name] == pytest.approx(exact, rel=5e-3)
        assert exact > 0.1


@pytest.mark.slow
def test_the_books_of_energy_close_with_what_cycles_and_liquid_take(causes):
    _, simulation, recorder = causes["both"]
    energies = simulation.ledger.energies
    largest = simulation.ledger.largest_elastic
    taken = {
        "corrosion": energies.worn["corrosion"] / largest,
        "cycles": energies.worn["fatigue"] / largest,
    }
    print({name: f"{share:.2%}" for name, share in taken.items()})
    assert abs(energies.worn["corrosion"]) > 1e-3 * largest
    assert recorder.column("Energy Error / 1").max() < 1e-8


def worn_charge(comm):
    """A charge in which boundaries wear out."""
    model, simulation, recorder = followed(
        CHARGE,
        "physics.fatigue.threshold=0",
        "physics.fatigue.endurance=0.25",
        "physics.fatigue.acceleration=20",
        "numerics.stagger_tolerance=1e-8 V",
        "numerics.newton_tolerance=1e-10",
        comm=comm,
    )
    names = ["Mean Corrosion / 1", "Mean Fatigue / 1", "Mean Damage / 1", "Voltage / V"]
    names += ["Corrosion Energy / J.m-1", "Fatigue Energy / J.m-1", "Test Time / s"]
    row = {name: recorder.rows[-1][name] for name in names}
    boundaries = model.spaces.boundaries
    place = boundaries.position[:, 0]
    row["where"] = boundaries.integral(place * model.broken_share())
    return {"row": row, "steps": simulation.steps}


@pytest.mark.slow
def test_particles_wear_out_alike_on_one_to_three_ranks():
    one, *others = [on_ranks(n, f"{HERE}:worn_charge") for n in (1, 2, 3)]
    assert one["row"]["Mean Fatigue / 1"] > 1e-3
    assert one["row"]["Mean Corrosion / 1"] > 1e-2
    for other in others:
        assert other["steps"] == one["steps"]
        assert other["row"] == pytest.approx(one["row"], rel=1e-6)


def test_what_a_rejected_step_would_have_worn_is_not_worn(monkeypatch):
    """Some attempts fail after they were solved; only time that passed counts."""
    attempt, count = Stepper.attempt, 0

    def failing(self, dt, *given, **named):
        nonlocal count
        solved = attempt(self, dt, *given, **named)
        count += 1
        if count in (3, 6, 10, 14):
            self.restore()
            raise StepError("for the sake of the test")
        return solved

    monkeypatch.setattr(Stepper, "attempt", failing)
    rest = "[{rest: {until: {time: 2000 s}}}]"
    model, simulation, recorder = followed(rest, STILL, "physics.corrosion.acceleration=500")
    law, state = model.slow["corrosion"].law, model.state
    potential = recorder.rows[-1]["Voltage / V"]
    rate = law.rate * np.exp((potential - law.reference) / law.scale)
    assert simulation.way.totals()["rejected_steps"] == 4
    assert recorder.rows[-1]["Test Time / s"] == pytest.approx(2000.0)
    exact = 1 - np.exp(-rate * 2000.0 * state["wetness"])
    assert exact.max() > 1e-3
    assert state["corrosion"] == pytest.approx(exact, rel=1e-6, abs=1e-12)


def test_much_damage_in_a_step_shortens_the_next():
    size = StepSize(TimeStepCase(initial=1, maximum=600, damage=0.02))
    for damage, follows in ((0.0, 160.0), (0.01, 160.0), (0.02, 160.0), (0.1, 20.0), (1.0, 12.0)):
        size.next = 160.0
        size.follow_damage(100.0, damage)
        assert size.next == pytest.approx(follows)
    fixed = StepSize(TimeStepCase(fixed=100.0))
    fixed.follow_damage(100.0, 1.0)
    assert fixed.next == 100.0
