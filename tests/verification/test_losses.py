"""Capacity that is lost is lost to what took the sites: slow cycles leave nothing unexplained."""

import csv
from typing import ClassVar

import numpy as np
import pytest

from solver.entries import laws
from solver.mechanisms.base import Mechanism
from solver.model.build import build_model
from solver.output.losses import LossBook
from solver.units.fields import StateField
from tests.networks import brick_particle, flat_materials
from tests.particles import case_of, disc, one_c, plain_oxide, ran
from tests.verification.test_own_mechanism import cycled

SLOW = "['Charge at C/20 until 4.3 V', 'Discharge at C/20 until 3.0 V']"
PROTOCOL = (
    "[{repeat: {times: 3, steps: ['Charge at 1C until 4.3 V', 'Discharge at 1C until 3.0 V'],"
    f" checks: [{{at: [1, 3], steps: {SLOW}}}]}}}}]"
)
RUN = (
    *disc(4, 1.0, 0.5, 0.4),
    f"protocol={PROTOCOL}",
    "physics.swelling.enabled=false",
    "numerics.time_step.maximum=15 min",
    "output.fields.enabled=false",
)
AGEING = "physics.oxide_ageing={enabled: true, rate: 3e-7}"  # some 4 % from check to check
CAUSES = ("Transformed", "Dissolved", "Aged", "Isolated")


class Resists(Mechanism):
    """A layer outside that resists more with time, and takes no sites."""

    name = "resists"
    fields: ClassVar = {"layer": StateField("one", "s", "age", slow=True)}

    def modify(self, now, dt, conditions):
        conditions.outside.resistance[:] += 1e-6 * now.state["layer"]

    def advance(self, now, dt):
        now.state["layer"][:] += dt
        return 0.0


def lines(path):
    with path.open(newline="") as file:
        return [{name: float(v) for name, v in row.items()} for row in csv.DictReader(file)]


def of(rows, name):
    return np.array([row[f"{name} / mA.h.g-1"] for row in rows])


@pytest.fixture(scope="module")
def aged(tmp_path_factory):
    """Folder and steps of a run in which nothing but ageing acts."""
    folder = tmp_path_factory.mktemp("aged")
    _, simulation, _ = cycled(folder, overrides=(*RUN, AGEING))
    return folder, simulation.model.case.steps()


def test_slow_cycles_leave_nothing_unexplained(aged):
    last = lines(aged[0] / "losses.csv")[-1]
    loss, rest = last["Capacity Loss / mA.h.g-1"], last["Unexplained Loss / mA.h.g-1"]
    capacity = last["Discharge Capacity / mA.h.g-1"]
    print(f"lost {loss:.3f} of {capacity + loss:.2f} mA h/g, unexplained {rest:.3f}")
    assert loss > 0.03 * capacity
    assert abs(rest) < 0.002 * loss


def test_a_cause_that_is_left_out_is_unexplained(aged):
    folder, steps = aged
    book, told = LossBook(steps), []
    for row in lines(folder / "history.csv"):
        told += book.add(row | {"Aged Sites / mA.h.g-1": 0.0})
    last = (told + book.close())[-1]
    loss = last["Capacity Loss / mA.h.g-1"]
    assert last["Unexplained Loss / mA.h.g-1"] == pytest.approx(loss, rel=1e-12)
    assert loss > 0.03 * last["Discharge Capacity / mA.h.g-1"]


def test_the_parts_add_up(aged):
    rows = lines(aged[0] / "losses.csv")
    rest = np.nan_to_num(of(rows, "Kinetic Loss")) + np.nan_to_num(of(rows, "Unexplained Loss"))
    parts = sum(of(rows, f"{cause} Loss") for cause in CAUSES) + rest
    assert parts == pytest.approx(of(rows, "Capacity Loss"), abs=1e-6)


def test_sites_that_are_left_and_those_that_went_are_all(aged):
    """Sites are changed at the beginning of a step by what has gone in the one before."""
    rows = lines(aged[0] / "history.csv")
    whole = of(rows, "Left Sites")[1:] + sum(of(rows, f"{cause} Sites") for cause in CAUSES)[:-1]
    assert whole == pytest.approx(275.9, rel=1e-3)
    assert np.ptp(whole) < 1e-9 * whole[0]


