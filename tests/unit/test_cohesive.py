"""The cohesive law at points: what it resists with, what it remembers, and its derivative."""

import numpy as np
import pytest
from scipy.integrate import quad

from solver.physics import cohesive
from solver.physics.cohesive import Strength

LAW = Strength(strength=2000.0, toughness=10.0, shear_ratio=0.7, penalty=1e6, residual=0.0)
ONSET, FINAL = 2e-3, 1e-2  # um
DIMENSIONS = [2, 3]


def frame(dimension):
    """A normal and a tangent in no special direction."""
    normal = np.array([0.6, -0.8, 0.0])[:dimension]
    tangent = np.array([0.8, 0.6, 0.0]) if dimension == 2 else np.array([0.48, 0.36, 0.8])
    return normal, tangent[:dimension]


def at_point(jump, damage, law=LAW, share=1.0):
    """Response at a single point, (traction, tangent, damage)."""
    normal, _ = frame(len(jump))
    answer = cohesive.respond(jump[None], normal[None], np.array([damage]), law, share)
    return answer.traction[0], answer.tangent[0], float(answer.damage[0])


def pull(direction, openings, law=LAW):
    """Tractions along `direction` while the opening takes the given values in turn."""
    damage, tractions = 0.0, []
    for opening in openings:
        traction, _, damage = at_point(opening * direction, damage, law)
        tractions.append(traction @ direction)
    return np.array(tractions), damage


def trapezoid(values, points):
    return 0.5 * float(np.sum((values[1:] + values[:-1]) * np.diff(points)))


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_mode_one_peaks_at_the_strength_and_takes_the_toughness(dimension):
    normal, _ = frame(dimension)
    openings = np.array([0.0, ONSET / 2, ONSET, (ONSET + FINAL) / 2, FINAL, 1.5 * FINAL])
    tractions, damage = pull(normal, openings)
    assert tractions.max() == pytest.approx(LAW.strength, rel=1e-12)
    assert np.argmax(tractions) == 2
    assert trapezoid(tractions, openings) == pytest.approx(LAW.toughness, rel=1e-12)
    assert tractions[-1] == pytest.approx(0.0, abs=1e-9)
    assert damage == pytest.approx(1.5 + 0.5 * ONSET / (FINAL - ONSET)), "the sides went on apart"
    assert cohesive.broken_share(np.array(damage), LAW) == 1.0


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_mode_two_peaks_at_the_shear_strength_and_takes_the_same_toughness(dimension):
    _, tangent = frame(dimension)
    openings = np.array([0.0, ONSET, FINAL]) / LAW.shear_ratio
    tractions, _ = pull(tangent, openings)
    assert tractions.max() == pytest.approx(LAW.shear_ratio * LAW.strength, rel=1e-12)
    assert trapezoid(tractions, openings) == pytest.approx(LAW.toughness, rel=1e-12)


@pytest.mark.parametrize("angle", np.radians([15.0, 40.0, 80.0]))
def test_mixed_mode_begins_and_ends_on_the_same_ellipse(angle):
    normal, tangent = frame(2)
    direction = np.cos(angle) * normal + np.sin(angle) * tangent
    scale = np.sqrt(np.cos(angle) ** 2 + (LAW.shear_ratio * np.sin(angle)) ** 2)
    at_onset, _, _ = at_point(ONSET / scale * direction, 0.0)
    ellipse = (at_onset @ normal) ** 2 + (at_onset @ tangent / LAW.shear_ratio) ** 2
    assert np.sqrt(ellipse) == pytest.approx(LAW.strength, rel=1e-12)
    openings = np.array([0.0, ONSET, FINAL]) / scale
    tractions, _ = pull(direction, openings)
    assert trapezoid(tractions, openings) == pytest.approx(LAW.toughness, rel=1e-12)


