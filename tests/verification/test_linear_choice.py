"""What a case says of linear solvers is done, and does not change what a time step finds."""

import numpy as np
import pytest

from solver.drive.simulation import Simulation
from solver.model.build import build_model
from solver.solve.linear.cycles import CycleSolver
from solver.solve.linear.direct import DirectSolver
from solver.solve.linear.lagged import LaggedSolver
from solver.solve.staggered import CoupledSolver
from tests.particles import case_of, model_of, strip
from tests.verification.test_worn_specimens import case_and_bar

AXES = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
KIND = {"direct": DirectSolver, "lagged": LaggedSolver, "blocks": CycleSolver}


def one_step(mechanics, transport):
    """Two grains after 60 s of uneven occupancy; their model, and what solved it."""
    case = case_of(
        "['Charge at 1C for 1 hour']",
        f"numerics.linear={{mechanics: {mechanics}, transport: {transport}}}",
    )
    model = model_of(case, strip(1.0, 0.5, 2, 1, AXES))
    model.electro.control.impose_current(0.2)
    x, y, _ = model.spaces.scalar.tabulate_dof_coordinates().T
    model.state["occupancy"][:] += 0.03 * np.sin(4 * x) - 0.02 * y
    solver = CoupledSolver(model)
    solver.equilibrate()
    solver.begin_step(model.state)
    solver.step(60.0)
    return model, solver


@pytest.mark.parametrize(
    ("mechanics", "transport"), [("direct", "lagged"), ("lagged", "direct"), ("lagged", "blocks")]
)
def test_each_system_gets_the_solver_that_the_case_names(mechanics, transport):
    model, solver = one_step(mechanics, transport)
    usual, _ = one_step("auto", "auto")
    assert type(solver.mechanics.linear) is KIND[mechanics]
    assert type(solver.electro.linear) is KIND[transport]
    for name in ("displacement", "occupancy"):
        size = np.abs(usual.state[name]).max()
        np.testing.assert_allclose(model.state[name], usual.state[name], atol=1e-6 * size)
    assert np.abs(usual.state["displacement"]).max() > 1e-4


@pytest.mark.parametrize("kind", ["direct", "lagged"])
def test_a_body_under_load_gets_the_solver_that_the_case_names(kind):
    case, bar = case_and_bar("[load: {to: 1}]", f"numerics.linear.mechanics={kind}")
    loading = Simulation(build_model(case, bar))
    assert type(loading.way.solver.linear) is KIND[kind]
