"""Which of the least known inputs matter: `./intergrain python -m calibration.yan2018.screening`.

Each input is changed to either end of its range, all others as they are. Evaluations are kept in
`evaluations.csv` of the folder, their runs beside it; a screening that was cut off goes on there
when called again. What came of it is in `effects.csv`, drawn in `retention.png` and `cracked.png`.
"""

import argparse
import sys
from collections.abc import Sequence

from calibration.evaluations import EvaluationError
from calibration.telling import at_least, command, log_of
from calibration.yan2018.effects import in_words, keep
from calibration.yan2018.inputs import INPUTS, Input, ScreeningError
from calibration.yan2018.screened import carried_out, screening
from intergrain import CaseError
from solver.entries.files import MaterialError
from solver.start import BAD_CASE, GAVE_UP
from solver.text.problems import nearest

USUAL_CASES = ("yan2018/pristine_25C.yaml", "yan2018/infused_25C.yaml")


def chosen(keys: Sequence[str]) -> tuple[Input, ...]:
    """Return the inputs of these keys. Raises ScreeningError."""
    known = {each.key: each for each in INPUTS}
    for key in keys:
        if key not in known:
            raise ScreeningError(f"--inputs: unknown input '{key}' ({nearest(key, known)})")
    return tuple(known[key] for key in dict.fromkeys(keys))


def _parser() -> argparse.ArgumentParser:
    parser = command("yan2018.screening", __doc__, "screening_yan2018")
    add, keys = parser.add_argument, [each.key for each in INPUTS]
    add("--rounds", type=at_least(2), help="of the long repeat; default: those of the cases")
    add("--inputs", nargs="+", default=keys, metavar="KEY", help=f"default: {', '.join(keys)}")
    add("--cases", nargs="+", default=USUAL_CASES, metavar="CASE", help="in cases/")
    add("--points", type=at_least(0), default=0, help="that are drawn, to set out from as well")
    add("--seed", type=at_least(0), default=1, help="of these points")
    add("--set", action="append", default=[], metavar="KEY.PATH=VALUE", help="in all runs")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Screen, print and keep what came of it; return the exit code."""
    said = _parser().parse_args(arguments)
    settings = (*shortened(said.rounds), *said.set)
    try:
        inputs = chosen(said.inputs)
        screenings = [
            screening(case, inputs, settings, said.points, said.seed)
            for case in dict.fromkeys(said.cases)
        ]
        log = log_of(said)
    except (CaseError, MaterialError, ScreeningError, OSError) as error:
        print(error, file=sys.stderr)
        return BAD_CASE
    print(f"{sum(len(one.runs()) for one in screenings)} runs in {said.output}", flush=True)
    try:
        found = carried_out(log, screenings)
    except EvaluationError as error:
        print(error, file=sys.stderr)
        return GAVE_UP
    keep(said.output, screenings, found)
    for one, values in zip(screenings, found, strict=True):
        print("\n".join(in_words(one, values)))
    return 0


def shortened(rounds: int | None) -> tuple[str, ...]:
    """Return what gives the long repeat of the cases so many rounds, checked at both ends."""
    if rounds is None:
        return ()
    repeat = "protocol.1.repeat"
    return (f"{repeat}.times={rounds}", f"{repeat}.checks.0.at=[1, {rounds}]")


if __name__ == "__main__":
    sys.exit(main())
