"""The same numbers on one, two and three ranks: spaces, jumps, strength, elasticity, cracks."""

from functools import cache

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from solver.model.energy import EnergyLedger
from solver.physics.cohesive import Strength, broken_share
from solver.physics.mechanics import Stiffness, strain
from solver.physics.strength import strength_factor
from solver.solve.mechanics import EquilibriumSolver
from tests.bodies import LAYERED, TRIGONAL, Body, aggregate, body_of, bricks, unbreakable
from tests.ranks import on_ranks

BODIES = {
    2: ((1.5, 1.0), (12, 8), (3, 2), [3, 0, 5, 1, 4, 2]),
    3: ((1.0, 1.0, 1.0), (4, 4, 4), (2, 2, 1), [1, 3, 0, 2]),
}
FALLS = np.array([0.5, 0.8, 1.0, 0.6, -0.2])  # of the lattice strain, one equilibrium each


def axes_of(n: int) -> np.ndarray:
    axes = np.random.default_rng(3).normal(size=(n, 3))
    return axes / np.linalg.norm(axes, axis=1)[:, None]


def bricks_on(comm: MPI.Comm, dimension: int, law: Strength, elastic: Stiffness = LAYERED) -> Body:
    size, cells, grains, number = BODIES[dimension]
    axes = axes_of(len(number))
    across = np.cross(axes, axes[:, [1, 2, 0]])
    across /= np.linalg.norm(across, axis=1)[:, None]
    particle = bricks(size, cells, grains, axes, number, comm=comm, a_axes=across)
    return body_of(particle, elastic, law)


def measures(body: Body) -> dict[str, float]:
    """Norms of what the body is; none depends on how anything is numbered."""
    comm, boundaries = body.particle.mesh.comm, body.spaces.boundaries
    n_owned = body.spaces.scalar.dofmap.index_map.size_local
    stress, weight = body.stress()[:n_owned], body.system.node_volume[:n_owned]
    x = body.nodes[:n_owned, :2]
    openings = body.system.openings()
    normal_part = np.einsum("ij,ij->i", openings, boundaries.normal)
    side = boundaries.pair[:, 0] - 0.3 * boundaries.pair[:, 1] + boundaries.position[:, 0]
    return {
        "energy": comm.allreduce(fem.assemble_scalar(body.system.elastic_energy)),
        "stress": float(np.sqrt(comm.allreduce(weight @ (stress**2).sum(axis=1)))),
        "moment": float(comm.allreduce(weight @ (stress[:, 0] * x[:, 0] + stress[:, 3] * x[:, 1]))),
        "strain": body.total(ufl.inner(*2 * [strain(body.state.function("displacement"), 0)])),
        "opening": boundaries.integral(normal_part * side),
        "slip": boundaries.integral((openings**2).sum(axis=1)),
    }


def spaces_on(comm: MPI.Comm, dimension: int) -> dict[str, float]:
    body = bricks_on(comm, dimension, unbreakable())
    spaces, boundaries = body.spaces, body.spaces.boundaries
    f, volume = fem.Function(spaces.scalar), fem.Function(spaces.grain)
    x = body.nodes
    f.x.array[:] = (spaces.grain_of_node + 1) * np.sin(1 + x[:, 0] + 2 * x[:, 1] - x[:, 2])
    volume.x.array[spaces.grain_dof_of_node] = spaces.grain_of_node + 1.0
    jump = boundaries.jump(f.x.array)
    factor = strength_factor(boundaries.pair, body.particle.c_axis, 0.1, 0.2, seed=5)
    signed = fem.assemble_scalar(fem.form((f("-") - f("+")) * boundaries.dS))
    return {
        "nodes": spaces.scalar.dofmap.index_map.size_global,
        "grains": spaces.grain.dofmap.index_map.size_global,
        "norm": body.total(f**2 + ufl.inner(ufl.grad(f), ufl.grad(f))),
        "grain values": body.total(volume**2 * f),
        "area": boundaries.area(),
        "jump by points": boundaries.integral(jump),
        "jump by forms": comm.allreduce(signed),
        "largest jump": boundaries.maximum(np.abs(jump)),
        "strength": boundaries.integral(factor * (1 + boundaries.position[:, 0])),
        "weakest": -boundaries.maximum(2.0 - factor),
    }


