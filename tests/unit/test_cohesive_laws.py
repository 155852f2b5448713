"""Exponential softening and mixed modes: what opening and shear cost together, and what holds."""

from itertools import pairwise, product

import numpy as np
import pytest
from scipy.integrate import quad

from solver.physics import cohesive
from solver.physics.cohesive import WHOLE, HeldShares, Strength

NORMAL, TANGENT = np.array([0.48, -0.64, 0.6]), np.array([0.8, 0.6, 0.0])
SIDEWAYS = np.cross(NORMAL, TANGENT)
BASE = Strength(strength=2000.0, toughness=10.0, shear_ratio=0.7, penalty=1e6, residual=0.0)
ONSET = 2e-3
UNLIKE = BASE._replace(shear_ratio=1.4, toughness_ratio=4.0)
LAWS = {
    "exponential": BASE._replace(shape="exponential"),
    "Benzeggagh-Kenane": UNLIKE._replace(criterion="benzeggagh_kenane", exponent=1.75),
    "power law": UNLIKE._replace(criterion="power_law", exponent=1.3),
    "linear power law": UNLIKE._replace(criterion="power_law", exponent=1.0),
    "tough in opening": BASE._replace(
        toughness_ratio=0.3, criterion="benzeggagh_kenane", exponent=2.2
    ),
    "exponential Benzeggagh-Kenane": UNLIKE._replace(
        criterion="benzeggagh_kenane", exponent=2.284, shape="exponential"
    ),
    "exponential power law": UNLIKE._replace(
        criterion="power_law", exponent=2.0, shape="exponential"
    ),
}
MIXED = [name for name, law in LAWS.items() if law.criterion != "none"]
MIXES = np.linspace(0, 1, 11)


def respond(jump, damage, law, share=1.0, held=WHOLE):
    answer = cohesive.respond(jump[None], NORMAL[None], np.array([damage]), law, share, held)
    return answer.traction[0], answer.tangent[0], float(answer.damage[0])


def direction(mix, law):
    """Unit effective opening whose share of shear in the work is `mix`."""
    return np.sqrt(1 - mix) * NORMAL + np.sqrt(mix / law.shear_stiffness) * TANGENT


def toughness(mix, law):
    """The criteria, written as in the literature."""
    one, two = law.toughness, law.toughness * law.toughness_ratio
    if law.criterion == "benzeggagh_kenane":
        return one + (two - one) * mix**law.exponent
    if law.criterion == "power_law":
        e = law.exponent
        return (((1 - mix) / one) ** e + (mix / two) ** e) ** (-1 / e)
    return one


@pytest.mark.parametrize("name", LAWS)
def test_a_proportional_path_takes_the_toughness_of_the_criterion(name):
    law, worst = LAWS[name], 0.0
    for mix in MIXES:
        along, at = direction(mix, law), cohesive.at_mix(law, mix)

        def pull(opening, along=along):
            return respond(opening * along, 0.0, law)[0] @ along

        pieces = [0.0, float(at.onset), *np.linspace(at.onset, at.final, 9)[1:]]
        work = sum(
            quad(pull, low, high, epsabs=1e-13, epsrel=1e-13)[0] for low, high in pairwise(pieces)
        )
        worst = max(worst, abs(work / toughness(mix, law) - 1))
    print(f"{name}: energy wrong by at most {worst:.1e}, mode mix 0 to 1")
    assert worst < 1e-10


@pytest.mark.parametrize("name", LAWS)
def test_separation_begins_on_the_quadratic_criterion_of_tractions(name):
    law = LAWS[name]
    for mix in MIXES:
        begins = cohesive.at_mix(law, mix).onset * direction(mix, law)
        pull, _, _ = respond(begins, 0.0, law)
        across, along = pull @ NORMAL, pull @ TANGENT
        criterion = (across / law.strength) ** 2
        criterion += (along / (law.shear_ratio * law.strength)) ** 2
        assert criterion == pytest.approx(1.0, abs=1e-12)
        assert respond(begins, 0.0, law)[2] == pytest.approx(0.0, abs=1e-12)
        assert respond(1.01 * begins, 0.0, law)[2] > 1e-5


@pytest.mark.parametrize(("name", "mix"), product(LAWS, [0.0, 0.4, 1.0]))
def test_unloading_goes_to_the_origin_and_never_heals(name, mix):
    law = LAWS[name]
    reached = 0.5 * cohesive.at_mix(law, mix).final * direction(mix, law)
    pull, _, damage = respond(reached, 0.0, law)
    for fraction in (0.7, 0.2, 0.0, 0.9):
        back, _, kept = respond(fraction * reached, damage, law)
        assert back == pytest.approx(fraction * pull, rel=1e-9, abs=1e-9)
        assert kept == damage


