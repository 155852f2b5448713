"""Levels of a body of grains: the very displacement of factors, in few and bounded iterations."""

from functools import cache

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from solver.drive.simulation import Simulation
from solver.model.build import Model, build_model
from solver.model.rigid import rigid_fields
from solver.solve import levels
from solver.solve.levels import goes_by_levels
from solver.solve.linear import coarse, cycles, memory
from solver.solve.linear.cycles import CycleSolver
from solver.solve.linear.multigrid import Smoother
from solver.solve.linear.protocol import LinearSolveError
from solver.solve.mechanics import EquilibriumSolver
from tests.particles import case_of, disc, meshed, model_of
from tests.ranks import on_ranks
from tests.verification.test_worn_specimens import case_and_bar

FALLS = (0.3, 0.6, 0.9, 0.4)  # of the lattice strain, one equilibrium each
TIGHT = 1e-11
MOMENT = "['Charge at 1C for 1 s']"
SMALL = disc(6, 1.2, 0.3, 0.2)
ROUND = ("particle.shape=sphere", "particle.grains.shortest_edge=0.2")
BREAKING = "physics.cohesive={strength: 600 MPa, toughness: 4 J/m^2}"
BODIES = {
    "disc with a strain along z": [*SMALL, BREAKING],
    "disc that slides out of its plane": [*SMALL, BREAKING, "mechanics.plane=stress"],
    "disc with films of 20 nm": [*SMALL, "particle.boundary={state: lpo, thickness: 20 nm}"],
    "disc whose grains crack": [
        *SMALL,
        "physics.grain_fracture={enabled: true, toughness: 4 J/m^2, length: 0.3 um}",
    ],
    "ball": [*ROUND, *disc(6, 1.0, 0.5, 0.4), BREAKING],
}


def ball_of(grains: int, comm: MPI.Comm = MPI.COMM_SELF) -> Model:
    """A ball meshed alike for any number of grains."""
    radius = 2.0 * (grains / 50) ** (1 / 3)
    case = case_of(MOMENT, *ROUND, *disc(grains, radius, 0.5, 0.35))
    return model_of(case, meshed(case, comm))


def swell(model: Model, share: float = 1.0) -> None:
    """Strain the lattice unevenly."""
    system, x = model.mechanics, model.spaces.scalar.tabulate_dof_coordinates()
    system.strain_a.x.array[:] = -0.004 * share * (1 + 0.2 * np.sin(3 * x[:, 0] + x[:, 1]))
    system.strain_c.x.array[:] = 0.019 * share * (1 + 0.1 * x[:, 1])


def shapes(model: Model, kind: str) -> tuple[list[np.ndarray], EquilibriumSolver, float]:
    """Displacements less rigid motions while boundaries crack; their solver; what has cracked."""
    model.state["displacement"][:] = 0.0
    solver = EquilibriumSolver(model.mechanics, TIGHT, linear=kind)
    damage, seen = np.zeros(model.spaces.boundaries.n_points), []
    motions = np.array([motion.ravel() for motion in rigid_fields(model.spaces)[0]]).T
    for share in FALLS:
        swell(model, share)
        solver.begin_step(damage)
        damage = solver.solve(0.9)
        moved = model.state["displacement"].copy()
        seen.append(moved - motions @ np.linalg.lstsq(motions, moved, rcond=None)[0])
    return seen, solver, model.spaces.boundaries.integral(damage)


@pytest.mark.parametrize("name", BODIES)
def test_bodies_find_the_displacement_that_factors_find(name):
    case = case_of(MOMENT, *BODIES[name])
    model = model_of(case, meshed(case))
    expected, _, cracked = shapes(model, "direct")
    found, solver, _ = shapes(model, "multigrid")
    assert isinstance(solver.linear, CycleSolver)
    assert solver.linear.fallbacks == 0
    assert (cracked > 0.1) == (BREAKING in BODIES[name])
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-8 * np.abs(other).max())


