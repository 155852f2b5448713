"""Steps that would be over before they start, found before anything runs.

Only what is certain whatever the particle is refused here: a step before can only end at a known
voltage, and the step after it has already passed its own end there. What depends on the material
is found by `solver.checks.plan`.
"""

from collections.abc import Sequence

from solver.protocol.compound import Repeat
from solver.protocol.sequence import Place, PlannedStep, direction, expand, voltage_at_end
from solver.protocol.steps import (
    Charge,
    Discharge,
    Hold,
    Impedance,
    Pulse,
    SimpleStep,
    Step,
    Sweep,
)


def infeasible(protocol: Sequence[Step]) -> dict[Place, str]:
    """Return why steps cannot be carried out, by their place in the protocol."""
    try:
        return _repeats_of_nothing(protocol, ()) | _past_their_ends(expand(protocol))
    except ValueError as error:  # too many steps
        return {(): str(error)}


def without_current(protocol: Sequence[Step]) -> dict[Place, str]:
    """Return which steps cannot be carried out where the current itself must be imposed."""
    return {
        place: f"{step.kind} imposes no current to spread: electrode.flux: uniform is for charge, "
        "discharge, pulse and rest"
        for step, _, place in expand(protocol)
        if isinstance(step, Hold | Sweep | Impedance)
    }


def _repeats_of_nothing(steps: Sequence[Step], place: Place) -> dict[Place, str]:
    found: dict[Place, str] = {}
    above = 0
    for number, step in enumerate(steps):
        here: Place = (*place, number)
        above += 1
        if not isinstance(step, Repeat):
            continue
        if step.steps is not None:
            found |= _repeats_of_nothing(step.steps, (*here, "repeat", "steps"))
        else:
            if above == 1:
                found[here] = "there is nothing above to repeat"
            above = 0
    return found


def _past_their_ends(planned: Sequence[PlannedStep]) -> dict[Place, str]:
    found: dict[Place, str] = {}
    seen: set[Place] = set()
    before: SimpleStep | None = None
    for step, _, place in planned:
        again = place in seen
        seen.add(place)
        if isinstance(step, Impedance):
            continue  # it leaves everything as it was
        why = None if before is None else contradiction(before, step)
        if why is not None and place not in found:
            found[place] = f"{why} (when it is repeated)" if again else why
        before = step
    return found


def contradiction(before: SimpleStep, after: SimpleStep) -> str | None:
    """Say why `after` would be over before it starts, None if that is not certain."""
    start = voltage_at_end(before)
    if start is None:
        return None
    if isinstance(after, Charge | Discharge | Pulse):
        return _current_past_its_end(before, after, start)
    if isinstance(after, Sweep) and after.start is None and after.to == start:
        return f"sweep to {after.to:g} V starts there: it is already at its end"
    if isinstance(after, Hold) and isinstance(before, Charge | Discharge):
        return _hold_past_its_end(before, after, start)
    return None


def _current_past_its_end(
    before: SimpleStep, after: Charge | Discharge | Pulse, start: float
) -> str | None:
    """A current pushes the voltage further in the direction in which the end has been passed."""
    end, way = after.until.voltage, direction(after, start)
    if end is None or (end - start) * way > 0:
        return None
    relaxes = before.kind == after.kind and (after.rate or 0.0) < _rate(before)
    sweeps = isinstance(before, Sweep)  # the current may well be larger than that of the step
    if relaxes or sweeps:
        return None
    return (
        f"{after.kind} until {end:g} V starts at {start:g} V or beyond: it is already past its end"
    )


def _hold_past_its_end(before: Charge | Discharge, after: Hold, start: float) -> str | None:
    """The current of a hold at the voltage just reached starts at what it was, and falls."""
    end = after.until.rate
    if end is None or after.voltage != start or end < _rate(before):
        return None
    return (
        f"hold until {end:g}C starts with {_rate(before):g}C at {start:g} V: "
        "it is already past its end"
    )


def _rate(step: SimpleStep) -> float:
    return (getattr(step, "rate", None) or 0.0) if isinstance(step, Charge | Discharge) else 0.0
