"""The reaction far from equilibrium, and where it takes place in a deep slit."""

import numpy as np
import pytest
from scipy.integrate import solve_bvp

from solver.entries import laws
from solver.materials.electrolyte import load_electrolyte_material
from solver.units.constants import METRE, SIEMENS
from tests.networks import MOMENT, brick_particle, built, rest_potential, solved_at, static_case
from tests.particles import plain_oxide

OVERPOTENTIALS = [1e-3, 1e-2, 0.1, 0.3, 1.0]  # V
DEPTH, WIDTH = 1.5, 2e-3  # um, of the slit
EXCHANGE = 100.0  # A/m^2


def one_grain(resistance):
    """A grain whose potential and exchange current depend on the occupancy."""
    oxide = plain_oxide(
        1e-14,
        potential=laws.linear(5.0, -1.0),
        exchange_current=lambda temperature: laws.linear(1.0, 0.3),
        surface_film_resistance=resistance,
        collector_conductance=1e9,
    )
    particle = brick_particle((1.0, 1.0), (8, 8), (1, 1))
    return built(static_case("initial.occupancy=0.5"), particle, grain=oxide)


@pytest.mark.parametrize("dt", [MOMENT, 1.0])
@pytest.mark.parametrize("resistance", [0.0, 1e-3, 1.0, 1e3])
def test_the_reaction_converges_from_a_millivolt_to_a_volt_whatever_the_film(resistance, dt):
    """In a moment no lithium moves, and only the law of the reaction is left to be met."""
    model, counts = one_grain(resistance), []
    outside = model.electro.outer_area > 0
    thermal = model.electro.laws.thermal_voltage
    for overpotential in np.outer(OVERPOTENTIALS, [1, -1]).ravel():
        model.state["occupancy"][:] = 0.5
        model.state.sides("current").outside[:] = 0.0
        voltage = rest_potential(model) + overpotential
        solver = solved_at(model, voltage, dt=dt, tolerance=1e-8, iterations=15)
        counts.append(solver.newton_iterations)
        i, x = model.state.sides("current").outside[outside], model.state["occupancy"][outside]
        drive = model.electro.nodal.lithium_potential.x.array[outside]
        exact = i * resistance + 2 * thermal * np.arcsinh(i / 2 / (1.0 + 0.3 * x))
        assert np.abs(exact - drive).max() < 1e-8
    print(f"{resistance:g} ohm m^2, {dt:g} s: {counts} iterations, + and - {OVERPOTENTIALS} V")
    assert max(counts) <= 12


def slit(cells):
    """Two grains below a third; the boundary between them is wet, and open below."""
    particle = brick_particle((4.0, 3.0), (8, 2 * cells), (2, 2), number=[0, 1, 2, 2])
    model = built(static_case("physics.wetting.enabled=true"), particle, EXCHANGE)
    here = (model.spaces.boundaries.pair == [0, 1]).all(axis=1)
    model.state["wetness"][:] = here
    return model, here


def fin(drive, thermal, place):
    """Current density at these distances from the tip, by solving the cable equation."""
    kappa = load_electrolyte_material("carbonate").conductivity(298.15) * SIEMENS / METRE

    def density(phi):
        return 2 * EXCHANGE * np.sinh((drive - phi) / (2 * thermal))

    def fall(z, y):
        return np.array([y[1], -2 * density(y[0]) / (kappa * WIDTH)])

    def ends(tip, mouth):
        return np.array([tip[1], kappa * WIDTH * mouth[1] + kappa * mouth[0]])

    z = np.linspace(0, DEPTH, 400)
    guess = drive * np.vstack([0.9 - 0.9 * (z / DEPTH) ** 2, -1.8 * z / DEPTH**2])
    solution = solve_bvp(fall, ends, z, guess, tol=1e-8, max_nodes=100000)
    assert solution.success
    return density(solution.sol(place)[0])


@pytest.mark.parametrize("overpotential", [1e-3, 0.05, 0.2, 0.4])
def test_a_deep_wet_slit_reacts_at_its_mouth_rather_than_at_its_tip(overpotential):
    """A uniform current would be wrong by a factor, also in a liquid that conducts as in bulk."""
    model, here = slit(64)
    solved_at(model, rest_potential(model) + overpotential, WIDTH)
    thermal = model.electro.laws.thermal_voltage
    current = model.state.sides("current").plus[here]
    beside = model.spaces.boundaries.plus[here]
    drive = float(model.electro.nodal.lithium_potential.x.array[beside].mean())
    exact = fin(drive, thermal, DEPTH - model.spaces.boundaries.position[here, 1])
    mouth, tip = current.max(), current.min()
    error = np.abs(current - exact).max() / mouth
    print(f"{overpotential:g} V: mouth {mouth:.4e}, tip {tip:.4e} pA/um^2; error {error:.1e}")
    assert model.spaces.boundaries.position[here, 1][np.argmax(current)] == 0.0
    assert mouth > 5 * tip > 0
    assert error < 1e-3
