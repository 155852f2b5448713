"""What inputs do to the end of runs: as a table, as figures and in words."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from calibration import tornado
from calibration.evaluations import Found
from calibration.morris import Point
from calibration.yan2018.inputs import Held, Input
from calibration.yan2018.screened import ENDS, Screening, outcome
from solver.results import style
from solver.results.records import TIMES

FILE = "effects.csv"
QUANTITIES = ("retention", "slow_retention", "cracked", "wet_area")
DRAWN = {"retention": "retention", "cracked": "cracked share of the boundaries"}


def rows(
    screenings: Sequence[Screening], found: Sequence[Mapping[Point, Found]]
) -> Iterator[dict[str, Any]]:
    """Yield a line for each case, input and quantity."""
    for one, values in zip(screenings, found, strict=True):
        for number, each in enumerate(one.inputs):
            for quantity in QUANTITIES:
                told = outcome(one, values, number, quantity)
                yield {
                    "case": one.case,
                    "input": each.input.key,
                    "origin": each.origin,
                    "value": each.values[0],
                    **{f"{side}_value": each.at(y) for side, y in ENDS.items()},
                    "unit": each.units[0],
                    "quantity": quantity,
                    "nominal": told.nominal,
                    **{side: told.ends.get(side, told.nominal) for side in ENDS},
                    **told.effect._asdict(),
                }


def panels(
    screenings: Sequence[Screening], found: Sequence[Mapping[Point, Found]], quantity: str
) -> dict[str, tornado.Panel]:
    """Return what each input changes in a share at its ends, percentage points, by case."""
    labels = labelled(screenings)
    drawn: dict[str, tornado.Panel] = {}
    for one, values in zip(screenings, found, strict=True):
        told = [outcome(one, values, number, quantity) for number in range(len(one.inputs))]
        title = f"{Path(one.case).stem}, {one.rounds} rounds: {100 * told[0].nominal:.1f} %"
        drawn[title] = {
            labels[each.input.key]: {
                side: 100 * (value - each_told.nominal) for side, value in each_told.ends.items()
            }
            for each, each_told in zip(one.inputs, told, strict=True)
        }
    return drawn


def labelled(screenings: Sequence[Screening]) -> dict[str, str]:
    """Return what figures call the inputs: value or values, range, and whether it is assumed."""
    every: dict[str, list[Held]] = {}
    for one in screenings:
        for each in one.inputs:
            every.setdefault(each.input.key, []).append(each)
    return {
        key: f"{some[0].input.name}\n{_values(some)}, {_range(some[0].input)}, {some[0].origin}"
        for key, some in every.items()
    }


def _values(some: Sequence[Held]) -> str:
    """The values of an input in all cases, with their unit."""
    values = " or ".join(dict.fromkeys(f"{each.values[0]:.3g}" for each in some))
    unit = some[0].units[0].replace("^2", "²")
    return values if unit == "dimensionless" else f"{values} {unit}"


def _range(known: Input) -> str:
    return f"{TIMES}{known.low:.3g} to {known.high:.3g}"


def keep(
    folder: Path, screenings: Sequence[Screening], found: Sequence[Mapping[Point, Found]]
) -> None:
    """Write the table and the figures."""
    table = list(rows(screenings, found))
    with (folder / FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    for quantity, name in DRAWN.items():
        axis = f"Change of the {name} / percentage points"
        with style.look():
            figure = tornado.figure(panels(screenings, found, quantity), axis)
            style.save(figure, folder / f"{quantity}.png")


def in_words(one: Screening, found: Mapping[Point, Found]) -> Iterator[str]:
    """Yield what the inputs do to the retention, the strongest first, and which runs failed."""
    told = {
        each.input.name: outcome(one, found, number, "retention")
        for number, each in enumerate(one.inputs)
    }
    yield f"{one.case}: retention {100 * found[one.nominal].retention:.1f} %"
    for name, each in sorted(told.items(), key=lambda pair: -np.nan_to_num(pair[1].effect.mu_star)):
        ends = ", ".join(
            f"{_points(value - each.nominal)} at its {side} end"
            for side, value in each.ends.items()
        )
        yield f"  {name}: {100 * each.effect.mu_star:.2f} points over its range; {ends}"
    for point, run in found.items():
        if run.reason:
            yield f"  no result with {', '.join(one.wanted(point).overrides)}: {run.reason}"


def _points(change: float) -> str:
    return "no result" if np.isnan(change) else f"{100 * change:+.2f}"
