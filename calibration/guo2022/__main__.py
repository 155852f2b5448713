"""Fit the fade of the crystals of 100 cycles: `./intergrain python -m calibration.guo2022`.

Evaluations are kept in `evaluations.csv` of the folder, their runs beside it; a fit that was cut
off goes on there when called again. What came of it is in `result.json`.
"""

from calibration.evaluations import CASES
from calibration.guo2022.stages import Starts, aged, alone, predicted
from calibration.stages import told
from calibration.telling import as_values, command, in_words, keep, line, log_of
from solver.materials import load_grain_material

CRYSTAL = CASES / "guo2022" / "materials" / "NMC532_crystal.yaml"


def starts() -> Starts:
    """Return where the fits set out: ageing where the material has it, the others far off it.

    The latter by hand: what takes the bare crystal its 14.5 points more is 150 nm of its oxide, or
    a film of 1 um.
    """
    ageing = load_grain_material(str(CRYSTAL)).entries["oxide_ageing"]
    return Starts((ageing.rate, "1/s"), (3e-12, "m/s"), 2000.0)


def main() -> None:
    """Fit, predict, print and keep what came of it."""
    chosen = command("guo2022", __doc__).parse_args()
    log = log_of(chosen)
    ageing = aged(log, starts())
    print("\n".join(in_words(ageing)), flush=True)
    found = predicted(log, ageing.values)
    result = {"fits": told([ageing]), "predictions": as_values(found)}
    keep(chosen.output, result)
    for case, (share, runs) in found.items():
        print(line(case, share, runs), flush=True)
    others = alone(log, starts(), ageing.values)
    keep(chosen.output, {**result, "alone": told(others)})
    for fit in others:
        print("\n".join(in_words(fit)))


if __name__ == "__main__":
    main()
