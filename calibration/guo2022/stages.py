"""What is fitted to the coated crystal, and what is predicted then.

Under its coating a crystal neither dissolves nor turns to rock salt, and its film hardly resists:
its retention fixes the rate of what acts on both crystals alike, the ageing of the oxide.
That of the bare one is a prediction then, by what acts on bare oxide alone, at the rates of the
materials.
"""

from calibration.evaluations import Log, Wanted
from calibration.fit import Rate
from calibration.stages import TOLERANCE, Fitted, Predicted, Stage, fit_of, predictions

BARE, COATED = "guo2022/bare_100_cycles.yaml", "guo2022/coated_100_cycles.yaml"


def calibrated(log: Log, guess: tuple[float, str], tolerance: float = TOLERANCE) -> Fitted:
    """Return the fit carried out; guess: rate of the ageing, with its unit."""
    ageing = Rate("physics.oxide_ageing.rate", *guess, cause="aged")
    return fit_of(Stage("ageing of the oxide", (ageing,), (COATED,)), log, tolerance)


def predicted(log: Log, values: tuple[str, ...]) -> Predicted:
    """Return what both crystals keep with these values."""
    return predictions(log, {case: [Wanted(case, values)] for case in (COATED, BARE)})
