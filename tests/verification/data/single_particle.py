"""PyBaMM's single particle of NMC811, as a curve: `python single_particle.py` writes it anew.

It needs PyBaMM and nothing of this project. The positive electrode of Chen2020 is discharged at 1C;
stored are what its particle starts from and bears, and its potential against the electrolyte.
"""

from pathlib import Path

import numpy as np
import pybamm

DURATION, STEP = 1800.0, 30.0  # s
POINTS = {"x_n": 5, "x_s": 5, "x_p": 5, "r_n": 30, "r_p": 150}
CURRENT = "X-averaged positive electrode interfacial current density [A.m-2]"
POTENTIAL = "X-averaged positive electrode surface potential difference [V]"
INITIAL = "Initial concentration in positive electrode [mol.m-3]"
LARGEST = "Maximum concentration in positive electrode [mol.m-3]"


def main() -> None:
    parameters = pybamm.ParameterValues("Chen2020")
    simulation = pybamm.Simulation(
        pybamm.lithium_ion.SPM(), parameter_values=parameters, C_rate=1.0, var_pts=POINTS
    )
    times = np.arange(0.0, DURATION + 1, STEP)
    solution = simulation.solve([0.0, DURATION], t_interp=times)
    start = parameters[INITIAL] / parameters[LARGEST]
    current = -float(solution[CURRENT](DURATION))
    lines = [
        f"# PyBaMM {pybamm.__version__}, SPM, Chen2020, 1C",
        f"# stoichiometry at the start: {start!r}",
        f"# current density / A.m-2: {current!r}",
        "Time / s,Potential / V",
        *(f"{t:g},{solution[POTENTIAL](t):.9f}" for t in times),
    ]
    Path(__file__).with_suffix(".csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
