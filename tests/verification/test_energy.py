"""Where the work of swelling goes while boundaries crack; how snap-back ends in equilibrium."""

from typing import NamedTuple

import numpy as np
import pytest
from mpi4py import MPI

from solver.model.energy import EnergyLedger
from solver.physics.cohesive import broken_share
from solver.solve.mechanics import EquilibriumSolver
from tests.bodies import Body, aggregate

STRAIN_A, STRAIN_C = -0.004, 0.019  # NMC near half charge


class Course(NamedTuple):
    """A particle that was swollen in steps, and the books of it."""

    body: Body
    solver: EquilibriumSolver
    ledger: EnergyLedger
    damages: list[np.ndarray]


def swollen(body: Body, levels: np.ndarray, share: float) -> Course:
    """Drive the lattice strain through the levels; share: see `cohesive.advance`."""
    solver, ledger = EquilibriumSolver(body.system, 1e-9), EnergyLedger(body.system)
    damages = [np.zeros(body.spaces.boundaries.n_points)]
    ledger.open(damages[0])
    for level in levels:
        body.system.strain_a.x.array[:] = STRAIN_A * level
        body.system.strain_c.x.array[:] = STRAIN_C * level
        solver.begin_step(damages[-1])
        damages.append(solver.solve(share))
        ledger.book(damages[-1])
    return Course(body, solver, ledger, damages)


def up(steps: int) -> np.ndarray:
    return np.linspace(0, 1, steps + 1)[1:]


def up_and_down(steps: int) -> np.ndarray:
    return np.concatenate([up(steps), up(steps)[-2::-1], [0.0]])


def tough(comm: MPI.Comm = MPI.COMM_SELF) -> Body:
    return aggregate(comm, radius=1.5, strength=400.0, toughness=2.0)


@pytest.fixture(scope="module")
def cycle() -> Course:
    """Up and down again with a delay of a twentieth of the way up."""
    return swollen(tough(), up_and_down(32), share=1 / (1 + 0.05 * 32))


def test_the_books_balance(cycle):
    energies, largest = cycle.ledger.energies, cycle.ledger.largest_elastic
    print(f"energy balance {cycle.ledger.error():.1e} of the largest elastic energy")
    assert energies.fracture > 0.01 * largest
    assert cycle.ledger.error() < 1e-7


def test_after_a_cycle_all_work_is_dissipated(cycle):
    """Nothing stays stored in a particle that came back to its lattice strain."""
    e, largest = cycle.ledger.energies, cycle.ledger.largest_elastic
    spent = e.fracture + e.viscous + e.algorithmic
    print(f"work {e.swelling_work:.4f} pJ, fracture {e.fracture:.4f}, viscous {e.viscous:.4f}")
    assert max(e.elastic, e.bond, e.contact) < 1e-9 * largest
    assert spent == pytest.approx(e.swelling_work, abs=1e-7 * largest)


def test_fracture_energy_is_toughness_times_separated_area(cycle):
    law, boundaries = cycle.body.system.law, cycle.body.spaces.boundaries
    parted = np.minimum(cycle.damages[-1], 1.0)
    expected = float(np.sum(boundaries.weight * law.toughness * parted))
    assert cycle.ledger.energies.fracture == pytest.approx(expected, rel=1e-12)


def test_damage_never_decreases(cycle):
    steps = np.diff(cycle.damages, axis=0)
    assert steps.min() >= 0.0
    assert steps[:32].max() > 0.0
    assert np.all(steps[-16:] == 0.0), "cracks grew although the misfit was half gone"


def test_algorithmic_dissipation_falls_with_the_step():
    counts, shares = np.array([16, 32, 64]), []
    for steps in counts:
        ledger = swollen(tough(), up(steps), share=1 / (1 + 0.05 * steps)).ledger
        shares.append(abs(ledger.energies.algorithmic) / ledger.largest_elastic)
    order = -np.polyfit(np.log(counts), np.log(shares), 1)[0]
    figures = ", ".join(f"{share:.2%}" for share in shares)
    print(f"algorithmic dissipation for {counts} steps: {figures}, order {order:.2f}")
    assert max(shares) < 0.01
    assert order > 0.8


@pytest.mark.parametrize(("strength", "toughness"), [(500.0, 5.0), (200.0, 1.0), (100.0, 0.07)])
def test_brittle_boundaries_snap_back_and_find_their_equilibrium(strength, toughness):
    """Grains of 2 um, no delay: softening outruns unloading, in the end grains come loose."""
    course = swollen(aggregate(MPI.COMM_SELF, 4.0, strength, toughness), up_and_down(8), share=1.0)
    boundaries, law = course.body.spaces.boundaries, course.body.system.law
    cracked = boundaries.integral((broken_share(course.damages[-1], law) >= 0.99) * 1.0)
    effort, ledger = course.solver.effort, course.ledger
    print(
        f"{strength:.0f} MPa, {toughness:g} J/m^2: {cracked / boundaries.area():.0%} cracked, "
        f"{effort.newton_iterations} iterations, {effort.softened_iterations} past a lost minimum; "
        f"sudden openings took {ledger.energies.algorithmic / ledger.largest_elastic:.2%} "
        f"of the largest elastic energy"
    )
    assert cracked > 0.05 * boundaries.area()
    assert effort.softened_iterations > 0, "nothing snapped back, so nothing is proved"
    assert course.solver.residual_norm(1.0) < 1e-9
    assert ledger.error() < 1e-7
