"""The test suite as `intergrain test` runs it: on all cores, foretold, and without a trace."""

import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = ROOT / "tests" / "seconds.txt"
QUICK = 15.0  # s of tests: below that, starting processes takes longer than they save
MEMORY = 2e9  # B that one process takes at most, with the ranks that it starts


def run_tests(words: Sequence[str]) -> int:
    """Run pytest with the options of `words` as well; return its exit code, 2 without pytest."""
    if importlib.util.find_spec("pytest") is None or not SECONDS.exists():
        print("no tests here: they need the repository, and pytest", file=sys.stderr)
        return 2
    import pytest

    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    ours = ["-p", "no:cacheprovider", "-p", "tests.forecast", "-p", "tests.proofs"]
    if importlib.util.find_spec("xdist") is not None:
        # Neighbours start on one process, so that what a file sets up is mostly made once
        ours += ["-n", str(workers(words)), "--dist", "worksteal"]
    with _without_a_trace():
        return int(pytest.main([*ours, *words]))


def workers(words: Sequence[str]) -> int:
    """Processes that pay for the tests named in `words`, or for all; 0: this one alone."""
    named = [word.split("::")[0].rstrip("/") for word in words if not word.startswith("-")]
    named = [name for name in named if (ROOT / name).exists()]
    recorded = read_seconds()
    chosen = [
        seconds
        for file, (seconds, _) in recorded.items()
        if any(name == "." or f"{file}/".startswith(f"{name}/") for name in named or ["."])
    ]
    if named and sum(chosen) < QUICK:
        return 0
    return most_workers()


def most_workers() -> int:
    """As many as the cores this process may use, and as the memory holds."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(cores or 1, int(memory / MEMORY)))


def read_seconds() -> dict[str, tuple[float, int]]:
    """Processor time (s) and number of tests of every test file, as recorded."""
    rows = (line.split() for line in SECONDS.read_text(encoding="utf-8").splitlines())
    return {row[2]: (float(row[0]), int(row[1])) for row in rows if row and row[0] != "#"}


def seconds_of(tests: Sequence[str]) -> float:
    """Processor time (s) that tests take; a file not recorded is like the mean of its folder."""
    recorded = read_seconds()
    files = [test.split("::")[0] for test in tests]
    means = {file: _mean(recorded, file) for file in set(files)}
    return sum(means[file] for file in files)


def _mean(recorded: Mapping[str, tuple[float, int]], file: str) -> float:
    """Processor time (s) of one test of a file."""
    folder = file.rpartition("/")[0] + "/"
    beside = [row for other, row in recorded.items() if other.startswith(folder)]
    rows = [recorded[file]] if file in recorded else beside or list(recorded.values())
    return sum(seconds for seconds, _ in rows) / sum(count for _, count in rows)


@contextmanager
def _without_a_trace() -> Iterator[None]:
    """Give tests a cache and temporary files that go with them, and keep bytecode out of the tree.

    Forms compiled for DOLFINx stay where they always are: the next call needs them again.
    """
    with tempfile.TemporaryDirectory(prefix="intergrain-", ignore_cleanup_errors=True) as folder:
        os.environ |= {
            "INTERGRAIN_CACHE": f"{folder}/cache",
            "INTERGRAIN_TEST_MESHES": f"{folder}/meshes",
            "HYPOTHESIS_STORAGE_DIRECTORY": f"{folder}/hypothesis",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": folder,
        }
        sys.dont_write_bytecode = True
        tempfile.tempdir = None  # so that it is looked up again
        yield
