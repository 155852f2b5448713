"""What solves of equilibria in balls take: bonded, half cracked and cracked, by levels or factors.

./intergrain python benchmarks/multigrid.py [--grains N,N,..] [--ranks N,N,..] [--lagged]

Every boundary between two grains is broken or not, at random; half of the broken ones touch,
without friction. Prints iterations and processor seconds of the busiest rank for a solve with the
swelling force on the right-hand side, to 1e-4 (what Newton's method asks for) and to 1e-9; the
first also takes over the matrix and the joined body. Grains and meshes are as large as in
cases/sphere50.yaml.
"""

import sys
import time
from pathlib import Path

import numpy as np
from balls import case_of, measure_each
from mpi4py import MPI

from solver.model.build import Model, build_model
from solver.particle.mesh import read_particle
from solver.solve.mechanics import EquilibriumSolver

SHARES = (0.0, 0.5, 1.0)
REST = 1e-6  # of the stiffness of a boundary, left where it is broken
TOLERANCES = (1e-4, 1e-9)


def break_boundaries(model: Model, solver: EquilibriumSolver, share: float) -> None:
    """Break a share of the pairs of grains and take over the tangent. Collective."""
    boundaries, system = model.spaces.boundaries, model.mechanics
    system.strain_a.x.array[:], system.strain_c.x.array[:] = -0.01, 0.02
    solver._residual.swell()
    solver.residual_norm(1.0)
    system.stiffen_boundaries(solver._response, 1.0)
    stiffness = system.stiffness.x.array.reshape(boundaries.n_points, 3, 3)
    draw = (boundaries.pair.astype(np.int64) @ [7919, 104729]) % 1009 / 1009
    broken, n = draw < share, boundaries.normal
    touching = draw < share / 2
    across = np.einsum("pij,pi,pj->p", stiffness, n, n)[:, None, None] * n[:, :, None] * n[:, None]
    stiffness[broken] *= REST
    stiffness[touching] += across[touching]
    solver._update_tangent()


def solves(model: Model, kind: str, share: float) -> list[tuple[int, float]]:
    """Iterations and processor time for each tolerance. Collective."""
    solver = EquilibriumSolver(model.mechanics, linear=kind)
    break_boundaries(model, solver, share)
    right = solver._residual.vector
    found, told = right.duplicate(), []
    for tolerance in TOLERANCES:
        before, start = solver.linear.iterations, time.process_time()
        solver.linear.solve(right, found, tolerance * right.norm())
        spent = model.comm.allreduce(time.process_time() - start, MPI.MAX)
        told.append((solver.linear.iterations - before, spent))
    return told


def measure(mesh: Path, grains: int, state: str, kind: str) -> None:
    """Print a line for each share of broken boundaries. Collective."""
    comm = MPI.COMM_WORLD
    model = build_model(case_of(grains, state), read_particle(mesh, comm))
    dofs = model.spaces.vector.dofmap
    unknowns = dofs.index_map.size_global * dofs.bs
    for share in SHARES:
        told = "   ".join(
            f"{count:4d}  {spent:7.2f} s" for count, spent in solves(model, kind, share)
        )
        if comm.rank == 0:
            print(
                f"{kind:10s}{grains:5d}{unknowns:8d}{comm.size:4d}{share:6.1f}   {told}", flush=True
            )


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
        return
    print("solver    grains unknowns ranks broken   to 1e-4            to 1e-9", flush=True)
    measure_each(__file__, __doc__, "multigrid", ("dry",))


if __name__ == "__main__":
    main()
