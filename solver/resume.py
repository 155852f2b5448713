"""The way of a run that was broken off on to its end, the same from the command line and Python.

What keeps a run from being gone on with is a RunError, and leaves all as it was.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from solver.start import BAD_CASE, GAVE_UP, RunError, let_children_import, planned

if TYPE_CHECKING:
    from solver.case import Case
    from solver.run_files import RunLock


class GoingOn(NamedTuple):
    """A run that may be gone on with: its case, the lock of its directory, and from where."""

    case: Case
    lock: RunLock
    checkpoint: Path


class Again(NamedTuple):
    """What every rank is told of such a run."""

    case: Case
    checkpoint: Path


def resumable(
    directory: Path, longer: Case | None = None, ranks: int = 1, apart: bool = False
) -> GoingOn:
    """Make a run ready to be gone on with. Raises RunError.

    longer: its case with more steps in the protocol, which takes the place of the run's own. ranks:
    that go on with it. apart: whether this process must not begin MPI, as it will start it.
    """
    from solver.case import Case, CaseError
    from solver.prepare.again import note_going_on, staged, take_in, to_go_on
    from solver.prepare.directory import RESOLVED, RunDirectoryError
    from solver.prepare.standalone import inputs_of

    find = _found_apart if apart else chosen
    try:
        with ExitStack() as until_refused:
            lock = to_go_on(directory, longer is not None)
            until_refused.callback(lock.release)
            if longer is None:
                checkpoint = find(directory)
            else:
                inputs = inputs_of(longer)
                with staged(directory, inputs) as stage:
                    checkpoint = find(directory, stage / RESOLVED)
                    take_in(directory, inputs)
            case = Case.load_resolved(directory / RESOLVED)
            note_going_on(directory, checkpoint, ranks)
            until_refused.pop_all()
            return GoingOn(case, lock, checkpoint)
    except (RunDirectoryError, CaseError) as error:
        raise RunError(str(error)) from error
    except OSError as error:
        raise RunError(f"cannot write {error.filename}: {error.strerror}", GAVE_UP) from error


def ready_again(
    directory: Path, longer: Case | None, force: bool, ranks: int, until_the_end: ExitStack
) -> Again:
    """Make a run ready to be gone on with by this process; it is locked until the end. RunError.

    force: a longer case also on a very large mesh. ranks: that go on with it.
    """
    from solver.prepare.directory import end_noted
    from solver.run_files import heartbeat

    if longer is not None:
        planned(longer, force)
    ready = resumable(directory, longer, ranks)
    for kept in (ready.lock, heartbeat(directory), end_noted(directory)):
        until_the_end.enter_context(kept)
    return Again(ready.case, ready.checkpoint)


def chosen(directory: Path, longer: Path | None = None) -> Path:
    """Return the checkpoint to go on from. Raises RunError.

    longer: a case as resolved that is to take the place of the run's.
    """
    from solver.drive.going_on import NoWayOnError, checkpoint_of

    try:
        return checkpoint_of(directory, longer)
    except NoWayOnError as error:
        raise RunError(str(error)) from error


def _found_apart(directory: Path, longer: Path | None = None) -> Path:
    """The same, found by another process."""
    let_children_import()
    words = [sys.executable, "-m", "solver", "checkpoint", str(directory)]
    words += [] if longer is None else [str(longer)]
    asked = subprocess.run(words, capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        raise RunError(asked.stderr.strip(), asked.returncode if asked.returncode > 0 else BAD_CASE)
    sys.stderr.write(asked.stderr)
    return Path(asked.stdout.strip())
