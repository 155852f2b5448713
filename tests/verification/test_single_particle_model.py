"""A round grain against the single-particle model of PyBaMM.

Its curve is stored with its version; `data/single_particle.py` makes it anew where PyBaMM is.
"""

from pathlib import Path

import numpy as np
import ufl
from dolfinx import fem

from solver.entries import laws
from solver.entries.laws import Law
from solver.units.constants import FARADAY, METRE
from tests.particles import case_of, layered_ball, model_of, oxide, ran

CURVE = Path(__file__).with_name("data") / "single_particle.csv"
DURATION, STEP = 1800.0, 30.0  # s
CONCENTRATION, RADIUS, DIFFUSIVITY = 63104.0, 5.22e-6, 4e-15  # Chen2020
LARGEST = 1e-3  # V


def chen() -> Law:
    """U(x) of NMC811 by Chen et al., J. Electrochem. Soc. 167 (2020) 080534."""
    steps = [(-0.0428, 18.5138, 0.5542), (-17.7326, 15.7890, 0.3117), (17.5842, 15.9308, 0.3120)]

    def value(x):
        return -0.8090 * x + 4.4875 + sum(a * np.tanh(b * (x - c)) for a, b, c in steps)

    def slope(x):
        return -0.8090 + sum(a * b / np.cosh(b * (x - c)) ** 2 for a, b, c in steps)

    def curvature(x):
        return sum(
            -2 * a * b**2 * np.tanh(b * (x - c)) / np.cosh(b * (x - c)) ** 2 for a, b, c in steps
        )

    return Law(value, slope, curvature)


def expected():
    """Stoichiometry at the start, current density (A/m^2), and potential against time."""
    first, start, current, _, *rows = CURVE.read_text().splitlines()
    assert "PyBaMM" in first and "stoichiometry" in start and "current density" in current
    potential = [float(row.split(",")[1]) for row in rows]
    return float(start.split(": ")[1]), float(current.split(": ")[1]), np.array(potential)


def round_grain():
    """A ball whose volume over area is that of the sphere."""
    particle = layered_ball(60, 20, 2.0)
    area = fem.assemble_scalar(fem.form(fem.Constant(particle.mesh, 1.0) * ufl.ds))
    volume = fem.assemble_scalar(fem.form(fem.Constant(particle.mesh, 1.0) * ufl.dx))
    particle.mesh.geometry.x[:] *= RADIUS * METRE * area / (3 * volume)
    return particle


def test_a_round_grain_is_a_single_particle(drawn):
    start, current, potential = expected()
    rate = 3 * current / (FARADAY * CONCENTRATION * RADIUS)  # of the mean occupancy, 1/s
    grain = oxide(
        max_concentration=CONCENTRATION,
        potential=chen(),
        entropic=laws.constant(0.0),
        diffusivity=lambda temperature: laws.constant(DIFFUSIVITY),
        diffusivity_ratio=1.0,
        exchange_current=lambda temperature: laws.symmetric_exchange_current(
            0.5 * 3.42e-6 * np.sqrt(1000.0) * CONCENTRATION
        ),
        collector_conductance=1e9,
    )
    case = case_of(
        f"[{{discharge: {{rate: 1C, until: {{time: {DURATION} s}}}}}}]",
        f"c_rate_basis={rate * FARADAY * CONCENTRATION / grain.density!r}",
        f"initial.occupancy={start!r}",
        "physics.swelling.enabled=false",
        f"numerics.time_step.fixed={STEP / 3} s",
    )
    _, recorder, outcome = ran(model_of(case, round_grain(), grain))
    assert outcome.status == "finished", outcome.reason
    found = recorder.column("Voltage / V")[::3]
    error = np.abs(found - potential)[2:]  # the first minute starts with a jump
    time = STEP * np.arange(len(found))
    known, points = {"PyBaMM": (time, potential)}, {"found": (time[::3], found[::3])}
    drawn("time / s", "voltage / V", known, points)
    print(f"largest difference to PyBaMM: {1e3 * error.max():.2f} mV of {np.ptp(potential):.3f} V")
    assert error.max() < LARGEST
