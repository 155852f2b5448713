"""From a particle's description to its mesh file, kept in a cache."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from meshes.complexes import Complex, Floats, MeshError
from meshes.gmsh_process import mesh_complex
from meshes.orientation import grain_axes
from meshes.quality import grain_measures, measure, require_sound
from meshes.regularize import regularize
from meshes.tessellation import tessellate

if TYPE_CHECKING:
    from solver.case import ParticleCase
    from solver.case.particle import OrientationCase

FORMAT = 2  # raise it whenever the same input gives another mesh or table
RETRIES = 5
MICROMETRES = 1e6  # per metre
MESH, TABLE = "particle.msh", "particle.json"

log = logging.getLogger(__name__)


class MeshFile(NamedTuple):
    """A mesh on disk: Gmsh file (um), grain table, hash of the inputs, and how it came about."""

    mesh: Path
    table: Path
    key: str
    cached: bool
    retries: tuple[str, ...] = ()  # why earlier attempts failed, if any did


class Inputs(NamedTuple):
    """All that a mesh depends on; lengths in um."""

    shape: str
    radius: float
    seed: int
    grain_count: int
    structure: str
    relaxation: int
    orientation: OrientationCase
    size: float
    boundary_size: float


def build(particle: ParticleCase, cache: Path) -> MeshFile:
    """Mesh of a particle, from `cache` if it has been built before.

    Raises MeshError when no attempt succeeds. Safe against interruption and against others
    building the same mesh at the same time.
    """
    inputs = inputs_of(particle)
    key = key_of(inputs)
    entry = cache / key
    if (retries := _stored(entry)) is not None:
        return MeshFile(entry / MESH, entry / TABLE, key, True, retries)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".building-") as name:
        aside = Path(name) / key
        aside.mkdir()
        table = _mesh(inputs, aside) | {"key": key, "sha256": _digest(aside / MESH)}
        (aside / TABLE).write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
        _publish(aside, entry)
    return MeshFile(entry / MESH, entry / TABLE, key, False, tuple(table["retries"]))


def complex_of(particle: ParticleCase, attempt: int = 0) -> Complex:
    """Grains of a particle as polygons with an arc outside (um), as they go to the mesher."""
    return _complex(inputs_of(particle), attempt)


def inputs_of(particle: ParticleCase) -> Inputs:
    """What the mesh of a particle depends on, rounded so that equal lengths in any unit agree."""
    if (particle.shape, particle.grains.structure) != ("disc", "voronoi"):
        raise MeshError(f"no mesher for {particle.shape} with {particle.grains.structure} grains")
    return Inputs(
        shape=particle.shape,
        radius=_micrometres(particle.radius),
        seed=particle.seed,
        grain_count=particle.grains.count,
        structure=particle.grains.structure,
        relaxation=particle.grains.relaxation,
        orientation=particle.orientation,
        size=_micrometres(particle.mesh.size),
        boundary_size=_micrometres(particle.mesh.boundary_size),
    )


def key_of(inputs: Inputs) -> str:
    """Hash of the inputs and of the format, as hexadecimal digits."""
    plain = inputs._asdict() | {"orientation": inputs.orientation.model_dump(mode="json")}
    text = json.dumps({"format": FORMAT} | plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _micrometres(metres: float) -> float:
    return float(f"{metres * MICROMETRES:.12g}")


def _complex(inputs: Inputs, attempt: int) -> Complex:
    rng = np.random.default_rng((inputs.seed, 0, attempt))
    cells = tessellate(inputs.grain_count, inputs.radius, inputs.relaxation, rng)
    return regularize(cells, inputs.boundary_size)


def _mesh(inputs: Inputs, folder: Path) -> dict[str, Any]:
    """Mesh into `folder`, with the next seed after each failure; the table of the grains."""
    retries: list[str] = []
    for attempt in range(1 + RETRIES):
        try:
            return _attempt(inputs, attempt, folder) | {"retries": retries}
        except MeshError as error:
            retries.append(f"seed {inputs.seed}, attempt {attempt + 1}: {error}")
            log.warning("meshing failed, %s", retries[-1])
    raise MeshError("no mesh after {} attempts:\n{}".format(len(retries), "\n".join(retries)))


def _attempt(inputs: Inputs, attempt: int, folder: Path) -> dict[str, Any]:
    cells = _complex(inputs, attempt)
    mesh = mesh_complex(cells, inputs.size, inputs.boundary_size, folder)
    quality = measure(mesh, inputs.radius)
    require_sound(mesh, quality, inputs.grain_count)
    volumes, centroids = grain_measures(mesh, inputs.grain_count)
    axes = grain_axes(inputs.orientation, inputs.seed, centroids)
    return {
        "unit": "um",
        "dimension": 2,
        "radius": inputs.radius,
        "grains": _grain_table(axes, volumes, centroids),
        "quality": quality._asdict(),
    }


def _grain_table(axes: Floats, volumes: Floats, centroids: Floats) -> list[dict[str, Any]]:
    return [
        {
            "name": f"grain_{grain}",
            "c_axis": axes[grain].tolist(),
            "centroid": centroids[grain].tolist(),
            "volume": float(volumes[grain]),
        }
        for grain in range(len(axes))
    ]


def _stored(entry: Path) -> tuple[str, ...] | None:
    """Failed attempts recorded in a sound cache entry; None if there is no such entry."""
    try:
        table = json.loads((entry / TABLE).read_text(encoding="utf-8"))
        sound = table["sha256"] == _digest(entry / MESH)
    except (OSError, ValueError, KeyError):
        return None
    return tuple(table["retries"]) if sound else None


def _publish(aside: Path, entry: Path) -> None:
    """Move a finished folder to its place, over a damaged one; if another was first, keep it."""
    if entry.exists() and _stored(entry) is None:
        shutil.rmtree(entry, ignore_errors=True)
    try:
        aside.rename(entry)
    except OSError:
        if _stored(entry) is None:
            raise


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
