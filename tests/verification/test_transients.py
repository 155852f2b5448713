"""Potential steps, holds and sweeps of a planar grain against the textbook.

Bard and Faulkner, Electrochemical Methods: Cottrell's current after a step, 5.2.11; the peak of a
reversible sweep, 6.2.19 and 6.2.23. Crank, The Mathematics of Diffusion: last decay of a slab,
4.18, and of a cylinder, 5.23. Titration: Weppner and Huggins, see `solver.protocol.pulses`.
"""

from dataclasses import replace

import numpy as np
import pytest
from dolfinx import mesh
from mpi4py import MPI
from scipy.special import jn_zeros

from solver.entries import laws
from solver.particle.mesh import OUTER, particle_of_mesh
from solver.protocol.pulses import PulseBook
from solver.protocol.sweep import peak
from solver.protocol.tables import Basis
from solver.units.constants import AMPERE, FARADAY, GAS_CONSTANT, METRE
from tests.particles import case_of, charge_density, disc, meshed, model_of, plain_oxide, ran

DIFFUSIVITY = 1e-14  # m^2/s
D = DIFFUSIVITY * 1e12  # um^2/s
THERMAL = GAS_CONSTANT * 298.15 / FARADAY  # V
HEIGHT = 0.5  # um
ONLY_DIFFUSION = (
    "physics.swelling.enabled=false",
    "physics.stress_in_potential.enabled=false",
    "temperature=298.15",
)


def slab(depth, finest, cells):
    """One grain that reacts at x = 0 alone, its cells ever longer from there on."""
    msh = mesh.create_rectangle(
        MPI.COMM_SELF, [[0.0, 0.0], [1.0, HEIGHT]], [cells, 1],
        diagonal=mesh.DiagonalType.crossed, ghost_mode=mesh.GhostMode.shared_facet,
    )  # fmt: skip
    x = msh.geometry.x
    growth = np.log(depth / (cells * finest) + 1.0)
    x[:, 0] = depth * np.expm1(growth * x[:, 0]) / np.expm1(growth)
    grain = np.zeros(len(msh.geometry.dofmap), dtype=np.int32)
    particle = particle_of_mesh(msh, grain, np.array([[0.0, 0.0, 1.0]]))
    face = mesh.locate_entities_boundary(msh, 1, lambda x: np.isclose(x[0], 0.0))
    return replace(particle, surfaces={OUTER: face})


def fast_oxide(potential):
    """Nothing but diffusion holds the current up."""
    return plain_oxide(
        DIFFUSIVITY,
        potential=potential,
        exchange_current=lambda temperature: laws.constant(1e5),
        collector_conductance=1e8,
        surface_film_resistance=0.0,
    )


def transient(protocol, particle, potential, *overrides):
    """Times (s), voltages, currents per outer area (pA/um^2) and the model."""
    case = case_of(f"['{protocol}']", *ONLY_DIFFUSION, *overrides)
    model = model_of(case, particle, fast_oxide(potential))
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    current = recorder.column("Current / A.m-1")[1:] * AMPERE / METRE / model.extent.outer_area
    return recorder.column("Test Time / s")[1:], recorder.column("Voltage / V")[1:], current, model


STRAIGHT = laws.linear(4.0, -0.5)  # x = 0.5 at 3.75 V


def test_a_potential_step_follows_cottrell(drawn):
    protocol = "Hold at 3.7 V for 100 s"
    time, _, current, model = transient(
        protocol,
        slab(8.0, 0.02, 60),
        STRAIGHT,
        "initial.occupancy=0.5",
        "numerics={time_step: {initial: 0.01, maximum: 0.25}, occupancy_error: 2e-5}",
    )
    late = time > 10
    cottrell = -0.1 * charge_density(model) * np.sqrt(D / (np.pi * time))
    known, found = {"Cottrell": (time, -cottrell)}, {"found": (time[::12], -current[::12])}
    scales = {"xscale": "log", "yscale": "log"}
    drawn("time / s", "current per area / A m^-2", known, found, **scales)
    exponent = np.polyfit(np.log(time[late]), np.log(-current[late]), 1)[0]
    errors = (current / cottrell - 1)[late]
    print(f"Cottrell: exponent {exponent:.4f}, error of the current {abs(errors).max():.2%}")
    assert exponent == pytest.approx(-0.5, abs=0.005)
    assert abs(errors).max() < 0.01


