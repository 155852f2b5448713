"""What a full cell lacks by its lithium, against potentials that are known in closed form."""

import numpy as np
import pytest

from solver.output.cell_at_rest import CellAtRest, Electrodes, cell_at_rest
from solver.output.losses import Discharged, LossBook, losses
from tests.particles import case_of
from tests.unit.test_loss_table import STEPS, row, table

FLAT = CellAtRest(lambda x: 5.0 - 2.0 * x, lambda x: 0.2 + 0.0 * x)
SLANTED = CellAtRest(lambda x: 5.0 - 2.0 * x, lambda x: 1.0 - 0.5 * x**2)
HAS = Electrodes(sites=280.0, counter=300.0, lithium=210.0)
CELL = ("Counter Lithium / mA.h.g-1", "Counter Occupancy / 1")


def test_lithium_limits_a_cell_that_has_less_than_its_oxide_would_take():
    """4.4 V: x = 0.2; 3.0 V would be x = 0.9, and there is lithium for 0.75."""
    assert FLAT.window(HAS, 4.4, 3.0) == pytest.approx(0.75 - 0.2, abs=1e-5)
    assert FLAT.window(HAS._replace(lithium=270.0), 4.4, 3.0) == pytest.approx(0.7, abs=1e-5)


def test_the_oxide_limits_a_cell_whose_voltage_ends_its_discharge():
    """4.0 - 2x + (210 - 280x)^2/(2 * 300^2) is 3.6 V and 2.6 V at the roots of a quadratic."""
    ends = []
    for level in (2.6, 3.6):
        a, b, c = 280**2 / 18e4, -2.0 - 2 * 210 * 280 / 18e4, 4.0 - level + 210**2 / 18e4
        ends.append((-b - np.sqrt(b**2 - 4 * a * c)) / (2 * a))
    assert SLANTED.window(HAS, 3.6, 2.6) == pytest.approx(ends[0] - ends[1], abs=1e-5)


def discharged(capacity, window, lithium, sites=280.0, aged=0.0):
    has = Electrodes(sites, 300.0, lithium)
    return Discharged(1, capacity, window, {"aged": aged}, 4.4, 3.0, has)


def test_a_cell_that_lithium_limits_loses_all_that_films_bind():
    lost = losses(discharged(154.0, 0.55, 210.0), discharged(147.0, 0.525, 203.0), FLAT)
    assert lost.by_cause["inventory"] == pytest.approx(7.0, abs=0.01)
    assert lost.rest == pytest.approx(0.0, abs=0.01)


def test_a_cell_that_has_lithium_to_spare_loses_none_of_what_films_bind():
    lost = losses(discharged(196.0, 0.7, 270.0), discharged(190.0, 0.68, 263.0), FLAT)
    assert lost.by_cause["inventory"] == pytest.approx(0.0, abs=0.01)
    assert lost.rest == pytest.approx(6.0, abs=0.01)


def test_sites_that_go_leave_more_lithium_for_each_of_the_others():
    """14 of 280 went, empty: what lithium there is fills more of the others' window."""
    now = discharged(266 * (210 / 266 - 0.2), 210 / 266 - 0.2, 210.0, 266.0, 14.0)
    lost = losses(discharged(154.0, 0.55, 210.0), now, FLAT)
    by_sites = 14 * (0.55 + now.window) / 2
    assert lost.by_cause["aged"] == pytest.approx(by_sites)
    assert lost.by_cause["inventory"] == pytest.approx(lost.whole - by_sites, abs=0.01)
    assert lost.by_cause["inventory"] < -5


def test_a_half_cell_has_no_such_loss():
    lost = losses(discharged(154.0, 0.55, 210.0), discharged(147.0, 0.525, 203.0))
    assert lost.by_cause["inventory"] == 0.0
    assert lost.rest == pytest.approx(7.0)


def test_a_half_cell_is_none():
    assert cell_at_rest(case_of("['Rest for 1 s']")) is None


def with_counter(each, lost):
    """The row of a full cell whose graphite has what has left the oxide, but for what is lost."""
    held = 30.0 + each["Net Charge / mA.h.g-1"] - lost
    return each | {CELL[0]: held, CELL[1]: held / 300.0}


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
        def window(self, has, upper, lower):
            seen.append((has, upper, lower))
            return 0.75 if has.lithium > 285 else 0.7

    book = LossBook(STEPS, Asked(*FLAT))
    told = table(book, SEEN) + book.close()
    (first, *between), (second, *again) = seen[-2:]
    assert between == again == [4.4, 3.0]
    assert first == pytest.approx(Electrodes(275.0, 300.0, 275 * 0.95 + 28.0))
    assert second == pytest.approx(Electrodes(275.0, 300.0, 275 * 0.9 + 31.0))
    mean_sites = (210 / 0.75 + 200 / 0.7) / 2
    assert told[-1]["Inventory Loss / mA.h.g-1"] == pytest.approx(0.05 * mean_sites)


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
