"""Cycle jump: resolves some rounds of a repeat, and carries the body over those between them.

What is slow is looked at behind every round (`course`). Once the last ones tell how fast it goes,
it is extrapolated (`solver.solve.extrapolation`) over as many rounds as the error estimate, the
growth of the damage and the case allow, and the body brought into equilibrium there (`leap`). In
the first round after that it settles, and what is overdue breaks; the next ones tell by how much
the growth is another one than was foretold. A jump that then proves twice as large as it might have
been is taken back, and done again with half of its rounds. Rounds that checks follow, and the last
of a repeat, are resolved, and so is the one before each.
"""

from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from solver.case.cycle_jump import LEAST, NEEDED, CycleJumpCase
from solver.drive.course import SlowCourse
from solver.drive.leap import Leap
from solver.drive.rounds import ends_a_round, rounds_ahead
from solver.protocol import PlannedStep
from solver.solve.staggered import StepError
from solver.units.memory import Memory

FIRST = 5  # rounds of the first jump, at most
FASTER = 2  # times as many rounds as the last jump might have had
SAFETY = 0.8  # of what the error estimate allows
TOO_FAR = 2.0  # times what a jump should have been
REMEMBERED = ("most", "allowed", "jumped", "damage", "jumps", "taken_back")


class EveryStep:
    """One step of the protocol after the other."""

    def after(self, plan: Sequence[PlannedStep], number: int) -> int:
        """Return the number of the step that comes after one that is done."""
        return number + 1

    def save(self) -> Memory:
        """Return what it must know to go on: nothing."""
        return {}

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""

    def totals(self) -> dict[str, Any]:
        """Return what it did, by the keys of the summary."""
        return {}


class CycleJump:
    """Says which step comes next; carries the body over the rounds between. Collective methods."""

    def __init__(
        self,
        case: CycleJumpCase,
        leap: Leap,
        save: Callable[[], Memory],
        load: Callable[[Memory], None],
    ) -> None:
        """save, load: of the whole simulation, this among it."""
        self._case, self._leap, self._course = case, leap, SlowCourse(leap)
        self._save, self._load = save, load
        self._most, self._allowed, self._jumped = FIRST, 0, 0
        self._damage = 0.0
        self._jumps = self._taken_back = 0
        self._before: tuple[int, Memory] | None = None

    def after(self, plan: Sequence[PlannedStep], number: int) -> int:
        """Return the number of the step that comes after one that is done; carry the body there."""
        here = plan[number].round
        if here is None or not ends_a_round(plan, number):
            return number + 1
        self._course.look(here)
        if self._judge():
            number = self._take_back()
        return self._go(plan, number)

    def save(self) -> Memory:
        """Return what the rounds have told, and all that a jump may be taken back to."""
        before = self._before and {"number": self._before[0], "memory": self._before[1]}
        own = {name: getattr(self, f"_{name}") for name in REMEMBERED}
        return {"course": self._course.save(), "before": before, **own}

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""
        before = memory["before"]
        self._before = before and (before["number"], before["memory"])
        self._course.load(memory["course"])
        for name in REMEMBERED:
            setattr(self, f"_{name}", memory[name])

    def totals(self) -> dict[str, Any]:
        """Return how many cycles were resolved and jumped, by the keys of the summary."""
        resolved, jumped = self._leap.cycles()
        jumps = {"cycle_jumps": self._jumps, "cycle_jumps_taken_back": self._taken_back}
        return {"resolved_cycles": resolved, "jumped_cycles": jumped, **jumps}

    def _judge(self) -> bool:
        """Hold the last jump against what came of it: whether it was too large to be kept.

        Otherwise it limits the next one.
        """
        course, case = self._course, self._case
        if self._before is None:
            return False
        if course.settled == 0:  # checked
            self._before = None
            return False
        if course.settled == 1:
            broken = course.damage() - self._damage
            might = (self._jumped + 1) * case.damage / broken - 1 if broken > 0 else inf
            self._most = max(_whole(min(might, FASTER * self._allowed)), LEAST)
            return self._too_far(might)
        if course.settled < case.resolved:
            return False
        if self._too_far(course.rounds_within(case.tolerance)):
            return True
        self._before = None
        return False

    def _too_far(self, might: float) -> bool:
        return self._jumped > max(_whole(min(TOO_FAR * might, self._jumped)), LEAST)

    def _take_back(self) -> int:
        """Be where the last jump began, and let the next be half as long; return the step there."""
        assert self._before is not None
        (number, memory), most, taken_back = self._before, self._jumped // 2, self._taken_back + 1
        self._load(memory)
        self._most, self._taken_back, self._before = most, taken_back, None
        return number

    def _go(self, plan: Sequence[PlannedStep], number: int) -> int:
        """Carry the body over as many rounds as may be; return the step that comes then."""
        firsts = rounds_ahead(plan, number, self._case.largest + 2)
        while (rounds := min(allowed := self._reach(), len(firsts) - 2)) >= LEAST:
            self._before = None
            self._before = number, self._save()
            self._allowed, self._jumped, self._damage = allowed, rounds, self._course.damage()
            cycles = plan[firsts[rounds]].cycle - plan[firsts[0]].cycle
            try:
                self._leap.carry(cycles, self._course.growth(rounds))
            except StepError:
                self._take_back()
                continue
            self._course.carried()
            self._jumps += 1
            return firsts[rounds]
        self._most = max(self._most, LEAST)
        self._before = self._before if firsts else None
        return number + 1

    def _reach(self) -> int:
        """Return how many rounds the next jump may have, wherever the next check is."""
        course, case = self._course, self._case
        if len(course.past) < NEEDED or course.settled < case.resolved:
            return 0
        allowed = min(SAFETY * course.rounds_within(case.tolerance), self._most, case.largest)
        breaking = course.breaking()
        if breaking > 0:
            allowed = min(allowed, case.damage / breaking)
        return _whole(allowed)


def _whole(rounds: float) -> int:
    """Whole rounds, alike on every number of ranks."""
    return int(float(f"{rounds:.3g}"))
