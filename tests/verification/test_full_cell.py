"""A particle that faces graphite: voltages, capacities and lithium of a full cell."""

from functools import cache

import numpy as np
import pytest
from mpi4py import MPI
from scipy.optimize import brentq

from solver.checks.forecast import forecast
from solver.materials import load_grain_material, load_interphase_material
from solver.materials.counter import load_counter_material
from solver.mechanisms.interphase import Interphase
from solver.model.electro.system import ElectrochemicalSystem
from solver.solve.impedance import spectrum
from solver.units.constants import FARADAY, FARADAY_INTERNAL, METRE, MOLE
from tests.particles import case_of, disc, meshed, model_of, ran
from tests.ranks import on_ranks

HERE = "tests.verification.test_full_cell"
SMALL = [*disc(3, 0.6, 0.3, 0.25), "physics.cohesive.enabled=false"]
RIGID = [*SMALL, "physics.swelling.enabled=false", "physics.stress_in_potential.enabled=false"]
FULL = "electrode={counter: graphite}"
OXIDE, GRAPHITE = load_grain_material("NMC76"), load_counter_material("graphite")
CYCLE = "{charge: {rate: %s, until: {voltage: %s}}}, {discharge: {rate: %s, until: {voltage: %s}}}"
FILM = ["physics.interphase={enabled: true, acceleration: 20}"]
WET = ["physics.wetting={enabled: true, ramp: 60 s}", "physics.initial_wetting.area=0.2 m^2/g"]


def followed(protocol, *overrides, comm=MPI.COMM_SELF, look=None):
    case = case_of(protocol, *overrides)
    simulation, recorder, outcome = ran(model_of(case, meshed(case, comm)), look)
    assert outcome.status == "finished", outcome.reason
    return simulation, recorder


def value(law, x):
    return float(law.value(np.array(x)))


def emptied_by(voltage):
    """Where the oxide alone has a voltage."""
    return brentq(lambda x: value(OXIDE.potential, x) - voltage, 0.01, 0.999)


CAPACITY = 1.2 * (emptied_by(2.7) - emptied_by(4.5))  # of graphite, per site of the oxide


def closed_form(x, lost=0.0):
    """Voltage of the cell at equilibrium, where the oxide began with 0.95 and graphite empty."""
    in_graphite = 0.002 + (0.95 - x - lost) / CAPACITY
    return value(OXIDE.potential, x) - value(GRAPHITE.potential, in_graphite)


def occupancy_with(voltage, lost=0.0):
    start = 0.95 - lost + 0.002 * CAPACITY - 1e-5
    return brentq(lambda x: closed_form(x, lost) - voltage, 0.05, start)


@cache
def slow():
    """A slow cycle without stress, in which the particle is close to equilibrium."""
    cycle = CYCLE % ("C/50", "4.4 V", "C/50", "2.5 V")
    return followed(f"[{cycle}]", *RIGID, FULL, "numerics.time_step.maximum=1 hour")[1]


def test_a_slow_cycle_follows_the_difference_of_both_equilibria():
    rows = slow().rows[1:]
    off = [row["Voltage / V"] - closed_form(row["Mean Occupancy / 1"]) for row in rows]
    way = np.sign([row["Specific Current / mA.g-1"] for row in rows])
    print(f"{len(rows)} rows, off by {min(off) * 1e3:.2f} to {max(off) * 1e3:.2f} mV")
    assert np.abs(off).max() < 3e-3
    assert (way * off > 0).all()  # what is left is the overpotential


def test_a_slow_cycle_ends_where_the_closed_form_does():
    _, charged, discharged = slow().ends
    for row, voltage in ((charged, 4.4), (discharged, 2.5)):
        exact = occupancy_with(voltage)
        print(f"{voltage} V: x = {row['Mean Occupancy / 1']:.6f}, exact {exact:.6f}")
        assert row["Voltage / V"] == pytest.approx(voltage, abs=1e-6)
        assert row["Mean Occupancy / 1"] == pytest.approx(exact, abs=2e-3)
    assert charged["Counter Occupancy / 1"] == pytest.approx(
        0.002 + (0.95 - charged["Mean Occupancy / 1"]) / CAPACITY, rel=1e-9
    )


def test_the_forecast_ends_where_the_closed_form_does():
    cycle = CYCLE % ("C/50", "4.4 V", "C/50", "2.5 V")
    steps = forecast(case_of(f"[{cycle}]", FULL), OXIDE)
    assert [step.occupancy for step in steps] == pytest.approx(
        [occupancy_with(4.4), occupancy_with(2.5)], abs=1e-4
    )


MIXED = (
    "[{charge: {rate: 2C, until: {voltage: 4.3 V}}}, {hold: {voltage: 4.3 V, until: {rate: C/4}}},"
    " {discharge: {rate: 2C, until: {voltage: 3.0 V}}}, {rest: {until: {time: 300 s}}},"
    " {hold: {voltage: 2.8 V, until: {time: 600 s}}}, 'Sweep at 1 mV/s from 2.9 V to 3.6 V']"
)