def test_a_loaded_body_finds_the_displacement_that_factors_find():
    found = {}
    for kind in ("multigrid", "direct"):
        chosen = f"numerics.linear.mechanics={kind}"
        model = build_model(*case_and_bar("[load: {to: 1, increments: 3}]", chosen))
        assert Simulation(model).run().status == "finished"
        found[kind] = model.state["displacement"].copy()
    size = np.abs(found["direct"]).max()
    np.testing.assert_allclose(found["multigrid"], found["direct"], atol=1e-7 * size)


def break_boundaries(
    model: Model, solver: EquilibriumSolver, share: float, left: float = 1e-6
) -> None:
    """Leave a share of the pairs of grains hardly anything, or contact without friction."""
    boundaries, system = model.spaces.boundaries, model.mechanics
    model.state["displacement"][:] = 0.0
    swell(model)
    solver._residual.swell()
    solver.residual_norm(1.0)
    system.stiffen_boundaries(solver._response, 1.0)
    stiffness = system.stiffness.x.array.reshape(boundaries.n_points, 3, 3).copy()
    draw = (boundaries.pair @ [7919, 104729]) % 1000 / 1000
    open_, n = draw < share, boundaries.normal
    across = np.einsum("pij,pi,pj->p", stiffness, n, n)[:, None, None] * n[:, :, None] * n[:, None]
    touching = open_ & (draw < share / 2)
    stiffness[open_] *= left
    stiffness[touching] += across[touching]
    system.stiffness.x.array[:] = stiffness.ravel()
    solver._update_tangent()


def solved(solver: EquilibriumSolver, roughly: float = 0.0) -> tuple[int, float]:
    """What a solution to 1e-9, or roughly, takes of the system at hand; the error of it."""
    matrix, right, before = solver._matrix, solver._residual.vector, solver.linear.iterations
    found = right.duplicate()
    solver.linear.solve(right, found, roughly * right.norm())
    error = (matrix * found - right).norm() / right.norm()
    return solver.linear.iterations - before, error


def iterations(
    model: Model, share: float, left: float = 1e-6, roughly: float = 0.0
) -> tuple[int, EquilibriumSolver, float]:
    """What a solution takes from nothing; its solver, and the error of the solution."""
    solver = EquilibriumSolver(model.mechanics, linear="multigrid")
    break_boundaries(model, solver, share, left)
    count, error = solved(solver, roughly)
    return count, solver, error


@cache
def ball(grains: int) -> Model:
    return ball_of(grains)


@pytest.mark.parametrize(("share", "most"), [(0.0, 8), (0.5, 30), (1.0, 35)])
def test_cracks_and_many_grains_take_few_iterations(share, most):
    few, _, error = iterations(ball(12), share)
    many, _, another = iterations(ball(40), share)
    assert max(error, another) < 1e-8
    assert 2 <= many <= most
    assert many <= max(1.5 * few, few + 6)


def test_cracked_balls_take_three_times_the_iterations_of_bonded_ones_at_most():
    """To what Newton's method asks for."""
    bonded, _, _ = iterations(ball(40), 0.0, roughly=1e-4)
    cracked, _, error = iterations(ball(40), 1.0, roughly=1e-4)
    assert cracked <= 3 * bonded
    assert 1e-9 < error < 1e-4


def test_cycles_for_the_joined_body_do_as_well_as_factors(monkeypatch):
    factored, _, _ = iterations(ball(40), 0.0)
    monkeypatch.setattr(coarse, "MOST_FACTORED", 100)
    cycled, _, error = iterations(ball(40), 0.0)
    assert error < 1e-8
    assert factored <= cycled <= factored + 3


def test_motions_of_grains_are_taken_over_again_when_their_age_costs_iterations():
    model = ball(40)
    count, solver, _ = iterations(model, 0.0)
    motions = solver.linear._cycle._motions
    break_boundaries(model, solver, 0.0)
    assert solved(solver)[0] == count
    assert motions.taken == 1
    break_boundaries(model, solver, 0.5)
    of_age, _ = solved(solver)
    assert motions.taken == 1
    break_boundaries(model, solver, 0.5)
    assert solved(solver)[0] < 0.5 * of_age
    assert motions.taken == 2


