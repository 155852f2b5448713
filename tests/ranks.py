"""Run a function of a test module on several ranks, in processes of their own.

The function takes the communicator and JSON-able arguments; what rank 0 returns (a dict that
JSON can hold) comes back. Whether more ranks than cores are allowed, and as whom, is up to the
environment.
"""

import faulthandler
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BUSY_MACHINE = {"OMPI_MCA_mpi_yield_when_idle": "1"}  # else waiting ranks keep working ones out
GRACE = 10.0  # seconds in which mpirun may end its ranks by itself


def on_ranks(n: int, function: str, *args: Any, timeout: float = 180.0) -> dict[str, Any]:
    """Return what `function` ("package.module:name") returns on rank 0 of n ranks."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer.json")
        command = ["mpirun", "-n", str(n), sys.executable, "-m", "mpi4py", "-m", "tests.ranks"]
        command += [function, json.dumps(args), str(answer), str(timeout)]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=BUSY_MACHINE | os.environ,  # without what an MPI of this process added to its own
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=timeout + GRACE)
        finally:
            _end_group(process)
        assert process.returncode == 0, f"{function} failed on {n} ranks:\n{said}"
        return dict(json.loads(answer.read_text()))


def _end_group(process: "subprocess.Popen[str]") -> None:
    """End mpirun and all it started, gently first; nothing if it ended by itself."""
    for end in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, end)
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            continue


def _main(function: str, arguments: str, answer: str, timeout: str) -> None:
    """Entry of every rank; one that hangs shows where it stands and ends."""
    from mpi4py import MPI

    faulthandler.dump_traceback_later(float(timeout), exit=True)
    module, name = function.split(":")
    result = getattr(importlib.import_module(module), name)(MPI.COMM_WORLD, *json.loads(arguments))
    if MPI.COMM_WORLD.rank == 0:
        Path(answer).write_text(json.dumps(result))
    faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    _main(*sys.argv[1:])
