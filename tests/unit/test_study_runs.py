"""Runs of a study are kept by what their cases resolve to, gone on with, and never done twice."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from intergrain import Case, RunError
from solver.prepare.standalone import fingerprint
from solver.study import evaluations, on_dask
from solver.study.evaluations import Evaluations
from solver.study.side_by_side import Program, side_by_side
from tests.particles import THIRTY_GRAINS
from tests.unit.study_example import STUDY, Programs, leave, small_study, states

LIBRARY = Path(evaluations.__file__).parents[1] / "materials"
SLEEPS = "import signal, sys, time; time.sleep({}); sys.exit({})"


@pytest.fixture
def programs():
    return Programs()


def nothing(*told):
    """Tell nobody."""


def key(*overrides):
    return fingerprint(Case.load(THIRTY_GRAINS, overrides))


def test_a_key_is_of_what_runs_not_of_how_it_was_said():
    assert key("temperature=25 degC", "name=other") == key("temperature=298.15 K") == key()
    assert key("temperature=26 degC") != key()


def test_a_key_changes_with_what_a_material_says_and_not_with_its_name(tmp_path):
    for name in ("same.yaml", "other.yaml"):
        shutil.copy(LIBRARY / "NMC76.yaml", tmp_path / name)
    same, other = (f"materials.grain={tmp_path / name}" for name in ("same.yaml", "other.yaml"))
    assert key(same) == key(other) == key()
    text = (tmp_path / "other.yaml").read_text()
    (tmp_path / "other.yaml").write_text(text.replace("value: 631", "value: 632"))
    assert (tmp_path / "other.yaml").read_text() != text
    assert key(other) != key(same)


def test_what_is_done_is_kept_and_a_changed_study_runs_new_points_alone(tmp_path, programs):
    study, runs = small_study(tmp_path), Evaluations(tmp_path / "out")
    runs.carried_out(runs.missing(study.runs), programs, nothing)
    assert len(programs.words) == 12
    assert runs.missing(study.runs) == []
    wider = small_study(tmp_path, STUDY.replace("2 GPa]", "2000 MPa, 3 GPa]"))
    missing = runs.missing(wider.runs)
    assert [any("strength=3 GPa" in text for text in run.overrides) for run in missing] == [
        True
    ] * 6


def test_a_failure_is_kept_with_its_reason_until_it_is_to_be_repeated(tmp_path, programs):
    study, runs = small_study(tmp_path), Evaluations(tmp_path / "out")
    programs.fails, programs.refused = ("protocol.0.charge.rate=2C",), ("particle.seed=2",)
    runs.carried_out(runs.missing(study.runs), programs, nothing)
    assert (
        states(study, runs) == ["finished", "failed", "finished", "failed", "failed", "failed"] * 2
    )
    reasons = {runs.state(wanted).reason for wanted in study.runs}
    assert reasons == {"the whole protocol was done", "no memory", "the solver gave up"}
    assert runs.missing(study.runs) == []
    assert len(runs.missing(study.runs, again=True)) == 8


def test_a_run_that_was_broken_off_goes_on_from_its_checkpoint(tmp_path, programs):
    study, runs = small_study(tmp_path), Evaluations(tmp_path / "out")
    first, second = study.runs[:2]
    for wanted in (first, second):
        leave(runs.directory(wanted), "interrupted")
    (runs.directory(first) / "checkpoints").mkdir()
    (runs.directory(first) / "checkpoints" / "000001.h5").touch()
    runs.carried_out([first, second], programs, nothing)
    assert [words[3] for words in programs.words] == ["resume", "run"]
    assert "--overwrite" in programs.words[1]


def test_a_run_that_was_ended_before_it_began_is_no_failure(tmp_path, programs, monkeypatch):
    study, runs = small_study(tmp_path), Evaluations(tmp_path / "out")
    monkeypatch.setattr(programs, "_left", lambda task: 130)
    (tmp_path / "out" / "runs").mkdir(parents=True)
    runs.carried_out(study.runs[:1], programs, nothing)
    assert runs.state(study.runs[0]).status == "waiting"


def test_a_checkpoint_that_cannot_be_gone_on_from_lets_the_run_begin_anew(
    tmp_path, programs, monkeypatch
):
    study, runs = small_study(tmp_path), Evaluations(tmp_path / "out")
    wanted, as_usual = study.runs[0], programs._left
    leave(runs.directory(wanted), "interrupted")
    (runs.directory(wanted) / "checkpoints").mkdir()
    (runs.directory(wanted) / "checkpoints" / "000001.h5").touch()
    monkeypatch.setattr(programs, "_left", lambda t: 2 if "resume" in t.words else as_usual(t))
    runs.carried_out([wanted], programs, nothing)
    assert [words[3] for words in programs.words] == ["resume", "run"]
    assert runs.state(wanted).status == "finished"


def tasks(folder, seconds, codes, kinds=None, past=None):
    return [
        Program(
            str(number),
            (sys.executable, "-c", SLEEPS.format(seconds, code)),
            folder / f"{number}.txt",
            "" if kinds is None else kinds[number],
            past,
        )
        for number, code in enumerate(codes)
    ]


def test_so_many_programs_go_at_once_and_each_is_told_of_with_its_code(tmp_path):
    told, running = [], []

    def tell(ended):
        told.append((ended.task.key, ended.code))
        running.append(ended.seconds)

    since = time.monotonic()
    side_by_side(tasks(tmp_path, 1.0, [0, 3, 0, 1]), 2, tell)
    passed = time.monotonic() - since
    assert sorted(told) == [("0", 0), ("1", 3), ("2", 0), ("3", 1)]
    assert passed > 2.0
    assert sum(running) / passed > 1.2  # two of them most of the time


def test_the_first_of_a_kind_goes_alone_until_it_has_compiled(tmp_path):
    """With a table that never comes they follow each other; another kind goes beside them."""
    began = {}
    each = tasks(tmp_path, 0.6, [0, 0, 0], ["a", "a", "b"], tmp_path / "never.csv")
    for number, task in enumerate(each):
        code = f"import time; print(time.time(), flush=True); {SLEEPS.format(0.6, 0)}"
        each[number] = task._replace(words=(sys.executable, "-c", code))
    side_by_side(each, 3, nothing)
    for task in each:
        began[task.key] = float(task.said.read_text())
    assert began["1"] - began["0"] > 0.5
    assert began["2"] - began["0"] < began["1"] - began["0"]


def test_an_interrupt_asks_all_programs_to_end_and_waits_for_them(tmp_path):
    """They need some time to do so, and say that they were asked."""
    child = (
        "import signal, sys, time\n"
        "def end(*_): time.sleep(0.5); print('asked', flush=True); sys.exit(130)\n"
        "signal.signal(signal.SIGINT, end); print('ready', flush=True); time.sleep(60)\n"
    )
    code = (
        "import sys; from pathlib import Path\n"
        "from solver.study.side_by_side import Program, side_by_side\n"
        f"words = (sys.executable, '-c', {child!r})\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "each = [Program(str(n), words, folder / f'{n}.txt') for n in range(3)]\n"
        "side_by_side(each, 2, lambda ended: print(ended.task.key, ended.code, flush=True))\n"
    )
    asking = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    said = [tmp_path / f"{number}.txt" for number in range(2)]
    while not all(file.exists() and "ready" in file.read_text() for file in said):
        time.sleep(0.05)
    asking.send_signal(signal.SIGINT)
    told, _ = asking.communicate(timeout=30)
    assert sorted(told.split("\n")[:2]) == ["0 130", "1 130"]
    assert all("asked" in file.read_text() for file in said)
    assert not (tmp_path / "2.txt").exists()
    assert asking.returncode != 0


def test_dask_without_its_library_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RunError, match="--dask needs the library distributed"):
        on_dask.carry("tcp://127.0.0.1:1")


def test_programs_run_on_a_cluster(tmp_path):
    distributed = pytest.importorskip("distributed")
    told = {}
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    ) as cluster:
        carry = on_dask.carry(cluster.scheduler_address)
        carry(tasks(tmp_path, 0.1, [0, 3]), lambda end: told.update({end.task.key: end.code}))
    assert told == {"0": 0, "1": 3}


def test_an_interrupt_ends_what_runs_on_a_cluster(tmp_path):
    distributed = pytest.importorskip("distributed")
    told = {}

    def tell(end):
        told[end.task.key] = end.code
        if end.task.key == "0":
            raise KeyboardInterrupt

    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    ) as cluster:
        long = tasks(tmp_path, 60, [0, 0, 0])
        short = tasks(tmp_path, 1.5, [0])
        carry = on_dask.carry(cluster.scheduler_address)
        with pytest.raises(KeyboardInterrupt):
            carry([*short, *(each._replace(key=f"long {each.key}") for each in long)], tell)
    assert told["0"] == 0
    assert sorted(told) == ["0", "long 0", "long 1", "long 2"]
    assert all(told[key] != 0 for key in told if key != "0")
