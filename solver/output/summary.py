"""`summary.json`: the figures of merit of a run, in nested keys."""

import json
from collections.abc import Mapping, Sequence
from math import isfinite, nan
from typing import Any

import numpy as np

from solver.case.plane import ball_area_ratio
from solver.model.dissipation import ENTRIES
from solver.output.books import books_of_steps
from solver.output.collective import on_rank_zero
from solver.output.cycles import CycleBook, Passed
from solver.output.observe import books, boundaries, cracks, electrical_work, lithium
from solver.output.peaks import Peaks
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.output.wall_time import WallTime
from solver.protocol import PlannedStep
from solver.protocol.tables import Book
from solver.run_files import write_file
from solver.units.acceleration import declared
from solver.units.instruments import STEP_INDEX, TEST_TIME, VOLTAGE
from solver.units.memory import Memory, Remembering
from solver.units.quantities import PER_METRE, header_of, key_of, name_of, unit_of

FILE = "summary.json"
CRACKS = {
    "number": cracks.NUMBER.header,
    "area_m2_per_g": cracks.AREA.header,
    "mean_width_m": cracks.MEAN_WIDTH.header,
    "connected_fraction": cracks.CONNECTED.header,
    "radial_alignment": cracks.ALIGNMENT.header,
}
LARGEST = (
    boundaries.LARGEST_OPENING.header,
    cracks.MEAN_WIDTH.header,
    cracks.LARGEST_WIDTH.header,
    lithium.ERROR.header,
)
Row = Mapping[str, float]


class Summary:
    """Tracker that condenses a run; written once at its end, whatever the end."""

    name = FILE

    def start(self, run: Run) -> None:
        """Begin with nothing."""
        self._run, self._wall_time = run, WallTime()
        self._last: Row = {}
        self._peaks = Peaks()
        self._ledger, self._books = None, list[Book]()
        if run.case.physics.transport.enabled:
            self._ledger, self._books = Ledger(run.case.steps()), books_of_steps(run)

    def record(self, snapshot: Snapshot) -> None:
        """Take in one row."""
        self._last = snapshot.row
        self._peaks.add(snapshot.row)
        if self._ledger is not None:
            self._ledger.add(snapshot.row, snapshot.step_ended)
        for book in self._books:
            book.add(snapshot.row, snapshot.step_ended, snapshot.spectrum)

    def finish(self, outcome: Outcome) -> None:
        """Write the file."""
        content: dict[str, Any] = {"status": outcome.status, "reason": outcome.reason}
        content |= self._at_end() | self._peaks.condensed() | dict(outcome.totals)
        content |= {"ranks": self._run.comm.size, "dofs": self._run.dofs}
        content["wall_time_s"] = round(self._wall_time.seconds, 3)
        content["mechanisms"] = told_by_mechanisms(self._last, self._run)
        for book in self._books:
            content |= book.summary()
        content["accelerations"] = declared(self._run.accelerations)
        text = json.dumps(jsonable(content), indent=2, allow_nan=False) + "\n"
        on_rank_zero(self._run.comm, lambda: write_file(self._run.directory, FILE, text))

    def save(self) -> Memory:
        """Return all that was gathered."""
        return {
            "wall_time": self._wall_time.save(),
            "last": dict(self._last),
            "peaks": self._peaks.save(),
            "ledger": self._ledger.save() if self._ledger is not None else None,
            "books": [book.save() for book in self._books],
        }

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""
        self._wall_time.load(memory["wall_time"])
        self._last = dict(memory["last"])
        self._peaks.load(memory["peaks"])
        if self._ledger is not None:
            self._ledger.load(memory["ledger"])
        for book, kept in zip(self._books, memory["books"], strict=True):
            book.load(kept)

    def _at_end(self) -> dict[str, Any]:
        """What the rows tell in the end: with chemistry of all that it did, else of the body."""
        last = self._last
        if self._ledger is None:
            return {"boundary": damage(last), "energy": energies(last), **quality(last)}
        ratio = ball_area_ratio(self._run.particle.dimension)
        return self._ledger.condensed() | {"ball_area_ratio": ratio}