def test_of_three_causes_each_is_needed_to_explain_what_slow_cycles_lack(tmp_path):
    """Rock salt, dissolution and ageing, all fast: what moves within a discharge is left open."""
    cycled(
        tmp_path,
        overrides=(
            *RUN,
            "physics.wetting.enabled=true",
            "physics.rock_salt={enabled: true, rate: 1e-20 m^2/s}",
            "physics.dissolution={enabled: true, rate: 5e-13 m/s}",
            "physics.oxide_ageing={enabled: true, rate: 1e-7}",
        ),
    )
    last, history = lines(tmp_path / "losses.csv")[-1], lines(tmp_path / "history.csv")
    loss, rest = last["Capacity Loss / mA.h.g-1"], last["Unexplained Loss / mA.h.g-1"]
    parts = {cause: last[f"{cause} Loss / mA.h.g-1"] for cause in CAUSES}
    print(f"lost {loss:.3f} mA h/g: {parts}, unexplained {rest:.3f}")
    assert abs(rest) < 0.01 * loss
    assert parts.pop("Isolated") == 0.0
    assert min(parts.values()) > 10 * abs(rest)
    gone = sum(of(history, f"{cause} Sites") for cause in CAUSES)
    whole = of(history, "Left Sites")[1:] + gone[:-1]
    assert np.ptp(whole) < 1e-9 * whole[0]


class Parts(Mechanism):
    """Cracks the boundaries of grains 0 and 1 towards grain 2 after a time, s."""

    name = "parts"
    fields: ClassVar = {"since": StateField("one", "s", "since the start", slow=True)}

    def __init__(self, after):
        self.after = after

    def advance(self, now, dt):
        now.state["since"][:] += dt
        if now.state["since"][0] > self.after:
            now.state["damage"][(now.places.points.pair == 2).any(axis=1)] = 1.0
        return 0.0


def test_isolated_grains_explain_what_slow_cycles_lack():
    """Two grains of twelve bricks part from the others after the first check."""
    slow = "['Charge at C/20 until 4.8 V', 'Discharge at C/20 until 4.2 V']"
    case = case_of(
        "[{repeat: {times: 2, steps: ['Charge at 1C until 4.8 V', 'Discharge at 1C until 4.2 V'],"
        f" checks: [{{at: [1, 2], steps: {slow}}}]}}}}]",
        one_c(1e-4),
        "physics.swelling.enabled=false",
        "physics.oxide_ageing={enabled: true, rate: 0}",
        "numerics.time_step.maximum=1 h",
    )
    particle = brick_particle((4.0, 3.0), (8, 12), (4, 3), [2, 2, 2, 2, 2, 0, 1, *5 * [2]])
    materials = flat_materials(case, particle, 1.0)
    oxide = plain_oxide(1e-14, potential=laws.linear(5.0, -1.0))
    cycle = 0.6 * (2 + 2 * 20) * 1e4  # s: 1C takes 1e-4 of the occupancy in a second
    parts = Parts(after=1.02 * cycle)
    model = build_model(case, particle, materials._replace(grain=oxide), extra=[parts])
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    book = LossBook(case.steps())
    *_, last = [lost for row in recorder.rows for lost in book.add(row)] + book.close()
    loss, rest = last["Capacity Loss / mA.h.g-1"], last["Unexplained Loss / mA.h.g-1"]
    print(f"lost {loss:.3f} of {loss + last['Discharge Capacity / mA.h.g-1']:.3f}, open {rest:.3f}")
    assert last["Isolated Loss / mA.h.g-1"] == pytest.approx(loss, rel=0.01)
    assert loss == pytest.approx(last["Discharge Capacity / mA.h.g-1"] * 2 / 10, rel=0.02)


def test_a_resistance_is_kinetic_and_slow_cycles_recover_it(aged, tmp_path):
    cycled(tmp_path, Resists(), overrides=(*RUN, AGEING))
    fast, slow = lines(tmp_path / "losses.csv")[-2:]
    kinetic, rest = fast["Kinetic Loss / mA.h.g-1"], slow["Unexplained Loss / mA.h.g-1"]
    alone = lines(aged[0] / "losses.csv")[-2]["Kinetic Loss / mA.h.g-1"]
    print(f"kinetic {kinetic:.3f} ({alone:.3f} without the layer), in the check {rest:.3f} mA h/g")
    assert kinetic > 5.0 > 100 * abs(alone)
    assert abs(rest) < 0.15 * kinetic
