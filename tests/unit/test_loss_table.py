"""Losses of discharge capacity: their split, the table, and what a page shows of it."""

from math import isnan

import numpy as np
import pytest

from solver.output.losses import COLUMNS, Discharged, LossBook, losses
from solver.results import loss_figure, style
from solver.results import losses as shown
from solver.results.history import History
from tests.particles import case_of
from tests.unit.record_example import make_record

FULL = 275.0  # mA h/g, of fresh sites
OCCUPANCY, LEFT = "Left Occupancy / 1", "Left Sites / mA.h.g-1"
NAMES = ("Transformed", "Released", "Dissolved", "Aged", "Isolated")
STEPS = case_of(
    "[{repeat: {times: 3, steps: ['Charge at 1C until 4.3 V', 'Discharge at 1C until 3 V'],"
    " checks: [{at: [1, 3], steps: ['Charge at C/20 until 4.3 V', 'Discharge at C/20 until 3 V',"
    " Rest for 1 h]}]}}]"
).steps()


def test_what_sites_and_their_window_lack_is_exactly_what_the_discharge_lacks():
    """Q = S dx of 275 and 230 mA h/g, of 0.8 and 0.7."""
    fresh = Discharged(1, FULL * 0.8, 0.8, dict.fromkeys(("transformed", "aged"), 0.0))
    worn = Discharged(9, 230 * 0.7, 0.7, {"transformed": 30.0, "aged": 15.0})
    lost = losses(fresh, worn)
    assert lost.whole == pytest.approx(59.0)
    by_sites = {"transformed": 30 * 0.75, "aged": 15 * 0.75}
    assert lost.by_cause == pytest.approx(by_sites | {"inventory": 0.0})
    assert lost.rest == pytest.approx(0.1 * (275 + 230) / 2)


def row(step, time, net, occupancy, *taken, aged=0.0):
    """taken: by rock salt, heat and liquid (a quarter and three quarters), age, isolation."""
    salt, gone, aged, isolated = taken or (0.0, 0.0, aged, 0.0)
    taken = salt, 0.25 * gone, 0.75 * gone, aged, isolated
    return {
        "Cycle Index / 1": STEPS[step].cycle, "Step Index / 1": step, "Test Time / s": time,
        "Voltage / V": 3.7, "Net Charge / mA.h.g-1": net, OCCUPANCY: occupancy,
        LEFT: FULL - sum(taken),
        **{f"{n} Sites / mA.h.g-1": each for n, each in zip(NAMES, taken, strict=True)},
    }  # fmt: skip


ROWS = [
    row(0, 0, 0.0, 0.95),
    row(0, 1, 220.0, 0.15),
    row(1, 2, 110.0, 0.55),
    row(1, 3, 0.0, 0.95),
    row(2, 4, 225.0, 0.13),
    row(3, 5, 0.0, 0.95, aged=2.0),
    row(4, 6, 0.0, 0.95, aged=2.0),
    row(5, 7, 200.0, 0.2, 3.0, 5.0, 9.0, 0.0),
    row(6, 8, 20.0, 0.9, 5.0, 7.0, 11.0, 4.0),
    row(7, 9, 190.0, 0.2, 5.0, 7.0, 11.0, 0.0),
    row(8, 10, 30.0, 0.85, 7.0, 8.0, 12.0, 0.0),
    row(9, 11, 220.0, 0.13, 7.0, 8.0, 12.0, 0.0),
    row(10, 12, 30.0, 0.93, 7.0, 8.0, 13.0, 0.0),
    row(11, 13, 30.0 - 1e-12, 0.94, 9.0, 9.0, 20.0, 0.0),
]


def table(book, rows):
    return [lost for each in rows for lost in book.add(each)]


@pytest.fixture
def lost():
    book = LossBook(STEPS)
    return table(book, ROWS) + book.close()