class Ledger(Remembering):
    """What has to be gathered while the rows go by."""

    remembered = (
        "_steps",
        "_last",
        "_first_charge",
        "_first_crack",
        "_lowest",
        "_highest",
        "_largest",
        "_emptiest",
        "_fullest",
    )

    def __init__(self, steps: Sequence[PlannedStep]) -> None:
        self._steps_planned, self._cycles = steps, CycleBook(steps)
        self._steps = -1  # the first row is the initial state
        self._last: Row = {}
        self._first_charge: float | None = None
        self._first_crack: float | None = None
        self._lowest, self._highest = np.inf, -np.inf
        self._largest: dict[str, float] = {}
        self._emptiest, self._fullest = np.inf, -np.inf

    def add(self, row: Row, step_ended: bool) -> None:
        """Take in one row."""
        self._steps += 1
        self._cycles.add(row, step_ended)
        self._lowest = min(self._lowest, row[VOLTAGE.header])
        self._highest = max(self._highest, row[VOLTAGE.header])
        self._emptiest = min(self._emptiest, row[lithium.LOWEST.header])
        self._fullest = max(self._fullest, row[lithium.HIGHEST.header])
        for key in (*LARGEST, header_of(row, ENTRIES["elastic"].column.name)):
            self._largest[key] = max(self._largest.get(key, 0.0), abs(np.nan_to_num(row[key])))
        if row[cracks.NUMBER.header] > 0 and self._first_crack is None:
            self._first_crack = row[TEST_TIME.header]
        step = self._steps_planned[int(row[STEP_INDEX.header])].step
        charging = (step.rate_at_end() or 0.0) > 0
        if step_ended and charging and self._steps > 0 and self._first_charge is None:
            self._first_charge = row[boundaries.CRACKED.header]
        self._last = row

    def save(self) -> Memory:
        """Return all that was gathered."""
        return super().save() | {"cycles": self._cycles.save()}

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""
        super().load(memory)
        self._cycles.load(memory["cycles"])

    def condensed(self) -> dict[str, Any]:
        """Nested figures; a number that does not exist is nan."""
        last, cycles = self._last, self._cycles.cycles.values()
        charges = [cycle["charge"] for cycle in cycles]
        discharges = [cycle["discharge"] for cycle in cycles]
        return {
            "steps": max(self._steps, 0),
            **self._cycles.summary(),
            "lithium_error": self._largest.get(lithium.ERROR.header, nan),
            **quality(last),
            "electrical_error": last.get(electrical_work.ERROR.header, nan),
            "voltage": {
                "lowest_V": self._lowest,
                "highest_V": self._highest,
                "mean_charge_V": _mean(charges),
                "mean_discharge_V": _mean(discharges),
            },
            "occupancy": {"lowest": self._emptiest, "highest": self._fullest},
            "boundary": {
                **damage(last),
                "first_charge_cracked_fraction": self._first_charge,
                "mean_damage": last.get(boundaries.MEAN_DAMAGE.header, nan),
                "largest_opening_m": self._largest.get(boundaries.LARGEST_OPENING.header, nan),
            },
            "cracks": {name: last.get(column, nan) for name, column in CRACKS.items()}
            | {
                "first_time_s": self._first_crack,
                "largest_mean_width_m": self._largest.get(cracks.MEAN_WIDTH.header, nan),
                "largest_width_m": self._largest.get(cracks.LARGEST_WIDTH.header, nan),
            },
            "energy": energies(last)
            | energies({f"Largest {header}": e for header, e in self._largest.items()}),
        }


def told_by_mechanisms(row: Row, run: Run) -> dict[str, float]:
    """Return what mechanisms tell of themselves in a row, by its keys: `mean_film_m`."""
    told = (column for mechanism in run.mechanisms for column in mechanism.columns)
    headers = (column.header_for(run.depth) for column in told)
    return {key_of(name_of(h), unit_of(h)): row[h] for h in headers if h in row}


def damage(row: Row) -> dict[str, float]:
    """Return the shares of the boundaries that are cracked and softened by their keys."""
    stages = (boundaries.CRACKED, boundaries.SOFTENED, boundaries.HALF_SOFTENED)
    return {key_of(stage.title, stage.unit): row.get(stage.header, nan) for stage in stages}


def quality(row: Row) -> dict[str, float]:
    """Return what tells whether the books of a run can be believed."""
    return {
        "energy_error": abs(row.get(books.ENERGY_ERROR.header, nan)),
        "lowest_dissipation": row.get(books.LOWEST_DISSIPATION.header, nan),
        "algorithmic_share": row.get(books.ALGORITHMIC_SHARE.header, nan),
    }


def energies(row: Row) -> dict[str, float]:
    """Return the energies and works of a row by their keys: `elastic_J_per_m`."""
    return {
        key_of(name_of(header).removesuffix(" Energy"), unit_of(header)): value
        for header, value in row.items()
        if unit_of(header) in ("J", f"J{PER_METRE}")
    }


def _mean(passed: list[Passed]) -> float:
    """Mean voltage of all cycles, nan if no charge passed."""
    charge, energy = sum(p.charge for p in passed), sum(p.energy for p in passed)
    return energy / charge if charge > 0 else nan


def jsonable(value: Any) -> Any:
    """Plain values that JSON can hold: null for what is not finite."""
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [jsonable(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
