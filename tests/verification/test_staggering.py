"""Solving chemistry and mechanics in turn gives the solution of the whole system.

The whole system is put together here from the forms of both, with the stress part and the
reaction current eliminated by their laws, and solved by Newton's method with a dense Jacobian by
finite differences, on a mesh of eight cells.
"""

import numpy as np
import pytest
from dolfinx import fem

from solver.solve.staggered import CoupledSolver
from tests.particles import case_of, model_of, strip

AXES = [[0.6, 0.0, 0.8], [0.0, 0.8, 0.6]]
DT = 300.0  # s
FIELDS = ("occupancy", "grain_potential", "collector_potential", "displacement", "axial_strain")
SIZES = [1.0, 1.0, 1.0, 1e-3, 1e-3]  # of changes of the fields, to measure residuals with


class WholeSystem:
    """All equations of one time step as one function of one array."""

    def __init__(self, model, share):
        self.model, self.share = model, share
        self.fields = [model.state[name] for name in FIELDS]
        self.ends = np.cumsum([len(values) for values in self.fields])
        self.projection = fem.Function(model.spaces.tensor)
        self.damage_old = model.state["damage"].copy()
        self.motions = self._rigid_motions()

    def get(self):
        return np.concatenate(self.fields)

    def put(self, z):
        for values, part in zip(self.fields, np.split(z, self.ends[:-1]), strict=True):
            values[:] = part

    def residual(self, z):
        """Transport, charge of grains, control, equilibrium (rigid motions held), axial force."""
        self.put(z)
        self._deform()
        self._react()
        model = self.model
        forms = [*model.electro.residual, *((form,) for form in model.mechanics.residual)]
        parts = [sum(fem.assemble_vector(form).array for form in several) for several in forms]
        u = model.state["displacement"]
        parts[3] += model.mechanics.elastic.c11 * self.motions.T @ (self.motions @ u)
        return np.concatenate(parts)

    def _deform(self):
        model, x = self.model, self.model.state["occupancy"]
        model.mechanics.strain_a.x.array[:] = model.strain_a.value(x)
        model.mechanics.strain_c.x.array[:] = model.strain_c.value(x)
        model.mechanics.update_boundaries(self.damage_old, self.share)

    def _react(self):
        """Laws of the nodes, with the stress of the present shape."""
        model, nodal, p = self.model, self.model.electro.nodal, self.model.electro.laws
        x = model.state["occupancy"]
        stress = model.mechanics.stress.read(self.projection)
        stress_part = model.swelling().potential(x, stress)
        equilibrium = p.potential.value(x) + stress_part
        overpotential = model.electro.grain_potential_at_nodes() - equilibrium
        current = 2 * p.exchange_current.value(x) * np.sinh(overpotential / (2 * p.thermal_voltage))
        nodal.stress_part.x.array[:] = stress_part
        nodal.lithium_potential.x.array[:] = overpotential
        nodal.potential.x.array[:] = p.potential.value(x)
        nodal.potential_slope.x.array[:] = p.potential.slope(x)
        nodal.diffusivity.x.array[:] = p.diffusivity.value(x)
        outside = np.where(model.electro.outer_area > 0, current, 0.0)
        surfaces, boundaries = model.electro.surfaces, model.spaces.boundaries
        resistance = model.electro.held.passages.contact.resistance
        contact = -boundaries.jump(overpotential) / resistance
        for surface, values in ((surfaces.outside, outside), (surfaces.contact, contact)):
            surface.lithium.value.x.array[:] = surface.charge.value.x.array[:] = values

    def jacobian(self, z, step=1e-6):
        columns = []
        for k in range(len(z)):
            size = step * SIZES[int(np.searchsorted(self.ends, k, side="right"))]
            there, back = z.copy(), z.copy()
            there[k] += size
            back[k] -= size
            columns.append((self.residual(there) - self.residual(back)) / (2 * size))
        return np.array(columns).T

    def solved(self, z):
        """Newton's method; return the solution and the number of iterations."""
        for iteration in range(1, 31):
            change = np.linalg.solve(self.jacobian(z), self.residual(z))
            z = z - change * min(1.0, 0.1 / np.abs(change).max())
            if np.abs(change).max() < 1e-11:
                return z, iteration
        raise AssertionError(f"Newton's method still changes {np.abs(change).max():.1e}")

    def _rigid_motions(self):
        x, y, _ = self.model.spaces.scalar.tabulate_dof_coordinates().T
        one, zero = np.ones_like(x), np.zeros_like(x)
        along = ((one, zero, zero), (zero, one, zero), (zero, zero, one), (-y, x, zero))
        motions = [np.column_stack(motion).ravel() for motion in along]
        return np.linalg.qr(np.array(motions).T)[0].T

    def without_rigid_motion(self, z):
        z = z.copy()
        u = z[self.ends[2] : self.ends[3]]
        u -= self.motions.T @ (self.motions @ u)
        return z


@pytest.fixture(scope="module", params=[0.9, 0.35], ids=["full", "collapsing"])
def step(request):
    """One time step, solved in turns: the whole system, its solution, number of turns, start.

    From 0.4 the step has two solutions: with the stress of bonded grains the equilibrium potential
    is all but flat below it.
    """
    case = case_of(
        "[{charge: {rate: 1C, until: {time: 1 h}}}]",
        f"initial.occupancy={request.param}",
        "numerics.stagger_tolerance=1e-10 V",
        "numerics.stagger_iterations=200",
        "numerics.newton_tolerance=1e-10",
    )
    model = model_of(case, strip(1.0, 0.5, 2, 1, AXES))
    model.electro.control.impose_current(0.2)
    x, y, _ = model.spaces.scalar.tabulate_dof_coordinates().T
    model.state["occupancy"][:] += 0.03 * np.sin(4 * x) + 0.02 * y
    solver = CoupledSolver(model)
    solver.equilibrate()
    system = WholeSystem(model, DT / (DT + model.relaxation_time))
    start = system.get()
    solver.begin_step(model.state)
    turns = solver.step(DT).turns
    return system, system.without_rigid_motion(system.get()), turns, start


def in_sizes(system, change):
    """Largest change of any unknown, each measured by its size."""
    return np.abs(change / np.repeat(SIZES, np.diff([0, *system.ends]))).max()


def test_the_whole_residual_vanishes_where_the_turns_end(step):
    system, solution, turns, _ = step
    change = np.linalg.solve(system.jacobian(solution), system.residual(solution))
    left = in_sizes(system, change)
    print(f"{turns} turns; a Newton step of the whole system would change {left:.1e}")
    assert left < 1e-7


def test_the_turns_end_at_the_solution_of_the_whole_system(step):
    system, solution, turns, start = step
    found, iterations = system.solved(start)
    error = in_sizes(system, system.without_rigid_motion(found) - solution)
    x = found[: system.ends[0]]
    print(
        f"{len(found)} unknowns: {turns} turns against {iterations} Newton iterations of the "
        f"whole, difference {error:.1e}; occupancies {x.min():.3f} to {x.max():.3f}"
    )
    assert error < 1e-7
