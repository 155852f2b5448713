"""Time steps in two stages are of second order, and keep what those of Euler's method keep."""

from functools import cache

import numpy as np
import pytest

from solver.drive.simulation import Simulation
from solver.entries import laws
from solver.model.build import cell_voltage
from solver.model.electrical_work import ElectricalLedger
from solver.solve.second_order import StagedStepper
from solver.solve.staggered import CoupledSolver, StepError
from solver.solve.timestep import Stepper
from tests.particles import case_of, charge_density, disc, meshed, model_of, oxide, ran
from tests.ranks import on_ranks
from tests.verification.test_going_on_anywhere import Memories

HERE = "tests.verification.test_time_order"
SMALL = [*disc(3, 0.6, 0.3, 0.25), "physics.cohesive.enabled=false"]
CRACKING = [
    *disc(5, 1.0, 0.5, 0.4),
    "physics.cohesive.strength=0.5 GPa",
    "physics.cohesive.toughness=1 J/m^2",
]
SECOND = "numerics.time_step.method=second_order"
EXACT = ["numerics.stagger_tolerance=1e-9 V", "numerics.newton_tolerance=1e-11"]
LASTS = 1200.0  # s
COUNTS = (4, 8, 16)  # of steps
SMOOTH = oxide(  # the library's laws are tables, whose second derivatives jump
    potential=laws.linear(4.7, -1.2).plus(laws.bells([0.05], [0.6], [0.2])),
    diffusivity=lambda temperature: laws.linear(1.5e-15, -1e-15),
    exchange_current=lambda temperature: laws.symmetric_exchange_current(2.0),
    strain_a=laws.linear(-0.01, 0.01),
    strain_c=laws.bells([0.02], [0.5], [0.2]),
)
WITH_FILMS = [
    "physics.wetting.enabled=true",
    "physics.initial_wetting.area=0.4 m^2/g",
    "physics.interphase={enabled: true, acceleration: 50}",
]
CYCLE = (
    "[{charge: {rate: 2C, until: {voltage: 4.2 V}}}, {hold: {voltage: 4.2 V, until: {rate: C/2}}},"
    " 'Rest for 5 min at 40 degC', {discharge: {rate: 2C, until: {voltage: 3.6 V}}}]"
)


def followed(protocol, *overrides):
    case = case_of(protocol, *overrides)
    simulation, recorder, outcome = ran(model_of(case, meshed(case)))
    assert outcome.status == "finished", outcome.reason
    return simulation, recorder


def taken(stepper, model, dt, times=1):
    """Take steps of one length."""
    for _ in range(times):
        stepper.attempt(dt)
        model.take_stock()
        stepper.accept(dt)


@cache
def charged(counter):
    """Errors of occupancy (root mean square) and voltage, by kind of stepper and number of steps.

    From where the first moments under a current are over: those are not smooth.
    """
    case = case_of("[{rest: {until: {time: 1 s}}}]", *SMALL, *EXACT, f"electrode.counter={counter}")
    model = model_of(case, meshed(case), SMOOTH)
    current = 0.3 * charge_density(model) * model.extent.volume / LASTS
    model.electro.control.impose_current(current / model.extent.outer_area)
    (solver := CoupledSolver(model)).equilibrate()
    flows = ElectricalLedger(model).flows
    steppers = {"euler": Stepper(model, solver), "staged": StagedStepper(model, solver, flows)}
    for dt in 2.0 ** np.arange(9):
        taken(steppers["staged"], model, dt)
    begin = steppers["staged"].save()
    end = {}
    for kind, count in (("staged", 64), *((k, n) for k in steppers for n in COUNTS)):
        steppers[kind].load(begin)
        taken(steppers[kind], model, LASTS / count, count)
        end[kind, count] = model.state["occupancy"].copy(), cell_voltage(model)
    exact, voltage = end["staged", 64]
    return {
        which: (float(np.sqrt(np.mean((x - exact) ** 2))), abs(there - voltage))
        for which, (x, there) in end.items()
    }


@pytest.mark.parametrize("counter", ["lithium", "graphite"])
def test_occupancy_and_voltage_are_of_second_order(counter, drawn):
    found = charged(counter)
    errors = np.array([found["staged", n] for n in COUNTS])
    orders = -np.polyfit(np.log(COUNTS), np.log(errors), 1)[0]
    second = errors[0, 0] * (COUNTS[0] / np.array(COUNTS)) ** 2
    of_euler = [found["euler", n][0] for n in COUNTS]
    drawn(
        "time steps",
        "error of the occupancy",
        {"second order": (COUNTS, second)},
        {"two stages": (COUNTS, errors[:, 0]), "implicit Euler": (COUNTS, of_euler)},
        xscale="log",
        yscale="log",
    )
    print(f"errors {errors.tolist()}, orders {orders}")
    assert (orders >= 1.8).all()


