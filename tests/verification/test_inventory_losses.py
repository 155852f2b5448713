"""What films take from a full cell is a cause of its own among its losses, no more and no less."""

import numpy as np
import pytest

from solver.output.cell_at_rest import cell_at_rest
from solver.output.losses import BY_CAUSE, LossBook
from tests.particles import case_of
from tests.verification.test_cycle_jumps import column, followed
from tests.verification.test_full_cell import CAPACITY, FILM, PER_SITE, RIGID, occupancy_with

SLOW = "['Charge at C/20 until %s', 'Discharge at C/20 until %s']"
FAST = "['Charge at 1C until %s', 'Discharge at 1C until %s']"
CELLS = {"graphite": ("4.4 V", "2.5 V"), "lithium": ("4.49 V", "3.45 V")}
PARTS = [column.header for column in BY_CAUSE.values()]
INVENTORY, LOSS = "Inventory Loss / mA.h.g-1", "Capacity Loss / mA.h.g-1"
KINETIC, REST = "Kinetic Loss / mA.h.g-1", "Unexplained Loss / mA.h.g-1"
BOUND = "Film Lithium / mA.h.g-1"
AGEING = "physics.oxide_ageing={enabled: true, rate: 1e-7}"


def case_with(counter, *more):
    rounds = f"times: 2, steps: {FAST % CELLS[counter]}"
    checks = f"checks: [{{at: [1, 2], steps: {SLOW % CELLS[counter]}}}]"
    cell = f"electrode.counter={counter}"
    steps = f"[{{repeat: {{{rounds}, {checks}}}}}]"
    return case_of(steps, *RIGID, cell, *FILM, "numerics.time_step.maximum=15 min", *more)


def told(case, rows):
    book = LossBook(case.steps(), cell_at_rest(case))
    return [line for row in rows for line in book.add(row)] + book.close()


def cycled(*given):
    case = case_with(*given)
    _, rows, _ = followed(case)
    return case, rows, told(case, rows)


@pytest.fixture(scope="module")
def full():
    return cycled("graphite")


@pytest.fixture(scope="module")
def aged():
    return cycled("graphite", AGEING)


def test_the_loss_of_slow_cycles_is_that_of_the_lithium_in_films(full):
    """What has left both electrodes is bound in films; at rest that costs the closed form."""
    _, rows, lines = full
    lost = [1 - row["Lithium Inventory / 1"] for row in rows]
    at_start = PER_SITE * (0.95 + 0.002 * CAPACITY)
    first, last = (line["Cycle Index / 1"] for line in lines[1::2])
    ends = [lost[np.flatnonzero(column(rows, "Cycle Index / 1") == n)[-1]] for n in (first, last)]
    exact = np.subtract(*(occupancy_with(2.5, lost=at_start * one / PER_SITE) for one in ends))
    exact -= np.subtract(*(occupancy_with(4.4, lost=at_start * one / PER_SITE) for one in ends))
    found, loss = lines[-1][INVENTORY], lines[-1][LOSS]
    print(f"lost {loss:.4f}, by inventory {found:.4f}, exact {exact * PER_SITE:.4f} mAh/g")
    assert found > 5
    assert found == pytest.approx(exact * PER_SITE, rel=0.003)
    assert found == pytest.approx(loss, rel=0.02)


def test_fast_cycles_lose_it_too_and_nothing_of_it_is_kinetic(full):
    line = full[2][-2]
    assert line[LOSS] > 5
    assert abs(line[KINETIC]) < 0.01 * line[LOSS]


def test_a_half_cell_loses_none():
    _, _, lines = cycled("lithium", AGEING)
    assert lines[-1]["Aged Loss / mA.h.g-1"] > 1
    assert [line[INVENTORY] for line in lines] == [0.0] * 4


def test_sites_and_lithium_together_explain_what_slow_cycles_lack(aged):
    last = aged[2][-1]
    print({header: last[header] for header in (*PARTS, REST, LOSS)})
    assert last[INVENTORY] > 5
    assert last["Aged Loss / mA.h.g-1"] > 0.8
    assert abs(last[REST]) < 0.02 * last[LOSS]


def sum_of_parts(line):
    return sum(line[header] for header in PARTS) + np.nansum([line[KINETIC], line[REST]])


def test_the_parts_of_a_full_cell_add_up(aged):
    for line in aged[2]:
        assert sum_of_parts(line) == pytest.approx(line[LOSS], abs=1e-6)


def test_a_part_that_is_left_out_is_missed(aged):
    last = aged[2][-1]
    assert abs(sum_of_parts(last | {INVENTORY: 0.0}) - last[LOSS]) > 1


def test_lithium_that_films_hide_is_unexplained(full):
    case, rows, right = full
    last = told(case, [row | {BOUND: rows[0][BOUND]} for row in rows])[-1]
    assert last[REST] == pytest.approx(last[LOSS], rel=1e-6)
    assert abs(right[-1][REST]) < 0.02 * last[LOSS]
