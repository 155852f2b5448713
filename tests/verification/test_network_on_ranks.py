"""Ions along boundaries in two and three dimensions, on any number of ranks."""

from dataclasses import replace

import numpy as np
import pytest
from dolfinx.mesh import compute_midpoints, exterior_facet_indices
from mpi4py import MPI

from solver.model.boundary_laws import materials_of
from solver.model.build import build_model
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
from tests.particles import case_of, meshed, ran
from tests.ranks import on_ranks
from tests.verification.test_network_balances import EVERYTHING, some_filled

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
    model.state["wetness"][:] = 1.0
    solved_at(model, rest_potential(model) + 0.2, SLIT)
    return model


def summary(comm, dimension):
    """Currents and the potential at every place. Collective."""
    model = junction(comm, dimension)
    b, phi = model.spaces.boundaries, model.state["network_potential"]
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


CHARGE = "[{charge: {rate: 1C, until: {time: 1800 s}}}]"
COLUMNS = [
    "Voltage / V",
    "Wet Area / m2.g-1",
    "Wet Boundary Current / A.m-1",
    "Filled Boundary Current / A.m-1",
    "Side Reaction Current / A.m-1",
    "Mean Film / m",
    "Film Coverage / 1",
    "Cracked Fraction / 1",
]


def charge_with_everything(comm):
    """A charge in which boundaries crack and get wet, some with LPO; its history. Collective."""
    precise = ["numerics.stagger_tolerance=1e-8 V", "numerics.newton_tolerance=1e-10"]
    case = case_of(CHARGE, *EVERYTHING, *precise, "numerics.time_step.fixed=75")
    particle = some_filled(meshed(case, comm))
    _, recorder, outcome = ran(build_model(case, particle, materials_of(case, particle)))
    assert outcome.status == "finished", outcome.reason
    return {"rows": [[row[name] for name in COLUMNS] for row in recorder.rows]}


@pytest.mark.slow
def test_a_charge_with_everything_is_the_same_on_any_number_of_ranks():
    one, *others = [
        np.array(on_ranks(n, f"{HERE}:charge_with_everything")["rows"]) for n in (1, 2, 3)
    ]
    largest = np.abs(one).max(axis=0)
    worst = max(float((np.abs(other - one) / largest).max()) for other in others)
    print(f"wet {one[0, 1]:.3f} to {one[-1, 1]:.3f} m^2/g; on 1, 2, 3 ranks within {worst:.1e}")
    assert one[-1, 1] > one[0, 1]
    assert largest.min() > 0
    assert worst < 1e-6
