"""Bonded boundaries that creep across themselves: what it relaxes, and what else looks at it."""

import numpy as np
import pytest

from solver.drive.simulation import Simulation
from solver.model.bond import SlidingLaw
from solver.model.boundary_laws import sliding_laws
from solver.model.build import build_model
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


IN_PLANE = np.linspace(0.0, np.pi, 5, endpoint=False)[[0, 3, 1, 4, 2]]
AXES = [[float(np.cos(angle)), float(np.sin(angle)), 0.0] for angle in IN_PLANE]
HEATED = (
    *disc(5, 1.0, 0.5, 0.35),
    f"particle.orientation={{texture: table, table: {AXES}}}",
    "temperature=550 degC",
    "physics.thermal_expansion={enabled: true, a: 1e-5 1/K, c: 1.6e-5 1/K, stress_free: 25 degC}",
    "physics.swelling.enabled=false",
    "physics.gliding.enabled=true",
    "physics.cohesive.enabled=false",
    "numerics={stagger_tolerance: 1e-8 V, newton_tolerance: 1e-10}",
)
TAU = 10.0  # s, at 550 degC
ALONG = f"enabled: true, relaxation_time: {TAU} s"
BOTH = f"physics.sliding={{{ALONG}, across: 2}}"


def relaxing(duration: float, *overrides: str, step: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """Time in a disc that was heated suddenly, s, and how far layers glide beside boundaries."""
    case = case_of(
        f"['Rest for {duration} s']",
        *HEATED,
        f"numerics.time_step={{initial: 0.1 s, maximum: {step} s}}",
        *overrides,
    )
    _, recorder, outcome = ran(model_of(case, meshed(case)))
    assert outcome.status == "finished", outcome.reason
    assert recorder.column("Energy Error / 1").max() < 1e-6
    return recorder.column("Test Time / s"), recorder.column("Boundary Gliding / 1")


def test_stress_of_heated_grains_vanishes_only_if_boundaries_give_way_across_too():
    """Grains of c axes in the plane fit again once they could slide and part: like exp(-t)."""
    _, kept = relaxing(40 * TAU, f"physics.sliding={{{ALONG}}}", step=20.0)
    time, gliding = relaxing(20 * TAU, BOTH)
    late = time > 10 * TAU
    slope, start = np.polyfit(time[late], np.log(gliding[late]), 1)
    scatter = np.abs(np.log(gliding[late]) - slope * time[late] - start).max()
    print(f"kept {kept[-1] / kept[0]:.3f} by sliding, with both {gliding[-1] / gliding[0]:.1e}")
    print(f"it falls by e in {-1 / slope:.2f} s, within {scatter:.3f}")
    assert kept[-1] > 0.3 * kept[0] > 0
    assert gliding[-1] < 0.01 * gliding[0]
    assert scatter < 0.1


def test_grains_of_one_depth_keep_only_the_stress_along_it():
    """No boundary stands across the third direction of a disc: what differs there stays."""
    case = case_of(
        f"['Rest for {30 * TAU} s']",
        *(key for key in HEATED if "orientation" not in key),
        "numerics.time_step={initial: 0.1 s, maximum: 10 s}",
        BOTH,
    )
    simulation, _, outcome = ran(model_of(case, meshed(case)))
    assert outcome.status == "finished", outcome.reason
    stress = np.abs(simulation.way.stress()).max(axis=0)
    print(f"largest stress, MPa: {stress}")
    assert np.delete(stress, 2).max() < 1e-3 * stress[2]
    assert stress[2] > 50.0


def test_four_times_the_penalty_relaxes_a_disc_as_fast():
    ends = (relaxing(3 * TAU, BOTH, penalised(penalty))[1] for penalty in (2e7, 8e7))
    found = np.array([gliding[[0, -1]] for gliding in ends])
    print(f"gliding {found[0]} and {found[1] / found[0] - 1} more with four times the penalty")
    assert found[1] == pytest.approx(found[0], rel=0.02)


REST = "['Rest for 20 s']"


def test_a_run_that_goes_on_while_boundaries_creep_ends_as_one_that_was_not_stopped():
    case = case_of(REST, *HEATED, BOTH)
    particle = meshed(case)
    whole, recorder, _ = ran(model_of(case, particle))
    stopped = Simulation(model_of(case, particle))
    stopped.run(lambda: stopped.steps == len(recorder.rows) // 3)
    memory = stopped.save()
    resumed = Simulation(model_of(case, particle))
    resumed.load(memory)
    assert resumed.run().status == "finished"
    bond = resumed.model.mechanics.bond
    across = np.einsum("ij,ij->i", bond.slipped, bond.boundaries.normal)
    assert np.abs(across).max() > 1e-5
    for name in ("slip", "displacement"):
        expected = whole.model.state[name]
        assert resumed.model.state[name] == pytest.approx(expected, abs=1e-8), name
    assert resumed.ledger.energies.sliding == pytest.approx(whole.ledger.energies.sliding, rel=1e-7)


def on_some(comm):
    case = case_of(REST, *HEATED, BOTH)
    _, recorder, _ = ran(build_model(case, meshed(case, comm)))
    row = recorder.rows[-1]
    names = ("Mean Gliding / 1", "Largest Gliding / 1", "Mean Sliding / 1")
    return {name: row[name] for name in (*names, "Sliding Dissipation / J.m-1")}


@pytest.mark.parametrize("ranks", [2, 3])
def test_boundaries_creep_alike_on_any_number_of_ranks(ranks):
    one, several = (on_ranks(n, f"{MODULE}:on_some") for n in (1, ranks))
    assert one["Mean Gliding / 1"] > 1e-5
    assert several == pytest.approx(one, rel=1e-6)


CHARGE = "[{charge: {rate: 2C, until: {time: 600 s}}}, {rest: {until: {time: 300 s}}}]"
CRACKING = (
    *disc(8, 1.2, 0.3, 0.2),
    "numerics.time_step.fixed=50 s",
    "physics.cohesive={strength: 0.5 GPa, toughness: 1 J/m^2, law: exponential, "
    "shear_toughness: 3 J/m^2, mixed_mode: {criterion: benzeggagh_kenane, exponent: 1.75}}",
    "physics.friction.enabled=true",
)


def charged(across: str) -> dict[str, float]:
    """The end of a charge in which boundaries crack, rub, slide, and creep across or not."""
    slides = "{enabled: true, relaxation_time: 500 s, reference_temperature: 298.15"
    case = case_of(CHARGE, *CRACKING, f"physics.sliding={slides}, across: {across}}}")
    _, recorder, outcome = ran(model_of(case, meshed(case)))
    assert outcome.status == "finished", outcome.reason
    row = recorder.rows[-1]
    print({name: row[name] for name in row if "Dissipation" in name or "Damage" in name})
    return row


def test_books_close_where_boundaries_crack_rub_and_creep_at_once():
    row, stiff = charged("20"), charged("null")
    assert 1e-3 < row["Mean Damage / 1"] < stiff["Mean Damage / 1"]
    assert row["Sliding Dissipation / J.m-1"] > stiff["Sliding Dissipation / J.m-1"] > 0
    assert row["Energy Error / 1"] < 1e-6


def test_only_slip_along_the_boundaries_is_called_sliding():
    case = case_of(CHARGE, *disc(5, 1.0, 0.5, 0.35), BOTH)
    model = model_of(case, meshed(case))
    normal = model.spaces.boundaries.normal
    along = np.cross(normal, [0.0, 0.0, 1.0])
    model.mechanics.bond.slipped[:] = 3e-4 * normal + 2e-4 * along
    assert model.sliding() == pytest.approx(2e-4 / model.with_chemistry.lattice_a, rel=1e-9)


def test_viscosity_across_is_that_of_the_stiffness_of_grains_times_the_ratio():
    """(2 C_11 + C_33) / 3 in place of C_44, over the penalty in place of the stiffness in shear."""
    case = case_of(CHARGE, *disc(5, 1.0, 0.5, 0.35), BOTH)
    particle = meshed(case)
    mechanics = model_of(case, particle).mechanics
    elastic, law = mechanics.elastic, mechanics.law
    found = sliding_laws(case, particle, elastic, law)(823.15)
    ratio = 2.0 * (2 * elastic.c11 + elastic.c33) / 3 / elastic.c44 * law.shear_stiffness
    assert found.across / found.relaxation_time == pytest.approx(ratio, rel=1e-12)
