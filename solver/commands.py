"""What each command of the command line does, given its options.

Heavy imports wait until a command needs them: a case is checked without DOLFINx.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from solver import start
from solver.start import BAD_CASE, DONE, FOR_NOW, INTERRUPTED, RunError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from meshes import MeshFile
    from meshes.report import Report
    from solver.case import Case
    from solver.case.origin import Where
    from solver.checks.plan import Plan

NO_MPIRUN = "mpirun is not there: use -n 1, or install an MPI"
MOST_NAMES = 20  # that one line tells


def check(options: Namespace) -> int:
    """Validate a case and print what would run."""
    from solver.checks.plan import describe

    case_and_plan = _validated(options)
    if case_and_plan is None:
        return BAD_CASE
    case, planned = case_and_plan
    told = start.cautions(case, planned, Path("runs"))
    print(describe(case, planned, told))
    return DONE


def new(options: Namespace) -> int:
    """Ask five questions, and write a commented case from the answers."""
    from solver.new_case import WrongAnswerError, asked, written
    from solver.new_case.answers import Answers

    target: Path | None = options.file
    given = {key: word for key in Answers._fields if (word := getattr(options, key)) is not None}
    try:
        if target is not None:
            written.require_new(target)
        answers = asked(given, None if options.yes else input, print)
        files = written.write(answers, target)
    except WrongAnswerError as error:
        return refuse(str(error))
    except OSError as error:
        return refuse(f"cannot write {error.filename}: {error.strerror}")
    except EOFError:
        return refuse("\nno more answers: nothing was written (--yes takes those of Enter)")
    except KeyboardInterrupt:
        print("\nnothing was written", file=sys.stderr)
        raise
    print(*written.told(files), sep="\n")
    return DONE


def run(options: Namespace) -> int:
    """Validate a case, build its mesh, and run it on one rank or several."""
    from solver.prepare.directory import end_noted
    from solver.run_files import heartbeat

    case_and_plan = _validated(options)
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
    case_and_plan = None if options.case is None else _validated(options)
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


def checkpoint(options: Namespace) -> int:
    """Print the checkpoint from which a run can go on."""
    from solver.resume import chosen

    try:
        print(chosen(options.directory, options.longer))
    except RunError as error:
        return refuse(str(error), error.code)
    return DONE


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


def mesh(options: Namespace) -> int:
    """Mesh a case, and tell the quality of the mesh."""
    from meshes.report import as_text

    case_and_plan = _validated(options)
    if case_and_plan is None:
        return BAD_CASE
    case = case_and_plan[0]
    started = perf_counter()
    try:
        built = start.meshed(case, options.force)
    except RunError as error:
        return refuse(str(error), error.code)
    seconds = None if built.cached else perf_counter() - started
    mesh_report = _mesh_report(case, built)
    try:
        files = _written_mesh(case, built, mesh_report, options)
    except OSError as error:
        return refuse(f"cannot write {error.filename}: {error.strerror}")
    print(as_text(mesh_report))
    if seconds is not None:
        print(f"meshed in {seconds:.2f} s, {mesh_report.cells / seconds:.0f} cells/s")
    print(*files, sep="\n")
    return DONE


def schema(options: Namespace) -> int:
    """Print the JSON schema of case files, or write it to a file."""
    from solver.case import Case

    text = json.dumps(Case.model_json_schema(), indent=2) + "\n"
    if options.output is None:
        sys.stdout.write(text)
        return DONE
    try:
        options.output.write_text(text, encoding="utf-8")
    except OSError as error:
        return refuse(f"cannot write {options.output}: {error.strerror}")
    return DONE


def materials(options: Namespace) -> int:
    """List the materials, or print every value of one with its source."""
    from solver.materials import MaterialError, MaterialFileError
    from solver.materials.catalogue import overview, tables
    from solver.text.problems import listed

    try:
        print(overview() if options.name is None else tables(options.name))
    except MaterialFileError as error:
        return refuse(listed(error.problems, "material"))
    except MaterialError as error:
        return refuse(str(error))
    return DONE


def plot(options: Namespace) -> int:
    """Draw the figures of a run directory, or what moves: a film, or a page to turn it on."""
    from solver.prepare.directory import RESOLVED

    if not (options.directory / RESOLVED).is_file():
        return refuse(f"{options.directory} is not a run directory")
    try:
        if options.animate:
            from solver.results.animated import animate

            print(animate(options.directory))
        elif options.explore:
            from solver.results.explorer import explore

            print(explore(options.directory))
        else:
            from solver.results.plots import draw

            draw(options.directory)
    except Exception as error:  # of files that are cut, or of another program
        return refuse(f"cannot draw {options.directory}: {_reason(error)}")
    return DONE


def paraview(options: Namespace) -> int:
    """Write a script that shows a run in ParaView: warped, coloured, with its cracks."""
    from solver.results.paraview import write_view

    directory: Path = options.directory
    fields = directory / "fields"
    if not any((fields / f"particle{end}").is_file() for end in (".pvd", ".vtkhdf")):
        return refuse(f"{directory} has no fields to show (output.fields)")
    try:
        script = write_view(directory)
    except OSError as error:
        return refuse(f"cannot write {error.filename}: {error.strerror}")
    print(f"paraview --script={script}")
    return DONE


def report(options: Namespace) -> int:
    """Write one page about a run, or about several beside each other."""
    from solver.prepare.directory import RESOLVED
    from solver.results.plots import missing_figures
    from solver.results.report import FILE, write_report
    from solver.run_files import require_own

    directories: list[Path] = options.directories
    for directory in directories:
        if not (directory / RESOLVED).is_file():
            return refuse(f"{directory} is not a run directory")
    if options.output is not None and options.output.suffix != Path(FILE).suffix:
        return refuse(f"{options.output} is no name of a page: it must end in .html")
    target = options.output or (directories[0] if len(directories) == 1 else Path()) / FILE
    try:
        if options.output is None:
            require_own(target)
        problems = [missing_figures(directory) for directory in directories]
        print(write_report(directories, target, problems))
    except OSError as error:
        return refuse(f"cannot write {error.filename}: {error.strerror}")
    except Exception as error:  # as above
        return refuse(f"cannot report {', '.join(map(str, directories))}: {_reason(error)}")
    return DONE


def _reason(error: Exception) -> str:
    """What an error says, in one line, and its kind where that is not a sentence of ours."""
    from solver.text.messages import one_line

    text = one_line(str(error))
    return text if isinstance(error, OSError | ValueError) else f"{type(error).__name__} {text}"


def cite(options: Namespace) -> int:
    """Print BibTeX of the methods, materials and libraries behind a run, or a case."""
    from solver.case import CaseError
    from solver.citations import bibtex_of
    from solver.materials import MaterialError
    from solver.prepare.directory import RESOLVED
    from solver.text.problems import listed

    run: Path = options.run
    if run.is_dir() and not (run / RESOLVED).is_file():
        return refuse(f"{run} is not a run directory")
    try:
        sys.stdout.write(bibtex_of(run))
    except CaseError as error:
        return refuse(listed(error.problems, "case"))
    except (MaterialError, OSError, ValueError) as error:
        return refuse(f"cannot cite {run}: {_reason(error)}")
    return DONE


def doctor(options: Namespace) -> int:
    """Check the environment."""
    from solver.checks.doctor import report

    return report(sys.stdout)


def test(options: Namespace) -> int:
    """Run the test suite, on all cores; options of pytest may follow."""
    from solver.checks.suite import run_tests

    return run_tests(options.pytest)


def _validated(options: Namespace) -> tuple[Case, Plan] | None:
    """Return (case, plan), or None after having told every problem."""
    from solver.case import Case, CaseError
    from solver.text.problems import listed

    try:
        case = Case.load(options.case, options.overrides)
        return case, start.planned(case, options.force)
    except CaseError as error:
        print(listed(error.problems, "case"), file=sys.stderr)
    except RunError as error:
        print(error, file=sys.stderr)
    return None


def _written_mesh(
    case: Case, built: MeshFile, mesh_report: Report, options: Namespace
) -> list[Path]:
    """Return the files of a mesh, copied, reported and drawn as the options say."""
    from solver.run_files import require_own

    files = [built.mesh, built.table]
    picture = Path(f"{options.case.stem}.png")
    if options.output is not None:
        target: Path = options.output
        target = target if target.suffix == ".msh" else target / built.mesh.name
        table, quality = target.with_suffix(".json"), target.with_suffix(".report.json")
        picture = target.with_suffix(".png")
        for name in (table, quality, *[picture] * options.picture):
            require_own(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        files = [Path(shutil.copy(built.mesh, target)), Path(shutil.copy(built.table, table))]
        quality.write_text(json.dumps(mesh_report._asdict(), indent=1) + "\n", encoding="utf-8")
        files.append(quality)
    if options.picture:
        from solver.results.mesh_picture import draw_mesh

        require_own(picture)
        files.append(draw_mesh(built.mesh, built.table, picture, case.name))
    return files


def _mesh_report(case: Case, built: MeshFile) -> Report:
    from meshes.report import report
    from solver.materials.solid import solid_of

    table = json.loads(built.table.read_text(encoding="utf-8"))
    return report(table, solid_of(case.materials).density)


def refuse(why: str, code: int = BAD_CASE) -> int:
    """Say why something is not done, and return the exit code."""
    print(why, file=sys.stderr)
    return code
