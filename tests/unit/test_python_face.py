"""What `import intergrain` offers: cheap to import, runs on several ranks, clear when it fails."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from mpi4py import MPI

import intergrain
from intergrain import Case, Mechanism, RunError, build_model, build_particle, open_run, run
from solver.run_files import alive, manifest
from solver.units.columns import Column
from solver.units.fields import StateField
from solver.units.groups import SURFACES
from tests.ranks import on_ranks

ROOT = Path(__file__).parents[2]
HERE = "tests.unit.test_python_face"
QUICKSTART = ROOT / "cases/quickstart.yaml"
SMALL = [
    "particle.grains.count=5",
    "particle.radius=1 um",
    "particle.mesh={size: 0.6 um, boundary_size: 0.4 um}",
    "protocol=[{charge: {rate: C/2, until: {time: 600 s}}}]",
    "numerics.time_step.fixed=200 s",
    "output={figures: {enabled: false}, report: {enabled: false}}",
]
HEAVY = ("dolfinx", "petsc4py", "mpi4py", "gmsh", "pyvista", "vtkmodules", "matplotlib", "meshio")


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTERGRAIN_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def small(*overrides):
    return Case.load(QUICKSTART, [*SMALL, *overrides])


def quietly(case, *given, **options):
    """Run without what it would print and warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return run(case, *given, progress=False, **options)


def test_importing_loads_nothing_heavy():
    code = f"import sys, intergrain; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_there_are_few_names_and_all_are_told():
    assert len(intergrain.__all__) <= 13
    for name in intergrain.__all__:
        assert getattr(intergrain, name).__doc__, name


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return quietly(small(), tmp_path_factory.mktemp("runs") / "one")


def test_a_run_returns_what_its_directory_holds(result):
    assert result.status == "finished"
    assert result.history["Test Time / s"].tolist() == [0.0, 200.0, 400.0, 600.0]
    assert result.fields.at(cycle=1, time=590.0).grains["occupancy"].min() < 0.95
    again = open_run(result.directory)
    assert np.array_equal(again.history["Voltage / V"], result.history["Voltage / V"])


def test_a_directory_made_so_is_complete_and_released(result):
    files = (path for path in result.directory.rglob("*") if path.is_file())
    written = {path.relative_to(result.directory).as_posix() for path in files}
    assert written == set(manifest(result.directory))
    assert not alive(result.directory)
    metadata = json.loads((result.directory / "metadata.json").read_text())
    assert metadata["overrides"] == SMALL
    assert metadata["given"] == ["inputs/given/quickstart.yaml"]


def test_a_case_changed_in_python_runs_as_it_was_changed(tmp_path):
    warm = small().model_copy(update={"temperature": 333.15})
    result = quietly(warm, tmp_path / "warm")
    there = Case.load(result.directory / "case.yaml")
    asked = small("temperature=60 degC")
    same = ("temperature", "particle", "physics", "protocol", "numerics", "output")
    assert all(getattr(there, name) == getattr(asked, name) for name in same)


class Tarnish(Mechanism):
    """A layer on the outside whose resistance grows evenly in time, from zero."""

    name = "tarnish"
    fields: ClassVar = {
        "tarnish": StateField("one", "s", "Time in the electrolyte", lower=0, slow=True)
    }
    columns = (Column("Tarnish Time", "s", SURFACES, "Time that the outside has tarnished."),)

    def modify(self, now, dt, conditions):
        conditions.outside.resistance[:] += 1e-5 * now.state["tarnish"][0]  # V um^2/pA

    def advance(self, now, dt):
        now.state["tarnish"][:] += dt
        return 0.0

    def observe(self, now):
        return {"Tarnish Time": float(now.state["tarnish"][0])}


def test_a_mechanism_of_ones_own_acts_in_a_run(result, tmp_path):
    tarnished = quietly(small(), tmp_path / "run", extra=[Tarnish()])
    times = tarnished.history["Tarnish Time / s"]
    assert times.tolist() == tarnished.history["Test Time / s"].tolist() == [0, 200, 400, 600]
    raised = tarnished.history["Voltage / V"] - result.history["Voltage / V"]
    assert raised[:2] == pytest.approx(0.0, abs=1e-9)
    assert raised[3] == pytest.approx(2 * raised[2], rel=0.05), "as the time tarnished before"
    mean = 1e-5 * 400 * tarnished.history["Current / A.m-1"][3] / (2 * np.pi * 1e-6)
    assert mean < raised[3] < 1.3 * mean, "more than that of an even current"
    metadata = json.loads((tarnished.directory / "metadata.json").read_text())
    assert metadata["mechanisms"] == ["tarnish"]


