"""Loads on patches, even strains and wear give the same on two ranks as on one."""

import numpy as np
import pytest
from mpi4py import MPI

from solver.case import Case
from solver.drive.simulation import Simulation
from solver.model.build import build_model
from tests.particles import CASES, Recorder, meshed
from tests.ranks import on_ranks

HERE = "tests.verification.test_specimens_on_ranks"
DISC = ("particle.grains.count=12", "particle.mesh={size: 0.5 um, boundary_size: 0.2 um}")
EVEN = "loads=[{surface: outer, strain: {xx: 1e-3, xy: 5e-4}}]"
AFLOAT = "loads=[{surface: outer, stress: {xx: 100 MPa, yy: -50 MPa}}]"
UP_AND_DOWN = "[{load: {to: 0.6, increments: 2}}, {load: {to: 0, increments: 2}}]"
CYCLES = f"protocol=[{{repeat: {{times: 3, steps: {UP_AND_DOWN}}}}}]"
LOADED = {
    "pressed": (CYCLES, "physics.fatigue={enabled: true, acceleration: 50}"),
    "strained": (EVEN, "protocol=[{load: {to: 1, increments: 2}}]"),
    "afloat": (AFLOAT, "protocol=[{load: {to: 1, increments: 2}}]"),
}
MATTERS = {"pressed": "Mean Fatigue", "strained": "Mean Stress", "afloat": "Mean Strain"}
SHOWN = ("Force", "Mean", "Elastic", "Fatigue", "External", "Largest Opening")


def ends(comm: MPI.Comm) -> dict[str, dict[str, float]]:
    """Of each case the row before the last that is not about effort."""
    found = {}
    for name, overrides in LOADED.items():
        case = Case.load(CASES / "benchmarks" / "indentation.yaml", [*DISC, *overrides])
        recorder = Recorder()
        outcome = Simulation(build_model(case, meshed(case, comm)), [recorder]).run()
        assert outcome.status == "finished", outcome.reason
        row = recorder.rows[-2].items()
        found[name] = {k: float(v) for k, v in row if k.startswith(SHOWN)}
    return found


@pytest.fixture(scope="module")
def one_and_two():
    return [on_ranks(n, f"{HERE}:ends") for n in (1, 2)]


@pytest.mark.parametrize("name", LOADED)
def test_a_specimen_does_the_same_on_two_ranks_as_on_one(one_and_two, name):
    one, two = (found[name] for found in one_and_two)
    assert np.isfinite(list(one.values())).all()
    assert max(abs(value) for key, value in one.items() if key.startswith(MATTERS[name])) > 0
    for word in SHOWN:
        alike = [key for key in one if key.startswith(word)]
        largest = max((abs(one[key]) for key in alike), default=0.0)
        rounding = 1e-9 if word == "Force" else 0.0  # N/m: forces that cancel
        for key in alike:
            near = pytest.approx(one[key], rel=1e-6, abs=1e-6 * largest + rounding)
            assert two[key] == near, key
