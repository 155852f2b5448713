"""Writes `synthetic.csv`: a charge of known parameters with noise, for `synthetic.yaml` to find.

    ./intergrain python cases/fits/make_synthetic.py

The true parameters are inputs here. The noise is normal, the same for every point, from a seed.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from intergrain import Case, run
from solver.fitting.fit_file import read_fit
from solver.materials.altered import on_files
from solver.results.history import read_history
from solver.results.measurements import computed_halves
from solver.study.values import as_yaml

HERE = Path(__file__).parent
TRUE = {"materials.grain.diffusivity": "*0.6", "materials.grain.exchange_current": "1.8 A/m^2"}
POINTS, NOISE, SEED = 60, 2e-3, 1  # V


def main() -> None:
    """Run the case of the fit with the true parameters and write what a cycler would show."""
    fit = read_fit(HERE / "synthetic.yaml")
    base = HERE / fit.case
    changes = [f"{key}={as_yaml(value)}" for key, value in fit.set.items()]
    changes += [f"{key}={value}" for key, value in TRUE.items()]
    with TemporaryDirectory() as folder:
        overrides = on_files(base, changes, Path(folder))
        result = run(Case.load(base, overrides), Path(folder, "run"), progress=False)
        half = computed_halves(read_history(result.directory / "history.csv"))[1, True]
    capacity = np.linspace(half.capacity[0], half.capacity[-1], POINTS)
    noise = np.random.default_rng(SEED).normal(0.0, NOISE, POINTS)
    voltage = np.interp(capacity, half.capacity, half.voltage) + noise
    told = ", ".join(f"{key} {value}" for key, value in TRUE.items())
    lines = [
        "# computed by make_synthetic.py and not measured",
        f"# {told}; normal noise of {1e3 * NOISE:g} mV, seed {SEED}",
        "Specific Capacity / mA.h.g-1,Voltage / V",
        *(f"{q:.4f},{v:.5f}" for q, v in zip(capacity, voltage, strict=True)),
    ]
    (HERE / "synthetic.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
