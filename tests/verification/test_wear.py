"""Boundaries worn out by cycles and by liquid: against their equations, and in a whole particle."""

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from solver.materials.library import load_boundary_material
from solver.units.constants import GAS_CONSTANT
from tests.networks import brick_particle, built, static_case
from tests.particles import ran

FATIGUE, CORROSION = "physics.fatigue.enabled=true", "physics.corrosion.enabled=true"
TYPICAL = "physics.fatigue.endurance=0.25"
NO_SCATTER = "physics.cohesive.scatter=0"
SOFT = "physics.cohesive.penalty=1e18 Pa/m"
PENALTY, ONSET, FINAL, ENDURANCE = 1e6, 2e-3, 1e-2, 0.25  # MPa/um, um, um
UNIT = 10.0 / (np.e * 2000.0)  # um
LENGTH = 40 * UNIT  # slow enough to count cycles
SLOW = "physics.fatigue.length=40"
EARLY = (SLOW, "physics.fatigue.threshold=0")
CYCLES, STEPS = 8, 100


class Block:
    """Two grains, moved apart as prescribed, or until their boundary bears what is prescribed."""

    def __init__(self, *overrides):
        case = static_case(FATIGUE, TYPICAL, SOFT, NO_SCATTER, *overrides)
        self.model = built(case, brick_particle((2.0, 1.0), (8, 4), (2, 1)))
        self.old = self.model.state.another()
        self.upper = self.model.spaces.grain_of_node == 1

    @property
    def damage(self):
        return self.model.state["damage"]

    def open(self, opening):
        """Let a step end at this normal opening, um."""
        state, law = self.model.state, self.model.mechanics.law
        state["displacement"].reshape(-1, 3)[self.upper] = [opening, 0.0, 0.0]
        self.damage[:] = np.maximum(self.old["damage"], law.damage(opening))
        for mechanism in self.model.slow.mechanisms:
            mechanism.advance(self.model.present(self.old), 0.0)
        self.old.copy_from(state)

    def bear(self, share):
        """Let a step end under this share of the strength of the intact boundary."""
        law, separation = self.model.mechanics.law, self.model.broken_share()[0]
        assert share <= 1.0 - separation
        self.open(share / (1.0 - separation) * law.reach(self.damage)[0])

    def cycle(self, go, amplitude, count, steps=STEPS):
        """Go to an amplitude and back; return the separation after every cycle."""
        after = []
        for _ in range(count):
            for part in [*np.arange(1, steps + 1), *np.arange(steps - 1, -1, -1)]:
                go(amplitude * part / steps)
            separation = self.model.broken_share()
            assert np.ptp(separation) < 1e-14
            after.append(separation[0])
        return np.array(after)


def reach(d):
    """Opening of a damaged boundary under all that it bears, um: the gap, and UNIT if intact."""
    return d * FINAL + (1 - d) * UNIT


def integrated(amplitude, count, separation):
    """Separation after every cycle of the law of Roe and Siegmund under forces, by an ODE solver.

    amplitude: share of the strength. separation: before the first cycle. While the load falls the
    damage of that very moment lets the boundary open, which shortens the way back.
    """
    travel, after = 0.0, []

    def slope(share, d, falls):
        left = 1 - d[0]
        drive = max(share / left - ENDURANCE, 0.0) / LENGTH
        opens = drive * share * FINAL / left**2
        return [drive * reach(d[0]) / left / (1 + falls * opens)]

    for half in range(2 * count):
        begin, end = (0.0, amplitude) if half % 2 == 0 else (amplitude, 0.0)
        scale = reach(separation) / (1 - separation)
        idle = min(max(UNIT - travel, 0.0) / scale, amplitude)
        travel += amplitude * scale
        begin += idle * np.sign(end - begin)
        way = abs(end - begin)
        if way > 0:
            path = solve_ivp(
                lambda s, d, a=begin, b=end, w=way: slope(a + (b - a) * s / w, d, b < a),
                (0.0, way),
                [separation],
                rtol=1e-10,
                atol=1e-13,
                max_step=way / 50,
            )
            separation = min(path.y[0, -1], 1.0)
        if half % 2:
            after.append(separation)
    return np.array(after)


