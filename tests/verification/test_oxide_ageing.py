"""Oxide that ages throughout: against its closed form, in the balance of lithium, on ranks."""

import numpy as np
import pytest
from mpi4py import MPI

from solver.mechanisms.oxide_ageing import OxideAgeing
from solver.model.build import build_model
from solver.units.constants import GAS_CONSTANT
from tests.particles import case_of, disc, meshed, ran
from tests.ranks import on_ranks
from tests.verification.test_own_mechanism import cycled

RATE = 2e-5  # 1/s: some 7 % in an hour
HOUR = 3600.0
HERE = "tests.verification.test_oxide_ageing"
RIGID = "physics.swelling.enabled=false"
SITES = ("Left Sites / mA.h.g-1", "Left Occupancy / 1", "Aged Sites / mA.h.g-1")
SMALL = disc(6, 1.0, 0.4, 0.3)
CYCLE = (
    "[{charge: {rate: 1C, until: {time: 25 min}}}, {rest: {until: {time: 10 min}}},"
    " {discharge: {rate: 1C, until: {time: 15 min}}}]"
)


def ageing(**said):
    told = {"enabled": "true", "rate": RATE, "exponent": 0, **said}
    return "physics.oxide_ageing={" + ", ".join(f"{k}: {v}" for k, v in told.items()) + "}"


def model_with(protocol, *overrides, comm=MPI.COMM_SELF, **said):
    fixed = "numerics.time_step.fixed=5 min"
    case = case_of(protocol, *SMALL, fixed, ageing(**said), *overrides)
    return build_model(case, meshed(case, comm))


def aged(model):
    return model.state["aged"][model.electro.in_oxide]


def rested(*overrides, **said):
    """A model that has rested for an hour, and its history."""
    model = model_with("[{rest: {until: {time: 1 h}}}]", *overrides, **said)
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return model, recorder


def test_at_any_occupancy_alike_it_ages_by_the_time():
    model, recorder = rested()
    gone = 1 - np.exp(-RATE * HOUR)
    assert aged(model) == pytest.approx(gone, rel=1e-12)
    assert recorder.rows[-1]["Aged Fraction / 1"] == pytest.approx(gone, rel=1e-12)


