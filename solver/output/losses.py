"""`losses.csv`: what the discharge of every cycle lacks beside that of a reference, by cause.

The reference is the first cycle at the same rate, of checks the first check. With the capacity S
of the sites that are left (from full to empty; its mean over the discharge, by dx) and the window
dx of their mean occupancy, a discharge gives Q = S dx, but for lithium that moves from sites that
go to others within it. Two of them differ by

    Q0 - Q = (S0 - S) (dx0 + dx)/2 + (dx0 - dx) (S0 + S)/2

exactly. The first part is lost with sites, and shared among the causes as the sites that they took
are (`solver.physics.lost_sites`); what isolated grains still have of them is lost by isolation. The
second is kinetic: the window that is left within the voltages is smaller. It is told as what the
causes do not tell of the loss that was measured: the parts add up by construction, which proves
nothing. Slow checks recover what is kinetic: there the same rest is told as unexplained, and should
vanish.

In a full cell the window also gets smaller as lithium goes, and larger where sites go with less of
it than a discharge puts into them. What films cost, and sites with the lithium that went with them,
is there what the cell would lack at rest, between the voltages at which the reference began and
ended (`cell_at_rest`).
"""

from collections.abc import Mapping, Sequence
from math import nan
from typing import Any, NamedTuple

from solver.output.books import BookTracker
from solver.output.cell_at_rest import CellAtRest, Electrodes, cell_at_rest
from solver.output.cycles import (
    CHARGE_CAPACITY,
    CHECK_CYCLE,
    COMPLETE_CYCLE,
    DISCHARGE_CAPACITY,
    DISCHARGE_RATE,
    NOISE,
    CycleBook,
)
from solver.output.observe import cell
from solver.output.observe.sites import LEFT, LOST, OCCUPANCY
from solver.output.snapshot import Run
from solver.protocol import PlannedStep
from solver.protocol.tables import Row, Spectrum
from solver.units.columns import Column, row_of
from solver.units.groups import LOSSES
from solver.units.instruments import CYCLE_INDEX, NET_CHARGE, VOLTAGE
from solver.units.memory import Memory, Remembering, saved

FILE = "losses.csv"
UNIT = "mA.h.g-1"
REFERENCE = Column("Reference Cycle", "1", LOSSES, "The first at that rate, of checks a check.")
WINDOW = Column(
    "Occupancy Window", "1", LOSSES, "How much the sites that are left were filled by discharge."
)
LOSS = Column("Capacity Loss", UNIT, LOSSES, "Discharge capacity below that of the reference.")
INVENTORY = "inventory"
BY_CAUSE = {
    "transformed": Column("Transformed Loss", UNIT, LOSSES, "By sites that went to rock salt."),
    "release_share": Column(
        "Released Loss", UNIT, LOSSES, "By sites that went as hot oxide lost oxygen."
    ),
    "dissolved": Column("Dissolved Loss", UNIT, LOSSES, "By sites that dissolved."),
    "aged": Column("Aged Loss", UNIT, LOSSES, "By sites that went as the oxide aged, wet or dry."),
    "isolated": Column(
        "Isolated Loss", UNIT, LOSSES, "By sites that are left in grains that no electrons reach."
    ),
    INVENTORY: Column("Inventory Loss", UNIT, LOSSES, "Of a full cell: by lithium in films."),
}
KINETIC = Column(
    "Kinetic Loss", UNIT, LOSSES, "The rest, which slow cycles recover; nan in checks."
)
UNEXPLAINED = Column(
    "Unexplained Loss", UNIT, LOSSES, "The rest of checks, nothing if they are slow; nan elsewhere."
)
READ = (NET_CHARGE, VOLTAGE, OCCUPANCY, LEFT, *LOST.values())
FULL_CELL = (cell.LITHIUM_HELD, cell.OCCUPANCY, cell.BOUND)
COLUMNS = (
    CYCLE_INDEX, CHECK_CYCLE, COMPLETE_CYCLE, REFERENCE, DISCHARGE_RATE, DISCHARGE_CAPACITY, WINDOW,
    LOSS, *BY_CAUSE.values(), KINETIC, UNEXPLAINED,
)  # fmt: skip


class Discharged(NamedTuple):
    """A discharge. capacity: mA h/g. window: change of the occupancy of the sites that are left.
    taken: capacity of the sites that each cause has taken (full to empty, mean over it), mA h/g.
    upper, lower: voltages at its beginning and end. has: what a full cell has at its end.
    """

    cycle: int
    capacity: float
    window: float
    taken: Mapping[str, float]
    upper: float = nan
    lower: float = nan
    has: Electrodes | None = None


class CapacityLoss(NamedTuple):
    """What a discharge lacks, mA h/g: in all, by cause, and the rest."""

    whole: float
    by_cause: Mapping[str, float]
    rest: float


def _remembered(has: Memory | None, **each: Any) -> Discharged:
    """Return a discharge as it was saved."""
    return Discharged(**each, has=Electrodes(**has) if has else None)


