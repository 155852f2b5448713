"""Bonded boundaries that creep across themselves: what it relaxes, and what else looks at it."""

import numpy as np
import pytest

from solver.drive.simulation import Simulation
from solver.model.boundary_laws import sliding_laws
from solver.model.build import build_model
from solver.model.bond import SlidingLaw
from tests.particles import case_of, disc, meshed, model_of, ran
from tests.ranks import on_ranks
from tests.verification.test_sliding_blocks import LAW, SHEAR_STIFFNESS, WIDTH, rig
from tests.verification.test_sliding_under_load import POISSON, YOUNG, loaded

MODULE = "tests.verification.test_sliding_across"
ACROSS = SlidingLaw(across=2.0)  # s; along nothing slides
SIDES = {"pulled": 1.0, "pressed": -1.0}
MODULUS = YOUNG * (1 - POISSON) / ((1 + POISSON) * (1 - 2 * POISSON))


def left_after(steps: int, opened: float, end: float) -> float:
    """Normal traction over that at first of a face that is held open so far."""
    blocks = rig(LAW, ACROSS)
    blocks.move(0.0, opened)
    first = blocks.traction[1]
    assert first == pytest.approx(LAW.penalty * opened, rel=1e-6)
    for _ in range(steps):
        blocks.move(0.0, opened, end / steps)
    slipped = blocks.body.system.bond.slipped.mean(axis=0)
    left = float(blocks.traction[1] / first)
    assert slipped[:2] == pytest.approx([0.0, (1 - left) * opened], rel=1e-6, abs=1e-12)
    return left


@pytest.mark.parametrize("sign", SIDES.values(), ids=SIDES)
def test_normal_traction_relaxes_like_a_maxwell_body(sign):
    """exp(-t / tau), pulled or pressed: first order in the step; extrapolated, 0.1 % are left."""
    end, counts = 3.0, np.array([16, 32, 64])
    exact = np.exp(-end / 2.0)
    found = np.array([left_after(int(count), sign * 1e-3, end) for count in counts])
    errors = np.abs(found / exact - 1)
    order = -np.polyfit(np.log(counts), np.log(errors), 1)[0]
    extrapolated = (8 * found[2] - 6 * found[1] + found[0]) / 3
    print(f"off by {errors}, order {order:.3f}, extrapolated by {extrapolated / exact - 1:.1e}")
    assert order == pytest.approx(1.0, abs=0.05)
    assert extrapolated == pytest.approx(exact, rel=1e-3)


def test_shear_and_opening_relax_each_in_its_own_time():
    blocks = rig(LAW, SlidingLaw(relaxation_time=1.0, across=4.0))
    for dt in (0.0, *np.full(10, 0.3)):
        blocks.move(0.5e-3, 0.8e-3, dt)
        blocks.ledger.book(blocks.body.state["damage"])
    shares = blocks.traction / (SHEAR_STIFFNESS * 0.5e-3, LAW.penalty * 0.8e-3)
    assert shares == pytest.approx([1.3**-10, 1.075**-10], rel=1e-6)


@pytest.mark.parametrize("sign", SIDES.values(), ids=SIDES)
def test_work_of_opening_is_what_is_stored_and_crept(sign):
    blocks = rig(LAW, ACROSS)
    for y in sign * 1e-3 * np.sin(np.linspace(0, 3, 40)):
        blocks.move(0.0, y, 0.1)
        blocks.ledger.book(blocks.body.state["damage"])
    e = blocks.ledger.energies
    print(f"crept {e.sliding:.4g} pJ, algorithmic {e.algorithmic:.1e} pJ")
    assert e.sliding > e.bond + e.contact > 0
    assert abs(e.algorithmic) < 1e-6 * e.sliding


def opened(duration: float) -> tuple[float, float, float]:
    """A face opened by twice its onset in a given time: reach over onset, slid, and fracture."""
    blocks = rig(LAW, ACROSS)
    for y in np.linspace(0, 2 * LAW.onset, 41)[1:]:
        blocks.move(0.0, y, duration / 40)
        blocks.ledger.book(blocks.body.state["damage"])
    e = blocks.ledger.energies
    return float(blocks.body.state["damage"].max()), e.sliding, e.fracture


def test_slow_opening_is_filled_with_matter_and_fast_opening_breaks():
    fast, slow = opened(1e-3), opened(1e3)
    assert fast[0] == pytest.approx(LAW.damage(2 * LAW.onset), rel=2e-3)
    assert fast[2] > 100 * fast[1]
    assert slow[0] == slow[2] == 0.0
    rate = 2 * LAW.onset / 1e3
    viscous = LAW.penalty * 2.0 * rate**2 * (1e3 - 3.0) * WIDTH  # eta rate^2, less the start
    assert slow[1] == pytest.approx(viscous, rel=0.02)


