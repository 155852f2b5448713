"""A particle that jumps over cycles ends as one that resolves them all, and its books close."""

import numpy as np
import pytest

from solver.drive.leap import Leap
from solver.drive.simulation import Simulation
from solver.model.build import build_model
from solver.model.numbering import Numbering
from solver.output.checkpoint import newest_valid, read, write
from solver.output.cycles import CycleBook, at_end
from tests.particles import case_of, disc, meshed
from tests.ranks import on_ranks

ROUNDS = 16
MODULE = "tests.verification.test_cycle_jumps"
CYCLE = "'Charge at 1C until 4.3 V', 'Discharge at 1C until 3.4 V'"
AGEING = (
    *disc(5, 1.0, 0.5, 0.35),
    "numerics.time_step.fixed=900 s",
    "physics.acceleration=2",
    "physics.wetting.enabled=true",
    "physics.initial_wetting.area=0.3 m^2/g",
    "physics.interphase.enabled=true",
    "physics.oxide_ageing={enabled: true, acceleration: 20}",
    "physics.fatigue.enabled=true",
    "physics.corrosion.enabled=true",
)


def case_with(rounds, *more):
    return case_of(f"[{{repeat: {{times: {rounds}, steps: [{CYCLE}]}}}}]", *AGEING, *more)


class Rows:
    """A tracker that keeps the history."""

    name = "rows"

    def __init__(self):
        self.rows = []

    def start(self, run):
        """Nothing is opened."""

    def record(self, snapshot):
        self.rows.append(dict(snapshot.row))

    def finish(self, outcome):
        """Nothing is closed."""

    def save(self):
        return {"rows": len(self.rows)}

    def load(self, memory):
        del self.rows[memory["rows"] :]


def followed(case, change=lambda simulation: None):
    """The simulation of a case that has followed its protocol, its history and its cycles."""
    rows = Rows()
    simulation = Simulation(build_model(case, meshed(case)), [rows])
    change(simulation)
    assert simulation.run().status == "finished"
    book = CycleBook(case.steps(), at_end(simulation.model.slow.mechanisms, jumps=True))
    cycles = [cycle for row in rows.rows for cycle in book.add(row)] + book.close()
    return simulation, rows.rows, cycles


def column(rows, header):
    return np.array([row[header] for row in rows])


@pytest.fixture(scope="module")
def whole():
    return followed(case_with(ROUNDS))


@pytest.fixture(scope="module")
def jumping():
    # A quarter of the usual tolerance: films are held to the room between sides that open ever
    # wider, which 9 points tell less well than the many of a particle
    return followed(case_with(ROUNDS, "numerics.cycle_jump={enabled: true, tolerance: 0.0125}"))


def retention(cycles):
    capacity = column(cycles, "Discharge Capacity / mA.h.g-1")
    return 100 * capacity[-1] / capacity[0]


ENDS = {  # within which share
    "Cracked Fraction / 1": 0.05,
    "Mean Damage / 1": 0.05,
    "Mean Corrosion / 1": 0.01,
    "Mean Film / m": 0.01,
    "Aged Fraction / 1": 0.01,
    "Film Charge / mA.h.g-1": 0.02,
    "Test Time / s": 0.001,
}


def off_at_the_end(rows, others):
    """By which share of what is allowed each column of the last row is another one."""
    return {
        header: abs(rows[-1][header] / others[-1][header] - 1) / allowed
        for header, allowed in ENDS.items()
    }


def test_a_particle_that_jumps_ends_as_one_that_does_not(whole, jumping):
    _, rows, cycles = whole
    _, jumped_rows, jumped = jumping
    assert len(jumped) <= 0.7 * len(cycles)
    assert retention(cycles) < 99.0
    assert retention(jumped) == pytest.approx(retention(cycles), abs=0.1)
    assert max(off_at_the_end(jumped_rows, rows).values()) < 1


def test_tables_say_how_many_cycles_were_jumped(jumping):
    simulation, rows, cycles = jumping
    number = column(cycles, "Cycle Index / 1")
    jumped = column(cycles, "Jumped Cycles / 1")
    assert number[-1] == ROUNDS
    assert jumped == pytest.approx(number - np.arange(1, len(number) + 1))
    assert rows[-1]["Jumped Cycles / 1"] == jumped[-1] == ROUNDS - len(cycles)
    totals = simulation._outcome("finished", "").totals
    assert totals["resolved_cycles"] == len(cycles)
    assert totals["jumped_cycles"] == ROUNDS - len(cycles)


def test_the_books_close_across_jumps(whole, jumping):
    _, rows, _ = whole
    _, jumped, _ = jumping
    assert column(jumped, "Lithium Error / 1").max() < 1e-8
    assert column(jumped, "Energy Error / 1").max() < 1e-8
    electrical = column(jumped, "Electrical Error / 1")[-1]
    assert electrical < 2 * column(rows, "Electrical Error / 1")[-1]
    assert column(jumped, "Lowest Dissipation / 1").min() > -1e-8


def leap_of(simulation):
    parts = simulation.way, simulation.ledger, simulation.electrical, simulation.clock
    return Leap(simulation.model, *parts)


def test_lithium_of_sites_that_go_in_a_jump_is_booked_but_for_what_they_trap():
    case = case_with(2)
    model = build_model(case, meshed(case))
    simulation = Simulation(model)
    simulation._begin()
    leap = leap_of(simulation)
    seen = leap.seen()
    growth = seen.since(seen)
    growth.fields["aged"][:], growth.fields["aged_lithium"][:] = 0.02, 0.004
    leap.carry(3, growth)
    fresh = model.electro.properties.max_concentration * model.mechanics.node_volume.sum()
    held = (0.004 - 0.02 * case.initial.occupancy) * fresh
    assert simulation.clock.jumped.lithium == pytest.approx(held, rel=1e-9)
    assert simulation.clock.jumped.cycles == 3


