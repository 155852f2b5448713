"""Two blocks that slide along their common face: slowly while bonded, with friction when broken.

The outside is held by springs and sheared; the forces come from them, the opening from the face.
"""

from typing import NamedTuple

import numpy as np
import pytest
import ufl
from dolfinx import fem

from solver.model.bond import SlidingLaw
from solver.model.energy import EnergyLedger
from solver.model.mechanics import make_mechanical_system
from solver.model.spaces import make_spaces
from solver.model.state import make_state
from solver.physics.cohesive import Strength, at_mix
from solver.physics.mechanics import Stiffness
from tests.bodies import Body, bricks, hold

LAW = Strength(strength=2000.0, toughness=10.0, shear_ratio=0.7, penalty=1e6, residual=0.0)
SHEAR_STIFFNESS = 0.49e6
RIGID = Stiffness.isotropic(1e13, 0.3)
WAYS = {"in the plane": 0, "out of the plane": 2}
WIDTH, HEIGHT, SPRING = 0.3, 0.2, 1e13


class Rig(NamedTuple):
    """The blocks between their springs; the upper one is moved, the lower one stays."""

    body: Body
    ledger: EnergyLedger
    load: ufl.Form
    target: fem.Function
    upper: np.ndarray
    way: int

    def move(self, along: float, across: float, dt: float = 0.0) -> None:
        """Move the upper block, along x or out of the plane; one time step."""
        bond, damage = self.body.system.bond, self.body.state["damage"].copy()
        bond.dt = dt
        self.body.system.begin_step(damage)
        moved = self.body.vectors(self.target.x.array)
        moved[self.upper, self.way], moved[self.upper, 1] = along, across
        hold(self.body, self.load, damage)
        self.body.system.settle()

    @property
    def opening(self) -> np.ndarray:
        """Tangential and normal opening of the face, um."""
        return np.asarray(self.body.system.openings().mean(axis=0))[[self.way, 1]]

    @property
    def traction(self) -> np.ndarray:
        """Shear and pressure in the face, MPa."""
        return np.asarray(self.body.vectors(self.body.system.traction.x.array).mean(axis=0))[
            [self.way, 1]
        ]


def rig(law: Strength, sliding: SlidingLaw, broken: bool = False, way: int = 0) -> Rig:
    """Blocks at rest, to be sheared along x or (way 2) out of the plane.

    Springs and blocks are far stiffer than the face.
    """
    blocks = bricks((WIDTH, HEIGHT), (3, 4), (1, 2), [[0, 0, 1]] * 2)
    spaces = make_spaces(blocks)
    state = make_state(spaces)
    system = make_mechanical_system(blocks, spaces, state, RIGID, law, sliding=sliding)
    if broken:
        state["damage"][:] = 1.0
    target, v = fem.Function(spaces.vector), ufl.TestFunction(spaces.vector)
    load = (
        SPRING
        * ufl.inner(state.function("displacement") - target, v)
        * ufl.Measure("ds", blocks.mesh)
    )
    ledger = EnergyLedger(system)
    ledger.open(state["damage"])
    upper = spaces.grain_of_node == 1
    return Rig(Body(blocks, spaces, state, system), ledger, load, target, upper, way)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_shear_of_a_bonded_face_relaxes_like_a_maxwell_body(way, drawn):
    """Held at a shear opening, the traction falls like exp(-t / tau): first order in the step."""
    tau, end, shear = 2.0, 3.0, 1e-3
    exact = SHEAR_STIFFNESS * shear * np.exp(-end / tau)
    counts, errors = np.array([16, 32, 64]), []
    for steps in counts:
        blocks = rig(LAW, SlidingLaw(relaxation_time=tau), way=way)
        blocks.move(shear, 0.0)
        assert blocks.traction[0] == pytest.approx(SHEAR_STIFFNESS * shear, rel=1e-6)
        for _ in range(steps):
            blocks.move(shear, 0.0, end / steps)
        errors.append(abs(blocks.traction[0] / exact - 1))
        slip = blocks.body.system.bond.slipped.mean(axis=0)
        assert slip[way] == pytest.approx(shear - blocks.traction[0] / SHEAR_STIFFNESS, rel=1e-6)
    order = -np.polyfit(np.log(counts), np.log(errors), 1)[0]
    known = {"first order": (counts, errors[0] * counts[0] / counts)}
    found = {"found": (counts, errors)}
    drawn("time steps", "error of the traction", known, found, xscale="log", yscale="log")
    print(f"relaxation after {end / tau} tau off by {errors}, order {order:.3f}")
    assert errors[-1] < 0.02
    assert order == pytest.approx(1.0, abs=0.05)


