"""A full cell that jumps over cycles loses what films bind as one that resolves them all."""

import numpy as np
import pytest
from mpi4py import MPI

from solver.drive.leap import Leap
from solver.drive.simulation import Simulation
from solver.model.build import Model, build_model
from tests.particles import case_of, disc, meshed
from tests.ranks import on_ranks
from tests.verification.test_cycle_jumps import column, followed, leap_of, retention
from tests.verification.test_full_cell import lithium_of

MODULE = "tests.verification.test_full_cell_jumps"
ROUNDS = 30
CYCLE = "'Charge at 1C until 4.4 V', 'Discharge at 1C until 2.5 V'"
JUMPS = "numerics.cycle_jump.enabled=true"
CELL = (
    *disc(3, 0.6, 0.3, 0.25),
    "electrode={counter: graphite}",
    "numerics.time_step.fixed=900 s",
    "physics.swelling.enabled=false",
    "physics.stress_in_potential.enabled=false",
    "physics.cohesive.enabled=false",
    "physics.wetting={enabled: true, ramp: 60 s}",
    "physics.initial_wetting.area=0.2 m^2/g",
    "physics.interphase={enabled: true, acceleration: 4}",
    "physics.oxide_ageing={enabled: true, acceleration: 4}",
    "physics.dissolution={enabled: true}",
)


def case_with(rounds, *more):
    return case_of(f"[{{repeat: {{times: {rounds}, steps: [{CYCLE}]}}}}]", *CELL, *more)


@pytest.fixture(scope="module")
def whole():
    return followed(case_with(ROUNDS))


@pytest.fixture(scope="module")
def jumping():
    return followed(case_with(ROUNDS, JUMPS))


def test_a_full_cell_that_jumps_ends_as_one_that_does_not(whole, jumping):
    _, rows, cycles = whole
    _, jumped_rows, jumped = jumping
    print(f"{len(jumped)} of {len(cycles)} cycles, {retention(jumped)} against {retention(cycles)}")
    assert len(jumped) <= 0.5 * len(cycles)
    assert retention(cycles) < 97.5
    assert retention(jumped) == pytest.approx(retention(cycles), abs=0.05)
    for header, within in (("Lithium Inventory / 1", 1e-3), ("Counter Occupancy / 1", 2e-3)):
        assert jumped_rows[-1][header] == pytest.approx(rows[-1][header], rel=within), header


def test_rounds_after_a_jump_begin_where_those_that_are_resolved_do(whole, jumping):
    """Their charges, too, lack what films have taken, and no more."""
    charge = "Charge Capacity / mA.h.g-1"
    resolved = {row["Cycle Index / 1"]: row[charge] for row in whole[2]}
    off = [row[charge] - resolved[row["Cycle Index / 1"]] for row in jumping[2]]
    print(f"off by at most {np.abs(off).max():.4f} mAh/g")
    assert np.abs(off).max() < 0.1


def missing(simulation):
    """Share of the lithium that oxide, graphite, films and liquid have lost since the start."""
    model = simulation.model
    at_start = lithium_of(build_model(model.case, model.particle)).sum()
    return 1 - (lithium_of(model).sum() + model.leached()) / at_start


def test_lithium_of_the_cell_is_conserved_across_jumps(jumping):
    simulation, rows, _ = jumping
    print(f"missing {missing(simulation):.1e}, jumped {rows[-1]['Jumped Lithium / 1']:.2e}")
    assert rows[-1]["Jumped Lithium / 1"] < -5e-3
    assert abs(missing(simulation)) < 1e-8
    assert column(rows, "Lithium Error / 1").max() < 1e-8


def test_lithium_that_a_jump_makes_up_is_missed(monkeypatch):
    right = Leap._drawn

    def wrong(leap, facing):
        drawn = right(leap, facing)
        leap._model.state["released"][:] += 0.01 * drawn
        return drawn

    monkeypatch.setattr(Leap, "_drawn", wrong)
    simulation, _, _ = followed(case_with(12, JUMPS))
    assert missing(simulation) < -1e-6


def carried(comm, gained=0.5):
    """A cell at its start after a jump in which films get 1 nm thicker, and its lithium before.

    gained: by graphite, fmol.
    """
    case = case_with(2)
    simulation = Simulation(build_model(case, meshed(case, comm)))
    simulation._begin()
    leap, before = leap_of(simulation), lithium_of(simulation.model)
    seen = leap.seen()
    growth = seen.since(seen)
    growth.fields["film"][seen.fields["film"] > 0] = 1e-3
    growth.sums[2] = gained
    leap.carry(3, growth)
    return simulation, before


def test_the_oxide_gives_what_films_take_and_graphite_gains():
    simulation, before = carried(MPI.COMM_SELF)
    oxide, graphite, films = lithium_of(simulation.model) - before
    print(f"oxide {oxide:.4f}, graphite {graphite:.4f}, films {films:.4f} fmol")
    assert films > 0.1
    assert graphite == pytest.approx(0.5, rel=1e-6)
    assert oxide == pytest.approx(-0.5 - films, rel=1e-6)
    assert simulation.clock.jumped.lithium == pytest.approx(oxide, rel=1e-9)


def test_grains_that_no_electrons_reach_keep_what_they_hold(monkeypatch):
    monkeypatch.setattr(Model, "isolated", lambda model: np.array([False, True, False]))
    simulation, _ = carried(MPI.COMM_SELF)
    model = simulation.model
    x = [model.state["occupancy"][model.spaces.grain_of_node == grain] for grain in range(3)]
    assert x[1] == pytest.approx(0.95, abs=1e-12)
    assert np.ptp(np.concatenate([x[0], x[2]])) < 1e-12
    assert x[0][0] < 0.949


def carried_on(comm):
    """What a jump leaves, on some ranks."""
    simulation, _ = carried(comm)
    collector, opposite = simulation.model.state.ones("collector_potential", "counter_potential")
    lithium = simulation.clock.jumped.lithium
    return {"voltage": collector - opposite, "facing": opposite, "lithium": lithium}


def test_a_jump_of_a_full_cell_is_the_same_on_any_number_of_ranks():
    alone, together = (on_ranks(n, f"{MODULE}:carried_on") for n in (1, 2))
    assert alone["lithium"] < 0
    for name, value in alone.items():
        assert together[name] == pytest.approx(value, rel=1e-7), name
