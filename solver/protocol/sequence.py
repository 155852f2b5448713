"""From a protocol to the flat list of steps that are carried out, with their cycles."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from solver.protocol.compound import RateTest, Repeat
from solver.protocol.steps import Charge, Discharge, Hold, Pulse, SimpleStep, Step, Sweep

Place = tuple[int | str, ...]
MOST_STEPS = 100_000


class PlannedStep(NamedTuple):
    """A step to be carried out. cycle: from 1. place: where it stands in the protocol."""

    step: SimpleStep
    cycle: int
    place: Place


def expand(protocol: Sequence[Step]) -> tuple[PlannedStep, ...]:
    """Return all steps in the order in which they are carried out.

    A cycle begins with the first charge (or upward sweep) after a discharge (or downward one).
    ValueError if there are too many.
    """
    flat = list(islice(_flat(protocol, ()), MOST_STEPS + 1))
    if len(flat) > MOST_STEPS:
        raise ValueError(f"more than {MOST_STEPS} steps")
    planned, cycle, before, voltage = [], 1, 0, None
    for step, place in flat:
        way = direction(step, voltage)
        if way > 0 and before < 0:
            cycle += 1
        before = way or before
        voltage = voltage_at_end(step)
        planned.append(PlannedStep(step, cycle, place))
    return tuple(planned)


def _flat(steps: Sequence[Step], place: Place) -> Iterator[tuple[SimpleStep, Place]]:
    """Steps and their places; repeats without steps of their own repeat what is above them."""
    above: list[tuple[SimpleStep, Place]] = []
    for number, step in enumerate(steps):
        here = (*place, number)
        if isinstance(step, Repeat) and step.steps is None:
            for _ in range(step.times - 1):
                yield from above
            above = []
            continue
        for found in _simple(step, here):
            above.append(found)
            yield found


def _simple(step: Step, place: Place) -> Iterator[tuple[SimpleStep, Place]]:
    """One step of a protocol as simple steps."""
    if isinstance(step, Repeat):
        for _ in range(step.times):
            yield from _flat(step.steps or (), (*place, step.kind, "steps"))
    elif isinstance(step, RateTest):
        yield from ((part, place) for part in step.steps())
    elif isinstance(step, Sweep) and step.back:
        yield step.model_copy(update={"back": False}), place
        yield step.model_copy(update={"start": None, "to": step.start, "back": False}), place
    else:
        yield step, place  # type: ignore[misc]  # nothing else is compound


def direction(step: SimpleStep, voltage: float | None) -> int:
    """Return 1 if a step charges, -1 if it discharges, 0 if that is not known beforehand.

    voltage: where the step starts, if known.
    """
    if isinstance(step, Sweep):
        start = voltage if step.start is None else step.start
        return 0 if start is None else (step.to > start) - (step.to < start)
    if isinstance(step, Charge | Discharge | Pulse):
        return 1 if "charge" in (step.kind, getattr(step, "direction", None)) else -1
    return 0


def voltage_at_end(step: SimpleStep) -> float | None:
    """Return the voltage that a step certainly ends at, None if it may end anywhere."""
    if isinstance(step, Hold):
        return step.voltage
    if isinstance(step, Sweep):
        return step.to
    if isinstance(step, Charge | Discharge) and step.until.conditions() == {"voltage"}:
        return step.until.voltage
    return None
