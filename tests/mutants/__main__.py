"""Command line: `python -m tests.mutants [NAME ...] [--all-tests] [-j N]`."""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants.catalogue import ROOT, Mutant, MutantError, read_mutants

LEFT_OUT = shutil.ignore_patterns(".git", "runs", "__pycache__", ".*_cache")
LONGEST = 1800  # s that the tests of one bug may take
PASSED, FAILED = 0, 1  # exit codes of pytest
WORDS = {PASSED: "SURVIVED", FAILED: "noticed"}


def main(arguments: Sequence[str]) -> int:
    """Put the bugs in; 0 if all are noticed, 1 if not, 2 if that cannot be told."""
    asked = _parsed(arguments)
    known = read_mutants()
    if unknown := [name for name in asked.names if name not in known]:
        print(f"no such bug: {', '.join(unknown)}", file=sys.stderr)
        return 2
    chosen = [known[name] for name in asked.names or known]
    every = ("tests",) if asked.all_tests else ()
    if not _pass_without(every or tuple(sorted({t for m in chosen for t in m.tests})), asked.jobs):
        return 2
    with ThreadPoolExecutor(asked.jobs) as pool:
        codes = []
        for mutant, code in zip(chosen, pool.map(lambda m: _tried(m, every), chosen), strict=True):
            word = WORDS.get(code, f"tests did not run ({code})")
            print(f"{word:10} {mutant.name:42} {mutant.wrong}", flush=True)
            codes.append(code)
    noticed = codes.count(FAILED)
    print(f"{noticed} of {len(codes)} bugs noticed, {100 * noticed / max(len(codes), 1):.0f} %")
    if set(codes) - WORDS.keys():
        return 2
    return 0 if noticed == len(codes) else 1


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="bugs, all unless given")
    parser.add_argument("--all-tests", action="store_true", help="run the whole suite each time")
    parser.add_argument("-j", dest="jobs", type=int, default=1, help="so many at a time")
    return parser.parse_args(arguments)


def _pass_without(tests: Sequence[str], jobs: int) -> bool:
    """Whether the tests pass as long as there is no bug; tell which do not."""
    print(f"without any bug: {len(tests)} files or tests", flush=True)
    with ThreadPoolExecutor(jobs) as pool:
        codes = list(pool.map(lambda test: _tried(None, (test,)), tests))
    failing = [test for test, code in zip(tests, codes, strict=True) if code != PASSED]
    for test in failing:
        print(f"fails without any bug: {test}", file=sys.stderr)
    return not failing


def _tried(mutant: Mutant | None, tests: Sequence[str]) -> int:
    """Exit code of pytest in a copy of the tree with a bug; one that hangs it counts as noticed."""
    with tempfile.TemporaryDirectory(prefix="mutant_") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        if mutant is not None:
            mutant.put_into(tree)
            tests = tests or mutant.tests
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        try:
            done = subprocess.run(command, cwd=tree, capture_output=True, timeout=LONGEST)
            return done.returncode
        except subprocess.TimeoutExpired:
            return FAILED


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except MutantError as error:
        sys.exit(f"error: {error}")
