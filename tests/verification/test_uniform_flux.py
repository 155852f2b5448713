"""A current spread evenly over the outside, whatever the reaction would do there."""

from dataclasses import replace

import numpy as np
import pytest

from solver.entries import laws
from solver.materials import load_boundary_material
from solver.physics.kinetics import overpotential
from solver.units.constants import AMPERE
from tests.particles import ball, case_of, disc, meshed, model_of, one_c, oxide, ran
from tests.ranks import on_ranks
from tests.verification.test_diffusion import (
    DIFFUSIVITY,
    NO_STRESS_IN_POTENTIAL,
    disc_series,
    largest_error,
    sphere_series,
)

HERE = "tests.verification.test_uniform_flux"
UNIFORM = "electrode.flux=uniform"
RIGID = ("physics.swelling.enabled=false", NO_STRESS_IN_POTENTIAL)
FILMS = "particle.boundary={state: lpo, thickness: 20 nm}"


def case(time, *overrides):
    """A charge at 18C from x = 0.5 in half steps of a second, the current even."""
    return case_of(
        f"[{{charge: {{rate: 1C, until: {{time: {time} s}}}}}}]",
        one_c(5e-3),
        "initial.occupancy=0.5",
        "numerics.time_step.fixed=0.25",
        UNIFORM,
        *overrides,
    )


def even_oxide():
    """NMC76, its potential and its reaction, that diffuses alike everywhere."""
    diffusivity = laws.constant(DIFFUSIVITY)
    return oxide(diffusivity=lambda temperature: diffusivity, diffusivity_ratio=1.0)


def outside(model):
    """Which nodes lie on the outside of the oxide, and the area of each that is owned here."""
    on = (model.electro.outer_area > 0) & model.electro.in_oxide
    area = np.where(on, model.electro.outer_area, 0.0)
    area[model.spaces.scalar.dofmap.index_map.size_local :] = 0.0
    return on, area


def fills_like(series, model, time, drawn):
    """After so many seconds the occupancies are those of a series of a body of 1 um."""
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    error = largest_error(model, 1.0, series, time, drawn)
    print(f"{series.__name__}: largest error {error:.2%} of the largest change")
    assert error < 0.02
    assert recorder.column("Lithium Error / 1").max() < 1e-12


def test_twelve_grains_in_contact_fill_like_one_disc(drawn):
    given = case(10.0, *disc(12, 1.0, 0.08, 0.06), *RIGID)
    tight = replace(load_boundary_material("dry"), lithium_conductance=1e9)
    fills_like(disc_series, model_of(given, meshed(given), even_oxide(), tight), 10.0, drawn)


def test_a_ball_fills_as_the_series_says(drawn):
    given = case(15.0, *RIGID)
    fills_like(sphere_series, model_of(given, ball(1.0, 0.16), even_oxide()), 15.0, drawn)


def anisotropic(comm=None, protocol=None, *overrides):
    """Grains that let lithium out along some directions hardly at all, swelling and cracking."""
    given = case_of(
        protocol or "[{charge: {rate: 1C, until: {time: 600 s}}}, {rest: {until: {time: 60 s}}}]",
        *disc(12, 1.5, 0.35, 0.3),
        "numerics.time_step.fixed=30",
        "physics.cohesive.strength=0.5 GPa",
        "physics.cohesive.toughness=1 J/m^2",
        *overrides,
    )
    model = model_of(given, meshed(given, comm) if comm is not None else meshed(given))
    return model, ran(model, look=lambda snapshot: model.state.sides("current").outside.copy())


@pytest.fixture(scope="module")
def even():
    return anisotropic(None, None, UNIFORM)


