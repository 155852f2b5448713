"""Runs of shipped cases changed by overrides, each in a process of its own, for tables of many."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
CASES = ROOT / "cases" / "yan2018"
SMALL = ("particle.grains.count=60", "particle.mesh={size: 0.3 um, boundary_size: 0.15 um}")
INTERRUPTED = 130
QUIET = ("output.figures.enabled=false", "output.fields.enabled=false")


class Job(NamedTuple):
    """A run that is wanted. key: what the table calls it; overrides as of --set."""

    key: tuple[str, ...]
    case: Path
    overrides: tuple[str, ...]


class Done(NamedTuple):
    """What came of it: exit code, summary.json (empty if there is none), last words.

    seconds: by the clock on the wall. cpu: seconds of the processor.
    """

    job: Job
    code: int
    summary: dict[str, Any]
    seconds: float
    cpu: float
    said: str

    def value(self, section: str, name: str) -> float:
        """Return a number of the summary, nan if it has none."""
        found = self.summary.get(section, {}).get(name)
        return float("nan") if found is None else float(found)


def carried_out(
    jobs: Sequence[Job], folder: Path, workers: int, tell: Callable[[Done], None]
) -> list[Done]:
    """Run all jobs, some at a time, and tell each as soon as it is done; finished ones are kept.

    A run that an earlier call ended with the same overrides is read instead of repeated, unless it
    was interrupted.
    """

    def one(job: Job) -> Done:
        done = _run(job, folder / "-".join(job.key))
        tell(done)
        return done

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, jobs))


def _run(job: Job, directory: Path) -> Done:
    note, wanted = directory.with_suffix(".job.json"), [str(job.case), *job.overrides]
    summary = directory / "summary.json"
    if note.exists() and summary.exists():
        known = json.loads(note.read_text())
        if known.pop("wanted") == wanted and known["code"] != INTERRUPTED:
            return Done(job, summary=json.loads(summary.read_text()), **known)
    directory.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "solver", "run", str(job.case), "-o", str(directory)]
    command += ["--overwrite", *(word for each in job.overrides for word in ("--set", each))]
    found = measured(command)
    note.write_text(json.dumps({"wanted": wanted, **found}))
    return Done(job, summary=json.loads(summary.read_text()) if summary.exists() else {}, **found)


def measured(command: Sequence[str]) -> dict[str, Any]:
    """Run a command to its end; return its code, what it said last and how long it took."""
    env = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"} | os.environ
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as told:
        child = subprocess.Popen(command, cwd=ROOT, env=env, stdout=told, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        said = "".join(told.read().strip().splitlines()[-1:])
    times = {"seconds": time.perf_counter() - start, "cpu": usage.ru_utime + usage.ru_stime}
    return {"code": child.returncode, "said": said, **times}


def teller(line: Callable[[Done], str]) -> Callable[[Done], None]:
    """What prints the line of a run as it is done, and why it failed if it did."""

    def tell(done: Done) -> None:
        print(line(done), flush=True)
        if done.code:
            print(f"  {done.said}", flush=True)

    return tell


def worn(factor: float | None) -> tuple[str, ...]:
    """Overrides that let cycles and corrosion act, all ageing so many times as fast; None: none."""
    if factor is None:
        return ()
    acting = (f"physics.{law}.enabled=true" for law in ("fatigue", "corrosion"))
    return (f"physics.acceleration={factor:g}", *acting)


def cycles(number: int, rate: str = "C/3") -> str:
    """Override of the protocol: so many cycles to 4.5 V."""
    steps = f"'Charge at {rate} until 4.5 V', 'Discharge at {rate} until 2.7 V'"
    return f"protocol=[{{repeat: {{times: {number}, steps: [{steps}]}}}}]"


def options(about: str, **defaults: Any) -> argparse.ArgumentParser:
    """What all these tables can be asked for."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--small", action="store_true", help="60 grains on a coarse mesh")
    parser.add_argument("--cycles", type=int, default=defaults["cycles"])
    parser.add_argument("--wear", type=float, metavar="FACTOR", default=defaults["wear"],
                        help="fatigue and corrosion, all ageing so many times as fast")  # fmt: skip
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time")
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    parser.add_argument("-o", "--output", type=Path, default=Path("runs", defaults["folder"]))
    return parser


def common(chosen: argparse.Namespace, rate: str = "C/3") -> tuple[str, ...]:
    """Overrides of every run of a table."""
    small: Iterable[str] = SMALL if chosen.small else ()
    return (*small, *QUIET, cycles(chosen.cycles, rate), *worn(chosen.wear), *chosen.overrides)