@cache
def mixed():
    """Steps of every kind, with films that grow and sides that get wet."""
    return followed(MIXED, *SMALL, FULL, *FILM, *WET)


def test_every_row_has_the_difference_of_its_electrodes():
    rows = mixed()[1].rows
    off = [
        row["Voltage / V"]
        - row["Cathode Potential / V"]
        + value(GRAPHITE.potential, row["Counter Occupancy / 1"])
        for row in rows
    ]
    assert len(rows) > 50
    assert np.ptp([row["Counter Occupancy / 1"] for row in rows]) > 0.5
    assert np.abs(off).max() < 1e-9


def test_a_held_voltage_is_that_of_the_cell_at_every_step():
    """Graphite's potential belongs to the end of the step: nothing of it lags behind."""
    rows = [row for row in mixed()[1].rows if row["Step Index / 1"] in (1, 4)]
    held = {1: 4.3, 4: 2.8}
    off = [abs(row["Voltage / V"] - held[int(row["Step Index / 1"])]) for row in rows]
    moved = np.diff([row["Cathode Potential / V"] for row in rows])
    print(f"{len(rows)} rows, off by at most {max(off):.1e} V")
    assert len(rows) > 10
    assert np.abs(moved).max() > 1e-3
    assert max(off) < 1e-8


def test_a_hold_converges_with_the_time_step_in_first_order():
    """With the collector at U_n of the step's beginning it would miss its voltage, the more the
    longer the step."""
    protocol = (
        "[{charge: {rate: 1C, until: {capacity: 20 mAh/g}}},"
        " {hold: {voltage: 3.5 V, until: {time: 400 s}}}]"
    )
    rigid, taken = [*RIGID, *disc(3, 3.0, 1.0, 0.8)], []
    for step in (80, 40, 20, 10):
        _, recorder = followed(protocol, *rigid, FULL, f"numerics.time_step.fixed={step}")
        held = [row for row in recorder.rows if row["Step Index / 1"] == 1]
        assert [row["Voltage / V"] for row in held] == pytest.approx([3.5] * len(held), abs=1e-7)
        taken.append(recorder.ends[-1]["Counter Occupancy / 1"])
    errors = np.diff(taken)
    print(f"{taken}, ratios {errors[:-1] / errors[1:]}")
    assert errors[:-1] / errors[1:] == pytest.approx([2.0, 2.0], abs=0.5)


def lithium_of(model):
    """Lithium in oxide, graphite and films, each by itself, fmol."""
    facing = model.electro.facing
    (potential,) = model.state.ones("counter_potential")
    share = brentq(lambda x: value(GRAPHITE.potential, x) - potential, 1e-4, 0.9999)
    film = model.slow["interphase"].measure(model.state).mean * model.wet_area()
    per_volume = load_interphase_material("carbonate").lithium_per_volume * MOLE / METRE**3
    return np.array([model.lithium(), share * facing.counter.sites, film * per_volume])


def moved_lithium(*overrides):
    """Lithium that oxide, graphite, films and the liquid (of dissolved oxide) have gained.

    Over that of the oxide at the start.
    """
    case = case_of(MIXED, *SMALL, FULL, *FILM, *WET, *overrides)
    model = model_of(case, meshed(case))
    before = lithium_of(model)
    _, _, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return np.append(lithium_of(model) - before, model.leached()) / before[0]


ATTACKED = [
    "physics.rock_salt={enabled: true, acceleration: 2000}",
    "physics.dissolution={enabled: true, rate: 2e-11 m/s}",
]


@pytest.mark.parametrize(("attack", "leaches"), [((), False), (ATTACKED, True)])
def test_no_lithium_of_the_cell_is_lost(attack, leaches):
    gained = moved_lithium(*attack)
    print("oxide {:.6f}, graphite {:.6f}, films {:.6f}, liquid {:.6f}".format(*gained))
    assert gained[2] > 1e-3
    assert (gained[3] > 1e-4) == leaches
    assert abs(gained.sum()) < 1e-8


def test_lithium_is_missed_where_films_hide_some(monkeypatch):
    right = Interphase.bound
    monkeypatch.setattr(Interphase, "bound", lambda *given: 0.99 * right(*given))
    assert abs(moved_lithium().sum()) > 1e-5


def test_lithium_is_missed_where_side_reactions_are_taken_for_lithium(monkeypatch):
    right = ElectrochemicalSystem.currents
    wrong = {"parasitic": 0.0}
    monkeypatch.setattr(ElectrochemicalSystem, "currents", lambda system: right(system) | wrong)
    assert abs(moved_lithium().sum()) > 1e-5


