"""`columns.json`: what every column of a run's tables and every array of its maps means."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from solver.mechanisms import Mechanism
from solver.output import boundary_table, cycles, history, losses
from solver.output.arrays import ARRAYS, MAPS
from solver.output.collective import on_rank_zero
from solver.output.observe.sites import OCCUPANCY
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.protocol.kinds import TABLES
from solver.run_files import write_file
from solver.units.columns import COLUMNS_FILE, Array, Column, told_of
from solver.units.memory import Remembering
from solver.units.vtkhdf import ENDING, in_file


class ColumnsFile(Remembering):
    """Tracker that writes down what the columns of a run are, before the first step."""

    name = COLUMNS_FILE

    def start(self, run: Run) -> None:
        """Write the file: the columns of each table and the arrays of each map, in their order."""
        tables = {history.FILE: run.columns}
        if run.case.physics.transport.enabled:
            tables |= tables_of(run.mechanisms, run.jumps, losing=OCCUPANCY in run.columns)
        told = {
            file: [told_of(column, run.depth) for column in columns]
            for file, columns in tables.items()
        }
        shown = [*ARRAYS, *(each.array for kind in run.mechanisms for each in kind.shown)]
        in_one = run.case.output.fields.format == "vtkhdf"
        maps = dict(_map(shown, on, in_one) for on in MAPS)
        text = json.dumps(told | maps, indent=1) + "\n"
        on_rank_zero(run.comm, lambda: write_file(run.directory, COLUMNS_FILE, text))

    def record(self, snapshot: Snapshot) -> None:
        """Nothing changes with a step."""

    def finish(self, outcome: Outcome) -> None:
        """Nothing is left to write."""


def _map(shown: Sequence[Array], on: str, in_one: bool) -> tuple[str, list[dict[str, Any]]]:
    """Return the file of a map and its arrays, as they are called there.

    in_one: whether all frames are in one file.
    """
    file = str(Path(MAPS[on]).with_suffix(ENDING)) if in_one else MAPS[on]
    return file, [
        asdict(each) | {"header": in_file(each.header) if in_one else each.header}
        for each in shown
        if each.on == on
    ]


def tables_of(
    mechanisms: Sequence[Mechanism], jumps: bool, losing: bool
) -> dict[str, tuple[Column, ...]]:
    """Return the columns of the tables beside the history where these mechanisms act, by file.

    jumps: whether cycles may be jumped. losing: whether losses are told by cause.
    """
    fields = {name: field for kind in mechanisms for name, field in kind.fields.items()}
    slow = boundary_table.slow_columns(fields).values()
    return {
        boundary_table.FILE: (*boundary_table.COLUMNS, *slow),
        cycles.FILE: (*cycles.COLUMNS, *cycles.at_end(mechanisms, jumps)),
        **({losses.FILE: losses.COLUMNS} if losing else {}),
        **{table.file: table.columns for table in TABLES},
    }
