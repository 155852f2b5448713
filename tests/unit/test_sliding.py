"""Slow slip and friction at points: where they end up, what they resist with; derivatives."""

from itertools import product

import numpy as np
import pytest

from solver.physics import sliding
from solver.physics.sliding import Contact

NORMAL = np.array([0.48, -0.64, 0.6])
TANGENT = np.array([0.8, 0.6, 0.0])
SIDEWAYS = np.cross(NORMAL, TANGENT)
CONTACT = Contact(coefficient=0.4, broken=np.array([1.0]), penalty=1e6, shear=5e5)
PRESSED = -1e-3 * NORMAL  # a pressure of 1000 MPa, friction up to 400 MPa
REACH = 400.0 / 5e5


def rub(jump, place=(0.0, 0.0, 0.0), contact=CONTACT):
    answer = sliding.rub(jump[None], NORMAL[None], np.array([place]), contact)
    return answer.traction[0], (answer.secant - answer.softening)[0], answer.place[0]


def test_the_share_that_slips_is_that_of_an_implicit_step():
    held = sliding.share_held(3.0, 2.0, np.array([True, False]))
    assert held == pytest.approx([1 / 2.5, 1.0])


def test_faces_stick_like_a_spring_up_to_the_limit_and_slide_at_it():
    stuck, _, place = rub(PRESSED + 0.5 * REACH * TANGENT)
    assert stuck == pytest.approx(200.0 * TANGENT, rel=1e-12)
    assert place == pytest.approx(np.zeros(3), abs=1e-18)
    slid, _, place = rub(PRESSED + 3 * REACH * TANGENT)
    assert slid == pytest.approx(400.0 * TANGENT, rel=1e-12)
    assert place == pytest.approx(2 * REACH * TANGENT, rel=1e-12)


def test_friction_turns_with_the_sliding():
    back, _, place = rub(PRESSED - 2 * REACH * TANGENT, 2 * REACH * TANGENT)
    assert back == pytest.approx(-400.0 * TANGENT, rel=1e-12)
    assert place == pytest.approx(-REACH * TANGENT, rel=1e-9)


def test_the_broken_share_alone_feels_friction():
    half = CONTACT._replace(broken=np.array([0.5]))
    assert rub(PRESSED + 3 * REACH * TANGENT, contact=half)[0] == pytest.approx(200.0 * TANGENT)
    assert rub(PRESSED + 0.1 * REACH * TANGENT, contact=half)[0] == pytest.approx(20.0 * TANGENT)


@pytest.mark.parametrize("broken", [0.0, 1.0])
def test_where_nothing_is_pressed_or_broken_friction_follows_freely(broken):
    loose = CONTACT._replace(broken=np.array([broken]))
    jump = (1e-3 if broken else -1e-3) * NORMAL + 2e-3 * TANGENT
    pull, tangent, place = rub(jump, contact=loose)
    assert np.abs(pull).max() == 0.0
    assert np.abs(tangent).max() == 0.0
    assert place == pytest.approx(2e-3 * TANGENT, rel=1e-12)


BRANCHES = {"stuck": 0.4, "sliding": 2.5, "sliding back": -1.7}


@pytest.mark.parametrize(("branch", "place"), product(BRANCHES, (0.0, 0.3)))
def test_tangent_is_the_derivative_of_the_friction(branch, place):
    jump = PRESSED + REACH * (BRANCHES[branch] * TANGENT + 0.2 * SIDEWAYS)
    at = place * REACH * SIDEWAYS
    _, exact, _ = rub(jump, at)
    differences = np.array(
        [(rub(jump + move, at)[0] - rub(jump - move, at)[0]) / 2e-9 for move in 1e-9 * np.eye(3)]
    ).T
    assert exact == pytest.approx(differences, abs=1e-5 * CONTACT.penalty)


@pytest.mark.parametrize("branch", BRANCHES)
def test_friction_derives_from_the_potential_of_its_held_limit(branch):
    jump = PRESSED + REACH * (BRANCHES[branch] * TANGENT + 0.2 * SIDEWAYS)
    limit, none = CONTACT.limit(jump[None], NORMAL[None]), np.zeros((1, 3))

    def energy(at):
        return sliding.rubbing_potential(at[None], NORMAL[None], none, CONTACT, limit)[0]

    slope = [(energy(jump + move) - energy(jump - move)) / 2e-9 for move in 1e-9 * np.eye(3)]
    assert rub(jump)[0] == pytest.approx(slope, abs=1e-3)


def test_what_sticks_holds_the_work_of_its_spring():
    jump = PRESSED + 3 * REACH * TANGENT
    place = rub(jump)[2]
    held = sliding.stored(jump[None], NORMAL[None], place[None], CONTACT)
    assert held == pytest.approx(0.5 * 400.0 * REACH, rel=1e-9)
