"""`boundaries.csv`: every boundary between two grains, at the end of every protocol step."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from solver.model.state import State
from solver.output.collective import of_rank_zero, on_rank_zero
from solver.output.observe import boundaries
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.output.table import Table
from solver.physics import cohesive
from solver.units.columns import Column, row_of
from solver.units.constants import AMPERE, METRE
from solver.units.fields import StateField
from solver.units.instruments import STEP_INDEX, TEST_TIME
from solver.units.memory import Memory

FILE = "boundaries.csv"
GROUP = "boundary"
PLACES = {"point": "", "surface": ", where it is wet"}  # of slow fields that have a mean
AREA = Column("Area", "m2", GROUP, "Area of the boundary.", extensive=True)
WET = Column("Wet Fraction", "1", GROUP, "Share of the boundary, by area, that is wet.")
CURRENT = Column(
    "Current", "A", GROUP, "Current into what the boundary holds, out of both sides.", True
)
OPENING = Column("Opening", "m", GROUP, "Mean distance of the two sides.")
DAMAGE = Column("Damage", "1", GROUP, "Mean damage: the share of the toughness that is spent.")
COLUMNS = (
    TEST_TIME,
    STEP_INDEX,
    AREA,
    WET,
    CURRENT,
    OPENING,
    DAMAGE,
    boundaries.CRACKED,
    boundaries.SOFTENED,
    boundaries.HALF_SOFTENED,
)
Floats = npt.NDArray[np.floating]
Row = dict[str, float | str]


def slow_columns(fields: Mapping[str, StateField]) -> dict[str, Column]:
    """Return the columns of slow fields of boundaries, by name: lengths in m, else numbers.

    What the table tells in its own way, as damage, has none.
    """
    titles = {name: name.replace("_", " ").title() for name in fields}
    told = {column.title for column in COLUMNS}
    return {
        name: Column(
            titles[name],
            "m" if field.unit == "um" else "1",
            GROUP,
            f"Mean over the boundary{PLACES[field.place]}: {field.about}.",
        )
        for name, field in fields.items()
        if field.slow and field.place in PLACES and titles[name] not in told
    }


class BoundaryTable:
    """Tracker of means over whole boundaries."""

    name = FILE

    def start(self, run: Run) -> None:
        """Find the pairs of grains; no file without any. Collective."""
        self._run, points = run, run.spaces.boundaries
        self._pairs, self._which = points.pairs()
        self._area = self._sums(points.weight)
        self._table = Table(run.directory / FILE) if len(self._pairs) else None
        if self._table is not None:
            on_rank_zero(run.comm, self._table.open)

    def record(self, snapshot: Snapshot) -> None:
        """Append a row for each boundary if a step has ended. Collective."""
        table = self._table
        if table is None or not snapshot.step_ended:
            return
        rows = self._rows(self._columns(snapshot))
        on_rank_zero(self._run.comm, lambda: _append(table, rows))

    def finish(self, outcome: Outcome) -> None:
        """Make sure that everything is on the disk."""
        if self._table is not None:
            on_rank_zero(self._run.comm, self._table.close)

    def save(self) -> Memory:
        """Return how far the table is, nothing without one."""
        table = self._table
        return of_rank_zero(self._run.comm, table.save) if table is not None else {}

    def load(self, memory: Memory) -> None:
        """Go on behind the rows that there were."""
        table = self._table
        if table is not None:
            on_rank_zero(self._run.comm, lambda: table.load(memory))

    def _columns(self, snapshot: Snapshot) -> dict[str, Floats]:
        """Values of all boundaries, header -> array. Collective."""
        state, weight = snapshot.state, self._run.spaces.boundaries.weight
        wet = weight * state["wetness"]
        current = weight * (state.sides("current").plus + state.sides("current").minus)
        wet_area, stages = self._sums(wet), cohesive.stages(snapshot.damage)
        points = {OPENING.title: snapshot.opening / METRE, DAMAGE.title: snapshot.damage}
        points |= {f"{stage} Fraction": there.astype(float) for stage, there in stages.items()}
        values = {
            **{
                at.title: self._everywhere(snapshot.row[at.header])
                for at in (TEST_TIME, STEP_INDEX)
            },
            AREA.title: self._area / METRE**2,
            WET.title: wet_area / self._area,
            CURRENT.title: self._sums(current) / AMPERE,
            **{title: self._sums(weight * v) / self._area for title, v in points.items()},
        }
        return row_of(COLUMNS, values, self._run.depth) | self._slow(state)

    def _everywhere(self, value: float) -> Floats:
        return np.full(len(self._pairs), value)

    def _slow(self, state: State) -> dict[str, Floats]:
        """Means of the slow fields: of points over all, of sides over what is wet. Collective."""
        weight, columns = self._run.spaces.boundaries.weight, dict[str, Floats]()
        wet = weight * state["wetness"]
        wet_area = np.maximum(self._sums(wet), np.finfo(float).tiny)
        for name, column in slow_columns(state.fields).items():
            unit = METRE if column.unit == "m" else 1.0
            if state.fields[name].place == "point":
                columns[column.header] = self._sums(weight * state[name]) / self._area / unit
            else:
                _, plus, minus = state.sides(name)
                columns[column.header] = self._sums(wet * (plus + minus) / 2) / wet_area / unit
        return columns

    def _rows(self, columns: dict[str, Floats]) -> list[Row]:
        names = self._run.particle.grain_names
        rows: list[Row] = []
        for k in range(len(self._pairs)):
            row: Row = {"Grain": names[self._pairs[k, 0]], "Other Grain": names[self._pairs[k, 1]]}
            rows.append(row | {header: float(values[k]) for header, values in columns.items()})
        return rows

    def _sums(self, values: Floats) -> Floats:
        """Sum of point values over each boundary. Collective."""
        local = np.bincount(self._which, values, len(self._pairs))
        return np.asarray(self._run.comm.allreduce(local))


def _append(table: Table, rows: list[Row]) -> None:
    for row in rows:
        table.append(row)
