"""Stress in the equilibrium potential: where rest ends, and that it derives from the energy."""

import numpy as np
import pytest
from dolfinx import fem

from solver.entries import laws
from solver.model.energy import EnergyLedger
from solver.physics.mechanics import along, trace
from solver.solve.staggered import CoupledSolver
from tests.bodies import LAYERED, body_of, discs, relax, unbreakable
from tests.particles import case_of, disc, meshed, model_of, oxide, ran


def at_rest(largest_step, grain=None):
    """Five bonded grains that start with uneven occupancy, after a rest of four months."""
    case = case_of(
        "[{rest: {until: {time: 1e7 s}}}]",
        *disc(5, 0.8, 0.2, 0.16),
        "initial.occupancy=0.5",
        "physics.cohesive.enabled=false",
        "numerics.stagger_tolerance=1e-9 V",
        "numerics.occupancy_error=1e-2",
        "numerics.time_step.initial=10",
        f"numerics.time_step.maximum={largest_step}",
    )
    model = model_of(case, meshed(case), grain)
    x, y, _ = model.spaces.scalar.tabulate_dof_coordinates().T
    model.state["occupancy"][:] = 0.5 + 0.08 * np.sin(3 * x) + 0.05 * y
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return model, recorder


@pytest.fixture(scope="module")
def resting():
    return at_rest(1e6)


def spreads(model):
    """Spread of U_eq, of its stress part, and of the potentials of the grains, V."""
    stress = model.state["stress_potential"]
    U_eq = model.electro.laws.potential.value(model.state["occupancy"]) + stress
    return np.ptp(U_eq), np.ptp(stress), np.ptp(model.state["grain_potential"])


def test_rest_ends_with_an_even_potential_though_stress_keeps_the_lithium_uneven():
    model, _ = at_rest(1e6, oxide(potential=laws.linear(4.5, -1.0)))
    potential, stress, grains = spreads(model)
    print(f"linear potential: U_eq even to {potential:.1e} V, its stress part to {stress:.3f} V")
    assert stress > 0.02
    assert potential < 1e-12
    assert grains < 1e-12


def test_with_the_potential_of_the_oxide_rest_ends_as_even_on_cells_of_any_size(resting):
    model, recorder = resting
    potential, stress, grains = spreads(model)
    print(f"U_eq even to {potential:.1e} V, its stress part to {stress:.3f} V")
    assert stress > 0.02
    assert potential < 1e-12
    assert grains < 1e-12
    assert recorder.column("Lithium Error / 1").max() < 1e-8


def test_rest_ends_alike_whatever_the_time_steps(resting):
    one, longer = resting
    other, shorter = at_rest(1e5)
    difference = np.abs(one.state["occupancy"] - other.state["occupancy"]).max()
    print(
        f"{len(longer.rows)} and {len(shorter.rows)} steps: occupancies differ by {difference:.1e}"
    )
    assert len(shorter.rows) > 2 * len(longer.rows)
    assert difference < 1e-8


@pytest.fixture
def strained(resting):
    """A stressed state, its mechanics, and nodes to look at: one in each grain, one at a
    boundary."""
    model, _ = resting
    before = {name: values.copy() for name, values in model.state.arrays().items()}
    grain = model.spaces.grain_of_node
    nodes = [int(np.flatnonzero(grain == number)[-1]) for number in range(5)]
    yield model, [*nodes, int(model.spaces.boundaries.plus[0])]
    for name, values in before.items():
        model.state[name][:] = values


def derivative_by_occupancy(model, node, energy, step=1e-4):
    """Central difference of an energy by the occupancy of a node, as a potential: V."""
    x = model.state["occupancy"]
    middle, values = x[node], []
    for sign in (1, -1):
        x[node] = middle + sign * step
        values.append(energy())
    x[node] = middle
    charge = (model.mechanics.node_volume * model.electro.charge_density())[node]
    return (values[0] - values[1]) / (2 * step * charge)


def stored_energy_of(model):
    """What brings a model into equilibrium and returns the energy that it then stores, pJ."""
    solver, ledger = CoupledSolver(model), EnergyLedger(model.mechanics)

    def stored():
        solver.equilibrate()
        ledger.open(model.state["damage"])
        return ledger.energies.elastic + ledger.energies.bond + ledger.energies.contact

    return stored


def stress_parts_of_grains(model):
    """At a node of each of the first two grains: the stress part (V), and what it is by energy."""
    stored, grain = stored_energy_of(model), model.spaces.grain_of_node
    stored()
    nodes = [int(np.flatnonzero(grain == number)[3]) for number in (0, 1)]
    parts = mean_stress_part(model, nodes)
    by_energy = [-derivative_by_occupancy(model, node, stored) for node in nodes]
    print(f"stress part {1e3 * parts} mV, by energy {1e3 * np.array(by_energy)}")
    return list(zip(parts, by_energy, strict=True))


