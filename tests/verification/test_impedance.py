"""Impedance against formulas: diffusion in a sphere and a slab, the Randles circuit."""

from dataclasses import replace

import numpy as np
import pytest
from dolfinx import mesh

from solver.entries import laws
from solver.model.boundary_laws import materials_of
from solver.model.build import build_model
from solver.physics.spectra import arcs
from solver.solve.impedance import ImpedanceError, spectrum
from tests.particles import ball, case_of, charge_density, layered_ball, plain_oxide, strip

CASE = case_of(
    "[{rest: {until: {time: 1 s}}}]", "initial.occupancy=0.6", "physics.swelling.enabled=false"
)
D = 0.01  # um^2/s
EXCHANGE, CONTACT = 2.0, 200.0  # A/m^2, S/m^2
LAYER = 0.1  # F/m^2


def one_grain(particle, layer=0.0, **changes):
    """Model of a grain whose occupancy is even; double layer in F/m^2."""
    grain = plain_oxide(
        D * 1e-12,
        **{
            "potential": laws.linear(4.5, -1.0),
            "exchange_current": lambda temperature: laws.constant(EXCHANGE),
            "collector_conductance": CONTACT,
        }
        | changes,
    )
    materials = materials_of(CASE, particle)
    electrolyte = replace(materials.electrolyte, double_layer=layer, charge_transfer=1.0)
    return build_model(CASE, particle, materials._replace(grain=grain, electrolyte=electrolyte))


def in_series(model):
    """Contact to the collector and charge transfer at equilibrium, ohm m^2."""
    return 1 / CONTACT + model.electro.laws.thermal_voltage / EXCHANGE


def largest_error(model, s, length, exact, drawn):
    """Error of the diffusion impedance at s = i omega length^2/D, relative to its modulus."""
    found = spectrum(model, s * D / (2 * np.pi * length**2)) - in_series(model)
    unit = length / (D * charge_density(model))  # of -U' R/(F c_max D), U' being -1 V
    error = np.abs(found / unit - exact) / np.abs(exact)
    known, points = {"closed form": (s, abs(exact))}, {"found": (s, abs(found / unit))}
    drawn("omega L^2/D", "modulus of Z", known, points, xscale="log", yscale="log")
    for value, share in zip(s, error, strict=True):
        print(f"omega L^2/D {value:8.1e}: error {share:.2%}")
    return error.max()


def in_a_sphere(s):
    root = np.sqrt(1j * s)
    return 1 / (root / np.tanh(root) - 1)


def in_a_slab(s):
    root = np.sqrt(1j * s)
    return 1 / (root * np.tanh(root))


@pytest.mark.slow
def test_diffusion_in_a_ball_has_the_impedance_of_a_sphere(drawn):
    model = one_grain(ball(1.0, 0.09))
    s = np.logspace(-3, 1, 5)
    assert largest_error(model, s, 1.0, in_a_sphere(s), drawn) < 0.01


@pytest.mark.slow
def test_a_ball_graded_to_its_surface_has_it_up_to_high_frequency(drawn):
    model = one_grain(layered_ball(100, 50, 3.0))
    radius = 3 * model.extent.volume / model.extent.outer_area
    s = np.logspace(-3, 4, 8)
    print(f"{model.dofs} unknowns, radius {radius:.4f} um")
    assert largest_error(model, s, radius, in_a_sphere(s), drawn) < 0.01


def slab(length, cells, power=1.0):
    """Grain that reacts at its right end alone, its nodes drawn there by a power."""
    particle = strip(length, 0.1, cells, 1, [[0, 0, 1]])
    x = particle.mesh.geometry.x
    x[:, 0] = length * (1 - (1 - x[:, 0] / length) ** power)
    right = mesh.locate_entities_boundary(
        particle.mesh, 1, lambda place: np.isclose(place[0], length)
    )
    return replace(particle, surfaces={"outer": right})


def test_diffusion_in_a_slab_has_its_impedance_over_ten_decades(drawn):
    model = one_grain(slab(2.0, 60, power=4.0))
    s = np.logspace(-4, 6, 11)
    assert largest_error(model, s, 2.0, in_a_slab(s), drawn) < 5e-3


def test_a_fast_grain_is_a_randles_circuit(drawn):
    model = one_grain(slab(1.0, 4), LAYER, potential=laws.linear(4.5, -1e-9))
    transfer = model.electro.laws.thermal_voltage / EXCHANGE
    f = np.logspace(4, -3, 43)
    found = spectrum(model, f)
    exact = 1 / CONTACT + transfer / (1 + 2j * np.pi * f * transfer * LAYER)
    error = np.abs(found - exact).max() / transfer
    known, points = {"circuit": (exact.real, -exact.imag)}, {"found": (found.real, -found.imag)}
    drawn("Z' / ohm m^2", "-Z'' / ohm m^2", known, points)
    (arc,) = arcs(f, found)
    apex = 1 / (2 * np.pi * transfer * LAYER)
    print(
        f"error {error:.1e} of the charge transfer; arc {arc.width:.6f} of {transfer:.6f} ohm m^2, "
        f"apex {arc.frequency:.4f} of {apex:.4f} Hz"
    )
    assert error < 1e-6
    assert arc.width == pytest.approx(transfer, rel=1e-3)
    assert arc.frequency == pytest.approx(apex, rel=5e-3)


def test_a_film_moves_the_arc_along_the_real_axis():
    f = np.logspace(4, -3, 43)
    fast = {"potential": laws.linear(4.5, -1e-9)}
    bare = spectrum(one_grain(slab(1.0, 4), LAYER, **fast), f)
    filmed = spectrum(one_grain(slab(1.0, 4), LAYER, surface_film_resistance=0.02, **fast), f)
    assert filmed == pytest.approx(bare + 0.02, abs=1e-10)
    (before,), (after,) = arcs(f, bare), arcs(f, filmed)
    assert after.start == pytest.approx(before.start + 0.02, rel=1e-6)
    assert after.width == pytest.approx(before.width, rel=1e-6)


def test_a_state_that_is_no_solution_has_no_impedance():
    model = one_grain(slab(1.0, 4))
    model.state["grain_potential"][:] += 0.3
    with pytest.raises(ImpedanceError, match=r"no solution.* of grain.* 0\.3 V: .*rest"):
        spectrum(model, [1.0])
    model.state["occupancy"][0] = np.nan
    with pytest.raises(ImpedanceError, match=r"no solution.* inf V"):
        spectrum(model, [1.0])


def test_a_spectrum_leaves_the_state_as_it_was():
    model = one_grain(slab(1.0, 4), LAYER)
    before = {name: values.copy() for name, values in model.state.arrays().items()}
    control = model.electro.control
    control.impose_voltage(3.9)
    model.electro.dt.value = 7.0
    spectrum(model, [1.0, 10.0])
    assert all((values == before[name]).all() for name, values in model.state.arrays().items())
    assert (control.galvanostatic.value, control.potentiostatic.value) == (0.0, 1.0)
    assert model.electro.dt.value == 7.0


def test_frequencies_must_be_positive():
    with pytest.raises(ValueError, match="positive"):
        spectrum(one_grain(slab(1.0, 4)), [1.0, 0.0])
