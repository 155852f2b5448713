"""What is fitted to the coated crystal, what is predicted of the bare one, and what that lacks.

Under its coating a crystal neither dissolves nor turns to rock salt, and its film hardly resists: the
retention of the coated crystal fixes the rate of what acts on both alike, the ageing of the oxide.
That of the bare crystal is a prediction then, by what acts on bare oxide alone, at the rates of the
materials. Beside it, one of these at a time is fitted to the bare crystal: not a prediction, but how
large each would have to be if it were the cause of the difference.
"""

from typing import NamedTuple

from calibration.evaluations import Log, Wanted
from calibration.fit import Rate
from calibration.stages import TOLERANCE, Fitted, Predicted, Stage, fit_of, predictions

BARE, COATED = "guo2022/bare_100_cycles.yaml", "guo2022/coated_100_cycles.yaml"


class Starts(NamedTuple):
    """Where the fits set out: rates at 25 degC with their units, and how much faster films grow."""

    ageing: tuple[float, str]
    dissolution: tuple[float, str]
    films: float


def aged(log: Log, starts: Starts, tolerance: float = TOLERANCE) -> Fitted:
    """Return the rate of ageing that the coated crystal asks for."""
    ageing = Rate("physics.oxide_ageing.rate", *starts.ageing)
    return fit_of(Stage("ageing of the oxide", (ageing,), (COATED,)), log, tolerance)


def predicted(log: Log, values: tuple[str, ...]) -> Predicted:
    """Return what both crystals keep with these values."""
    return predictions(log, {case: [Wanted(case, values)] for case in (COATED, BARE)})


def alone(
    log: Log, starts: Starts, fixed: tuple[str, ...], tolerance: float = TOLERANCE
) -> list[Fitted]:
    """Return how fast each of what acts on bare oxide would have to be, one at a time."""
    unknowns = {
        "dissolution alone": Rate("physics.dissolution.rate", *starts.dissolution),
        "films alone": Rate("physics.interphase.acceleration", starts.films, "", 2.0),
    }
    stages = [Stage(name, (rate,), (BARE,), fixed) for name, rate in unknowns.items()]
    return [fit_of(stage, log, tolerance) for stage in stages]
