"""Commands that run cases: one, on several ranks, from a checkpoint, or many."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from solver import start
from solver.commands.telling import refuse, validated
from solver.start import BAD_CASE, DONE, FOR_NOW, GAVE_UP, INTERRUPTED, RunError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from solver.case import Case
    from solver.case.origin import Where

NO_MPIRUN = "mpirun is not there: use -n 1, or install an MPI"
MOST_NAMES = 20  # that one line tells


def run(options: Namespace) -> int:
    """Validate a case, build its mesh, and run it on one rank or several."""
    from solver.prepare.directory import end_noted
    from solver.run_files import heartbeat

    case_and_plan = validated(options)
    if case_and_plan is None:
        return BAD_CASE
    case, planned = case_and_plan
    directory, where = options.output or Path("runs", options.case.stem), case.origin.where()
    told = start.cautions(case, planned, directory)
    print(*told, sep="\n", end="\n" * bool(told), file=sys.stderr)
    if options.ranks > 1 and shutil.which("mpirun") is None:
        return refuse(NO_MPIRUN)
    try:
        prepared = start.prepared(case, directory, told, options.overwrite, options.force)
    except RunError as error:
        return refuse(str(error), error.code)
    _tell_kept(directory, prepared.kept)
    if options.ranks > 1:
        prepared.lock.hand_on()
        start.run_in_parallel(directory, options.ranks)
    with heartbeat(directory), prepared.lock, end_noted(directory):
        return _simulated(prepared.case, directory, where)


def resume(options: Namespace) -> int:
    """Go on with a run that was broken off, from its newest checkpoint."""
    from solver.case.origin import Origin
    from solver.prepare.directory import end_noted
    from solver.prepare.standalone import CASE
    from solver.resume import resumable
    from solver.run_files import heartbeat

    directory: Path = options.directory
    case_and_plan = None if options.case is None else validated(options)
    if options.case is not None and case_and_plan is None:
        return BAD_CASE
    if options.ranks > 1 and shutil.which("mpirun") is None:
        return refuse(NO_MPIRUN)
    try:
        longer, ranks = case_and_plan and case_and_plan[0], options.ranks
        ready = resumable(directory, longer, ranks, apart=ranks > 1)
    except RunError as error:
        return refuse(str(error), error.code)
    if ranks > 1:
        ready.lock.hand_on()
        start.run_in_parallel(directory, ranks, ready.checkpoint)
    with heartbeat(directory), ready.lock, end_noted(directory):
        where = Origin(directory / CASE).where()
        return _simulated(ready.case, directory, where, ready.checkpoint)


def sweep(options: Namespace) -> int:
    """Run a case at many points side by side, and gather one table and one page."""
    from solver.case import CaseError
    from solver.study import sweep as way_of
    from solver.study.checked import checked
    from solver.study.command import as_lines, carry_out
    from solver.text.problems import listed

    path: Path = options.study
    folder: Path = options.output or way_of.default_folder(path)
    try:
        study = checked(path, lambda text: print(text, file=sys.stderr, flush=True))
    except CaseError as error:
        return refuse(listed(error.problems, "study"))
    if options.check:
        print(way_of.check_table(study))
        return DONE
    way = way_of.course(study, folder)
    try:
        with way_of.locked(folder):
            if options.slurm:
                return as_lines(way, options.again)
            files = (
                way_of.gather(way)
                if options.collect
                else carry_out(way, options.jobs, options.dask, options.again)
            )
            rows = way.rows.all()
            print(way_of.told(rows), *way_of.cautions(way), *files, sep="\n")
            return way_of.exit_code(rows)
    except RunError as error:
        return refuse(str(error), error.code)
    except OSError as error:
        return refuse(f"cannot write {error.filename}: {error.strerror}", GAVE_UP)


def fit(options: Namespace) -> int:
    """Find parameters of a case with which its runs agree with measured curves or numbers."""
    from solver.case import CaseError
    from solver.fitting.checked import check_text, checked_fit
    from solver.fitting.command import carry_out
    from solver.fitting.page import FILE
    from solver.study.sweep import default_folder, locked
    from solver.text.problems import listed

    path: Path = options.fit
    folder: Path = options.output or default_folder(path)
    try:
        wanted = checked_fit(path)
    except CaseError as error:
        return refuse(listed(error.problems, "fit"))
    if options.check:
        print(check_text(wanted))
        return DONE
    try:
        with locked(folder, FILE, "fit"):
            return carry_out(wanted, folder, options.jobs, options.again, options.profile)
    except RunError as error:
        return refuse(str(error), error.code)
    except OSError as error:
        return refuse(f"cannot write {error.filename}: {error.strerror}", GAVE_UP)


def checkpoint(options: Namespace) -> int:
    """Print the checkpoint from which a run can go on."""
    from solver.resume import chosen

    try:
        print(chosen(options.directory, options.longer))
    except RunError as error:
        return refuse(str(error), error.code)
    return DONE


def worker(options: Namespace) -> int:
    """Run a prepared directory as one of several ranks."""
    from mpi4py import MPI

    from solver.case import Case
    from solver.case.origin import Origin
    from solver.drive.interrupt import BRIEFLY, asked_so_far, end_with_parent
    from solver.prepare.directory import RESOLVED, end_noted
    from solver.prepare.standalone import CASE
    from solver.run_files import heartbeat

    directory: Path = options.directory
    end_with_parent()
    try:
        beat = heartbeat(directory) if MPI.COMM_WORLD.rank == 0 else nullcontext()
        with beat, end_noted(directory):
            case = Case.load_resolved(directory / RESOLVED)
            where = Origin(directory / CASE).where()
            return _simulated(case, directory, where, options.checkpoint)
    except KeyboardInterrupt:  # the other ranks may be anywhere: nothing must wait for them
        os._exit(FOR_NOW if asked_so_far() == BRIEFLY else INTERRUPTED)


def _simulated(case: Case, directory: Path, where: Where, checkpoint: Path | None = None) -> int:
    """Run a prepared directory on all ranks of this program; the exit code."""
    from mpi4py import MPI

    comm = MPI.COMM_WORLD
    try:
        outcome = start.simulate(case, directory, comm, where, checkpoint=checkpoint)
        return start.exit_code(outcome)
    except RunError as error:
        return refuse(str(error), error.code) if comm.rank == 0 else error.code


def _tell_kept(directory: Path, names: Sequence[str]) -> None:
    """Name what lay in the directory of an earlier run and is not of it."""
    if names:
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        print(f"left as it was in {directory}: {', '.join(names[:MOST_NAMES])}{more}",
              file=sys.stderr)  # fmt: skip
