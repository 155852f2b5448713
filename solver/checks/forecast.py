"""Follows a protocol on a particle at equilibrium: how long its steps take, and which cannot be.

What is refused here depends on the material; what is certain whatever the material is has been
found when the case was read (`solver.protocol.checks`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, inf

import numpy as np

from solver.case import (
    Case,
    Charge,
    Discharge,
    Hold,
    Impedance,
    PlannedStep,
    Pulse,
    SimpleStep,
    Sweep,
    in_words,
)
from solver.entries.laws import occupancy_where
from solver.materials import GrainMaterial
from solver.units.constants import FARADAY

EMPTIEST, FULLEST = 0.1, 0.995  # occupancies beyond which no tail of a potential is believed


class ForecastError(Exception):
    """A step that cannot be carried out with this material. place: where it stands."""

    def __init__(self, planned: PlannedStep, why: str) -> None:
        self.place = ("protocol", *planned.place)
        super().__init__(f"{'.'.join(map(str, self.place))}: {why}")


@dataclass(frozen=True)
class StepEstimate:
    """A step, its duration (s, None if unknown), the occupancy at its end, the longest time step.

    cycle: from 1.
    """

    text: str
    duration: float | None
    occupancy: float
    cycle: int
    longest: float = inf


@dataclass(frozen=True)
class _Moment:
    """Occupancy at equilibrium. exact: only charge was counted since the beginning."""

    occupancy: float
    exact: bool = True


def forecast(
    case: Case, material: GrainMaterial, others: Sequence[GrainMaterial] = ()
) -> tuple[StepEstimate, ...]:
    """Return the protocol's steps at equilibrium, as if the main oxide were the only one.

    others: oxides of regions, whose potentials must allow all voltages too.

    ForecastError names one that cannot be; MaterialError if the temperature is no good.
    """
    material = replace(material, potential=material.potential_at(case.temperature))
    speed = case.c_rate_basis * material_rate(material)
    now, estimates = _Moment(case.initial.occupancy), []
    for number, planned in enumerate(case.steps()):
        step = planned.step
        for oxide in (material, *others):
            _require_in_window(planned, potential_window(oxide), oxide)
        if number == 0:
            _require_feasible(planned, float(material.potential.value(np.array(now.occupancy))))
        if isinstance(step, Charge | Discharge):
            _require_lithium(planned, now, speed, material)
        duration, now = _after(step, now, speed, material)
        longest = step.longest_time_step() if isinstance(step, Sweep) else inf
        text = in_words(step)
        estimates.append(StepEstimate(text, duration, now.occupancy, planned.cycle, longest))
    return tuple(estimates)


def reached(
    case: Case, steps: Sequence[StepEstimate], oxides: Sequence[GrainMaterial]
) -> list[tuple[GrainMaterial, float, float]]:
    """Return the extreme occupancies of each oxide, the main one first; all share the potential."""
    x = [case.initial.occupancy, *(step.occupancy for step in steps)]
    main, found = oxides[0], [(oxides[0], min(x), max(x))]
    for oxide in oxides[1:]:
        voltages = main.potential.value(np.array([min(x), max(x)]))
        low, high = (occupancy_where(oxide.potential.value, float(v)) for v in voltages)
        found.append((oxide, low, high))
    return found


def material_rate(material: GrainMaterial) -> float:
    """Return the change of occupancy per charge per mass, in kg/(A s)."""
    return material.density / (FARADAY * material.max_concentration)


def occupancy_at(material: GrainMaterial, voltage: float) -> float:
    """Return the occupancy at which the equilibrium potential is `voltage`."""
    x = np.linspace(1.0, 0.0, 20001)  # the potential rises along it
    return float(np.interp(voltage, material.potential.value(x), x))


def potential_window(material: GrainMaterial) -> tuple[float, float]:
    """Return the lowest and the highest voltage that the tails of the potential reach."""
    low, high = material.potential.value(np.array([FULLEST, EMPTIEST]))
    return float(low), float(high)


def _after(
    step: SimpleStep, now: _Moment, speed: float, material: GrainMaterial
) -> tuple[float | None, _Moment]:
    """Duration of a step (None if unknown) and the moment after it.

    speed: change of occupancy per second at 1C.
    """
    if isinstance(step, Impedance):
        return 0.0, now
    if isinstance(step, Charge | Discharge):
        return _constant_current(step, now, speed, material)
    if isinstance(step, Pulse):
        return _pulses(step, now, speed, material)
    if isinstance(step, Hold):
        return step.until.time, _Moment(occupancy_at(material, step.voltage), exact=False)
    if isinstance(step, Sweep):
        start = step.start or float(material.potential.value(np.array(now.occupancy)))
        end = _Moment(occupancy_at(material, step.to), exact=False)
        return abs(step.to - start) / step.rate, end
    return getattr(step, "until").time, now  # noqa: B009  # a rest


def _constant_current(
    step: Charge | Discharge, now: _Moment, speed: float, material: GrainMaterial
) -> tuple[float, _Moment]:
    sign = -1.0 if isinstance(step, Charge) else 1.0
    speed *= step.rate or 0.0
    until, durations = step.until, [_counted(step, speed, material)]
    if until.voltage is not None:
        change = sign * (occupancy_at(material, until.voltage) - now.occupancy)
        durations.append(change / speed)
    duration = max(min(durations), 0.0)
    end = min(max(now.occupancy + sign * speed * duration, 0.0), 1.0)
    return duration, _Moment(end, now.exact and until.voltage is None)


def _counted(step: Charge | Discharge, speed: float, material: GrainMaterial) -> float:
    """Duration of a step as far as time and charge limit it."""
    until, durations = step.until, [inf]
    if until.time is not None:
        durations.append(until.time)
    if until.capacity is not None:
        durations.append(until.capacity * material_rate(material) / speed)
    return min(durations)


def _pulses(
    step: Pulse, now: _Moment, speed: float, material: GrainMaterial
) -> tuple[float, _Moment]:
    """As many pulses as take the particle to the end of the train."""
    each = (step.rate or 0.0) * speed * step.duration
    sign = -1.0 if step.direction == "charge" else 1.0
    counts: list[float] = [step.until.pulses or inf]
    if step.until.voltage is not None:
        counts.append(sign * (occupancy_at(material, step.until.voltage) - now.occupancy) / each)
    if step.until.capacity is not None:
        counts.append(step.until.capacity * material_rate(material) / each)
    count = max(ceil(min(counts)), 1)
    end = min(max(now.occupancy + sign * each * min(counts), 0.0), 1.0)
    return count * (step.duration + step.rest), _Moment(end, exact=False)


def _require_in_window(
    planned: PlannedStep, window: tuple[float, float], material: GrainMaterial
) -> None:
    """All voltages of a step must lie where the equilibrium potential can be."""
    low, high = window
    for voltage in _voltages(planned.step):
        if voltage is not None and not low <= voltage <= high:
            raise ForecastError(
                planned,
                f"{voltage:g} V lies outside the potentials of {material.name}, tails included: "
                f"{low:.2f} V to {high:.2f} V",
            )


def _voltages(step: SimpleStep) -> tuple[float | None, ...]:
    """Voltages that a step names."""
    if isinstance(step, Sweep):
        return step.start, step.to
    if isinstance(step, Hold):
        return (step.voltage,)
    if isinstance(step, Charge | Discharge | Pulse):
        return (step.until.voltage,)
    return ()


def _require_feasible(planned: PlannedStep, rest: float) -> None:
    """The first step starts from rest: a current moves the voltage away from it at once."""
    step = planned.step
    if not isinstance(step, Charge | Discharge | Pulse) or step.until.voltage is None:
        return
    end, up = step.until.voltage, "charge" in (step.kind, getattr(step, "direction", ""))
    if rest >= end if up else rest <= end:
        raise ForecastError(
            planned,
            f"{step.kind} until {end:g} V is already past its end: "
            f"the particle rests at {rest:.3f} V (initial.occupancy)",
        )


def _require_lithium(
    planned: PlannedStep, now: _Moment, speed: float, material: GrainMaterial
) -> None:
    """Without a voltage to end it, a step must find its lithium, or the room for it."""
    step = planned.step
    assert isinstance(step, Charge | Discharge)
    if step.until.voltage is not None:
        return
    left = now.occupancy if step.kind == "charge" else 1.0 - now.occupancy
    speed *= step.rate or 0.0
    wanted, there = speed * _counted(step, speed, material), left if now.exact else 1.0
    if wanted >= there:
        what = "takes out" if step.kind == "charge" else "puts in"
        raise ForecastError(
            planned,
            f"this {step.kind} {what} {wanted:.3g} lithium per formula unit, but at most "
            f"{there:.3g} is possible: its end can never come",
        )
