"""A run that goes on from any accepted step does what it would have done without a break."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from solver.case import Case
from solver.drive.simulation import Simulation
from solver.model.build import build_model
from tests.particles import CASES, case_of, disc, meshed
from tests.ranks import on_ranks

SLOW = (
    *disc(5, 1.0, 0.5, 0.4),
    "physics.acceleration=50",
    "physics.wetting.enabled=true",
    "physics.initial_wetting.area=0.1 m^2/g",
    "physics.interphase.enabled=true",
    "physics.fatigue.enabled=true",
    "physics.corrosion.enabled=true",
)
IN_TIME = {
    "cycle": "[{charge: {rate: 2C, until: {voltage: 4.2 V}}}, 'Rest for 5 min at 60 degC',"
    " {discharge: {rate: 2C, until: {time: 8 min}}}]",
    "hold": "[{charge: {rate: 2C, until: {time: 6 min}}}, {hold: {voltage: 4.1 V,"
    " until: {time: 10 min}}}, {sweep: {rate: 1 mV/s, to: 4.2 V}}]",
    "pulses": "[{pulse: {rate: 1C, duration: 3 min, rest: 6 min, until: {pulses: 3}}},"
    " {impedance: {from: 1 kHz, to: 1 Hz, points_per_decade: 1}}, 'Rest for 3 min']",
}
LOADED = ("protocol=[{load: {to: 0.33}}, {load: {to: 0.1}}, {load: {to: 0.4}}]",)
AT = {"cycle": {6, 40}, "hold": {30, 70}, "pulses": {20, 45}, "loaded": {5, 33}}
EVEN = "[{charge: {rate: 4C, until: {time: 7 min}}}, {discharge: {rate: 2C, until: {time: 2 min}}}]"
TIGHT = "numerics.newton_tolerance=1e-11"  # below what is asked for here
AT_ON_RANKS = {"even steps": {4, 6}, "tightly loaded": {5, 33}}
MODULE = "tests.verification.test_going_on_anywhere"


@dataclass
class Memories:
    """Keeper of what is saved behind some steps of a simulation."""

    simulation: Simulation
    at: set[int]
    kept: dict[int, dict] = field(default_factory=dict)

    def due(self, cycle, stops):
        return self.simulation.steps in self.at - set(self.kept)

    def keep(self, memory):
        self.kept[self.simulation.steps] = memory


class Rows:
    """Tracker of all rows."""

    name = "rows"

    def __init__(self):
        self.rows = []

    def record(self, snapshot):
        self.rows.append(dict(snapshot.row))

    def save(self):
        return {"rows": len(self.rows)}

    def load(self, memory):
        self.behind = memory["rows"]


def case_named(name):
    if name == "even steps":  # where those that rounding chooses would part
        return case_of(EVEN, *SLOW, "numerics.time_step.fixed=60 s", TIGHT)
    if name == "tightly loaded":
        return Case.load(CASES / "benchmarks" / "fatigue.yaml", (*LOADED, TIGHT))
    if name == "loaded":
        return Case.load(CASES / "benchmarks" / "fatigue.yaml", LOADED)
    return case_of(IN_TIME[name], *SLOW)


def begun(case, particle):
    simulation = Simulation(build_model(case, particle), [Rows()])
    return simulation, simulation.trackers[0]


def farthest_apart(rows, expected):
    """The largest difference of any two numbers, over the largest of that unit, by column."""
    a, b = (np.array([list(row.values()) for row in of], dtype=float) for of in (rows, expected))
    assert a.shape == b.shape
    assert np.array_equal(np.isnan(a), np.isnan(b))
    off = np.abs(np.nan_to_num(a) - np.nan_to_num(b)).max(axis=0)
    largest: dict[str, float] = {}
    for header, values in zip(expected[0], np.abs(np.nan_to_num(b)).T, strict=True):
        unit = header.split(" / ")[-1]
        largest[unit] = max(largest.get(unit, 0.0), float(values.max()))
    return {
        header: float(worst) / (largest[header.split(" / ")[-1]] or 1.0)
        for header, worst in zip(expected[0], off, strict=True)
    }


def gone_on(comm, name):
    """How far rows of runs that go on are from those of the whole, by column."""
    case = case_named(name)
    particle = meshed(case, comm)
    whole, rows = begun(case, particle)
    memories = Memories(whole, (AT | AT_ON_RANKS)[name])
    outcome = whole.run(keeper=memories)
    assert outcome.status == "finished", outcome.reason
    assert len(memories.kept) == 2
    off = dict[str, float]()
    for steps, memory in memories.kept.items():
        assert memory["within"]
        resumed, again = begun(case, particle)
        resumed.load(memory)
        told = resumed.run(
            keeper=Memories(resumed, {at for at in (AT | AT_ON_RANKS)[name] if at > steps})
        )
        assert told.status == "finished", told.reason
        if comm.size == 1:
            assert told.totals == outcome.totals
        for header, worst in farthest_apart(again.rows, rows.rows[again.behind :]).items():
            off[header] = max(off.get(header, 0.0), worst)
    last = rows.rows[-1]
    return {"off": off, "steps": whole.steps, "softened": last["Softened Fraction / 1"]}


@pytest.mark.parametrize("name", AT)
def test_on_one_rank_it_is_the_same_in_every_bit(name):
    told = on_ranks(1, f"{MODULE}:gone_on", name)
    assert not any(told["off"].values()), {k: v for k, v in told["off"].items() if v}
    assert told["softened"] > 0 or name == "pulses"


@pytest.mark.parametrize("name", AT_ON_RANKS)
def test_on_two_ranks_it_is_the_same_to_1e_8(name):
    told = on_ranks(2, f"{MODULE}:gone_on", name, timeout=600)
    counts = ("Iterations", "Turns", "Softened Fraction")  # of which noise moves a point over 0
    off = {k: v for k, v in told["off"].items() if not v < 1e-8}
    assert not {k: v for k, v in off.items() if not any(count in k for count in counts)}


class Stresses(Rows):
    """Tracker of the largest stress of every moment, MPa."""

    def record(self, snapshot):
        self.rows.append(float(np.abs(snapshot.stress).max()))


def test_a_spectrum_right_behind_a_checkpoint_has_the_stress_of_its_moment():
    steps = "[{charge: {rate: 2C, until: {time: 2 min}}}, {impedance: {from: 1 kHz, to: 100 Hz}}]"
    case = case_of(steps, *SLOW, "numerics.time_step.fixed=60 s")
    particle = meshed(case)
    whole, resumed = (Simulation(build_model(case, particle), [Stresses()]) for _ in range(2))
    memories = Memories(whole, {2})
    assert whole.run(keeper=memories).status == "finished"
    (memory,) = memories.kept.values()
    resumed.load(memory)
    assert resumed.run().status == "finished"
    assert resumed.trackers[0].rows == whole.trackers[0].rows[3:]
    assert min(whole.trackers[0].rows[2:]) > 10
