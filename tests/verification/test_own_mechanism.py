"""A mechanism of one's own, defined here alone, does all that those of the package do.

A layer grows on wet sides and outside; in it sites are gone, and part of their lithium stays.
"""

import csv
import json
from typing import ClassVar

import numpy as np
import pytest
from mpi4py import MPI

from solver.drive.simulation import Simulation
from solver.mechanisms.base import Mechanism, Shares, Shown
from solver.model.build import build_model
from solver.output.observe.group import columns_of
from solver.output.snapshot import Run
from solver.output.trackers import close, open_trackers
from solver.units.columns import Array, Column
from solver.units.constants import FARADAY_INTERNAL
from solver.units.fields import StateField
from solver.units.groups import SPENT, WEAR
from tests.particles import case_of, disc, meshed

KEPT = 0.25  # of the lithium per site that is lost
CYCLE = (
    "[{charge: {rate: 1C, until: {voltage: 4.2 V, time: 40 min}}},"
    " {discharge: {rate: 1C, until: {voltage: 3.4 V, time: 90 min}}}]"
)
SMALL = [*disc(6, 1.0, 0.4, 0.3), "physics.wetting.enabled=true", "output.figures.enabled=false"]


class Layer(Mechanism):
    """Grows outside at a constant rate, faster when hot, and weakens the bonds of wet boundaries.

    rate: share of the sites of the nodes outside that go per second.
    """

    name = "layer"
    fields: ClassVar = {
        "layer": StateField("surface", "um", "thickness of the layer", lower=0.0, slow=True),
        "gone": StateField("node", "1", "share of the sites", lower=0.0, upper=0.9, slow=True),
    }
    columns = (Column("Mean Gone", "1", WEAR, "Mean share of the sites outside that is gone."),)
    shown = (Shown(Array("gone", "1", "grains", "share of the sites that is gone"), "gone"),)
    energy = Column("Layer Energy", "J", SPENT, "Taken from bonds that layers weaken.", True)

    def __init__(self, rate, damage=0.0):
        self.base, self.damage = rate, damage
        self.temperatures = []

    def laws(self, temperature):
        self.temperatures.append(temperature)
        self.rate = self.base * temperature / 298.15

    def modify(self, now, dt, conditions):
        conditions.outside.resistance[:] += 10.0 * now.state.sides("layer")[0]
        conditions.sites[:] *= 1.0 - now.state["gone"]
        conditions.trapped[:] += KEPT * now.state["gone"]

    def weaken(self, now):
        return Shares(1.0 - 0.2 * now.state["gone"].max(initial=0.0), 1.0)

    def advance(self, now, dt):
        outside = now.places.nodes.outer_area > 0
        now.state["gone"][outside] = np.minimum(now.state["gone"][outside] + self.rate * dt, 0.9)
        now.state.sides("layer")[0][:] += 1e-6 * dt
        return self.damage * dt

    def observe(self, now):
        nodes = now.places.nodes
        area = nodes.outer_area * nodes.owned
        total, gone = now.places.points.gathered(np.array([area.sum(), area @ now.state["gone"]]))
        return {"Mean Gone": gone / total}


def cycled(directory, *mechanisms, overrides=(), comm=MPI.COMM_SELF):
    """Model, simulation and outcome of a cycle whose run lies in a directory."""
    case = case_of(CYCLE, *SMALL, *overrides)
    model = build_model(case, meshed(case, comm), extra=mechanisms)
    simulation = Simulation(model)
    about = case, model.particle, model.spaces, directory, comm, model.dofs
    told = {"mechanisms": model.slow.mechanisms, "columns": columns_of(simulation.groups)}
    run = Run(*about, **told)
    simulation.trackers = open_trackers(run)
    outcome = close(simulation.trackers, simulation.run(), run)
    assert outcome.status == "finished", outcome.reason
    return model, simulation, outcome


def rows_of(directory):
    with (directory / "history.csv").open(newline="") as file:
        return [{name: float(v) for name, v in row.items()} for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The run with the layer and that without."""
    folders = [tmp_path_factory.mktemp(name) for name in ("with", "without")]
    return (folders[0], *cycled(folders[0], Layer(2e-5)))[:3], folders[1], cycled(folders[1])


def test_it_reaches_history_summary_report_and_maps(runs):
    (folder, model, simulation), _, _ = runs
    rows = rows_of(folder)
    gone = model.state["gone"][model.electro.outer_area > 0]
    assert rows[-1]["Mean Gone / 1"] == pytest.approx(gone.mean(), rel=1e-9)
    assert rows[-1]["Mean Gone / 1"] == pytest.approx(2e-5 * simulation.clock.time, rel=1e-9)
    assert "Layer Energy / J.m-1" in rows[-1]
    assert json.loads((folder / "summary.json").read_text())["status"] == "finished"
    assert "mean gone" in (folder / "report.html").read_text().lower()
    frames = sorted((folder / "fields" / "particle").glob("*.vtu"))
    assert b'Name="gone"' in frames[-1].read_bytes()


def test_its_lithium_is_booked_and_it_takes_capacity(runs):
    (folder, model, _), bare, _ = runs
    worn, fresh = rows_of(folder), rows_of(bare)
    trapped = model.mechanics.node_volume @ model.state["trapped"]
    assert trapped > 0
    assert max(row["Lithium Error / 1"] for row in worn) < 1e-8
    last = max(row["Capacity / mA.h.g-1"] for row in worn if row["Step Index / 1"] == 1)
    usual = max(row["Capacity / mA.h.g-1"] for row in fresh if row["Step Index / 1"] == 1)
    print(f"discharged {last:.2f} of {usual:.2f} mA h/g; trapped {trapped / model.lithium():.2%}")
    assert last < 0.99 * usual


def test_without_its_trapped_lithium_the_books_would_not_close(runs):
    (_, model, simulation), _, _ = runs
    extracted = simulation.clock.net_charge / FARADAY_INTERNAL
    held = model.electro.sites(model.mechanics.node_volume) @ model.state["occupancy"]
    fresh = model.electro.properties.max_concentration * model.extent.volume
    start = fresh * model.case.initial.occupancy
    assert model.lithium() + extracted == pytest.approx(start, rel=1e-8)
    assert abs(held + extracted - start) > 1e-4 * start


def test_its_damage_shortens_the_steps(tmp_path):
    plain, quick = tmp_path / "plain", tmp_path / "quick"
    for folder, damage in ((plain, 0.0), (quick, 1e-3)):
        folder.mkdir()
        cycled(folder, Layer(1e-6, damage))
    steps = [np.array([row["Time Step / s"] for row in rows_of(f)]) for f in (plain, quick)]
    assert len(steps[1]) > 2 * len(steps[0])
    assert np.percentile(steps[1], 90) < 1.7 * 0.02 / 1e-3


def test_its_laws_are_those_of_the_temperature(tmp_path):
    layer = Layer(1e-6)
    case = case_of(CYCLE, *SMALL, "temperature=60 degC")
    build_model(case, meshed(case), extra=[layer])
    assert layer.temperatures == [333.15]
    assert layer.rate == pytest.approx(1e-6 * 333.15 / 298.15)


def test_two_fields_of_one_name_are_refused():
    case = case_of(CYCLE, *SMALL)
    with pytest.raises(ValueError, match="two fields of the name 'layer'"):
        build_model(case, meshed(case), extra=[Layer(1.0), Layer(1.0)])
