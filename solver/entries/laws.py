"""Material laws: smooth functions of the occupancy 0 < x < 1, with their derivatives.

Newton steps wander outside the physical range for a moment. Every law therefore stays finite
beyond its last point and its slope always belongs to its value: either it goes on as the tangent
(potentials, strains) or it stays constant (quantities that must remain positive).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from solver.units.constants import GAS_CONSTANT

Array = NDArray[np.floating]
Function = Callable[[Array], Array]

REFERENCE_TEMPERATURE = 298.15  # K, of every value that depends on the temperature
TAILS = ("low_tail", "high_tail")  # of a potential, towards x = 0 and x = 1
BISECTIONS = 60
LOWEST, HIGHEST = 1e-6, 1.0 - 1e-6  # occupancies between which singular laws are followed


@dataclass(frozen=True)
class Law:
    """A function of the occupancy and its first two derivatives.

    Each callable takes an array of any shape and returns one of the same shape, in SI units.
    """

    value: Function
    slope: Function
    curvature: Function

    def plus(self, other: "Law") -> "Law":
        """Return the sum of two laws."""
        return Law(
            lambda x: self.value(x) + other.value(x),
            lambda x: self.slope(x) + other.slope(x),
            lambda x: self.curvature(x) + other.curvature(x),
        )

    def scaled(self, factor: float) -> "Law":
        """Return the law `factor` times as large."""
        return Law(
            lambda x: factor * self.value(x),
            lambda x: factor * self.slope(x),
            lambda x: factor * self.curvature(x),
        )


def occupancy_where(falling: Function, level: float) -> float:
    """Return the occupancy at which a falling law has a value, the nearest end if it has it not."""
    low, high = LOWEST, HIGHEST
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if falling(np.array(middle)) > level else (low, middle)
    return 0.5 * (low + high)


def by_place(which: NDArray[np.integer], several: Sequence[Law]) -> Law:
    """Return the law that is several[which[k]] at the k-th place, for arrays of that length."""
    places = [np.flatnonzero(which == number) for number in range(len(several))]

    def choose(functions: Sequence[Function]) -> Function:
        def function(x: Array) -> Array:
            x, result = np.asarray(x, float), np.empty(which.shape)
            for there, evaluate in zip(places, functions, strict=True):
                result[there] = evaluate(x[there])
            return result

        return function

    return Law(
        choose([law.value for law in several]),
        choose([law.slope for law in several]),
        choose([law.curvature for law in several]),
    )


def constant(level: float) -> Law:
    """Return the law that is `level` everywhere."""
    return linear(level, 0.0)


def linear(at_zero: float, slope: float) -> Law:
    """Return the law `at_zero + slope x`."""
    return Law(
        lambda x: at_zero + slope * np.asarray(x, float),
        lambda x: np.full(np.shape(x), slope),
        lambda x: np.zeros(np.shape(x)),
    )


def table(occupancy: Sequence[float], values: Sequence[float]) -> Law:
    """Return the twice differentiable cubic spline through the points, tangents beyond them.

    Raises ValueError unless the occupancies increase strictly.
    """
    x, y = np.asarray(occupancy, float), np.asarray(values, float)
    if len(x) < 4 or len(x) != len(y) or np.any(np.diff(x) <= 0):
        raise ValueError("a table needs four or more points with increasing occupancy")
    spline = CubicSpline(x, y)
    inner = Law(spline, spline.derivative(1), spline.derivative(2))
    return tangent_beyond(inner, x[0], x[-1])


def constant_beyond_table(occupancy: Sequence[float], values: Sequence[float]) -> Law:
    """Return the spline through the points, constant beyond them."""
    return constant_beyond(table(occupancy, values), occupancy[0], occupancy[-1])


def positive_table(occupancy: Sequence[float], values: Sequence[float]) -> Law:
    """Return a positive law: a spline through the logarithms, constant beyond the last points."""
    if min(values) <= 0:
        raise ValueError("every value must be positive")
    log = table(occupancy, [float(v) for v in np.log(values)])
    inner = Law(
        lambda x: np.exp(log.value(x)),
        lambda x: np.exp(log.value(x)) * log.slope(x),
        lambda x: np.exp(log.value(x)) * (log.slope(x) ** 2 + log.curvature(x)),
    )
    return constant_beyond(inner, occupancy[0], occupancy[-1])


def falling_table_with_tails(
    occupancy: Sequence[float],
    values: Sequence[float],
    low: tuple[float, float],
    high: tuple[float, float],
) -> Law:
    """Return a strictly falling law with logarithmic tails on both sides of a table.

    `low` and `high` are points (occupancy, value) outside the table that the tails pass through.
    A tail joins with the same value and slope and tends to plus (minus) infinity like the
    logarithm of the distance to x = 0 (x = 1). Raises ValueError where it would not fall.
    """
    inner = table(occupancy, values)
    left = _logarithmic_tail(inner, occupancy[0], 0.0, low)
    right = _logarithmic_tail(inner, occupancy[-1], 1.0, high)
    law = tangent_beyond(_joined(inner, left, right, occupancy[0], occupancy[-1]), LOWEST, HIGHEST)
    require_falling(law)
    return law


def require_falling(law: Law) -> None:
    """Raise ValueError unless the law falls strictly over 0 < x < 1."""
    x = np.linspace(LOWEST, HIGHEST, 20001)
    rising = x[~(law.slope(x) < 0)]
    if rising.size:
        raise ValueError(f"the law does not fall near x = {rising[0]:.3f}; correct or add points")


def bells(heights: Sequence[float], centres: Sequence[float], widths: Sequence[float]) -> Law:
    """Return the sum of `height exp(-(x - centre)^2 / width)`.

    Raises ValueError unless there are as many of each, and the widths are positive.
    """
    h, c, w = (np.asarray(values, float) for values in (heights, centres, widths))
    if not h.shape == c.shape == w.shape or np.any(w <= 0):
        raise ValueError("a bell needs a height, a centre and a positive width")

    def offset(x: Array) -> Array:
        return np.asarray(x, float)[..., None] - c

    def each(x: Array) -> Array:
        return h * np.exp(-(offset(x) ** 2) / w)

    return Law(
        lambda x: each(x).sum(-1),
        lambda x: (-2.0 * offset(x) / w * each(x)).sum(-1),
        lambda x: ((4.0 * offset(x) ** 2 / w**2 - 2.0 / w) * each(x)).sum(-1),
    )


def symmetric_exchange_current(at_half: float) -> Law:
    """Return i0(x) = 2 i0(1/2) sqrt(x (1 - x)), which vanishes when sites or lithium run out."""

    def product(x: Array) -> Array:
        return np.clip(x, LOWEST, HIGHEST) * (1.0 - np.clip(x, LOWEST, HIGHEST))

    inner = Law(
        lambda x: 2.0 * at_half * np.sqrt(product(x)),
        lambda x: at_half * (1.0 - 2.0 * x) / np.sqrt(product(x)),
        lambda x: -0.5 * at_half * product(x) ** -1.5,
    )
    return constant_beyond(inner, LOWEST, HIGHEST)


def arrhenius(
    activation_energy: float, temperature: float, reference: float = REFERENCE_TEMPERATURE
) -> float:
    """Return exp[-E/R (1/T - 1/T_ref)], inf beyond all numbers; J/mol, temperatures in K."""
    exponent = -activation_energy / GAS_CONSTANT * (1.0 / temperature - 1.0 / reference)
    with np.errstate(over="ignore"):
        return float(np.exp(exponent))


def tangent_beyond(law: Law, low: float, high: float) -> Law:
    """Return the law continued by its tangents below `low` and above `high`."""

    def value(x: Array) -> Array:
        nearest = np.clip(x, low, high)
        beyond = x - nearest
        if not np.any(beyond):
            return law.value(nearest)
        return law.value(nearest) + law.slope(nearest) * beyond

    return Law(
        value,
        lambda x: law.slope(np.clip(x, low, high)),
        lambda x: np.where((x >= low) & (x <= high), law.curvature(np.clip(x, low, high)), 0.0),
    )


def constant_beyond(law: Law, low: float, high: float) -> Law:
    """Return the law held at its last values below `low` and above `high`."""

    def inside(derivative: Function) -> Function:
        return lambda x: np.where((x >= low) & (x <= high), derivative(np.clip(x, low, high)), 0.0)

    return Law(lambda x: law.value(np.clip(x, low, high)), inside(law.slope), inside(law.curvature))


def _logarithmic_tail(inner: Law, join: float, end: float, point: tuple[float, float]) -> Law:
    """Return f = f_j + f'_j (x - x_j) - A [ln(r) - r + 1], with r = (x - end)/(x_j - end).

    The bracket and its slope vanish at the join. A, positive towards x = 0 and negative towards
    x = 1, is found from the point that the tail passes through.
    """
    x_j, sign = np.asarray(join, float), (1.0 if end < join else -1.0)
    f_j, s_j, span = float(inner.value(x_j)), float(inner.slope(x_j)), join - end
    if (point[0] - join) * sign >= 0 or (point[0] - end) * sign <= 0:
        raise ValueError(f"the tail's point x = {point[0]} does not lie between {join} and {end}")

    def bracket(x: Array | float) -> Array:
        ratio = (x - end) / span
        return np.log(ratio) - ratio + 1.0

    excess = point[1] - f_j - s_j * (point[0] - join)
    amplitude = -excess / float(bracket(point[0]))
    if amplitude * sign <= 0:
        raise ValueError(f"the tail through x = {point[0]} bends the wrong way; move its point")
    return Law(
        lambda x: f_j + s_j * (x - join) - amplitude * bracket(x),
        lambda x: s_j - amplitude * (1.0 / (x - end) - 1.0 / span),
        lambda x: amplitude / (x - end) ** 2,
    )


def _joined(inner: Law, left: Law, right: Law, low: float, high: float) -> Law:
    """Return `left` below `low`, `right` above `high` and `inner` in between."""

    def choose(middle: Function, below: Function, above: Function) -> Function:
        def function(x: Array) -> Array:
            x = np.asarray(x, float)
            result = np.array(middle(x), float)
            for mask, tail in ((x < low, below), (x > high, above)):
                result[mask] = tail(x[mask])
            return result

        return function

    return Law(
        choose(inner.value, left.value, right.value),
        choose(inner.slope, left.slope, right.slope),
        choose(inner.curvature, left.curvature, right.curvature),
    )