def test_what_a_jump_dissolves_beyond_a_node_is_kept():
    case = case_with(2, "physics.dissolution.enabled=true")
    model = build_model(case, meshed(case))
    simulation = Simulation(model)
    simulation._begin()
    leap, volume = leap_of(simulation), model.mechanics.node_volume
    seen = leap.seen()
    growth = seen.since(seen)
    growth.fields["dissolved"][::20] = 1.2
    leap.carry(3, growth)
    assert model.state["dissolved"].max() == leap.limits["dissolved"].upper
    gone = 1.2 * volume[::20].sum()
    assert volume @ model.state["dissolved"] == pytest.approx(gone, rel=1e-9)


def carried_on(comm):
    """What a jump leaves, on some ranks: each slow field grown by a thousandth of its place."""
    case = case_with(2)
    model = build_model(case, meshed(case, comm))
    simulation = Simulation(model)
    simulation._begin()
    leap = leap_of(simulation)
    seen = leap.seen()
    growth = seen.since(seen)
    growth.fields["aged"][:] = 1e-3 * (2 + model.slow.places.nodes.position[:, 0])
    growth.fields["corrosion"][:] = 1e-2 * (2 + model.slow.places.points.position[:, 1])
    leap.carry(3, growth)
    after = leap.seen()
    return {
        **{name: leap.mean(name, values) for name, values in after.fields.items()},
        "lithium": simulation.clock.jumped.lithium,
        "error": simulation.ledger.error(),
    }


@pytest.mark.parametrize("ranks", [2])
def test_a_jump_is_the_same_on_any_number_of_ranks(ranks):
    alone = on_ranks(1, f"{MODULE}:carried_on")
    together = on_ranks(ranks, f"{MODULE}:carried_on")
    assert alone["corrosion"] == pytest.approx(0.02, abs=1e-3)
    assert alone["lithium"] < 0
    for name, value in alone.items():
        assert together[name] == pytest.approx(value, rel=1e-7, abs=1e-9), name


def test_what_a_jump_remembers_goes_through_a_checkpoint(tmp_path):
    """All that it may be taken back to among it."""
    case = case_with(9, "numerics.cycle_jump.enabled=true")
    first, second = (Simulation(build_model(case, meshed(case))) for _ in range(2))
    first._begin()
    first._done = 0
    order = first._order
    order._course.look(case.steps()[0].round)
    order._before = 3, first.save()
    order._most, order._allowed, order._damage = 7, 9, 0.125
    numbering = Numbering(first.model.particle, first.model.spaces)
    write(tmp_path, 1, first.save(), numbering)
    second.load(read(newest_valid(tmp_path), numbering))
    again = second._order
    assert (again._most, again._allowed, again._damage) == (7, 9, 0.125)
    assert again._course.settled == 1
    for name, values in order._course.last.fields.items():
        assert np.array_equal(again._course.last.fields[name], values), name
    number, memory = again._before
    assert number == 3
    assert memory["order"]["course"]["last"]["fields"]["film"].place == "surface"
    second.load(memory)
    assert second._order._before is None


def doubled(simulation):
    """Let films and aged sites grow twice as much in every jump as they should."""
    right = simulation._order._course.growth

    def wrong(rounds):
        growth = right(rounds)
        for name in ("film", "aged", "aged_lithium"):
            growth.fields[name][:] *= 2
        return growth

    simulation._order._course.growth = wrong


def blind(simulation):
    """The same, and no jump is judged."""
    doubled(simulation)
    simulation._order._judge = lambda: False


def test_twice_the_growth_would_be_noticed(whole):
    _, rows, cycles = whole
    case = case_with(ROUNDS, "numerics.cycle_jump.enabled=true")
    _, wrong_rows, wrong = followed(case, blind)
    off = off_at_the_end(wrong_rows, rows)
    assert off["Aged Fraction / 1"] > 3
    assert off["Mean Film / m"] > 3
    assert abs(retention(wrong) - retention(cycles)) > 0.1


def test_nothing_changes_where_nothing_grows():
    """Carried over no time at all, a particle is where it was, and goes on as it would have."""
    case = case_with(2)
    plain, rows, _ = followed(case)

    def carried(simulation):
        leap, follow = leap_of(simulation), simulation._order.after

        def after(plan, number):
            if number == 1:
                seen = leap.seen()
                leap.carry(0, seen.since(seen))
            return follow(plan, number)

        simulation._order.after = after

    other, others, _ = followed(case, carried)
    assert len(rows) == len(others)
    for header in ENDS:
        assert others[-1][header] == pytest.approx(rows[-1][header], rel=1e-5), header
    assert other.ledger.energies.jumped == pytest.approx(0.0, abs=1e-9)
    assert plain.ledger.energies.jumped == 0.0


def test_a_jump_that_was_taken_back_leaves_no_trace(whole):
    """Of eight rounds two are jumped; when that is taken back, none is left to jump over."""
    _, rows, _ = whole
    judged = []

    def once(simulation):
        def too_far():
            judged.append(simulation._order._before is not None)
            return judged[-1]

        simulation._order._judge = too_far

    case = case_with(8, "numerics.cycle_jump.enabled=true")
    simulation, others, cycles = followed(case, once)
    assert judged.count(True) == simulation._order.totals()["cycle_jumps_taken_back"] == 1
    assert len(cycles) == 8
    for row, other in zip(rows, others, strict=False):
        for header in ("Voltage / V", "Test Time / s", "Mean Film / m", "Mean Damage / 1"):
            assert other[header] == pytest.approx(row[header], rel=1e-7), header
