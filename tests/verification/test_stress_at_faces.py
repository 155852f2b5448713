"""Stress at the nodes of bodies that swell unevenly, on the outside too: better than first order.

A ball that swells by e r^2 has the stress of a diffusing one (Cheng and Verbrugge, J. Power
Sources 190, 2009, 453): radial 2 E e (1 - r^2) / (5 (1 - nu)) and hoop 2 E e (1 - 2 r^2) / (5 (1 -
nu)).
"""

from typing import NamedTuple

import numpy as np
import pytest

from solver.entries import laws
from solver.model.stress_potential import LatticeSwelling
from solver.physics.mechanics import Stiffness, along, trace
from tests.bodies import body_of, discs, relax, unbreakable
from tests.particles import ball

YOUNG, POISSON, STRAIN = 150e3, 0.25, -0.01
UNIT = 2 * YOUNG * STRAIN / (3 * (1 - POISSON))  # Omega E J R / (9 D (1 - nu)); hoop(1) is -0.6
COARSENESS = (7, 10, 14)  # cells along the radius
DENSITY = 4.7e3  # F c_max, pC/um^3


class Found(NamedTuple):
    """In UNIT: radial and hoop stress at the nodes. r: of the nodes. potential: mV."""

    r: np.ndarray
    radial: np.ndarray
    hoop: np.ndarray
    potential: np.ndarray

    @property
    def errors(self):
        """Error of the radial and of the hoop stress."""
        return self.radial - 0.6 * (1 - self.r**2), self.hoop - 0.6 * (1 - 2 * self.r**2)

    @property
    def outside(self):
        return self.r > 1 - 1e-9


def swollen(particle):
    """Stress of a round body that swells by STRAIN r^2, free and isotropic."""
    body = body_of(particle, Stiffness.isotropic(YOUNG, POISSON), unbreakable())
    r = np.linalg.norm(body.nodes, axis=1)
    relax(body, STRAIN * r**2, STRAIN * r**2, 1e-9)
    return body, r


@pytest.fixture(scope="module")
def balls():
    return [ball_of(n) for n in COARSENESS]


def ball_of(n):
    body, r = swollen(ball(1.0, 1 / n))
    stress = body.stress()
    outward = body.nodes / np.maximum(r, 1e-12)[:, None]
    radial = along(stress, outward)
    swelling = laws.linear(-0.05, 0.05)
    x, axis = np.full(len(r), 0.5), np.tile([0.0, 0.0, 1.0], (len(r), 1))
    felt = LatticeSwelling(axis, swelling, swelling, Stiffness.isotropic(UNIT, 0.3), DENSITY)
    potential = felt.potential(x, stress)
    return Found(r, radial / UNIT, (trace(stress) - radial) / 2 / UNIT, 1e3 * potential)


def order(errors):
    return -np.polyfit(np.log(COARSENESS), np.log(errors), 1)[0]


def rms(*parts):
    return np.sqrt(sum((part**2).mean() for part in parts))


def test_stress_on_the_outside_of_a_ball(balls):
    found = balls[-1]
    radial, hoop = found.radial[found.outside], found.hoop[found.outside]
    print(
        f"h = R/{COARSENESS[-1]}: radial stress {radial.mean():.4f}, at most "
        f"{np.abs(radial).max():.4f}, hoop {hoop.mean():.4f} for -0.6, wrong by "
        f"{np.abs(hoop / -0.6 - 1).max():.2%} at most"
    )
    assert np.abs(radial.mean()) < 0.01
    assert rms(radial) < 0.02
    assert hoop.mean() == pytest.approx(-0.6, rel=0.02)
    assert rms(hoop + 0.6) < 0.02 * 0.6


def test_the_error_of_stress_in_a_ball_falls_faster_than_the_cells(balls):
    """On the outside by what stress that is constant in cells does there (docs/conventions.md)."""
    everywhere = order([rms(*found.errors) for found in balls])
    outside = order([rms(*(part[found.outside] for part in found.errors)) for found in balls])
    hoop = order([abs(found.hoop[found.outside].mean() + 0.6) for found in balls])
    print(f"order {everywhere:.2f} everywhere, {outside:.2f} outside, {hoop:.2f} of the mean hoop")
    assert min(everywhere, hoop) > 1.7
    assert outside > 1.5


def test_the_stress_part_of_the_potential_gains_as_much(balls):
    """s = 0.05 (s_r + 2 s_t) / (F c_max)."""
    exact = 1e3 * 0.05 * UNIT * -1.2 / DENSITY
    parts = [found.potential[found.outside] for found in balls]
    errors = [rms(part - exact) for part in parts]
    print(f"stress part {parts[-1].mean():.3f} mV, exact {exact:.3f} mV, order {order(errors):.2f}")
    assert parts[-1].mean() == pytest.approx(exact, rel=0.01)
    assert order(errors) > 1.5


def test_stress_at_the_nodes_of_a_disc_is_second_order():
    """The same in generalised plane strain: E e [(1 - r^2), (1 - 3 r^2)] / (4 (1 - nu)) in the
    plane, and E e / (1 - nu) (1/2 - r^2) along the axis (Timoshenko and Goodier, section 150)."""
    errors = []
    for n in COARSENESS:
        body, r = swollen(discs([1.0], [1 / n]))
        stress, outward = body.stress(), body.nodes / np.maximum(r, 1e-12)[:, None]
        radial = along(stress, outward)
        unit = YOUNG * STRAIN / (1 - POISSON)
        found = np.column_stack([radial, stress[:, 0] + stress[:, 1] - radial, stress[:, 2]]) / unit
        exact = np.column_stack([(1 - r**2) / 4, (1 - 3 * r**2) / 4, 0.5 - r**2])
        errors.append(np.sqrt(((found - exact)[r > 1 - 1e-9] ** 2).mean()))
    print(f"disc, outside: error {errors[-1]:.4f} for 0.5, order {order(errors):.2f}")
    assert errors[-1] < 0.02 * 0.5
    assert order(errors) > 1.7
