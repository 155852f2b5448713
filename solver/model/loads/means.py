"""Means over a whole body: what an aggregate bears, and how far it is strained."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la

from solver.model.spaces import Spaces
from solver.model.stress import Stress
from solver.particle import dolfinx_api

Floats = npt.NDArray[np.floating]
PLACES = {"xx": (0, 0), "yy": (1, 1), "zz": (2, 2), "xy": (0, 1), "yz": (1, 2), "xz": (0, 2)}


@dataclass(frozen=True)
class Means:
    """How to average over a body. node_volume: um^d, of the owned nodes. outward: integral of the
    normal of the whole surface, as each owned node carries it, (nodes, d)."""

    node_volume: Floats
    outward: Floats
    spaces: Spaces

    @property
    def volume(self) -> float:
        """Volume of the body, um^d. Collective."""
        return float(self._sum(self.node_volume.sum()))

    def stress(self, stress: Stress) -> dict[str, float]:
        """Mean stress, MPa, by component. Collective."""
        return dict(zip(PLACES, self._sum(stress.total()) / self.volume, strict=True))

    def strain(self, displacement: Floats) -> dict[str, float]:
        """Mean strain of a displacement (nodes, d), um, openings included. Collective.

        In 2D without the axial strain.
        By the theorem of Gauss: the integral of the symmetric part of u n over the surface.
        """
        both = displacement[: len(self.outward)].T @ self.outward
        strain = self._sum(0.5 * (both + both.T)) / self.volume
        d, flat = len(strain), self.spaces.scalar.mesh.geometry.dim
        within = {name: (i, j) for name, (i, j) in PLACES.items() if max(i, j) < d}
        return {name: strain[at] for name, at in within.items() if min(at) < flat}

    def _sum(self, local: Floats) -> Floats:
        return np.asarray(self.spaces.boundaries.comm.allreduce(local))


def make_means(spaces: Spaces, node_volume: Floats) -> Means:
    """Set up the averages of a body; node_volume: of every local node. Collective."""
    n_owned = spaces.scalar.dofmap.index_map.size_local
    weight = fem.Function(spaces.vector)
    msh = spaces.vector.mesh
    v, n = ufl.TestFunction(spaces.vector), ufl.FacetNormal(msh)
    form = sum(n[i] * v[i] for i in range(msh.geometry.dim)) * ufl.ds(msh)
    fem.assemble_vector(weight.x.array, dolfinx_api.compile_form(form))
    weight.x.scatter_reverse(la.InsertMode.add)
    outward = weight.x.array.reshape(-1, spaces.vector.dofmap.bs)[:n_owned]
    return Means(node_volume[:n_owned], outward.copy(), spaces)
