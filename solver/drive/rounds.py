"""Which rounds of a repeat may come next: those that checks follow cannot be left out."""

from collections.abc import Sequence

from solver.protocol import PlannedStep


def ends_a_round(plan: Sequence[PlannedStep], number: int) -> bool:
    """Whether a round of a repeat is over with a step, what is carried out after it included."""
    here = plan[number].round
    if here is None:
        return False
    after = plan[number + 1].round if number + 1 < len(plan) else None
    return after is None or (after.repeat, after.number) != (here.repeat, here.number)


def rounds_ahead(plan: Sequence[PlannedStep], number: int, most: int) -> list[int]:
    """Return the first steps of the rounds that may come after the one that a step ends, in order.

    The last of them must be resolved: checks are carried out after it, or the repeat ends with it.
    At most `most`; none where no round of the same repeat follows.
    """
    here = plan[number].round
    if here is None or not ends_a_round(plan, number):
        return []
    firsts: list[int] = []
    last, k = here.number, number + 1
    while k < len(plan) and len(firsts) < most:
        now = plan[k].round
        if now is None or now.repeat != here.repeat or now.number != last + 1:
            break
        firsts.append(k)
        last = now.number
        checked = False
        while k < len(plan) and plan[k].round in (now, now._replace(check=True)):
            following = plan[k].round
            checked |= following is not None and following.check
            k += 1
        if checked:
            break
    return firsts
