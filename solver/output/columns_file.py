"""`columns.json`: what every column of a run's tables means, beside its unit and its group."""

import json

from solver.output import history
from solver.output.collective import on_rank_zero
from solver.output.dictionary import TABLES
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.run_files import write_file
from solver.units.columns import COLUMNS_FILE, entry_of


class ColumnsFile:
    """Tracker that writes down what the columns of a run are, before the first step."""

    def start(self, run: Run) -> None:
        """Write the file: the columns of each table, in their order."""
        tables = {
            table: [entry_of(column, run.depth) for column in columns]
            for table, columns in (TABLES | {history.FILE: run.columns}).items()
        }
        text = json.dumps(tables, indent=1) + "\n"
        on_rank_zero(run.comm, lambda: write_file(run.directory, COLUMNS_FILE, text))

    def record(self, snapshot: Snapshot) -> None:
        """Nothing changes with a step."""

    def finish(self, outcome: Outcome) -> None:
        """Nothing is left to write."""
