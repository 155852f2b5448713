"""The shipped benchmark specimens, on their coarse meshes, against the curves beside them."""

import numpy as np
import pytest

from solver.case import Case
from solver.drive.simulation import Simulation
from solver.model.build import build_model
from tests.particles import CASES, Recorder, meshed

BENCHMARKS = CASES / "benchmarks"


def loaded(name, *overrides):
    """Columns of the history of a specimen, and the outcome."""
    case = Case.load(BENCHMARKS / f"{name}.yaml", list(overrides))
    recorder = Recorder()
    outcome = Simulation(build_model(case, meshed(case)), [recorder]).run()
    assert outcome.status == "finished", outcome.reason
    columns = recorder.rows[0]
    return {name: np.array([row[name] for row in recorder.rows]) for name in columns}, outcome


def reference(name):
    """Columns of the curve beside a case."""
    return np.loadtxt(BENCHMARKS / f"{name}_reference.csv", delimiter=",", skiprows=2).T


def test_a_double_cantilever_beam_opens_to_the_end_along_beam_theory():
    history, outcome = loaded("dcb", "protocol.0.load.increments=30")
    opening = 2e3 * history["Displacement upper_left y / m"]
    force, pull = history["Force upper_left y / N"], history["Force lower_left y / N"]
    width, load = reference("dcb")
    error = np.interp(width, opening, force) / load - 1
    print(f"off by {', '.join(f'{100 * e:.1f} %' for e in error)}; {outcome.totals}")
    assert np.abs(error[:3]).max() < 0.08  # four linear triangles across an arm are too stiff
    assert np.abs(error[3:]).max() < 0.04
    assert force == pytest.approx(-pull, rel=1e-5, abs=1e-6)
    assert history["Energy Error / 1"].max() < 1e-6
    spent = history["Fracture Energy / J"][-1] - history["Fracture Energy / J"][0]
    assert history["Algorithmic Dissipation / J"][-1] < 0.03 * spent


@pytest.mark.parametrize(
    ("name", "side", "unit"),
    [("enf", "middle", 1.0), ("mmb", "upper_left", 1.2)],  # N at load factor 1
)
def test_a_beam_in_bending_cracks_along_beam_theory(name, side, unit):
    """Sliding alone, and half of it: what the crack moves, and the load that it takes."""
    history, outcome = loaded(name)
    moved = 1e3 * np.abs(history[f"Displacement {side} y / m"])
    force = unit * history["Load Factor / 1"]
    known, load = reference(name)
    grown = moved > known[2]
    error = force[grown] / np.interp(moved[grown], known, load) - 1
    spent = history["Fracture Energy / J"] - history["Fracture Energy / J"][0]
    print(f"off by {100 * abs(error).max():.1f} %, peak {force.max() / load[0] - 1:+.1%}")
    assert grown.sum() > 3
    assert np.abs(error).max() < 0.05
    assert force.max() == pytest.approx(load[0], rel=0.05)
    assert spent[-1] > 2e-3, "the crack did not grow by 5 mm"
    assert outcome.totals["cut_increments"] == outcome.totals["jumps"] == 0
    assert history["Energy Error / 1"].max() < 1e-6


MODULUS, ARM, NOTCH = 70e3 / (1 - 0.3**2), 1.5, 60.0  # N/mm^2, mm
OPENING, SLIDING, EXPONENT = 0.28, 0.56, 2.0  # N/mm


@pytest.mark.slow
@pytest.mark.parametrize("share", [-1.0, 0.0, 1.0])
def test_a_split_beam_needs_the_toughness_of_its_mix_of_modes(share):
    history, outcome = loaded("split", f"loads.1.traction.y={share} MPa")
    opened = 12 * ((1 - share) / 2) ** 2 / (MODULUS * ARM**3)
    slid = 9 * (1 + share) ** 2 / (4 * MODULUS * ARM**3)
    mix = slid / (opened + slid)
    toughness = OPENING + (SLIDING - OPENING) * mix**EXPONENT
    spent = history["Fracture Energy / J"] - history["Fracture Energy / J"][0]
    crack = NOTCH + 1e3 * spent / toughness  # J on 1 mm is 1e3 N mm on 1 mm
    force = ARM * history["Load Factor / 1"]
    grown = (crack > 66) & (crack < 85)  # past the notch, and far from the clamp
    error = force[grown] * crack[grown] / np.sqrt(toughness / (opened + slid)) - 1
    print(f"mix {mix:.2f}: off by {100 * np.abs(error).max():.1f} %, {outcome.totals}")
    assert grown.sum() >= 1
    assert np.abs(error).max() < 0.05
    assert outcome.totals["jumps"] == 0
    assert history["Energy Error / 1"].max() < 1e-6