@pytest.mark.parametrize("name", MIXED)
def test_a_change_of_mix_neither_heals_nor_softens_below_the_damage(name):
    """The same spring is left for opening and for shear."""
    law = LAWS[name]
    _, _, damage = respond(4 * ONSET * direction(0.5, law), 0.0, law)
    left = cohesive.remaining_stiffness(law.reach(damage), law)
    for mix in MIXES:
        along = 0.3 * ONSET * direction(mix, law)
        pull, _, kept = respond(along, damage, law)
        metric = along @ NORMAL * NORMAL + law.shear_stiffness * (along @ TANGENT) * TANGENT
        assert pull == pytest.approx(law.penalty * left * metric, rel=1e-9)
        assert kept == damage


@pytest.mark.parametrize("name", LAWS)
def test_dissipation_never_falls_on_a_wandering_path(name):
    """Work less what the bond still holds, along a path of changing mix, with returns."""
    law = LAWS[name]
    times = np.linspace(0, 1, 2001)
    opening = ONSET * 6 * np.abs(np.sin(7 * times)) * times
    sliding = ONSET * 6 * np.sin(11 * times) * times
    path = opening[:, None] * NORMAL + sliding[:, None] * TANGENT
    damage, before, spent = 0.0, np.zeros(3), [0.0]
    for jump, last in zip(path[1:], path[:-1], strict=True):
        pull, _, new = respond(jump, damage, law)
        bond = 0.5 * pull @ jump - 0.5 * before @ last
        spent.append(spent[-1] + 0.5 * (pull + before) @ (jump - last) - bond)
        assert new >= damage
        damage, before = new, pull
    steps = np.diff(spent)
    print(f"{name}: spent {spent[-1]:.3f} J/m^2, largest gain in a step {-steps.min():.1e}")
    assert steps.min() > -1e-6 * spent[-1]
    assert spent[-1] > 0.2 * law.toughness


@pytest.mark.parametrize("damage", [0.0, 0.4])
@pytest.mark.parametrize("name", LAWS)
def test_contact_meets_the_whole_penalty_and_does_not_damage(name, damage):
    law = LAWS[name]
    pull, tangent, kept = respond(-0.1 * NORMAL, damage, law)
    assert pull == pytest.approx(-0.1 * law.penalty * NORMAL, rel=1e-12)
    assert NORMAL @ tangent @ NORMAL == pytest.approx(law.penalty, rel=1e-12)
    assert kept == damage


SLIPS = {
    "not": WHOLE,
    "along": HeldShares(np.array([0.6])),
    "across": HeldShares(1.0, np.array([0.3])),
    "both ways": HeldShares(np.array([0.6]), np.array([0.3])),
}
BRANCHES = {
    "intact": (0.4, 0.3, 0.0, 1.0),
    "softening": (1.8, 1.2, 0.0, 1.0),
    "softening further": (2.0, -1.9, 2.2, 1.0),
    "unloading": (0.9, 0.7, 3.0, 1.0),
    "delayed": (3.0, 2.0, 1.4, 0.3),
    "beyond held damage": (3.0, 2.0, 1.4, 0.0),
    "pressed, sliding open": (-0.8, 2.5, 0.0, 1.0),
    "sliding and hardly open": (0.1, 2.5, 0.0, 1.0),
}


@pytest.mark.parametrize("held", SLIPS.values(), ids=SLIPS)
@pytest.mark.parametrize(("name", "branch"), product(LAWS, BRANCHES))
def test_tangent_is_the_derivative_of_the_traction(name, branch, held):
    law = LAWS[name]._replace(residual=1e-3)
    opened, slid, history, share = BRANCHES[branch]
    jump = ONSET * (opened * NORMAL + slid * TANGENT + 0.3 * slid * SIDEWAYS)
    damage = law.damage(history * ONSET)
    _, exact, _ = respond(jump, damage, law, share, held)
    step, differences = 1e-7, np.empty((3, 3))
    for axis, move in enumerate(step * np.eye(3)):
        ahead = respond(jump + move, damage, law, share, held)[0]
        behind = respond(jump - move, damage, law, share, held)[0]
        differences[:, axis] = (ahead - behind) / (2 * step)
    assert exact == pytest.approx(differences, abs=3e-6 * law.penalty)


