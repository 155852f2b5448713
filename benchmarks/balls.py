"""Balls of more or fewer grains of cases/sphere50.yaml, measured in programs of their own."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from meshes import build
from solver.case import Case

SPHERE = Path(__file__).parents[1] / "cases" / "sphere50.yaml"


def case_of(grains: int, state: str = "dry") -> Case:
    """The ball of so many grains of the same size; state: of their boundaries."""
    radius = 2.0 * (grains / 50) ** (1 / 3)
    overrides = [f"particle.radius={radius} um", f"particle.grains.count={grains}"]
    return Case.load(SPHERE, [*overrides, f"particle.boundary.state={state}"])


def measure_each(program: str, about: str | None, kind: str, states: Sequence[str]) -> None:
    """Run `program --measure MESH GRAINS STATE KIND` as the command line asks for."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--grains", default="12,50,200")
    parser.add_argument("--ranks", default="1")
    parser.add_argument("--lagged", action="store_true", help="factors as well, on one rank")
    chosen = parser.parse_args()
    runs = [(n, kind) for n in chosen.ranks.split(",")] + [("1", "lagged")] * chosen.lagged
    with tempfile.TemporaryDirectory() as cache:
        for grains in map(int, chosen.grains.split(",")):
            for state in states:
                mesh = str(build(case_of(grains, state).particle, Path(cache)).mesh)
                for ranks, solver in runs:
                    own = [sys.executable, program, "--measure", mesh, str(grains), state, solver]
                    subprocess.run(["mpirun", "-n", ranks, *own], check=True)
