"""The shipped benchmark specimens, on their coarse meshes, against the curves beside them."""

import numpy as np
import pytest

from solver.case import Case
from solver.loading import Loading
from solver.model.specimen import build_specimen
from tests.particles import CASES, Recorder, meshed

BENCHMARKS = CASES / "benchmarks"


def loaded(name, *overrides):
    """Columns of the history of a specimen, and the outcome."""
    case = Case.load(BENCHMARKS / f"{name}.yaml", list(overrides))
    recorder = Recorder()
    outcome = Loading(build_specimen(case, meshed(case)), [recorder]).run()
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
