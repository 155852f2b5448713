"""Particles whose boundaries tell opening from shear, slip and rub: equilibrium and the books."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

from solver.model.bond import SlidingLaw
from solver.model.energy import EnergyLedger
from solver.model.mechanics import make_mechanical_system
from solver.model.state import make_state
from solver.physics import cohesive
from solver.solve.mechanics import EquilibriumSolver
from tests.bodies import LAYERED, Body, aggregate
from tests.ranks import on_ranks

STRAIN_A, STRAIN_C = -0.004, 0.019  # NMC near half charge
STEPS, DT, DELAY = 16, 1.0, 1.0
TOUGH_IN_SHEAR = {"shear_ratio": 1.5, "toughness_ratio": 4.0}
MECHANISMS: dict[str, tuple[dict[str, Any], SlidingLaw]] = {
    "exponential": ({"shape": "exponential"}, SlidingLaw()),
    "Benzeggagh-Kenane": (
        {"criterion": "benzeggagh_kenane", "exponent": 1.75, **TOUGH_IN_SHEAR},
        SlidingLaw(),
    ),
    "power law": (
        {"criterion": "power_law", "exponent": 1.0, "shape": "exponential", **TOUGH_IN_SHEAR},
        SlidingLaw(),
    ),
    "slow sliding": ({}, SlidingLaw(relaxation_time=8.0)),
    "friction": ({}, SlidingLaw(friction=0.4)),
    "all": (
        {"criterion": "benzeggagh_kenane", "exponent": 1.75, **TOUGH_IN_SHEAR},
        SlidingLaw(relaxation_time=20.0, friction=0.4),
    ),
}


def particle_with(name: str, comm: MPI.Comm, strength: float, toughness: float) -> Body:
    plain = aggregate(comm, 1.5, strength, toughness)
    changes, sliding = MECHANISMS[name]
    law, state = plain.system.law._replace(**changes), make_state(plain.spaces)
    system = make_mechanical_system(
        plain.particle, plain.spaces, state, LAYERED, law, sliding=sliding
    )
    return Body(plain.particle, plain.spaces, state, system)


def levels() -> np.ndarray:
    """Lattice strain: up, and back through zero to the other side."""
    up = np.linspace(0, 1, STEPS + 1)[1:]
    return np.concatenate([up, np.linspace(1, -0.5, 3 * STEPS // 2 + 1)[1:]])


def swollen(body: Body, delay: float = DELAY) -> tuple[EnergyLedger, EquilibriumSolver]:
    """Drive the lattice strain through the levels, and book every step."""
    solver, ledger = EquilibriumSolver(body.system, 1e-9), EnergyLedger(body.system)
    history = body.state["damage"]
    body.system.bond.dt = DT
    ledger.open(history)
    for level in levels():
        body.system.strain_a.x.array[:] = STRAIN_A * level
        body.system.strain_c.x.array[:] = STRAIN_C * level
        solver.begin_step(history)
        new = solver.solve(DT / (DT + delay))
        assert np.all(new >= history)
        history[:] = new
        ledger.book(history)
    return ledger, solver


@pytest.mark.parametrize("name", MECHANISMS)
def test_the_books_of_every_mechanism_balance(name):
    body = particle_with(name, MPI.COMM_SELF, 400.0, 2.0)
    ledger, solver = swollen(body)
    e, largest = ledger.energies, ledger.largest_elastic
    parted = cohesive.broken_share(body.state["damage"], body.system.law)
    mean = body.spaces.boundaries.integral(parted) / body.spaces.boundaries.area()
    spent = {k: f"{v / largest:.3f}" for k, v in vars(e).items() if v and k != "elastic"}
    print(
        f"{name}: balance {ledger.error():.1e}, mean damage {mean:.0%}, "
        f"{solver.effort.newton_iterations} iterations in {len(levels())} steps; {spent}"
    )
    assert ledger.error() < 1e-7
    assert mean > 0.02
    assert abs(e.algorithmic) < 0.05 * largest
    assert (e.sliding > 1e-3 * largest) == (name in ("slow sliding", "all"))
    assert (e.friction > 1e-4 * largest) == (name in ("friction", "all"))


@pytest.mark.parametrize("name", ["Benzeggagh-Kenane", "friction", "all"])
def test_brittle_boundaries_snap_and_still_find_their_equilibrium(name):
    body = particle_with(name, MPI.COMM_SELF, 200.0, 0.3)
    ledger, solver = swollen(body, delay=0.0)
    parted = cohesive.broken_share(body.state["damage"], body.system.law)
    cracked = body.spaces.boundaries.integral((parted >= 0.99) * 1.0)
    effort = solver.effort
    print(
        f"{name}: {cracked / body.spaces.boundaries.area():.0%} cracked, {effort.newton_iterations}"
        f" iterations, {effort.softened_iterations} past a lost minimum"
    )
    assert cracked > 0.05 * body.spaces.boundaries.area()
    assert effort.softened_iterations > 0
    assert ledger.error() < 1e-7


@pytest.mark.parametrize("name", ["slow sliding", "all"])
def test_a_law_held_for_good_goes_on_as_it_was(name):
    """Same tractions and damage where it was held; elsewhere they derive from its potential."""
    body = particle_with(name, MPI.COMM_SELF, 400.0, 2.0)
    bond, law, rng = body.system.bond, body.system.law, np.random.default_rng(4)
    bond.dt = DT
    bond.begin(np.where(rng.random(body.spaces.boundaries.n_points) < 0.5, 0.7, 0.0), law)
    damage = rng.uniform(0, 0.5, body.spaces.boundaries.n_points)
    jump = rng.normal(size=bond.slipped.shape) * 2e-3
    free = bond.respond(jump, damage, law, 1.0)
    bond.hold(jump, damage, law, for_good=True)
    held = bond.respond(jump, damage, law, 1.0)
    assert held.traction == pytest.approx(free.traction, rel=1e-9, abs=1e-6)
    assert held.damage == pytest.approx(free.damage, rel=1e-9)
    elsewhere = jump + 1e-4 * rng.normal(size=jump.shape)
    move = 1e-7 * rng.normal(size=jump.shape)
    ends = [bond.potential(elsewhere + sign * move, damage, law, 1.0) for sign in (1, -1)]
    traction = bond.respond(elsewhere, damage, law, 1.0).traction
    assert ends[0] - ends[1] == pytest.approx(2 * (traction * move).sum(axis=1), abs=2e-8)


def measures(comm: MPI.Comm) -> dict[str, float]:
    body = particle_with("all", comm, 400.0, 2.0)
    ledger, _ = swollen(body)
    boundaries, bond = body.spaces.boundaries, body.system.bond
    return {
        "slip": boundaries.integral((bond.slipped**2).sum(axis=1)),
        "stick": boundaries.integral((bond.stuck**2).sum(axis=1)),
        "history": boundaries.integral(body.state["damage"]),
        **{key: value for key, value in ledger.energies.amounts().items() if value != 0.0},
    }


@cache
def found_on(ranks: int) -> dict[str, float]:
    return on_ranks(ranks, "tests.verification.test_boundary_mechanisms:measures")


@pytest.mark.parametrize("ranks", [2, 3])
def test_the_mechanisms_do_not_depend_on_the_number_of_ranks(ranks):
    one, many = found_on(1), found_on(ranks)
    assert one.keys() == many.keys()
    assert {"sliding", "friction", "fracture"} <= one.keys()
    difference = max(abs(many[name] - one[name]) / abs(one[name]) for name in one)
    print(f"on {ranks} ranks differs by {difference:.1e}")
    assert difference < 1e-5
