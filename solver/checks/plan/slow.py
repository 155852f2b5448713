"""Whether what changes slowly acts, and was accelerated so that cycles can be counted."""

from collections.abc import Sequence

from solver.case import Case
from solver.case.cycle_jump import FEWEST_ROUNDS
from solver.checks.forecast import StepEstimate
from solver.materials import load_oxides
from solver.units.acceleration import accelerations, declared, unequal


def factor_caution(case: Case) -> str | None:
    """Say that slow laws do not share a factor, or that there is none to take it; else None."""
    factors = accelerations(case.resolved()["physics"])
    if not factors and case.physics.acceleration != 1.0:
        return (
            f"caution: physics.acceleration ({case.physics.acceleration:g}) does nothing: no "
            "law of ageing is enabled"
        )
    if not unequal(factors):
        return None
    return (
        f"caution: {declared(factors)}: what they do belongs to no one number of cycles; give "
        "physics.acceleration alone, which all of them take"
    )


def jump_caution(case: Case) -> str | None:
    """Say that no repeat is long enough for its rounds to be jumped; else None."""
    rounds = [planned.round.of for planned in case.steps() if planned.round is not None]
    if not case.numerics.cycle_jump.enabled or max(rounds, default=0) >= FEWEST_ROUNDS:
        return None
    return (
        f"caution: numerics.cycle_jump does nothing: a repeat of {max(rounds)} rounds has fewer "
        f"than {FEWEST_ROUNDS}, those that are resolved before a jump and after it among them"
    )


def sliding_caution(case: Case, steps: Sequence[StepEstimate]) -> str | None:
    """Say that boundaries would relax in the cycles that are left out, None if they would not."""
    slow, factor = case.physics.sliding, case.physics.acceleration
    duration = sum(step.duration or 0.0 for step in steps)
    share = sum((step.duration or 0.0) / slow.time_at(step.temperature) for step in steps)
    if not slow.enabled or not share < 1.0 < factor * share:
        return None
    relaxed = duration / share
    return (
        f"caution: boundaries slide slowly in {relaxed / 3600:.3g} h, longer than the "
        f"{duration / 3600:.3g} h that are computed, shorter than those that they stand for "
        f"(physics.acceleration {factor:g}): what would relax in the cycles between does not"
    )


def dissolution_caution(case: Case) -> str | None:
    """Say that no oxide dissolves though dissolution is enabled; else None."""
    oxides = load_oxides(case.materials) if case.physics.dissolution.enabled else ()
    if not oxides or any(oxide.entries["dissolution"] for oxide in oxides):
        return None
    return "caution: physics.dissolution does nothing: no oxide has an entry dissolution"
