"""Cracking cathode particles from Python.

```python
from intergrain import Case, open_run, run

case = Case.load("cases/quickstart.yaml", ["temperature=60 degC"])
result = run(case)                              # into runs/quickstart, shown while it goes on
result.history["Voltage / V"]                   # numpy arrays by header
result.summary["status"]                        # figures of merit, in SI
result.fields.at(cycle=1, voltage=4.3).grains   # pyvista meshes
result.plot("cracking")                         # matplotlib figures
result.to_pandas("cycles")                      # pandas, xarray, Battery Data Format
result.compare("cell.csv").pairs                # beside measured curves
same = open_run(result.directory)
resume("runs/long")                             # goes on with a run that was broken off
study = sweep("cases/studies/wet_area.yaml", jobs=2)  # many runs, one table
found = fit("cases/fits/synthetic.yaml", jobs=2)      # parameters from measured curves
```

Importing this is quick: DOLFINx, Gmsh, PyVista and matplotlib are loaded when something needs them.
Reading a run needs no DOLFINx.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from solver import start
from solver.case import Case, CaseError
from solver.case.origin import Origin
from solver.fitting.gathered import FitResult
from solver.mechanisms import Mechanism
from solver.prepare.standalone import CASE
from solver.results.result import Result
from solver.resume import ready_again
from solver.run_files import NotARunError
from solver.start import RunError
from solver.study.gathered import Study

if TYPE_CHECKING:
    from mpi4py.MPI import Intracomm

    from solver.model.build import Model
    from solver.output.snapshot import Outcome
    from solver.particle.mesh import Particle

__all__ = [
    "Case",
    "CaseError",
    "Mechanism",
    "Result",
    "RunError",
    "build_model",
    "build_particle",
    "fit",
    "open_run",
    "open_study",
    "resume",
    "run",
    "sweep",
]


def run(
    case: Case,
    directory: str | Path | None = None,
    *,
    overwrite: bool = False,
    progress: bool = True,
    force: bool = False,
    comm: Intracomm | None = None,
    extra: Sequence[Mechanism] = (),
) -> Result:
    """Run a case to the end of its protocol, and return what it left behind.

    All of it is in a run directory, as from the command line: the same case run again anywhere,
    tables, fields, figures and a report as `output` of the case says.

    Args:
        case: as from `Case.load`, or a copy of one with other values.
        directory: where to; without one a new folder in `runs/`, named after the file of the case:
            `runs/quickstart`, then `runs/quickstart_2` … Nothing that exists is touched.
        overwrite: whether an earlier run in the directory may be replaced.
        progress: whether to print how far it is.
        force: also on a mesh of more than twenty million cells.
        comm: MPI communicator whose ranks share the work, all of which call this; without one this
            process works alone. Rank 0 meshes and writes, and its failures reach all ranks.
        extra: mechanisms of your own, which act between time steps after those of the case. The
            case in the directory does not know them, `mechanisms` in its `metadata.json` does.

    Raises:
        RunError: if the case cannot be run, or its solver gave up, with the reason; then its
            `result` is what was computed until then.
        KeyboardInterrupt: on Ctrl-C, after the run has ended in good order; `open_run` reads it.

    What should be known before the results are believed comes as warnings.
    """
    with ExitStack() as until_the_end:
        comm = _communicator(comm)
        ready = start.on_first_rank(
            comm,
            lambda: start.ready(case, _target(case, directory), overwrite, force, until_the_end),
        )
        for caution in ready.cautions if comm.rank == 0 else ():
            warnings.warn(caution, stacklevel=2)
        if progress and comm.rank == 0:
            print(f"results: {ready.directory}", flush=True)
        about = ready.case, ready.directory, comm, case.origin.where()
        outcome = start.simulate(*about, progress, extra)
    return _result(ready.directory, outcome)


def resume(
    directory: str | Path,
    *,
    longer: Case | None = None,
    progress: bool = True,
    force: bool = False,
    comm: Intracomm | None = None,
    extra: Sequence[Mechanism] = (),
) -> Result:
    """Go on with a run that was broken off, from its newest checkpoint, and return what it left.

    Its tables and fields go on from there: what was written behind the checkpoint goes. On one rank
    the run comes to the very numbers that it would have come to without the break.

    Args:
        directory: of the run.
        longer: the case of the run with more steps behind those that were done, or with other
            numerics; takes the place of the run's own, also of a run that is finished.
        progress, force, comm, extra: as of `run`; the same mechanisms of your own as before.

    Raises:
        RunError: if there is nothing to go on from, the run is finished or still goes on, or
            something of it was changed since; then nothing was touched. Else as of `run`.
        KeyboardInterrupt: as of `run`.
    """
    with ExitStack() as until_the_end:
        comm, target = _communicator(comm), Path(directory)
        ready = start.on_first_rank(
            comm, lambda: ready_again(target, longer, force, comm.size, until_the_end)
        )
        about = ready.case, target, comm, Origin(target / CASE).where()
        outcome = start.simulate(*about, progress, extra, ready.checkpoint)
    return _result(target, outcome)


def _result(directory: Path, outcome: Outcome) -> Result:
    """What a run left behind; how it ended, where that was not at its end."""
    result = Result(directory)
    if outcome.status == "interrupted":
        raise KeyboardInterrupt(f"{outcome.reason}; what there is: open_run('{directory}')")
    if outcome.status != "finished":
        raise RunError(outcome.reason, start.EXIT_CODES[outcome.status], result)
    return result


def open_run(directory: str | Path) -> Result:
    """Read a run directory, also one whose run goes on or was cut off. Raises RunError."""
    try:
        return Result(directory)
    except NotARunError as error:
        raise RunError(f"{directory} is not a run: {error}") from error


def sweep(
    study: str | Path,
    directory: str | Path | None = None,
    *,
    jobs: int = 1,
    again: bool = False,
    progress: bool = True,
) -> Study:
    """Run the missing runs of a study file, side by side, and return its table.

    Runs that failed stay in the table with their reason. Each run is a process of its own.

    Args:
        study: file, as of `intergrain sweep`; see `docs/studies.md`.
        directory: where to, default `runs/` and the name of the file.
        jobs: runs at a time, each on a core.
        again: whether to repeat runs that failed.
        progress: whether to print a line for each run.

    Raises:
        CaseError: with every problem of the study, before anything runs.
        RunError: if another sweep goes on in the directory, or it cannot be written.
        KeyboardInterrupt: on Ctrl-C, after all runs have ended in good order; called again it goes
            on.
    """
    from solver.study import sweep as way_of
    from solver.study.checked import checked
    from solver.study.side_by_side import at_once

    path, say = Path(study), way_of.to_terminal if progress else way_of.to_nobody
    folder = way_of.default_folder(path) if directory is None else Path(directory)
    way = way_of.course(checked(path, say), folder)
    try:
        with way_of.locked(folder):
            way_of.carried_out(way, at_once(jobs), again, say)
    except OSError as error:
        raise RunError(f"cannot write {error.filename}: {error.strerror}", start.GAVE_UP) from error
    return Study(folder)


def fit(
    file: str | Path,
    directory: str | Path | None = None,
    *,
    jobs: int = 1,
    again: bool = False,
    profile: bool = False,
    progress: bool = True,
) -> FitResult:
    """Find the parameters of a fit file, and return them with their errors.

    Runs that are there are not run again: called twice it comes to the same at once.

    Args:
        file: as of `intergrain fit`; see `docs/fitting.md`.
        directory: where to, default `runs/` and the name of the file.
        jobs: runs at a time, each on a core; the steps of the Jacobian go side by side.
        again: whether to repeat runs that failed.
        profile: whether to refit all others at some values of each parameter.
        progress: whether to print a line for each run.

    Raises:
        CaseError: with every problem of the fit, before anything runs.
        RunError: if the search cannot go on, another one goes on in the directory, or it cannot be
            written.
        KeyboardInterrupt: on Ctrl-C, after all runs have ended in good order; called again it goes
            on.
    """
    from solver.fitting import course, page
    from solver.fitting.checked import checked_fit
    from solver.study.side_by_side import at_once
    from solver.study.sweep import default_folder, locked, to_nobody, to_terminal

    path, say = Path(file), to_terminal if progress else to_nobody
    folder = default_folder(path) if directory is None else Path(directory)
    wanted = checked_fit(path)
    try:
        with locked(folder, page.FILE, "fit"):
            page.write_page(course.fitted(wanted, folder, at_once(jobs), again, say, profile))
    except OSError as error:
        raise RunError(f"cannot write {error.filename}: {error.strerror}", start.GAVE_UP) from error
    return FitResult(folder)


def open_study(directory: str | Path) -> Study:
    """Read the table of a study, also of one that goes on. Raises RunError."""
    try:
        return Study(directory)
    except (OSError, ValueError) as error:
        raise RunError(f"{directory} holds no study: {error}") from error


def build_particle(case: Case, comm: Intracomm | None = None, *, force: bool = False) -> Particle:
    """Mesh the particle of a case, or find its mesh of an earlier time, and read it. Collective.

    Raises RunError on every rank. force: also a mesh of more than twenty million cells.
    """
    comm = _communicator(comm)
    mesh = start.on_first_rank(comm, lambda: start.meshed(case, force).mesh)
    from solver.particle.mesh import read_particle

    return read_particle(mesh, comm)


def build_model(
    case: Case,
    particle: Particle | None = None,
    *,
    extra: Sequence[Mechanism] = (),
    comm: Intracomm | None = None,
) -> Model:
    """Set up the equations of a case, on its own particle or on another one. Collective.

    Fields are in `model.state` by name, such as `model.state["occupancy"]`, in internal units
    (`docs/conventions.md`). extra, comm: as of `run`; the latter of no account where a particle is
    given.
    """
    from solver.model.build import build_model as build

    particle = build_particle(case, comm) if particle is None else particle
    return build(case, particle, extra=extra)


def _communicator(comm: Intracomm | None) -> Intracomm:
    """What is given, or this process alone."""
    from mpi4py import MPI

    return MPI.COMM_SELF if comm is None else comm


def _target(case: Case, directory: str | Path | None) -> Path:
    """The directory of a run: what is given, or the first that is not there yet."""
    if directory is not None:
        return Path(directory)
    stem = case.origin.path.stem if case.origin.path else "case"
    names = (stem if number == 1 else f"{stem}_{number}" for number in count(1))
    return next(folder for name in names if not (folder := Path("runs", name)).exists())
