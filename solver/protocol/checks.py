"""Steps that would be over before they start, found before anything runs.

Only what is certain whatever the particle is refused here: a step before can only end at a known
voltage, and the step after it has already passed its own end there. What depends on the material
is found by `solver.checks.plan`.
"""

from collections.abc import Sequence

from solver.protocol.base import Around, Place, SimpleStep, Step
from solver.protocol.kinds import KINDS
from solver.protocol.sequence import PlannedStep, expand


def infeasible(protocol: Sequence[Step], temperature: float) -> dict[Place, str]:
    """Return why steps cannot be carried out, by their place in the protocol.

    temperature: from which it starts, K.
    """
    try:
        return _contradictory(protocol, ()) | _past_their_ends(expand(protocol), temperature)
    except ValueError as error:  # too many steps
        return {(): str(error)}


def unsuited(protocol: Sequence[Step], around: Around) -> dict[Place, str]:
    """Return which steps cannot be carried out in such a case, and why."""
    reasons = {plan.place: plan.step.unsuited(around) for plan in expand(protocol)}
    return {place: why for place, why in reasons.items() if why is not None}


def without_current(protocol: Sequence[Step]) -> dict[Place, str]:
    """Return which steps cannot be carried out where the current itself must be imposed."""
    fit = sorted(kind.kind for kind in KINDS if issubclass(kind, SimpleStep) and kind.by_current)
    return {
        planned.place: f"{planned.step.kind} imposes no current to spread: "
        f"electrode.flux: uniform is for {', '.join(fit[:-1])} and {fit[-1]}"
        for planned in expand(protocol)
        if not planned.step.by_current
    }


def _contradictory(steps: Sequence[Step], place: Place) -> dict[Place, str]:
    """Settings that exclude each other, and repeats of nothing, inside repeats too."""
    wrong: dict[Place, str] = {}
    above = 0
    for number, step in enumerate(steps):
        here: Place = (*place, number)
        above += 1
        own = (*here, step.kind)
        wrong |= {(*own, *inner): why for inner, why in step.contradictions().items()}
        for inside in step.inside():
            wrong |= _contradictory(inside.steps, (*own, *inside.place))
        if step.steps_above() is not None:
            if above == 1:
                wrong[here] = "there is nothing above to repeat"
            above = 0
    return wrong


def _past_their_ends(planned: Sequence[PlannedStep], temperature: float) -> dict[Place, str]:
    wrong: dict[Place, str] = {}
    seen: set[Place] = set()
    before: SimpleStep | None = None
    warmed = False  # since the step before: that moves all potentials
    for step, _, place, _ in planned:
        again = place in seen
        seen.add(place)
        warmed |= step.temperature not in (None, temperature)
        why = step.from_temperature(step.temperature or temperature)
        temperature = step.temperature_at_end(temperature)
        if not step.lasts:
            continue  # it leaves lithium and voltage as they were
        if why is None and before is not None and not warmed:
            why = step.over_after(before)
        if why is not None and place not in wrong:
            wrong[place] = f"{why} (when it is repeated)" if again else why
        before, warmed = step, False
    return wrong
