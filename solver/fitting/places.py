"""Parameters of a fit as places in a unit cube: 0 at the least value, 1 at the largest."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from solver.fitting.fit_file import FitParameter
from solver.materials.altered import TIMES
from solver.study.values import PLAIN, amount, as_yaml, between, in_one_unit
from solver.units.measures import Quantity, to_si

Floats = npt.NDArray[np.float64]
EDGE = 0.01  # of the range: nearer to an end is at it


class Ranged(NamedTuple):
    """A parameter as the search has it. least, most: its ends, in `unit`. start: share, 0 to 1."""

    key: str
    name: str
    unit: str
    least: float
    most: float
    start: float
    log: bool
    scale: bool

    @property
    def header(self) -> str:
        """What tables call it, with its unit."""
        return f"{self.name} / {self.unit}"

    def value(self, place: float) -> float:
        """Return the value at a place, in its unit.

        v = a + (b - a) x, or with `log` v = a (b / a)^x, between the ends a and b.
        """
        if self.log:
            return self.least * exp(place * log(self.most / self.least))
        return self.least + (self.most - self.least) * place

    def place(self, value: float) -> float:
        """Return the place of a value, outside of 0 to 1 where it is beyond an end."""
        if self.log:
            return log(value / self.least) / log(self.most / self.least)
        return (value - self.least) / (self.most - self.least)

    def slope(self, place: float) -> float:
        """Return dv/dx at a place."""
        if self.log:
            return self.value(place) * log(self.most / self.least)
        return self.most - self.least

    def at_its_bound(self, place: float) -> str:
        """Return `from` or `to` where a place is as good as at that end, else nothing."""
        return "from" if place < EDGE else "to" if place > 1 - EDGE else ""

    def override(self, place: float) -> str:
        """Return the parameter at a place, as of --set."""
        return f"{self.key}={self.written(place)}"

    def written(self, place: float) -> str:
        """Return its value at a place as a case has it."""
        shares = (min(max(place, 0.0), 1.0),)
        ends = (_text(self.least, self.unit), _text(self.most, self.unit))
        (value,) = between(*ends, shares, self.log, whole=False)
        return f"{TIMES}{value:.12g}" if self.scale else as_yaml(value)


def ranged(parameter: FitParameter, quantity: Quantity | None, unit: str) -> Ranged:
    """Return a parameter with numbers in one unit. Raises ValueError.

    quantity: of its key in the case. unit: of numbers without one in a material.
    """
    said = [parameter.least, parameter.most]
    said += [parameter.start] if parameter.start is not None else []
    known = in_one_unit(said, quantity) if quantity is not None else _in_unit(said, unit)
    if known is None:
        told = ", ".join(map(str, said))
        raise ValueError(f"expected numbers of one kind for from, to and start; got {told}")
    numbers, unit = known
    if not numbers[0] < numbers[1]:
        raise ValueError(f"from must be less than to; got {said[0]} and {said[1]}")
    found = Ranged(
        parameter.key.removesuffix(".value"), parameter.title, unit, numbers[0], numbers[1], 0.5,
        parameter.log, parameter.scale,
    )  # fmt: skip
    if parameter.start is None:
        return found
    if not numbers[0] <= numbers[2] <= numbers[1]:
        raise ValueError(f"start must lie between from and to; got {said[2]}")
    return found._replace(start=found.place(numbers[2]))


def overrides(parameters: Sequence[Ranged], places: Floats) -> list[str]:
    """Return all parameters at places (parameters,), as of --set."""
    return [each.override(float(x)) for each, x in zip(parameters, places, strict=True)]


def _in_unit(values: Sequence[Any], unit: str) -> tuple[list[float], str] | None:
    """Values in the unit of the first."""
    known = [amount(value, unit) for value in values]
    if None in known:
        return None
    told = [each for each in known if each is not None]
    first = told[0][1]
    try:
        return [x if own == first else to_si(x, own, first) for x, own in told], first
    except ValueError:
        return None


def _text(number: float, unit: str) -> Any:
    if unit == PLAIN:
        return number
    return f"{number!r}{'' if unit == 'C' else ' '}{unit}"
