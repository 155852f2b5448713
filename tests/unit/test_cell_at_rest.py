"""What a full cell lacks by its lithium, against potentials that are known in closed form."""

import numpy as np
import pytest

from solver.output.cell_at_rest import CellAtRest, Electrodes, cell_at_rest
from solver.output.losses import Discharged, LossBook, losses
from tests.particles import case_of
from tests.unit.test_loss_table import STEPS, row, table

FLAT = CellAtRest(lambda x: 5.0 - 2.0 * x, lambda x: 0.2 + 0.0 * x)
SLANTED = CellAtRest(lambda x: 5.0 - 2.0 * x, lambda x: 1.0 - 0.5 * x**2)
HAS = Electrodes(sites=280.0, counter=300.0, lithium=210.0, bound=4.0)
CELL = (
    *("Counter Lithium / mA.h.g-1", "Counter Occupancy / 1"),
    "Film Lithium / mA.h.g-1",
)


def test_lithium_limits_a_cell_that_has_less_than_its_oxide_would_take():
    """4.4 V: x = 0.2; 3.0 V would be x = 0.9, and there is lithium for 0.75."""
    assert FLAT.capacity(HAS, 4.4, 3.0) == pytest.approx(280 * (0.75 - 0.2), abs=1e-3)
    more = HAS._replace(lithium=270.0)
    assert FLAT.capacity(more, 4.4, 3.0) == pytest.approx(280 * (0.9 - 0.2), abs=1e-3)


def test_the_counter_electrode_limits_a_cell_that_fills_it():
    """210 less the 100 that it takes leave x = 0.393, where the oxide would be emptied to 0.2."""
    small = HAS._replace(counter=100.0)
    assert FLAT.capacity(small, 4.4, 3.0) == pytest.approx(100.0, abs=1e-3)


def test_both_potentials_end_a_discharge():
    """4 - 2x + (210 - 280x)^2/(2 * 300^2) is 2.6 and 3.6 V at the roots of a quadratic."""
    ends = []
    for level in (2.6, 3.6):
        a, b, c = 280**2 / 18e4, -2.0 - 2 * 210 * 280 / 18e4, 4.0 - level + 210**2 / 18e4
        ends.append((-b - np.sqrt(b**2 - 4 * a * c)) / (2 * a))
    assert SLANTED.capacity(HAS, 3.6, 2.6) == pytest.approx(280 * (ends[0] - ends[1]), abs=1e-3)


def discharged(capacity, window, lithium, bound=0.0, aged=0.0):
    has = Electrodes(280.0 - aged, 300.0, lithium, bound)
    return Discharged(1, capacity, window, {"aged": aged}, 4.4, 3.0, has)


def test_a_cell_that_lithium_limits_loses_all_that_films_bind():
    now = discharged(147.0, 0.525, 203.0, bound=7.0)
    lost = losses(discharged(154.0, 0.55, 210.0), now, FLAT)
    assert lost.by_cause == pytest.approx({"aged": 0.0, "inventory": 7.0}, abs=1e-3)
    assert lost.rest == pytest.approx(0.0, abs=1e-3)


def test_a_cell_that_has_lithium_to_spare_loses_none_of_what_films_bind():
    now = discharged(190.0, 0.68, 263.0, bound=7.0)
    lost = losses(discharged(196.0, 0.7, 270.0), now, FLAT)
    assert lost.by_cause["inventory"] == pytest.approx(0.0, abs=1e-3)
    assert lost.rest == pytest.approx(6.0, abs=1e-3)


def test_sites_cost_what_lithium_went_with_them_beyond_what_a_charge_leaves_there():
    """Of 14 sites 0.6 trap; 0.2 would stay in them: 5.6 mA h/g, and 7 by films beside that."""
    now = discharged(154.0 - 12.6, 141.4 / 266, 210.0 - 0.6 * 14 - 7.0, bound=7.0, aged=14.0)
    lost = losses(discharged(154.0, 0.55, 210.0), now, FLAT)
    assert lost.by_cause == pytest.approx({"aged": 0.4 * 14, "inventory": 7.0}, abs=1e-3)
    assert lost.rest == pytest.approx(0.0, abs=1e-3)


