"""Which moments become frames of the fields, and how many that makes."""

import numpy as np
import pytest

from solver.case import Case, CaseError
from solver.checks.plan.frames import frames_of
from solver.output.fields import FieldTracker
from solver.results.frames import frame_times
from tests.unit.output_example import CASES, make_row, make_run, make_snapshot
from tests.unit.test_limits import planned
from tests.unit.test_output_fields import DONE

CYCLES = "['Charge at 1C for 1 h', 'Rest for 1 h', 'Discharge at 1C for 1 h', 'Repeat 5 times']"
STEPS = 15  # of the protocol
EVERY = 4  # moments in each of its steps, the last one its end


def run_of(directory, *overrides):
    given = [f"output.fields.{entry}" for entry in overrides]
    return make_run(directory, overrides=[f"protocol={CYCLES}", *given])


def moments(numbers=range(STEPS)):
    """Time, step, cycle, and whether the step ends, of all moments."""
    yield 0.0, 0, 1, True
    for number in numbers:
        for k in range(1, EVERY + 1):
            yield 3600 * (number + k / EVERY), number, number // 3 + 1, k == EVERY


def record(run, fields, given):
    for time, step, cycle, ended in given:
        row = make_row(time) | {"Step Index / 1": float(step), "Cycle Index / 1": float(cycle)}
        fields.record(make_snapshot(run, row, ended))


def hours(directory, *overrides):
    """Times of the frames that are kept."""
    run, fields = run_of(directory, *overrides), FieldTracker()
    fields.start(run)
    record(run, fields, moments())
    fields.finish(DONE)
    return (frame_times(directory / "fields") / 3600).tolist()


def test_named_states_alone_are_kept(tmp_path):
    ends = [step + 1.0 for step in range(STEPS) if step % 3 == 2]
    assert hours(tmp_path, "at=[end of discharge]") == [0.0, *ends]
    both = [step + 1.0 for step in range(STEPS) if step % 3 != 1]
    assert hours(tmp_path / "2", "at=[end of charge, end of discharge]") == [0.0, *both]


def test_the_end_of_a_cycle_is_that_of_its_last_step(tmp_path):
    assert hours(tmp_path, "at=[end of cycle]") == [0.0, 3.0, 6.0, 9.0, 12.0, 15.0]


def test_only_every_so_manyth_cycle_has_frames(tmp_path):
    kept = hours(tmp_path, "every_cycles=3", "at=[end of charge]")
    assert kept == [0.0, 1.0, 10.0, 15.0]  # cycles 1 and 4, first and last moment


def test_every_so_manyth_time_step_is_kept_and_counted_from_the_last_frame(tmp_path):
    kept = hours(tmp_path, "every_steps=3", "every_cycles=2", "at=[end of charge]")
    cycle = [0.75, 1.0, 1.75, 2.5]
    assert kept[:6] == [0.0, *cycle, 6.25]  # what passed in the second cycle counts
    assert all((each - 1e-9) // 3 % 2 == 0 for each in kept[1:])


def test_time_and_states_can_be_asked_for_together(tmp_path):
    kept = hours(tmp_path, "at=[end of charge]", "interval=2 h", "every_cycles=4")
    assert kept == [0.0, 1.0, 3.0, 12.25, 13.0, 15.0]


def test_without_a_rule_it_is_the_ends_of_steps_and_ten_minutes(tmp_path):
    assert len(hours(tmp_path)) == 1 + STEPS * EVERY


def test_a_run_that_goes_on_counts_its_time_steps_on(tmp_path):
    every, rule = list(moments()), ("every_steps=7",)
    whole = hours(tmp_path / "whole", *rule)
    run, fields, again = run_of(tmp_path, *rule), FieldTracker(), FieldTracker()
    fields.start(run)
    record(run, fields, every[:12])
    again.start(run)
    again.load(fields.save())
    record(run, again, every[12:])
    again.finish(DONE)
    assert (frame_times(tmp_path / "fields") / 3600).tolist() == whole


@pytest.mark.parametrize(
    ("rule", "frames"),
    [
        ("at=[end of charge]", 1 + 5 + 1),
        ("at=[end of cycle]", 1 + 5),
        ("every_cycles=2", 1 + 9 * 6),
        ("enabled=false", 0),
    ],
)
def test_frames_are_counted_before_the_run(rule, frames):
    case, found = planned(f"output.fields.{rule}", protocol=CYCLES)
    assert frames_of(case, found) == frames


def test_the_count_is_that_of_a_run_with_its_longest_time_steps(tmp_path):
    """Four moments in each step of an hour: time steps of a quarter."""
    rules = ("every_cycles=2", "at=[end of charge, end of rest]"), ("every_steps=2",), ()
    for number, rule in enumerate(rules):
        given = [f"output.fields.{entry}" for entry in rule]
        case, found = planned("numerics.time_step.maximum=900", *given, protocol=CYCLES)
        kept = hours(tmp_path / str(number), *rule)
        assert frames_of(case, found) == len(kept), rule


def test_an_unknown_state_is_an_error_that_names_those_there_are():
    with pytest.raises(CaseError, match=r"output.fields.at(.|\n)*end of charge"):
        Case.load(CASES / "quickstart.yaml", ["output.fields.at=[end of time]"])


def test_the_number_of_a_step_is_that_in_the_history():
    """What the rule is told is what `steps` counts."""
    steps = Case.load(CASES / "quickstart.yaml", [f"protocol={CYCLES}"]).steps()
    assert len(steps) == STEPS
    assert np.all([steps[number].cycle == number // 3 + 1 for number in range(STEPS)])
