"""Ions along boundaries in two and three dimensions, on any number of ranks."""

from dataclasses import replace

import numpy as np
import pytest
from dolfinx.mesh import compute_midpoints, exterior_facet_indices
from mpi4py import MPI

from solver.particle.mesh import OUTER
from tests.networks import (
    brick_particle,
    built,
    from_mouths,
    into_network,
    rest_potential,
    solved_at,
    static_case,
)
from tests.ranks import on_ranks

HERE = "tests.verification.test_network_on_ranks"
WIDTH, HEIGHT, DEPTH = 4.0, 3.0, 1.0  # um
NUMBER = [0, 1, 2, 2]
WET = [[0, 1], [0, 2], [1, 2]]
SLIT = 2e-3  # um


def junction(comm, dimension):
    """Three wet boundaries that meet, far from equilibrium; in 3D a slice without ends."""
    size, cells, grains = (WIDTH, HEIGHT, DEPTH), (8, 8, 2), (2, 2, 1)
    particle = brick_particle(
        size[:dimension], cells[:dimension], grains[:dimension], NUMBER, comm=comm
    )
    sides = exterior_facet_indices(particle.mesh.topology)
    if dimension == 3:
        height = compute_midpoints(particle.mesh, 2, sides)[:, 2]
        sides = sides[(height > 1e-9) & (height < DEPTH - 1e-9)]
    particle = replace(particle, surfaces={OUTER: sides})
    model = built(static_case("physics.wetting.enabled=true"), particle, 100.0)
    model.state.wetness.x.array[:] = 1.0
    solved_at(model, rest_potential(model) + 0.2, SLIT)
    return model


def summary(comm, dimension):
    """Currents and the potential at every place. Collective."""
    model = junction(comm, dimension)
    b, phi = model.spaces.boundaries, model.state.network_potential.x.array
    owned = b.weight > 0
    rows = np.column_stack([b.position, phi[model.spaces.network.node]])[owned]
    rows = np.concatenate(comm.allgather(np.round(rows, 10)))
    return {
        "currents": [from_mouths(model), into_network(model), *model.electro.currents().values()],
        "potential": np.unique(rows, axis=0).tolist(),
    }


@pytest.mark.slow
@pytest.mark.parametrize("dimension", [2, 3])
def test_the_network_is_solved_alike_on_any_number_of_ranks(dimension):
    alone = summary(MPI.COMM_SELF, dimension)
    for n in (2, 3):
        other = on_ranks(n, f"{HERE}:summary", dimension)
        assert other["currents"] == pytest.approx(alone["currents"], rel=1e-9)
        assert np.array(other["potential"]) == pytest.approx(np.array(alone["potential"]), abs=1e-9)


def test_a_slice_of_a_box_is_the_plane():
    """Nothing varies over the depth: all it does is to multiply currents."""
    plane, box = (junction(MPI.COMM_SELF, dimension) for dimension in (2, 3))
    print(f"from the mouths: {from_mouths(plane):.6f} pA/um and {from_mouths(box):.6f} pA")
    assert from_mouths(box) == pytest.approx(into_network(box), rel=1e-10)
    assert from_mouths(box) == pytest.approx(from_mouths(plane) * DEPTH, rel=1e-3)
