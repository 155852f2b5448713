"""The data dictionary, `docs/columns.md`: `python -m solver.output.dictionary docs/columns.md`."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import get_type_hints

from solver.case.physics import kinds_of_mechanisms
from solver.output import arrays, history
from solver.output.columns_file import tables_of
from solver.output.observe import load, moment
from solver.output.observe.acting import of_each
from solver.output.observe.group import columns_of
from solver.units.columns import Column
from solver.units.groups import GROUPS

UNDER_LOAD = (
    load.FACTOR,
    load.DISPLACEMENT.at("SURFACE AXIS"),
    load.FORCE.at("SURFACE AXIS"),
    load.EXTERNAL_WORK,
    load.STRESS.at("COMPONENT"),
    load.STRAIN.at("COMPONENT"),
    load.DRIVEN,
    load.JUMPS,
)
MECHANISMS = tuple(
    get_type_hints(kind.mechanism)["return"] for kind in kinds_of_mechanisms().values()
)
ACTING = of_each(MECHANISMS)
TABLES = {
    history.FILE: (*columns_of((*(group for group, _ in moment.GROUPS), *ACTING)), *UNDER_LOAD),
    **tables_of(MECHANISMS, jumps=True, losing=True),
}
SHOWN = (*arrays.ARRAYS, *(shown.array for kind in MECHANISMS for shown in kind.shown))
HEAD = """# Columns of the tables, arrays of the maps

Made by `./intergrain python -m solver.output.dictionary docs/columns.md`; every run says the same
of its own columns in `columns.json`. Headers are `Name / unit`. What grows with the depth of a body
(here with `*`) is per metre of depth in two dimensions, `.m-1`, unless the case declares a
thickness.
"""


def page() -> str:
    """Return the whole page."""
    tables = (_table(file, columns) for file, columns in TABLES.items())
    maps = (_map(file, on) for on, file in arrays.MAPS.items())
    return "\n".join([HEAD, *tables, *maps])


def _map(file: str, on: str) -> str:
    """The arrays of one map."""
    rows = [f"| `{array.header}` | {array.about} |" for array in SHOWN if array.on == on]
    return "\n".join([f"## `{file}`", "", "| array | meaning |", "|---|---|", *rows, ""])


def _table(file: str, columns: Iterable[Column]) -> str:
    """One table, its columns by groups."""
    by_group: dict[str, list[Column]] = {}
    for column in columns:
        by_group.setdefault(column.group, []).append(column)
    parts = [_group(group, members) for group, members in by_group.items()]
    return "\n".join([f"## `{file}`", "", *parts])


def _group(group: str, members: Iterable[Column]) -> str:
    """The columns of a group, under what they have in common."""
    rows = [
        f"| `{column.title} / {column.unit}`{' *' if column.extensive else ''} | {column.about} |"
        for column in members
    ]
    title = f"**{group.capitalize()}.** {GROUPS.get(group, '')}".rstrip()
    return "\n".join([title, "", "| column | meaning |", "|---|---|", *rows, ""])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