def test_unloading_goes_to_the_origin_and_reloading_back_up_the_same_line():
    normal, _ = frame(2)
    reached, peak = 5e-3, pull(normal, [5e-3])[0][0]
    fractions = np.array([1.0, 0.6, 0.2, 0.0, 0.5, 1.0])
    tractions, damage = pull(normal, reached * fractions)
    assert tractions == pytest.approx(peak * fractions, rel=1e-12, abs=1e-9)
    assert LAW.reach(damage) == pytest.approx(reached, rel=1e-12)


@pytest.mark.parametrize("damage", [0.0, 0.4, 2.0])
def test_compression_meets_the_whole_penalty_however_separated(damage):
    normal, _ = frame(3)
    traction, tangent, after = at_point(-1e-4 * normal, damage)
    assert traction == pytest.approx(-1e-4 * LAW.penalty * normal, rel=1e-12)
    assert normal @ tangent @ normal == pytest.approx(LAW.penalty, rel=1e-12)
    assert after == damage


def test_compression_does_not_separate_but_sliding_under_it_does():
    normal, tangent = frame(2)
    _, _, pressed = at_point(-0.1 * normal, 0.0)
    _, _, slid = at_point(-0.1 * normal + 4e-3 * tangent, 0.0)
    assert pressed == 0.0
    assert LAW.reach(slid) == pytest.approx(LAW.shear_ratio * 4e-3, rel=1e-12)


BRANCHES = {
    "intact": (0.6, 0.4, 0.0, 1.0),
    "softening": (1.8, 1.2, 0.0, 1.0),
    "softening further": (2.0, -1.5, 2.2, 1.0),
    "unloading": (0.9, 0.7, 3.0, 1.0),
    "delayed": (3.0, 2.0, 1.4, 0.3),
    "beyond held damage": (3.0, 2.0, 1.4, 0.0),
    "pressed, intact": (-0.8, 0.5, 0.0, 1.0),
    "pressed, sliding open": (-0.8, 2.5, 0.0, 1.0),
    "pressed, sliding back": (-0.8, 1.5, 3.0, 1.0),
    "separated": (8.0, 3.0, 6.0, 1.0),
}


@pytest.mark.parametrize("dimension", DIMENSIONS)
@pytest.mark.parametrize("branch", BRANCHES)
def test_tangent_is_the_derivative_of_the_traction(branch, dimension):
    opened, slid, history, share = BRANCHES[branch]
    normal, tangent = frame(dimension)
    jump = ONSET * (opened * normal + slid * tangent)
    damage = LAW.damage(history * ONSET)
    _, exact, _ = at_point(jump, damage, share=share)
    step = 1e-7
    differences = np.empty((dimension, dimension))
    for axis in range(dimension):
        ahead, behind = jump.copy(), jump.copy()
        ahead[axis] += step
        behind[axis] -= step
        change = at_point(ahead, damage, share=share)[0]
        change = change - at_point(behind, damage, share=share)[0]
        differences[:, axis] = change / (2 * step)
    assert exact == pytest.approx(differences, abs=1e-6 * LAW.penalty)
    assert exact == pytest.approx(exact.T, abs=1e-9 * LAW.penalty)


@pytest.mark.parametrize("residual", [0.0, 0.05])
@pytest.mark.parametrize("branch", BRANCHES)
def test_traction_derives_from_the_potential(branch, residual):
    law = LAW._replace(residual=residual)
    opened, slid, history, share = BRANCHES[branch]
    normal, tangent = frame(3)
    jump = ONSET * (opened * normal + slid * tangent)
    step = 1e-7
    ends = jump + step * np.concatenate([np.eye(3), -np.eye(3)])
    damage = law.damage(history * ONSET)
    values = cohesive.potential(ends, np.tile(normal, (6, 1)), np.full(6, damage), law, share)
    slope = (values[:3] - values[3:]) / (2 * step)
    traction, _, _ = at_point(jump, damage, law, share)
    assert traction == pytest.approx(slope, abs=1e-6 * law.strength)


