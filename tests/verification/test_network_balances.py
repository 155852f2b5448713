"""Lithium and charge over a cycle with all that boundaries do: cracks, liquid, LPO, films."""

from dataclasses import replace

import numpy as np
import pytest

from solver.model.boundary_laws import materials_of
from solver.model.build import build_model
from tests.networks import from_mouths
from tests.particles import case_of, disc, meshed, ran

CYCLE = (
    "[{charge: {rate: 1C, until: {voltage: 4.2 V}}}, {hold: {voltage: 4.2 V, until: {rate: C/2}}},"
    " {discharge: {rate: 1C, until: {voltage: 3.2 V}}}, {rest: {until: {time: 300 s}}}]"
)
EVERYTHING = [
    *disc(12, 2.0, 0.4, 0.25),
    "physics.cohesive.strength=0.9 GPa",
    "physics.cohesive.toughness=2 J/m^2",
    "physics.wetting.enabled=true",
    "physics.wetting.outer_area=0.5 m^2/g",
    "physics.initial_wetting.area=0.1 m^2/g",
    "physics.interphase.enabled=true",
    "physics.interphase.acceleration=100",
]


def some_filled(particle):
    """The particle with some of the boundaries between its grains filled with LPO."""
    n = particle.n_grains
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n) if (a + b) % 3 == 0]
    return replace(particle, boundary_state=dict.fromkeys(pairs, "lpo"))


def charge_imbalance(model):
    """Inflow of each grain less what reactions and contacts take from it, pA."""
    electro, b = model.electro, model.spaces.boundaries
    grain, n = model.spaces.grain_of_node, model.particle.n_grains
    V_g, V = electro.grain_potential_at_nodes(), model.state["collector_potential"][0]
    g = electro.properties.collector_conductance
    passages, surfaces = electro.held.passages, electro.surfaces
    leaves = g * (V_g - V) + surfaces.outside.drawn(passages.outside)
    balance = -np.bincount(grain, electro.outer_area * leaves, n)
    electrons = electro.electron_contact.x.array * b.jump(V_g)
    into_plus = electrons - model.state["contact_current"]
    for side, surface, passage, given in (
        (0, surfaces.plus, passages.plus, into_plus),
        (1, surfaces.minus, passages.minus, -into_plus),
    ):
        balance += np.bincount(b.pair[:, side], b.weight * (given - surface.drawn(passage)), n)
    return balance


@pytest.fixture(scope="module")
def cycle():
    """Model, history with charge balances and mouth currents, and simulation of the cycle."""
    case = case_of(CYCLE, *EVERYTHING)
    particle = some_filled(meshed(case))
    model = build_model(case, particle, materials_of(case, particle))

    def look(snapshot):
        currents = model.electro.currents()
        return [*charge_imbalance(model), currents["wet"] + currents["filled"], from_mouths(model)]

    simulation, recorder, outcome = ran(model, look)
    assert outcome.status == "finished", outcome.reason
    return simulation, recorder, np.array(recorder.seen)


def test_everything_happens_in_the_cycle(cycle):
    """Else the balances below would prove little."""
    simulation, recorder, _ = cycle
    last, names = recorder.rows[-1], ("Cracked Fraction / 1", "Mean Film / m")
    wet, clock = recorder.column("Wet Area / m2.g-1"), simulation.clock
    print(
        f"{len(recorder.rows)} steps; wet {wet[0]:.3f} to {wet[-1]:.3f} m^2/g; "
        f"{ {name: last[name] for name in names} }; parasitic {clock.parasitic_charge:.3e} pC"
    )
    assert last["Cracked Fraction / 1"] > 0.1
    assert wet[-1] > 1.05 * wet[0]
    assert last["Mean Film / m"] > 1.5 * recorder.rows[0]["Mean Film / m"]
    for kind in ("Wet Boundary", "Filled Boundary", "Outside", "Side Reaction"):
        assert np.abs(recorder.column(f"{kind} Current / A.m-1")).max() > 0


def test_all_charge_is_lithium_or_parasitic(cycle):
    _, recorder, _ = cycle
    error = recorder.column("Lithium Error / 1").max()
    print(f"lithium balance: largest relative error {error:.1e}")
    assert error < 1e-8


def test_the_charge_of_each_grain_is_balanced(cycle):
    _, recorder, seen = cycle
    largest = np.abs(recorder.column("Current / A.m-1")).max() * 1e6
    worst = np.abs(seen[1:, :-2]).max() / largest
    print(f"charge balance: worst grain and step {worst:.1e} of the largest current")
    assert worst < 1e-10


def test_what_sides_give_to_the_boundaries_leaves_through_their_mouths(cycle):
    _, _, seen = cycle
    largest = np.abs(seen[:, -2]).max()
    worst = np.abs(seen[1:, -2] - seen[1:, -1]).max() / largest
    print(f"into and out of the boundaries: {worst:.1e} of {largest:.3e} pA")
    assert worst < 1e-10


@pytest.mark.slow
@pytest.mark.parametrize(("voltage", "occupancy"), [(4.3, 0.95), (2.9, 0.25)])
def test_a_voltage_far_from_rest_is_reached_while_boundaries_open_and_get_wet(voltage, occupancy):
    """What has just become wet meets half a volt and has no film yet: Newton must not overshoot."""
    hold = f"[{{hold: {{voltage: {voltage} V, until: {{time: 10 s}}}}}}]"
    case = case_of(hold, *EVERYTHING, f"initial.occupancy={occupancy}")
    particle = some_filled(meshed(case))
    _, recorder, outcome = ran(build_model(case, particle, materials_of(case, particle)))
    wet = recorder.column("Wet Area / m2.g-1")
    print(
        f"to {voltage} V: {outcome.totals['steps']} steps, wet {wet[0]:.3f} to {wet[-1]:.3f} m^2/g"
    )
    assert outcome.status == "finished", outcome.reason
    assert wet[-1] > wet[0]
    assert recorder.column("Lithium Error / 1").max() < 1e-8
