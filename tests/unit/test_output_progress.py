"""The progress line tells where a run is, and never ends one."""

import io
import subprocess
import sys
from dataclasses import replace

import pytest

from solver.case import Case
from solver.output.progress import ProgressLine, clock, described, fraction_done, remaining
from solver.output.snapshot import Outcome
from tests.unit.output_example import CASES, make_row, make_run, make_snapshot

DONE = Outcome("finished", "all steps were done", {})


def shown(run, rows, stream):
    line = ProgressLine(stream)
    line.start(run)
    for row, step_ended in rows:
        line.record(make_snapshot(run, row, step_ended))
    line.finish(DONE)


def test_lines_come_at_the_ends_of_steps_but_not_for_every_time_step(tmp_path):
    rows = [(make_row(float(t), Voltage=3.5 + 0.01 * t), t in (0, 50)) for t in range(60)]
    stream = io.StringIO()
    shown(make_run(tmp_path), rows, stream)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 3
    for word in ("cycle 1", "charge", "0:00:50", "4.0000 V", "cracked  0.0 %"):
        assert word in lines[1]
    assert lines[2].startswith("finished after 0:00:00: all steps were done")


@pytest.mark.parametrize("number", [0, 21])
def test_the_end_tells_of_systems_that_cycles_did_not_solve(tmp_path, number):
    stream = io.StringIO()
    line = ProgressLine(stream)
    line.start(make_run(tmp_path))
    line.finish(replace(DONE, totals={"fallbacks": number}))
    told = "21 linear systems were left to factors: cycles did not converge"
    assert stream.getvalue().splitlines()[1:] == ([told] if number else [])


def test_a_line_tells_where_a_run_is():
    case = Case.load(CASES / "quickstart.yaml")
    row = make_row(
        3723.0, Cycle=2, Step_Index=1, Voltage=3.98764, Cracked=0.123, Time_Step=45.678,
        Coupling=5, Newton=17, Mean_Damage=0.9,
    )  # fmt: skip
    assert described(case.steps(), row) == (
        "cycle 2  discharge  1:02:03  3.9876 V  cracked 12.3 %  dt 45.7 s  it 5/17"
    )


def test_a_line_tells_a_temperature_that_is_not_that_of_a_room():
    case = Case.load(CASES / "quickstart.yaml")
    row = make_row(70.0, Step_Index=1, Voltage=3.5, Temperature=696.65)
    assert described(case.steps(), row).startswith(
        "cycle 1  discharge  0:01:10  424 degC  3.5000 V"
    )


def test_a_line_tells_how_many_cycles_were_jumped():
    case = Case.load(CASES / "quickstart.yaml")
    row = {**make_row(3723.0, Cycle=9, Step_Index=1), "Jumped Cycles / 1": 5.0}
    assert described(case.steps(), row).startswith("cycle 9  5 jumped  discharge")


def test_a_terminal_gets_a_bar(tmp_path):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream = Terminal()
    shown(make_run(tmp_path), [(make_row(), True), (make_row(9.0, Voltage=3.9), True)], stream)
    assert "━" in stream.getvalue()
    assert "3.9000 V" in stream.getvalue()


def test_a_closed_stream_is_no_failure(tmp_path):
    stream = io.StringIO()
    line = ProgressLine(stream)
    run = make_run(tmp_path)
    line.start(run)
    stream.close()
    line.record(make_snapshot(run, step_ended=True))
    line.finish(DONE)


