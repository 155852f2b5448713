"""Lithium and electrons across the boundaries between grains."""

from dataclasses import replace

import numpy as np
import pytest
from dolfinx import mesh

from solver.entries import laws
from solver.materials.library import load_boundary_material
from solver.model.electro.conditions import LEAST_CONTACT
from tests.particles import case_of, disc, meshed, model_of, one_c, plain_oxide, ran, strip

WIDTH, HEIGHT = 2.0, 0.25  # um
D, RATE, TIME = 0.1, 2e-4, 2000  # um^2/s, 1/s, s
LITHIUM, ELECTRONS, COLLECTOR = 50.0, 100.0, 200.0  # S/m^2 = pA/(V um^2)
EXCHANGE, FILM = 2.0, 0.01  # A/m^2, ohm m^2


@pytest.fixture(scope="module")
def bicrystal():
    """Two grains in a row that react at the right end only, with a linear potential."""
    particle = strip(WIDTH, HEIGHT, 32, 4, [[0, 0, 1], [0, 0, 1]])
    right = mesh.locate_entities_boundary(particle.mesh, 1, lambda x: np.isclose(x[0], WIDTH))
    grain = plain_oxide(
        D * 1e-12,
        potential=laws.linear(4.5, -1.0),
        exchange_current=lambda temperature: laws.constant(EXCHANGE),
        surface_film_resistance=FILM,
        collector_conductance=COLLECTOR,
    )
    boundary = replace(
        load_boundary_material("dry"), lithium_conductance=LITHIUM, electron_conductance=ELECTRONS
    )
    case = case_of(
        f"[{{charge: {{rate: 1C, until: {{time: {TIME} s}}}}}}]",
        one_c(RATE),
        "initial.occupancy=0.6",
        "physics.swelling.enabled=false",
        "numerics.time_step.fixed=40",
    )
    return lambda: model_of(case, replace(particle, surfaces={"outer": right}), grain, boundary)


def along(model, place):
    """Occupancy of the left and of the right grain at X = place."""
    at = np.isclose(model.spaces.scalar.tabulate_dof_coordinates()[:, 0], place)
    x, grain = model.state["occupancy"], model.spaces.grain_of_node
    return [
        float(x[at & (grain == number)].mean())
        for number in (0, 1)
        if (at & (grain == number)).any()
    ]


def test_two_grains_in_a_row_are_resistances_in_series(bicrystal):
    model = bicrystal()
    ran(model)
    i = model.electro.control.applied.value
    j = i / 2  # half of the lithium comes through the boundary
    jump = j * (1 / LITHIUM + 1 / ELECTRONS)  # potential slope is -1 V
    thermal = model.electro.laws.thermal_voltage
    (left,), (right,) = along(model, 0.0), along(model, WIDTH)
    before, after = along(model, WIDTH / 2)
    voltage = model.state["collector_potential"][0]
    exact_voltage = (
        4.5 - right + i * (1 / COLLECTOR + FILM) + 2 * thermal * np.arcsinh(i / (2 * EXCHANGE))
    )
    drop = RATE * WIDTH**2 / (2 * D) + jump
    print(
        f"occupancy drop {left - right:.8f}, exact {drop:.8f}; at the boundary "
        f"{before - after:.8f}, exact {jump:.8f}; voltage {voltage:.8f}, exact {exact_voltage:.8f}"
    )
    assert before - after == pytest.approx(jump, rel=1e-6)
    assert left - right == pytest.approx(drop, rel=1e-6)
    assert voltage == pytest.approx(exact_voltage, abs=1e-7)


def test_a_separated_boundary_passes_no_lithium(bicrystal):
    model = bicrystal()
    model.state["damage"][:] = 1.0
    ran(model)
    change = 0.6 - model.state["occupancy"]
    volume, grain = model.mechanics.node_volume, model.spaces.grain_of_node
    lost = np.bincount(grain, change * volume)
    share = lost[0] / lost.sum()
    print(f"the grain behind the crack gave {share:.1e} of the lithium")
    assert abs(share) < 1e-6
    assert lost[1] / volume.sum() == pytest.approx(RATE * TIME, rel=1e-6)


@pytest.fixture
def charging_disc():
    """Eight grains in charge; contacts stay as the test sets them."""
    case = case_of(
        "[{charge: {rate: 1C, until: {time: 120 s}}}]",
        *disc(8, 1.0, 0.3, 0.25),
        "physics.crack_blocks_lithium.enabled=false",
        "physics.crack_blocks_electrons.enabled=false",
        "numerics.time_step.fixed=20",
    )
    return model_of(case, meshed(case))


def outer_grain(model):
    """The grain that has the largest part of the outside."""
    outside = np.bincount(model.spaces.grain_of_node, model.electro.outer_area)
    return int(np.argmax(outside))


def cut_off(model, grain, lithium):
    """Take a grain's contacts for electrons away, and those for lithium if asked."""
    touching = (model.spaces.boundaries.pair == grain).any(axis=1)
    dof = model.spaces.grain_dof_of_node[model.spaces.grain_of_node == grain][0]
    model.electro.collector_contact.x.array[dof] = 0.0
    model.surfaces.boundary.electrons[touching] *= LEAST_CONTACT
    if lithium:
        model.surfaces.boundary.resistance[touching] /= LEAST_CONTACT


def test_a_grain_without_electrons_stops_reacting(charging_disc):
    model = charging_disc
    grain = outer_grain(model)
    cut_off(model, grain, lithium=True)
    ran(model)
    current = model.electro.outer_area * model.state.sides("current").outside
    share = np.bincount(model.spaces.grain_of_node, current) / current.sum()
    print(f"share of the reaction current: {share[grain]:.1e}, others {np.round(share, 3)}")
    assert abs(share[grain]) < 1e-6


def test_a_grain_without_electrons_keeps_its_lithium_even_if_lithium_passes(charging_disc):
    model = charging_disc
    grain = outer_grain(model)
    cut_off(model, grain, lithium=False)
    ran(model)
    change = model.mechanics.node_volume * (model.state["occupancy"] - 0.95)
    share = np.bincount(model.spaces.grain_of_node, change) / change.sum()
    print(f"share of the lithium given: {share[grain]:.1e}, others {np.round(share, 3)}")
    assert abs(share[grain]) < 1e-6
    assert np.delete(share, grain).min() > 0.01
