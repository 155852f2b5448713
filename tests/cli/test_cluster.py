"""The job script as a plain shell script, with a stand-in for SLURM's `scontrol`.

What SLURM does with a job (a signal before its time is up, a second turn) the tests do.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "cluster" / "job.sh"
PROGRAM = """#!/usr/bin/env bash
printf '%s\\n' "$@" >"$0.words"
echo "$OMP_NUM_THREADS $PRTE_MCA_ras $PRTE_MCA_plm" >"$0.variables"
trap 'kill $!; echo USR1 >>"$0.signals"; exit 75' USR1
trap 'kill $!; echo TERM >>"$0.signals"; exit 130' TERM
if [[ -n ${LASTS-} ]]; then sleep 30 & touch "$0.began"; wait $!; fi
exit "${ENDS_WITH-0}"
"""


class Job:
    """The folder from which jobs are submitted, and what the script called there."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._tools = folder, folder / "tools"
        self._tools.mkdir()
        self._add("scontrol", '#!/usr/bin/env bash\necho "$@" >>"$0.calls"\n')
        self.program = self._add("intergrain", PROGRAM)

    def _add(self, name: str, text: str) -> Path:
        path = self._tools / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        known = {"SLURM_SUBMIT_DIR": str(self.folder), "SLURM_JOB_ID": "4711"}
        path = os.pathsep.join([str(self._tools), os.environ["PATH"]])
        known |= {"PATH": path, "INTERGRAIN": str(self.program)}
        return subprocess.Popen(
            ["bash", str(SCRIPT), *words],
            cwd="/",
            env=os.environ | known | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*words, **variables)
        said, wrong = process.communicate(timeout=60)
        return subprocess.CompletedProcess(words, process.returncode, said, wrong)

    def wrote(self, tool: str, what: str) -> list[str]:
        path = self._tools / f"{tool}.{what}"
        return path.read_text().splitlines() if path.exists() else []

    def checkpoint(self, directory: str) -> None:
        path = self.folder / directory / "checkpoints" / "000003.h5"
        path.parent.mkdir(parents=True)
        path.touch()


@pytest.fixture
def job(tmp_path):
    return Job(tmp_path)


def test_a_run_is_begun_in_the_folder_of_submission(job):
    done = job.call("a.yaml", "runs/a", "--set", "temperature=60 degC", SLURM_CPUS_PER_TASK="4")
    assert done.returncode == 0, done.stderr
    words = ["run", "a.yaml", "-o", "runs/a", "--set", "temperature=60 degC", "-n", "4"]
    assert job.wrote("intergrain", "words") == words
    assert job.wrote("intergrain", "variables") == ["1 ^slurm ^slurm"]
    assert job.wrote("scontrol", "calls") == []


def test_a_run_with_a_checkpoint_is_gone_on_with(job):
    job.checkpoint("runs/a")
    job.call("a.yaml", "runs/a", "--set", "particle.seed=2", SLURM_CPUS_PER_TASK="2")
    assert job.wrote("intergrain", "words") == ["resume", "runs/a", "-n", "2"]


def test_what_an_earlier_turn_left_without_a_checkpoint_is_replaced(job):
    job.call("a.yaml", "runs/a", SLURM_RESTART_COUNT="1")
    words = ["run", "a.yaml", "-o", "runs/a", "--overwrite", "-n", "1"]
    assert job.wrote("intergrain", "words") == words


@pytest.mark.parametrize(("code", "calls"), [("75", ["requeue 4711"]), ("0", []), ("3", [])])
def test_only_what_ended_for_now_goes_back_into_the_queue(job, code, calls):
    assert job.call("a.yaml", "runs/a", ENDS_WITH=code).returncode == int(code)
    assert job.wrote("scontrol", "calls") == calls


@pytest.mark.parametrize(
    ("name", "code", "calls"), [("USR1", 75, ["requeue 4711"]), ("TERM", 130, [])]
)
def test_signals_reach_the_run(job, name, code, calls):
    process = job.start("a.yaml", "runs/a", LASTS="yes")
    deadline = time.monotonic() + 30
    while not Path(f"{job.program}.began").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(getattr(signal, f"SIG{name}"))
    process.communicate(timeout=30)
    assert process.returncode == code
    assert job.wrote("intergrain", "signals") == [name]
    assert job.wrote("scontrol", "calls") == calls


SWEEP = """# CASE DIR [OPTIONS]
a.yaml runs/one --set particle.seed=1

  # the next one is warm
b.yaml runs/two --set 'temperature=60 degC' --set "x=[1, 2]"
"""


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("1", "run|a.yaml|-o|runs/one|--set|particle.seed=1|-n|1"),
        ("2", "run|b.yaml|-o|runs/two|--set|temperature=60 degC|--set|x=[1, 2]|-n|1"),
    ],
)
def test_a_task_of_an_array_takes_its_line(job, task, words):
    (job.folder / "sweep.txt").write_text(SWEEP)
    done = job.call("sweep.txt", SLURM_ARRAY_TASK_ID=task)
    assert done.returncode == 0, done.stderr
    assert "|".join(job.wrote("intergrain", "words")) == words


