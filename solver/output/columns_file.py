"""`columns.json`: what every column of a run's tables and every array of its maps means."""

import json
from dataclasses import asdict

from solver.output import history
from solver.output.arrays import ARRAYS, MAPS
from solver.output.collective import on_rank_zero
from solver.output.dictionary import TABLES
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.run_files import write_file
from solver.units.columns import COLUMNS_FILE, told_of


class ColumnsFile:
    """Tracker that writes down what the columns of a run are, before the first step."""

    def start(self, run: Run) -> None:
        """Write the file: the columns of each table and the arrays of each map, in their order."""
        tables = {
            table: [told_of(column, run.depth) for column in columns]
            for table, columns in (TABLES | {history.FILE: run.columns}).items()
        }
        shown = [*ARRAYS, *(each.array for kind in run.mechanisms for each in kind.shown)]
        maps = {
            file: [asdict(array) | {"header": array.header} for array in shown if array.on == on]
            for on, file in MAPS.items()
        }
        text = json.dumps(tables | maps, indent=1) + "\n"
        on_rank_zero(run.comm, lambda: write_file(run.directory, COLUMNS_FILE, text))

    def record(self, snapshot: Snapshot) -> None:
        """Nothing changes with a step."""

    def finish(self, outcome: Outcome) -> None:
        """Nothing is left to write."""
