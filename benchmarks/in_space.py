"""What balls of many grains take on one rank and on several: seconds of a step, and memory.

./intergrain python benchmarks/in_space.py [--grains N,N,..] [--ranks N,N,..] [--turns N]

The ball of cases/space/ball200.yaml with so many grains is charged at C/3 for twenty minutes, on
one number of ranks after the other, so many turns. Seconds are by the clock, of whole steps without
what comes before the first, so the machine must be quiet; figures are medians over the turns,
memory is that of the rank that needs most.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
CASE = ROOT / "cases" / "space" / "ball200.yaml"
RADIUS, GRAINS, EDGE = 1.03, 200, 75  # um and nm: grains stay as large, 106 000 unknowns of 200


def overrides(grains: int, edge: float) -> list[str]:
    """What makes the case a short charge of a ball of so many grains."""
    return [
        f"particle.grains.count={grains}",
        f"particle.radius={RADIUS * (grains / GRAINS) ** (1 / 3)} um",
        f"particle.mesh={{size: {1.1 * edge} nm, boundary_size: {edge} nm}}",
        "protocol=['Charge at C/3 for 20 min']",
    ]


def spent(mesh: Path, grains: int, edge: float) -> dict[str, Any]:
    """Charge the ball on the ranks of this program. Collective."""
    from mpi4py import MPI

    from solver.case import Case
    from solver.drive.simulation import Simulation
    from solver.model.build import build_model
    from solver.particle.mesh import read_particle

    comm = MPI.COMM_WORLD
    case = Case.load(CASE, overrides(grains, edge))
    simulation = Simulation(build_model(case, read_particle(mesh, comm)))
    comm.barrier()
    before = time.perf_counter()
    outcome = simulation.run()
    if outcome.status != "finished":
        raise RuntimeError(outcome.reason)
    seconds = time.perf_counter() - before
    return {
        "unknowns": simulation.model.dofs,
        "steps": outcome.totals["steps"],
        "newton": outcome.totals["newton_iterations"],
        "linear": outcome.totals["linear_iterations"],
        "step": seconds / outcome.totals["steps"],
        "memory": comm.allreduce(getrusage(RUSAGE_SELF).ru_maxrss * 1024, MPI.MAX),
    }


def measured(mesh: Path, grains: int, edge: float, ranks: int) -> dict[str, Any]:
    """The same on so many ranks of a program of its own."""
    command = [sys.executable, "-m", "mpi4py", __file__, "--mesh", mesh]
    command += ["--grains", str(grains), "--edge", str(edge)]
    start = ["mpirun", "-n", str(ranks)] if ranks > 1 else []
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [*start, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    return dict(json.loads(ended.stdout.splitlines()[-1]))


def table(grains: int, edge: float, ranks: list[int], turns: int) -> None:
    """Print a line for each number of ranks."""
    from meshes import build
    from solver.case import Case

    with tempfile.TemporaryDirectory() as cache:
        particle = Case.load(CASE, overrides(grains, edge)).particle
        mesh = build(particle, Path(cache)).mesh
        runs: dict[int, list[dict[str, Any]]] = {n: [] for n in ranks}
        for _ in range(turns):
            for n in ranks:
                runs[n].append(measured(mesh, grains, edge, n))
    first = median(run["step"] for run in runs[ranks[0]])
    for n, several in runs.items():
        one = {key: median(run[key] for run in several) for key in several[0]}
        print(f"{grains:6}{one['unknowns']:10.0f}{n:6}{one['steps']:7.0f}"
              f"{one['newton'] / one['steps']:8.1f}{one['linear'] / one['newton']:8.1f}"
              f"{one['step']:9.2f}{one['step'] / first:8.2f}{one['memory'] / 1e9:9.2f}",
              flush=True)  # fmt: skip


def main() -> None:
    """Print a table, or what one of its runs finds."""
    parser = argparse.ArgumentParser(description="seconds and memory of balls in space")
    parser.add_argument("--grains", default="200")
    parser.add_argument("--edge", type=float, default=EDGE, help="of cells at boundaries, nm")
    parser.add_argument("--ranks", default="1,2")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--mesh", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    grains = [int(number) for number in chosen.grains.split(",")]
    if chosen.mesh:
        found = spent(chosen.mesh, grains[0], chosen.edge)
        if "OMPI_COMM_WORLD_RANK" not in os.environ or os.environ["OMPI_COMM_WORLD_RANK"] == "0":
            print(json.dumps(found))
        return
    print("grains  unknowns ranks  steps  newton  linear   s/step   ratio  GB/rank")
    for number in grains:
        table(number, chosen.edge, [int(n) for n in chosen.ranks.split(",")], chosen.turns)


if __name__ == "__main__":
    main()