def test_a_reader_that_went_away_is_no_failure():
    program = (
        "import sys; from pathlib import Path; from tests.unit.test_output_progress import *\n"
        "line, run = ProgressLine(), make_run(Path())\n"
        "line.start(run); sys.stdin.readline()\n"
        "for t in range(3): line.record(make_snapshot(run, make_row(float(t)), True))\n"
        "line.finish(DONE)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=CASES.parent,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    process.stdout.close()
    _, errors = process.communicate(b"\n", timeout=60)
    assert (process.returncode, errors) == (0, b"")


def test_share_of_the_protocol_follows_the_nearest_end():
    case = Case.load(CASES / "quickstart.yaml", ["protocol.1.discharge.until.time=100"])
    start = make_row(Voltage=3.5)
    assert fraction_done(case, case.steps(), start, make_row(Voltage=3.9)) == pytest.approx(0.25)
    discharge = make_row(Step_Index=1, Voltage=4.3)
    late = make_row(Step_Index=1, Step_Time=90.0, Voltage=3.5)
    assert fraction_done(case, case.steps(), discharge, late) == pytest.approx(0.5 + 0.5 * 0.9)


@pytest.mark.parametrize(
    ("now", "share"),
    [
        ({"Capacity": 40.0}, 0.4),
        ({"Step_Time": 1800.0}, 0.5),
        ({"Voltage": 3.8, "Capacity": 10.0}, 0.75),
        ({"Voltage": 9.0}, 1.0),
        ({"Voltage": 3.0}, 0.0),
    ],
)
def test_share_of_a_charge_follows_capacity_time_or_voltage(now, share):
    step = "Charge at C/2 until 3.9 V or 100 mAh/g or 1 h"
    case = Case.load(CASES / "quickstart.yaml", [f"protocol=['{step}']"])
    start = {"Voltage": 3.5}
    found = fraction_done(case, case.steps(), make_row(**start), make_row(**(start | now)))
    assert found == pytest.approx(share)


def test_share_of_a_hold_follows_the_logarithm_of_the_current():
    hold = "protocol=[{hold: {voltage: 4.3 V, until: {rate: 0.01}}}]"
    case = Case.load(CASES / "quickstart.yaml", [hold])
    start, now = make_row(Specific=200.0), make_row(Specific=20.0)
    assert fraction_done(case, case.steps(), start, now) == pytest.approx(0.5)


def test_remaining_time_is_a_guess_with_a_base():
    assert remaining(0.25, 30.0) == " 25 %  ~0:01:30 left"
    assert remaining(0.25, 0.1) == " 25 %"
    assert remaining(1.0, 30.0) == "100 %"
    assert clock(3723.9) == "1:02:04"


@pytest.mark.parametrize(
    ("step", "start", "now", "share"),
    [
        ("Sweep at 1 mV/s to 4 V", {"Voltage": 3.6}, {"Voltage": 3.7}, 0.25),
        ("Pulse at C/10 for 1 min, rest for 1 min, until 8 pulses", {}, {"Pulse": 3}, 0.25),
        (
            "Pulse at C/10 for 1 min, rest for 1 min, until 4 V or 100 mAh/g",
            {"Voltage": 3.6},
            {"Voltage": 3.7, "Capacity": 40.0},
            0.4,
        ),
    ],
)
def test_share_of_sweeps_and_pulses(step, start, now, share):
    case = Case.load(CASES / "quickstart.yaml", [f"protocol=['{step}']"])
    found = fraction_done(case, case.steps(), make_row(**start), make_row(**now))
    assert found == pytest.approx(share)


def test_a_time_that_rounding_left_short_of_a_second_is_that_second():
    assert clock(1799.9999999999993) == "0:30:00"


def test_a_run_that_did_not_come_to_its_end_tells_how_it_is_gone_on_with(tmp_path):
    """If it has left a checkpoint; a finished one has nothing to go on with."""
    directory = tmp_path / "two words"
    (directory / "checkpoints").mkdir(parents=True)
    asked = Outcome("interrupted", "interrupted in cycle 1", {})

    def last_line(outcome):
        stream = io.StringIO()
        line = ProgressLine(stream)
        line.start(make_run(directory))
        line.finish(outcome)
        return stream.getvalue().splitlines()[-1]

    without = last_line(asked)
    assert without.endswith("interrupted in cycle 1")
    (directory / "checkpoints/000003.h5").touch()
    assert last_line(asked) == f"go on with: ./intergrain resume '{directory}'"
    assert last_line(DONE).endswith("all steps were done")
    told = last_line(Outcome("failed", "at 3 s: no way on", {}))
    assert f"./intergrain resume '{directory}'; with other numerics: --extend CASE" in told