def mean_stress_part(model, nodes):
    """Stress part of the potential by the mean strain of the cells around some nodes, V."""
    system, stress, into = (
        model.mechanics,
        model.mechanics.stress,
        fem.Function(model.spaces.tensor),
    )
    stress.read(into)
    of_cells, corners = stress.cells.x.array.reshape(-1, 6), model.spaces.scalar.dofmap.list
    share = stress.volume[::6] / corners.shape[1]
    total = np.zeros((len(system.node_volume), 6))
    np.add.at(total, corners, (of_cells * share[:, None])[:, None])
    stress.at_node.x.array[:] = (total / system.node_volume[:, None]).ravel()
    of_nodes = stress.per_volume(stress.stress, into)
    return model.swelling().potential(model.state["occupancy"], of_nodes)[nodes]


def test_stress_by_the_mean_strain_of_its_cells_is_the_derivative_of_the_elastic_energy(strained):
    model, nodes = strained
    ledger = EnergyLedger(model.mechanics)

    def elastic_energy():
        x = model.state["occupancy"]
        model.mechanics.strain_a.x.array[:] = model.strain_a.value(x)
        model.mechanics.strain_c.x.array[:] = model.strain_c.value(x)
        ledger.open(model.state["damage"])
        return ledger.energies.elastic

    found = np.array([derivative_by_occupancy(model, n, elastic_energy) for n in nodes])
    elastic_energy()
    stress_part = mean_stress_part(model, nodes)
    error = np.abs(found + stress_part).max() / np.abs(stress_part).max()
    print(f"dE/dx against the stress of {len(nodes)} nodes, shape held: error {error:.1e}")
    assert error < 1e-5


def test_stress_by_the_mean_strain_of_its_cells_is_the_derivative_of_all_energy_in_equilibrium(
    strained,
):
    model, nodes = strained
    stored_energy = stored_energy_of(model)
    stored_energy()
    stress_part = mean_stress_part(model, nodes)
    found = np.array([derivative_by_occupancy(model, n, stored_energy) for n in nodes])
    error = np.abs(found + stress_part).max() / np.abs(stress_part).max()
    print(f"dE/dx against the stress of {len(nodes)} nodes, in equilibrium: error {error:.1e}")
    assert error < 1e-5


def test_where_lithium_swells_a_part_of_a_node_it_feels_that_part_of_the_derivative(strained):
    """Of the grains every other, and of them the more the further up."""
    model, nodes = strained
    stored_energy = stored_energy_of(model)
    y = model.spaces.scalar.tabulate_dof_coordinates()[:, 1]
    left = np.where(model.spaces.grain_of_node % 2 == 0, 0.5 + 0.3 * y, 1.0)
    model.state["sites"][:] *= left
    model.state["brought_a"][:] = -0.01 * (1.0 - left)
    stored_energy()
    stress_part = mean_stress_part(model, nodes)
    found = np.array([derivative_by_occupancy(model, n, stored_energy) for n in nodes])
    print(f"left {left[nodes]}, dE/dx {-1e3 * found} mV, stress part {1e3 * stress_part}")
    assert np.abs(left[nodes] * found + stress_part).max() < 1e-5 * np.abs(stress_part).max()


def work_by_nodes_and_by_cells(size):
    """Work of the stress on a further swelling of a round layered grain, read in both ways."""
    body = body_of(discs([1.0], [size], c_axis=[0.6, 0.0, 0.8]), LAYERED, unbreakable())
    x, y, _ = body.nodes.T
    relax(body, 0.01 * np.sin(3 * x), -0.02 * x * y)
    stress, system = body.stress(), body.system
    axis = system.c_axis_of_node
    growth_a, growth_c = np.cos(2 * y), np.sin(2 * x) + y**2
    along_c = along(stress, axis)
    power = growth_a * (trace(stress) - along_c) + growth_c * along_c
    step = 1e-4
    system.strain_a.x.array[:] += step * growth_a
    system.strain_c.x.array[:] += step * growth_c
    after = fem.assemble_scalar(system.elastic_energy)
    system.strain_a.x.array[:] -= 2 * step * growth_a
    system.strain_c.x.array[:] -= 2 * step * growth_c
    released = (fem.assemble_scalar(system.elastic_energy) - after) / (2 * step)
    return system.node_volume @ power, released


def test_the_work_of_the_stress_at_the_nodes_is_that_of_the_energy_to_second_order():
    sizes, errors = (0.1, 0.05, 0.025), []
    for size in sizes:
        by_nodes, by_cells = work_by_nodes_and_by_cells(size)
        errors.append(abs(by_nodes / by_cells - 1))
    order = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    figures = ", ".join(f"{error:.2%}" for error in errors)
    print(f"work of swelling by the stress at the nodes: wrong by {figures}, order {order:.2f}")
    assert errors[-1] < 2e-3
    assert order > 1.7
