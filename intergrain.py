"""Cracking cathode particles from Python.

```python
from intergrain import Case, open_run, run

case = Case.load("cases/quickstart.yaml", ["temperature=60 degC"])
result = run(case)                              # into runs/quickstart, shown while it goes on
result.history["Voltage / V"]                   # numpy arrays by header
result.summary["status"]                        # figures of merit, in SI
result.fields.at(cycle=1, voltage=4.3).grains   # pyvista meshes
result.plot("cracking")                         # matplotlib figures
same = open_run(result.directory)
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
from solver.mechanisms import Mechanism
from solver.results.result import Result
from solver.run_files import NotARunError
from solver.start import RunError

if TYPE_CHECKING:
    from mpi4py.MPI import Intracomm

    from solver.model.build import Model
    from solver.particle.mesh import Particle

__all__ = [
    "Case",
    "CaseError",
    "Mechanism",
    "Result",
    "RunError",
    "build_model",
    "build_particle",
    "open_run",
    "run",
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
    result = Result(ready.directory)
    if outcome.status == "interrupted":
        raise KeyboardInterrupt(f"{outcome.reason}; what there is: open_run('{ready.directory}')")
    if outcome.status != "finished":
        raise RunError(outcome.reason, start.EXIT_CODES[outcome.status], result)
    return result


def open_run(directory: str | Path) -> Result:
    """Read a run directory, also one whose run goes on or was cut off. Raises RunError."""
    try:
        return Result(directory)
    except NotARunError as error:
        raise RunError(f"{directory} is not a run: {error}") from error


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
