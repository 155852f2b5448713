"""Diffusion in round grains under constant flux, and the stress it makes.

Series: Crank, The Mathematics of Diffusion, equations 5.45 (cylinder) and 6.45 (sphere). Stress:
Cheng and Verbrugge, J. Power Sources 190 (2009) 453.
"""

import numpy as np
import pytest
import ufl
from dolfinx import fem
from scipy.optimize import brentq
from scipy.special import j0, jn_zeros

from solver.entries import laws
from solver.model.regions import axis_of_cells
from solver.particle.dolfinx_api import point_expression
from solver.physics import mechanics
from tests.particles import (
    ball,
    case_of,
    charge_density,
    disc,
    isotropic,
    meshed,
    midpoints,
    model_of,
    one_c,
    plain_oxide,
    ran,
)

DIFFUSIVITY = 1e-14  # m^2/s
D = DIFFUSIVITY * 1e12  # um^2/s
YOUNG, POISSON, EXPANSION = 150e9, 0.25, 0.05  # linear strain per occupancy
STEADY = 40.0  # s
NO_STRESS_IN_POTENTIAL = "physics.stress_in_potential.enabled=false"


def disc_series(r, t):
    """Occupancy change times D/(flux R) in a disc of unit radius; t in units of R^2/D."""
    a = jn_zeros(1, 60)[:, None]
    modes = np.exp(-(a**2) * t) * j0(a * r) / (a**2 * j0(a))
    return 2 * t + r**2 / 2 - 0.25 - 2 * modes.sum(axis=0)


def sphere_series(r, t):
    """The same in a sphere."""
    a = np.array(
        [brentq(lambda z: np.sin(z) - z * np.cos(z), n * np.pi, (n + 0.5) * np.pi)
         for n in range(1, 61)]
    )[:, None]  # fmt: skip
    modes = np.exp(-(a**2) * t) * np.sinc(a * r / np.pi) / (a * np.sin(a))
    return 3 * t + r**2 / 2 - 0.3 - 2 * modes.sum(axis=0)


def largest_error(model, radius, series, time, drawn):
    """Largest error at the nodes relative to the largest change of the occupancy."""
    x = model.state["occupancy"]
    r = np.linalg.norm(model.spaces.scalar.tabulate_dof_coordinates(), axis=1) / radius
    flux = model.electro.control.applied.value / charge_density(model)
    exact = 0.5 - flux * radius / D * series(np.minimum(r, 1.0), D * time / radius**2)
    order = np.argsort(r)
    known, found = ({name: (r[order][::n], values[order][::n])} for name, values, n in (
        ("series", exact, 10), ("found", x, 40)))  # fmt: skip
    drawn("radius / outer radius", "occupancy", known, found)
    return np.abs(x - exact).max() / np.abs(exact - 0.5).max()


@pytest.fixture(scope="module")
def charged_ball():
    """A ball that swells in proportion to its occupancy, its profile steady by now."""
    case = case_of(
        f"[{{charge: {{rate: 1C, until: {{time: {STEADY} s}}}}}}]",
        "initial.occupancy=0.5",
        one_c(5e-3),
        NO_STRESS_IN_POTENTIAL,
        "numerics.time_step.fixed=2",
    )
    swelling = laws.linear(-EXPANSION, EXPANSION)
    grain = plain_oxide(
        DIFFUSIVITY, strain_a=swelling, strain_c=swelling, stiffness=isotropic(YOUNG, POISSON)
    )
    model = model_of(case, ball(1.0, 0.085), grain)
    _, _, outcome = ran(model)
    assert outcome.status == "finished"
    return model


def radial_and_hoop(model):
    """Stress at the cell midpoints, MPa, radius of the midpoints, volume of the cells."""
    particle, system = model.particle, model.mechanics
    axis = axis_of_cells(particle, model.spaces)
    swelling = mechanics.eigenstrain(system.strain_a, system.strain_c, axis)
    elastic = mechanics.strain(model.state.function("displacement"), 0) - swelling
    constants = fem.Constant(particle.mesh, system.elastic.invariant_form())
    stress = mechanics.transversely_isotropic_stress(elastic, axis, constants)
    x = ufl.SpatialCoordinate(particle.mesh)
    radial = ufl.inner(x, stress * x) / ufl.inner(x, x)
    space = fem.functionspace(particle.mesh, ("DG", 0))
    found = []
    for expression in (radial, (ufl.tr(stress) - radial) / 2):
        value = fem.Function(space)
        value.interpolate(point_expression(expression, space))
        found.append(value.x.array[space.dofmap.list[:, 0]])
    volume = fem.assemble_vector(fem.form(ufl.TestFunction(space) * ufl.dx(particle.mesh)))
    r = np.linalg.norm(midpoints(particle.mesh), axis=1)
    return *found, r, volume.array[space.dofmap.list[:, 0]]


