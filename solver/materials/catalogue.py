"""The materials as text: all of them in a list, or every value of one with its source."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from textwrap import wrap
from typing import Any, NamedTuple

from solver.entries import laws
from solver.entries.files import FOLDER, MaterialError, is_path, names
from solver.entries.reader import Entries, checked, opened
from solver.materials.counter import counter_of
from solver.materials.electrolyte import electrolyte_of, interphase_of
from solver.materials.library import boundary_of, filler_of, grain_of
from solver.text.messages import shown
from solver.text.problems import nearest
from solver.units.measures import to_si

WIDTHS = (27, 26, 13, 34)  # of the columns of a table, in characters
WARM = 333.15  # K, shown beside room temperature


class MaterialKind(NamedTuple):
    """A kind of material: how its files begin, and what reads one."""

    prefix: str
    read: Callable[[Entries], object]


KINDS = {
    "grain": MaterialKind("", grain_of),
    "boundary": MaterialKind("boundary_", boundary_of),
    "filler": MaterialKind("filler_", filler_of),
    "electrolyte": MaterialKind("electrolyte_", electrolyte_of),
    "interphase": MaterialKind("interphase_", interphase_of),
    "counter": MaterialKind("counter_", counter_of),
}


class Row(NamedTuple):
    """One line of a table: a quantity and where it comes from."""

    quantity: str
    value: str
    temperature: str
    source: str


def overview() -> str:
    """Return a line for every material of the library, by kind."""
    lines = []
    for kind, (prefix, _) in KINDS.items():
        lines.append(kind)
        for name in names(prefix):
            about = Entries(FOLDER / f"{prefix}{name}.yaml").text("about")
            lines.append(f"  {name:<11} {about}")
    return "\n".join(lines)


def tables(name: str) -> str:
    """Return the tables of all materials of a name, which may stand for several kinds.

    A path ending in .yaml names a file. Values that depend on the temperature are those at 25 degC.
    Raises MaterialError if there is no such material, or if it is wrong.
    """
    if is_path(name):
        return _table(_kind_of(Path(name)), name)
    kinds = [kind for kind, known in KINDS.items() if name in names(known.prefix)]
    if not kinds:
        known_names = dict.fromkeys(n for kind in KINDS.values() for n in names(kind.prefix))
        raise MaterialError(f"unknown material {shown(name)} ({nearest(name, known_names)})")
    return "\n\n".join(_table(kind, name) for kind in kinds)


def read(kind: str, name: str) -> Entries:
    """Return the entries of a material that is sound. Raises MaterialError if it is not."""
    entries = opened(KINDS[kind].prefix, name)
    checked(entries, KINDS[kind].read)
    return entries


def values(kind: str, name: str) -> dict[str, Any]:
    """Return what a material is about, and the rows of its table. Raises MaterialError."""
    entries = read(kind, name)
    return {"about": entries.text("about"), "rows": [row._asdict() for row in _all_rows(entries)]}


def cautions(kind: str, name: str) -> list[str]:
    """Return what is unusual about a material, with file and line. Raises MaterialError."""
    return [f"caution: {caution}" for caution in read(kind, name).cautions]


def _kind_of(path: Path) -> str:
    """The kind whose materials of the library have most entries in common with a file."""
    keys = set(map(str, Entries(path).data))
    return max(KINDS, key=lambda kind: len(keys & _keys_of(kind)))


@cache
def _keys_of(kind: str) -> set[str]:
    prefix = KINDS[kind].prefix
    files = [Entries(FOLDER / f"{prefix}{name}.yaml") for name in names(prefix)]
    return {key for entries in files for key in entries.data}


def _table(kind: str, name: str) -> str:
    entries = read(kind, name)
    head = Row("quantity", "value", "temperature", "source")
    lines = [line for row in (head, *_all_rows(entries)) for line in _wrapped(row)]
    title = f"{name}, {kind}: {entries.text('about')}"
    return "\n".join([title, *lines, *(f"caution: {caution}" for caution in entries.cautions)])


def _all_rows(entries: Entries) -> list[Row]:
    return [row for key, entry in entries.data.items() for row in _rows(key, entry, "")]


def _wrapped(row: Row) -> Iterator[str]:
    """Yield the lines of a row, every cell wrapped into its column."""
    cells = [
        wrap(cell, width - 2, break_on_hyphens=False)
        for cell, width in zip(row, WIDTHS, strict=True)
    ]
    for number in range(max(map(len, cells))):
        parts = [cell[number] if number < len(cell) else "" for cell in cells]
        yield "".join(p.ljust(w) for p, w in zip(parts, WIDTHS, strict=True)).rstrip()


def _rows(key: str, entry: Any, unit: str, depth: int = 0) -> Iterator[Row]:
    """Yield the rows of an entry and of the entries within it; these may inherit its unit."""
    if not isinstance(entry, dict):
        return
    unit = entry.get("unit", unit)
    yield Row("  " * depth + key, _value(entry, unit), _temperature(key, entry), _source(entry))
    for part, inner in entry.items():
        yield from _rows(part, inner, unit, depth + 1)


def _value(entry: dict[str, Any], unit: str) -> str:
    value, x = entry.get("value"), entry.get("occupancy", entry.get("centre"))
    unit = "" if unit in ("", "dimensionless") else f" {unit}"
    if value is None:
        system = f"{entry['system']}, " if "system" in entry else ""
        return f"{system}{', '.join(f'{k} {v:g}' for k, v in entry.items() if k[0] == 'C')}{unit}"
    if not isinstance(value, list):
        off = f" +- {entry['tolerance']:g}" if "tolerance" in entry else ""
        at = f" at {entry['voltage']:g} V" if "voltage" in entry else ""
        return f"{value:g}{off}{unit}" + (f" at x = {x:g}" if x is not None else at)
    if "centre" in entry:
        return f"{_listed(value)}{unit} around x = {_listed(entry['centre'])}"
    if "ratio" in entry:
        return f"{_listed(value)}{unit} at {_listed(entry['ratio'])}"
    if "temperature" in entry:
        return f"{_listed(value)}{unit} at {_listed(entry['temperature'])} K"
    text = f"{value[0]:g} to {value[-1]:g}{unit}, x = {x[0]:g} to {x[-1]:g} ({len(x)} points)"
    return text + (f"; known at x = {_listed(entry['known'])}" if "known" in entry else "")


def _listed(values: list[float]) -> str:
    return ", ".join(f"{v:g}" for v in values)


def _temperature(key: str, entry: dict[str, Any]) -> str:
    if key == "potential":
        return "see entropic"
    if "activation_energy" in entry:
        return "Arrhenius"
    if key == "activation_energy":
        factor = laws.arrhenius(to_si(entry["value"], entry["unit"], "J/mol"), WARM)
        return f"x {factor:.3g} at 60 degC"
    return ""


def _source(entry: dict[str, Any]) -> str:
    assumed = f"assumed: {entry['note']}" if entry.get("assumed") else ""
    fitted = f"fitted to {entry['fitted']}" if entry.get("fitted") else ""
    return "; ".join(filter(None, (assumed, fitted, entry.get("source", ""))))
