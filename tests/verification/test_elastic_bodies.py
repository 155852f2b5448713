"""What stays of the forces and tangent of elastic grains, and what boundaries add: as by forms."""

import numpy as np
import pytest
from mpi4py import MPI

from solver.solve.blocks import BlockMatrix, BlockVector
from solver.solve.forces import ForceVector
from solver.solve.springs import BodyMatrix
from tests.bodies import LAYERED, Body, body_of, bricks, unbreakable
from tests.ranks import on_ranks

HERE = "tests.verification.test_elastic_bodies"
AXES = {2: [(1, 0, 0), (0, 1, 0), (0, 0, 1)], 3: [(1, 0, 0), (0, 1, 0)]}
BODIES = {2: ((1.5, 0.5), (9, 4), (3, 1)), 3: ((1.0, 0.5, 0.5), (4, 2, 2), (2, 1, 1))}


def strained(comm: MPI.Comm, dimension: int) -> Body:
    """A body of grains in no equilibrium, with tractions and stiffness at its boundaries."""
    axes = np.array(AXES[dimension], dtype=float)
    body = body_of(bricks(*BODIES[dimension], axes, comm=comm), LAYERED, unbreakable())
    system, boundaries = body.system, body.spaces.boundaries
    x = body.nodes[:, :dimension]
    for k, field in enumerate((system.strain_a, system.strain_c)):
        field.x.array[:] = 0.01 * np.cos(x @ np.arange(1, dimension + 1) + k)
    system.unknowns[0].x.array[:] = 0.02 * np.sin(3 * body.nodes + x[:, [1, 0, 1]]).ravel()
    if dimension == 2:
        system.unknowns[1].x.array[:] = 0.003
    place = np.pad(boundaries.position, ((0, 0), (0, 3 - dimension)), constant_values=0.7)
    system.traction.x.array[:] = (place**2 + 5.0).ravel()
    along = place + 1.0
    system.stiffness.x.array[:] = (1e5 * along[:, :, None] * along[:, None, :]).ravel()
    return body


def differences(comm: MPI.Comm, dimension: int) -> dict[str, float]:
    """Relative differences from assembled forces and tangents."""
    body = strained(comm, dimension)
    system = body.system
    assembled = BlockVector(system.residual, system.unknowns).assemble()
    springs = BlockMatrix(system.tangent).matrix
    system.stiffness.x.array[:], stiffness = 0.0, system.stiffness.x.array.copy()
    grains = BlockMatrix(system.tangent).matrix
    forces, matrix = ForceVector(system, grains), BodyMatrix(system, grains)
    system.stiffness.x.array[:] = stiffness
    forces.swell()
    return {
        "boundaries": (springs - grains).norm() / grains.norm(),
        "forces": (forces.assemble() - assembled).norm() / assembled.norm(),
        "tangent": (matrix.assemble() - springs).norm() / springs.norm(),
        "again": (matrix.assemble() - springs).norm() / springs.norm(),
    }


@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize("ranks", [1, 2])
def test_forces_and_tangent_are_those_that_are_assembled(ranks, dimension):
    found = on_ranks(ranks, f"{HERE}:differences", dimension)
    assert found["boundaries"] > 0.01
    assert found["forces"] < 1e-12
    assert found["tangent"] < 1e-14
    assert found["again"] < 1e-14
