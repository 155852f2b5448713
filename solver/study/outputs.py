"""What a table of a study has of every run: where it is read, and what it is called."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from solver.case import Case
from solver.results import headers, retention
from solver.results.bulk import complete
from solver.results.history import Floats, History, read_history
from solver.results.records import entries
from solver.study.merits import COLUMNS, RETENTION, SUMMARY, TABLES, USUAL, WORDS
from solver.study.study_file import WantedOutput
from solver.text.problems import nearest
from solver.units.columns import Column
from solver.units.quantities import Depth, name_of


class Output(NamedTuple):
    """A number of every run. header: `Name / unit`. column: its name in the tables.

    table: name of the table. entry: keys in summary.json, none for a column.
    """

    header: str
    column: str = ""
    table: str = ""
    how: str = "last"
    cycle: int | None = None
    entry: tuple[str, ...] = ()

    def of(self, directory: Path) -> float:
        """Return the number of a run, nan where it has none."""
        if self.entry:
            return _entry(entries(directory / "summary.json"), self.entry)
        table = _table(directory / f"{self.table}.csv")
        if self.column == RETENTION:
            kept = retention.computed(table) if table else None
            return nan if kept is None else float(kept.share[-1])
        return self._of(table)

    def _of(self, table: History) -> float:
        header = next((each for each in table if name_of(each) == self.column), None)
        if header is None:
            return nan
        values = table[header]
        if self.cycle is not None:
            values = values[table[headers.CYCLE_INDEX] == self.cycle]
        return condensed(values, self.how)


class UnknownOutputError(ValueError):
    """An output that no run can have. key: what of it is wrong."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"{key}: {why}")
        self.key = key


def condensed(values: Floats, how: str) -> float:
    """Return the last, first, largest, least or mean of values (n,); nan where there is none.

    Those that do not exist (nan) are passed over by the last three.
    """
    if how in ("max", "min", "mean"):
        values = values[np.isfinite(values)]
    if len(values) == 0:
        return nan
    found = {"last": values[-1], "first": values[0]}
    return float(found[how] if how in found else getattr(np, how)(values))


def outputs_of(wanted: Sequence[WantedOutput], case: Case, depth: Depth) -> list[Output]:
    """Return where outputs are found, the usual ones if none is wanted. UnknownOutputError.

    case: of one of the runs. depth: of its body.
    """
    wanted = wanted or [WantedOutput(figure=word) for word in _usual(case)]
    return [output_of(each, depth) for each in wanted]


def _usual(case: Case) -> tuple[str, ...]:
    if not case.physics.transport.enabled:
        return USUAL
    rates = [planned.step.rate_at_end() or 0.0 for planned in case.steps()]
    discharges = any(rate < 0 for rate in rates)
    return (*USUAL, "discharge_capacity" if discharges else "charge_capacity")


def output_of(wanted: WantedOutput, depth: Depth) -> Output:
    """Return one of these. Raises UnknownOutputError."""
    if wanted.summary is not None:
        return _of_summary(wanted.summary, wanted.name)
    if wanted.figure == RETENTION:
        return Output(f"{wanted.name or 'Retention'} / 1", RETENTION, "cycles")
    if wanted.figure is not None:
        if wanted.figure not in COLUMNS:
            why = (
                f"no figure of merit is called '{wanted.figure}' ({nearest(wanted.figure, WORDS)})"
            )
            raise UnknownOutputError("figure", why)
        column, how, table = COLUMNS[wanted.figure]
        wanted = WantedOutput(column=column, how=how, table=table, name=wanted.name)  # type: ignore
    return _of_column(wanted, depth)


def _of_summary(entry: str, name: str | None) -> Output:
    if entry not in SUMMARY:
        hint = _near(entry, SUMMARY, "docs/studies.md")
        why = f"no entry that a study can ask for is called '{entry}' ({hint})"
        raise UnknownOutputError("summary", why)
    return Output(f"{name or entry} / {SUMMARY[entry]}", entry=tuple(entry.split(".")))


def _of_column(wanted: WantedOutput, depth: Depth) -> Output:
    column, there = str(wanted.column), columns_of_tables()
    tables = TABLES if wanted.table is None else (wanted.table,)
    found = [(each, table) for table in tables for each in there[table] if _is(each, column)]
    if not found:
        known = [f"{each.title} / {each.unit}" for table in tables for each in there[table]]
        told = f"the table '{wanted.table}' has" if wanted.table else "no table has"
        no = " no" if wanted.table else ""
        why = f"{told}{no} column '{column}' ({_near(column, known, 'docs/columns.md')})"
        raise UnknownOutputError("column", why)
    known_column, table = found[0]
    unit = known_column.unit
    if known_column.extensive:
        unit += depth.per
    name = name_of(column) or column
    return Output(_header(wanted, name, unit), name, table, wanted.how, wanted.cycle)


def _header(wanted: WantedOutput, column: str, unit: str) -> str:
    told = [column, *([wanted.how] if wanted.how != "last" else [])]
    told += [f"in cycle {wanted.cycle}"] if wanted.cycle is not None else []
    return f"{wanted.name or ' '.join(told)} / {unit}"


def _is(column: Column, asked: str) -> bool:
    """Whether a column is the one that was asked for, by its header or its name.

    Columns of each surface or axis have its name, which only the run knows, behind theirs.
    """
    name = name_of(asked) or asked
    of_each = column.of.isupper() and name.startswith(f"{column.name} ")
    return name in (column.title, column.name) or of_each


def _near(asked: str, known: Iterable[str], page: str) -> str:
    told = nearest(asked, known)
    return told if told.startswith("did") else f"{page} has all of them"


def columns_of_tables() -> Mapping[str, Sequence[Column]]:
    """Return all columns that a run can have, by the name of the table."""
    from solver.output.dictionary import TABLES as KNOWN

    return {table: KNOWN[f"{table}.csv"] for table in TABLES}


def _table(file: Path) -> History:
    try:
        return complete(read_history(file))
    except (OSError, ValueError, StopIteration):
        return History({})


def _entry(summary: Mapping[str, Any], keys: Sequence[str]) -> float:
    found: Any = summary
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    number = isinstance(found, int | float) and isfinite(found)
    return float(found) if number else nan