@pytest.mark.slow
def test_stress_on_the_outside_of_a_diffusing_ball_follows_cheng_and_verbrugge(charged_ball):
    """In Omega E J R / (9 D (1 - nu)) the radial stress is 0 and the hoop stress -0.6."""
    stress = charged_ball.mechanics.stress.read(fem.Function(charged_ball.spaces.tensor))
    x = charged_ball.spaces.scalar.tabulate_dof_coordinates()
    r = np.linalg.norm(x, axis=1)
    outside = r > 1 - 1e-9
    radial = mechanics.along(stress, x / np.maximum(r, 1e-12)[:, None])
    hoop = (mechanics.trace(stress) - radial) / 2
    flux = charged_ball.electro.control.applied.value / charge_density(charged_ball)
    unit = -EXPANSION * YOUNG * 1e-6 * flux / (3 * D * (1 - POISSON))
    found = radial[outside].mean() / unit, hoop[outside].mean() / unit
    print(f"outside: radial stress {found[0]:.4f}, hoop stress {found[1]:.4f} for -0.6")
    assert abs(found[0]) < 0.02
    assert found[1] == pytest.approx(-0.6, rel=0.025)


def shell_means(values, r, volume, n_shells=4):
    """Volume-weighted mean of each shell of equal thickness."""
    shell = np.minimum((r * n_shells).astype(int), n_shells - 1)
    return np.bincount(shell, volume * values) / np.bincount(shell, volume)


@pytest.mark.slow
def test_diffusion_in_a_disc_follows_the_series(drawn):
    radius, time = 1.0, 15.0
    case = case_of(
        f"[{{charge: {{rate: 1C, until: {{time: {time} s}}}}}}]",
        *disc(1, radius, 0.06, 0.06),
        one_c(5e-3),
        "initial.occupancy=0.5",
        "physics.swelling.enabled=false",
        NO_STRESS_IN_POTENTIAL,
        "numerics.time_step.fixed=0.1",
    )
    model = model_of(case, meshed(case), plain_oxide(DIFFUSIVITY))
    ran(model)
    error = largest_error(model, radius, disc_series, time, drawn)
    print(f"disc: largest error {error:.2%} of the largest change")
    assert error < 5e-3


@pytest.mark.slow
def test_diffusion_in_a_ball_follows_the_series(charged_ball, drawn):
    error = largest_error(charged_ball, 1.0, sphere_series, STEADY, drawn)
    cells = len(charged_ball.particle.grain)
    print(f"ball of {cells} cells: largest error {error:.2%} of the largest change")
    assert error < 5e-3


@pytest.mark.slow
def test_stress_of_a_diffusing_ball_follows_cheng_and_verbrugge(charged_ball, drawn):
    radial, hoop, r, volume = radial_and_hoop(charged_ball)
    flux = charged_ball.electro.control.applied.value / charge_density(charged_ball)
    # Omega c is three times the linear strain; charging: the flux leaves, which turns the signs
    unit = -3 * EXPANSION * YOUNG * 1e-6 * flux / (D * (1 - POISSON))
    exact_radial, exact_hoop = unit * (1 - r**2) / 15, unit * (1 - 2 * r**2) / 15
    largest = abs(unit) / 15
    errors = []
    for name, found, exact in (("radial", radial, exact_radial), ("hoop", hoop, exact_hoop)):
        means = [shell_means(values, r, volume) for values in (found, exact)]
        errors.append(np.abs(means[0] - means[1]).max() / largest)
        print(f"{name} stress: largest error of the shell means {errors[-1]:.2%} of the largest")
    some = slice(None, None, 50)
    line = np.linspace(0, 1)
    drawn(
        "radius / outer radius",
        "stress / MPa",
        {
            "radial": (line, unit * (1 - line**2) / 15),
            "hoop": (line, unit * (1 - 2 * line**2) / 15),
        },
        {"radial": (r[some], radial[some]), "hoop": (r[some], hoop[some])},
    )
    slope, centre = np.polyfit(r**2, hoop / unit, 1, w=np.sqrt(volume))
    print(f"hoop stress: centre {15 * centre:.4f}/15, surface {15 * (centre + slope):.4f}/15")
    assert max(errors) < 0.01
    assert centre == pytest.approx(1 / 15, rel=0.01)
    assert centre + slope == pytest.approx(-1 / 15, rel=0.02)