def elasticity_on(comm: MPI.Comm, dimension: int, elastic: Stiffness = LAYERED) -> dict[str, float]:
    body = bricks_on(comm, dimension, unbreakable(1e7, 0.7), elastic)
    solver = EquilibriumSolver(body.system, 1e-12)
    x = body.nodes
    body.system.strain_a.x.array[:] = -0.01 * (1 + 0.5 * np.sin(x[:, 0] + x[:, 1]))
    body.system.strain_c.x.array[:] = 0.02 * (1 + x[:, 1])
    body.state["damage"][:] = solver.solve(1.0)
    return measures(body)


def cracks_on(comm: MPI.Comm) -> dict[str, float]:
    body = aggregate(comm, radius=1.5, strength=400.0, toughness=2.0)
    solver, boundaries = EquilibriumSolver(body.system, 1e-9), body.spaces.boundaries
    ledger = EnergyLedger(body.system)
    damage = np.zeros(boundaries.n_points)
    ledger.open(damage)
    for share in FALLS:
        body.system.strain_a.x.array[:] = -0.004 * share
        body.system.strain_c.x.array[:] = 0.019 * share
        solver.begin_step(damage)
        damage = solver.solve(0.9)
        ledger.book(damage)
    body.state["damage"][:] = damage
    parted = broken_share(damage, body.system.law)
    return {
        **measures(body),
        "damage": boundaries.integral(damage),
        "cracked": boundaries.integral(parted) / boundaries.area(),
        "fracture": ledger.energies.fracture,
        "algorithmic": ledger.energies.algorithmic,
        "work": ledger.energies.swelling_work,
    }


def everything(comm: MPI.Comm) -> dict[str, dict[str, float]]:
    return {
        "spaces 2D": spaces_on(comm, 2),
        "spaces 3D": spaces_on(comm, 3),
        "elasticity 2D": elasticity_on(comm, 2),
        "elasticity 3D": elasticity_on(comm, 3),
        "trigonal 3D": elasticity_on(comm, 3, TRIGONAL),
        "cracks": cracks_on(comm),
    }


@cache
def found_on(ranks: int) -> dict[str, dict[str, float]]:
    return on_ranks(ranks, "tests.verification.test_mechanics_on_ranks:everything")


TOLERANCES = {
    "spaces 2D": 1e-12,
    "spaces 3D": 1e-12,
    "elasticity 2D": 1e-10,
    "elasticity 3D": 1e-10,
    "trigonal 3D": 1e-10,
    "cracks": 1e-6,
}


@pytest.mark.parametrize("ranks", [2, 3])
@pytest.mark.parametrize("part", TOLERANCES)
def test_nothing_depends_on_the_number_of_ranks(part, ranks):
    one, many = found_on(1)[part], found_on(ranks)[part]
    assert one.keys() == many.keys()
    assert all(one.values()), "a measure that is zero proves nothing"
    difference = max(abs(many[name] - one[name]) / abs(one[name]) for name in one)
    print(f"{part} on {ranks} ranks differs by {difference:.1e}")
    assert difference < TOLERANCES[part]


def test_directions_about_c_are_felt_by_swelling_grains():
    plain, trigonal = (found_on(1)[part]["energy"] for part in ("elasticity 3D", "trigonal 3D"))
    print(f"elastic energy {plain:.5g}, with c14 and c15 {trigonal:.5g} pJ")
    assert abs(trigonal / plain - 1) > 5e-3


def test_the_case_with_cracks_has_cracks():
    cracks = found_on(1)["cracks"]
    print(f"separated {cracks['cracked']:.0%}, fracture energy {cracks['fracture']:.3g} pJ")
    assert 0.1 < cracks["cracked"] < 0.95