def losses(
    reference: Discharged, now: Discharged, at_rest: CellAtRest | None = None
) -> CapacityLoss:
    """Split what a discharge lacks beside that of the reference. at_rest: of a full cell."""
    whole, window = reference.capacity - now.capacity, (reference.window + now.window) / 2
    gone = {name: taken - reference.taken[name] for name, taken in now.taken.items()}
    by_cause = {name: sites * window for name, sites in gone.items()} | {INVENTORY: 0.0}
    if at_rest is not None and reference.has is not None and now.has is not None:
        ends = reference.upper, reference.lower
        by_cause[INVENTORY], with_sites = at_rest.lost(reference.has, now.has, *ends)
        per_site = with_sites / sum(gone.values()) if any(gone.values()) else 0.0
        by_cause |= {name: sites * per_site for name, sites in gone.items()}
    return CapacityLoss(whole, by_cause, whole - sum(by_cause.values()))


class LossBook(Remembering):
    """Keeps the first discharge at every rate, and sets those after it beside it."""

    remembered = ("_before", "_window", "_filled", "_upper", "_end")

    def __init__(self, steps: Sequence[PlannedStep], at_rest: CellAtRest | None = None) -> None:
        """at_rest: the cell, if it is a full one."""
        self._at_rest = at_rest
        read = (*READ, *(FULL_CELL if at_rest else ()))
        self._read = [column.header for column in read]
        self._cycles = CycleBook(steps, ())
        self._before: Row = {}
        self._begin()
        self._references: dict[str, Discharged] = {}

    def add(
        self, row: Row, step_ended: bool = False, spectrum: Spectrum | None = None
    ) -> list[Row]:
        """Take in one row; return what the cycle before lost, if this row begins another one."""
        lost = [
            loss for cycle in self._cycles.add(row, step_ended) for loss in self._condensed(cycle)
        ]
        before, self._before = self._before, {header: row[header] for header in self._read}
        now = self._before
        if before and before[NET_CHARGE.header] - now[NET_CHARGE.header] > NOISE:
            self._fill(before, now)
        return lost

    def close(self) -> list[Row]:
        """Return the last cycle, complete or not."""
        return [loss for cycle in self._cycles.close() for loss in self._condensed(cycle)]

    def summary(self) -> dict[str, Any]:
        """Return nothing: the table has it all."""
        return {}

    def save(self) -> Memory:
        """Return all that it must know to go on."""
        references = {key: saved(each) for key, each in self._references.items()}
        return super().save() | {"cycles": self._cycles.save(), "references": references}

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""
        super().load(memory)
        self._cycles.load(memory["cycles"])
        self._references = {key: _remembered(**each) for key, each in memory["references"].items()}

    def _begin(self) -> None:
        """Nothing of the next discharge has passed."""
        self._window, self._filled = 0.0, dict.fromkeys(LOST, 0.0)
        self._upper = nan
        self._end: Row = {}

    def _fill(self, before: Row, now: Row) -> None:
        """Let part of a discharge pass: the integrals of dx and of the taken sites over it."""
        if not self._end:
            self._upper = before[VOLTAGE.header]
        self._end = now
        dx = now[OCCUPANCY.header] - before[OCCUPANCY.header]
        self._window += dx
        for name, column in LOST.items():
            self._filled[name] += dx * (before[column.header] + now[column.header]) / 2

    def _has(self) -> Electrodes | None:
        """What a full cell has at the end of the discharge."""
        if self._at_rest is None:
            return None
        told = (self._end[column.header] for column in (LEFT, OCCUPANCY, *FULL_CELL))
        sites, filled, held, share, bound = told
        return Electrodes(sites, held / share, sites * filled + held, bound)

    def _condensed(self, cycle: Row) -> list[Row]:
        """What a cycle that is over has lost; nothing without a discharge after a charge."""
        if not self._window or not cycle[CHARGE_CAPACITY.header]:
            self._begin()
            return []
        check, rate = bool(cycle[CHECK_CYCLE.header]), cycle[DISCHARGE_RATE.header]
        number, capacity = int(cycle[CYCLE_INDEX.header]), cycle[DISCHARGE_CAPACITY.header]
        taken = {name: filled / self._window for name, filled in self._filled.items()}
        ends = self._upper, self._end[VOLTAGE.header], self._has()
        now = Discharged(number, capacity, self._window, taken, *ends)
        self._begin()
        key = f"{'check' if check else 'cycle'} at {rate:.12g}"
        reference = self._references.setdefault(key, now)
        lost = losses(reference, now, self._at_rest)
        told = {
            CYCLE_INDEX.title: now.cycle,
            CHECK_CYCLE.title: int(check),
            COMPLETE_CYCLE.title: cycle[COMPLETE_CYCLE.header],
            REFERENCE.title: reference.cycle,
            DISCHARGE_RATE.title: rate,
            DISCHARGE_CAPACITY.title: now.capacity,
            WINDOW.title: now.window,
            LOSS.title: lost.whole,
            **{column.title: lost.by_cause[name] for name, column in BY_CAUSE.items()},
            KINETIC.title: nan if check else lost.rest,
            UNEXPLAINED.title: lost.rest if check else nan,
        }
        return [row_of(COLUMNS, told)]


def trackers(run: Run) -> list[BookTracker]:
    """Return what writes the table, if anything takes sites or a cell's lithium in a run."""
    if OCCUPANCY not in run.columns:
        return []
    return [BookTracker(FILE, lambda run: LossBook(run.case.steps(), cell_at_rest(run.case)))]
