"""What numbers of the method do to results: `./intergrain python -m calibration.yan2018.method`.

Mesh, steps, tolerances, penalty, viscous time of the boundaries and jumps are changed one at a
time, in the cases of 200 cycles as they stand. Evaluations are kept in `evaluations.csv` of the
folder, their runs beside it; what was cut off goes on there when called again. What came of it is
in `method.csv`.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from calibration.evaluations import CASES, Log, Wanted
from calibration.telling import at_least, command, log_of
from calibration.yan2018.screening import USUAL_CASES, shortened
from intergrain import Case, CaseError
from solver.start import BAD_CASE, GAVE_UP

TABLE = "method.csv"
AS_IT_STANDS = "as it stands"
CHANGES: dict[str, tuple[str, ...]] = {
    AS_IT_STANDS: (),
    "cells of 0.1 um along boundaries": ("particle.mesh={size: 0.15 um, boundary_size: 0.1 um}",),
    "half the steps and their errors": (
        "numerics.time_step.maximum=10 min",
        "numerics.voltage_error=15 mV",
        "numerics.occupancy_error=0.003",
    ),
    "a tenth of the tolerances": (
        "numerics.stagger_tolerance=10 uV",
        "numerics.newton_tolerance=1e-7",
    ),
    "four times the penalty": ("physics.cohesive.penalty=1.6e20 Pa/m",),
    "ten times the viscous time": ("physics.cohesive.relaxation_time=10 s",),
    "jumps half as far": ("numerics.cycle_jump={tolerance: 0.025, damage: 0.025}",),
    "no jumps": ("numerics.cycle_jump.enabled=false",),
}
QUANTITIES = ("retention", "slow_retention", "cracked", "wet_area")


def wanted(case: str, change: str, settings: Sequence[str]) -> Wanted:
    """Return the run of a case with a change, and with settings that all runs have."""
    return Wanted(case, (*settings, *CHANGES[change]))


def rows(
    log: Log, cases: Sequence[str], changes: Sequence[str], settings: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield what each case comes to with each change, and by how much that is off; all runs first.

    What fails has its reason.
    """
    pairs = [(case, change) for case in cases for change in changes]
    every = [wanted(case, change, settings) for case, change in pairs]
    found = dict(zip(pairs, log.tried(every), strict=True))
    for (case, change), each in found.items():
        usual = found[case, AS_IT_STANDS]
        yield {
            "case": case,
            "change": change,
            "settings": " ".join(CHANGES[change]),
            **{name: getattr(each, name) for name in QUANTITIES},
            **{f"{name}_off": getattr(each, name) - getattr(usual, name) for name in QUANTITIES},
            "seconds": each.seconds,
            "reason": each.reason,
        }


def in_words(row: dict[str, Any]) -> str:
    """Return a line of the table for the screen."""
    if row["reason"]:
        return f"{row['case']}, {row['change']}: {row['reason']}"
    kept, cracked = 100 * row["retention"], 100 * row["cracked"]
    off = f"{100 * row['retention_off']:+.2f} and {100 * row['cracked_off']:+.2f} points"
    return (
        f"{row['case']}, {row['change']}: {kept:.2f} % kept, {cracked:.2f} % cracked; off by {off}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = command("yan2018.method", __doc__, "method_yan2018")
    others = [change for change in CHANGES if change != AS_IT_STANDS]
    parser.add_argument("--rounds", type=at_least(2), help="of the long repeat; default: all")
    parser.add_argument("--changes", nargs="+", choices=others, default=others, metavar="CHANGE")
    parser.add_argument("--cases", nargs="+", default=USUAL_CASES, metavar="CASE", help="in cases/")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry all runs out, print and keep what came of them; return the exit code."""
    said = _parser().parse_args(arguments)
    settings, changes = shortened(said.rounds), (AS_IT_STANDS, *said.changes)
    try:
        for case in said.cases:
            Case.load(CASES / case, settings)
        log = log_of(said)
    except (CaseError, OSError) as error:
        print(error, file=sys.stderr)
        return BAD_CASE
    table = list(rows(log, said.cases, changes, settings))
    with (said.output / TABLE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    print("\n".join(in_words(row) for row in table))
    return GAVE_UP if any(row["reason"] for row in table) else 0


if __name__ == "__main__":
    sys.exit(main())
