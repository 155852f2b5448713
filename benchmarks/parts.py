"""Where the time goes: ratios measured in one run. Prints one line per figure.

./intergrain python benchmarks/parts.py [CASE]
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from dolfinx import fem
from dolfinx.fem import petsc
from mpi4py import MPI
from petsc4py import PETSc

from meshes import build
from solver.case import Case
from solver.drive.simulation import Simulation
from solver.model.build import Model, build_model
from solver.particle.mesh import read_particle
from solver.particle.spaces import break_at_grains

DEFAULT_CASE = Path(__file__).parents[1] / "cases" / "yan2018" / "pristine.yaml"


def seconds(action: Callable[[], Any], repeats: int = 7) -> float:
    """Median wall time of an action, after one call that is not counted."""
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return median(times)


def spaces_beside_ordinary(model: Model) -> None:
    particle = model.particle
    V = fem.functionspace(particle.mesh, ("Lagrange", 1))
    ordinary = seconds(lambda: fem.functionspace(particle.mesh, ("Lagrange", 1)))
    broken = seconds(lambda: break_at_grains(V, particle.grain))
    dofs = model.spaces.scalar.dofmap.index_map.size_global
    print(f"breaking a space / making one          {broken / ordinary:6.2f}   ({dofs} dofs)")


def iteration_beside_factorization(simulation: Simulation) -> None:
    solver, system = simulation.way.solver.mechanics, simulation.model.mechanics

    def iterate() -> None:
        solver.residual_norm(1.0)
        solver._find_change(1.0)

    def from_scratch() -> None:
        matrix = petsc.assemble_matrix(system.tangent[0][0])
        matrix.assemble()
        matrix.shift(1.0)
        factors = PETSc.PC().create(matrix.comm)
        factors.setType("lu")
        factors.setFactorSolverType("mumps")
        factors.setOperators(matrix)
        factors.setUp()
        factors.destroy()
        matrix.destroy()

    ratio = seconds(iterate) / seconds(from_scratch)
    print(f"mechanical iteration / assembly+factors {ratio:5.2f}")


class Stopwatch:
    """Adds up the time spent in some methods, by wrapping them."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    def watch(self, owner: Any, name: str, label: str) -> None:
        method = getattr(owner, name)

        def timed(*arguments: Any, **options: Any) -> Any:
            start = time.perf_counter()
            try:
                return method(*arguments, **options)
            finally:
                self.spent[label] += time.perf_counter() - start

        setattr(owner, name, timed)


def parts_of_a_step(simulation: Simulation) -> None:
    watch, solver = Stopwatch(), simulation.way.solver
    watch.watch(solver.electro, "solve", "chemistry")
    watch.watch(solver.mechanics, "solve", "mechanics")
    watch.watch(simulation.ledger, "book", "energy ledger")
    watch.watch(simulation, "_tell", "observation")
    start = time.perf_counter()
    outcome = simulation.run()
    total = time.perf_counter() - start
    steps = outcome.totals["steps"]
    for label, spent in sorted(watch.spent.items(), key=lambda item: -item[1]):
        print(f"share of a time step: {label:15s}  {spent / total:6.3f}")
    print(f"time step                              {total / steps * 1e3:6.0f} ms ({steps} steps)")


def wall_time_on(ranks: int, case: Path, mesh: Path) -> float:
    """Seconds of the time loop on a number of ranks, in a process of its own."""
    command = ["mpirun", "-n", str(ranks), sys.executable, __file__, "--loop", str(case), str(mesh)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(json.loads(out.strip().splitlines()[-1])["seconds"])


def shortened(path: Path) -> Case:
    steps = '[{charge: {rate: C/3, until: {time: "1 h"}}}]'
    return Case.load(path, [f"protocol={steps}", "output.figures.enabled=false"])


def loop(path: Path, mesh: Path) -> None:
    """Run the time loop on all ranks and print how long it took."""
    comm = MPI.COMM_WORLD
    model = build_model(shortened(path), read_particle(mesh, comm))
    simulation = Simulation(model)
    comm.barrier()
    start = time.perf_counter()
    simulation.run()
    if comm.rank == 0:
        print(json.dumps({"seconds": time.perf_counter() - start}))


def main() -> None:
    if sys.argv[1:2] == ["--loop"]:
        loop(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_CASE
    case = shortened(path)
    with tempfile.TemporaryDirectory() as cache:
        mesh = build(case.particle, Path(cache)).mesh
        model = build_model(case, read_particle(mesh, MPI.COMM_SELF))
        spaces_beside_ordinary(model)
        simulation = Simulation(model)
        parts_of_a_step(simulation)
        iteration_beside_factorization(simulation)
        ratio = wall_time_on(2, path, mesh) / wall_time_on(1, path, mesh)
        print(f"two ranks / one rank                   {ratio:6.2f}")


if __name__ == "__main__":
    main()