def test_every_discharge_is_set_beside_the_first_at_its_rate(lost):
    assert [line["Cycle Index / 1"] for line in lost] == [1, 2, 3, 4, 5]
    assert [line["Check Cycle / 1"] for line in lost] == [0, 1, 0, 0, 1]
    assert [line["Reference Cycle / 1"] for line in lost] == [1, 2, 1, 1, 2]
    assert [line["Discharge Rate / 1"] for line in lost] == [1.0, 0.05, 1.0, 1.0, 0.05]


def test_a_check_at_the_usual_rate_has_a_reference_of_its_own():
    one_c = [step._replace(step=STEPS[1].step) if step.round.check else step for step in STEPS]
    book = LossBook(one_c)
    lost = table(book, ROWS) + book.close()
    assert [line["Discharge Rate / 1"] for line in lost] == [1.0] * 5
    assert [line["Reference Cycle / 1"] for line in lost] == [1, 2, 1, 1, 2]


def test_every_column_of_a_loss_has_its_own_value(lost):
    """In round 2 sites are taken as in the middle of its discharge: 4, 6, 10 and 2 mA h/g."""
    assert isnan(lost[2].pop("Unexplained Loss / mA.h.g-1"))
    window = (0.8 + 0.7) / 2
    assert lost[2] == pytest.approx(
        {
            "Cycle Index / 1": 3,
            "Check Cycle / 1": 0,
            "Complete Cycle / 1": 1,
            "Reference Cycle / 1": 1,
            "Discharge Rate / 1": 1.0,
            "Discharge Capacity / mA.h.g-1": 180.0,
            "Occupancy Window / 1": 0.7,
            "Capacity Loss / mA.h.g-1": 40.0,
            "Transformed Loss / mA.h.g-1": 4 * window,
            "Released Loss / mA.h.g-1": 1.5 * window,
            "Dissolved Loss / mA.h.g-1": 4.5 * window,
            "Aged Loss / mA.h.g-1": 10 * window,
            "Isolated Loss / mA.h.g-1": 2 * window,
            "Inventory Loss / mA.h.g-1": 0.0,
            "Kinetic Loss / mA.h.g-1": 40 - 22 * window,
        }
    )


def test_the_rest_of_a_check_is_unexplained_and_counts_from_the_first_check(lost):
    """Rest after the discharge counts for nothing, and what was gone before the first check."""
    check = lost[4]
    assert isnan(check["Kinetic Loss / mA.h.g-1"])
    window = (0.82 + 0.8) / 2
    assert check["Capacity Loss / mA.h.g-1"] == pytest.approx(225 - 190)
    assert check["Aged Loss / mA.h.g-1"] == pytest.approx((12.5 - 1.0) * window)
    explained = (7.0 + 8.0 + 11.5) * window
    assert check["Unexplained Loss / mA.h.g-1"] == pytest.approx(35 - explained)


def test_sites_count_as_they_are_while_the_others_fill():
    """A third of the window at 1 (0 to 2), two thirds at 5 (2 to 8); a rest in which more go."""
    book = LossBook(STEPS)
    start = [row(0, 0, 0.0, 0.95), row(0, 1, 200.0, 0.2)]
    way = [row(1, 2, 150.0, 0.4, aged=2.0), row(1, 3, 150.0, 0.4, aged=2.0)]
    end = [row(1, 4, 50.0, 0.8, aged=8.0), row(1, 5, 50.0, 0.81, aged=60.0)]
    table(book, [*ROWS[:4], *(each | {"Cycle Index / 1": 3} for each in start + way + end)])
    (last,) = book.close()
    assert last["Occupancy Window / 1"] == pytest.approx(0.6)
    assert last["Aged Loss / mA.h.g-1"] == pytest.approx((1 + 2 * 5) / 3 * (0.8 + 0.6) / 2)


def test_a_book_that_goes_on_tells_the_same(lost):
    for cut in range(1, len(ROWS)):
        book, later = LossBook(STEPS), LossBook(STEPS)
        before = table(book, ROWS[:cut])
        later.load(book.save())
        after = table(later, ROWS[cut:]) + later.close()
        assert [list(line.values()) for line in before + after] == [
            pytest.approx(list(line.values()), nan_ok=True) for line in lost
        ]


