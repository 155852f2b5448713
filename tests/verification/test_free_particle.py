"""A free particle: it does not drift, swells freely without stress, and turns with its frame."""

import numpy as np
import pytest

from tests.bodies import (
    LAYERED,
    STEEL_LIKE,
    Body,
    body_of,
    bricks,
    discs,
    relax,
    rotation_about,
    unbreakable,
)

AXES = np.array([[1, 0, 0.2], [0, 1, 0.5], [1, 1, 1], [0.2, 0.3, 1]])
AXES /= np.linalg.norm(AXES, axis=1)[:, None]
STRAIN_A, STRAIN_C = -0.004, 0.01
BODIES = {"plane": ((1.0, 1.0), (6, 6), (2, 2)), "box": ((1.0, 1.0, 0.5), (4, 4, 2), (2, 2, 1))}


def tensor(six: np.ndarray) -> np.ndarray:
    return six[:, [[0, 3, 5], [3, 1, 4], [5, 4, 2]]]


@pytest.mark.parametrize("shape", BODIES)
def test_nothing_holds_the_particle_and_yet_it_stays(shape):
    body = body_of(bricks(*BODIES[shape], AXES), LAYERED, unbreakable(1e8))
    relax(body, STRAIN_A, STRAIN_C)
    u, x = body.displacement, body.nodes[:, : body.particle.dimension]
    share = body.system.node_volume / body.system.node_volume.sum()
    turns = [
        share @ (u[:, j] * x[:, i] - u[:, i] * x[:, j]) for i in range(x.shape[1]) for j in range(i)
    ]
    drift = np.abs(share @ u).max() / np.abs(u).max()
    turn = np.abs(turns).max() / np.abs(u).max()
    print(f"free {shape}: mean displacement {drift:.1e}, mean rotation {turn:.1e}")
    assert max(drift, turn) < 1e-7


@pytest.mark.parametrize("shape", BODIES)
def test_equal_swelling_in_all_directions_meets_no_resistance(shape):
    body = body_of(bricks(*BODIES[shape], AXES), LAYERED, unbreakable(1e8))
    relax(body, 0.01, 0.01)
    stress = np.abs(body.stress()).max() / (LAYERED.c11 * 0.01)
    print(f"free {shape}: stress {stress:.1e} of that of a clamped one")
    assert stress < 1e-10
    edges = np.ptp(body.nodes, axis=0), np.ptp(body.displacement, axis=0)
    assert edges[1] == pytest.approx(0.01 * edges[0], rel=1e-6, abs=1e-12)


def free_stress(shape: str, turn: np.ndarray, law) -> Body:
    body = body_of(bricks(*BODIES[shape], AXES @ turn.T, rotation=turn), LAYERED, law)
    relax(body, STRAIN_A, STRAIN_C)
    return body


@pytest.mark.parametrize(
    ("shape", "turn"),
    [
        ("plane", rotation_about([0, 0, 1], 0.7)),
        ("box", rotation_about([1, -2, 0.5], 1.1)),
    ],
    ids=["plane", "box"],
)
def test_stress_turns_with_the_particle(shape, turn):
    law = unbreakable(1e7, 0.6)
    upright, turned = free_stress(shape, np.eye(3), law), free_stress(shape, turn, law)
    expected = turn @ tensor(upright.stress()) @ turn.T
    error = np.abs(tensor(turned.stress()) - expected).max() / np.abs(expected).max()
    print(f"turned {shape}: stress differs by {error:.1e}")
    assert error < 1e-8


def test_the_sign_of_a_c_axis_means_nothing():
    particle = bricks(*BODIES["plane"], AXES)
    mirrored = bricks(*BODIES["plane"], AXES * np.array([[1], [-1], [1], [-1]]))
    bodies = [body_of(p, LAYERED, unbreakable(1e7)) for p in (particle, mirrored)]
    for body in bodies:
        relax(body, STRAIN_A, STRAIN_C)
    assert bodies[0].stress() == pytest.approx(bodies[1].stress(), rel=1e-9, abs=1e-7)


def test_round_isotropic_grain_stays_round():
    """Eigenstrain e0 (1 - r^2/b^2) in a long cylinder with free ends (Timoshenko and Goodier):

    s_r = E e0/(1 - nu) (r^2 - b^2) / 4b^2, s_t = E e0/(1 - nu) (3r^2 - b^2) / 4b^2,
    s_z = s_r + s_t.
    """
    young, poisson, strain, b = 200e3, 0.3, 0.01, 5.0
    body = body_of(discs([b], [0.12]), STEEL_LIKE, unbreakable())
    x, y, _ = body.nodes.T
    r = np.hypot(x, y)
    relax(body, *2 * [strain * (1 - (r / b) ** 2)])
    inner = (r > 0.05 * b) & (r < 0.9 * b)  # at the outside nodal stresses are one-sided means
    rho, angle = r[inner] / b, np.arctan2(y, x)[inner]
    e_r = np.array([np.cos(angle), np.sin(angle)]).T
    e_t = np.array([-np.sin(angle), np.cos(angle)]).T
    stress = tensor(body.stress())[inner]
    in_plane = stress[:, :2, :2]
    unit = young * strain / (1 - poisson)

    def component(p, q):
        return np.einsum("ni,nij,nj->n", p, in_plane, q) / unit

    errors = {
        "radial": component(e_r, e_r) - (rho**2 - 1) / 4,
        "hoop": component(e_t, e_t) - (3 * rho**2 - 1) / 4,
        "axial": stress[:, 2, 2] / unit - (2 * rho**2 - 1) / 2,
        "shear": component(e_r, e_t),
    }
    figures = {name: np.abs(error).max() for name, error in errors.items()}
    round_error = np.abs(np.einsum("ni,ni->n", e_t, body.displacement[inner, :2])).max() / (
        strain * b
    )
    print("round grain: " + ", ".join(f"{k} {v:.2%}" for k, v in figures.items()))
    print(f"round grain: hoop displacement {round_error:.1e} of the radial one")
    assert max(figures.values()) < 0.01
    assert round_error < 1e-3
