"""`resume` goes on with a run that was broken off, or says why it cannot and touches nothing."""

import json
import shutil
import signal
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from intergrain import Case, Mechanism, RunError, resume
from solver.cli import main
from solver.drive.checkpoints import Checkpoints
from solver.drive.interrupt import EARLY, Interrupt
from solver.output.checkpoint import container, header_of
from solver.results.field_frames import frame_files
from solver.results.history import read_history
from solver.run_files import RunLock, manifest, read_metadata

CASE = """
name: broken off
particle:
  radius: 1 um
  grains: {count: 3}
  mesh: {size: 0.5 um, boundary_size: 0.5 um}
materials: {grain: NMC76}
c_rate_basis: 200 mA/g
physics: {wetting: {enabled: true}, interphase: {enabled: true}}
protocol:
  - charge: {rate: 2C, until: {time: 4 min}}
  - repeat:
      times: 2
      steps:
        - discharge: {rate: 2C, until: {time: 3 min}}
        - charge: {rate: 2C, until: {time: 3 min}}
numerics: {time_step: {fixed: 30 s}}
output: {figures: {enabled: false}, report: {enabled: false}, fields: {interval: 2 min}}
"""
STEPS = 8 + 2 * 12


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@contextmanager
def signals_kept():
    """Give the signals back to who had them."""
    before = {number: signal.getsignal(number) for number in EARLY}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def alone(monkeypatch, cache):
    monkeypatch.setenv("INTERGRAIN_CACHE", str(cache))
    with signals_kept():
        yield


class Ask:
    """Stands in for a user who asks the run to end before some step, with a signal."""

    def __init__(self, monkeypatch):
        self._patch, self._asked = monkeypatch, Interrupt.asked

    def before(self, step, number=signal.SIGTERM):
        count, asked = iter(range(10_000)), self._asked

        def told(interrupt):
            if next(count) == step:
                signal.raise_signal(number)
            return asked(interrupt)

        self._patch.setattr(Interrupt, "asked", told)

    def never(self):
        for number in EARLY:  # the commands of one process know of each other's signals
            signal.signal(number, signal.SIG_DFL)
        self._patch.setattr(Interrupt, "asked", self._asked)


@pytest.fixture
def ask(monkeypatch):
    return Ask(monkeypatch)


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(CASE)
    return path


@pytest.fixture(scope="module")
def ended(tmp_path_factory, cache):
    """A run that was ended in the middle of a step, to be copied."""
    folder = tmp_path_factory.mktemp("ended")
    path = folder / "case.yaml"
    path.write_text(CASE)
    with pytest.MonkeyPatch.context() as patch, signals_kept():
        patch.setenv("INTERGRAIN_CACHE", str(cache))
        Ask(patch).before(14)
        assert main(["run", str(path), "-o", str(folder / "run")]) == 130
    return folder / "run"


@pytest.fixture
def broken(tmp_path, ended):
    """A run that was ended in the middle of a step."""
    return Path(shutil.copytree(ended, tmp_path / "run"))


def state_of(directory):
    """Content and time of change of all files but the lock."""
    files = (path for path in directory.rglob("*") if path.is_file() and path.name != "run.lock")
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def refused(capsys, *words):
    """What is said where a command is refused."""
    assert main(list(map(str, words))) == 2
    return capsys.readouterr().err


def test_a_run_that_was_ended_goes_on_to_its_end(broken, capsys):
    before = len(read_history(broken / "history.csv")["Test Time / s"])
    assert main(["resume", str(broken)]) == 0
    assert "going on from 000001.h5, at" in capsys.readouterr().out
    history = read_history(broken / "history.csv")
    assert before < len(history["Test Time / s"]) == STEPS + 1
    assert (np.diff(history["Test Time / s"]) > 0).all()
    summary = json.loads((broken / "summary.json").read_text())
    assert summary["status"] == "finished" and summary["steps"] == STEPS
    metadata = read_metadata(broken)
    assert metadata["status"] == "finished"
    assert [told["checkpoint"] for told in metadata["resumed"]] == ["000001.h5"]
    written = {p.relative_to(broken).as_posix() for p in broken.rglob("*") if p.is_file()}
    assert written == set(manifest(broken))


def test_going_on_leaves_what_a_run_without_a_break_does(tmp_path, case, ask, monkeypatch):
    """Of the broken one, all that came behind its only checkpoint is lost."""
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    with monkeypatch.context() as patch:
        due_before(patch, 14)
        assert main(["run", str(case), "-o", str(whole)]) == 0
        due_before(patch, 14)
        ask.before(20)
        assert main(["run", str(case), "-o", str(broken)]) == 130
        ask.never()
        lost = (broken / "history.csv").read_text()
        due_before(patch, -1)
        ask.before(0)
        assert main(["resume", str(broken)]) == 130
        ask.never()
        index = frame_files(broken / "fields/particle.pvd")
        named = {file.name for _, files in index for file in files}
        assert {path.name for path in (broken / "fields/particle").iterdir()} == named
        assert main(["resume", str(broken)]) == 0
    assert lost.count("\n") == 20
    tables = sorted(path.name for path in whole.glob("*.csv"))
    assert {"history.csv", "cycles.csv", "boundaries.csv"} <= set(tables)
    for name in (*tables, "cracks.json", "fields/particle.pvd", "fields/boundaries.pvd"):
        assert (broken / name).read_bytes() == (whole / name).read_bytes(), name
    frames = [{path.name for path in (run / "fields").rglob("*")} for run in (whole, broken)]
    assert frames[0] == frames[1]
    told = [json.loads((run / "summary.json").read_text()) for run in (whole, broken)]
    assert all(summary.pop("wall_time_s") > 0 for summary in told)
    assert told[0] == told[1]


