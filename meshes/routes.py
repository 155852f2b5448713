"""From what a case describes to a mesh: tessellated, out of an image, or the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from meshes.estimate import ball_radius
from meshes.image import mesh_image
from meshes.labels import read_labels
from meshes.round_particle import mesh_round
from meshes.simplices import Simplices, centred, volumes
from meshes.sizes import micrometres

if TYPE_CHECKING:
    from solver.case import AnyParticle


class Made(NamedTuple):
    """A mesh, the radius it has or its volume gives it (um), and what else is known of it."""

    mesh: Simplices
    radius: float
    notes: dict[str, Any]


def make(particle: AnyParticle, attempt: int, folder: Path) -> Made:
    """Mesh of a particle, made in `folder`; MeshError if that fails.

    attempt: each gives another mesh where a particle is made up; files are what they are.
    """
    if particle.shape == "image":
        labels = read_labels(Path(particle.path))
        found = mesh_image(labels, micrometres(particle.voxel), micrometres(particle.mesh.size))
        return _given(centred(found.mesh), {"overlap": found.overlap})
    if particle.shape == "file":
        from meshes.imported import read_mesh

        return _given(read_mesh(Path(particle.path), micrometres(particle.unit)), {})
    return Made(mesh_round(particle, attempt, folder), micrometres(particle.radius), {})


def _given(mesh: Simplices, notes: dict[str, Any]) -> Made:
    return Made(mesh, ball_radius(float(volumes(mesh).sum()), mesh.dimension), notes)
