"""A front of rock salt: its speed, width and energy, its oxygen, and what the stress does to it."""

import numpy as np
import pytest
import ufl
from scipy.optimize import brentq
from scipy.special import erf

from solver.mechanisms.front.step import BetweenEquilibria, Fixed, FrontFields, FrontSystem
from solver.model.gradients import Gradients
from solver.model.mechanics import node_volumes
from solver.model.spaces import make_spaces
from solver.particle.interfaces import VERTEX_RULE
from solver.physics.front import FrontEnergy, share
from tests.particles import strip

D, W = 1.0, 1.0  # um and MPa: only ratios count
KEPT, STIFF, OUTSIDE = 0.5, 10.0, -0.05
FAST = 1e6  # 1/(MPa s), of a front that oxygen alone holds back
TENTHS = 4.394449154672439


class Bar:
    """A strip of one grain, or of several, and the equations of a front in it."""

    def __init__(self, width, height, size, axes, kept=KEPT, ratio=1.0, open_at=None):
        cells = (round(width / size), max(1, round(height / size)))
        self.particle = strip(width, height, *cells, axes)
        spaces = make_spaces(self.particle)
        dx = ufl.Measure("dx", self.particle.mesh, metadata=VERTEX_RULE)
        self.volume = node_volumes(spaces, dx)
        self.x = spaces.scalar.tabulate_dof_coordinates()
        self.grain = spaces.grain_of_node
        energy = FrontEnergy(W, 2 * W * D**2, STIFF, kept, OUTSIDE)
        exposed = np.zeros(len(self.volume))
        if open_at is not None:
            edge = np.isclose(self.x[:, 0], open_at)
            exposed[edge] = height * self.volume[edge] / self.volume[edge].sum()
        weights = np.ones(len(axes))
        self.system = FrontSystem(
            energy,
            Gradients(self.particle, spaces, weights, ratio),
            Fixed(self.volume, exposed, exposed / 0.5, 0.5),
            lambda values: float(np.max(values)),
        )

    def zeros(self):
        return np.zeros(len(self.volume))

    def moment(self, mobility=1.0, diffusivity=0.0, tilt=0.0):
        zeros = self.zeros()
        return BetweenEquilibria(zeros + mobility, diffusivity, zeros, tilt * self.volume, zeros)

    def wave(self, at):
        """A front at rest, rock salt to its left."""
        return FrontFields(1 / (1 + np.exp((self.x[:, 0] - at) / D)), self.zeros())

    def place(self, pair, width):
        return float(self.volume @ pair.phi / self.volume.sum() * width)

    def energy(self, pair, given, moment):
        return float(self.system.local_energy(pair, given, moment).sum())


