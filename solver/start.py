"""The way of a case to its results, the same from the command line and from Python.

Plan, mesh, directory, ranks. What keeps a case from running is a RunError, with file and line
where it is about one.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import ExitStack

    from mpi4py.MPI import Intracomm

    from meshes import MeshFile
    from solver.case import Case
    from solver.case.origin import Where
    from solver.checks.plan import Plan
    from solver.mechanisms import Mechanism
    from solver.output.snapshot import Outcome
    from solver.prepare.directory import Prepared
    from solver.results.result import Result
    from solver.text.problems import Place

Shared = TypeVar("Shared")

DONE, FAILED, BAD_CASE, GAVE_UP, FOR_NOW, INTERRUPTED = 0, 1, 2, 3, 75, 130
EXIT_CODES = {"finished": DONE, "failed": GAVE_UP, "interrupted": INTERRUPTED}
ROOT = Path(__file__).resolve().parent.parent


class RunError(Exception):
    """Why a case was not run, or not to its end.

    result: what there is of the run, None if it did not begin. code: that the command line exits
    with.
    """

    def __init__(self, reason: str, code: int = BAD_CASE, result: Result | None = None) -> None:
        super().__init__(reason)
        self.code, self.result = code, result


class Ready(NamedTuple):
    """A run that may begin: cautions, the case as it stands in the directory, and that."""

    cautions: list[str]
    case: Case
    directory: Path


def planned(case: Case, force: bool) -> Plan:
    """Return what a case would take. Raises RunError, or CaseError for what its files hold."""
    from meshes import MeshError, estimate, require_size
    from solver.checks.forecast import ForecastError
    from solver.checks.measured import require_measured
    from solver.checks.plan import plan
    from solver.materials import MaterialError, MaterialFileError
    from solver.measured import MeasuredFileError
    from solver.text.problems import listed

    try:
        expected = estimate(case.particle)
        if not force:
            require_size(expected.cells)
        require_measured(case)
        return plan(case, expected)
    except MaterialFileError as error:
        raise RunError(listed(error.problems, "materials")) from error
    except MeasuredFileError as error:
        raise RunError(listed(error.problems, "measured curves")) from error
    except ForecastError as error:
        raise _at(case.origin.where(), error.place, error) from error
    except (MaterialError, MeshError) as error:
        raise RunError(f"{case.origin.name}: {error}") from error


def cautions(case: Case, plan: Plan, directory: Path) -> list[str]:
    """Return what a user should know before a run in a directory."""
    from solver.checks.plan import all_cautions, this_machine

    return all_cautions(case, plan, case.origin.where(), this_machine(directory))


def meshed(case: Case, force: bool) -> MeshFile:
    """Return the mesh files of a case. Raises RunError."""
    from meshes import MeshError, build

    try:
        return build(case.particle, _cache() / "meshes", force)
    except (MeshError, OSError) as error:
        raise RunError(f"no mesh: {error}", GAVE_UP) from error


def prepared(
    case: Case, directory: Path, told: list[str], overwrite: bool, force: bool
) -> Prepared:
    """Mesh a case, and write all that its run needs into a directory. Raises RunError.

    told: cautions. force: also a very large mesh.
    """
    from solver.case import CaseError
    from solver.prepare.directory import RunDirectoryError, prepare, require_usable
    from solver.prepare.standalone import inputs_of

    try:
        require_usable(directory, overwrite)
        mesh = meshed(case, force)
        require_mesh(case, mesh)
        return prepare(directory, inputs_of(case), mesh.mesh, mesh.table, told, overwrite)
    except (RunDirectoryError, CaseError) as error:
        raise RunError(str(error)) from error


def require_mesh(case: Case, mesh: MeshFile) -> None:
    """Raise RunError unless a mesh has what its case asks for: wet boundaries, grains by oxide."""
    from solver.case.regions import RegionError
    from solver.mechanisms.initial_wetting import PLACE, WetAreaError

    if not case.physics.transport.enabled:
        return
    table = json.loads(mesh.table.read_text(encoding="utf-8"))
    try:
        _require_boundaries(case, table)
        _require_regions(case, table)
    except WetAreaError as error:
        raise _at(case.origin.where(), PLACE, error) from error
    except RegionError as error:
        raise _at(case.origin.where(), error.place, error) from error


def ready(
    case: Case, directory: Path, overwrite: bool, force: bool, until_the_end: ExitStack
) -> Ready:
    """Check a case, mesh it, and write its directory, which is locked until the end.

    Raises RunError or CaseError.
    """
    from solver.prepare.directory import end_noted
    from solver.run_files import heartbeat

    told = cautions(case, planned(case, force), directory)
    there = prepared(case, directory, told, overwrite, force)
    for kept in (there.lock, heartbeat(directory), end_noted(directory)):
        until_the_end.enter_context(kept)
    return Ready(told, there.case, directory)


def exit_code(outcome: Outcome) -> int:
    """Return what the command line exits with after a run."""
    return FOR_NOW if outcome.for_now else EXIT_CODES[outcome.status]


def on_first_rank(comm: Intracomm, action: Callable[[], Shared]) -> Shared:
    """Do something on rank 0; every rank has what it returns, or fails. Collective.

    Rank 0 raises what the action raises, the others a RunError that says the same.
    """
    done: Shared | None = None
    try:
        if comm.rank == 0:
            done = action()
    except BaseException as error:
        comm.bcast(RunError(str(error) or type(error).__name__, getattr(error, "code", FAILED)))
        raise
    done = comm.bcast(done)
    if isinstance(done, RunError):
        raise done
    return cast("Shared", done)


def simulate(
    case: Case,
    directory: Path,
    comm: Intracomm,
    where: Where,
    progress: bool = True,
    extra: Sequence[Mechanism] = (),
    checkpoint: Path | None = None,
) -> Outcome:
    """Run the case of a prepared directory; a rank that fails takes the others with it. Collective.

    where: tells file and line of a place in the case as its user wrote it. extra: mechanisms beside
    those of the case. checkpoint: to go on from. Raises RunError, on every rank.
    """
    from solver.drive.interrupt import held_back

    with held_back():
        from solver.drive.simulation import run
        from solver.mechanisms.initial_wetting import PLACE, WetAreaError
        from solver.model.loads.loads import LoadError
        from solver.output.checkpoint import CheckpointError
        from solver.output.collective import OutputError
        from solver.particle.mesh import MeshFileError
        from solver.prepare.directory import note_end

    try:
        return run(case, directory, comm, progress, extra, checkpoint)
    except LoadError as error:  # this and the next three are raised on every rank alike
        raise _at(where, error.place, error) from error
    except (MeshFileError, CheckpointError) as error:
        raise RunError(str(error)) from error
    except WetAreaError as error:
        raise _at(where, PLACE, error) from error
    except OutputError as error:
        raise RunError(str(error), GAVE_UP) from error
    except Exception:
        if comm.size == 1:
            raise
        traceback.print_exc()
        note_end(directory, "failed")
        comm.Abort(FAILED)
        raise


def let_children_import() -> None:
    """Let the programs that this process starts, or becomes, find this one."""
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))
    )


def run_in_parallel(directory: Path, ranks: int, checkpoint: Path | None = None) -> None:
    """Become mpirun, so that signals and the exit code need no go-between."""
    let_children_import()
    words = ["mpirun", "-n", str(ranks), sys.executable, "-m", "solver", "worker", str(directory)]
    words += [] if checkpoint is None else [str(checkpoint)]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execvp(words[0], words)


def _at(where: Where, place: Place, error: Exception) -> RunError:
    """What is wrong with a line of the case."""
    from solver.text.problems import Problem

    return RunError(str(Problem(*where(place), str(error))))


def _require_boundaries(case: Case, table: dict[str, Any]) -> None:
    """Raise WetAreaError if the mesh has not the boundaries that are to be wet at the start."""
    from solver.case.wet_area import require_boundaries
    from solver.materials import load_grain_material

    require_boundaries(case, table, load_grain_material(case.materials.grain).density)


def _require_regions(case: Case, table: dict[str, Any]) -> None:
    """Raise RegionError if the mesh has not the grains that are to be of another oxide."""
    import numpy as np

    from solver.case.regions import region_of_grains

    grains = [region for region in table["grains"] if region["material"] == "grain"]
    names, centroids, volumes = zip(
        *((grain["name"], grain["centroid"], grain["volume"]) for grain in grains), strict=True
    )
    region_of_grains(case.materials.regions, names, np.array(centroids) * 1e-6, np.array(volumes))


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("INTERGRAIN_CACHE") or Path(base, "intergrain"))
