"""From a particle's description to its mesh file, kept in a cache."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from meshes.arrays import Floats
from meshes.boundary_states import FILLERS, boundary_table
from meshes.errors import MeshError
from meshes.estimate import estimate
from meshes.files.cache import MESH, MeshFile, cached, digest
from meshes.files.msh_file import write_msh
from meshes.film.film import FilmError
from meshes.phases import add_phases
from meshes.quality import measure, pore_report, require_sound, with_phases
from meshes.routes import make
from meshes.simplices import Simplices, region_measures
from meshes.tessellation.orientation import grain_a_axes, grain_axes
from solver.case import ParticleCase

if TYPE_CHECKING:
    from solver.case import AnyParticle

FORMAT = 15  # raise it whenever the same input gives another mesh or table
RETRIES = 5
MOST_CELLS = 20_000_000
UPRIGHT, ACROSS = [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]  # c and a axes of what is no grain, and has none

log = logging.getLogger(__name__)


def build(particle: AnyParticle, cache: Path, force: bool = False) -> MeshFile:
    """Mesh of a particle, from `cache` if it has been built before.

    Raises MeshError when no attempt succeeds, or for more than MOST_CELLS cells without `force`.
    """
    if not force:
        require_size(estimate(particle).cells)
    return cached(cache, key_of(particle), lambda folder: _make(particle, folder))


def require_size(cells: int) -> None:
    """Raise MeshError for more than MOST_CELLS cells."""
    if cells > MOST_CELLS:
        raise MeshError(
            f"the mesh would have about {cells / 1e6:.3g} million cells, more than "
            f"{MOST_CELLS / 1e6:g} million; choose larger edge lengths, or force it (--force)"
        )


def key_of(particle: AnyParticle) -> str:
    """Hash of the description and of the format, as hexadecimal digits."""
    described = {"format": FORMAT} | _rounded(particle.model_dump(mode="json"))
    if not isinstance(particle, ParticleCase):  # what it says counts, not where it lies
        described["path"] = digest(Path(particle.path))
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def _rounded(value: Any) -> Any:
    """Numbers with twelve digits, so that equal lengths given in any unit agree."""
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return f"{value:.12g}" if isinstance(value, float) else value


def _make(particle: AnyParticle, folder: Path) -> dict[str, Any]:
    """Mesh into `folder`, a finer one after each failure; the table of the regions."""
    retries: list[str] = []
    if not isinstance(particle, ParticleCase):
        return _attempt(particle, 0, folder)
    for attempt in range(1 + RETRIES):
        try:
            table = _attempt(particle, attempt, folder)
            return table | {"retries": table["retries"] + retries}
        except FilmError:
            raise
        except MeshError as error:
            retries.append(f"seed {particle.seed}, mesh {attempt + 1}: {error}")
            log.warning("meshing failed, %s", retries[-1])
    raise MeshError("no mesh after {} attempts:\n{}".format(len(retries), "\n".join(retries)))


def _attempt(particle: AnyParticle, attempt: int, folder: Path) -> dict[str, Any]:
    grains, radius, pore, middles, notes, failed, given = make(particle, attempt, folder)
    bare = measure(grains, radius)
    require_sound(grains, bare)
    c_axis, a_axis = _axes(grains, middles, particle, given)
    boundaries = boundary_table(grains, c_axis, particle.boundary, particle.seed)
    mesh, phases = add_phases(grains, particle, boundaries)
    quality = bare if mesh is grains else with_phases(mesh, radius, grains, bare)
    require_sound(mesh, quality)
    surfaces = write_msh(folder / MESH, mesh)
    described = {
        "unit": "um",
        "dimension": mesh.dimension,
        "radius": radius,
        "grains": _region_table(mesh, c_axis, a_axis),
        "boundaries": boundaries,
        "surfaces": surfaces,
        "pore": pore_report(mesh, pore),
        "quality": quality._asdict(),
        "retries": list(failed),
    }
    return described | notes | phases


def _axes(
    mesh: Simplices,
    middles: Floats,
    particle: AnyParticle,
    given: tuple[Floats, Floats] | None,
) -> tuple[Floats, Floats]:
    """The c and a axes (regions, 3) of every region; middles (regions, d): those of grains.

    given: those of grains (grains, 3), where their file tells them.
    """
    is_grain = np.array([name not in FILLERS for name in mesh.names])
    c_axes, a_axes = (np.tile(axis, (len(mesh.names), 1)) for axis in (UPRIGHT, ACROSS))
    if given is not None:
        c_axes[is_grain], a_axes[is_grain] = given
        return c_axes, a_axes
    orientation, seed = particle.orientation, particle.seed
    c_axes[is_grain] = grain_axes(orientation, seed, middles[is_grain])
    a_axes[is_grain] = grain_a_axes(orientation, seed, c_axes[is_grain])
    return c_axes, a_axes


def _region_table(mesh: Simplices, c_axis: Floats, a_axis: Floats) -> list[dict[str, Any]]:
    """Name, axes, centroid, volume and material of every region; what was added comes last."""
    volumes, centroids = region_measures(mesh)
    added = len(mesh.names) - len(c_axis)
    c_axis, a_axis = (
        np.vstack([axes, np.tile(axis, (added, 1))])
        for axes, axis in ((c_axis, UPRIGHT), (a_axis, ACROSS))
    )
    return [
        {
            "name": name,
            "c_axis": c_axis[number].tolist(),
            "a_axis": a_axis[number].tolist(),
            "centroid": centroids[number].tolist(),
            "volume": float(volumes[number]),
            "material": name if name in FILLERS else "grain",
        }
        for number, name in enumerate(mesh.names)
    ]