def test_where_films_and_sites_share_a_loss_each_counts_before_and_after_the_other():
    """Lithium for 10 mA h/g more than the oxide takes: films of 7 cost nothing before 28 sites went
    with all that they hold, and nothing after it; films of 16 cost 6 both times. Where 19 more go
    with the sites, films of 7 cost all of it after that."""
    has, gone = HAS._replace(lithium=262.0, bound=0.0), 0.9 * 28
    for bound, exact in ((7.0, 0.0), (16.0, 6.0)):
        now = Electrodes(252.0, 300.0, 262.0 - gone - bound, bound)
        by_films, by_sites = FLAT.lost(has, now, 4.4, 3.0)
        assert by_films == pytest.approx(exact, abs=1e-3)
        assert by_sites == pytest.approx(28 * 0.7, abs=1e-3)
    now = Electrodes(252.0, 300.0, 262.0 - gone - 26.0, 7.0)
    assert FLAT.lost(has, now, 4.4, 3.0) == pytest.approx((3.5, 28 * 0.7 + 12.5), abs=1e-3)


def test_a_half_cell_has_no_such_loss():
    lost = losses(discharged(154.0, 0.55, 210.0), discharged(147.0, 0.525, 203.0))
    assert lost.by_cause["inventory"] == 0.0
    assert lost.rest == pytest.approx(7.0)


def test_a_half_cell_is_none():
    assert cell_at_rest(case_of("['Rest for 1 s']")) is None


def with_counter(each, lost):
    """The row of a full cell whose graphite has what has left the oxide, but for what is lost."""
    held = 30.0 + each["Net Charge / mA.h.g-1"] - lost
    return each | {CELL[0]: held, CELL[1]: held / 300.0, CELL[2]: 4.0 + lost}


SEEN = [
    with_counter(each | {"Voltage / V": volts}, lost)
    for each, volts, lost in (
        (row(0, 0, 0.0, 0.95), 3.0, 0.0),
        (row(0, 1, 210.0, 0.2), 4.4, 0.0),
        (row(1, 2, 100.0, 0.6), 3.8, 1.0),
        (row(1, 3, 0.0, 0.95), 3.0, 2.0),
        (row(5, 4, 210.0, 0.2), 4.5, 5.0),
        (row(6, 5, 10.0, 0.9), 2.9, 9.0),
    )
]


def test_a_table_takes_voltages_of_the_reference_and_what_the_cell_has_at_the_end():
    seen = []

    class Asked(CellAtRest):
        def lost(self, before, now, upper, lower):
            seen.append((before, now, upper, lower))
            return 0.5, 0.25

    book = LossBook(STEPS, Asked(*FLAT))
    told = table(book, SEEN) + book.close()
    before, now, *ends = seen[-1]
    assert ends == [4.4, 3.0]
    assert list(before) == pytest.approx([275.0, 300.0, 275 * 0.95 + 28.0, 6.0])
    assert list(now) == pytest.approx([275.0, 300.0, 275 * 0.9 + 31.0, 13.0])
    assert told[-1]["Inventory Loss / mA.h.g-1"] == 0.5
    assert told[-1]["Kinetic Loss / mA.h.g-1"] == pytest.approx(210 - 200 - 0.5)


def test_a_table_of_a_full_cell_that_goes_on_tells_the_same():
    whole = LossBook(STEPS, FLAT)
    told = table(whole, SEEN) + whole.close()
    for cut in range(1, len(SEEN)):
        book, later = LossBook(STEPS, FLAT), LossBook(STEPS, FLAT)
        before = table(book, SEEN[:cut])
        later.load(book.save())
        after = table(later, SEEN[cut:]) + later.close()
        assert [list(line.values()) for line in before + after] == [
            pytest.approx(list(line.values()), nan_ok=True) for line in told
        ]
