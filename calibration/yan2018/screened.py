"""A case with the inputs that act in it, the runs that tell what these do, and what they gave."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from calibration import morris
from calibration.evaluations import CASES, Found, Log, Wanted
from calibration.morris import Effect, Move, Point
from calibration.yan2018.inputs import Held, Input, ScreeningError, held
from intergrain import Case

ENDS = {"low": 0.0, "high": 1.0}


class Screening(NamedTuple):
    """A case with the inputs that act in it, and the moves that tell what these do.

    settings: what else is changed in the case, as of --set. rounds: after which retention is.
    """

    case: str
    settings: tuple[str, ...]
    rounds: int
    inputs: tuple[Held, ...]
    moves: tuple[Move, ...]

    @property
    def nominal(self) -> Point:
        """Where the materials are."""
        return tuple(each.nominal for each in self.inputs)

    def wanted(self, point: Point) -> Wanted:
        """Return the run at a point."""
        pairs = zip(self.inputs, point, strict=True)
        changes = (override for each, y in pairs for override in each.overrides(y))
        return Wanted(self.case, (*self.settings, *changes))

    def runs(self) -> dict[Point, Wanted]:
        """Return all runs, the nominal one first."""
        points = dict.fromkeys((self.nominal, *morris.points_of(self.moves)))
        return {point: self.wanted(point) for point in points}


class Outcome(NamedTuple):
    """What an input does to a quantity of the end of a run: there, and as an effect."""

    nominal: float
    ends: Mapping[str, float]
    effect: Effect


def screening(
    case: str, inputs: Sequence[Input], settings: Sequence[str], points: int, seed: int
) -> Screening:
    """Return the moves to both ends, and those from so many drawn points.

    Raises CaseError, MaterialError or ScreeningError.
    """
    loaded = Case.load(CASES / case, settings)
    every = tuple(found for each in inputs if (found := held(loaded, each)) is not None)
    if not every:
        raise ScreeningError(f"{case}: none of these inputs acts there: {_keys(inputs)}")
    moves = morris.to_ends(tuple(each.nominal for each in every))
    rounds = max((step.round.of for step in loaded.steps() if step.round is not None), default=0)
    drawn = morris.around(points, len(every), seed)
    return Screening(case, tuple(settings), rounds, every, (*moves, *drawn))


def carried_out(log: Log, screenings: Sequence[Screening]) -> list[dict[Point, Found]]:
    """Return what all runs gave. Raises EvaluationError where a nominal one fails."""
    log.found([each.wanted(each.nominal) for each in screenings])
    log.tried([run for each in screenings for run in each.runs().values()])  # all at a time
    return [
        dict(zip(each.runs(), log.tried(list(each.runs().values())), strict=True))
        for each in screenings
    ]


def outcome(one: Screening, found: Mapping[Point, Found], number: int, quantity: str) -> Outcome:
    """Return what the input of a number does to a field of what was found."""

    def value(point: Point) -> float:
        return float(getattr(found[point], quantity))

    ends = {
        "high" if move.way > 0 else "low": value(move.end)
        for move in morris.to_ends(one.nominal)
        if move.number == number
    }
    return Outcome(value(one.nominal), ends, morris.effect(number, one.moves, value))


def _keys(inputs: Sequence[Input]) -> str:
    return ", ".join(each.key for each in inputs)
