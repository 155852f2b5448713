"""From a protocol to the flat list of steps that are carried out, with their cycles."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from solver.protocol.base import Part, Place, Round, SimpleStep, Step

MOST_STEPS = 100_000


class PlannedStep(NamedTuple):
    """A step to be carried out. cycle: from 1. place: where it stands in the protocol.

    round: of the innermost repeat that it belongs to, None outside of repeats.
    """

    step: SimpleStep
    cycle: int
    place: Place
    round: Round | None = None


def expand(protocol: Sequence[Step]) -> tuple[PlannedStep, ...]:
    """Return all steps in the order in which they are carried out.

    A cycle begins with the first charge (or upward sweep) after a discharge (or downward one).
    ValueError if there are too many.
    """
    flat = list(islice(in_order(protocol, ()), MOST_STEPS + 1))
    if len(flat) > MOST_STEPS:
        raise ValueError(f"more than {MOST_STEPS} steps")
    planned, cycle, before, voltage = [], 1, 0, None
    for step, place, round_ in flat:
        way = step.way(voltage)
        if way > 0 and before < 0:
            cycle += 1
        before = way or before
        voltage = step.voltage_at_end()
        planned.append(PlannedStep(step, cycle, place, round_))
    return tuple(planned)


def in_order(steps: Sequence[Step], place: Place) -> Iterator[Part]:
    """Return what is carried out; some steps repeat what stands above them in the list."""
    begin = 0
    for number, step in enumerate(steps):
        times = step.steps_above()
        if times is not None:
            above, here = range(begin, number), (*place, number)
            for done in range(1, times + 1):
                now = Round(here, done, times)
                yield from (part.within(now) for part in _once(steps, above, place))
            begin = number + 1
    yield from _once(steps, range(begin, len(steps)), place)


def _once(steps: Sequence[Step], numbers: range, place: Place) -> Iterator[Part]:
    for number in numbers:
        yield from steps[number].carried_out((*place, number))
