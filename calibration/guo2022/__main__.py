"""Fit the fade of the crystals of 100 cycles: `./intergrain python -m calibration.guo2022`.

Evaluations are kept in `evaluations.csv` of the folder, their runs beside it; a fit that was cut
off goes on there when called again. What came of it is in `result.json`.
"""

from calibration.evaluations import CASES
from calibration.guo2022.stages import calibrated, predicted
from calibration.stages import told
from calibration.telling import as_values, command, in_words, keep, line, log_of
from solver.materials import load_grain_material

CRYSTAL = CASES / "guo2022" / "materials" / "NMC532_crystal.yaml"


def guess() -> tuple[float, str]:
    """Return what the material says, from where the fit sets out."""
    return load_grain_material(str(CRYSTAL)).entries["oxide_ageing"].rate, "1/s"


def main() -> None:
    """Fit, predict, print and keep what came of it."""
    chosen = command("guo2022", __doc__, "calibration_guo2022").parse_args()
    log = log_of(chosen)
    fit = calibrated(log, guess())
    keep(chosen.output, {"fits": told([fit])})
    print("\n".join(in_words(fit)), flush=True)
    found = predicted(log, fit.values)
    keep(chosen.output, {"fits": told([fit]), "predictions": as_values(found)})
    for case, (share, runs) in found.items():
        print(line(case, share, runs))


if __name__ == "__main__":
    main()
