"""A disc pressed between two opposite patches, against the exact stress in its middle."""

import numpy as np
import pytest
from dolfinx import fem, mesh

from solver.case import Case
from solver.case.loads import PatchCase
from solver.drive.simulation import Simulation
from solver.model.build import build_model
from solver.model.loads.loads import LoadError
from solver.model.loads.patches import with_patches
from tests.bodies import bricks
from tests.particles import CASES, Recorder, meshed

CASE = CASES / "benchmarks" / "indentation.yaml"
RADIUS, WIDTH = 2.0, 0.4  # um
ELASTIC = (
    "particle.grains.count=1",
    "particle.mesh={size: 0.04 um, boundary_size: 0.02 um}",
    f"patches.top.width={WIDTH} um",
    f"patches.seat.width={WIDTH} um",
    "protocol=[{load: {to: 1, increments: 1}}]",
)
COARSE = "particle.mesh={size: 0.2 um, boundary_size: 0.08 um}"
ISOTROPIC = "materials={solid: {young: 150 GPa, poisson: 0.25}}"


def pressed(*overrides):
    """Loading of one round grain, and its history, at the end."""
    return loaded(*ELASTIC, *overrides)


def loaded(*overrides):
    """Loading of the shipped particle, and its history, at the end."""
    case = Case.load(CASE, overrides)
    recorder = Recorder()
    loading = Simulation(build_model(case, meshed(case)), [recorder])
    assert loading.run().status == "finished"
    return loading, recorder


def hondros(pressure, half, r):
    """Stress across and along the loaded diameter of a disc, r from its middle over its radius.

    pressure: on two arcs of the half angle `half`. Hondros, Aust. J. Appl. Sci. 10, 1959, 243.
    """
    even = (1 - r**2) * np.sin(2 * half) / (1 - 2 * r**2 * np.cos(2 * half) + r**4)
    turned = np.arctan((1 + r**2) / (1 - r**2) * np.tan(half))
    return 2 * pressure / np.pi * (even - turned), -2 * pressure / np.pi * (even + turned)


@pytest.mark.parametrize("plane", ["strain", "stress", "generalised"])
def test_a_disc_under_pressure_at_two_ends_has_the_stress_of_hondros(plane):
    """An even stress -p on both patches is a pressure; the force is that of a metre."""
    pressure = "stress: {xx: -1 GPa, yy: -1 GPa}"
    loads = (
        f"loads=[{{surface: top, {pressure}}}, {{surface: seat, fixed: [y]}}, "
        "{surface: nose, fixed: [x]}]"
    )
    nose = "patches.nose={towards: [0, -1, 0], width: 0.05 um}"
    loading, recorder = pressed(ISOTROPIC, loads, nose, f"mechanics.plane={plane}")
    specimen = loading.model
    area = float(specimen.loads.weight["top"].sum())
    half = area / 2 / RADIUS
    assert half == pytest.approx(0.5 * WIDTH / RADIUS, rel=0.05)
    x = specimen.spaces.scalar.tabulate_dof_coordinates()[:, :2]
    stress = specimen.mechanics.stress.read(fem.Function(specimen.spaces.tensor))
    for height in (0.0, 0.3, 0.5):
        near = np.argsort(np.linalg.norm(x - [0, height * RADIUS], axis=1))[:24]
        across, along = (_at_mean(x, stress[:, k], near) for k in (0, 1))
        exact = hondros(1e3, half, np.mean(x[near, 1]) / RADIUS)
        print(f"{plane}, {height}: {across:.2f} {along:.2f} MPa, exact {exact}")
        assert across == pytest.approx(exact[0], rel=0.025)
        assert along == pytest.approx(exact[1], rel=0.01)
    force = recorder.rows[-1]["Force seat y / N.m-1"]
    assert force == pytest.approx(1e9 * 2 * RADIUS * np.sin(half) * 1e-6, rel=0.005)
    middle = 2 * force / (np.pi * 2 * RADIUS * 1e-6) / 1e6
    assert hondros(1e3, half, 0.0)[0] == pytest.approx(middle, rel=0.03)


def _at_mean(x, values, near):
    """Value of a plane fitted through some nodes, at their mean place."""
    plane = np.column_stack([np.ones(len(near)), x[near] - x[near].mean(axis=0)])
    return np.linalg.lstsq(plane, values[near], rcond=None)[0][0]


FACET = 0.02  # um