@pytest.mark.parametrize(("amplitude", "opened"), [(0.5, 0.0), (0.7, 0.0), (0.5, 0.2)])
def test_a_cycled_block_follows_the_integrated_law(amplitude, opened, drawn):
    """Intact, and damaged by an opening before."""
    block = Block(SLOW)
    if opened:
        block.open(float(block.model.mechanics.law.reach(opened)[0]))
        block.open(0.0)
        block.model.state["travel"][:] = block.model.state["fatigue"][:] = 0.0
        block.damage[:] = opened
        block.old.copy_from(block.model.state)
    exact = integrated(amplitude, CYCLES, opened)
    found = block.cycle(block.bear, amplitude, CYCLES)
    cycles = range(1, CYCLES + 1)
    drawn("cycles", "damage", {"integral": (cycles, exact)}, {"found": (cycles, found)})
    print(f"{amplitude} of the strength: {found.round(6)}, off {abs(found - exact).max():.1e}")
    assert found[-1] > found[2] > opened
    assert found == pytest.approx(exact, rel=1e-3, abs=1e-8)


def test_cycles_do_not_feel_the_penalty():
    """A bonded boundary yields by its penalty; that is no path."""
    found = [
        Block(f"physics.cohesive.penalty={penalty} Pa/m", *EARLY) for penalty in (1e18, 1.6e19)
    ]
    damaged = [block.cycle(block.bear, 0.7, CYCLES, steps=10) for block in found]
    assert damaged[0][-1] > 0.02
    assert damaged[0] == pytest.approx(damaged[1], rel=1e-9)
    travels = [block.model.state["travel"][0] for block in found]
    assert travels[0] == pytest.approx(travels[1], rel=1e-9)
    assert travels[0] > 2 * CYCLES * 0.7 * UNIT


def test_a_load_that_is_held_is_no_path_however_the_boundary_weakens():
    """Cycles damage it: it opens under the same force, and unloads at the same opening."""
    block = Block(CORROSION, "physics.fatigue.acceleration=5", *EARLY)
    block.bear(0.7)
    travel, damaged = block.model.state["travel"].copy(), block.damage.copy()
    assert damaged.min() > 0.01
    for corroded in (0.0, 0.05, 0.1):
        block.model.state["corrosion"][:] = corroded
        block.model.slow.weaken(block.model.present())
        block.old.copy_from(block.model.state)
        law = block.model.mechanics.law
        traction = 0.7 * float(block.model.mechanics.resistance.fresh.strength[0])
        bears = (1 - block.damage[0]) * law.strength[0]
        block.open(traction / bears * law.reach(block.damage)[0])
    block.open(block.model.state["displacement"].max())
    assert block.model.state["travel"] == pytest.approx(travel, rel=1e-9)
    assert block.damage == pytest.approx(damaged, rel=1e-9)
    block.open(0.0)
    assert block.damage.min() > 1.5 * damaged.max()


def cycles_to_failure(share):
    """Cycles until a boundary parts under a traction between zero and a share of its strength.

    With r = share / (1 - d), a cycle damages by reach (r - C_f)^2 / d_S; at r = 1 it parts.
    """

    def life(d):
        return LENGTH / (reach(d) * (share / (1 - d) - ENDURANCE) ** 2)

    return quad(life, 0.0, 1.0 - share, epsabs=0, epsrel=1e-8)[0]


@pytest.mark.parametrize("share", [0.4, 0.6, 0.8])
def test_a_boundary_lasts_the_cycles_of_its_amplitude(share):
    """Under forces, not displacements: every cycle opens it further, until it parts."""
    block, count = Block(*EARLY), 0
    while share < 1.0 - block.model.broken_share()[0]:
        opening = (
            share
            / (1.0 - block.model.broken_share()[0])
            * block.model.mechanics.law.reach(block.damage)
        )
        block.cycle(block.open, opening[0], 1, steps=4)
        count += 1
    exact = cycles_to_failure(share)
    print(f"{share:.2f} of the strength: {count} cycles, {exact:.1f} by the integral")
    assert count == pytest.approx(exact, rel=0.03, abs=3)


def test_a_boundary_lasts_for_ever_below_its_endurance():
    block = Block(*EARLY)
    separation = block.cycle(block.bear, 0.249, 200, steps=2)
    assert not separation.any()
    assert block.model.state["travel"][0] == pytest.approx(400 * 0.249 * UNIT)
    another = Block(*EARLY)
    assert another.cycle(another.bear, 0.26, 1)[0] > 0


def test_nothing_happens_before_the_threshold():
    """The first four times toughness / (e strength), which is 1.84 nm, are free."""
    block = Block("physics.fatigue.threshold=4")
    before = int(4 / (2 * 0.9))
    separation = block.cycle(block.bear, 0.9, before + 1)
    assert before == 2
    assert not separation[:before].any()
    assert separation[before] > 0