def decay_rate(time, current, first):
    """Rate of the last exponential, 1/s, corrected for the implicit Euler step."""
    late = time > first
    dt = time[-1] - time[-2]
    slope = -np.polyfit(time[late], np.log(abs(current[late])), 1)[0]
    return np.expm1(slope * dt) / dt


def test_the_current_of_a_hold_on_a_slab_decays_with_its_last_mode():
    depth = 2.0
    time, _, current, _ = transient(
        "Hold at 3.7 V for 600 s",
        slab(depth, 0.02, 40),
        STRAIGHT,
        "initial.occupancy=0.5",
        "numerics.time_step.fixed=4 s",
    )
    exact = np.pi**2 / 4 * D / depth**2
    rate = decay_rate(time, current, 200)
    print(f"hold on a slab: {rate:.5f}/s, exact {exact:.5f}/s")
    assert rate == pytest.approx(exact, rel=5e-3)


def test_the_current_of_a_hold_on_a_disc_decays_with_its_last_mode():
    case = case_of("['Rest for 1 s']", *disc(1, 1.0, 0.08, 0.08))
    time, _, current, _ = transient(
        "Hold at 3.7 V for 60 s",
        meshed(case),
        STRAIGHT,
        "initial.occupancy=0.5",
        "numerics.time_step.fixed=0.5 s",
    )
    exact = jn_zeros(0, 1)[0] ** 2 * D
    rate = decay_rate(time, current, 20)
    print(f"hold on a disc: {rate:.5f}/s, exact {exact:.5f}/s")
    assert rate == pytest.approx(exact, rel=0.01)


def nernst(middle):
    """U = E - RT/F ln(x/(1 - x)): oxidized and reduced sites mix ideally."""

    def inside(x):
        return np.clip(x, 1e-6, 1 - 1e-6)

    law = laws.Law(
        lambda x: middle - THERMAL * np.log(inside(x) / (1 - inside(x))),
        lambda x: -THERMAL / (inside(x) * (1 - inside(x))),
        lambda x: THERMAL * (1 - 2 * inside(x)) / (inside(x) * (1 - inside(x))) ** 2,
    )
    return laws.tangent_beyond(law, 1e-6, 1 - 1e-6)


@pytest.mark.slow
def test_a_reversible_sweep_peaks_as_randles_and_sevcik_say():
    middle, full, rate = 3.8, 0.999, 1e-3
    start = float(middle - THERMAL * np.log(full / (1 - full)))
    _, voltage, current, model = transient(
        f"Sweep at 1 mV/s from {start!r} V to 3.95 V",
        slab(14.0, 0.02, 90),
        nernst(middle),
        f"initial.occupancy={full}",
        "numerics={time_step: {initial: 0.5, maximum: 0.5}, occupancy_error: 0.1}",
    )
    place, height = peak(voltage, current)
    factor = height / (full * charge_density(model) * np.sqrt(D * rate / THERMAL))
    over = (place - middle) / THERMAL
    print(f"reversible sweep: peak {factor:.4f} (0.4463), {over:.3f} RT/F past E (1.109)")
    assert factor == pytest.approx(0.4463, rel=0.01)
    assert over == pytest.approx(1.109, abs=0.05)


def test_a_titration_finds_the_diffusivity():
    depth = 2.0
    case = case_of(
        "['Pulse at C/2 for 20 s, rest for 2000 s, until 2 pulses']",
        *ONLY_DIFFUSION,
        "initial.occupancy=0.5",
        "numerics={time_step: {initial: 0.05, maximum: 60}, occupancy_error: 2e-5}",
    )
    model = model_of(case, slab(depth, 0.02, 40), fast_oxide(STRAIGHT))
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    book = PulseBook([case.steps()[0].step], Basis(case.c_rate_basis, 3 * depth * 1e-6))
    pulses = [row for now in recorder.rows for row in book.add(now, now is recorder.rows[-1])]
    found = [row["Apparent Diffusivity / m2.s-1"] for row in pulses]
    print(
        "titration: apparent over true diffusivity",
        [f"{value / DIFFUSIVITY:.3f}" for value in found],
    )
    assert found == pytest.approx([DIFFUSIVITY] * 2, rel=0.03)
