"""Where in the particle each boundary point lies: how deep, and which way its boundary runs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from dolfinx import mesh

from solver.particle.interfaces import Boundaries
from solver.particle.mesh import Particle
from solver.particle.nearest import Spots, distance_to_nearest

ROUNDING = 1e-9  # um, rad: below it nothing differs
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Layout:
    """Places of the boundary points.

    centre: of mass of the particle, um. depth: distance to the nearest vertex of the outside, um.
    deepest: largest depth anywhere on the boundaries, um, not zero. cosine: |n.e_r| of the normal
    and the direction from the centre: 0 where a boundary runs along the radius, 1 where around.
    trace: direction in which a boundary cuts the planes of constant z, 0 to pi from the x axis.
    trace_share: length of that cut per area, 1 in 2D.
    """

    centre: Floats
    depth: Floats
    deepest: float
    cosine: Floats
    trace: Floats
    trace_share: Floats


def make_layout(boundaries: Boundaries, particle: Particle) -> Layout:
    """Return the places of all boundary points. Collective."""
    centre = centre_of(particle)
    depth = _depths(boundaries.position, particle)
    radial = boundaries.position - centre
    length = np.linalg.norm(radial, axis=1)
    normal = boundaries.normal[:, : particle.dimension]
    along = np.abs(np.einsum("ij,ij->i", normal, radial))
    apart = length > ROUNDING  # what runs through the centre runs along the radius
    angle = np.arctan2(normal[:, 1], normal[:, 0]) + np.pi / 2
    return Layout(
        centre=centre,
        depth=depth,
        deepest=boundaries.maximum(depth) or 1.0,
        cosine=np.where(apart, np.minimum(along / np.where(apart, length, 1.0), 1.0), 0.0),
        trace=np.maximum(np.mod(angle + ROUNDING, np.pi) - ROUNDING, 0.0),
        trace_share=np.hypot(normal[:, 0], normal[:, 1]),
    )


def centre_of(particle: Particle) -> Floats:
    """Return the centre of mass, um, (dimension,). Collective."""
    msh, d = particle.mesh, particle.dimension
    n_cells = msh.topology.index_map(d).size_local
    corners = msh.geometry.x[msh.geometry.dofmap[:n_cells]][:, :, :d]
    volume = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1]))
    local = np.concatenate([[volume.sum()], volume @ corners.mean(axis=1)])
    total = msh.comm.allreduce(local)
    return np.asarray(total[1:] / total[0])


def _depths(position: Floats, particle: Particle) -> Floats:
    """Distance of points (n, dimension) to the nearest vertex of the outside. Collective."""
    msh, d = particle.mesh, particle.dimension
    corners = np.zeros((0, d))
    if len(particle.outer):  # DOLFINx divides by their number
        nodes = mesh.entities_to_geometry(msh, d - 1, particle.outer)
        corners = msh.geometry.x[np.unique(nodes)][:, :d]
    distance = distance_to_nearest(msh.comm, _alike(position), _alike(corners))
    return np.where(np.isfinite(distance), distance, 0.0)


def _alike(position: Floats) -> Spots:
    return Spots(position, np.zeros(len(position), dtype=np.int32))