def due_before(patch, step):
    """Let a checkpoint be written before one step, and nowhere else."""
    count = iter(range(10_000))
    patch.setattr(Checkpoints, "due", lambda keeper, cycle, stops: next(count) == step)


def test_sigusr1_ends_a_run_for_now(tmp_path, case, ask, capsys):
    ask.before(5, signal.SIGUSR1)
    directory = tmp_path / "run"
    assert main(["run", str(case), "-o", str(directory)]) == 75
    assert f"go on with: ./intergrain resume {directory}\n" in capsys.readouterr().out
    assert read_metadata(directory)["status"] == "interrupted"
    ask.before(7, signal.SIGUSR1)
    assert main(["resume", str(directory)]) == 75
    ask.never()
    assert main(["resume", str(directory)]) == 0
    assert len(read_history(directory / "history.csv")["Test Time / s"]) == STEPS + 1


def test_a_finished_run_is_refused(broken, capsys):
    assert main(["resume", str(broken)]) == 0
    before = state_of(broken)
    assert "is finished" in refused(capsys, "resume", broken)
    assert state_of(broken) == before


def test_a_run_that_still_goes_on_is_refused(broken, capsys):
    before = state_of(broken)
    with RunLock(broken):
        assert "still going on" in refused(capsys, "resume", broken)
    assert state_of(broken) == before


def test_what_is_no_run_is_refused(tmp_path, capsys):
    assert "is not a run" in refused(capsys, "resume", tmp_path)


def test_a_run_without_checkpoints_is_refused(broken, capsys):
    shutil.rmtree(broken / "checkpoints")
    before = state_of(broken)
    assert "no checkpoint" in refused(capsys, "resume", broken)
    assert state_of(broken) == before


@pytest.mark.parametrize("damage", ["cut", "altered"])
def test_of_a_damaged_checkpoint_the_one_before_is_taken(broken, ask, capsys, damage):
    ask.before(6)
    assert main(["resume", str(broken)]) == 130
    ask.never()
    newest = broken / "checkpoints/000002.h5"
    content = newest.read_bytes()
    half = len(content) // 2
    newest.write_bytes(content[:half] + (b"" if damage == "cut" else b"?" + content[half + 1 :]))
    assert main(["resume", str(broken)]) == 0
    said = capsys.readouterr()
    assert "000002.h5 is cut short, or was altered" in said.err
    assert "going on from 000001.h5" in said.out
    assert len(read_history(broken / "history.csv")["Test Time / s"]) == STEPS + 1


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda text: text[: text[:-1].rindex("\n") + 1], "has lost rows"),
        (lambda text: text[:-2] + "7\n", "was edited"),
    ],
)
def test_a_table_edited_by_hand_is_found(broken, capsys, edit, why):
    table = broken / "history.csv"
    table.write_text(edit(table.read_text()))
    before = state_of(broken)
    said = refused(capsys, "resume", broken)
    assert "history.csv" in said and why in said
    assert state_of(broken) == before


@pytest.mark.parametrize("name", ["resolved.yaml", "particle.msh"])
def test_an_input_edited_by_hand_is_found(broken, capsys, name):
    (broken / name).write_bytes((broken / name).read_bytes() + b"\n")
    assert f"{name} was edited" in refused(capsys, "resume", broken)


def test_a_checkpoint_of_another_case_is_refused_with_the_differences(
    tmp_path, case, broken, capsys
):
    other = tmp_path / "other"
    changed = ["--set", "temperature=40 degC", "--set", "protocol=['Rest for 1 min']"]
    assert main(["run", str(case), "-o", str(other), *changed]) == 0
    shutil.copy(other / "checkpoints/000001.h5", broken / "checkpoints/000007.h5")
    said = refused(capsys, "resume", broken)
    assert "temperature was 313.15, and is 298.15" in said
    assert "step 1 of the protocol was Rest for 1 min" in said


def test_a_checkpoint_of_another_version_is_refused(broken, capsys, monkeypatch):
    monkeypatch.setattr("solver.output.checkpoint.header.program_version", lambda: "9.9")
    assert "this is 9.9" in refused(capsys, "resume", broken)


LONGER = ["--set", "protocol.1.repeat.times=3"]