@pytest.mark.parametrize("ended", [True, False])
def test_a_discharge_that_is_cut_off_is_told_apart(ended):
    book = LossBook(STEPS)
    told = table(book, ROWS[:-1]) + book.add(ROWS[-1], ended) + book.close()
    assert [line["Complete Cycle / 1"] for line in told] == [1, 1, 1, 1, ended]


def test_a_cycle_without_discharge_has_lost_nothing():
    book = LossBook(STEPS)
    assert table(book, ROWS[:2]) + book.close() == []


def test_the_discharge_of_a_particle_that_was_not_charged_is_no_reference():
    book = LossBook(STEPS)
    begins = [row(1, 0, 0.0, 0.9), row(1, 1, -20.0, 0.98)]
    cycle = [row(2, 2, 200.0, 0.1), row(3, 3, 0.0, 0.95)]
    (line,) = table(book, begins + cycle) + book.close()
    assert line["Reference Cycle / 1"] == line["Cycle Index / 1"] == 2


@pytest.fixture
def read(lost):
    about = {column.header: column for column in COLUMNS}
    return History({h: np.array([line[h] for line in lost], dtype=float) for h in about}, about)


def test_losses_are_drawn_on_each_other_and_checks_beside_them(read):
    with style.look():
        figure = loss_figure.figure(read)
    (axes,) = figure.axes
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == [
        "transformed loss", "released loss", "dissolved loss", "aged loss", "isolated loss",
        "kinetic loss", "lost in all", "unexplained in checks",
    ]  # fmt: skip
    highest = [area.get_paths()[0].vertices[:, 1].max() for area in axes.collections]
    assert highest == sorted(highest)
    measured, unexplained, _ = axes.lines
    assert list(measured.get_ydata()) == pytest.approx([0, 40, 60])
    assert highest[-1] == pytest.approx(60), "the parts reach what was measured"
    assert list(unexplained.get_xdata()) == [2, 5]
    assert unexplained.get_ydata()[1] == pytest.approx(35 - 26.5 * 0.81)


def test_one_cycle_has_no_figure(read):
    first = History({h: values[:2] for h, values in read.items()}, read.about)
    assert loss_figure.figure(first) is None


def test_a_page_tells_the_last_losses_in_words(read):
    assert shown.rows(make_record(tables={"losses": read})) == [
        ("lost by the last cycle", "60 mA h/g (27.3 %), in cycle 4 since 1"),
        ("transformed loss", "4.35 mA h/g (1.98 %)"),
        ("released loss", "1.36 mA h/g (0.618 %)"),
        ("dissolved loss", "4.08 mA h/g (1.85 %)"),
        ("aged loss", "8.34 mA h/g (3.79 %)"),
        ("isolated loss", "0 mA h/g (0 %)"),
        ("kinetic loss", "41.9 mA h/g (19 %)"),
        ("lost in the last check", "35 mA h/g (15.6 %)"),
        ("unexplained of that", "13.5 mA h/g (6.02 %)"),
    ]
    assert shown.rows(make_record()) == []


def test_a_sweep_after_the_last_check_is_none_of_them(read):
    """It lacks nothing beside itself; losses are those of the last slow discharge."""
    swept = {h: np.append(values, values[-1]) for h, values in read.items()}
    swept["Check Cycle / 1"][-1], swept["Discharge Rate / 1"][-1] = 1, np.nan
    swept["Capacity Loss / mA.h.g-1"][-1] = 0.0
    losses = History(swept, read.about)
    assert shown.rows(make_record(tables={"losses": losses}))[-2:] == [
        ("lost in the last check", "35 mA h/g (15.6 %)"),
        ("unexplained of that", "13.5 mA h/g (6.02 %)"),
    ]
    unexplained = loss_figure.figure(losses).axes[0].lines[1]
    assert list(unexplained.get_xdata()) == [2, 5]
