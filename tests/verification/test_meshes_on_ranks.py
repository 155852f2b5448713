"""Particles read on 1, 2 and 3 ranks are the same, every boundary facet with both its sides."""

from pathlib import Path
from typing import Any

import meshio
import numpy as np
import pytest
from dolfinx import fem, mesh
from mpi4py import MPI

from meshes.simplices import facets
from solver.particle.interfaces import find_boundaries
from solver.particle.mesh import Particle
from solver.particle.spaces import break_at_grains
from tests.grids import columns, grid
from tests.particles import case_of, meshed
from tests.ranks import on_ranks

REST = "[{rest: {until: {time: 1 s}}}]"
BALL = [
    "particle.shape=sphere",
    "particle.radius=1.5 um",
    "particle.grains.count=20",
    "particle.mesh={size: 0.4 um, boundary_size: 0.3 um}",
    "particle.boundary.state=lpo",
]
HOLLOW = [*BALL, "particle.pore={radius: 0.5 um}"]
FILLED = [*BALL, "particle.boundary.thickness=30 nm", "particle.coating={thickness: 20 nm}"]


def read(comm: MPI.Comm, overrides: list[str]) -> dict[str, Any]:
    """Totals of the particle over all ranks."""
    particle = meshed(case_of(REST, *overrides), comm)
    broken = break_at_grains(fem.functionspace(particle.mesh, ("Lagrange", 1)), particle.grain)
    boundaries = find_boundaries(particle, broken)
    topology = particle.mesh.topology
    owned = topology.index_map(3).size_local
    facets = boundaries.facets.mesh.topology.index_map(2)
    sizes = np.bincount(particle.grain[:owned], minlength=particle.n_grains).astype(np.int64)
    cells = np.empty_like(sizes)
    comm.Allreduce(sizes, cells)
    return {
        "cells": topology.index_map(3).size_global,
        "cells by grain": cells.tolist(),
        "nodes": broken.dofmap.index_map.size_global,
        "facets": facets.size_global,
        "outer facets": comm.allreduce(len(particle.outer)),
        "surfaces": {name: _extent(particle, own) for name, own in particle.surfaces.items()},
        "area": boundaries.area(),
        "area of pairs": boundaries.integral(boundaries.pair[:, 0] + 0.01 * boundaries.pair[:, 1]),
    }


def _extent(particle: Particle, owned: np.ndarray) -> list[float]:
    """Number of facets of a surface and the sum of their midpoints' distances, over all ranks."""
    middles = mesh.compute_midpoints(particle.mesh, 2, owned)
    distance = float(np.linalg.norm(middles, axis=1).sum())
    comm = particle.mesh.comm
    return [comm.allreduce(len(owned)), comm.allreduce(distance)]


@pytest.mark.parametrize(
    "overrides", [BALL, FILLED, HOLLOW], ids=["bare", "film and coating", "pore"]
)
def test_a_ball_is_the_same_on_any_number_of_ranks(overrides):
    function = "tests.verification.test_meshes_on_ranks:read"
    read_by = {n: on_ranks(n, function, overrides) for n in (1, 2, 3)}
    alone = read_by[1]
    print(f"{alone['cells']} cells, {alone['facets']} boundary facets")
    assert alone["facets"] > 500
    assert alone["surfaces"]["outer"][0] == alone["outer facets"]
    assert (alone["surfaces"]["pore"][0] > 0) == (overrides == HOLLOW)
    _require_same(read_by)


@pytest.mark.parametrize("thickness", [0, 30], ids=["bare", "film and coating"])
def test_surfaces_of_a_mesh_of_its_own_are_the_same_on_any_number_of_ranks(
    thickness: int, tmp_path: Path
) -> None:
    top, sheet = write_columns(tmp_path / "own.msh")
    overrides = [f"particle={{shape: file, path: {tmp_path / 'own.msh'}}}"]
    if thickness:
        overrides += [
            f"particle.boundary={{state: lpo, thickness: {thickness} nm}}",
            f"particle.coating={{thickness: {thickness} nm}}",
        ]
    function = "tests.verification.test_meshes_on_ranks:read"
    read_by = {n: on_ranks(n, function, overrides) for n in (1, 2, 3)}
    surfaces = read_by[1]["surfaces"]
    assert set(surfaces) == {"outer", "pore", "top", "sheet"}
    assert surfaces["sheet"][0] == sheet
    assert surfaces["top"][0] == top if thickness == 0 else surfaces["top"][0] > top
    _require_same(read_by)


def write_columns(path: Path) -> tuple[int, int]:
    """Columns of cubes with a named top, and a named sheet between the first two; their facets."""
    body = grid((3, 3, 3), columns)
    every = facets(body)
    z = body.points[every.nodes][..., 2]
    top = every.nodes[every.is_outside & (z == z.max()).all(axis=1)]
    region = np.where(every.cells < 0, -1, body.region[every.cells])
    sheet = every.nodes[(region == [0, 1]).all(axis=1)]
    blocks = [("tetra", body.cells), ("triangle", top), ("triangle", sheet)]
    groups = [body.region + 1, np.full(len(top), 70), np.full(len(sheet), 80)]
    names = {name: np.array([k + 1, 3]) for k, name in enumerate(body.names)}
    named = meshio.Mesh(
        body.points,
        blocks,
        cell_data={"gmsh:physical": groups, "gmsh:geometrical": groups},
        field_data=names | {"top": np.array([70, 2]), "sheet": np.array([80, 2])},
    )
    meshio.gmsh.write(path, named, fmt_version="2.2", binary=False)
    return len(top), len(sheet)


def _require_same(read_by: dict[int, dict[str, Any]]) -> None:
    """Whatever was read on one rank was read on two and three."""
    for n in (2, 3):
        for name, value in read_by[1].items():
            found = read_by[n][name]
            if name == "surfaces":
                assert found.keys() == value.keys()
                for surface, extent in value.items():
                    assert found[surface] == pytest.approx(extent, rel=1e-12), (n, surface)
            else:
                assert found == pytest.approx(value, rel=1e-12), (n, name)
