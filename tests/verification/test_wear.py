"""Boundaries worn out by cycles and by liquid: against their equations, and in a whole particle."""

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from solver.constants import GAS_CONSTANT
from solver.materials.library import load_boundary_material
from solver.state import make_state
from tests.networks import brick_particle, built, static_case
from tests.particles import ran

FATIGUE, CORROSION = "physics.fatigue.enabled=true", "physics.corrosion.enabled=true"
TYPICAL = "physics.fatigue.endurance=0.25"
NO_SCATTER = "physics.cohesive.scatter=0"
SOFT = "physics.cohesive.penalty=1e18 Pa/m"
PENALTY, ONSET, FINAL, ENDURANCE = 1e6, 2e-3, 1e-2, 0.25  # MPa/um, um, um
LENGTH = 40 * 10.0 / (np.e * 2000.0)  # um: slow enough to count cycles
CYCLES, STEPS = 8, 100


class Block:
    """Two grains, moved apart as prescribed."""

    def __init__(self, *overrides):
        case = static_case(FATIGUE, TYPICAL, SOFT, NO_SCATTER, *overrides)
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


def cycles_to_failure(share):
    """Cycles until a boundary parts under a traction between zero and a share of its strength.

    With r = share / (1 - d), a cycle damages by k (r - C_f)^2 / d_S; at r = 1 it parts.
    """

    def life(d):
        reach = ONSET + d * (FINAL - ONSET)
        return LENGTH / (reach * (share / (1 - d) - ENDURANCE) ** 2)

    return quad(life, 0.0, 1.0 - share, epsabs=0, epsrel=1e-8)[0]


@pytest.mark.parametrize("share", [0.4, 0.6, 0.8])
def test_a_boundary_lasts_the_cycles_of_its_amplitude(share):
    """Under forces, not displacements: every cycle opens it further, until it parts.

    The opening of a cycle is that of the damage at its beginning: some cycles late, however slow.
    """
    block = Block("physics.fatigue.length=40", "physics.fatigue.threshold=0")
    count, opening = 0, 0.0
    while opening < FINAL:
        separation = block.model.separation()[0]
        bears = 1.0 - separation
        if share >= bears:
            break
        opening = share / bears * max(block.history[0], ONSET)
        block.cycle(opening, 1, steps=4)
        count += 1
    exact = cycles_to_failure(share)
    print(f"{share:.2f} of the strength: {count} cycles, {exact:.1f} by the integral")
    assert count == pytest.approx(exact, rel=0.03, abs=3)


def test_a_boundary_lasts_for_ever_below_its_endurance():
    block = Block("physics.fatigue.threshold=0")
    separation = block.cycle(0.249 * ONSET, 200, steps=2)
    assert not separation.any()
    assert block.model.state.travel.x.array[0] == pytest.approx(400 * 0.249 * ONSET)
    assert Block("physics.fatigue.threshold=0").cycle(0.26 * ONSET, 1)[0] > 0


def test_nothing_happens_before_the_threshold():
    """The first four times toughness / (e strength), which is 1.84 nm, are free."""
    block = Block("physics.fatigue.threshold=4")
    unit = block.toughness / (np.e * block.strength)
    amplitude = 0.9 * ONSET
    before = int(4 * unit / (2 * amplitude))
    separation = block.cycle(amplitude, before + 2)
    assert before == 2
    assert not separation[:before].any()
    assert separation[before] > 0


def test_damage_stops_where_the_driving_force_is_gone():
    """Displacements, not forces: as the boundary softens, less and less is left to drive it."""
    block = Block("physics.fatigue.acceleration=20")
    amplitude = 0.8 * ONSET
    separation = block.cycle(amplitude, 60, steps=20)
    arrested = (amplitude / ENDURANCE - ONSET) / (FINAL - ONSET)
    print(f"separation {separation[[0, 9, -1]].round(4)}, arrest at {arrested:.4f}")
    assert np.all(np.diff(separation) >= 0)
    assert separation[-1] < arrested
    assert separation[-1] == pytest.approx(arrested, rel=0.02)


def test_an_open_crack_is_not_driven():
    block = Block()
    block.open(1.1 * FINAL)
    assert np.all(block.model.separation() == 1.0)
    block.cycle(1.5 * FINAL, 3, steps=10)
    assert not block.model.state.fatigue.x.array.any()


