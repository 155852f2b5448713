"""Grains that crack inside under loads on named surfaces: grips, dead loads, ways back."""

from dataclasses import replace

import numpy as np
import pytest
from dolfinx import mesh

from solver.case.loads import LoadCase
from solver.model.loads.loads import make_loads
from solver.model.mechanics import make_mechanical_system
from solver.model.phase_field import degradation_of, make_grain_fracture
from solver.model.spaces import make_spaces
from solver.model.state import State, make_state
from solver.physics.crack_length import strength
from solver.physics.mechanics import Stiffness
from solver.physics.phase_field import Resistance
from solver.solve.cracking import CrackingSolver
from solver.solve.loading import FactorControl, LoadControl, LoadingError, LoadPath, MeasureControl
from solver.solve.phase_field import FractureSolver
from tests.bodies import bricks, unbreakable

YOUNG, TOUGHNESS, UM = 100e3, 10.0, 1e-6
RESISTANCE = Resistance("AT1", TOUGHNESS, 5.0)
STRENGTH = strength("AT1", YOUNG, TOUGHNESS, 5.0)
HELD = [{"surface": "left", "fixed": ["x"]}, {"surface": "base", "symmetry": True}]


def loaded(load: dict, keeps_history: bool = False) -> tuple[CrackingSolver, State]:
    """A unit square that cracks, held at its left and base and loaded at its right."""
    particle = bricks((1.0, 1.0), (4, 4), (1, 1), [(0, 0, 1)])
    sides = {
        "left": lambda x: x[0] < 1e-9,
        "right": lambda x: x[0] > 1 - 1e-9,
        "base": lambda x: x[1] < 1e-9,
    }
    facets = {n: mesh.locate_entities_boundary(particle.mesh, 1, at) for n, at in sides.items()}
    particle = replace(particle, surfaces={**particle.surfaces, **facets})
    spaces = make_spaces(particle, "strain")
    state = make_state(spaces)
    elastic = Stiffness.isotropic(YOUNG, 0.0)
    system = make_mechanical_system(
        particle,
        spaces,
        state,
        elastic,
        unbreakable(),
        degradation=degradation_of(state, elastic, "none"),
    )
    given = [LoadCase.model_validate(one) for one in (*HELD, {"surface": "right", **load})]
    fracture = make_grain_fracture(particle, state, system, RESISTANCE, keeps_history)
    return CrackingSolver(system, make_loads(particle, spaces, given), fracture, 1e-10), state


def stresses(
    solver: CrackingSolver, state: State, control: LoadControl, to: float, increments: int
) -> np.ndarray:
    """Stress at the right after every increment."""
    path = LoadPath(solver, state.function("damage"))
    increments_done = path.go(control, to, increments)
    return np.array([solver.loads.total("right", "x", solver.internal) for _ in increments_done])


@pytest.mark.parametrize("keeps_history", [False, True])
def test_a_stretched_square_is_as_strong_as_its_length_scale_says(keeps_history):
    stretch = 2.5 * STRENGTH / YOUNG
    solver, state = loaded({"displacement": {"x": stretch * UM}}, keeps_history)
    found = stresses(solver, state, FactorControl(), 1.0, 50)
    assert found.max() == pytest.approx(STRENGTH, rel=0.01)
    assert found[-1] < 0.5 * STRENGTH
    assert state["crack"].min() > 0.3


def test_a_given_opening_finds_how_the_load_falls():
    solver, state = loaded({"traction": {"x": 1e6}})
    control = MeasureControl(solver.loads.mean("right", "x"))
    found = stresses(solver, state, control, 2.5 * STRENGTH / YOUNG, 50)
    assert found.max() == pytest.approx(STRENGTH, rel=0.01)
    assert found[-1] < 0.5 * STRENGTH
    assert solver.factor == pytest.approx(found[-1], rel=1e-6)


def test_what_is_taken_back_leaves_no_crack():
    solver, state = loaded({"displacement": {"x": 2 * STRENGTH / YOUNG * UM}})
    before = solver.unknowns()
    solver.begin_step(state["damage"])
    solver.impose(1.0)
    solver.solve(1.0)
    assert state["crack"].min() > 0.3
    solver.restore(before)
    assert not state["crack"].any()
    assert not state["crack_drive"].any()


@pytest.mark.parametrize("keeps_history", [False, True])
def test_an_increment_whose_cracks_do_not_come_to_rest_is_cut(keeps_history):
    """Few turns between crack and displacement are allowed: shorter increments need fewer."""
    load = {"displacement": {"x": 2.5 * STRENGTH / YOUNG * UM}}
    solver, state = loaded(load, keeps_history)
    solver.cracks = FractureSolver(solver.cracks.fracture, max_turns=7)
    path, cracks = LoadPath(solver, state.function("damage")), [state["crack"].copy()]
    for _ in path.go(FactorControl(), 1.0, 4):
        cracks.append(state["crack"].copy())
    patient, wanted = loaded(load, keeps_history)
    stresses(patient, wanted, FactorControl(), 1.0, 4)
    print(f"{path.cuts} cuts, {len(cracks) - 1} increments, {patient.cracks.turns} turns without")
    assert path.cuts >= 2
    assert path.jumps == path.driven == 0
    assert np.diff(cracks, axis=0).min() >= -1e-12
    assert state["crack"] == pytest.approx(wanted["crack"], abs=3e-3)
    assert solver.factor == 1.0


def test_cracks_that_never_come_to_rest_end_the_path_where_it_was():
    solver, state = loaded({"displacement": {"x": 2.5 * STRENGTH / YOUNG * UM}})
    solver.cracks = FractureSolver(solver.cracks.fracture, max_turns=1)
    path = LoadPath(solver, state.function("damage"))
    with pytest.raises(LoadingError, match="cracks in grains still move"):
        list(path.go(FactorControl(), 1.0, 4))
    assert solver.factor * 2.5 == pytest.approx(1.0, abs=0.01), "not where cracks begin"
    assert state["crack"].max() < 0.01