def test_the_normal_direction_does_not_relax():
    blocks = rig(LAW, SlidingLaw(relaxation_time=1.0))
    blocks.move(0.0, 1e-3)
    for _ in range(5):
        blocks.move(0.0, 1e-3, 10.0)
    assert blocks.traction[1] == pytest.approx(1e3, rel=1e-6)
    assert np.abs(blocks.body.system.bond.slipped).max() < 1e-9


def sheared(duration: float, tau: float = 10.0, steps: int = 40) -> Rig:
    """A face that is sheared by twice what breaks it, in a given time."""
    blocks = rig(LAW, SlidingLaw(relaxation_time=tau))
    for x in np.linspace(0, 2 * 2e-3 / 0.7, steps + 1)[1:]:
        blocks.move(x, 0.0, duration / steps)
        blocks.ledger.book(blocks.body.state["damage"])
    return blocks


def test_slow_shear_is_accommodated_and_fast_shear_breaks():
    fast, slow = sheared(0.01), sheared(1e3)
    reached = LAW.reach(fast.body.state["damage"].max()) / LAW.onset
    print(f"largest opening of the fast one over onset: {reached:.3f}")
    assert reached == pytest.approx(2.0, rel=2e-3)
    assert not slow.body.state["damage"].any()
    assert fast.ledger.energies.fracture > 100 * fast.ledger.energies.sliding
    assert slow.ledger.energies.fracture == 0.0
    rate = 2 * 2e-3 / 0.7 / 1e3
    viscous = SHEAR_STIFFNESS * 10.0 * rate**2 * (1e3 - 15.0) * WIDTH  # eta rate^2, less the start
    assert slow.ledger.energies.sliding == pytest.approx(viscous, rel=0.02)


def test_work_of_shear_is_what_is_stored_and_slid():
    """Nothing is left over to the algorithm while the bond is intact: the books are exact."""
    blocks = rig(LAW, SlidingLaw(relaxation_time=5.0))
    for x in 1e-3 * np.sin(np.linspace(0, 7, 60)):
        blocks.move(x, 0.0, 0.3)
        blocks.ledger.book(blocks.body.state["damage"])
    e = blocks.ledger.energies
    print(f"slid {e.sliding:.4g} pJ, algorithmic {e.algorithmic:.1e} pJ")
    assert e.sliding > e.bond > 0
    assert abs(e.algorithmic) < 1e-6 * e.sliding


def stick_slip(x: np.ndarray, limit: float) -> np.ndarray:
    """Traction of a spring in series with a slider, by its turning points (Masing)."""
    tractions, before, last = [], 0.0, 0.0
    for now in x:
        before = float(np.clip(before + SHEAR_STIFFNESS * (now - last), -limit, limit))
        tractions.append(before)
        last = now
    return np.array(tractions)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_broken_pressed_face_sticks_and_slips(way):
    mu, pressed = 0.4, 1e-3
    limit = mu * LAW.penalty * pressed
    blocks = rig(LAW, SlidingLaw(friction=mu), broken=True, way=way)
    blocks.move(0.0, -pressed)
    turns = [np.linspace(a, b, 41)[1:] for a, b in ((0, 4e-3), (4e-3, -4e-3), (-4e-3, 4e-3))]
    path, found = np.concatenate(turns), []
    for x in path:
        blocks.move(x, -pressed)
        blocks.ledger.book(blocks.body.state["damage"])
        found.append(blocks.traction[0])
    wrong = np.abs(np.array(found) - stick_slip(path, limit)).max() / limit
    reach = limit / SHEAR_STIFFNESS
    slid = (4e-3 - reach) + 2 * (8e-3 - 2 * reach)
    friction = blocks.ledger.energies.friction
    lost = friction / (limit * slid * WIDTH) - 1
    print(f"stick-slip curve off by {wrong:.1e}, dissipation by {lost:.1e}")
    assert wrong < 1e-6
    assert friction == pytest.approx(limit * slid * WIDTH, rel=1e-6)
    assert blocks.body.state["damage"] == pytest.approx(1.0)


def test_sheared_faces_slip_when_the_pressure_goes():
    blocks = rig(LAW, SlidingLaw(friction=0.4), broken=True)
    blocks.move(0.0, -1e-3)
    blocks.move(0.7e-3, -1e-3)
    assert blocks.traction[0] == pytest.approx(0.7e-3 * SHEAR_STIFFNESS, rel=1e-6)
    blocks.move(0.7e-3, -0.5e-3)
    assert blocks.traction[0] == pytest.approx(0.4 * 0.5e-3 * LAW.penalty, rel=1e-6)
    blocks.move(0.7e-3, 1e-4)
    assert np.abs(blocks.traction).max() < 1e-6