def test_nothing_in_a_sweep_is_carried_out(job):
    (job.folder / "sweep.txt").write_text("$(touch there).yaml `touch there`;touch runs/$HOME\n")
    job.call("sweep.txt", SLURM_ARRAY_TASK_ID="1")
    assert not (job.folder / "there").exists()
    assert job.wrote("intergrain", "words")[1] == "$(touch"


@pytest.mark.parametrize(
    ("words", "task", "why"),
    [
        (("sweep.txt",), "3", "sweep.txt has no line 3"),
        (("other.txt",), "1", "there is no sweep 'other.txt'"),
        (("a.yaml",), "", "a case and a directory are needed"),
    ],
)
def test_what_is_missing_is_said(job, words, task, why):
    (job.folder / "sweep.txt").write_text(SWEEP)
    done = job.call(*words, SLURM_ARRAY_TASK_ID=task)
    assert done.returncode == 2
    assert done.stderr == f"job.sh: {why}\n"
    assert job.wrote("intergrain", "words") == []


def test_the_sweep_that_is_shipped_names_cases_that_there_are():
    lines = [line.split() for line in (ROOT / "cluster" / "sweep.txt").read_text().splitlines()]
    cases = [words[0] for words in lines if words[0] != "#"]
    assert len(cases) > 2
    assert all((ROOT / case).is_file() for case in cases)


def sections(recipe: Path) -> dict[str, list[str]]:
    """Lines of the sections of an Apptainer recipe, by their first words."""
    found, now = dict[str, list[str]](), list[str]()
    for line in recipe.read_text().splitlines():
        if line.startswith("%"):
            now = found[line[1:].split()[0]] = []
        elif line.strip():
            now.append(line.strip())
    return found


RECIPE = sections(ROOT / "cluster" / "intergrain.def")
INSIDE = "/opt/intergrain"


def image(folder: Path) -> Path:
    """What the recipe copies into an image, in another folder."""
    folder.mkdir()
    for line in RECIPE["files"]:
        source, target = line.split()
        to = Path(target.replace(INSIDE, str(folder)))
        assert to.is_relative_to(folder)
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, to)
    return folder


def carried_out(section: str, folder: Path, *words: str, **variables: str) -> str:
    """Standard output of a section of the recipe, with what it copies in a folder."""
    text = "\n".join(RECIPE[section]).replace(INSIDE, str(folder))
    done = subprocess.run(
        ["bash", "-c", text, "recipe", *words],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_image_has_the_packages_of_the_debian_root(tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "apt-get").write_text('#!/usr/bin/env bash\necho "$@" >>"$0.calls"\n')
    (tools / "apt-get").chmod(0o755)
    path = os.pathsep.join([str(tools), os.environ["PATH"]])
    carried_out("post", image(tmp_path / "image"), PATH=path)
    calls = (tools / "apt-get.calls").read_text().splitlines()
    lines = (ROOT / "environment" / "debian.txt").read_text().splitlines()
    packages = [line.split("#")[0].strip() for line in lines]
    wanted = [name for name in packages if name]
    assert len(wanted) > 15
    installed = next(call.split() for call in calls if call.startswith("install"))
    assert [word for word in installed[1:] if not word.startswith("-")] == wanted


def test_the_program_in_the_image_is_whole(tmp_path):
    """In this environment, whose packages are those of the image."""
    folder = image(tmp_path / "image")
    variables = {"INTERGRAIN_CACHE": str(tmp_path / "cache")}
    told = carried_out(
        "runscript", folder, "check", str(ROOT / "cases/quickstart.yaml"), **variables
    )
    assert "grains" in told


LONG = """
name: longer than a turn
particle:
  radius: 1 um
  grains: {count: 4}
  mesh: {size: 0.5 um, boundary_size: 0.5 um}
materials: {grain: NMC76}
c_rate_basis: 200 mA/g
protocol:
  - charge: {rate: C/5, until: {time: 40 min}}
numerics: {time_step: {fixed: 10 s}}
output: {figures: {enabled: false}, report: {enabled: false}, fields: {enabled: false}}
"""


def test_a_run_is_done_in_two_turns(job):
    """With the program itself; the table goes on where it was."""
    (job.folder / "long.yaml").write_text(LONG)
    program = {"INTERGRAIN": f"{sys.executable} -P -m solver", "PYTHONPATH": str(ROOT)}
    program["INTERGRAIN_CACHE"] = str(job.folder / "cache")
    process = job.start("long.yaml", "run", **program)
    history, deadline = job.folder / "run" / "history.csv", time.monotonic() + 120
    while not (history.exists() and history.read_text().count("\n") > 5):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGUSR1)
    said, wrong = process.communicate(timeout=120)
    assert process.returncode == 75, said + wrong
    assert job.wrote("scontrol", "calls") == ["requeue 4711"]
    rows = history.read_text().splitlines()
    assert len(rows) < 200
    done = job.call("long.yaml", "run", SLURM_RESTART_COUNT="1", **program)
    assert done.returncode == 0, done.stderr
    assert history.read_text().splitlines()[: len(rows)] == rows
    assert len(history.read_text().splitlines()) == 2 + 240
    assert job.wrote("scontrol", "calls") == ["requeue 4711"]
