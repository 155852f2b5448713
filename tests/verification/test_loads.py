"""Bodies held and loaded at their surfaces: stress, reactions, and a snap-back followed exactly."""

from dataclasses import replace

import numpy as np
import pytest
from dolfinx import mesh
from mpi4py import MPI

from solver.case.loads import LoadCase
from solver.model.loads.loads import LoadError, make_loads
from solver.model.loads.means import make_means
from solver.model.mechanics import make_mechanical_system
from solver.model.spaces import make_spaces
from solver.model.state import make_state
from solver.particle.mesh import Particle
from solver.physics.cohesive import Strength, broken_share
from solver.physics.mechanics import Stiffness
from solver.solve.loaded import LoadedSolver
from solver.solve.loading import FactorControl, LoadPath, MeasureControl
from tests.bodies import bricks, unbreakable
from tests.ranks import on_ranks

YOUNG, POISSON = 70e3, 0.3
LENGTH, HEIGHT = 4.0, 1.0
UM = 1e-6


def bar(grains: int = 1) -> Particle:
    """A bar along x with its four sides as surfaces, cut across into grains."""
    particle = bricks((LENGTH, HEIGHT), (8, 2), (grains, 1), [[0, 0, 1]] * grains)
    sides = {
        "left": lambda x: x[0] < 1e-9,
        "right": lambda x: x[0] > LENGTH - 1e-9,
        "base": lambda x: x[1] < 1e-9,
    }
    facets = {
        name: mesh.locate_entities_boundary(particle.mesh, 1, where)
        for name, where in sides.items()
    }
    return replace(particle, surfaces={**particle.surfaces, **facets})


def loaded(particle, loads, law=None, plane="strain"):
    """Solver, history and system of a particle under loads."""
    spaces = make_spaces(particle, plane)
    state = make_state(spaces)
    elastic = Stiffness.isotropic(YOUNG, POISSON)
    system = make_mechanical_system(particle, spaces, state, elastic, law or unbreakable())
    given = [LoadCase.model_validate(load) for load in loads]
    made = make_loads(particle, spaces, given)
    return LoadedSolver(system, made, 1e-10), state


HELD = [{"surface": "left", "fixed": ["x"]}, {"surface": "base", "symmetry": True}]
MODULUS = {"strain": YOUNG / (1 - POISSON**2), "stress": YOUNG, "generalised": YOUNG}


@pytest.mark.parametrize("plane", MODULUS)
def test_a_stretched_bar_pulls_at_its_grips_with_the_stress_of_its_plane(plane):
    loads = [*HELD, {"surface": "right", "displacement": {"x": 0.01 * UM}}]
    solver, state = loaded(bar(), loads, plane=plane)
    list(LoadPath(solver, state.function("damage")).go(FactorControl(), 1.0, 2))
    force = solver.loads.total("right", "x", solver.internal)
    assert force == pytest.approx(MODULUS[plane] * 0.01 / LENGTH * HEIGHT, rel=1e-8)
    assert solver.loads.total("left", "x", solver.internal) == pytest.approx(-force, rel=1e-8)
    assert abs(solver.loads.total("base", "y", solver.internal)) < 1e-8 * force


def test_a_traction_stretches_as_far_as_its_force_says():
    solver, state = loaded(bar(), [*HELD, {"surface": "right", "traction": {"x": 100e6}}])
    list(LoadPath(solver, state.function("damage")).go(FactorControl(), 1.0, 1))
    stretched = solver.value(solver.loads.mean("right", "x"))
    assert stretched == pytest.approx(100 / MODULUS["strain"] * LENGTH, rel=1e-8)


def test_a_given_opening_finds_the_load_it_needs():
    solver, state = loaded(bar(), [*HELD, {"surface": "right", "traction": {"x": 100e6}}])
    control = MeasureControl(solver.loads.mean("right", "x"))
    list(LoadPath(solver, state.function("damage")).go(control, 0.02, 3))
    assert solver.factor == pytest.approx(0.02 * MODULUS["strain"] / LENGTH / 100, rel=1e-7)


