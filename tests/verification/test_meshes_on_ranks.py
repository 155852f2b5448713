"""Particles read on 1, 2 and 3 ranks are the same, every boundary facet with both its sides."""

import resource

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI

from solver.particle.interfaces import find_boundaries
from solver.particle.spaces import break_at_grains
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
FILLED = [*BALL, "particle.boundary.thickness=30 nm", "particle.coating={thickness: 20 nm}"]


def read(comm: MPI.Comm, overrides: list[str]) -> dict[str, float]:
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
        "area": boundaries.area(),
        "area of pairs": boundaries.integral(boundaries.pair[:, 0] + 0.01 * boundaries.pair[:, 1]),
        "memory": comm.allreduce(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, MPI.MAX),
    }


@pytest.mark.parametrize("overrides", [BALL, FILLED], ids=["bare", "film and coating"])
def test_a_ball_is_the_same_on_any_number_of_ranks(overrides):
    function = "tests.verification.test_meshes_on_ranks:read"
    read_by = {n: on_ranks(n, function, overrides) for n in (1, 2, 3)}
    peak = {n: f"{found.pop('memory') / 1e3:.0f} MB" for n, found in read_by.items()}
    alone = read_by[1]
    print(f"{alone['cells']} cells, {alone['facets']} boundary facets; peak memory by ranks {peak}")
    assert alone["facets"] > 500
    for n in (2, 3):
        for name, value in alone.items():
            assert read_by[n][name] == pytest.approx(value, rel=1e-12), (n, name)
