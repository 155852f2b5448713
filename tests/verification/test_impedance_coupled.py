"""Impedance of particles with boundaries, stress and time steps to compare with."""

from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest
from mpi4py import MPI

from solver.mechanisms.base import Mechanism
from solver.model.boundary_laws import materials_of
from solver.model.build import build_model, collector_potential
from solver.model.state import make_state
from solver.solve.impedance import impedances, spectrum
from solver.solve.staggered import CoupledSolver
from solver.solve.timestep import Stepper
from tests.bodies import bricks
from tests.particles import case_of, charge_density, disc, meshed, one_c
from tests.ranks import on_ranks

HERE = "tests.verification.test_impedance_coupled"
TIGHT = (
    "numerics.stagger_tolerance=1e-10 V",
    "numerics.stagger_iterations=200",
    "numerics.newton_tolerance=1e-9",
    "numerics.newton_iterations=30",
    "physics.cohesive.enabled=false",
)
SMALL = 1e-4  # V: signals in time


def case(*overrides):
    return case_of(
        "[{rest: {until: {time: 1 s}}}]",
        one_c(1e-4),
        "initial.occupancy=0.5",
        *TIGHT,
        *overrides,
    )


class Inert(Mechanism):
    """A third of every other grain has been made of something that lithium does not swell."""

    name = "inert"
    strains: ClassVar = True

    def modify(self, now, dt, conditions):
        conditions.sites[:] = np.where(now.places.nodes.grain % 2 == 0, 2 / 3, 1.0)


def built(particle, *overrides, layer=0.0, extra=()):
    """Model with the laws of NMC76; double layer in F/m^2."""
    given = case(*overrides)
    materials = materials_of(given, particle)
    electrolyte = replace(materials.electrolyte, double_layer=layer)
    return build_model(given, particle, materials._replace(electrolyte=electrolyte), extra=extra)


def few_grains(*overrides, layer=0.0, comm=MPI.COMM_SELF, grains=5, extra=()):
    """Disc of a few grains."""
    overrides = (*disc(grains, 0.8, 0.2, 0.16), *overrides)
    return built(meshed(case(*overrides), comm), *overrides, layer=layer, extra=extra)


LPO = ("particle.boundary.state=lpo",)
MESHED = ("particle.boundary.thickness=30 nm", "particle.coating={thickness: 20 nm}")
NO_STRESS = ("physics.stress_in_potential.enabled=false",)
LIQUID = ("particle.boundary.state=liquid", "physics.wetting.enabled=true")


class InTime:
    """A model that is stepped in time under imposed current densities, pA/um^2."""

    def __init__(self, model):
        self.model, self.solver = model, CoupledSolver(model)
        self.solver.equilibrate()
        self.stepper = Stepper(model, self.solver)

    def rest(self):
        """Wait until nothing moves; return this."""
        for _ in range(3):
            self.step(0.0, 1e5)
        return self

    @contextmanager
    def trial(self):
        """Steps that are taken back afterwards."""
        start = make_state(self.model.spaces)
        start.copy_from(self.model.state)
        yield
        self.model.state.copy_from(start)
        self.stepper.accept(0.0)

    def step(self, density, dt):
        """One step from the accepted state, accepted; return the voltage."""
        voltage = self.attempt(density, dt)
        self.stepper.accept(dt)
        return voltage

    def attempt(self, density, dt):
        """The voltage after a step from the accepted state."""
        self.model.electro.control.impose_current(density)
        self.stepper.forget()
        self.stepper.attempt(dt)
        return collector_potential(self.model)


def two_bricks():
    """Two grains in three dimensions, with LPO between them."""
    particle = bricks((1.0, 1.0, 1.0), (4, 3, 3), (2, 1, 1), [[0, 0, 1], [1, 0, 0]])
    return built(particle, *LPO)


PARTICLES = {
    "unstressed": lambda: few_grains(*NO_STRESS),
    "stressed": few_grains,
    "stressed and partly inert": lambda: few_grains(extra=[Inert()]),
    "stressed and filled": lambda: few_grains(*LPO),
    "stressed and wet": lambda: few_grains(*LIQUID),
    "stressed, with film and coating": lambda: few_grains(*LPO, *MESHED),
    "in three dimensions": two_bricks,
}


@pytest.mark.parametrize("make", PARTICLES.values(), ids=PARTICLES)
def test_a_time_step_answers_to_its_current_like_an_impedance_at_one_over_dt(make):
    """An implicit step of length dt is exp(s t) with s = 1/dt, at its end: every law takes part,
    about a state through which current flows and lithium diffuses."""
    time = InTime(make())
    for _ in range(4):
        time.step(1.0, 20.0)
    for dt in (0.1, 10.0, 100.0):
        time.attempt(1.0, dt)
        found = impedances(time.model, [1 / dt])[0]
        signal = SMALL / abs(found)
        above, below = (time.attempt(1.0 + sign * signal, dt) for sign in (1, -1))
        slope = (above - below) / (2 * signal)
        print(f"dt {dt:g} s: {found.real:.8f} ohm m^2, slope of the step {slope:.8f}")
        assert found.imag == pytest.approx(0.0, abs=1e-12)
        assert found.real == pytest.approx(slope, rel=1e-5)


