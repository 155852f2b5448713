"""Starts the run of a prepared directory, on one rank or several, and says why it cannot go on."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mpi4py.MPI import Intracomm

    from solver.case import Case
    from solver.case.wet_area import WetAreaError
    from solver.text.problems import Place

DONE, FAILED, BAD_CASE, GAVE_UP, INTERRUPTED = 0, 1, 2, 3, 130
ROOT = Path(__file__).resolve().parent.parent


def simulate(case: Case, directory: Path, source: Path) -> int:
    """Run a case on this rank and return the exit code; its end is noted, however it comes.

    source: the case as its user wrote it.
    """
    from solver.prepare.directory import note_end

    status = "failed"  # unless the run itself has noted another end
    try:
        return _simulate(case, directory, source)
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    finally:
        note_end(directory, status)


def _simulate(case: Case, directory: Path, source: Path) -> int:
    """Run a case; a rank that fails takes the others with it instead of hanging."""
    from mpi4py import MPI

    from solver.case.wet_area import WetAreaError
    from solver.model.loads.loads import LoadError
    from solver.output.collective import OutputError
    from solver.particle.mesh import MeshFileError
    from solver.prepare.directory import note_end

    comm = MPI.COMM_WORLD
    try:
        return _runner(case)(case, directory, comm)
    except LoadError as error:  # raised on every rank alike
        return refuse_at(source, error.place, error) if comm.rank == 0 else BAD_CASE
    except MeshFileError as error:  # raised on every rank alike
        return refuse(str(error)) if comm.rank == 0 else BAD_CASE
    except WetAreaError as error:  # likewise
        return refuse_initial_area(source, error) if comm.rank == 0 else BAD_CASE
    except OutputError as error:  # likewise
        return refuse(str(error), GAVE_UP) if comm.rank == 0 else GAVE_UP
    except Exception:
        if comm.size == 1:
            raise
        traceback.print_exc()
        note_end(directory, "failed")
        comm.Abort(FAILED)
        raise


def _runner(case: Case) -> Callable[[Case, Path, Intracomm], int]:
    """What runs a case: a simulation, or loading alone where there is no chemistry."""
    if case.physics.transport.enabled:
        from solver.drive.simulation import run
    else:
        from solver.drive.loading import run
    return run


def run_in_parallel(directory: Path, ranks: int) -> None:
    """Become mpirun, so that signals and the exit code need no go-between."""
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))
    )
    words = ["mpirun", "-n", str(ranks), sys.executable, "-m", "solver", "worker", str(directory)]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execvp(words[0], words)


def refuse_initial_area(source: Path, error: WetAreaError) -> int:
    """Say with its line in the case that less can be wet than it asks for."""
    from solver.case.wet_area import PLACE

    return refuse_at(source, PLACE, error)


def refuse_at(source: Path, place: Place, error: Exception) -> int:
    """Say what is wrong with the line of the case that it is about."""
    from solver.text.layers import locate, read_layers

    file, line = locate(read_layers(source), place)
    return refuse(f"{file}:{line}: {error}")


def refuse(why: str, code: int = BAD_CASE) -> int:
    """Say why something is not done, and return the exit code."""
    print(why, file=sys.stderr)
    return code