def test_potential_of_an_undelayed_face_is_the_energy_it_takes():
    """From intact: fracture energy spent, energy of the bond, and contact."""
    normal, tangent = frame(2)
    jumps = np.array(
        [1e-3 * normal, 5e-3 * normal + 3e-3 * tangent, -1e-3 * normal + 6e-3 * tangent]
    )
    normals, none = np.tile(normal, (3, 1)), np.zeros(3)
    damage = LAW.damage(cohesive.effective_opening(jumps, normals, LAW))
    taken = sum(cohesive.energies(jumps, normals, damage, LAW))
    assert cohesive.potential(jumps, normals, none, LAW) == pytest.approx(taken, rel=1e-12)


def test_secant_and_softening_make_the_tangent():
    normal, tangent = frame(3)
    jump = ONSET * (1.5 * normal + tangent)
    answer = cohesive.respond(jump[None], normal[None], np.array([0.05]), LAW)
    assert answer.tangent == pytest.approx(answer.secant - answer.softening)
    assert np.linalg.eigvalsh(answer.secant[0]).min() > 0
    assert np.linalg.eigvalsh(answer.softening[0]).min() > -1e-9 * LAW.penalty
    assert np.linalg.eigvalsh(answer.tangent[0]).min() < 0


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_many_points_answer_as_each_does_alone(dimension):
    rng = np.random.default_rng(1)
    jump = rng.normal(scale=2 * ONSET, size=(50, dimension))
    normal = rng.normal(size=(50, dimension))
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    damage = rng.uniform(0, 1, 50)
    law = LAW._replace(
        strength=LAW.strength * rng.uniform(0.8, 1.2, 50),
        toughness=LAW.toughness * rng.uniform(0.8, 1.2, 50),
    )
    together = cohesive.respond(jump, normal, damage, law)
    assert together.tangent.shape == (50, dimension, dimension)
    for i in range(50):
        one = law._replace(strength=law.strength[i], toughness=law.toughness[i])
        alone = cohesive.respond(jump[i : i + 1], normal[i : i + 1], damage[i : i + 1], one)
        for all_points, point in zip(together, alone, strict=True):
            assert all_points[i] == pytest.approx(point[0], rel=1e-13)


def test_no_points_are_no_error():
    answer = cohesive.respond(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0), LAW)
    assert answer.traction.shape == (0, 2)
    assert answer.tangent.shape == (0, 2, 2)


def test_the_reach_follows_the_opening_by_the_share_and_never_falls():
    opened = np.array([1e-3, 4e-3])
    before = np.array([2e-3, 2e-3])
    assert cohesive.advance(opened, before, 0.25) == pytest.approx([2e-3, 2.5e-3])
    assert cohesive.advance(opened, before, 1.0) == pytest.approx([2e-3, 4e-3])


def test_a_delayed_boundary_carries_more_than_an_undelayed_one():
    normal, _ = frame(2)
    prompt, _, _ = at_point(6e-3 * normal, 0.0)
    delayed, _, _ = at_point(6e-3 * normal, 0.0, share=0.2)
    assert delayed @ normal > prompt @ normal > 0


def test_energies_and_work_agree_on_the_way_up():
    normal, tangent = frame(3)
    direction = 0.8 * normal + 0.6 * tangent
    openings = np.linspace(0, 5e-3, 20001)
    tractions, damage = pull(direction, openings)
    energy = cohesive.energies(openings[-1:, None] * direction, normal[None], damage, LAW)
    spent = float((energy.fracture + energy.stored + energy.contact)[0])
    assert trapezoid(tractions, openings) == pytest.approx(spent, rel=1e-7)
    assert energy.fracture == pytest.approx(LAW.toughness * damage)


@pytest.mark.parametrize("shape", ["bilinear", "exponential"])
def test_the_damage_of_an_opening_does_not_depend_on_the_penalty_but_stiffness_does(shape):
    """Far beyond the onset the two laws differ by the onset only, the loss by much more."""
    opened = np.array([4e-3])
    laws = [LAW._replace(penalty=penalty, shape=shape) for penalty in (1e8, 1e9)]
    one, other = (law.damage(opened) for law in laws)
    assert 0.1 < other == pytest.approx(one, rel=5e-3)
    separations = [cohesive.broken_share(one, law) for law in laws]
    assert separations[0] == pytest.approx(separations[1], rel=5e-3)
    left = [cohesive.remaining_stiffness(opened, law) for law in laws]
    assert left[0] == pytest.approx(10 * left[1], rel=0.05)


