"""Impedance of two grains with LPO between them, as a film and as a boundary: circuits by hand."""

from dataclasses import replace

import numpy as np
import pytest
from dolfinx import mesh

from solver.entries import laws
from solver.materials.library import load_boundary_material, load_filler_material
from solver.model.boundary_laws import materials_of
from solver.model.build import build_model, collector_potential
from solver.particle.mesh import particle_of_mesh
from solver.solve.impedance import spectrum
from solver.solve.staggered import CoupledSolver
from solver.solve.timestep import Stepper
from solver.units.constants import METRE, SIEMENS
from tests.particles import case_of, charge_density, midpoints, plain_oxide, strip

GRAIN, HEIGHT, THICKNESS = 1.0, 0.1, 0.05  # um
EXCHANGE, CONTACT, LAYER = 2.0, 200.0, 0.1  # A/m^2, S/m^2, F/m^2
FACE, ELECTRONS, CONDUCTIVITY = 40.0, 100.0, 3e-6  # S/m^2, S/m^2, S/m
FAST, SLOW = 1e-9, 1e-14  # m^2/s
CASE = case_of(
    "[{rest: {until: {time: 1 s}}}]",
    "initial.occupancy=0.6",
    "particle.boundary.state=lpo",
    "physics.swelling.enabled=false",
    "physics.boundary_network.enabled=true",
)


def reacting_at_its_right(particle, width):
    right = mesh.locate_entities_boundary(particle.mesh, 1, lambda x: np.isclose(x[0], width))
    return replace(particle, surfaces={"outer": right})


def with_film():
    """Grain, film and grain in a row."""
    width = 2 * GRAIN + THICKNESS
    msh = strip(width, HEIGHT, 60, 1, [[0, 0, 1]] * 3).mesh
    knots = [0.0, GRAIN, GRAIN + THICKNESS, width]
    msh.geometry.x[:, 0] = np.interp(msh.geometry.x[:, 0] * 60 / width, [0, 20, 40, 60], knots)
    region = np.searchsorted(knots[1:-1], midpoints(msh)[:, 0]).astype(np.int32)
    filler = np.array([False, True, False])
    particle = particle_of_mesh(msh, region, np.tile([0.0, 0.0, 1.0], (3, 1)), filler)
    return reacting_at_its_right(particle, width)


def with_boundary():
    """Two grains in a row; the film between them has no cells of its own."""
    particle = strip(2 * GRAIN, HEIGHT, 40, 1, [[0, 0, 1]] * 2)
    return reacting_at_its_right(particle, 2 * GRAIN)


def model_of_two(particle, diffusivity=FAST, layer=LAYER):
    """The model, of round figures; its potential falls by 1 V."""
    materials = materials_of(CASE, particle)
    film = replace(
        load_filler_material("lpo"),
        conductivity=lambda temperature: CONDUCTIVITY,
        oxide_conductance=FACE,
        electron_conductance=ELECTRONS,
    )
    filled = replace(
        load_boundary_material("lpo"),
        thickness=THICKNESS / METRE,
        electron_conductance=ELECTRONS / 2,
    )
    grain = plain_oxide(
        diffusivity,
        potential=laws.linear(4.5, -1.0),
        exchange_current=lambda temperature: laws.constant(EXCHANGE),
        collector_conductance=CONTACT,
    )
    electrolyte = replace(materials.electrolyte, double_layer=layer, charge_transfer=1.0)
    materials = materials._replace(
        grain=grain,
        filler=film,
        electrolyte=electrolyte,
        boundaries=materials.boundaries | {"lpo": filled},
    )
    return build_model(CASE, particle, materials)


def by_hand(model, f):
    """Circuit of two grains that are even inside. The charge j that ions carry from the left grain
    to the right one comes back as electrons; lithium is the faradaic part alone of each current:

        j (2 z_face + R_film + R_electrons) = U_2 - U_1
        U_1 = q j a / (i omega),   U_2 = q (I b - j a) / (i omega),   q = -U'/(F c_max L)
    """
    s = 2j * np.pi * f
    face = 1 / (FACE + s * LAYER)
    transfer = model.electro.laws.thermal_voltage / EXCHANGE
    a, b = FACE * face, 1 / (1 + s * transfer * LAYER)
    q = 1 / (charge_density(model) * GRAIN)
    film = THICKNESS / (CONDUCTIVITY * SIEMENS / METRE)
    j = q * b / s / (2 * face + film + 2 / ELECTRONS + 2 * q * a / s)
    return 1 / CONTACT + transfer * b + q / s * (b - j * a)


@pytest.mark.parametrize("particle", [with_film, with_boundary])
def test_two_grains_and_the_film_between_them_are_a_circuit_of_double_layers(particle):
    model = model_of_two(particle())
    f = np.logspace(4, -5, 10)
    found, exact = spectrum(model, f), by_hand(model, f)
    for frequency, one, other in zip(f, found, exact, strict=True):
        print(f"{frequency:8.1e} Hz: {one:.8g} ohm m^2, by hand {other:.8g}")
    assert found == pytest.approx(exact, rel=2e-5)


@pytest.mark.parametrize("particle", [with_film, with_boundary])
def test_a_slow_signal_meets_the_resistance_of_a_steady_charge(particle):
    """The real part at low frequency is V - U of a charge whose profile is steady, over i."""
    model = model_of_two(particle(), SLOW)
    slow = spectrum(model, [1e-6])[0].real
    solver, density, dt = CoupledSolver(model), 1e-3, 500.0
    solver.equilibrate()
    stepper = Stepper(model, solver)
    model.electro.control.impose_current(density)
    for _ in range(20):
        stepper.attempt(dt)
        stepper.accept(dt)
    mean = model.lithium() / model.electro.properties.max_concentration / model.extent.volume
    level = float(model.electro.laws.potential.value(np.array(mean)))
    steady = (collector_potential(model) - level) / density
    print(f"real part {slow:.8f} ohm m^2, of a steady charge {steady:.8f}")
    assert slow == pytest.approx(steady, rel=1e-5)