def test_a_finished_run_goes_on_with_a_longer_protocol(broken, case):
    assert main(["resume", str(broken)]) == 0
    assert main(["resume", str(broken), "--extend", str(case), *LONGER]) == 0
    assert len(read_history(broken / "history.csv")["Test Time / s"]) == STEPS + 13
    extended = Case.load(broken / "case.yaml")
    assert extended.resolved() == Case.load_resolved(broken / "resolved.yaml").resolved()
    assert len(extended.steps()) == 7
    assert [told["overrides"] for told in read_metadata(broken)["extended"]] == [LONGER[1:]]
    assert not (broken / ".new").exists()
    assert not [name for name in manifest(broken) if name.startswith(".new")]


def test_a_longer_protocol_leaves_the_tables_of_one_that_was_that_long(tmp_path, broken, case, ask):
    ask.before(14)
    whole = tmp_path / "whole"
    assert main(["run", str(case), "-o", str(whole), *LONGER]) == 130
    ask.never()
    assert main(["resume", str(whole)]) == 0
    assert main(["resume", str(broken), "--extend", str(case), *LONGER]) == 0
    for name in ("history.csv", "boundaries.csv"):
        assert (broken / name).read_bytes() == (whole / name).read_bytes(), name


def test_a_run_whose_solver_gave_up_goes_on_from_there_with_other_numerics(
    tmp_path, case, broken, capsys
):
    """To the same tables as one that was ended before that step."""
    failed, too_few = tmp_path / "failed", ["--set", "numerics.max_steps=13"]
    assert main(["run", str(case), "-o", str(failed), *too_few]) == 3
    said = capsys.readouterr().out
    assert "13 time steps were not enough" in said and f"resume {failed}" in said
    last = read_history(failed / "history.csv")["Test Time / s"][-1]
    assert header_of(failed / "checkpoints/000001.h5").time == last == 13 * 30.0
    assert main(["resume", str(failed), "--extend", str(case)]) == 0
    assert main(["resume", str(broken)]) == 0
    for name in ("history.csv", "boundaries.csv"):
        assert (failed / name).read_bytes() == (broken / name).read_bytes(), name


def test_a_checkpoint_that_cannot_be_written_does_not_hide_why_the_solver_gave_up(
    tmp_path, case, monkeypatch, capsys
):
    monkeypatch.setattr(container.Draft, "seal", full)
    words = ["--set", "numerics.max_steps=3"]
    assert main(["run", str(case), "-o", str(tmp_path / "run"), *words]) == 3
    said = capsys.readouterr()
    assert "no checkpoint this time: cannot write" in said.err
    assert "3 time steps were not enough" in said.out and "resume" not in said.out


def full(draft):
    """Stand in for the seal of a checkpoint on a full disk."""
    raise OSError(28, "No space left on device", "checkpoints/000001.h5")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("numerics.cycle_jump.enabled=true", "numerics.cycle_jump.enabled was False, and is True"),
        ("temperature=30 degC", "temperature was 298.15, and is 303.15"),
        ("protocol.0.charge.rate=1C", "step 1 of the protocol was Charge at 2C"),
        ("protocol=['Charge at 2C for 4 min']", "step 2 of the protocol was Discharge at 2C"),
    ],
)
def test_a_case_that_is_another_one_extends_nothing(broken, case, capsys, change, why):
    before = state_of(broken)
    words = ["resume", broken, "--extend", case, *LONGER[:1], change]
    assert why in refused(capsys, *words)
    after, metadata = state_of(broken), broken / "metadata.json"
    assert after[metadata][0] == before[metadata][0]  # written, and then again as it was
    assert {**after, metadata: None} == {**before, metadata: None}
    assert read_metadata(broken)["status"] == "interrupted"


def test_where_no_checkpoint_can_be_written_the_run_goes_on(tmp_path, case, monkeypatch, capsys):
    monkeypatch.setattr(container.Draft, "seal", full)
    words = ["--set", "output.checkpoints.every=1"]
    assert main(["run", str(case), "-o", str(tmp_path / "run"), *words]) == 0
    assert "no checkpoint this time: cannot write" in capsys.readouterr().err


def test_checkpoints_come_by_cycle_and_the_newest_are_kept(tmp_path, case):
    words = ["--set", "output.checkpoints={every: 1, keep: 3}"]
    directory = tmp_path / "run"
    assert main(["run", str(case), "-o", str(directory), *words]) == 0
    names = sorted(path.name for path in Path(directory, "checkpoints").iterdir())
    assert names == ["000001.h5", "000002.h5", "000003.h5"]  # two cycles begin, and the end


def test_no_checkpoint_is_written_where_they_are_switched_off(tmp_path, case):
    words = ["--set", "output.checkpoints.enabled=false"]
    assert main(["run", str(case), "-o", str(tmp_path / "run"), *words]) == 0
    assert not (tmp_path / "run/checkpoints").exists()


class Idle(Mechanism):
    """Does nothing."""

    name = "idle"


def test_a_run_does_not_go_on_with_other_mechanisms(broken):
    with pytest.raises(RunError, match=r"had the mechanisms .*, and is to go on with .*'idle'"):
        resume(broken, progress=False, extra=[Idle()])
    assert read_metadata(broken)["status"] == "failed"


def test_python_goes_on_as_the_command_line_does(broken):
    result = resume(broken, progress=False)
    assert result.summary["status"] == "finished"
    with pytest.raises(RunError, match="is finished"):
        resume(broken)