def test_a_wall_on_a_disc_presses_as_hertz_says():
    """Half width of the contact b = sqrt(4 P R / (pi E')), and how far the disc gives way on one
    side of its middle, 2 P (ln(4 R / b) - 1/2) / (pi E') (Johnson, Contact Mechanics, 5.6)."""
    loading, recorder = pressed(ISOTROPIC, "mechanics.plane=strain", "patches.top.width=1 um")
    specimen, last = loading.model, recorder.rows[-1]
    modulus, force = 150e3 / (1 - 0.25**2), -last["Force top y / N.m-1"]  # MPa, MPa um
    x = specimen.spaces.scalar.tabulate_dof_coordinates()[:, :2]
    moved = specimen.state["displacement"].reshape(-1, 2)
    walls = specimen.loads.walls
    touched = x[walls.dofs[walls.stiffening(moved.ravel(), 1.0) > 0] // 2, 0]
    half = np.sqrt(4 * force * RADIUS / (np.pi * modulus))
    middle = moved[np.argsort(np.linalg.norm(x, axis=1))[:12], 1].mean()
    way = 0.036 + middle
    exact = 2 * force / (np.pi * modulus) * (np.log(4 * RADIUS / half) - 0.5)
    print(f"half width {touched.min():.3f} to {touched.max():.3f} um, exact {half:.3f}")
    print(f"gives way by {1e3 * way:.2f} nm, exact {1e3 * exact:.2f}")
    assert touched.max() == pytest.approx(half, abs=FACET)
    assert touched.min() == pytest.approx(-half, abs=FACET)
    assert half > 6 * FACET
    assert way == pytest.approx(exact, rel=0.02)


def test_a_wall_moves_as_given_and_presses_with_what_the_seat_bears():
    steps = "protocol=[{load: {to: 1, increments: 4}}, {load: {to: 0}}]"
    _, recorder = pressed(ISOTROPIC, COARSE, steps)
    down = recorder.rows[4]
    assert down["Displacement top y / m"] == pytest.approx(-36e-9)
    assert down["Force top y / N.m-1"] == pytest.approx(-down["Force seat y / N.m-1"], rel=1e-6)
    force = -recorder.column("Force top y / N.m-1")
    assert force[1] < 0.25 * force[4], "contact that grows is ever stiffer"
    assert abs(force[-1]) < 1e-6 * force[4]
    assert recorder.column("Energy Error / 1").max() < 1e-9


def test_how_far_a_wall_must_move_is_found_for_a_given_way_of_the_surface():
    coarse = (ISOTROPIC, COARSE)
    opening = "{between: [top], along: y, to: -10 nm}"
    _, found = pressed(*coarse, f"protocol=[{{load: {{opening: {opening}, increments: 3}}}}]")
    factor = float(found.rows[-1]["Load Factor / 1"])
    _, given = pressed(*coarse, f"protocol=[{{load: {{to: {factor!r}, increments: 2}}}}]")
    force = found.rows[-1]["Force top y / N.m-1"]
    assert force < 0
    assert given.rows[-1]["Force top y / N.m-1"] == pytest.approx(force, rel=1e-6)


def test_a_patch_that_nothing_is_on_is_refused():
    square = bricks((1.0, 1.0), (4, 4), (1, 1), [[0, 0, 1]])
    given = {"towards": [0, 1, 0], "width": 0.1e-6}
    with pytest.raises(LoadError, match=r"patches\.tip: no facet of outer has its middle on it"):
        with_patches(square, {"tip": PatchCase.model_validate(given)})
    with pytest.raises(LoadError, match="has a surface 'outer' already"):
        with_patches(square, {"outer": PatchCase.model_validate(given)})
    with pytest.raises(LoadError, match="no facets of a surface 'lid'"):
        with_patches(square, {"tip": PatchCase.model_validate({**given, "of": "lid"})})


def test_a_patch_of_a_box_is_the_part_around_its_direction():
    box = bricks((2.0, 2.0, 2.0), (4, 4, 4), (1, 1, 1), [[0, 0, 1]])
    patch = PatchCase.model_validate({"towards": [0, 0, 2], "width": 1.1e-6})
    facets = with_patches(box, {"lid": patch}).surfaces["lid"]
    corners = box.mesh.geometry.x[mesh.entities_to_geometry(box.mesh, 2, facets)]
    assert np.all(corners[..., 2] == 2.0)
    assert len(facets) == 8
    assert np.abs(corners[..., :2] - 1.0).max() == 0.5


@pytest.mark.slow
def test_a_pressed_particle_splits_between_its_grains():
    """The force rises, falls when the crack runs, and what is spent is booked."""
    _, recorder = loaded(
        "particle.grains.count=20",
        "particle.mesh={size: 0.25 um, boundary_size: 0.1 um}",
        "protocol=[{load: {to: 1, increments: 18}}]",
    )
    force = -recorder.column("Force top y / N.m-1")
    moved = -recorder.column("Displacement top y / m")
    peak = int(np.argmax(force))
    print(
        f"{1e-3 * force[peak]:.3f} kN/m at {1e9 * moved[peak]:.1f} nm, {len(force) - 1} increments"
    )
    assert np.all(np.diff(force[1:5] / moved[1:5]) > -1e-3 * force[1] / moved[1])
    assert force[-1] < 0.6 * force[peak]
    assert recorder.rows[peak]["Cracked Fraction / 1"] < recorder.rows[-1]["Cracked Fraction / 1"]
    assert recorder.column("Energy Error / 1").max() < 1e-9