def test_damage_stops_where_the_driving_force_is_gone():
    """Displacements, not forces: as the boundary softens, less and less is left to drive it."""
    block = Block("physics.fatigue.acceleration=20")
    amplitude = 0.8 * ONSET
    separation = block.cycle(block.open, amplitude, 60, steps=20)
    arrested = (amplitude / ENDURANCE - ONSET) / (FINAL - ONSET)
    print(f"separation {separation[[0, 9, -1]].round(4)}, arrest at {arrested:.4f}")
    assert np.all(np.diff(separation) >= 0)
    assert separation[-1] < arrested
    assert separation[-1] == pytest.approx(arrested, rel=0.02)


def test_an_open_crack_is_not_driven():
    block = Block()
    block.open(1.1 * FINAL)
    assert np.all(block.model.broken_share() == 1.0)
    block.cycle(block.open, 1.5 * FINAL, 3, steps=10)
    assert not block.model.state["fatigue"].any()


def test_what_cycles_did_is_told_apart_from_what_opening_did():
    block = Block()
    block.open(2 * ONSET)
    by_opening = block.model.broken_share()[0]
    block.cycle(block.open, 1.5 * ONSET, 4)
    by_cycles = block.model.state["fatigue"][0]
    assert by_opening > 0.1
    assert by_cycles > 0.01
    assert block.model.broken_share()[0] == pytest.approx(by_opening + by_cycles, rel=1e-12)


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
    return model.state["corrosion"][here]


def attacked(model, pair):
    """exp((E - E_ref) / E_scale) at rest: the equilibrium potential of the oxide."""
    law, here = model.slow["corrosion"].law, (model.spaces.boundaries.pair == pair).all(axis=1)
    potential = model.state["grain_potential"][0]
    return law.rate[here] * np.exp((potential - law.reference[here]) / law.scale[here])


def test_a_wet_boundary_corrodes_as_its_equation_says():
    model, simulation, recorder = rested()
    time = recorder.rows[-1]["Test Time / s"]
    for pair in ((1, 2), (3, 4)):
        exact = 1 - np.exp(-attacked(model, pair) * time)
        assert of(model, pair) == pytest.approx(exact, abs=1e-10)
        assert exact.min() > 0.01
    assert simulation.steps > 3


def test_dry_boundaries_and_those_with_lpo_do_not_corrode():
    model, _, _ = rested("physics.corrosion.rate=1 1/s")
    assert of(model, (1, 2)).min() > 0.99
    assert not of(model, (0, 1)).any()
    assert not of(model, (2, 3)).any()
    wet = model.state["wetness"]
    wet[:] = 1.0
    model.slow["corrosion"].advance(model.present(), 1e6)
    assert of(model, (0, 1)).min() > 0.99
    assert not of(model, (2, 3)).any()


def test_heat_speeds_corrosion_up_by_its_activation_energy():
    rates = []
    for temperature in (298.15, 333.15):
        case = static_case(CORROSION, f"temperature={temperature} K")
        model = built(case, brick_particle((2.0, 1.0), (8, 4), (2, 1)))
        model.state["wetness"][:] = 1.0
        model.state["grain_potential"][:] = 4.3
        model.slow["corrosion"].advance(model.present(), 10.0)
        rates.append(-np.log1p(-model.state["corrosion"].max()) / 10.0)
    activation = 50e3 / GAS_CONSTANT * (1 / 298.15 - 1 / 333.15)
    assert rates[0] == pytest.approx(
        load_boundary_material("dry").entries["corrosion"].rate(298.15), rel=1e-9
    )
    assert rates[1] / rates[0] == pytest.approx(np.exp(activation), rel=1e-9)


def test_what_is_weakened_is_as_whole_as_before_and_parts_where_it_bears_too_much():
    """Strength and toughness fall each to its share; the damage stays until the next step."""
    for corroded in (0.0, 0.05, 0.3, 0.8, 1.0):
        block = Block(CORROSION, "physics.fatigue.enabled=false")
        block.open(0.9 * ONSET)
        block.model.state["corrosion"][:] = corroded
        block.model.slow.weaken(block.model.present())
        assert not block.model.broken_share().any()
        block.open(0.9 * ONSET)
        strength, toughness = 2e3 * (1 - 0.9 * corroded), 10.0 * (1 - 0.98 * corroded)
        onset, final = strength / PENALTY, 2 * toughness / strength
        exact = np.clip((0.9 * ONSET - onset) / (final - onset), 0.0, 1.0)
        assert block.model.broken_share() == pytest.approx(exact, rel=1e-12)
        assert (exact > 0) == (corroded > 0.2)