@pytest.mark.parametrize("held", SLIPS.values(), ids=SLIPS)
@pytest.mark.parametrize(("name", "branch"), product(LAWS, BRANCHES))
def test_traction_derives_from_the_potential_of_the_held_mix(name, branch, held):
    law = LAWS[name]._replace(residual=1e-3)
    opened, slid, history, share = BRANCHES[branch]
    jump = ONSET * (opened * NORMAL + slid * TANGENT + 0.3 * slid * SIDEWAYS)
    one, old = NORMAL[None], np.array([law.damage(history * ONSET)])
    working, start = cohesive.hold(jump[None], one, old, law, held)
    step = 1e-7
    ends = jump + step * np.concatenate([np.eye(3), -np.eye(3)])
    values = [cohesive.potential(end[None], one, start, working, share)[0] for end in ends]
    slope = (np.array(values[:3]) - values[3:]) / (2 * step)
    assert respond(jump, old[0], law, share, held)[0] == pytest.approx(slope, abs=1e-2)


@pytest.mark.parametrize("name", LAWS)
def test_potential_of_an_undelayed_face_is_the_energy_it_takes(name):
    law = LAWS[name]
    jumps = ONSET * np.array([0.5 * NORMAL, 3 * NORMAL + 2 * TANGENT, 2.5 * TANGENT - NORMAL])
    normals, none = np.tile(NORMAL, (3, 1)), np.zeros(3)
    damage = cohesive.respond(jumps, normals, none, law).damage
    taken = sum(cohesive.energies(jumps, normals, damage, law))
    assert cohesive.potential(jumps, normals, none, law) == pytest.approx(taken, rel=1e-9)


@pytest.mark.parametrize("name", LAWS)
def test_a_separation_has_one_damage(name):
    law, parted = LAWS[name], np.linspace(0, 1, 21)
    assert cohesive.broken_share(cohesive.damage_at(parted, law), law) == pytest.approx(
        parted, abs=1e-12
    )


@pytest.mark.parametrize("name", MIXED)
def test_damages_of_one_loss_translate_back_and_forth(name):
    law, damages = LAWS[name], np.linspace(0, 1.2, 61)
    mixed = cohesive.at_mix(law, np.full(61, 0.6))
    there, inside = cohesive.same_loss(damages, law, mixed), damages < 1
    left = [
        cohesive.remaining_stiffness(at.reach(x), at) for x, at in ((damages, law), (there, mixed))
    ]
    assert left[0][inside] == pytest.approx(left[1][inside], rel=1e-9)
    assert cohesive.same_loss(there, mixed, law) == pytest.approx(damages, rel=1e-9)


@pytest.mark.parametrize("name", MIXED)
def test_damages_of_one_loss_do_not_depend_on_the_penalty(name):
    damages, there = np.linspace(0, 1, 21), []
    for stiffer in (30, 480):
        law = LAWS[name]._replace(penalty=stiffer * LAWS[name].penalty)
        there.append(cohesive.same_loss(damages, law, cohesive.at_mix(law, np.full(21, 0.4))))
    assert np.abs(there[1] - damages).max() > 1e-3 or name == "linear power law"
    assert there[0] == pytest.approx(there[1], abs=2e-3)


def test_equal_toughness_needs_no_criterion():
    """A criterion between equal toughnesses changes nothing."""
    rng = np.random.default_rng(2)
    jump, normal = rng.normal(scale=2 * ONSET, size=(40, 3)), np.tile(NORMAL, (40, 1))
    damage = rng.uniform(0, 0.8, 40)
    plain = cohesive.respond(jump, normal, damage, BASE)
    ruled = cohesive.respond(
        jump, normal, damage, BASE._replace(criterion="benzeggagh_kenane", exponent=2.0)
    )
    for one, other in zip(plain, ruled, strict=True):
        assert other == pytest.approx(one, rel=1e-9, abs=1e-9)


def test_exponential_dissipation_of_a_delay_is_the_integral_it_says():
    law = LAWS["exponential"]
    old, new = 1.5 * ONSET, 4 * ONSET
    effective_old, effective = 1.2 * old, 1.3 * new

    def power(k):
        part = (k - old) / (new - old)
        delay = (1 - part) * (effective_old - old) + part * (effective - new)
        step = 1e-7
        ends = cohesive.remaining_stiffness(np.array([k - step, k + step]), law)
        return law.penalty * ((k + delay) ** 2 - k**2) / 2 * (ends[0] - ends[1]) / (2 * step)

    expected, _ = quad(power, old, new)
    damages = (law.damage(k) for k in (old, new))
    found = cohesive.viscous_dissipation(
        *(np.array([value]) for value in (effective_old, effective, *damages)), law
    )
    assert found == pytest.approx(expected, rel=1e-6)
