"""What solves for lithium and charge in balls take, by two levels or by factors.

./intergrain python benchmarks/chemistry.py [--grains N,N,..] [--ranks N,N,..] [--lagged]

Six steps of 1 to 120 s of a charge at C/3, without mechanics, dry and with filled boundaries.
Prints iterations for a solve, and milliseconds of the processor of the busiest rank for one,
assembly apart. Grains and meshes are as large as in cases/sphere50.yaml.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from balls import case_of, measure_each
from mpi4py import MPI

from solver.model.build import build_model
from solver.model.electro.conditions import set_conditions
from solver.model.electro.system import StressInPotential
from solver.particle.mesh import read_particle
from solver.solve.electro import ElectrochemicalSolver

STEPS = (1.0, 5.0, 20.0, 60.0, 120.0, 120.0)  # s
RATE = 1 / 3  # C


def timed(call: Callable[..., object], spent: list[float]) -> Callable[..., object]:
    """The same call, which adds the processor time it takes."""

    def clocked(*arguments: object) -> object:
        start = time.process_time()
        found = call(*arguments)
        spent.append(time.process_time() - start)
        return found

    return clocked


def measure(mesh: Path, grains: int, state: str, kind: str) -> None:
    """Print a line. Collective."""
    comm = MPI.COMM_WORLD
    model = build_model(case_of(grains, state), read_particle(mesh, comm))
    electro, points = model.electro, np.zeros(model.spaces.boundaries.n_points)
    set_conditions(electro, model.surfaces, model.slow.modify(model.present()), points, points)
    electro.control.impose_current(RATE)
    solver = ElectrochemicalSolver(electro, 1e-9, 30, kind)
    spent: list[float] = []
    solver.linear.solve = timed(solver.linear.solve, spent)
    zero = np.zeros(len(model.state["occupancy"]))
    for dt in STEPS:
        electro.occupancy_old.x.array[:] = model.state["occupancy"]
        electro.dt.value = dt
        solver.begin_step()
        solver.solve(StressInPotential(zero, zero))
    solves, unknowns = len(spent), solver._tangent.matrix.size[0]
    ms = 1e3 * comm.allreduce(sum(spent), MPI.MAX) / solves
    if comm.rank == 0:
        print(
            f"{kind:8s}{state:8s}{grains:6d}{unknowns:9d}{comm.size:6d}"
            f"{solver.linear.iterations / solves:8.1f}{ms:9.1f}"
            f"   {solver.linear.factorizations} in {solves}",
            flush=True,
        )


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
        return
    print("solver  state   grains unknowns ranks   iter.       ms   factors", flush=True)
    measure_each(__file__, __doc__, "blocks", ("dry", "lpo"))


if __name__ == "__main__":
    main()