@pytest.mark.parametrize("shape", ["bilinear", "exponential"])
def test_a_point_that_carried_much_unharmed_is_unharmed_when_it_is_weakened(shape):
    """And breaks under what is more than it then bears."""
    normal, law = frame(3)[0], LAW._replace(shape=shape)
    traction, _, damage = at_point(0.95 * ONSET * normal, 0.0, law)
    assert (float(traction @ normal), damage) == (pytest.approx(0.95 * LAW.strength), 0.0)
    weak = law.weakened(0.1, 0.02)
    assert cohesive.broken_share(np.array(damage), weak) == 0.0
    traction, _, damage = at_point(0.09 * ONSET * normal, damage, weak)
    assert (float(traction @ normal), damage) == (pytest.approx(0.09 * LAW.strength), 0.0)
    traction, _, damage = at_point(0.2 * ONSET * normal, damage, weak)
    assert float(traction @ normal) < 0.1 * LAW.strength
    assert damage > 0.02


@pytest.mark.parametrize("shape", ["bilinear", "exponential"])
def test_what_weakens_a_damaged_point_leaves_the_share_that_it_bears(shape):
    normal, law = frame(3)[0], LAW._replace(shape=shape)
    damage = float(law.damage(4 * ONSET))
    for one in (law, law.weakened(0.1, 0.02)):
        traction, _, after = at_point(float(one.reach(damage)) * normal, damage, one)
        bears = float(cohesive.bearing(np.array(damage), one))
        assert 0.05 < bears < 0.8
        assert traction @ normal == pytest.approx(bears * one.strength)
        assert after == damage


def test_a_separated_point_keeps_the_residual_stiffness():
    law = LAW._replace(residual=1e-6)
    assert cohesive.remaining_stiffness(np.array([2 * FINAL]), law) == 1e-6
    assert cohesive.remaining_stiffness(np.array([ONSET]), law) == 1.0


@pytest.mark.parametrize("bounds", [(3e-3, 6e-3), (ONSET, 5e-3), (8e-3, 2 * FINAL)])
def test_viscous_dissipation_is_the_integral_it_says(bounds):
    old, new = bounds
    effective_old, effective = 1.2 * old, 1.5 * new
    slope = ONSET * FINAL / (FINAL - ONSET)

    def power(k):
        part = (k - old) / (new - old)
        delay = (1 - part) * (effective_old - old) + part * (effective - new)
        return LAW.penalty * ((k + delay) ** 2 - k**2) / 2 * slope / k**2

    expected, _ = quad(power, np.clip(old, ONSET, FINAL), np.clip(new, ONSET, FINAL))
    damages = (LAW.damage(k) for k in (old, new))
    found = cohesive.viscous_dissipation(
        *(np.array([value]) for value in (effective_old, effective, *damages)), LAW
    )
    assert found == pytest.approx(expected, rel=1e-10)


def test_without_growth_or_delay_nothing_is_dissipated_by_it():
    old, new = (LAW.damage(1e-3 * np.array(k)) for k in ([3, 1, 3], [3, 4, 5]))
    effective_old, effective = np.array([5e-3, 1e-3, 2e-3]), np.array([4e-3, 4e-3, 5e-3])
    found = cohesive.viscous_dissipation(effective_old, effective, old, new, LAW)
    assert np.abs(found).max() < 1e-12


def test_cohesive_length_and_openings_follow_from_strength_and_toughness():
    assert LAW.onset == pytest.approx(ONSET)
    assert LAW.final == pytest.approx(FINAL)
    assert 150e3 * LAW.cohesive_length == pytest.approx(0.375)
