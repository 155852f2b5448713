"""Parts of surfaces that a case names: where something presses on a particle."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from dolfinx import mesh

from solver.case.loads import PatchCase
from solver.model.loads.loads import LoadError, require_surface
from solver.particle.mesh import Particle
from solver.units.constants import METRE

Floats = npt.NDArray[np.floating]


def with_patches(particle: Particle, patches: Mapping[str, PatchCase]) -> Particle:
    """Return the particle with these parts of its surfaces. Collective; LoadError."""
    surfaces = dict(particle.surfaces)
    for name, patch in patches.items():
        if name in particle.surfaces:
            raise LoadError(f"the mesh has a surface '{name}' already", "patches", name)
        require_surface(particle, patch.of, "patches", name, "of")
        surfaces[name] = _facets(particle, name, patch)
    return replace(particle, surfaces=surfaces)


def _facets(particle: Particle, name: str, patch: PatchCase) -> npt.NDArray[np.int32]:
    """Facets of a patch on this rank: those whose middle is on it. Collective."""
    facets, comm = np.sort(particle.surfaces[patch.of]), particle.mesh.comm
    middle = mesh.compute_midpoints(particle.mesh, particle.dimension - 1, facets)
    size = _areas(particle, facets)
    total = comm.allreduce(np.append(size @ middle, size.sum()))
    from_centre = middle - total[:3] / total[3]
    towards = np.array(patch.towards) / np.linalg.norm(patch.towards)
    ahead = from_centre @ towards
    aside = np.linalg.norm(from_centre - np.outer(ahead, towards), axis=1)
    chosen = (ahead > 0) & (aside <= 0.5 * patch.width * METRE)
    if comm.allreduce(int(chosen.sum())) == 0:
        raise LoadError(
            f"no facet of {patch.of} has its middle on it: it is narrower than the facets, or "
            "lies in another direction",
            "patches",
            name,
        )
    return facets[chosen]


def _areas(particle: Particle, facets: npt.NDArray[np.int32]) -> Floats:
    """Area (2D: length) of straight facets, um."""
    d = particle.dimension
    nodes = mesh.entities_to_geometry(particle.mesh, d - 1, facets)
    corners = particle.mesh.geometry.x[nodes]
    edges = corners[:, 1:] - corners[:, :1]
    if d == 2:
        return np.linalg.norm(edges[:, 0], axis=1)
    return 0.5 * np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1)
