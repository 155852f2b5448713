"""Commands about what came out of a run: figures, pages, files for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from solver.commands.telling import reason, refuse
from solver.start import DONE

if TYPE_CHECKING:
    from argparse import Namespace


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
        return refuse(f"cannot draw {options.directory}: {reason(error)}")
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
    from solver.measured import MeasuredFileError
    from solver.prepare.directory import RESOLVED
    from solver.results.plots import missing_figures
    from solver.results.report import FILE, write_report
    from solver.run_files import require_own
    from solver.text.problems import listed

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
        print(write_report(directories, target, problems, options.measured))
    except MeasuredFileError as error:
        return refuse(listed(error.problems, "measured curves"))
    except OSError as error:
        return refuse(f"cannot write {error.filename}: {error.strerror}")
    except Exception as error:  # as above
        return refuse(f"cannot report {', '.join(map(str, directories))}: {reason(error)}")
    return DONE


def export(options: Namespace) -> int:
    """Write a run as other programs read it: Battery Data Format."""
    from solver.results.export import export_bdf
    from solver.results.history import read_history

    directory: Path = options.directory
    try:
        history = read_history(directory / "history.csv")
        print(*export_bdf(directory, history, options.bdf, options.mass), sep="\n")
    except (OSError, ValueError) as error:
        return refuse(f"cannot export {directory}: {reason(error)}")
    return DONE


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
        return refuse(f"cannot cite {run}: {reason(error)}")
    return DONE
