"""Load paths that meet what they cannot solve: cut, return, jump, or stop where all was well."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from dolfinx import mesh

from solver.model.energy import Energies, EnergyLedger
from solver.physics.cohesive import Strength, broken_share, effective_opening
from solver.solve.loaded import LoadedSolver
from solver.solve.loading import AT_ONCE, FactorControl, LoadingError, LoadPath, Pace
from solver.solve.mechanics import EquilibriumError
from tests.bodies import bricks
from tests.verification.test_loads import (
    HEIGHT,
    HELD,
    LENGTH,
    MODULUS,
    PENALTY,
    STRENGTH,
    TOUGHNESS,
    UM,
    bar,
    loaded,
)

STIFFNESS = MODULUS["strain"] / LENGTH  # stress over displacement, MPa/um
WANTED = 1.4 * STRENGTH / STIFFNESS
BEGINS = (1.0 + STIFFNESS / PENALTY) / 1.4  # load factor from which the boundary softens


class Weak(LoadedSolver):
    """A solver that fails where it is told to; follows no measure."""

    longest, fails, start, broken = np.inf, (2.0, 3.0), 0.0, False

    def begin_step(self, damage_old: np.ndarray) -> None:
        """Remember where the increment starts."""
        super().begin_step(damage_old)
        self.start = self.factor

    def impose(self, factor: float) -> None:
        """Set the load factor; fail within `fails` in increments above `longest`."""
        super().impose(factor)
        low, high = self.fails
        self.broken = low < factor < high and factor - self.start > self.longest

    def solve(self, share: float, enough: float = 0.0) -> np.ndarray:
        """Solve, or spoil what is there and fail."""
        if self.broken:
            self.system.unknowns[0].x.array[:] += 1.0
            raise EquilibriumError("for the sake of the test")
        return super().solve(share, enough)

    def follow(self, measure: np.ndarray, wanted: float, share: float) -> np.ndarray:
        """Fail."""
        raise EquilibriumError("for the sake of the test")


class Pulled(NamedTuple):
    """A long bar of two grains that parts in the middle."""

    solver: LoadedSolver
    path: LoadPath
    ledger: EnergyLedger
    damage: np.ndarray

    def go(self, increments: int, to: float = 1.0, pace: Pace = AT_ONCE) -> list[float]:
        """Pull it; return the load factors on the way."""
        reached = [self.solver.factor]
        for _ in self.path.go(FactorControl(), to, increments, pace):
            self.ledger.book(self.damage, self.path.work())
            reached.append(self.solver.factor)
        return reached

    @property
    def stress(self) -> float:
        """Stress at its end, MPa."""
        return self.solver.loads.total("right", "x", self.solver.internal) / HEIGHT

    @property
    def energies(self) -> Energies:
        """Books at the end."""
        return self.ledger.energies


def pulled(kind: type[LoadedSolver] = LoadedSolver) -> Pulled:
    """The bar at rest, solved in some way."""
    law = Strength(STRENGTH, TOUGHNESS, 1.0, PENALTY, 0.0)
    right = {"surface": "right", "displacement": {"x": WANTED * UM}}
    made, state = loaded(bar(2), [*HELD, right], law)
    solver = kind(made.system, made.loads, 1e-10)
    ledger = EnergyLedger(solver.system)
    ledger.open(state["damage"])
    return Pulled(solver, LoadPath(solver, state.function("damage")), ledger, state["damage"])


def test_an_increment_that_fails_is_cut_and_the_next_ones_grow_again():
    bar = pulled(Weak)
    bar.solver.longest, bar.solver.fails = 0.02, (0.2, 0.4)
    steps = np.diff(bar.go(6, to=0.6))
    print(f"{bar.path.cuts} cuts, increments {np.round(steps, 3)}")
    assert bar.path.cuts >= 3
    assert steps[0] == pytest.approx(0.1)
    assert steps.min() < 0.02
    assert steps.max() == pytest.approx(0.1)
    assert bar.solver.factor == pytest.approx(0.6)
    assert bar.stress == pytest.approx(0.6 * WANTED / (1 / STIFFNESS + 1 / PENALTY), rel=1e-6)
    assert bar.ledger.error() < 1e-9


def test_what_cannot_be_followed_stays_where_it_was_last_in_equilibrium():
    bar = pulled(Weak)
    bar.solver.longest, bar.solver.fails = 0.0, (0.31, 2.0)
    with pytest.raises(LoadingError, match="for the sake of the test"):
        bar.go(10)
    displacement = bar.solver.system.unknowns[0].x.array
    assert 0.3 < bar.solver.factor < 0.31
    assert np.abs(displacement).max() == pytest.approx(bar.solver.factor * WANTED)


def test_a_crack_that_cannot_be_driven_jumps_and_what_is_lost_is_booked():
    bar = pulled(Weak)
    bar.go(20)
    e, spent = bar.energies, TOUGHNESS * HEIGHT
    released = STRENGTH**2 / MODULUS["strain"] * LENGTH * HEIGHT / 2 - spent
    print(f"{bar.path.jumps} jumps, lost {e.algorithmic:.4f} of {released:.4f} pJ at the peak")
    assert (bar.path.jumps, bar.path.driven) == (1, 0)
    effort = bar.solver.effort
    assert 0 < effort.softened_iterations < effort.newton_iterations, "it goes on at held damage"
    assert e.fracture == pytest.approx(spent, rel=1e-9)
    assert e.algorithmic == pytest.approx(e.external_work - spent, rel=1e-6)
    assert e.algorithmic == pytest.approx(released, rel=0.1)
    assert bar.ledger.error() < 1e-9


def test_a_viscous_delay_takes_the_place_of_a_jump():
    """What the bar releases when it snaps back goes into the delay, not into the algorithm."""
    bar = pulled()
    bar.go(200, pace=Pace(duration=1.0, delay=0.01))
    e = bar.energies
    print(f"viscous {e.viscous:.4f}, algorithmic {e.algorithmic:.1e} pJ, {bar.path.driven} driven")
    assert bar.path.driven == bar.path.jumps == 0
    assert e.fracture == pytest.approx(TOUGHNESS * HEIGHT, rel=0.02)
    assert e.viscous > 10 * abs(e.algorithmic)
    assert bar.ledger.error() < 1e-9


@pytest.mark.parametrize("increments", [10, 20])
def test_what_tears_in_shear_spends_its_toughness_in_shear_and_is_no_jump(increments):
    """Four times that in opening: beside that alone, every increment would release too much."""
    blocks = bricks((1.0, 2.0), (2, 4), (1, 2), [[0, 0, 1]] * 2)
    sides = {"base": lambda x: x[1] < 1e-9, "top": lambda x: x[1] > 2.0 - 1e-9}
    facets = {n: mesh.locate_entities_boundary(blocks.mesh, 1, at) for n, at in sides.items()}
    top = {"surface": "top", "fixed": ["y"], "displacement": {"x": 0.05 * UM}}
    solver, state = loaded(
        replace(blocks, surfaces={**blocks.surfaces, **facets}),
        [{"surface": "base", "fixed": ["x", "y"]}, top],
        Strength(100.0, 0.5, 1.4, PENALTY, 0.0, 4.0, "benzeggagh_kenane", 2.0),
    )
    path = LoadPath(solver, state.function("damage"))
    list(path.go(FactorControl(), 1.0, increments))
    assert broken_share(state["damage"], solver.system.law) == pytest.approx(1.0)
    assert path.driven == path.cuts == path.jumps == 0


class Hesitant(LoadedSolver):
    """A solver that for a while finds equilibria at held damage alone, where the bar parts."""

    failures = 0

    def solve(self, share: float, enough: float = 0.0) -> np.ndarray:
        """Solve or fail."""
        if share > 0.0 and self.factor > BEGINS and self.failures < 20:
            self.failures += 1
            raise EquilibriumError("for the sake of the test")
        return super().solve(share, enough)

    def follow(self, measure: np.ndarray, wanted: float, share: float) -> np.ndarray:
        """Fail."""
        raise EquilibriumError("for the sake of the test")


def test_what_no_jump_leads_past_is_passed_at_held_damage_and_catches_up():
    bar = pulled(Hesitant)
    normal, law = bar.solver.system.spaces.boundaries.normal, bar.solver.system.law
    grown, linear, before = [], 0, law.reach(bar.damage)
    for _ in bar.path.go(FactorControl(), 1.0, 20):
        bar.ledger.book(bar.damage, bar.path.work())
        if bar.path.linear > linear:
            opened = effective_opening(bar.solver.system.openings(), normal, law)
            reach = law.reach(bar.damage)
            assert reach == pytest.approx(np.maximum(before, opened), rel=1e-9, abs=0)
            grown.append((reach - before).max())
        linear, before = bar.path.linear, law.reach(bar.damage)
    print(f"{bar.path.linear} linear increments, {bar.path.cuts} cuts, {bar.path.jumps} jumps")
    assert len(grown) == bar.path.linear > 0
    assert min(grown) > 1e-9, "damage that grows at the end of every linear increment"
    assert bar.path.cuts > 0
    assert bar.energies.fracture == pytest.approx(TOUGHNESS * HEIGHT, rel=1e-9)
    assert abs(bar.stress) < 1e-6 * STRENGTH
    assert bar.ledger.error() < 1e-9
