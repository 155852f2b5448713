"""Fit the fade of the cases of 200 cycles: `./intergrain python -m calibration.yan2018`.

Evaluations are kept in `evaluations.csv` of the folder, their runs beside it; a fit that was cut
off goes on there when called again. What came of it is in `result.json`.
"""

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from calibration.evaluations import FILE, Found, Log, in_processes
from calibration.yan2018.stages import Fitted, Guess, calibrated, predicted, told
from solver.materials import load_grain_material

RESULT = "result.json"


def guess() -> Guess:
    """Return what the material says, from where the fit sets out."""
    entries = load_grain_material("NMC76").entries
    salt, ageing = entries["rock_salt"], entries["oxide_ageing"]
    return Guess(
        (salt.rate, "m^2/s"),
        1e-3 * salt.activation_energy,
        (ageing.rate, "1/s"),
        1e-3 * ageing.activation_energy,
    )


def main() -> None:
    """Fit, predict, print and keep what came of it."""
    parser = argparse.ArgumentParser(prog="python -m calibration.yan2018", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("runs", "calibration_yan2018"))
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="of predictions")
    chosen = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    log = Log(chosen.output / FILE, in_processes(chosen.output, chosen.jobs))
    fits = calibrated(log, guess())
    _keep(chosen.output, {"fits": told(fits)})
    for fit in fits:
        print("\n".join(in_words(fit)), flush=True)
    found = predicted(log, (*fits[0].values, *fits[1].values), chosen.seeds)
    _keep(chosen.output, {"fits": told(fits), "predictions": as_values(found)})
    for case, (share, seeds) in found.items():
        print(line(case, share, seeds))


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


def as_values(found: Mapping[str, tuple[float, Sequence[Found]]]) -> dict[str, Any]:
    """Return predictions as plain values, by case."""
    return {
        case: {
            "measured": share if isfinite(share) else None,
            "seeds": [each._asdict() for each in seeds],
        }
        for case, (share, seeds) in found.items()
    }


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _keep(folder: Path, result: Mapping[str, Any]) -> None:
    (folder / RESULT).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
