"""Ions along the boundaries: against the cable equation by hand, and conserved everywhere."""

from dataclasses import replace

import numpy as np
import pytest

from solver.entries import laws
from solver.materials.electrolyte import load_electrolyte_material
from solver.materials.library import load_boundary_material, load_filler_material
from solver.units.constants import METRE, SIEMENS
from tests.networks import (
    brick_particle,
    built,
    from_mouths,
    into_network,
    rest_potential,
    solved_at,
    static_case,
)
from tests.particles import plain_oxide

SMALL = 1e-5  # V: small beside 2RT/F, so that the reaction is linear
WIDTH, HEIGHT, JUNCTION = 4.0, 3.0, 1.5  # um
TEMPERATURE = 298.15
SLIT = 2e-3  # um
EXCHANGE = 100.0  # A/m^2
GLASS = replace(  # a filling that ions follow over a micrometre before they have reacted
    load_filler_material("lpo"), conductivity=lambda temperature: 1e-3, oxide_conductance=1.0
)
FILLINGS = {(0, 1): "lpo", (0, 2): "liquid", (1, 2): "liquid"}


def three_grains(cells):
    """Two grains below a third: a junction of three boundaries, one of them filled with LPO."""
    particle = brick_particle(
        (WIDTH, HEIGHT), (4 * cells, 2 * cells), (2, 2), number=[0, 1, 2, 2], states=FILLINGS
    )
    return built(static_case(), particle, EXCHANGE, GLASS)


def cable(state, width, thermal):
    """Conductance along (kappa h), reaction conductance of a side, and mouth conductance."""
    if state == "lpo":
        unit = SIEMENS / METRE**2
        kappa = GLASS.conductivity(TEMPERATURE) * SIEMENS / METRE
        h = load_boundary_material("lpo").thickness * METRE
        transfer = 1 / (GLASS.oxide_conductance * unit)
        face = GLASS.electrolyte_conductance * unit * h
        mouth = 1 / (1 / face + 1 / (2 * kappa))
    else:
        electrolyte = load_electrolyte_material("carbonate")
        kappa, h = electrolyte.conductivity(TEMPERATURE) * SIEMENS / METRE, width
        transfer, mouth = thermal / EXCHANGE, kappa
    return kappa * h, 1 / (transfer + h / 2 / kappa), mouth


def hand_solution(arms):
    """Potentials E + A cosh(z/l) + B sinh(z/l) of arms that meet at z = 0 and end in a mouth.

    arms: (length, kappa h, conductance of both sides together, mouth conductance, E) of each.
    Unknowns: A and B of each arm, and the potential of the junction.
    """
    n = len(arms)
    matrix, right = np.zeros((2 * n + 1, 2 * n + 1)), np.zeros(2 * n + 1)
    for k, (length, along, sides, mouth, drive) in enumerate(arms):
        reach = np.sqrt(along / sides)
        z, a, b = length / reach, 2 * k, 2 * k + 1
        matrix[a, a], matrix[a, -1], right[a] = 1.0, -1.0, -drive
        matrix[b, a] = along / reach * np.sinh(z) + mouth * np.cosh(z)
        matrix[b, b] = along / reach * np.cosh(z) + mouth * np.sinh(z)
        right[b] = -mouth * drive
        matrix[-1, b] = along / reach
    solution = np.linalg.solve(matrix, right)

    def potential(k, place):
        reach = np.sqrt(arms[k][1] / arms[k][2])
        a, b = solution[2 * k : 2 * k + 2]
        return arms[k][4] + a * np.cosh(place / reach) + b * np.sinh(place / reach)

    return potential, solution[-1]


def drives(model):
    """V_g - U of each grain; lithium has had no time to move."""
    at = model.electro.nodal.lithium_potential.x.array
    count = np.bincount(model.spaces.grain_of_node)
    return np.bincount(model.spaces.grain_of_node, at) / count


def compared(cells):
    """Largest error of the potential, relative to its largest value, with this many cells."""
    model = three_grains(cells)
    solved_at(model, rest_potential(model) + SMALL, SLIT)
    thermal = model.electro.laws.thermal_voltage
    drive, arms = drives(model), []
    lengths = {(0, 1): JUNCTION, (0, 2): WIDTH / 2, (1, 2): WIDTH / 2}
    for (low, high), state in FILLINGS.items():
        along, side, mouth = cable(state, SLIT, thermal)
        both = (drive[low] + drive[high]) / 2
        arms.append((lengths[low, high], along, 2 * side, mouth, both))
    potential, junction = hand_solution(arms)
    b, phi = model.spaces.boundaries, model.state["network_potential"]
    place = np.linalg.norm(b.position - [WIDTH / 2, JUNCTION], axis=1)
    error = np.zeros(b.n_points)
    for k, pair in enumerate(FILLINGS):
        here = (b.pair == pair).all(axis=1)
        error[here] = phi[model.spaces.network.node[here]] - potential(k, place[here])
    return float(np.abs(error).max() / np.abs(phi).max()), junction, arms


def test_potentials_around_a_junction_are_those_of_three_fins():
    cells = np.array([4, 8, 16, 32])
    found = [compared(n) for n in cells]
    errors = np.array([error for error, *_ in found])
    order = -np.polyfit(np.log(cells), np.log(errors), 1)[0]
    reach = [float(np.sqrt(along / sides)) for _, along, sides, *_ in found[-1][2]]
    print(
        f"reaction lengths {np.round(reach, 3)} um, junction at {found[-1][1]:.3e} V; errors "
        f"{', '.join(f'{e:.1e}' for e in errors)}: order {order:.2f}"
    )
    assert order == pytest.approx(2.0, abs=0.15)
    assert errors[-1] < 1e-3


