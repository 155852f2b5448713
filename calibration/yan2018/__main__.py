"""Fit the fade of the cases of 200 cycles: `./intergrain python -m calibration.yan2018`.

Evaluations are kept in `evaluations.csv` of the folder, their runs beside it; a fit that was cut
off goes on there when called again. What came of it is in `result.json`.
"""

from calibration.stages import predictions, told
from calibration.telling import as_values, command, in_words, keep, line, log_of
from calibration.yan2018 import courses
from calibration.yan2018.stages import Guess, calibrated, runs_of, unfitted
from solver.materials import load_grain_material


def guess() -> Guess:
    """Return what the materials say, from where the fit sets out."""
    entries = load_grain_material("NMC76").entries
    worn, ageing = (entries[key] for key in ("dissolution", "oxide_ageing"))
    usual = load_grain_material("NMC811").entries["dissolution"].activation_energy
    return Guess(
        (worn.rate, "m/s"),
        1e-3 * worn.activation_energy,
        (ageing.rate, "1/s"),
        1e-3 * ageing.activation_energy,
        1e-3 * usual,
    )


def main() -> None:
    """Fit, predict, print and keep what came of it."""
    parser = command("yan2018", __doc__, "calibration_yan2018")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3], help="of predictions")
    chosen = parser.parse_args()
    log, start = log_of(chosen), guess()
    fits = calibrated(log, start)
    keep(chosen.output, {"fits": told(fits)})
    for fit in fits:
        print("\n".join(in_words(fit)), flush=True)
    runs, beside = runs_of(fits, chosen.seeds), unfitted(fits, start)
    found, plain = predictions(log, runs), predictions(log, beside)
    result = {"fits": told(fits), "predictions": as_values(found), "unfitted": as_values(plain)}
    keep(chosen.output, result)
    with_fits, without = (courses.courses(chosen.output, some) for some in (runs, beside))
    courses.keep(chosen.output / courses.FILE, with_fits, {courses.UNFITTED: without})
    print("\n".join(line(case, *kept) for case, kept in found.items()))
    print("with no energy fitted:")
    print("\n".join(line(case, *kept) for case, kept in plain.items()))


if __name__ == "__main__":
    main()
