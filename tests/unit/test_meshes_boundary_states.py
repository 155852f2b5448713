from typing import Any

import numpy as np
import pytest

from meshes.boundary_states import (
    MeshBoundaries,
    boundary_table,
    depths,
    network_of,
    reached,
    share,
)
from meshes.errors import MeshError
from meshes.simplices import Simplices
from solver.case.particle import BoundaryCase
from tests.grids import columns, grid, squares

SIDE = 7  # grains along each side of the checked particle


@pytest.fixture(scope="module")
def flat() -> Simplices:
    return grid((14, 14), squares(2, SIDE))


@pytest.fixture(scope="module")
def solid() -> Simplices:
    return grid((6, 6, 2), squares(2, 3))


def axes(mesh: Simplices) -> np.ndarray:
    turns = np.linspace(0, np.pi, len(mesh.names))
    return np.column_stack([np.cos(turns), np.sin(turns), np.zeros(len(turns))])


def filled(mesh: Simplices, **rule: Any) -> dict[tuple[int, int], str]:
    table = boundary_table(mesh, axes(mesh), BoundaryCase(state="lpo", **rule), seed=1)
    return {tuple(entry["grains"]): entry["state"] for entry in table}


def test_every_pair_of_neighbours_comes_once_with_its_area_and_angle(flat: Simplices) -> None:
    table = boundary_table(flat, axes(flat), BoundaryCase(), seed=1)
    assert len(table) == 2 * SIDE * (SIDE - 1)
    assert all(entry["grains"][0] < entry["grains"][1] for entry in table)
    assert {entry["area"] for entry in table} == {2.0}
    assert {entry["state"] for entry in table} == {"dry"}
    beside = next(entry for entry in table if entry["grains"] == [0, 1])
    assert beside["misorientation"] == pytest.approx(np.pi / (SIDE**2 - 1))


def test_areas_of_faces_are_whole_in_3d(solid: Simplices) -> None:
    table = boundary_table(solid, axes(solid), BoundaryCase(), seed=1)
    assert [entry["area"] for entry in table] == pytest.approx([4.0] * 12)


def test_all_boundaries_have_the_state_by_default(flat: Simplices) -> None:
    assert set(filled(flat).values()) == {"lpo"}


@pytest.mark.parametrize("fraction", [0.0, 0.3, 0.5, 1.0])
def test_a_fraction_is_a_fraction_of_the_area(fraction: float) -> None:
    mesh = grid((9, 30), lambda m: columns(m) * 2 + (m[:, 1] > 5 * columns(m)))
    table = boundary_table(
        mesh, axes(mesh), BoundaryCase(state="lpo", rule="fraction", fraction=fraction), seed=2
    )
    whole = sum(entry["area"] for entry in table)
    part = sum(entry["area"] for entry in table if entry["state"] == "lpo")
    largest = max(entry["area"] for entry in table)
    assert abs(part - fraction * whole) <= largest / 2
    assert fraction not in (0.0, 1.0) or part == fraction * whole


def test_the_fraction_is_drawn_by_the_seed(flat: Simplices) -> None:
    network = network_of(flat)
    assert np.array_equal(share(network, 0.5, 1), share(network, 0.5, 1))
    assert not np.array_equal(share(network, 0.5, 1), share(network, 0.5, 2))


def test_depth_is_measured_from_the_nearest_outside(flat: Simplices) -> None:
    network = network_of(flat)
    found = dict(zip(map(tuple, network.pairs.tolist()), depths(network, flat.points), strict=True))
    assert found[0, 1] == pytest.approx(1.0, abs=0.1)  # from (0, 2) to (2, 2)
    middle = (SIDE**2 // 2, SIDE**2 // 2 + 1)
    assert found[middle] == pytest.approx(6.25, abs=0.3)


def test_a_depth_fills_what_lies_within_it(flat: Simplices) -> None:
    states = filled(flat, rule="depth", depth=2.1e-6)
    row = np.array(list(states)) // SIDE
    column = np.array(list(states)) % SIDE
    deep = np.minimum(np.minimum(row, SIDE - 1 - row), np.minimum(column, SIDE - 1 - column))
    for inside, state in zip(deep.min(axis=1), states.values(), strict=True):
        assert inside != 0 or state == "lpo"
        assert inside < 2 or state == "dry"


def test_connected_boundaries_lead_outside_through_open_ones(flat: Simplices) -> None:
    network = network_of(flat)
    pairs = list(map(tuple, network.pairs.tolist()))
    # A path along the first column of boundaries, and an island at the middle.
    path = [(row, row + SIDE) for row in (0,)] + [(1, SIDE + 1)]
    island = [(SIDE**2 // 2, SIDE**2 // 2 + 1)]
    open_ones = np.array([pair in path + island for pair in pairs])
    found = reached(network, open_ones, len(flat.points))
    assert {pair for pair, is_in in zip(pairs, found, strict=True) if is_in} == set(path)


def test_the_connected_rule_leaves_out_only_what_is_enclosed(flat: Simplices) -> None:
    picked = filled(flat, rule="fraction", fraction=0.2)
    connected = filled(flat, rule="connected", fraction=0.2)
    lost = {pair for pair in picked if picked[pair] != connected[pair]}
    assert lost
    assert all(picked[pair] == "lpo" for pair in lost)
    corners = {number for pair in lost for number in pair}
    edge = {n for n in range(SIDE**2) if n // SIDE in (0, SIDE - 1) and n % SIDE in (0, SIDE - 1)}
    assert not corners & edge  # a boundary of a corner grain ends at the outside


def test_a_single_crystal_has_no_boundaries() -> None:
    mesh = grid((2, 2), lambda m: np.zeros(len(m)))
    assert boundary_table(mesh, axes(mesh), BoundaryCase(state="lpo"), seed=1) == []
    rule = BoundaryCase(state="lpo", rule="depth", depth=1e-6)
    with pytest.raises(MeshError, match="needs two grains that touch"):
        boundary_table(mesh, axes(mesh), rule, seed=1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"state": "lpo", "rule": "fraction"}, "fraction is needed with rule: fraction"),
        ({"state": "lpo", "rule": "connected"}, "fraction is needed with rule: connected"),
        ({"state": "lpo", "rule": "depth"}, "depth is needed with rule: depth"),
        ({"state": "lpo", "depth": 1e-6}, "depth has no meaning with rule: all"),
        ({"rule": "fraction", "fraction": 0.5}, "needs a state other than dry"),
    ],
)
def test_a_rule_without_its_number_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BoundaryCase.model_validate(given)


def test_long_facets_count_for_more_in_the_mean_depth() -> None:
    """A boundary down from the outside at y = 0: a facet of 0.2 um, then one of 0.8 um."""
    points = np.array([[0.0, 0.0], [0.0, -0.2], [0.0, -1.0], [-1.0, 0.0], [1.0, 0.0]])
    network = MeshBoundaries(
        pairs=np.array([[0, 1]]),
        areas=np.array([1.0]),
        nodes=np.array([[0, 1], [1, 2]]),
        owner=np.array([0, 0]),
        outer=np.array([[3, 0], [0, 4]]),
    )
    assert depths(network, points) == pytest.approx([0.1 * 0.2 + 0.6 * 0.8])