def test_the_inventory_is_what_films_leave():
    simulation, recorder = mixed()
    end = recorder.rows[-1]
    counter, lithium = simulation.model.electro.facing.counter, simulation.model.lithium()
    there = lithium + end["Counter Occupancy / 1"] * counter.sites
    at_start = 0.95 * simulation.model.sites() + counter.lithium
    assert end["Lithium Inventory / 1"] == pytest.approx(there / at_start, rel=1e-9)
    assert recorder.rows[0]["Lithium Inventory / 1"] == pytest.approx(1.0, rel=1e-12)
    assert end["Lithium Inventory / 1"] < 0.999


def test_the_work_of_the_particle_is_still_accounted_for():
    assert mixed()[1].rows[-1]["Electrical Error / 1"] < 2e-2


def twice(counter):
    """Discharge capacities of two cycles, and what films have bound at their ends, mAh/g."""
    upper, lower = ("4.4 V", "2.5 V") if counter == "graphite" else ("4.49 V", "3.45 V")
    cycle = CYCLE % ("C/10", upper, "C/10", lower)
    simulation, recorder = followed(
        f"[{cycle}, {cycle}]",
        *[*RIGID, f"electrode.counter={counter}", *FILM, "numerics.time_step.maximum=20 min"],
        look=lambda seen: seen.state.sides("film").outside.copy(),
    )
    model = simulation.model
    per_volume = load_interphase_material("carbonate").lithium_per_volume * MOLE / METRE**3
    area = model.slow.places.roughness * model.slow.places.nodes.outer_area
    per_film = FARADAY_INTERNAL * per_volume * area / (3.6e15 * model.extent.mass)
    films = [recorder.seen[recorder.rows.index(row)] for row in recorder.ends]
    first, second = (recorder.ends[number]["Capacity / mA.h.g-1"] for number in (2, 4))
    bound = [float(per_film @ (films[number] - films[0])) for number in (2, 4)]
    return first - second, bound


PER_SITE = FARADAY * OXIDE.max_concentration / OXIDE.density / 3600  # mAh/g


def test_a_full_cell_loses_the_lithium_that_films_bind():
    """Less what graphite, emptied a little further, gives in its place."""
    lost, bound = twice("graphite")
    ends = [occupancy_with(2.5, lost=one / PER_SITE) for one in bound]
    exact = (ends[0] - ends[1]) * PER_SITE
    print(f"lost {lost:.4f} mAh/g, exact {exact:.4f}, films have bound {bound[1] - bound[0]:.4f}")
    assert exact > 1.0
    assert lost == pytest.approx(exact, rel=0.03)
    assert lost == pytest.approx(bound[1] - bound[0], rel=0.05)


def test_a_half_cell_does_not_lose_what_films_bind():
    lost, bound = twice("lithium")
    print(f"lost {lost:.4f} mAh/g, films have bound {bound[1] - bound[0]:.4f}")
    assert bound[1] - bound[0] > 1.0
    assert abs(lost) < 0.03 * (bound[1] - bound[0])


BRIEF = (
    "[{charge: {rate: 2C, until: {time: 600 s}}}, {hold: {voltage: 3.6 V, until: {time: 300 s}}}]"
)
COLUMNS = (
    *("Voltage / V", "Cathode Potential / V", "Counter Occupancy / 1"),
    *("Lithium Inventory / 1", "Mean Occupancy / 1"),
)


def end_of_brief(comm):
    fixed = "numerics.time_step={maximum: 100 s, fixed: 100 s}"
    _, recorder = followed(BRIEF, *SMALL, FULL, *FILM, *WET, fixed, comm=comm)
    return {name: [row[name] for row in recorder.ends] for name in COLUMNS}


def test_a_full_cell_is_the_same_on_any_number_of_ranks():
    alone = end_of_brief(MPI.COMM_SELF)
    assert alone["Lithium Inventory / 1"][-1] < 0.9999
    for n in (2, 3):
        other = on_ranks(n, f"{HERE}:end_of_brief")
        for name in COLUMNS:
            assert other[name] == pytest.approx(alone[name], rel=1e-7), name


def test_the_impedance_is_that_of_the_particle_alone():
    found = []
    for counter in ("lithium", "graphite"):
        case = case_of("['Rest for 1 s']", *SMALL, f"electrode.counter={counter}")
        model = model_of(case, meshed(case))
        simulation, _, _ = ran(model)
        found.append(spectrum(simulation.model, [1e3, 1e-2]))
    assert found[1] == pytest.approx(found[0], rel=1e-6)


def test_graphite_that_is_empty_ends_the_run_with_a_reason():
    protocol = "[{discharge: {rate: C/10, until: {time: 30 min}}}]"
    case = case_of(protocol, *RIGID, FULL)
    _, _, outcome = ran(model_of(case, meshed(case)))
    assert outcome.status == "failed"
    assert "the counter electrode is empty, at -" in outcome.reason