def test_a_broken_face_that_closes_again_keeps_its_damage():
    """Opened half way, closed and pressed, opened again: contact neither heals nor damages."""
    blocks = rig(LAW, SlidingLaw(friction=0.4))
    damage = blocks.body.state["damage"]
    for across in np.linspace(0, 6e-3, 13)[1:]:
        blocks.move(0.0, across)
        blocks.ledger.book(damage)
    damaged, peak = damage.copy(), blocks.traction[1]
    for across in np.linspace(6e-3, -2e-3, 9)[1:]:
        blocks.move(0.0, across)
        blocks.ledger.book(damage)
    assert blocks.traction[1] == pytest.approx(-2e-3 * LAW.penalty, rel=1e-6)
    assert np.array_equal(damage, damaged)
    for across in np.linspace(-2e-3, 6e-3, 9)[1:]:
        blocks.move(0.0, across)
        blocks.ledger.book(damage)
    e = blocks.ledger.energies
    spent = LAW.toughness * 0.5 * WIDTH
    print(f"fracture {e.fracture / spent - 1:.1e} off; algorithmic {e.algorithmic / spent:.1e}")
    assert blocks.traction[1] == pytest.approx(peak, rel=1e-6)
    assert e.fracture == pytest.approx(spent, rel=1e-6)


@pytest.mark.parametrize("broken", [False, True])
def test_a_face_slips_slowly_as_long_as_it_is_bonded(broken):
    """Half of a shear is slipped within one relaxation time, none where nothing is bonded."""
    blocks = rig(LAW, SlidingLaw(relaxation_time=2.0), broken)
    blocks.move(1e-3, 1e-4, 2.0)
    slipped = blocks.body.system.bond.slipped.mean(axis=0)
    assert slipped == pytest.approx([0.0 if broken else 0.5e-3, 0.0, 0.0], rel=1e-6, abs=1e-12)


def test_a_half_broken_face_slides_and_sticks_each_on_its_own_account():
    """Pressed, sheared and held: the bond gives up all of its shear, what rubs sticks unmoved."""
    pressed, along, broken = 1e-3, 0.5e-3, 0.5
    blocks = rig(LAW, SlidingLaw(relaxation_time=2.0, friction=0.4))
    damage = blocks.body.state["damage"]
    damage[:] = broken
    blocks.ledger.open(damage)
    for dt in (0.0, *np.full(30, 2.0)):
        blocks.move(along, -pressed, dt)
        e = blocks.ledger.book(damage)
    bond = LAW.shear_stiffness * LAW.strength * (1 - broken) / LAW.reach(damage[0])
    springs = 0.5 * (LAW.penalty * pressed**2 + broken * SHEAR_STIFFNESS * along**2) * WIDTH
    assert e.sliding == pytest.approx(0.5 * bond * along**2 * WIDTH, rel=1e-6)
    assert e.contact == pytest.approx(springs, rel=1e-6)
    assert abs(e.friction) < 1e-9 * springs
    assert abs(e.algorithmic) < 1e-6 * e.sliding


@pytest.mark.parametrize("slipped", [0.0, 3e-3])
def test_what_a_delay_takes_does_not_ask_what_had_slipped_before(slipped):
    """A reach that stays a constant way behind the opening: K (l^2 - k^2)/2 dloss(k) by hand."""
    behind, low, high = 0.3 * LAW.onset, 1.2 * LAW.onset, 1.6 * LAW.onset
    blocks = rig(LAW, SlidingLaw(relaxation_time=1.0))
    state, taken = blocks.body.state, []
    for reached in (low, high):
        state["damage"][:] = LAW.damage(reached)
        blocks.body.vectors(state["slip"])[:] = [slipped, 0.0, 0.0]
        blocks.body.displacement[blocks.upper] = [slipped, reached + behind, 0.0]
        taken.append(blocks.ledger.book(state["damage"]).viscous)
    stiffness = LAW.penalty * LAW.onset * LAW.final / (LAW.final - LAW.onset)
    work = behind * np.log(high / low) + behind**2 / 2 * (1 / low - 1 / high)
    assert taken[1] - taken[0] == pytest.approx(stiffness * work * WIDTH, rel=1e-9)


BK = "Benzeggagh-Kenane"
SHEAR_TOUGH = LAW._replace(shear_ratio=1.4, toughness_ratio=4.0, exponent=1.75)
LAWS = {
    "bilinear": LAW,
    "exponential": LAW._replace(shape="exponential"),
    BK: SHEAR_TOUGH._replace(criterion="benzeggagh_kenane"),
    "power law": SHEAR_TOUGH._replace(criterion="power_law"),
    "exponential power law": SHEAR_TOUGH._replace(criterion="power_law", shape="exponential"),
}


