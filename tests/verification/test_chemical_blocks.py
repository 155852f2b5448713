"""Lithium and charge by two levels: as with factors, in as many iterations for many grains."""

import numpy as np
import pytest
from mpi4py import MPI

from solver.model.build import build_model
from solver.model.electro.conditions import set_conditions
from solver.model.electro.system import StressInPotential
from solver.solve.electro import ElectrochemicalSolver
from tests.bodies import bricks
from tests.particles import case_of
from tests.ranks import on_ranks

HERE = "tests.verification.test_chemical_blocks"
REST = "[{rest: {until: {time: 1 s}}}]"
CELLS = 2  # along each edge of a grain
STEPS = (5.0, 60.0)  # s


def charged(comm, kind, grains, wetness="dry"):
    """Bricks of 0.5 um after two steps of a charge, and what solved for them. Collective."""
    count = int(np.prod(grains))
    size, cells = [0.5 * n for n in grains], [CELLS * n for n in grains]
    axes = np.random.default_rng(1).normal(size=(count, 3))
    axes /= np.linalg.norm(axes, axis=1)[:, None]
    particle = bricks(size, cells, grains, axes, comm=comm)
    model = build_model(case_of(REST, f"particle.boundary.state={wetness}"), particle)
    electro, points = model.electro, np.zeros(model.spaces.boundaries.n_points)
    made = model.slow.modify(model.present())
    set_conditions(electro, model.surfaces, made, points, points)
    electro.control.impose_current(0.3)
    solver = ElectrochemicalSolver(electro, 1e-9, 30, kind)
    x, y, _ = model.spaces.scalar.tabulate_dof_coordinates().T
    stress = StressInPotential(0.02 * np.sin(x + y), np.full(len(x), -0.02))
    for dt in STEPS:
        electro.occupancy_old.x.array[:] = model.state["occupancy"]
        electro.dt.value = dt
        solver.begin_step()
        solver.solve(stress)
    return model, solver


def found(comm, kind, wetness):
    """What the two steps come to, and the work. Collective."""
    model, solver = charged(comm, kind, (2, 2, 2), wetness)
    x, volume = model.state["occupancy"], model.mechanics.node_volume
    owned = slice(model.spaces.scalar.dofmap.index_map.size_local)
    moments = [float(volume[owned] @ x[owned] ** k) for k in (1, 2)]
    voltage = float(np.max(model.state["collector_potential"], initial=-1.0))
    linear = solver.linear
    return {
        "moments": [comm.allreduce(moment) for moment in moments],
        "voltage": comm.allreduce(voltage, MPI.MAX),
        "iterations": linear.iterations / solver.newton_iterations,
        "factorizations": linear.factorizations,
    }


@pytest.mark.parametrize("wetness", ["dry", "lpo"])
def test_two_levels_find_what_factors_find(wetness):
    blocks, direct = (found(MPI.COMM_SELF, kind, wetness) for kind in ("blocks", "direct"))
    assert blocks["moments"] == pytest.approx(direct["moments"], rel=1e-9)
    assert blocks["voltage"] == pytest.approx(direct["voltage"], abs=1e-8)
    assert blocks["factorizations"] == 0
    assert blocks["iterations"] < 25


@pytest.mark.parametrize("n", [2, 3])
def test_two_levels_find_the_same_on_ranks(n):
    one, more = (on_ranks(ranks, f"{HERE}:found", "blocks", "lpo") for ranks in (1, n))
    assert more["moments"] == pytest.approx(one["moments"], rel=1e-9)
    assert more["voltage"] == pytest.approx(one["voltage"], abs=1e-8)
    assert more["factorizations"] == 0
    assert more["iterations"] <= 2 * one["iterations"]


def test_iterations_hardly_grow_with_the_number_of_grains():
    few, many = (charged(MPI.COMM_SELF, "blocks", grains)[1] for grains in ((3, 3, 3), (5, 5, 4)))
    per_solve = [solver.linear.iterations / solver.newton_iterations for solver in (few, many)]
    assert per_solve[1] <= 1.6 * per_solve[0]
