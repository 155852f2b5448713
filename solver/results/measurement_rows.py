"""What a page tells of a run beside measured curves: sums, and every half cycle in a table."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from solver.measured import MeasuredCurves, read_measured
from solver.results.deviation import ENOUGH, Deviation
from solver.results.figures_of_merit import Rows
from solver.results.measurements import (
    OVER_CYCLES,
    UNITS,
    Comparison,
    MeasuredPair,
    compare_with,
    declared_curves,
)
from solver.results.records import Record

MOST = 24  # lines of the table
MOST_SHORT = 3  # curves of which a note says that they were hardly compared
HEAD = [
    "file",
    "what",
    "RMSE",
    "largest deviation",
    "where",
    "compared from",
    "to",
    "of the measured range",
]
NOTE = (
    "Deviations are computed less measured, straight between the points of both and only where "
    "both are known; RMSE is the root of the mean of the square over the axis, not over points."
)


def curves_of(record: Record, files: Sequence[Path] = ()) -> list[MeasuredCurves]:
    """Return the measured curves that the case of a run names, and those of other files.

    Raises MeasuredFileError.
    """
    declared = declared_curves(record.directory, record.resolved)
    return [*declared, *(read_measured(file) for file in files)]


def comparisons_of(record: Record, curves: Sequence[MeasuredCurves]) -> list[Comparison]:
    """Return a run beside each of these, their labels made distinct."""
    labels = [each.label for each in curves]
    named = [
        replace(each, label=f"{each.label} ({labels[:place].count(each.label) + 1})")
        if labels[:place].count(each.label)
        else each
        for place, each in enumerate(curves)
    ]
    return [compare_with(record.history, record.table("cycles"), each) for each in named]


def rows(comparisons: Sequence[Comparison]) -> Rows:
    """Return RMSE and largest deviation of each kind and file."""
    told = []
    for comparison in comparisons:
        for kind in UNITS:
            told += _sum_of(comparison, kind)
    return told


def _sum_of(comparison: Comparison, kind: str) -> Rows:
    pairs, rmse = comparison.of(kind), comparison.rmse(kind)
    if rmse is None:
        return []
    worst = max(pairs, key=_largest)
    apart = worst.apart
    assert apart is not None
    name = f"{kind}, {comparison.curves.label}"
    of = "" if len(pairs) == 1 else f", {len(pairs)} curves together"
    where = _at(worst, apart.where) + ("" if len(pairs) == 1 else f" ({worst.what})")
    return [
        (f"{name}: RMSE", f"{_amount(rmse, kind)}{of}"),
        (f"{name}: largest", f"{_signed(apart.largest, kind)} at {where}"),
    ]


def table(comparisons: Sequence[Comparison]) -> tuple[list[str], list[list[str]]]:
    """Return head and lines, of many curves some, the worst among them."""
    every = [
        (comparison.curves.label, pair) for comparison in comparisons for pair in comparison.pairs
    ]
    lines = [_line(label, pair) for label, pair in _some(every)]
    return (HEAD, lines) if lines else ([], [])


def notes(comparisons: Sequence[Comparison]) -> list[str]:
    """Return what was not or hardly compared, and who measured."""
    told = []
    for comparison in comparisons:
        label, source = comparison.curves.label, comparison.curves.source
        told += [f"{label}: {source}."] if source else []
        told += [f"{label}: {note}." for note in comparison.notes]
        short = [said for said in map(_short, comparison.pairs) if said]
        told += [f"{label}: {said}." for said in short[:MOST_SHORT]]
        if len(short) > MOST_SHORT:
            told.append(f"{label}: so it is with {len(short) - MOST_SHORT} more, see the table.")
        if not any(pair.apart for pair in comparison.pairs):
            told.append(f"{label}: nothing of it could be compared with this run.")
    return told


def section(record: Record, curves: Sequence[MeasuredCurves]) -> dict[str, Any]:
    """Return the section of a page about a run beside these, its figures as they are drawn."""
    from solver.results.measurement_figures import figures  # and with it matplotlib

    compared = comparisons_of(record, curves)
    return {
        "rows": rows(compared),
        "table": table(compared),
        "note": " ".join([NOTE, *notes(compared)]),
        "figures": figures(compared),
    }


def declared_or_why(record: Record) -> tuple[list[MeasuredCurves], str | None]:
    """Return the curves that the case of a run names; or none, and what is wrong with them."""
    try:
        return curves_of(record), None
    except ValueError as error:
        return [], f"measured curves could not be read: {error}"


def _some(every: list[tuple[str, MeasuredPair]]) -> list[tuple[str, MeasuredPair]]:
    if len(every) <= MOST:
        return every
    places = set(np.unique(np.linspace(0, len(every) - 1, MOST - 1).round().astype(int)).tolist())
    places.add(max(range(len(every)), key=lambda place: _largest(every[place][1])))
    return [every[place] for place in sorted(places)]


def _largest(pair: MeasuredPair) -> float:
    """Largest deviation without its sign, over the unit in which it is told."""
    return 0.0 if pair.apart is None else abs(pair.apart.largest) * UNITS[pair.kind][2]


def _line(label: str, pair: MeasuredPair) -> list[str]:
    apart = pair.apart
    if apart is None:
        return [label, f"{pair.kind}, {pair.what}", "no common range", "", "", "", "", "0 %"]
    return [
        label,
        f"{pair.kind}, {pair.what}",
        _amount(apart.rmse, pair.kind),
        _signed(apart.largest, pair.kind),
        _at(pair, apart.where),
        _at(pair, apart.low),
        _at(pair, apart.high),
        f"{100 * apart.share:.1f} %",
    ]


def _short(pair: MeasuredPair) -> str | None:
    """Say that much of what was measured was not compared, None where it was."""
    apart: Deviation | None = pair.apart
    if apart is None:
        return f"{pair.kind}, {pair.what} has no range in common with the run"
    if apart.share >= ENOUGH:
        return None
    return f"only {100 * apart.share:.0f} % of {pair.kind}, {pair.what} could be compared"


def _amount(value: float, kind: str) -> str:
    """A deviation in its unit; what is less than a millionth of that is rounding."""
    _, unit, factor = UNITS[kind]
    return f"{round(factor * value, 6) + 0.0:.3g} {unit}"


def _signed(value: float, kind: str) -> str:
    told = _amount(value, kind)
    return told if told.startswith(("-", "0 ")) else f"+{told}"


def _at(pair: MeasuredPair, place: float) -> str:
    """A place on the axis, with the curve where there are several of its kind."""
    if pair.kind == OVER_CYCLES:
        return f"cycle {place:.0f}"
    return f"{place:.4g} {UNITS[pair.kind][0]}"