def test_lithium_that_is_all_trapped_leaves_the_rest_as_it_was():
    model, recorder = rested(RIGID)
    x = model.state["occupancy"][model.electro.in_oxide]
    assert x == pytest.approx(model.case.initial.occupancy, rel=1e-9)
    mean = recorder.rows[-1]["Mean Occupancy / 1"]
    assert mean == pytest.approx(model.case.initial.occupancy, rel=1e-9)
    trapped = model.case.initial.occupancy * aged(model).mean()
    assert recorder.rows[-1]["Aged Lithium / 1"] == pytest.approx(trapped, rel=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_lithium_that_is_not_trapped_fills_the_sites_that_are_left(share):
    """d(x s) = -share x ds: x s^share is constant but for the steps, which are explicit."""
    model, _ = rested(RIGID, "initial.occupancy=0.6", trapped_share=share)
    left = model.sites() / (model.electro.properties.max_concentration * model.extent.volume)
    x = model.state["occupancy"][model.electro.in_oxide]
    assert left < 0.95
    tolerance = 1e-9 if share == 0 else 1e-3
    assert x == pytest.approx(0.6 * left ** -(1 - share), rel=tolerance)
    assert abs(0.6 / x.mean() - left) < tolerance or share > 0


def test_heat_makes_it_faster_by_its_activation_energy():
    speeds = [
        -np.log(1 - aged(rested(f"temperature={at} degC", activation_energy="36 kJ/mol")[0]).mean())
        for at in (25, 60)
    ]
    ratio = np.exp(36e3 / GAS_CONSTANT * (1 / 298.15 - 1 / 333.15))
    assert speeds[1] / speeds[0] == pytest.approx(ratio, rel=1e-9)
    assert speeds[0] == pytest.approx(RATE * HOUR, rel=1e-9)


def seen(snapshot):
    state = snapshot.state
    return {name: state[name].copy() for name in ("occupancy", "sites", "trapped")}


@pytest.fixture(scope="module")
def charged():
    """A charge, a rest and part of a discharge; charged oxide ages faster, half is trapped."""
    model = model_with(CYCLE, exponent=1, trapped_share=0.5)
    simulation, recorder, outcome = ran(model, seen)
    assert outcome.status == "finished", outcome.reason
    return model, simulation, recorder


def test_charged_oxide_ages_as_its_occupancy_asks_at_every_node(charged):
    model, _, recorder = charged
    dt, x = recorder.column("Time Step / s")[1:], [at["occupancy"] for at in recorder.seen[1:]]
    path = RATE * sum(step * 2 * (1 - each) for step, each in zip(dt, x, strict=True))
    oxide = model.electro.in_oxide
    assert aged(model) == pytest.approx(1 - np.exp(-path[oxide]), rel=1e-10)
    assert np.ptp(aged(model)) > 1e-4, "grains that charge first age most"


def test_what_is_trapped_is_its_share_of_the_lithium_of_the_sites_that_went(charged):
    _, _, recorder = charged
    trapped = np.zeros_like(recorder.seen[0]["trapped"])
    for before, after in zip(recorder.seen, recorder.seen[1:], strict=False):
        trapped += 0.5 * before["occupancy"] * (before["sites"] - after["sites"])
    assert recorder.seen[-1]["trapped"] == pytest.approx(trapped, rel=1e-9)
    assert trapped.max() > 0.1


def test_its_lithium_is_booked(charged):
    _, _, recorder = charged
    assert recorder.column("Lithium Error / 1").max() < 1e-8


def test_trapped_lithium_that_nobody_holds_opens_the_books(monkeypatch):
    """What the mechanism has taken, and what the particle holds, no longer agree."""

    def forgets(self, now, dt, conditions):
        conditions.sites[:] *= 1.0 - now.state["aged"]

    def missing():
        model = model_with(CYCLE, exponent=1, trapped_share=0.5)
        _, recorder, _ = ran(model, seen)
        n_owned = model.spaces.scalar.dofmap.index_map.size_local
        volume = model.mechanics.node_volume[:n_owned]
        held = volume @ recorder.seen[-1]["trapped"][:n_owned]
        fresh = model.electro.properties.max_concentration * model.extent.volume
        before = recorder.rows[-2]["Aged Lithium / 1"]  # what the last step met
        return abs(held / fresh - before)

    assert missing() < 1e-12
    monkeypatch.setattr(OxideAgeing, "modify", forgets)
    assert missing() > 1e-3


def test_it_is_in_history_and_maps_and_takes_capacity(tmp_path):
    """Of the sites that are gone at the end, not all were when the discharge began."""
    folder, bare = tmp_path / "aged", tmp_path / "fresh"
    for each in (folder, bare):
        each.mkdir()
    said = ageing(rate=2e-5, exponent=1)
    model, simulation, _ = cycled(folder, overrides=(said,))
    _, fresh, _ = cycled(bare)
    frames = sorted((folder / "fields" / "particle").glob("*.vtu"))
    assert b'Name="aged"' in frames[-1].read_bytes()
    assert "aged fraction" in (folder / "report.html").read_text()
    lost = 1 - simulation.clock.step_charge / fresh.clock.step_charge
    print(f"lost {lost:.2%} of the discharge, {aged(model).mean():.2%} of the sites")
    assert 0.01 < lost < 1.5 * aged(model).mean()


def on_comm(comm):
    model = model_with(CYCLE, "numerics.stagger_tolerance=1e-9 V", comm=comm, exponent=1)
    _, recorder, outcome = ran(model)
    names = ("Aged Fraction / 1", "Aged Lithium / 1", "Voltage / V", *SITES)
    return {"status": outcome.status, "rows": [[row[n] for n in names] for row in recorder.rows]}


@pytest.mark.slow
def test_it_is_the_same_on_any_number_of_ranks():
    one, *others = [on_ranks(n, f"{HERE}:on_comm") for n in (1, 2, 3)]
    assert one["status"] == "finished"
    for other in others:
        assert np.array(other["rows"]) == pytest.approx(np.array(one["rows"]), rel=1e-8)
