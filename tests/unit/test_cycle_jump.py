"""Which rounds are jumped, how many at once, and what is taken back: on a body made up by hand."""

from itertools import pairwise

import numpy as np
import pytest

from solver.case.cycle_jump import FEWEST_ROUNDS, LEAST, CycleJumpCase
from solver.drive.cycle_jump import FIRST, CycleJump, EveryStep
from solver.drive.leap import Seen
from solver.drive.rounds import ends_a_round
from solver.solve.extrapolation import Limits
from tests.particles import case_of

PAIR = "'Charge at C/3 until 4.3 V', 'Discharge at C/3 until 2.7 V'"
JUMPING = CycleJumpCase(enabled=True)


def plan_of(rounds, checks=""):
    checks = f", checks: [{{at: [{checks}], steps: ['Rest for 1 hour']}}]" if checks else ""
    return case_of(f"[{{repeat: {{times: {rounds}, steps: [{PAIR}]{checks}}}}}]").steps()


class Body:
    """Films that grow by diffusion on bonds that wear; these crack where the film is thick enough.

    wear: of a bond in a round, by its film. It is also what sees and carries itself.
    """

    def __init__(self, points=50, cracks_at=np.inf, wear=lambda film: 0.001 + 0 * film):
        self.limits = {"film": Limits(0.0), "damage": Limits(0.0, 1.0)}
        self.fields = {"film": np.linspace(1.0, 2.0, points), "damage": np.zeros(points)}
        self.cracks_at, self.wear, self.time, self.jumped = cracks_at, wear, 0.0, 0
        self.carried = []

    def resolve(self):
        film, damage = self.fields["film"], self.fields["damage"]
        film[:] = np.sqrt(film**2 + 0.1)
        damage[:] = np.where(film > self.cracks_at, 1.0, np.minimum(damage + self.wear(film), 1.0))
        self.time += 10.0

    def seen(self):
        fields = {name: values.copy() for name, values in self.fields.items()}
        return Seen(fields, np.array([self.time, 0.0]), {"work": self.time}, {})

    def mean(self, name, values):
        return float(values.mean())

    def carry(self, cycles, growth):
        for name, grown in growth.fields.items():
            self.fields[name] += grown
        self.time += growth.sums[0]
        self.carried.append((cycles, growth))

    def cycles(self):
        return 0, 0

    def memory_of(self, seen):
        return seen._asdict()


class Ride:
    """A body on its way through a plan under a cycle jump. rounds: those that were resolved."""

    def __init__(self, plan, body, case=JUMPING):
        self.plan, self.body, self.rounds, self.number = plan, body, [], 0
        self.jump = CycleJump(case, body, self.save, self.load)

    def save(self):
        kept = {name: values.copy() for name, values in self.body.fields.items()}
        return {"body": kept, "time": self.body.time, "jump": self.jump.save()}

    def load(self, memory):
        for name, values in memory["body"].items():
            self.body.fields[name][:] = values
        self.body.time = memory["time"]
        self.jump.load(memory["jump"])

    def go(self, rounds=10**6):
        while self.number < len(self.plan) and len(self.rounds) < rounds:
            if ends_a_round(self.plan, self.number):
                self.body.resolve()
                self.rounds.append(self.plan[self.number].round.number)
            self.number = self.jump.after(self.plan, self.number)
        return self


def resolved_alone(rounds, **given):
    body = Body(**given)
    for _ in range(rounds):
        body.resolve()
    return body


def test_without_a_jump_one_step_follows_the_other():
    assert EveryStep().after(plan_of(3), 4) == 5


def test_few_rounds_tell_how_far_all_the_others_come():
    ride, whole = Ride(plan_of(200), Body()).go(), resolved_alone(200)
    assert len(ride.rounds) < 200 / 10
    assert ride.rounds[:4] == [1, 2, 3, 4]
    assert ride.rounds[-2:] == [199, 200]
    for name, values in whole.fields.items():
        assert ride.body.fields[name] == pytest.approx(values, rel=1e-6), name
    assert ride.body.time == pytest.approx(whole.time)


@pytest.mark.parametrize(
    ("checks", "resolved"), [("", 18), ("1, 200", 19), ("1, 10, 50, 100, 200", 25)]
)
def test_checks_cost_the_rounds_beside_them(checks, resolved):
    smooth = Body(wear=lambda film: 0.0002 + 0 * film)
    assert len(Ride(plan_of(200, checks), smooth).go().rounds) == resolved


def test_books_grow_as_in_the_last_round_and_cycles_are_counted():
    ride = Ride(plan_of(30), Body()).go()
    cycles, growth = ride.body.carried[0]
    assert cycles == FIRST
    assert growth.mechanical == {"work": pytest.approx(10.0 * FIRST)}
    assert sum(count for count, _ in ride.body.carried) == 30 - len(ride.rounds)