def test_motions_of_grains_are_taken_over_at_once_where_old_ones_do_not_do():
    model = ball(40)
    _, solver, _ = iterations(model, 0.0)
    break_boundaries(model, solver, 1.0)
    count, error = solved(solver)
    assert error < 1e-8
    assert count > cycles.MOST_ITERATIONS
    assert (solver.linear._cycle._motions.taken, solver.linear.fallbacks) == (2, 0)


def test_the_joined_body_is_factored_once_whatever_cracks():
    model = ball(6)
    solver = EquilibriumSolver(model.mechanics, linear="multigrid")
    for share in (0.0, 0.5, 1.0):
        break_boundaries(model, solver, share)
        assert solved(solver)[1] < 1e-8
    assert solver.linear.factorizations == 1
    assert solver.linear.fallbacks == 0


def test_no_eigenvalue_exceeds_the_clusters_of_a_cell():
    """The smoother's polynomial grows beyond: it must not have to."""
    _, solver, _ = iterations(ball(6), 0.3)
    matrix, known = solver._matrix, solver.linear._system.levels
    smoother = Smoother(matrix, known)
    smoother.take(matrix)
    vector = matrix.createVecRight()
    vector.setRandom(PETSc.Random().create(matrix.comm))
    for _ in range(60):
        vector.scale(1.0 / vector.norm())
        product = matrix * vector
        vector.array_w[:] = smoother._blocks.apply(product.array_r)
    assert 1.5 < vector.norm() <= known.clusters_of_cell == 4


def test_factors_help_out_where_the_cycle_does_not_converge(monkeypatch):
    monkeypatch.setattr(cycles, "MOST_ITERATIONS", 2)
    model = ball(6)
    _, solver, error = iterations(model, 0.5)
    assert solver.linear.fallbacks == 1
    assert error < 1e-8


def test_without_memory_for_factors_it_is_told_what_they_would_need(monkeypatch):
    monkeypatch.setattr(cycles, "MOST_ITERATIONS", 2)
    monkeypatch.setattr(memory, "free_memory", lambda: 1e6)
    with pytest.raises(LinearSolveError, match=r"about 0\.0\d+ GB of memory, of which 0\.001 GB"):
        iterations(ball(6), 0.5)


def test_a_failed_equilibrium_says_what_memory_it_would_have_needed(monkeypatch):
    monkeypatch.setattr(cycles, "MOST_ITERATIONS", 1)
    monkeypatch.setattr(memory, "free_memory", lambda: 1e6)
    with pytest.raises(Exception, match=r"stays unbalanced, .*GB of memory"):
        shapes(ball(6), "multigrid")


def test_large_bodies_in_three_dimensions_go_by_levels_unless_told_otherwise(monkeypatch):
    system = ball(6).mechanics
    assert not goes_by_levels(system, "auto")
    monkeypatch.setattr(levels, "LEAST_FOR_LEVELS", 100)
    assert goes_by_levels(system, "auto")
    assert not goes_by_levels(system, "lagged")
    case = case_of(MOMENT, *SMALL)
    assert not goes_by_levels(model_of(case, meshed(case)).mechanics, "auto")


def solved_on(comm: MPI.Comm) -> dict[str, float]:
    """Norms of a solution with half of the boundaries broken, and what it took."""
    model = ball_of(6, comm)
    count, solver, error = iterations(model, 0.5, left=0.01)
    right = solver._residual.vector
    found = right.duplicate()
    solver.linear.solve(right, found)
    x = model.spaces.scalar.tabulate_dof_coordinates()[: found.local_size // 3]
    weighted = (found.array_r.reshape(-1, 3) ** 2).sum(axis=1) @ (2 + x[:, 0])
    return {"count": count, "error": error, "norm": float(comm.allreduce(weighted)) ** 0.5}


@pytest.mark.parametrize("ranks", [2, 3])
def test_ranks_find_the_same_in_about_as_many_iterations(ranks):
    alone, together = (
        on_ranks(n, "tests.verification.test_multigrid:solved_on") for n in (1, ranks)
    )
    assert together["norm"] == pytest.approx(alone["norm"], rel=1e-7)
    assert together["count"] <= 1.5 * alone["count"]
    assert together["error"] < 1e-8