def test_matter_between_the_sides_is_no_gap_and_holds_them_apart_once_broken():
    """They meet where the matter is; nothing of it goes where nothing is bonded."""
    plated, blocks = 0.5e-3, rig(LAW, ACROSS)
    system, damage = blocks.body.system, blocks.body.state["damage"]
    for dt in (0.0, 2.0):
        blocks.move(0.0, 2 * plated, dt)
    assert system.bond.slipped[:, 1] == pytest.approx(plated, rel=1e-6)
    assert system.gaps(damage) == pytest.approx(0.0, abs=1e-12)
    damage[:] = 1.0
    blocks.move(0.0, 2 * plated, 5.0)
    assert blocks.traction[1] == pytest.approx(0.0, abs=1e-6)
    assert system.gaps(damage)[:, 1] == pytest.approx(plated, rel=1e-6)
    blocks.move(0.0, 0.8 * plated, 5.0)
    assert blocks.traction[1] == pytest.approx(-0.2 * plated * LAW.penalty, rel=1e-6)
    assert system.gaps(damage) == pytest.approx(0.0, abs=1e-12)
    assert system.bond.slipped[:, 1] == pytest.approx(plated, rel=1e-6)


def test_friction_goes_with_the_pressure_that_is_left():
    """Half broken, pressed and sheared far: the limit falls as the pressure relaxes."""
    pressed, mu = 1e-3, 0.4
    blocks = rig(LAW, SlidingLaw(friction=mu, across=2.0))
    damage = blocks.body.state["damage"]
    damage[:] = 0.5
    blocks.move(0.0, -pressed)
    bond = LAW.penalty * 0.49 * LAW.onset * 0.5 / LAW.reach(0.5)
    for left, dt in ((1.0, 0.0), (0.5, 2.0), (0.25, 2.0)):
        blocks.move(4e-3, -pressed, dt)
        pressure = left * LAW.penalty * pressed
        assert blocks.traction[1] == pytest.approx(-pressure, rel=1e-6)
        assert blocks.traction[0] == pytest.approx(bond * 4e-3 + mu * 0.5 * pressure, rel=1e-6)


BAR = "{surface: base, fixed: [x, y]}, {surface: flanks, fixed: [x]}, "
SLIDES = "physics.sliding={enabled: true, relaxation_time: 50 s, activation_energy: 0, across: 0.4}"
VISCOSITY = 0.4 * 50.0 * MODULUS / 1.0  # of grains of 1 um, MPa s / um
PENALTIES = (1e6, 4e6)


def penalised(penalty: float) -> str:
    """Override: a stiffer or softer penalty, MPa/um."""
    return f"physics.cohesive.penalty={1e12 * penalty} Pa/m"


@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_stretched_bicrystal_relaxes_while_it_is_held(penalty):
    """Blocks and bond are springs, and the dashpot does not know the penalty."""
    steps, exact = 60, VISCOSITY * (2.0 / MODULUS + 1.0 / penalty)
    _, recorder = loaded(
        f"[{BAR}{{surface: top, fixed: [x], displacement: {{y: 0.1 nm}}}}]",
        f"[{{load: {{to: 1, increments: 1}}}}, "
        f"{{load: {{to: 1, increments: {steps}, duration: {1.5 * exact} s}}}}]",
        SLIDES,
        "physics.cohesive.strength=1 GPa",
        penalised(penalty),
    )
    stress = 1e6 * recorder.column("Force top y / N")[1:]
    held = recorder.column("Test Time / s")[1:]
    assert stress[0] == pytest.approx(1e-4 / (2 / MODULUS + 1 / penalty), rel=1e-6)
    euler = (1 + 1.5 / steps) ** -np.round((held - held[0]) / (1.5 * exact) * steps)
    assert stress / stress[0] == pytest.approx(euler, rel=1e-5)
    lost = recorder.column("Elastic Energy / J") + recorder.column("Bond Energy / J")
    slid = recorder.column("Sliding Dissipation / J")
    assert slid[-1] == pytest.approx(lost[1] - lost[-1], rel=0.02)
    assert recorder.column("Energy Error / 1").max() < 1e-9


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("sign", SIDES.values(), ids=SIDES)
def test_a_bar_creeps_under_a_constant_load_by_stress_over_viscosity(sign, penalty):
    stress = 20.0 * sign
    _, recorder = loaded(
        f"[{BAR}{{surface: top, fixed: [x], traction: {{y: {stress} MPa}}}}]",
        "[{load: {to: 1, increments: 1}}, {load: {to: 1, increments: 5, duration: 100 s}}]",
        SLIDES,
        "physics.cohesive.strength=1 GPa",
        penalised(penalty),
    )
    moved = 1e6 * recorder.column("Displacement top y / m")[1:]
    rate = np.diff(moved) / 20.0
    print(f"rate over stress / viscosity - 1: {rate / (stress / VISCOSITY) - 1}")
    assert moved[0] == pytest.approx(stress * (2 / MODULUS + 1 / penalty), rel=1e-6)
    assert rate == pytest.approx(stress / VISCOSITY, rel=1e-6)
    work = recorder.column("External Work / J")
    slid = recorder.column("Sliding Dissipation / J")
    assert slid[-1] == pytest.approx(work[-1] - work[1], rel=1e-6)
