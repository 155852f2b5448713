"""From what a case describes to a mesh: tessellated, out of an image, or the user's own."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from meshes.arrays import Floats
from meshes.boundary_states import FILLERS
from meshes.estimate import ball_radius
from meshes.image.labels import labels_of
from meshes.image.mesh import mesh_image
from meshes.round_particle import mesh_round
from meshes.simplices import (
    Simplices,
    centred,
    facets,
    outer_and_pore,
    pore_volume,
    region_measures,
    volumes,
)
from meshes.sizes import micrometres, pore_radius

if TYPE_CHECKING:
    from solver.case import AnyParticle
    from solver.case.particle import MeshFileCase

log = logging.getLogger(__name__)


class Made(NamedTuple):
    """A mesh and what else is known of it.

    radius: that it has or its volume gives it, um. pore: that of a round pore in it, um, 0 without.
    middles: centres of mass (regions, d) of the grains, um. notes: what only some have: the
    `overlap` with an image, what became of the short `edges` of grains that were made up. failed:
    why these had to be drawn again. axes: c and a axes (grains, 3) of grains whose file is to tell
    them.
    """

    mesh: Simplices
    radius: float
    pore: float
    middles: Floats
    notes: dict[str, Any]
    failed: tuple[str, ...] = ()
    axes: tuple[Floats, Floats] | None = None


def make(particle: AnyParticle, attempt: int, folder: Path) -> Made:
    """Mesh of a particle, made in `folder`; MeshError if that fails.

    attempt: each gives another mesh of the same grains where a particle is made up; files are what
    they are.
    """
    if particle.shape == "image":
        labels = labels_of(particle)
        image = mesh_image(labels, micrometres(particle.voxel), micrometres(particle.mesh.size))
        return _made_of(centred(image.mesh), {"overlap": image.overlap})
    if particle.shape == "file":
        return _from_file(particle)
    mesh, grains, middles = mesh_round(particle, attempt, folder)
    edges = {name: getattr(grains, name) for name in ("shortest", "collapsed", "short")}
    radius, pore = micrometres(particle.radius), pore_radius(particle)
    return Made(mesh, radius, pore, middles, {"edges": edges}, grains.failed)


def _from_file(particle: MeshFileCase) -> Made:
    from meshes.files.imported import read_mesh
    from meshes.files.neper import file_axes, has_orientations

    path = Path(particle.path)
    made = _made_of(read_mesh(path, micrometres(particle.unit)), {})
    if particle.orientation.texture == "file":
        grains = [name for name in made.mesh.names if name not in FILLERS]
        return made._replace(axes=file_axes(path, grains))
    if has_orientations(path):
        log.warning("%s gives orientations, taken with orientation: {texture: file} alone", path)
    return made


def _made_of(mesh: Simplices, notes: dict[str, Any]) -> Made:
    within = float(volumes(mesh).sum()) + pore_volume(mesh, outer_and_pore(mesh, facets(mesh))[1])
    middles = region_measures(mesh)[1]
    return Made(mesh, ball_radius(within, mesh.dimension), 0.0, middles, notes)