def test_a_loaded_body_that_nothing_holds_is_refused_by_what_is_missing():
    with pytest.raises(LoadError, match="motion along y"):
        loaded(bar(), [{"surface": "left", "fixed": ["x"]}])
    with pytest.raises(LoadError, match="holds its rotation about z;"):
        loaded(bar(), [{"surface": "base", "fixed": ["x"]}, {"surface": "left", "fixed": ["y"]}])
    with pytest.raises(LoadError, match="along x or its motion along y or its rotation about z"):
        loaded(bar(), [{"surface": "right", "traction": {"x": 1e6}}])
    with pytest.raises(LoadError, match="motion along y or its rotation"):
        loaded(bar(), [{"surface": "right", "wall": {"x": -1 * UM}}])
    with pytest.raises(LoadError, match=r"0.surface: .* 'lid' \(known here: base, left, outer"):
        loaded(bar(), [{"surface": "lid", "fixed": ["x"]}])
    with pytest.raises(LoadError, match="prescribed differently"):
        loaded(bar(), [*HELD, {"surface": "outer", "displacement": {"x": 1 * UM}}])


def mean_strain(solver, state):
    """Mean strain of a bar, openings included."""
    system, d = solver.system, solver.loads.components
    means = make_means(system.spaces, system.node_volume)
    return means.strain(state["displacement"].reshape(-1, d))


EVEN = {"xx": 2e-3, "yy": -1e-3, "xy": 5e-4}


@pytest.mark.parametrize("grains", [1, 2])
def test_an_even_strain_of_the_surface_strains_the_whole_body_evenly(grains):
    solver, state = loaded(bar(grains), [{"surface": "outer", "strain": EVEN}])
    list(LoadPath(solver, state.function("damage")).go(FactorControl(), 1.0, 1))
    found = mean_strain(solver, state)
    assert found == pytest.approx(EVEN, rel=1e-8)
    x = solver.system.spaces.scalar.tabulate_dof_coordinates()[:, :2]
    strain = np.array([[EVEN["xx"], EVEN["xy"]], [EVEN["xy"], EVEN["yy"]]])
    assert state["displacement"] == pytest.approx((x @ strain).ravel(), abs=1e-6)


def test_a_body_that_nothing_holds_floats_under_an_even_stress():
    stress = {"xx": 200e6, "yy": -50e6, "xy": 30e6}
    solver, state = loaded(bar(2), [{"surface": "outer", "stress": stress}], plane="stress")
    assert solver.loads.floating
    list(LoadPath(solver, state.function("damage")).go(FactorControl(), 1.0, 1))
    found = mean_strain(solver, state)
    opened = 1 / (unbreakable().penalty * LENGTH)  # of the one boundary, across x
    exact = {
        "xx": (200 + 50 * POISSON) / YOUNG + 200 * opened,
        "yy": (-50 - 200 * POISSON) / YOUNG,
        "xy": 30 * (1 + POISSON) / YOUNG + 15 * opened,
    }
    assert found == pytest.approx(exact, rel=1e-8)


def test_a_stress_out_of_the_plane_is_refused():
    with pytest.raises(LoadError, match="no component z in 2D"):
        loaded(bar(), [{"surface": "outer", "stress": {"xz": 1e6}}])
    with pytest.raises(LoadError, match="no component z in 2D"):
        loaded(bar(), [*HELD, {"surface": "right", "wall": {"z": -1 * UM}}])


STRENGTH, TOUGHNESS, PENALTY = 100.0, 0.1, 1e6
FINAL = 2 * TOUGHNESS / STRENGTH


@pytest.mark.parametrize("increments", [4, 20])
def test_a_long_bar_that_parts_snaps_back_along_the_exact_curve(increments):
    law = Strength(STRENGTH, TOUGHNESS, 1.0, PENALTY, 0.0)
    wanted = 1.4 * STRENGTH / MODULUS["strain"] * LENGTH
    assert STRENGTH / MODULUS["strain"] * LENGTH > 2 * FINAL, "it would not snap back"
    right = {"surface": "right", "displacement": {"x": wanted * UM}}
    solver, state = loaded(bar(2), [*HELD, right], law)
    path, reached = LoadPath(solver, state.function("damage")), []
    for _ in path.go(FactorControl(), 1.0, increments):
        stress = solver.loads.total("right", "x", solver.internal) / HEIGHT
        parted = float(broken_share(state["damage"], law).max())
        reached.append((solver.factor * wanted, stress, parted))
    far, stress, parted = np.array(reached).T
    onset = law.onset
    opening = np.where(parted > 0, onset + parted * (FINAL - onset), stress / PENALTY)
    excess = np.abs(stress / MODULUS["strain"] * LENGTH + opening - far)
    error = excess[parted < 1].max() / wanted
    print(f"{len(far)} increments, {path.driven} driven, off the curve by {error:.1e}")
    assert path.jumps == 0 and path.driven > 2
    assert np.diff(far).min() < 0, "the load never fell back"
    assert error < 1e-6
    assert parted[-1] == 1.0 and abs(stress[-1]) < 1e-6 * STRENGTH and far[-1] == wanted