def speed(tilt, size, steps):
    """Speed of a wave over 6 L G d, steps in which it goes the length d."""
    width = 60.0
    bar = Bar(width, size, size, [[1.0, 0.0, 0.0]], kept=1.0)
    moment, pair, places = bar.moment(tilt=tilt), bar.wave(20.0), []
    exact = 6 * tilt * D
    dt = D / exact / steps
    for _ in range(20 * steps):
        pair = bar.system.step(pair, bar.zeros(), moment, dt)
        places.append(bar.place(pair, width))
    return (
        (places[-1] - places[len(places) // 2])
        / (dt * (len(places) - 1 - len(places) // 2))
        / exact
    )


@pytest.mark.parametrize("tilt", [0.05, 0.2])
def test_a_wave_goes_as_fast_as_the_closed_form(tilt):
    """v = 6 L G d within 1 %, the error of the time step taken off (it is of first order)."""
    coarse, fine = (speed(tilt, 0.5, steps) for steps in (20, 40))
    assert 2 * fine - coarse == pytest.approx(1.0, abs=0.01)
    assert fine == pytest.approx(1.0, abs=0.02)


def test_cells_of_one_and_a_half_times_d_do_not_hold_a_wave_back():
    assert speed(0.1, 1.5, 40) == pytest.approx(1.0, abs=0.02)


def test_a_wave_keeps_its_width_and_energy():
    """From 0.1 to 0.9 in 2 ln 9 d; W d / 3 per area."""
    width, height = 40.0, 0.4
    bar = Bar(width, height, 0.4, [[1.0, 0.0, 0.0]], kept=1.0)
    moment, steep = bar.moment(), bar.wave(20.0)
    pair = FrontFields(1 / (1 + np.exp((bar.x[:, 0] - 20.0) / (2.5 * D))), bar.zeros())
    for _ in range(100):
        pair = bar.system.step(pair, bar.zeros(), moment, 0.5)
    order = np.argsort(bar.x[:, 0])
    low, high = np.interp([-0.9, -0.1], -pair.phi[order], bar.x[order, 0])
    assert high - low == pytest.approx(TENTHS * D, rel=0.02)
    assert bar.energy(pair, bar.zeros(), moment) / height == pytest.approx(W * D / 3, rel=0.02)
    assert pair.phi == pytest.approx(steep.phi, abs=0.02)


def fronts(bar, moment, dt, count):
    """Fields after each step of a grain whose surface layer has given way."""
    pair, given = FrontFields(bar.zeros(), bar.zeros()), np.ones(len(bar.volume))
    for _ in range(count):
        new = bar.system.step(pair, given, moment, dt)
        yield pair, new, given
        pair = new


def entered():
    """A front that oxygen drives from the left end into a grain."""
    bar = Bar(20.0, 0.5, 0.5, [[1.0, 0.0, 0.0]], open_at=0.0)
    return bar, bar.moment(mobility=FAST, diffusivity=40.0)


def test_the_energy_falls_in_every_step():
    bar, moment = entered()
    for old, new, given in fronts(bar, moment, 0.02, 150):
        assert bar.energy(new, given, moment) < bar.energy(old, given, moment)
    assert 0.1 < bar.place(new, 1.0) < 0.9, "the front is on its way"


def test_what_the_oxide_lacks_has_left():
    """The balance of each step, oxygen against the flux, and of all of them."""
    bar, moment = entered()
    left = 0.0
    for _, new, _ in fronts(bar, moment, 0.02, 100):
        left += 0.02 * float(bar.system.leaving(new, moment).sum())
    lacking = float(bar.volume @ (1.0 - bar.system.oxygen(new)))
    assert lacking > 0.05 * bar.volume.sum()
    assert lacking == pytest.approx(left, rel=1e-10)


def test_a_grain_that_is_closed_keeps_its_oxygen():
    bar = Bar(20.0, 0.5, 0.5, [[1.0, 0.0, 0.0]])
    moment = bar.moment(mobility=FAST, diffusivity=40.0)
    pair = FrontFields(0.4 * bar.wave(10.0).phi, -0.02 * (bar.x[:, 0] > 15.0))
    before = float(bar.volume @ bar.system.oxygen(pair))
    for _ in range(50):
        pair = bar.system.step(pair, bar.zeros(), moment, 0.02)
    assert float(bar.volume @ bar.system.oxygen(pair)) == pytest.approx(before, rel=1e-12)


def test_a_front_that_oxygen_drives_goes_as_stefan_says():
    """s = 2 q sqrt(D t), sqrt(pi) q exp(q^2) erf(q) = |m_out| / (1 - w), from a layer outside."""
    width, layer, rate = 60.0, 0.5, 40.0
    bar = Bar(width, 0.5, 0.5, [[1.0, 0.0, 0.0]], open_at=0.0)
    moment, dt, count = bar.moment(mobility=FAST, diffusivity=rate), 0.1, 700
    places = np.array([bar.place(new, width) for _, new, _ in fronts(bar, moment, dt, count)])
    squares = (places + layer) ** 2
    slope = (squares[-1] - squares[count // 2]) / (dt * (count - 1 - count // 2))
    root = brentq(
        lambda q: np.sqrt(np.pi) * q * np.exp(q**2) * erf(q) + OUTSIDE / (1 - KEPT), 1e-3, 1.0
    )
    assert slope == pytest.approx(4 * root**2 * rate, rel=0.03)


@pytest.mark.parametrize("angle", [0.0, 0.5])
def test_vacancies_spread_as_greens_function_of_the_tensor(angle):
    """exp(-x.T^-1.x / 4 D t) / sqrt(det) grows wide within the layers and hardly across them."""
    axis = np.array([np.cos(angle), np.sin(angle), 0.0])
    ratio, diffusivity, size = 0.1, 1.0, 16.0
    bar = Bar(size, size, 0.4, [axis], ratio=ratio)
    tensor = np.eye(2) - (1 - ratio) * np.outer(axis[:2], axis[:2])
    r = bar.x[:, :2] - size / 2

    def spread(t):
        exponent = np.einsum("ni,ij,nj->n", r, np.linalg.inv(tensor), r) / (4 * diffusivity * t)
        return -0.01 / (t / 2.0) * np.exp(-exponent)

    pair, moment = (
        FrontFields(bar.zeros(), spread(2.0)),
        bar.moment(mobility=1.0, diffusivity=diffusivity),
    )
    for _ in range(50):
        pair = bar.system.step(pair, bar.zeros(), moment, 0.02)
    inside = np.linalg.norm(r, axis=1) < 5.0
    assert pair.lack[inside] == pytest.approx(spread(3.0)[inside], abs=0.02 * 0.01)
    assert not pair.phi.any()


def test_a_front_ends_at_the_boundary_of_its_grain():
    bar = Bar(20.0, 0.5, 0.5, [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]], kept=1.0)
    moment, pair = bar.moment(tilt=0.3), bar.wave(5.0)
    pair = FrontFields(np.where(bar.grain == 0, pair.phi, 0.0), pair.lack)
    for _ in range(200):
        pair = bar.system.step(pair, bar.zeros(), moment, 0.1)
    assert pair.phi[bar.grain == 0].min() > 0.99
    assert not pair.phi[bar.grain == 1].any()


def test_layered_oxide_stays_where_no_layer_gives_way():
    bar, moment = entered()
    pair = FrontFields(bar.zeros(), bar.zeros())
    for _ in range(50):
        pair = bar.system.step(pair, bar.zeros(), moment, 0.2)
    assert not pair.phi.any()
    assert share(pair.phi).max() == 0.0
    assert pair.lack.min() == pytest.approx(OUTSIDE, rel=0.1), "though its oxygen has begun to go"
