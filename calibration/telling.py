"""What a calibration says: the command line, its lines on the screen, and `result.json`."""

import argparse
import json
import os
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from calibration.evaluations import FILE, Found, Log, in_processes
from calibration.stages import Fitted, Predicted

RESULT = "result.json"


def command(module: str, about: str | None, folder: str) -> argparse.ArgumentParser:
    """Return what reads the command line of a module of this package: folder, and runs at a time.

    folder: in `runs`, if none is given.
    """
    parser = argparse.ArgumentParser(prog=f"python -m calibration.{module}", description=about)
    parser.add_argument("-o", "--output", type=Path, default=Path("runs", folder))
    parser.add_argument("--jobs", type=at_least(1), default=2, help="runs at a time")
    return parser


def at_least(least: int) -> Callable[[str], int]:
    """Return what reads a whole number of an option, from a least one on."""

    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"expected a number from {least} on, got '{text}'")
        return int(text)

    return number


def log_of(chosen: argparse.Namespace) -> Log:
    """Return the log of a calibration in its folder, whose runs take one thread each."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    return Log(chosen.output / FILE, in_processes(chosen.output, chosen.jobs))


def in_words(fit: Fitted) -> list[str]:
    """Return the values of a fit, and each point beside what it gives."""
    missed = "" if fit.converged else ", not met"
    points = zip(fit.stage.cases, fit.retentions, fit.measured, strict=True)
    return [
        f"{fit.stage.name}: {', '.join(fit.values)}",
        *(
            f"  {case}: {_percent(kept)}, measured {_percent(m)}{missed}"
            for case, kept, m in points
        ),
    ]


def line(case: str, share: float, seeds: Sequence[Found]) -> str:
    """Return the retention of a case over its seeds beside the measured one, and its cracks."""
    kept = [found.retention for found in seeds]
    spread = f" +- {_percent(stdev(kept))}" if len(kept) > 1 else ""
    known = f", measured {_percent(share)}" if isfinite(share) else ""
    slow, cracked = fmean(f.slow_retention for f in seeds), fmean(f.cracked for f in seeds)
    others = f"at C/20 {_percent(slow)}, cracked {_percent(cracked)}"
    return f"{case}: {_percent(fmean(kept))}{spread}{known}, {others}"


def as_values(found: Predicted) -> dict[str, Any]:
    """Return predictions as plain values, by case."""
    return {
        case: {
            "measured": share if isfinite(share) else None,
            "seeds": [each._asdict() for each in seeds],
        }
        for case, (share, seeds) in found.items()
    }


def keep(folder: Path, result: Mapping[str, Any]) -> None:
    """Write what came of a calibration."""
    (folder / RESULT).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