def closing_notch(comm: MPI.Comm = MPI.COMM_SELF) -> dict[str, float]:
    """Stiffness over beam theory of a notched beam whose deflection is given, and cuts."""
    length, height, notch, modulus = 66.0, 1.0, 26.4, MODULUS["strain"]
    layers = bricks((length, 2 * height), (132, 8), (1, 2), [[0, 0, 1]] * 2, comm=comm)
    ends = {
        "left": lambda x: (x[0] < 1e-9) & (x[1] < height + 1e-9),
        "right": lambda x: (x[0] > length - 1e-9) & (x[1] < height + 1e-9),
        "top": lambda x: (x[1] > 2 * height - 1e-9) & (np.abs(x[0] - length / 2) < 0.6),
        "foot": lambda x: (x[1] < 1e-9) & (x[0] > length - 0.6),
    }
    facets = {name: mesh.locate_entities_boundary(layers.mesh, 1, at) for name, at in ends.items()}
    supports = [{"surface": name, "fixed": ["y"]} for name in ("left", "right")]
    supports.append({"surface": "foot", "fixed": ["x"]})
    law = Strength(1e4, 1e4, 1.0, PENALTY, 0.0)
    solver, state = loaded(
        replace(layers, surfaces={**layers.surfaces, **facets}),
        [{"surface": "top", "traction": {"y": -1e6}}, *supports],
        law,
    )
    boundaries = solver.system.spaces.boundaries
    state["damage"][boundaries.position[:, 0] < notch] = 1.0
    path = LoadPath(solver, state.function("damage"))
    list(path.go(MeasureControl(solver.loads.mean("top", "y")), -1.0, 1))
    exact = 8 * modulus * height**3 / (2 * (length / 2) ** 3 + 3 * notch**3)
    return {"stiffness": solver.factor / exact, "cuts": path.cuts + path.jumps}


def test_a_notch_that_closes_in_bending_is_as_soft_as_beam_theory_says():
    """Which faces of the notch touch is found without a cut."""
    found = closing_notch()
    print(f"stiffness {found['stiffness']:.3f} of theory")
    assert found["cuts"] == 0
    assert found["stiffness"] == pytest.approx(1.0, abs=0.08)


@pytest.mark.slow
def test_a_notch_closes_alike_on_two_ranks():
    assert on_ranks(2, "tests.verification.test_loads:closing_notch") == pytest.approx(
        closing_notch(), rel=1e-6
    )


def test_the_mean_of_a_surface_weighs_its_nodes_by_their_area():
    """y^2 on an edge of two facets: its ends carry half of what the middle does."""
    solver, state = loaded(bar(), [*HELD, {"surface": "right", "traction": {"x": 100e6}}])
    y = solver.system.spaces.scalar.tabulate_dof_coordinates()[:, 1]
    state["displacement"].reshape(-1, 2)[:, 0] = y**2
    assert solver.value(solver.loads.mean("right", "x")) == pytest.approx(0.25 / 2 + 1.0 / 4)


def snapping():
    """A long bar on its way to where it parts, and the way there."""
    law = Strength(STRENGTH, TOUGHNESS, 1.0, PENALTY, 0.0)
    wanted = 1.4 * STRENGTH / MODULUS["strain"] * LENGTH
    right = {"surface": "right", "displacement": {"x": wanted * UM}}
    solver, state = loaded(bar(2), [*HELD, right], law)
    path = LoadPath(solver, state.function("damage"))
    return path, path.go(FactorControl(), 1.0, 4)


def followed(path, steps):
    """Where the rest of the way leads: progress, load factor, and largest displacement."""
    return [(path.progress, path.solver.factor, path.solver.unknowns()[0].max()) for _ in steps]


def test_a_crack_that_is_driven_can_be_gone_on_with():
    path, steps = snapping()
    for _ in steps:
        if path.driven == 2:
            break
    memory = path.save()
    assert memory["stretch"]["driven"]["work"] > 0
    path.load(memory)
    expected = followed(path, path.go(FactorControl(), 1.0, 4))
    resumed, _ = snapping()
    resumed.load(memory)
    assert followed(resumed, resumed.go(FactorControl(), 1.0, 4)) == expected
    assert len(expected) > 3 and resumed.driven == path.driven > 3