def test_without_a_directory_none_that_exists_is_touched(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    short = small("protocol=[{rest: {until: {time: 200 s}}}]")
    assert [quietly(short).directory.name for _ in range(2)] == ["quickstart", "quickstart_2"]
    assert (tmp_path / "runs/quickstart_2/summary.json").exists()


def test_a_loaded_body_is_run_and_drawn_alike(tmp_path):
    steps = "protocol=[{load: {to: 0.2, increments: 1}}]"
    pressed = Case.load(ROOT / "cases/benchmarks/indentation.yaml", [*SMALL[:3], SMALL[-1], steps])
    result = quietly(pressed, tmp_path / "run")
    assert result.history["Load Factor / 1"].tolist() == [0.0, 0.2]
    with pytest.raises(ValueError, match="the run has no voltage: give a time"):
        result.fields.at(voltage=4.0)
    figure = result.fields.at(step=0).picture()
    assert "load factor 0.2" in figure.get_suptitle()
    assert "Lithium occupancy" not in [axes.get_xlabel() for axes in figure.axes]


def test_cautions_are_warnings(tmp_path, capsys):
    with pytest.warns(UserWarning) as told:
        result = run(small(), tmp_path / "run")
    assert [str(warning.message) for warning in told] == result.cautions
    assert any("is a tail, not measured" in caution for caution in result.cautions)
    assert {warning.filename for warning in told} == {__file__}
    said = capsys.readouterr().out
    assert f"results: {tmp_path / 'run'}" in said and "finished" in said


def test_what_cannot_run_is_told_as_on_the_command_line(tmp_path):
    step = "protocol=[{charge: {rate: C/2, until: {voltage: 3 V}}}]"
    with pytest.raises(RunError, match=r"--set protocol=.*protocol\.0") as told:
        quietly(small(step), tmp_path / "run")
    assert told.value.result is None
    assert not (tmp_path / "run").exists()


def test_a_full_directory_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RunError, match="is not empty"):
        quietly(small(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_solver_that_gives_up_raises_with_the_reason_and_the_result(tmp_path):
    with pytest.raises(RunError, match=r"at .* s: .*grain_") as told:
        quietly(small("numerics.newton_iterations=1"), tmp_path / "run")
    result = told.value.result
    assert result.status == "failed"
    assert result.summary["reason"] == str(told.value)
    assert len(result.history["Voltage / V"]) >= 1


INTERRUPTED = """
import signal, sys
from pathlib import Path
from intergrain import Case, open_run, run
from tests.unit.test_python_face import quietly, small

try:
    steps = "protocol=[{rest: {until: {time: 10 h}}}]"
    quietly(small("numerics.time_step.fixed=1 s", steps), "run")
except KeyboardInterrupt as told:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, "Ctrl-C is as it was"
    result = open_run("run")
    rows = len(result.history["Voltage / V"])
    print(result.status, rows == result.summary["steps"] + 1, rows >= 5, told)
"""


def test_an_interrupt_keeps_what_was_done(tmp_path):
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], cwd=tmp_path, env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as script:  # fmt: skip
        history = tmp_path / "run/history.csv"
        while script.poll() is None and (not history.exists() or count(history) < 6):
            time.sleep(0.05)
        script.send_signal(signal.SIGINT)
        said, wrong = script.communicate(timeout=60)
    assert said.startswith("interrupted True True interrupted at "), wrong
    assert "open_run('run')" in said


def count(file):
    return file.read_text().count("\n")


def test_what_is_no_run_is_told(tmp_path):
    with pytest.raises(RunError, match=r"is not a run: it has no metadata\.json"):
        open_run(tmp_path)


def test_a_model_can_be_had_by_itself():
    model = build_model(small())
    assert model.state["occupancy"] == pytest.approx(0.95)
    assert model.lithium() > 0


def on_each_rank(comm: MPI.Comm, directory: str, cache: str) -> dict:
    """A run by all ranks, what each reads of it, and what each is told of a failure."""
    os.environ["INTERGRAIN_CACHE"] = cache
    result = quietly(small(), Path(directory) / "run", comm=comm)
    particle = build_particle(small(), comm)
    cells = result.fields[-1].grains.n_cells
    seen = comm.gather([result.status, cells, *result.history["Voltage / V"].tolist()])
    told = []
    for where, overrides in (("run", []), ("other", ["numerics.newton_iterations=1"])):
        try:
            quietly(small(*overrides), Path(directory) / where, comm=comm)
        except RunError as error:
            told.append(str(error))
    metadata = json.loads((result.directory / "metadata.json").read_text())
    return {
        "seen": seen, "told": comm.gather(told), "ranks": metadata["ranks"],
        "grains": len(particle.grain_names),
    }  # fmt: skip


@pytest.mark.skipif(shutil.which("mpirun") is None, reason="needs mpirun")
def test_two_ranks_share_a_run_and_its_failures(result, tmp_path):
    cache = os.environ["INTERGRAIN_CACHE"]
    found = on_ranks(2, f"{HERE}:on_each_rank", str(tmp_path), cache)
    first, second = found["seen"]
    assert first == second
    assert first[:2] == ["finished", result.fields[-1].grains.n_cells]
    assert first[2:] == pytest.approx(result.history["Voltage / V"], rel=1e-9)
    assert found["ranks"] == 2 and found["grains"] == 5
    first, second = found["told"]
    assert first == second
    assert "is not empty" in first[0] and "grain_" in first[1]
