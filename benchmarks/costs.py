"""What a time step and a mechanical iteration cost, in CPU time, here and in other versions.

./intergrain python benchmarks/costs.py [NAME=DIRECTORY ...]

NAME: what to call the version whose files are in DIRECTORY. All run in turns, each in a process of
its own: a charge at C/3 of a disc of 100 grains and of a sphere of 50, whose boundaries hold, or
crack. Figures are medians over the rounds.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
SPHERE = "cases/sphere50.yaml"
DISC = "cases/yan2018/pristine.yaml"
HUNDRED = "particle.grains.count=100"
STRONG = "physics.cohesive={strength: 3 GPa, toughness: 20 J/m^2}"
WEAK = "physics.cohesive={strength: 200 MPa, toughness: 0.8 J/m^2}"
KINDS = {
    "disc, bonded": (DISC, HUNDRED, STRONG),
    "disc, cracking": (DISC, HUNDRED, WEAK),
    "sphere, bonded": (SPHERE, STRONG),
    "sphere, cracking": (SPHERE,),
}
COMMON = (
    'protocol=[{charge: {rate: C/3, until: {time: "90 min"}}}]',
    "numerics.time_step.maximum=5 min",
)


def spent(kind: str) -> dict[str, float]:
    """Run the charge with the solver that is first on the path; CPU seconds and counts."""
    from mpi4py import MPI

    from meshes import build
    from solver.case import Case
    from solver.drive.simulation import Simulation
    from solver.model.build import build_model
    from solver.particle.mesh import read_particle

    file, *overrides = KINDS[kind]
    case = Case.load(Path(file), [*overrides, *COMMON])
    with tempfile.TemporaryDirectory() as cache:
        particle = read_particle(build(case.particle, Path(cache)).mesh, MPI.COMM_SELF)
    model = build_model(case, particle)
    simulation = Simulation(model)
    solver, mechanical = simulation.way.solver.mechanics, 0.0
    equilibrium = solver.solve

    def timed(*arguments: Any) -> Any:
        nonlocal mechanical
        before = time.process_time()
        try:
            return equilibrium(*arguments)
        finally:
            mechanical += time.process_time() - before

    solver.solve = timed  # type: ignore[method-assign]
    before = time.process_time()
    outcome = simulation.run()
    if outcome.status != "finished":
        raise RuntimeError(outcome.reason)
    whole, steps = time.process_time() - before, outcome.totals["steps"]
    damage = model.broken_share()
    return {
        "unknowns": model.dofs,
        "steps": steps,
        "iterations": solver.effort.newton_iterations / steps,
        "step": 1e3 * whole / steps,
        "iteration": 1e3 * mechanical / solver.effort.newton_iterations,
        "damage": model.spaces.boundaries.integral(damage) / model.spaces.boundaries.area(),
    }


def measured(directory: Path, kind: str) -> dict[str, float]:
    """The same in a process of its own, with the files of a directory."""
    env = os.environ | {"PYTHONPATH": str(directory)}
    command = [sys.executable, __file__, "--only", kind]
    ended = subprocess.run(
        command, cwd=directory, env=env, capture_output=True, text=True, check=True
    )
    return json.loads(ended.stdout.splitlines()[-1])


def main() -> None:
    """Print a line for each case and version."""
    parser = argparse.ArgumentParser(description="CPU time of steps and iterations")
    parser.add_argument("others", nargs="*", metavar="NAME=DIRECTORY")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=KINDS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps(spent(chosen.only)))
        return
    named = [other.split("=", 1) for other in chosen.others]
    versions = {name: Path(place).resolve() for name, place in named} | {"here": ROOT}
    print(f"{'':29}unknowns  steps  iterations/step  step/ms  iteration/ms        damage")
    for kind in KINDS:
        found: dict[str, list[dict[str, float]]] = {name: [] for name in versions}
        for _ in range(chosen.rounds):
            for name, directory in versions.items():
                found[name].append(measured(directory, kind))
        for name, runs in found.items():
            one = {key: median(run[key] for run in runs) for key in runs[0]}
            print(f"{kind:17}{name:12}{one['unknowns']:8.0f}{one['steps']:7.0f}"
                  f"{one['iterations']:17.1f}{one['step']:9.0f}{one['iteration']:14.1f}"
                  f"{one['damage']:12.4f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
