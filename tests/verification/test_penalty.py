"""What grains come to does not move with the penalty of their boundaries, a number of the method.

Twenty grains swell and shrink once, while every third boundary corrodes through and cycles damage
all of them.
"""

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from mpi4py import MPI

from solver.materials import load_boundary_material, load_filler_material
from solver.mechanisms.base import Shares
from solver.mechanisms.fatigue import Fatigue, FatigueLaw
from solver.model.mechanics import make_mechanical_system
from solver.model.now import Present
from solver.model.state import make_state
from solver.physics.cohesive import broken_share
from solver.solve.mechanics import EquilibriumSolver
from solver.units.constants import CRACKED, METRE, PASCAL
from tests.bodies import LAYERED, Body, aggregate

PENALTY = load_boundary_material("dry").penalty * PASCAL / METRE
RUPTURE = load_filler_material("lpo").rupture_opening * METRE
STRAIN_A, STRAIN_C, STEPS = -0.0052, 0.0247, 30
REMAINING = Shares(0.1, 0.02)


class Worn(NamedTuple):
    """Shares of the area that is cracked, and apart enough to break a coating; widest gap, um."""

    cracked: float
    torn: float
    damage: float
    widest: float


@pytest.fixture(scope="module")
def grains() -> Body:
    return aggregate(MPI.COMM_SELF, 1.2, 2000.0, 10.0, 20)


def worn(grains: Body, penalty: float) -> Worn:
    """What the grains come to."""
    particle, spaces, _, fresh = (
        *grains[:3],
        grains.system.resistance.fresh._replace(penalty=penalty),
    )
    state, boundaries = make_state(spaces), spaces.boundaries
    state.add(Fatigue.fields)
    old, corroded = state.another(), np.zeros(boundaries.n_points)
    system = make_mechanical_system(particle, spaces, state, LAYERED, fresh)
    none = np.zeros(boundaries.n_points)
    law = FatigueLaw(none + 4.0, none + 1.0, none + 0.8, 1.0)
    fatigue = Fatigue(law, SimpleNamespace(normal=boundaries.normal))
    solver, wet = EquilibriumSolver(system, 1e-9), boundaries.pair.sum(axis=1) % 3 == 0
    levels, widest = np.concatenate([np.arange(1, STEPS + 1), np.arange(STEPS)[::-1]]) / STEPS, none
    for number, level in enumerate(levels):
        system.strain_a.x.array[:], system.strain_c.x.array[:] = STRAIN_A * level, STRAIN_C * level
        solver.begin_step(old["damage"])
        state["damage"][:] = solver.solve(1.0)
        gaps, _ = boundaries.across_and_along(system.gaps(state["damage"]))
        widest = np.maximum(widest, gaps)
        fatigue.advance(Present(None, spaces, system, 298.15, state, old), 1.0)
        corroded[wet] = min(1.0, 1.3 * (number + 1) / len(levels))
        system.resistance.weaken(*(1.0 - corroded * (1.0 - share) for share in REMAINING))
        old.copy_from(state)
    parted, area = broken_share(state["damage"], system.law), boundaries.area()
    assert state["fatigue"].any()
    return Worn(
        boundaries.integral((parted >= CRACKED) * 1.0) / area,
        boundaries.integral((widest > RUPTURE) * 1.0) / area,
        boundaries.integral(parted) / area,
        boundaries.maximum(widest),
    )


def test_cracks_openings_and_torn_coatings_do_not_move_with_the_penalty(grains):
    found = [worn(grains, factor * PENALTY) for factor in (1, 4, 16)]
    for each in found:
        print(each)
    usual, stiffest = found[0], found[-1]
    assert usual.cracked > 0.05 and usual.torn > usual.cracked
    for each in found[:-1]:
        assert each.cracked == pytest.approx(stiffest.cracked, rel=0.02)
        assert each.torn == pytest.approx(stiffest.torn, rel=0.02)
        assert each.damage == pytest.approx(stiffest.damage, rel=0.02)
        assert each.widest == pytest.approx(stiffest.widest, rel=0.05)