def test_half_the_steps_are_more_exact_than_eulers():
    found = charged("lithium")
    assert (np.array(found["staged", 8]) < 0.3 * np.array(found["euler", 16])).all()


@cache
def cycled():
    """A cycle of a particle that cracks and gets wet, at two temperatures, and holds a voltage."""
    return followed(CYCLE, SECOND, "numerics.time_step.maximum=600", *CRACKING, *WITH_FILMS)


def test_the_books_close():
    _, recorder = cycled()
    row = recorder.rows[-1]
    print({name: value for name, value in row.items() if "Error" in name})
    assert row["Lithium Error / 1"] < 1e-8
    assert row["Energy Error / 1"] < 1e-6
    assert row["Cracked Fraction / 1"] > 0.1
    assert row["Film Charge / mA.h.g-1"] > 0


def test_the_electrical_books_close_as_with_eulers_method():
    """At one temperature, with ions in the boundaries and side reactions."""
    protocol = "[{charge: {rate: 1C, until: {time: 1200 s}}}, {rest: {until: {time: 300 s}}}]"
    given = [*CRACKING, *WITH_FILMS, "numerics.time_step.fixed=60"]
    euler, second = (followed(protocol, *given, *more)[1].rows[-1] for more in ([], [SECOND]))
    print({name: (euler[name], second[name]) for name in euler if " Loss / " in name})
    assert second["Side Reaction Loss / J.m-1"] > 0
    assert second["Network Loss / J.m-1"] > 0
    assert second["Electrical Error / 1"] < 1.2 * euler["Electrical Error / 1"] < 1e-3


def test_steps_end_where_they_should():
    _, recorder = cycled()
    _, charge, hold, rest, discharge = recorder.ends
    assert charge["Voltage / V"] == pytest.approx(4.2, abs=1e-6)
    assert hold["Specific Current / mA.g-1"] == pytest.approx(100.0, rel=1e-6)
    assert rest["Step Time / s"] == pytest.approx(300.0, rel=1e-12)
    assert discharge["Voltage / V"] == pytest.approx(3.6, abs=1e-6)


def test_a_stage_that_fails_costs_a_step_and_nothing_else(monkeypatch):
    """Some second stages fail; Euler's method takes those steps."""
    step, count = CoupledSolver.step, 0

    def failing(self, dt, *given, **named):
        nonlocal count
        work = step(self, dt, *given, **named)
        count += 1
        if count in (8, 14, 21):
            raise StepError("for the sake of the test")
        return work

    monkeypatch.setattr(CoupledSolver, "step", failing)
    simulation, recorder = followed(CYCLE, *SMALL, SECOND)
    assert simulation.way.totals()["rejected_steps"] >= 3
    row = recorder.rows[-1]
    assert row["Voltage / V"] == pytest.approx(3.6, abs=1e-6)
    assert row["Lithium Error / 1"] < 1e-8


def test_a_run_goes_on_as_it_would_have():
    """From within a protocol step, where the rate at the end of the last step is remembered."""
    charge = "[{charge: {rate: 2C, until: {voltage: 4.0 V}}}]"
    case = case_of(charge, *CRACKING, *WITH_FILMS, SECOND)
    keeper = Memories(first := Simulation(model_of(case, meshed(case))), {6})
    assert first.run(keeper=keeper).status == "finished"
    again = Simulation(model_of(case, meshed(case)))
    again.load(keeper.kept[6])
    assert again.run().status == "finished"
    assert again.steps == first.steps
    for name, values in first.model.state.arrays().items():
        assert np.array_equal(again.model.state.arrays()[name], values), name


def charge_on(comm):
    """A fast charge with cracks, films and ions in the boundaries."""
    given = [*CRACKING, *WITH_FILMS, SECOND, "numerics.time_step.initial=20"]
    tight = ["numerics.stagger_tolerance=1e-8 V", "numerics.newton_tolerance=1e-10"]
    case = case_of("[{charge: {rate: 6C, until: {time: 120 s}}}]", *given, *tight)
    _, recorder, outcome = ran(model_of(case, meshed(case, comm)))
    assert outcome.status == "finished", outcome.reason
    told = ["Voltage / V", "Net Charge / mA.h.g-1", "Mean Damage / 1", "Test Time / s"]
    return {"rows": [[row[name] for name in told] for row in recorder.rows]}


@pytest.mark.slow
def test_ranks_take_the_same_steps():
    one, two, three = (np.array(on_ranks(n, f"{HERE}:charge_on")["rows"]) for n in (1, 2, 3))
    assert one.shape == two.shape == three.shape
    scale = np.abs(one).max(axis=0)
    worst = max((np.abs(other - one) / scale).max() for other in (two, three))
    print(f"{len(one) - 1} steps, damage {one[-1][2]:.2f}: largest difference {worst:.1e}")
    assert one[-1][2] > 0.01
    assert worst < 1e-6
