"""From the mesh file to the particle: a distributed mesh whose cells know their grain."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import mesh
from mpi4py import MPI

from solver.particle.distribution import Distributed, MeshFileError, agreed, distributed
from solver.particle.msh_slabs import MeshContents, read_contents

OUTER = "outer"
OUTER_TAG = 2
COATING = "coating"  # name of the region around the oxide


@dataclass(frozen=True)
class Particle:
    """Geometry of a particle on this rank; lengths in um.

    mesh: cells of all grains, conforming. grain: number of the grain of each local and ghost
    cell. c_axis: unit vectors (grains, 3), in 2D as well. a_axis: the same at right angles to c;
    None where the mesh file is so old that it does not tell. surfaces: owned facets by the name of
    their surface: the outside, the wall of a pore and those that a mesh of the user's own names.
    is_filler: (grains,), true for what is no oxide: a film between grains, a coating around them.
    boundary_state: name of the boundary material between two grains, the lower one first; empty
    where nothing tells grain pairs apart.
    """

    mesh: mesh.Mesh
    grain: npt.NDArray[np.int32]
    grain_names: tuple[str, ...]
    c_axis: npt.NDArray[np.float64]
    surfaces: Mapping[str, npt.NDArray[np.int32]]
    is_filler: npt.NDArray[np.bool_]
    boundary_state: Mapping[tuple[int, int], str] = field(default_factory=dict)
    a_axis: npt.NDArray[np.float64] | None = None

    @property
    def outer(self) -> npt.NDArray[np.int32]:
        """Owned facets on the outside."""
        return self.surfaces[OUTER]

    @property
    def n_grains(self) -> int:
        """Number of grains in the whole particle."""
        return len(self.grain_names)

    @property
    def dimension(self) -> int:
        """Two or three."""
        return int(self.mesh.topology.dim)

    def outer_measure(self) -> ufl.Measure:
        """`ds` over the outside, integrated at the vertices."""
        tags = mesh.meshtags(
            self.mesh,
            self.dimension - 1,
            self.outer,
            np.full(len(self.outer), OUTER_TAG, dtype=np.int32),
        )
        return ufl.Measure(
            "ds",
            self.mesh,
            subdomain_data=tags,
            subdomain_id=OUTER_TAG,
            metadata={"quadrature_rule": "vertex", "quadrature_degree": 1},
        )


def read_particle(path: Path, comm: MPI.Intracomm) -> Particle:
    """Read `path` (.msh) and the grain table beside it (.json). Collective.

    Raises MeshFileError on every rank if either cannot be read.
    """
    table, contents = _described(path, comm)
    groups = {group for tags in table["surfaces"].values() for group in tags}
    found = distributed(path, contents, comm, table["dimension"], groups)
    msh = found.mesh
    grains = table["grains"]
    return Particle(
        mesh=msh,
        grain=_grain_of_cells(found, len(grains)),
        grain_names=tuple(grain["name"] for grain in grains),
        c_axis=np.array([grain["c_axis"] for grain in grains], dtype=np.float64),
        surfaces={
            name: _owned(msh, found.facets[np.isin(found.group_of_facet, tags)])
            for name, tags in table["surfaces"].items()
        },
        is_filler=np.array([grain.get("material", "grain") != "grain" for grain in grains]),
        boundary_state={
            (entry["grains"][0], entry["grains"][1]): entry["state"]
            for entry in table.get("boundaries", ())
        },
        a_axis=_a_axes(grains),
    )


def particle_of_mesh(
    msh: mesh.Mesh,
    grain: npt.NDArray[np.int32],
    c_axis: npt.NDArray[np.float64],
    is_filler: npt.NDArray[np.bool_] | None = None,
    a_axis: npt.NDArray[np.float64] | None = None,
) -> Particle:
    """Particle made of any mesh; every exterior facet counts as its outside."""
    msh.topology.create_connectivity(msh.topology.dim - 1, msh.topology.dim)
    return Particle(
        mesh=msh,
        grain=np.asarray(grain, dtype=np.int32),
        grain_names=tuple(f"grain_{number}" for number in range(len(c_axis))),
        c_axis=np.asarray(c_axis, dtype=np.float64),
        surfaces={OUTER: mesh.exterior_facet_indices(msh.topology)},
        is_filler=np.zeros(len(c_axis), bool) if is_filler is None else np.asarray(is_filler),
        a_axis=a_axis,
    )


def _a_axes(grains: list[dict[str, Any]]) -> npt.NDArray[np.float64] | None:
    """The a axes (grains, 3) of a grain table; None if it is older than they are."""
    if not all("a_axis" in grain for grain in grains):
        return None
    return np.array([grain["a_axis"] for grain in grains], dtype=np.float64)


def _described(path: Path, comm: MPI.Intracomm) -> tuple[dict[str, Any], MeshContents]:
    """The table of a mesh, and where things are in its file; read by rank 0. Collective."""

    def read() -> tuple[dict[str, Any], MeshContents] | str:
        if comm.rank > 0:
            return ""
        if not path.is_file():
            raise FileNotFoundError("no such file")
        table, contents = json.loads(path.with_suffix(".json").read_text()), read_contents(path)
        if not any(block.group for block in contents.of(table["dimension"])):
            raise ValueError("it holds no named grains")
        return table, contents

    table, contents = comm.bcast(agreed(comm, path, read))
    return table, contents


def _grain_of_cells(found: Distributed, n_grains: int) -> npt.NDArray[np.int32]:
    """Grain number (group - 1) of each local and ghost cell; MeshFileError if one has none."""
    grain = found.group - 1
    bad = bool(np.any((grain < 0) | (grain >= n_grains)))
    if found.mesh.comm.allreduce(bad, MPI.LOR):
        raise MeshFileError("some cells of the mesh belong to no grain of its grain table")
    return grain


def _owned(msh: mesh.Mesh, facets: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Those of some local facets that this rank owns."""
    n_owned = msh.topology.index_map(msh.topology.dim - 1).size_local
    return facets[facets < n_owned]