def test_small_pulses_in_time_have_the_impedance_at_the_same_frequency():
    """The answer to a pulse of one step, summed with exp(-i omega t); implicit steps see the
    frequency as s = (1 - exp(-i omega dt))/dt."""
    time, dt, n_steps = InTime(few_grains(*LPO)).rest(), 20.0, 60
    answers, density = [], 1e-2
    for sign in (1, -1):
        with time.trial():
            answers.append([time.step(sign * density * (n == 0), dt) for n in range(n_steps)])
    answer = np.subtract(*answers) / (2 * density)
    print(f"{(answer[-2] - answer[-1]) / answer[-1]:.1e} of the voltage still moves at the end")
    omega = 2 * np.pi / dt / np.array([100.0, 30.0, 10.0, 4.0])
    z = np.exp(-1j * omega * dt)
    steps = z[:, None] ** np.arange(n_steps)
    in_time = steps @ (answer - answer[-1]) + answer[-1] / (1 - z)
    found = impedances(time.model, (1 - z) / dt)
    for w, one, other in zip(omega, found, in_time, strict=True):
        print(f"omega {w:.2e} 1/s: {one:.6f} ohm m^2, in time {other:.6f}")
    assert in_time == pytest.approx(found, rel=1e-4)


def test_a_slow_signal_sees_the_slope_of_the_equilibrium_voltage_with_stress():
    """At low frequency Z is 1/(i omega C) plus a resistance, C being charge over voltage at rest,
    where stress has spread the lithium as it likes."""
    time = InTime(few_grains()).rest()
    model, frequency = time.model, 1e-7
    found = spectrum(model, [frequency])[0]
    dt, density, levels = 1e3, 1e-3, []
    for sign in (1, -1):
        with time.trial():
            time.step(sign * density, dt)
            levels.append(time.step(0.0, 1e6))
    slope = (levels[0] - levels[1]) / (2 * density * dt)
    elastance = -found.imag * 2 * np.pi * frequency
    unstressed = -model.electro.laws.potential.slope(np.array(0.5))
    unstressed *= model.extent.outer_area / (model.extent.volume * charge_density(model))
    print(f"dV/dq {elastance:.8f} V um^2/pC, at rest {slope:.8f}, without stress {unstressed:.8f}")
    assert elastance == pytest.approx(slope, rel=1e-4)
    assert abs(unstressed / slope - 1) > 0.01


def test_time_goes_on_after_a_spectrum_as_if_there_had_been_none():
    voltages = []
    for frequencies in ([], [1e3, 1e-3]):
        time = InTime(few_grains(*LPO, layer=0.2))
        time.step(1.0, 20.0)
        spectrum(time.model, frequencies)
        voltages.append(time.step(1.0, 20.0))
    assert voltages[0] == voltages[1]


def uneven_spectrum(comm):
    """Twelve grains with LPO between them, stressed, of uneven occupancy."""
    model = few_grains(*LPO, layer=0.2, comm=comm, grains=12)
    x, y, _ = model.spaces.scalar.tabulate_dof_coordinates().T
    model.state["occupancy"][:] = 0.5 + 0.02 * np.sin(3 * x) * np.cos(2 * y)
    CoupledSolver(model).equilibrate()
    found = spectrum(model, np.logspace(4, -4, 5))
    return {"real": found.real.tolist(), "imaginary": found.imag.tolist()}


@pytest.mark.slow
def test_one_two_and_three_ranks_find_the_same_impedance():
    one, *others = (on_ranks(n, f"{HERE}:uneven_spectrum") for n in (1, 2, 3))
    exact = np.array(one["real"]) + 1j * np.array(one["imaginary"])
    for n, other in enumerate(others, start=2):
        found = np.array(other["real"]) + 1j * np.array(other["imaginary"])
        difference = np.abs(found / exact - 1).max()
        print(f"{n} ranks: impedance differs by {difference:.1e} at most")
        assert difference < 1e-8


def test_boundaries_that_slide_slowly_hold_in_a_signal():
    """Whatever time step was last: a signal is too fast for bonds to slip."""
    slides = "physics.sliding={enabled: true, relaxation_time: 1 s, activation_energy: 0 J/mol}"
    grains = bricks((1.0, 1.0), (4, 4), (2, 1), [[0, 0, 1], [1, 0, 0]])
    held, sliding = (built(grains, *more) for more in ((), (slides,)))
    for model in (held, sliding):
        CoupledSolver(model).equilibrate()
    sliding.mechanics.bond.dt = 1e6
    assert sliding.mechanics.bond.slips and not held.mechanics.bond.slips
    found = [spectrum(model, [1e-2, 1e-5]) for model in (held, sliding)]
    assert found[1] == pytest.approx(found[0], rel=1e-9)