@pytest.mark.parametrize(("name", "way"), [*((name, 0) for name in LAWS), (BK, 2)])
def test_a_face_torn_apart_has_spent_the_toughness_of_its_mix(name, way):
    """Booked by the ledger; the work of the tractions finds the same with shorter steps."""
    law, worst, left = LAWS[name], 0.0, []
    for mix in (0.0, 0.3, 0.7, 1.0):
        at = at_mix(law, np.array(mix))
        along = np.array([np.sqrt(mix / law.shear_stiffness), np.sqrt(1 - mix)])
        blocks = rig(law, SlidingLaw(), way=way)
        for opened in np.linspace(0, 1.02 * float(at.final), 41)[1:]:
            blocks.move(*(opened * along))
            blocks.ledger.book(blocks.body.state["damage"])
        e = blocks.ledger.energies
        worst = max(worst, abs(e.fracture / (float(at.toughness) * WIDTH) - 1))
        left.append(abs(e.algorithmic) / e.fracture)
    print(f"{name}: fracture energy off by {worst:.1e}, algorithmic up to {max(left):.1e} of it")
    assert worst < 1e-7
    assert max(left) < 0.03


def test_springs_that_stick_are_booked_as_contact():
    """Pressed and sheared below the limit: two springs, and nothing lost."""
    pressed, along = 1e-3, 0.5e-3
    blocks = rig(LAW, SlidingLaw(friction=0.4), broken=True)
    damage = blocks.body.state["damage"]
    for x, y in ((0.0, -pressed), (along, -pressed)):
        blocks.move(x, y)
        e = blocks.ledger.book(damage)
    springs = 0.5 * (LAW.penalty * pressed**2 + SHEAR_STIFFNESS * along**2) * WIDTH
    assert e.contact == pytest.approx(springs, rel=1e-6)
    assert abs(e.friction) < 1e-9 * springs
    assert abs(e.algorithmic) < 1e-9 * springs


def test_a_crack_that_closes_in_a_step_leaves_half_its_gap_times_the_force_of_contact():
    """Mean traction times path knows no corner; where the crack opens again it is as much less."""
    gap, overlap = 2e-3, 0.5e-3
    blocks = rig(LAW, SlidingLaw(), broken=True)
    damage, left = blocks.body.state["damage"], [0.0]
    for across in (gap, -overlap, gap, gap / 2, -overlap):
        blocks.move(0.0, across)
        left.append(blocks.ledger.book(damage).algorithmic)
    corner = 0.5 * LAW.penalty * gap * overlap * WIDTH
    assert np.diff(left) / corner == pytest.approx([0.0, 1.0, -1.0, 0.0, 0.5], abs=1e-6)
    assert blocks.ledger.dissipation.algorithmic == pytest.approx(2.5 * corner, rel=1e-6)


@pytest.mark.parametrize("cause", ["fatigue", "corrosion"])
def test_what_wears_a_held_face_is_booked_to_its_cause(cause):
    """Its separation grows from a quarter to a half at the same opening: the bond gives way."""
    opened = LAW.reach(0.25)
    blocks = rig(LAW, SlidingLaw())
    damage = blocks.body.state["damage"]
    blocks.move(0.0, opened)
    before = blocks.ledger.book(damage).copy()
    damage[:] = 0.5
    blocks.ledger.book_wear(cause, damage)
    e = blocks.ledger.energies
    bond = [0.5 * LAW.strength * (1 - d) * opened**2 / LAW.reach(d)
            for d in (0.25, 0.5)]  # fmt: skip
    assert e.bond == pytest.approx(bond[1] * WIDTH, rel=1e-6)
    assert e.fracture == before.fracture > 0, "what was spent stays spent"
    lost = (bond[0] - bond[1]) * WIDTH
    assert e.worn == pytest.approx({cause: lost}, rel=1e-5)


@pytest.mark.parametrize("end", [2e-3, 0.0, -1e-3], ids=["on", "back", "over to the other side"])
@pytest.mark.parametrize("cause", ["fatigue", "corrosion"])
def test_what_wear_took_is_never_negative_wherever_the_face_goes_next(cause, end):
    """Half the lost stiffness times both openings, and nothing once it was unloaded in between."""
    blocks, start = rig(LAW, SlidingLaw()), 1e-3
    damage = blocks.body.state["damage"]
    damage[:] = 0.1
    blocks.move(start, 0.0)
    blocks.ledger.open(damage)
    stiffness = LAW.strength * 0.9 / LAW.reach(0.1)
    damage[:] = 0.3
    blocks.ledger.book_wear(cause, damage)
    stiffness -= LAW.strength * 0.7 / LAW.reach(0.3)
    blocks.move(end, 0.0)
    taken = blocks.ledger.book(damage).worn[cause]
    exact = 0.5 * 0.49 * stiffness * start * max(end, 0.0) * WIDTH
    assert taken == pytest.approx(exact, rel=1e-5, abs=1e-7)
    assert taken > -1e-15
