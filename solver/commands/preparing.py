"""Commands about what goes into a run: cases, meshes, materials."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from solver import start
from solver.commands.telling import refuse, validated
from solver.start import BAD_CASE, DONE, RunError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from meshes import MeshFile
    from meshes.report import Report
    from solver.case import Case


def check(options: Namespace) -> int:
    """Validate a case and print what would run."""
    from solver.checks.plan import describe

    case_and_plan = validated(options)
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


def mesh(options: Namespace) -> int:
    """Mesh a case, and tell the quality of the mesh."""
    from meshes.report import as_text

    case_and_plan = validated(options)
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
    from solver.fitting.fit_file import FitFile
    from solver.study.study_file import StudyFile

    described = StudyFile if options.study else FitFile if options.fit else Case
    text = json.dumps(described.model_json_schema(), indent=2) + "\n"
    if options.output is None:
        sys.stdout.write(text)
        return DONE
    try:
        options.output.write_text(text, encoding="utf-8")
    except OSError as error:
        return refuse(f"cannot write {options.output}: {error.strerror}")
    return DONE


def materials(options: Namespace) -> int:
    """List the materials, print every value of one with its source, or import one of a cell."""
    from solver.materials import MaterialError, MaterialFileError
    from solver.materials.catalogue import overview, tables
    from solver.text.problems import listed

    words: list[str] = options.words
    if words[:1] == ["import"]:
        return _import_material(words[1:], options)
    if len(words) > 1 or options.output or options.pybamm or options.based_on:
        return refuse("expected one material, or: materials import CELL.json [-o DIR]")
    try:
        print(tables(words[0]) if words else overview())
    except MaterialFileError as error:
        return refuse(listed(error.problems, "material"))
    except MaterialError as error:
        return refuse(str(error))
    return DONE


def _import_material(files: Sequence[str], options: Namespace) -> int:
    """Write the oxides of a BPX file, or of a set of PyBaMM, as material files."""
    from solver.materials import MaterialError, MaterialFileError
    from solver.materials.bpx import CellFileError, write_imported
    from solver.text.problems import listed

    if len(files) + (options.pybamm is not None) != 1:
        return refuse("expected one file: materials import CELL.json, or --pybamm SET")
    cell, folder = Path(files[0]) if files else options.pybamm, options.output or Path()
    try:
        print(*write_imported(cell, folder, options.based_on or "NMC811"), sep="\n")
    except (CellFileError, MaterialFileError) as error:
        return refuse(listed(error.problems, "cell"))
    except MaterialError as error:
        return refuse(str(error))
    except OSError as error:
        return refuse(f"cannot write {error.filename}: {error.strerror}")
    return DONE


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
