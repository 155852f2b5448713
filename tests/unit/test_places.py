"""Where mechanisms act: what the sides of boundaries integrate to at their nodes."""

import numpy as np
import pytest
from mpi4py import MPI

from tests.networks import brick_particle, built, static_case
from tests.ranks import on_ranks

HERE = "tests.unit.test_places"


def carried(comm=MPI.COMM_SELF):
    """What each node carries of one per area of '+' and two of '-', by its grain and height."""
    model = built(static_case(), brick_particle((2.0, 1.0), (8, 4), (2, 1), comm=comm))
    places, nodes = model.slow.places, model.slow.places.nodes
    ones = np.ones(len(places.points.weight))
    borne = places.points.to_nodes(ones, 2.0 * ones)
    rows = np.column_stack([nodes.grain, nodes.position[:, 1], borne, nodes.volume])[nodes.owned]
    return np.concatenate(comm.allgather(rows[rows[:, 2] > 0]))


def rows_on_ranks(comm):
    rows = np.round(carried(comm), 12)
    return {"rows": rows[np.lexsort(rows.T[::-1])].tolist()}


def test_every_node_carries_its_share_of_its_own_side():
    rows = carried()
    for grain, density in ((0, 1.0), (1, 2.0)):
        side = rows[rows[:, 0] == grain]
        height = side[np.argsort(side[:, 1])]
        assert height[:, 1] == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0])
        assert height[:, 2] == pytest.approx(density * np.array([0.125, 0.25, 0.25, 0.25, 0.125]))


@pytest.mark.parametrize("ranks", [2, 3])
def test_any_number_of_ranks_finds_the_same(ranks):
    alone = rows_on_ranks(MPI.COMM_SELF)["rows"]
    assert len(alone) == 10
    assert on_ranks(ranks, f"{HERE}:rows_on_ranks")["rows"] == alone