def test_the_same_current_leaves_everywhere_as_it_does_not_by_reaction(even):
    model, (_, recorder, outcome) = even
    assert outcome.status == "finished", outcome.reason
    on, area = outside(model)
    charged = recorder.seen[20][on]
    wanted = model.case.c_rate_basis * model.extent.mass * AMPERE / area.sum()
    assert charged == pytest.approx(np.full(on.sum(), wanted), rel=1e-12)
    assert np.abs(recorder.seen[-1]).max() == 0.0
    other, (_, rows, _) = anisotropic()
    spread = np.ptp(rows.seen[20][outside(other)[0]]) / wanted
    print(f"density {wanted:.3f} pA/um^2; by reaction it spreads by {spread:.0%} of that")
    assert spread > 0.5


def test_the_voltage_is_what_the_law_asks_for_in_the_mean(even):
    _, (_, recorder, _) = even
    given = ("[{charge: {rate: 1C, until: {time: 600 s}}}]", UNIFORM)
    model, (_, stopped, _) = anisotropic(None, *given)
    electro, state = model.electro, model.state
    on, area = outside(model)
    x, current = state["occupancy"][on], state.sides("current").outside[on]
    p = electro.laws
    passage = electro.held.passages.outside
    i0 = passage.liquid[on] * p.exchange_current.value(x)
    needed = p.potential.value(x) + state["stress_potential"][on]
    needed += current * passage.resistance[on] + overpotential(current, i0, p.thermal_voltage)
    contact = current[0] / electro.properties.collector_conductance
    exact = area[on] @ needed / area.sum() + contact
    found = stopped.rows[-1]["Voltage / V"]
    print(f"voltage {found:.6f} V, mean of the law {exact:.6f} V, contact {contact * 1e3:.2f} mV")
    assert found == pytest.approx(exact, abs=1e-7)
    assert found > recorder.rows[-1]["Voltage / V"] + 1e-3  # which has rested


def test_films_that_reach_the_outside_take_no_part():
    given = case(1.0, FILMS, *disc(5, 1.0, 0.25, 0.2), *RIGID)
    model = model_of(given, meshed(given))
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    on, area = outside(model)
    filler = (model.electro.outer_area > 0) & ~model.electro.in_oxide
    current, row = model.state.sides("current").outside, recorder.rows[-1]
    assert filler.any() and np.abs(current[filler]).max() == 0.0
    imposed = model.case.c_rate_basis * model.extent.mass * AMPERE
    assert current[on] == pytest.approx(np.full(on.sum(), imposed / area.sum()), rel=1e-12)
    assert row["Current / A.m-1"] == pytest.approx(imposed / AMPERE * 1e6, rel=1e-12)
    assert row["Lithium Error / 1"] < 1e-12


def test_nothing_reacts_in_wet_boundaries():
    wet = ("physics.wetting.enabled=true", "physics.initial_wetting.area=0.3 m^2/g")
    even = anisotropic(None, None, UNIFORM, *wet)[1][1].rows
    reacting = anisotropic(None, None, *wet)[1][1].rows
    name = "Wet Boundary Current / A.m-1"
    assert even[20]["Wet Area / m2.g-1"] > 0.3
    assert abs(reacting[20][name]) > 0.05 * abs(reacting[20]["Current / A.m-1"])
    assert [row[name] for row in even] == [0.0] * len(even)
    assert even[20]["Outside Current / A.m-1"] == even[20]["Current / A.m-1"] > 0


def figures(comm):
    """Voltage, lithium and cracks along an anisotropic particle's way."""
    _, (_, recorder, outcome) = anisotropic(comm, None, UNIFORM, "numerics.stagger_tolerance=1e-9")
    names = ("Voltage / V", "Lowest Occupancy / 1", "Mean Damage / 1", "Elastic Energy / J.m-1")
    rows = [[row[name] for name in names] for row in recorder.rows]
    return {"status": outcome.status, "rows": rows}


@pytest.mark.slow
def test_ranks_agree():
    one, two = (on_ranks(n, f"{HERE}:figures") for n in (1, 2))
    assert one["status"] == "finished"
    rows = np.array(one["rows"])
    worst = (np.abs(rows - two["rows"]) / np.abs(rows).max(axis=0)).max()
    print(f"1 and 2 ranks: largest relative difference {worst:.1e}")
    assert rows[-1, 2] > 0
    assert worst < 1e-6
