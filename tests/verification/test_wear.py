"""Boundaries worn out by cycles and by liquid: against their equations, and in a whole particle."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from solver.state import make_state
from tests.networks import brick_particle, built, static_case

FATIGUE = "physics.fatigue.enabled=true"
NO_SCATTER = "physics.cohesive.scatter=0"
SOFT = "physics.cohesive.penalty=1e18 Pa/m"  # onset at 2 nm, separated at 10 nm
CYCLES, STEPS = 8, 100


class Block:
    """Two grains, moved apart as prescribed."""

    def __init__(self, *overrides):
        case = static_case(FATIGUE, SOFT, NO_SCATTER, *overrides)
        self.model = built(case, brick_particle((2.0, 1.0), (8, 4), (2, 1)))
        self.old = make_state(self.model.spaces)
        self.upper = self.model.spaces.grain_of_node == 1
        law = self.model.mechanics.law
        self.strength, self.toughness = float(law.strength[0]), float(law.toughness[0])

    @property
    def history(self):
        return self.model.state.opening.x.array

    def open(self, opening):
        """Let a step end at this normal opening, um."""
        state = self.model.state
        state.displacement.x.array.reshape(-1, 2)[self.upper] = [opening, 0.0]
        self.history[:] = np.maximum(self.old.opening.x.array, opening)
        self.model.tire(self.old)
        self.old.copy_from(state)

    def cycle(self, amplitude, count, steps=STEPS):
        """Open to an amplitude and close again; return the separation after every cycle."""
        after = []
        for _ in range(count):
            for share in [*np.arange(1, steps + 1), *np.arange(steps - 1, -1, -1)]:
                self.open(amplitude * share / steps)
            separation = self.model.separation()
            assert np.ptp(separation) < 1e-14
            after.append(separation[0])
        return np.array(after)


def integrated(amplitude, count, strength, toughness, penalty=1e6):
    """Separation after every cycle of the law of Roe and Siegmund, by an ODE solver."""
    onset, final, unit = strength / penalty, 2 * toughness / strength, toughness / np.e / strength
    separation, travel, after = 0.0, 0.0, []

    def reach(d):
        return onset + d * (final - onset)

    def slope(opening, d):
        drive = opening / reach(d[0]) - 0.25
        return [max(drive, 0.0) / (4 * unit) if opening <= reach(d[0]) else 0.0]

    for half in range(2 * count):
        begin, end = (0.0, amplitude) if half % 2 == 0 else (amplitude, 0.0)
        idle = min(max(unit - travel, 0.0), amplitude)
        travel += amplitude
        begin += idle * np.sign(end - begin)
        way = abs(end - begin)
        if way > 0:
            path = solve_ivp(
                lambda s, d, a=begin, b=end, w=way: slope(a + (b - a) * s / w, d),
                (0.0, way),
                [separation],
                rtol=1e-10,
                atol=1e-13,
                max_step=way / 50,
            )
            separation = min(path.y[0, -1], 1.0)
        separation = max(separation, (max(amplitude, onset) - onset) / (final - onset))
        if half % 2:
            after.append(separation)
    return np.array(after)


@pytest.mark.parametrize("amplitude", [1.2e-3, 1.9e-3, 4e-3])
def test_a_cycled_block_follows_the_integrated_law(amplitude):
    """Below the onset, near it, and beyond it."""
    block = Block()
    exact = integrated(amplitude, CYCLES, block.strength, block.toughness)
    found = block.cycle(amplitude, CYCLES)
    print(f"{1e3 * amplitude:.1f} nm: {found.round(6)}, off {abs(found - exact).max():.1e}")
    assert found[-1] > found[1] > 0
    assert found == pytest.approx(exact, abs=1e-6)
