"""The shipped notched squares on coarse meshes: peak load, and where the crack goes."""

import importlib.util

import numpy as np
import pytest

from solver.case import Case
from solver.drive.simulation import Simulation
from solver.model.build import Model, build_model
from tests.particles import CASES, Recorder, meshed

BENCHMARKS = CASES / "benchmarks"


def loaded(name: str, *overrides: str) -> tuple[Model, Recorder]:
    """The specimen at its end, and its history."""
    case = Case.load(BENCHMARKS / f"{name}.yaml", list(overrides))
    specimen, recorder = build_model(case, meshed(case)), Recorder()
    outcome = Simulation(specimen, [recorder]).run()
    assert outcome.status == "finished", outcome.reason
    return specimen, recorder


def write_mesh(path, *values) -> None:
    """Mesh a square with the script beside the cases."""
    spec = importlib.util.spec_from_file_location("squares", BENCHMARKS / "squares.py")
    squares = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(squares)
    squares.write(path, *values)


def cracked(specimen: Model) -> np.ndarray:
    """Positions of the broken nodes from the tip of the notch, (nodes, 2) in um."""
    corners = specimen.spaces.scalar.tabulate_dof_coordinates()[:, :2]
    tip = (corners.min(axis=0) + corners.max(axis=0)) / 2
    return corners[specimen.state["crack"] > 0.9] - tip


@pytest.mark.slow
def test_tension_breaks_at_the_known_load_straight_through():
    specimen, recorder = loaded(
        "sen_tension",
        "protocol=[{load: {to: 0.75, increments: 3}}, {load: {to: 0.95, increments: 4}}]",
    )
    moved = 1e6 * recorder.column("Displacement top y / m")
    force = 1e-3 * recorder.column("Force top y / N")
    curve = np.loadtxt(BENCHMARKS / "sen_tension_reference.csv", delimiter=",", skiprows=2)
    before = (moved > 3.5) & (moved < 5.5)
    off = (
        np.interp(
            moved[before],
            *curve[:, :2].T,
        )
        / force[before]
        - 1
    )
    print(f"peak {force.max():.4f} kN (0.70 is usual), off the finer curve {abs(off).max():.1%}")
    assert force.max() == pytest.approx(0.70, rel=0.03)
    assert np.abs(off).max() < 0.01
    assert force[-1] < 0.05 * force.max()
    assert recorder.rows[-1]["Energy Error / 1"] < 1e-6
    path = cracked(specimen)
    assert path[:, 0].max() > 490.0
    assert np.abs(path[:, 1]).max() < 45.0


@pytest.mark.slow
def test_shear_turns_the_crack_down(tmp_path):
    write_mesh(tmp_path / "coarse.msh", 0.02, (0.45, 0.8), (0.25, 0.52))
    specimen, recorder = loaded(
        "sen_shear",
        f"particle.path={tmp_path / 'coarse.msh'}",
        "physics.grain_fracture.length=40 um",
        "protocol=[{load: {to: 0.6, increments: 2}}, {load: {to: 0.85, increments: 4}}]",
    )
    x, y = cracked(specimen).T
    angle = np.degrees(np.arctan2(y.min(), x[np.argmin(y)]))
    print(f"crack at {angle:.0f} degrees, {-y.min():.0f} um down")
    assert y.min() < -100.0
    assert y.max() < 40.0
    assert -80 < angle < -45
    force = recorder.column("Force top x / N")
    assert force[-1] < 0.9 * force.max()