def test_jumps_grow_by_twice_at_most_and_keep_to_the_largest():
    lasting = Body(wear=lambda film: 0.0005 + 0 * film)
    counts = [count for count, _ in Ride(plan_of(200), lasting).go().body.carried]
    assert counts[:3] == [5, 10, 20]
    assert max(counts) == JUMPING.largest
    small = CycleJumpCase(enabled=True, largest=7)
    assert max(count for count, _ in Ride(plan_of(60), Body(), small).go().body.carried) == 7


def test_more_rounds_are_resolved_between_jumps_where_a_case_says_so():
    rounds = Ride(plan_of(60), Body(), CycleJumpCase(enabled=True, resolved=4)).go().rounds
    first = np.flatnonzero(np.diff(rounds) > 1)
    assert np.diff(first).min() >= 4


def test_rounds_before_checks_and_the_last_are_resolved_and_so_is_the_one_before_each():
    rounds = Ride(plan_of(60, "17, 40"), Body()).go().rounds
    assert {16, 17, 39, 40, 59, 60} <= set(rounds)


def test_a_jump_that_a_check_makes_short_does_not_hold_back_the_next_one():
    """It has 4 rounds and might have had 10: the next has 19, which is all to the next check."""
    ride = Ride(plan_of(60, "17, 40"), Body()).go()
    assert [count for count, _ in ride.body.carried] == [5, 4, 19, 16]
    assert ride.rounds == [1, 2, 3, 4, 10, 11, 16, 17, 18, 19, 39, 40, 41, 42, 59, 60]


def test_another_repeat_is_not_judged_by_the_jumps_of_the_one_before():
    """More breaks in its first round than any jump may bring."""
    block = f"{{repeat: {{times: 12, steps: [{PAIR}]}}}}"
    case = CycleJumpCase(enabled=True, resolved=4)
    body, plan = Body(), case_of(f"[{block}, {block}]").steps()
    ride = Ride(plan, body, case).go(7)
    assert ride.rounds == [1, 2, 3, 4, 10, 11, 12]
    body.wear = lambda film: 0.2 + 0 * film
    assert ride.go().jump.totals()["cycle_jumps_taken_back"] == 0
    assert ride.rounds[7:10] == [1, 2, 3]


@pytest.mark.parametrize(("rounds", "jumps"), [(FEWEST_ROUNDS - 1, False), (FEWEST_ROUNDS, True)])
def test_short_repeats_are_resolved(rounds, jumps):
    assert (Ride(plan_of(rounds), Body()).go().rounds != list(range(1, rounds + 1))) == jumps


def test_damage_limits_a_jump():
    """0.004 in a round: 0.05 allow 12, one of which is the round after the jump."""
    ride = Ride(plan_of(120), Body(wear=lambda film: 0.004 + 0 * film)).go()
    assert max(count for count, _ in ride.body.carried) == 11


def test_a_tighter_tolerance_makes_shorter_jumps_and_a_better_end():
    def faster(film):
        return 2e-5 * film**4

    whole = resolved_alone(60, wear=faster).fields["damage"].mean()
    off, counts = [], []
    for tolerance in (0.1, 0.001):
        case = CycleJumpCase(enabled=True, tolerance=tolerance, damage=1.0)
        ride = Ride(plan_of(60), Body(wear=faster), case).go()
        off.append(abs(ride.body.fields["damage"].mean() / whole - 1))
        counts.append(len(ride.rounds))
    assert counts[1] > counts[0]
    assert off[1] < off[0]


def test_where_many_bonds_crack_behind_a_jump_it_is_taken_back_and_done_with_half():
    """Films that start alike reach together, in round 20, the thickness that cracks them."""
    body = Body(cracks_at=np.sqrt(1.0 + 0.1 * 19.5))
    body.fields["film"][:] = 1.0
    ride = Ride(plan_of(60), body).go()
    taken_back = [a for a, b in pairwise(ride.rounds) if b <= a]
    assert len(taken_back) == ride.jump.totals()["cycle_jumps_taken_back"] >= 1
    assert min(taken_back) >= 20
    kept = [a for a, b in pairwise(ride.rounds) if b > a]
    assert min(number for number in kept if number >= 20) <= 20 + LEAST
    assert body.fields["damage"] == pytest.approx(1.0)


@pytest.mark.parametrize("rounds", [3, 5, 6, 7, 9])
def test_a_ride_that_was_saved_goes_on_as_it_would_have(rounds):
    whole = Ride(plan_of(80), Body()).go()
    first = Ride(plan_of(80), Body()).go(rounds)
    second = Ride(plan_of(80), Body())
    second.load(first.save())
    second.number = first.number
    second.go()
    assert first.rounds + second.rounds == whole.rounds
    for name, values in whole.body.fields.items():
        assert np.array_equal(second.body.fields[name], values), name


def test_growth_twice_as_large_as_it_is_would_be_seen():
    class Twice(Body):
        def carry(self, cycles, growth):
            fields = {name: 2 * grown for name, grown in growth.fields.items()}
            super().carry(cycles, growth._replace(fields=fields))

    ride, whole = Ride(plan_of(60), Twice()).go(), resolved_alone(60)
    off = ride.body.fields["film"] / whole.fields["film"] - 1
    assert np.abs(off).max() > 0.05