def test_the_current_of_all_sides_leaves_through_the_mouths():
    model = three_grains(8)
    for overpotential in (-0.5, 1e-3, 0.1, 1.0):
        solved_at(model, rest_potential(model) + overpotential, SLIT)
        leaves, given = from_mouths(model), into_network(model)
        print(f"{overpotential:+.5f} V: {given:.6e} pA in, {leaves / given - 1:+.1e} more out")
        assert leaves == pytest.approx(given, rel=1e-10)


def test_the_currents_along_the_boundaries_cancel_at_the_junction():
    model = three_grains(8)
    solved_at(model, rest_potential(model) + 0.05, SLIT)
    b, network = model.spaces.boundaries, model.spaces.network
    first, second = network.facet.T
    fall = model.state["network_potential"][network.node]
    along = model.electro.network.along.x.array
    length = b.weight[first] + b.weight[second]
    current = (along[first] + along[second]) / 2 * (fall[first] - fall[second]) / length
    centre = np.linalg.norm(b.position - [WIDTH / 2, JUNCTION], axis=1) < 1e-9
    away = np.where(centre[first], current, np.where(centre[second], -current, 0.0))
    both = model.state.sides("current").plus + model.state.sides("current").minus
    reacted = float((b.weight * both)[centre].sum())
    print(f"from the junction {away[away != 0.0]} pA, reacted there {reacted:.6e} pA")
    assert np.count_nonzero(away) == 3
    assert away.sum() == pytest.approx(reacted, abs=1e-10 * np.abs(away).max())


def buried(state, filler=GLASS, **others):
    """Two grains in a third; the boundary between them, filled, does not reach the outside."""
    number = [2, 2, 2, 2, 2, 0, 1, 2, 2, 2, 2, 2]
    particle = brick_particle((4.0, 3.0), (16, 24), (4, 3), number, {(0, 1): state})
    steep = plain_oxide(1e-14, potential=laws.linear(5.0, -1.0))
    case = static_case("physics.wetting.enabled=true")
    model = built(case, particle, filler=filler, grain=steep, **others)
    model.state["occupancy"][model.spaces.grain_of_node == 0] = 0.90
    return model


def lies_between(model, number):
    """Which boundary points lie between grains 0 and 1."""
    return (model.spaces.boundaries.pair == [0, number]).all(axis=1)


@pytest.mark.parametrize("conductivity", [1e-9, 1e-8, 1.0])
@pytest.mark.parametrize("state", ["lpo", "liquid"])
def test_lithium_from_grain_to_grain_meets_two_reactions_and_the_filling_in_series(
    state, conductivity
):
    poor = {"conductivity": lambda temperature: conductivity}
    electrolyte = replace(load_electrolyte_material("carbonate"), **poor)
    model = buried(state, replace(GLASS, **poor), electrolyte=electrolyte)
    here = lies_between(model, 1)
    model.state["wetness"][:] = here & (state == "liquid")
    solved_at(model, rest_potential(model) + 0.1, SLIT)
    thermal = model.electro.laws.thermal_voltage
    h = SLIT if state == "liquid" else load_boundary_material("lpo").thickness * METRE
    limit = GLASS.oxide_conductance * thermal if state == "lpo" else 1.0
    fall = -model.spaces.boundaries.jump(model.electro.nodal.lithium_potential.x.array)[here]
    current = model.state.sides("current").plus[here]
    ohmic = current * h / (conductivity * SIEMENS / METRE)
    exact = 4 * thermal * np.arcsinh(current / (2 * limit)) + ohmic
    print(
        f"{state}, {conductivity:g} S/m: {current.mean():.6e} pA/um^2 at {fall.mean():.8f} V, "
        f"{(ohmic / exact).mean():.1%} of it in the filling"
    )
    assert exact.mean() == pytest.approx(fall.mean(), rel=1e-9)


@pytest.mark.parametrize("state", ["lpo", "liquid"])
def test_a_network_without_outlet_floats_and_takes_no_net_current(state):
    model = buried(state)
    here = lies_between(model, 1)
    model.state["wetness"][:] = here & (state == "liquid")
    solved_at(model, rest_potential(model) + 0.1, SLIT)
    phi = model.state["network_potential"][model.spaces.network.node[here]]
    low, high = np.sort(drives(model)[:2])
    net, each = into_network(model), into_network(model, absolute=True)
    print(f"{state}: phi {phi.min():.6e} to {phi.max():.6e} V; {each:.3e} pA, net {net / each:.1e}")
    assert each > 0
    assert abs(net) < 1e-10 * each
    assert low < phi.min() <= phi.max() < high


def test_buried_liquid_that_fills_a_boundary_in_part_takes_no_net_current():
    """Beside its last wet point, the potential of the dry ones must not draw a current."""
    model = buried("dry")
    height = model.spaces.boundaries.position[:, 1]
    model.state["wetness"][:] = lies_between(model, 1) & (np.abs(height - 1.5) < 0.2)
    solved_at(model, rest_potential(model) + 0.1, SLIT)
    net, each = into_network(model), into_network(model, absolute=True)
    print(f"{each:.3e} pA from side to side, net {net / each:.1e}")
    assert each > 0
    assert abs(net) < 1e-10 * each
    assert abs(from_mouths(model)) < 1e-10 * each
