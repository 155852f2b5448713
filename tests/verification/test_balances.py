"""Lithium, charge and energy over a short cycle with cracks."""

import numpy as np
import pytest

from tests.particles import case_of, disc, meshed, model_of, ran, strip

UNLIKE = [(0, 0, 1), (1, 0, 0)]  # c axes
WEAK = ["physics.cohesive.strength=0.9 GPa", "physics.cohesive.toughness=2 J/m^2"]
CYCLE = (
    "[{charge: {rate: 2C, until: {voltage: 4.1 V}}}, {hold: {voltage: 4.1 V, until: {rate: 1C}}},"
    " {discharge: {rate: 2C, until: {voltage: 3.2 V}}}, {rest: {until: {time: 300 s}}}]"
)


def charge_imbalance(model):
    """Inflow of each grain less what reaction and contacts take from it, pA."""
    electro, p = model.electro, model.electro.properties
    boundaries, grain = model.spaces.boundaries, model.spaces.grain_of_node
    n_grains = model.particle.n_grains
    V_g, V = electro.grain_potential_at_nodes(), model.state["collector_potential"][0]
    from_collector = electro.outer_area * p.collector_conductance * (V - V_g)
    reaction = electro.outer_area * model.state.sides("current").outside
    balance = np.bincount(grain, from_collector - reaction, n_grains)

    lithium = model.state["contact_current"]
    electrons = electro.electron_contact.x.array * boundaries.jump(V_g)
    into_plus = boundaries.weight * (electrons - lithium)
    for side, sign in ((0, 1.0), (1, -1.0)):
        balance += sign * np.bincount(boundaries.pair[:, side], into_plus, n_grains)
    return balance


@pytest.fixture(scope="module")
def cycle():
    """A cycle of twelve grains that crack: simulation, history, charge balances, outcome."""
    case = case_of(CYCLE, *disc(12, 1.5, 0.3, 0.2), *WEAK)
    model = model_of(case, meshed(case))
    simulation, recorder, outcome = ran(model, lambda snapshot: charge_imbalance(model))
    return simulation, recorder, outcome


def test_lithium_is_conserved_over_a_cycle(cycle):
    _, recorder, outcome = cycle
    error = recorder.column("Lithium Error / 1").max()
    print(f"lithium balance: largest relative error {error:.1e}; {outcome.totals['steps']} steps")
    assert outcome.status == "finished"
    assert recorder.column("Mean Occupancy / 1").min() < 0.5
    assert error < 1e-8


def test_lithium_is_conserved_by_holds_where_the_potential_is_steep():
    """Near the ends of the window the reaction depends on the occupancy a thousand times more."""
    case = case_of(
        "[{charge: {rate: 2C, until: {voltage: 4.5}}}, {hold: {voltage: 4.5, until: {rate: C/20}}},"
        " {discharge: {rate: 2C, until: {voltage: 3}}}, {hold: {voltage: 3, until: {rate: C/20}}}]",
        *disc(3, 0.6, 0.3, 0.25),
    )
    _, recorder, outcome = ran(model_of(case, meshed(case)))
    error = recorder.column("Lithium Error / 1").max()
    print(f"holds at 4.5 V and 3 V: largest relative error of the lithium {error:.1e}")
    assert outcome.status == "finished", outcome.reason
    assert recorder.column("Highest Occupancy / 1").max() > 0.98
    assert error < 1e-8


def test_charge_is_balanced_in_every_grain(cycle):
    _, recorder, _ = cycle
    applied = np.abs(recorder.column("Current / A.m-1")).max() * 1e6
    worst = np.abs(recorder.seen).max() / applied
    print(f"charge balance: worst grain and step {worst:.1e} of the applied current")
    assert worst < 1e-8


def test_energy_is_balanced_over_a_cycle_with_cracks(cycle):
    simulation, recorder, _ = cycle
    energies, largest = simulation.ledger.energies, simulation.ledger.largest_elastic
    error = recorder.column("Energy Error / 1").max()
    booked = abs(energies.algorithmic) / largest
    cracked = recorder.rows[-1]["Cracked Fraction / 1"]
    print(
        f"energy balance {error:.1e}, algorithmic dissipation {booked:.2%} of the largest elastic "
        f"energy, fracture {energies.fracture / largest:.2%}, cracked {cracked:.0%}"
    )
    assert cracked > 0.1
    assert error < 1e-8
    assert booked < 2e-2  # what sudden openings set free; the gradual case is below


def test_algorithmic_dissipation_falls_with_the_time_step():
    steps, booked = [120, 60, 30], []
    for dt in steps:
        case = case_of(
            "[{charge: {rate: 2C, until: {time: 1200 s}}}]",
            *disc(8, 1.2, 0.3, 0.2),
            "physics.cohesive.strength=0.8 GPa",
            "physics.cohesive.toughness=6 J/m^2",
            f"numerics.time_step.fixed={dt}",
        )
        simulation, recorder, outcome = ran(model_of(case, meshed(case)))
        assert outcome.status == "finished", outcome.reason
        assert recorder.rows[-1]["Mean Damage / 1"] > 0.05
        ledger = simulation.ledger
        booked.append(abs(ledger.energies.algorithmic) / ledger.largest_elastic)
    order = np.polyfit(np.log(steps), np.log(booked), 1)[0]
    print(f"algorithmic dissipation {', '.join(f'{b:.1e}' for b in booked)}: order {order:.2f}")
    assert max(booked) < 1e-2
    assert order > 0.7


def test_boundaries_take_no_more_energy_in_a_step_than_the_case_allows():
    """Dissipation control: steps are taken again until they resolve the viscous delay."""
    charge = "[{charge: {rate: 2C, until: {time: 400 s}}}]"
    brittle = ["physics.cohesive.strength=0.5 GPa", "physics.cohesive.toughness=1 J/m^2"]
    largest, steps = [], []
    for allowed in ("null", "0.005"):
        limit = f"numerics.time_step.dissipation={allowed}"
        case = case_of(charge, *disc(12, 1.5, 0.3, 0.2), *brittle, limit)
        _, recorder, outcome = ran(model_of(case, meshed(case)))
        assert outcome.status == "finished"
        elastic = np.maximum.accumulate(recorder.column("Elastic Energy / J.m-1"))
        taken = np.diff(recorder.column("Fracture Energy / J.m-1")) / elastic[:-1]
        largest.append(taken[elastic[:-1] > 0].max())
        steps.append(outcome.totals["steps"])
    print(f"at most {largest[0]:.1%} and {largest[1]:.2%} of the elastic energy, {steps} steps")
    assert largest[0] > 0.02
    assert largest[1] < 0.01 * (1 + 1e-6)
    assert steps[1] > steps[0]


def test_a_limit_of_dissipation_that_nothing_reaches_leaves_the_error_in_charge():
    """Steps are those without the limit, though boundaries soften; some are taken again."""
    charge, times, rejected = "[{charge: {rate: 4C, until: {time: 300 s}}}]", [], []
    wide = ("numerics.time_step.initial=100", "physics.cohesive.strength=0.2 GPa")
    for allowed in ("null", "1e6"):
        limit = f"numerics.time_step.dissipation={allowed}"
        model = model_of(case_of(charge, *wide, limit), strip(2.0, 1.0, 8, 4, UNLIKE))
        _, recorder, outcome = ran(model)
        assert outcome.status == "finished"
        times.append(recorder.column("Test Time / s"))
        rejected.append(outcome.totals["rejected_steps"])
    assert recorder.rows[-1]["Fracture Energy / J.m-1"] > 0
    assert rejected[0] == rejected[1] > 0
    assert np.array_equal(times[0], times[1])
