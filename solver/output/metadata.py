"""`metadata.json`: what is needed to find out, years later, how a result came about."""

import json
import platform
import re
import tomllib
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dolfinx
import numpy as np
from petsc4py import PETSc

from solver.output.collective import on_rank_zero
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.output.wall_time import WallTime
from solver.run_files import METADATA, amend, complete
from solver.units.memory import Memory

PACKAGES = {
    "basix": "fenics-basix",
    "ufl": "fenics-ufl",
    "scipy": "scipy",
    "h5py": "h5py",
    "meshio": "meshio",
    "pyvista": "pyvista",
    "matplotlib": "matplotlib",
}
ROOT = Path(__file__).resolve().parents[2]


class Metadata:
    """Tracker that writes the origin of a run at its start and completes it at its end."""

    name = METADATA

    def start(self, run: Run) -> None:
        """Write all that is known before the first step."""
        self._comm, self._directory = run.comm, run.directory
        self._wall_time, self._start = WallTime(), _now()
        on_rank_zero(self._comm, lambda: self._begin(run))

    def record(self, snapshot: Snapshot) -> None:
        """Nothing changes with a step."""

    def finish(self, outcome: Outcome) -> None:
        """Add how and when it ended."""
        ending = {
            "status": outcome.status,
            "reason": outcome.reason,
            "end": _now(),
            "wall_time_s": round(self._wall_time.seconds, 3),
        }
        on_rank_zero(self._comm, lambda: complete(self._directory, ending))

    def save(self) -> Memory:
        """Return when it started, and how long it took."""
        return {"start": self._start, "wall_time": self._wall_time.save()}

    def load(self, memory: Memory) -> None:
        """Tell of the start of the first part."""
        self._start = memory["start"]
        self._wall_time.load(memory["wall_time"])
        on_rank_zero(self._comm, lambda: amend(self._directory, {"start": self._start}))

    def _begin(self, run: Run) -> None:
        amend(run.directory, origin(run) | {"status": "running", "start": self._start})


def origin(run: Run) -> dict[str, Any]:
    """Program, machine and input of a run."""
    return {
        "case": run.case.name,
        "accelerations": run.accelerations,
        "mechanisms": [mechanism.name for mechanism in run.mechanisms],
        "seed": run.case.particle.seed,
        "mesh_key": mesh_key(run.directory / "particle.json"),
        "ranks": run.comm.size,
        "dofs": run.dofs,
        "commit": commit(ROOT),
        "versions": versions(),
        "machine": platform.machine(),
        "system": platform.platform(),
    }


def versions() -> dict[str, str | None]:
    """Versions of what computes, None for what is not there."""
    return {
        "intergrain": program_version(),
        "python": platform.python_version(),
        "dolfinx": dolfinx.__version__,
        "petsc": ".".join(str(part) for part in PETSc.Sys.getVersion()),
        "numpy": np.__version__,
        "gmsh": _gmsh_version(),
        **{name: _installed(package) for name, package in PACKAGES.items()},
    }


def _installed(package: str) -> str | None:
    """Version of a package, None if it is not there."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def commit(repository: Path) -> str | None:
    """Commit that is checked out in a repository, without the need of git; None if unknown."""
    git = repository / ".git"
    try:
        head = (git / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        if (git / name).is_file():
            return (git / name).read_text().strip()
        packed = (git / "packed-refs").read_text().splitlines()
    except OSError:
        return None
    versions = [line.split()[0] for line in packed if line.endswith(f" {name}")]
    return versions[0] if versions else None


def mesh_key(table: Path) -> str | None:
    """Key of the mesh in its grain table, None if there is none."""
    try:
        return json.loads(table.read_text()).get("key")
    except (OSError, ValueError):
        return None


def program_version() -> str | None:
    """Version as installed, or of the source tree this file is in."""
    try:
        return version("intergrain")
    except PackageNotFoundError:
        pyproject = ROOT / "pyproject.toml"
    try:
        return str(tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["version"])
    except (OSError, ValueError, KeyError):
        return None


def _gmsh_version() -> str | None:
    """Version that the module of Gmsh bears, which is read and not loaded: its worker alone is."""
    found = find_spec("gmsh")
    try:
        text = Path(found.origin).read_text(encoding="utf-8") if found and found.origin else ""
    except OSError:
        return None
    known = re.search(r'^GMSH_API_VERSION = "(.+)"', text, re.MULTILINE)
    return known[1] if known else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
