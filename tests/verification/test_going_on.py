"""A run that was saved, and goes on in a new simulation, comes to what it would have come to."""

from functools import cache

import numpy as np
import pytest

from solver.case import Case
from solver.drive.simulation import Simulation
from solver.model.build import build_model
from solver.output.checkpoint.tree import apart
from solver.units.memory import values_of
from tests.particles import CASES, case_of, disc, meshed

CYCLES = (
    "[{charge: {rate: 1C, until: {voltage: 4.3 V}}}, 'Rest for 10 min at 60 degC',"
    " {discharge: {rate: 1C, until: {voltage: 3.5 V}}}]"
)
AGEING = (
    *disc(8, 1.2, 0.4, 0.3),
    "numerics.time_step.fixed=120 s",
    "physics.acceleration=50",
    "physics.wetting.enabled=true",
    "physics.initial_wetting.area=0.1 m^2/g",
    "physics.interphase.enabled=true",
    "physics.fatigue.enabled=true",
    "physics.corrosion.enabled=true",
    "physics.rock_salt={enabled: true, gliding: {enabled: true}}",
)
LOADED = ("protocol=[{load: {to: 0.33}}, {load: {to: 0.1}}, {load: {to: 0.4}}]",)


def new(case):
    return Simulation(build_model(case, meshed(case)))


@cache
def whole_run(kind):
    """A simulation that has done all steps of its protocol; nobody changes it."""
    simulation = new(of_case(kind))
    assert simulation.run().status == "finished"
    return simulation


def saved_behind(case, steps):
    """What a simulation holds that has done the first steps of its protocol."""
    simulation = new(case)
    total = case.steps()
    short = case.model_copy(update={"protocol": case.protocol[:steps]})
    assert len(short.steps()) < len(total)
    object.__setattr__(simulation.model, "case", short)
    assert simulation.run().status == "finished"
    return simulation.save()


def copied(memory):
    """What is saved, by its bytes."""
    text, arrays = apart(memory)
    return text, {name: np.asarray(values_of(kept)).tobytes() for name, kept in arrays.items()}


def remembered(model):
    """Fields of the state, and openings for the displacement: a free particle may turn."""
    fields = {**model.state.arrays(), "openings": model.mechanics.openings()}
    return {name: values for name, values in fields.items() if name != "displacement"}


FULL_CELL = CYCLES.replace("4.3 V", "4.2 V").replace("3.5 V", "3.0 V")


def of_case(kind):
    if kind == "cycled":
        return case_of(CYCLES, *AGEING)
    if kind == "cycled in a full cell":
        return case_of(FULL_CELL, *AGEING, "electrode.counter=graphite")
    return Case.load(CASES / "benchmarks" / "fatigue.yaml", LOADED)


@pytest.mark.parametrize("kind", ["cycled", "cycled in a full cell", "loaded"])
@pytest.mark.parametrize("steps", [1, 2])
def test_a_new_simulation_goes_on_as_the_old_one_would_have(kind, steps):
    case, whole = of_case(kind), whole_run(kind)
    memory = saved_behind(case, steps)
    before = copied(memory)
    resumed = new(case)
    resumed.load(memory)
    assert resumed.run().status == "finished"
    unchanged = copied(memory) == before  # what is saved does not change with the run
    assert unchanged
    assert resumed.steps == whole.steps
    assert resumed.clock.time == pytest.approx(whole.clock.time, rel=1e-6)
    fields = remembered(resumed.model)
    for name, values in remembered(whole.model).items():
        scale = np.abs(values).max(initial=1e-12)
        assert fields[name] == pytest.approx(values, abs=1e-5 * scale), name
    energies = whole.ledger.energies.amounts()
    largest = whole.ledger.largest_elastic
    assert resumed.ledger.energies.amounts() == pytest.approx(energies, abs=1e-6 * largest)
    if whole.electrical is not None:
        work = whole.electrical.energies
        assert resumed.electrical.energies.work == pytest.approx(work.work, rel=1e-6)
        assert resumed.electrical.energies.recovery == pytest.approx(work.recovery, rel=1e-4)
        assert resumed.electrical.error() == pytest.approx(whole.electrical.error(), rel=1e-3)


def test_every_field_of_the_state_is_saved():
    """Nobody lists them: those of mechanisms are among them."""
    model = build_model(case := case_of(CYCLES, *AGEING), meshed(case))
    fields = {name for mechanism in model.slow.mechanisms for name in mechanism.fields}
    assert {"film", "oxidation", "corrosion", "travel", "pull"} <= fields
    assert set(model.state.save()) == set(model.state.fields) > fields