def test_what_cycles_did_is_told_apart_from_what_opening_did():
    block = Block()
    block.open(2 * ONSET)
    by_opening = block.model.separation()[0]
    block.cycle(1.5 * ONSET, 4)
    by_cycles = block.model.state.fatigue.x.array[0]
    assert by_opening > 0.1
    assert by_cycles > 0.01
    assert block.model.separation()[0] == pytest.approx(by_opening + by_cycles, rel=1e-12)


HELD = "[{rest: {until: {time: 20 h}}}]"
STATES = {(0, 1): "dry", (1, 2): "liquid", (2, 3): "lpo", (3, 4): "liquid"}


def rested(*overrides, states=STATES):
    """Boundaries of all states, at rest for a while."""
    case = static_case(CORROSION, f"protocol={HELD}", *overrides)
    model = built(case, brick_particle((5.0, 1.0), (10, 4), (5, 1), states=states))
    simulation, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return model, simulation, recorder


def of(model, pair):
    """Corrosion of the points between two grains."""
    here = (model.spaces.boundaries.pair == pair).all(axis=1)
    return model.state.corrosion.x.array[here]


def attacked(model, pair):
    """exp((E - E_ref) / E_scale) at rest: the equilibrium potential of the oxide."""
    law, here = model.wear.corrosion, (model.spaces.boundaries.pair == pair).all(axis=1)
    potential = model.state.grain_potential.x.array[0]
    return law.rate[here] * np.exp((potential - law.reference[here]) / law.scale[here])


def test_a_wet_boundary_corrodes_as_its_equation_says():
    model, simulation, recorder = rested()
    time = recorder.rows[-1]["Test Time / s"]
    for pair in ((1, 2), (3, 4)):
        exact = 1 - np.exp(-attacked(model, pair) * time)
        assert of(model, pair) == pytest.approx(exact, abs=1e-10)
        assert exact.min() > 0.01
    assert simulation.totals.steps > 3


def test_dry_boundaries_and_those_with_lpo_do_not_corrode():
    model, _, _ = rested("physics.corrosion.rate=1 1/s")
    assert of(model, (1, 2)).min() > 0.99
    assert not of(model, (0, 1)).any()
    assert not of(model, (2, 3)).any()
    wet = model.state.wetness.x.array
    wet[:] = 1.0
    model.corrode(1e6)
    assert of(model, (0, 1)).min() > 0.99
    assert not of(model, (2, 3)).any()


def test_heat_speeds_corrosion_up_by_its_activation_energy():
    rates = []
    for temperature in (298.15, 333.15):
        case = static_case(CORROSION, f"temperature={temperature} K")
        model = built(case, brick_particle((2.0, 1.0), (8, 4), (2, 1)))
        model.state.wetness.x.array[:] = 1.0
        model.state.grain_potential.x.array[:] = 4.3
        model.corrode(10.0)
        rates.append(-np.log1p(-model.state.corrosion.x.array.max()) / 10.0)
    activation = 50e3 / GAS_CONSTANT * (1 / 298.15 - 1 / 333.15)
    assert rates[0] == pytest.approx(load_boundary_material("dry").corrosion.rate(298.15), rel=1e-9)
    assert rates[1] / rates[0] == pytest.approx(np.exp(activation), rel=1e-9)


def test_corrosion_alone_parts_a_boundary_that_is_held_open():
    """Strength and toughness fall each to its share; the largest opening stays."""
    block = Block(CORROSION, "physics.fatigue.enabled=false")
    block.open(0.9 * ONSET)
    state = block.model.state
    assert not block.model.separation().any()
    for corroded in (0.0, 0.3, 0.8, 1.0):
        state.corrosion.x.array[:] = corroded
        strength = block.strength * (1 - 0.9 * corroded)
        toughness = block.toughness * (1 - 0.98 * corroded)
        onset, final = strength / PENALTY, 2 * toughness / strength
        exact = max((0.9 * ONSET - onset) / (final - onset), 0.0)
        assert block.model.separation() == pytest.approx(exact, rel=1e-12)
    assert np.all(block.history == 0.9 * ONSET)
