"""Effects of inputs that are changed one at a time (Morris, Technometrics 33 (1991) 161).

Inputs are coordinates between 0 and 1, the ends of their ranges. From the nominal point each is
moved to both its ends; from points that are drawn, by half of its range (a radial design:
Campolongo, Saltelli and Cariboni, Comput. Phys. Commun. 182 (2011) 978), which shows what depends
on the others.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

HALF = 0.5
Point = tuple[float, ...]


class Move(NamedTuple):
    """One input is changed: its number, the point before and after."""

    number: int
    start: Point
    end: Point

    @property
    def way(self) -> float:
        """How far it goes, in ranges of that input."""
        return self.end[self.number] - self.start[self.number]


class Effect(NamedTuple):
    """What an input does, over its whole range.

    mu_star: the mean size of its effects. sigma: their standard deviation, large where they are
    curved or depend on other inputs; nan of fewer than two. effects: how many are known.
    """

    mu_star: float
    sigma: float
    effects: int


def to_ends(nominal: Point) -> list[Move]:
    """Return the moves of each input from the nominal point to both ends, where it is not."""
    return [
        Move(number, nominal, _with(nominal, number, end))
        for number, value in enumerate(nominal)
        for end in (0.0, 1.0)
        if value != end
    ]


def around(points: int, inputs: int, seed: int) -> list[Move]:
    """Return the moves of each input by half of its range, from points that are drawn."""
    drawn = np.random.default_rng(seed).random((points, inputs))
    return [
        Move(number, start, _with(start, number, value + (HALF if value < HALF else -HALF)))
        for start in (tuple(map(float, row)) for row in drawn)
        for number, value in enumerate(start)
    ]


def points_of(moves: Sequence[Move]) -> list[Point]:
    """Return every point once, in the order in which they come."""
    return list(dict.fromkeys(point for move in moves for point in (move.start, move.end)))


def effect(number: int, moves: Sequence[Move], value: Callable[[Point], float]) -> Effect:
    """Return the effect of an input on a value, which is nan where it is not known."""
    slopes = np.array(
        [(value(m.end) - value(m.start)) / m.way for m in moves if m.number == number]
    )
    slopes = slopes[np.isfinite(slopes)]
    return Effect(
        mu_star=float(np.mean(np.abs(slopes))) if len(slopes) else np.nan,
        sigma=float(np.std(slopes, ddof=1)) if len(slopes) > 1 else np.nan,
        effects=len(slopes),
    )


def _with(point: Point, number: int, value: float) -> Point:
    return (*point[:number], value, *point[number + 1 :])
