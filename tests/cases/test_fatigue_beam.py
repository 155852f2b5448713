"""The crack of the shipped beam in fatigue, shortened: how fast it grows, and where it stops."""

import sys

import numpy as np
import pytest

from solver.case import Case
from solver.drive.simulation import Simulation
from solver.model.build import build_model
from tests.particles import CASES, Recorder, meshed

sys.path.append(str(CASES / "benchmarks"))
sys.path.append(str(CASES.parent / "benchmarks"))
import beams
import fatigue

BENCHMARKS = CASES / "benchmarks"
SHORT = beams.Beam(50.0, 1.5, 30.0)


def cycled(folder, amplitude, cycles, *overrides):
    """Growth of the crack, history and outcome of a short beam on a coarse mesh."""
    beams.write(folder / "dcb.msh", SHORT, 100, 2)
    settings = [
        f"particle.path={folder / 'dcb.msh'}",
        f"protocol.0.repeat.times={cycles}",
        f"protocol.0.repeat.steps.0.load.to={amplitude}",
    ]
    case = Case.load(BENCHMARKS / "fatigue.yaml", [*settings, *overrides])
    recorder = Recorder()
    outcome = Simulation(build_model(case, meshed(case)), [recorder]).run()
    assert outcome.status == "finished", outcome.reason
    assert recorder.column("Energy Error / 1").max() < 1e-9
    width = 2e3 * recorder.column("Displacement upper_left y / m")
    load = recorder.column("Force upper_left y / N")
    cycle = recorder.column("Cycle Index / 1")
    assert list(np.unique(cycle)) == list(range(1, cycles + 1))
    return fatigue.growth_of(cycle, width, load), recorder


def test_a_crack_grows_below_the_toughness_and_faster_the_more_drives_it(tmp_path):
    growth, recorder = cycled(tmp_path, 0.34, 40)
    assert growth.release.max() < 0.8
    assert np.diff(growth.crack).min() > 0
    assert np.ptp(recorder.column("Cracked Fraction / 1")) > 0.06, "no facet broke"
    gentle, _ = cycled(tmp_path, 0.24, 12)
    assert gentle.rate[10] < 0.6 * growth.rate[10]
    settled = growth.settled()
    print(
        f"slope {settled.slope():.2f} from {settled.release[-1]:.2f} to {settled.release[0]:.2f}, "
        f"growth {settled.rate[-1]:.3f} to {settled.rate[0]:.3f} mm"
    )
    assert 1.4 < settled.slope() < 2.0, "as measured on finer meshes: 1.6 to 1.9"


ENDURANCE = 0.8


def limit():
    """Release rate over toughness below which a crack stands still: C_f^2.

    It stops where the traction is C_f of what every point still bears: then the opening is C_f of
    the largest that the point has seen, and J, the integral of traction over opening, C_f^2 of the
    toughness.
    """
    return ENDURANCE**2


def test_a_crack_stops_at_its_endurance(tmp_path):
    """Declared acceleration: the last micrometres would take thousands of cycles."""
    growth, _ = cycled(
        tmp_path,
        0.34,
        40,
        f"physics.fatigue.endurance={ENDURANCE}",
        "physics.fatigue.acceleration=20",
    )
    print(f"stopped at {growth.release[-1]:.3f} of the toughness, {limit():.3f} expected")
    assert growth.crack[-1] - growth.crack[0] > 1.5
    assert growth.rate[-1] < 1e-3
    assert growth.release[-1] == pytest.approx(limit(), rel=0.08)  # a facet is 6 % of it


def test_a_crack_below_its_endurance_never_starts(tmp_path):
    growth, recorder = cycled(
        tmp_path,
        0.28,
        24,
        f"physics.fatigue.endurance={ENDURANCE}",
        "physics.fatigue.acceleration=20",
    )
    assert growth.release[0] < limit() - 0.05
    assert np.ptp(recorder.column("Cracked Fraction / 1")) == 0.0
    assert growth.rate[-1] < 0.02 * growth.rate[0]
