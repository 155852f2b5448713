"""Crack patterns drawn on known boundaries, whose figures are known by hand."""

from dataclasses import replace
from math import isnan, pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpi4py import MPI
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from solver.model.spaces import make_spaces
from solver.particle import cracks
from solver.particle.cracks import connected_cracks, find_cracks
from solver.particle.mesh import COATING
from tests.bodies import bricks, rotation_about
from tests.ranks import on_ranks

HERE = "tests.unit.test_cracks"
AXES = [[0.0, 0.0, 1.0]]
CROSS = ((2.0, 2.0), (8, 8), (2, 2))  # boundaries x = 1 and y = 1
THREE = ((3.0, 3.0), (12, 12), (3, 3))  # boundaries x, y = 1 and 2
BOX = ((2.0, 2.0, 2.0), (4, 4, 4), (2, 2, 2))


def spaces_of(size, cells, grains, rotation=None, comm=MPI.COMM_SELF):
    return make_spaces(
        bricks(size, cells, grains, AXES * int(np.prod(grains)), None, rotation, comm)
    )


def drawn(spaces, where, width=0.01):
    """Cracks where the middles of facets meet a condition; `width` may be one of position."""
    network, boundaries = spaces.network, spaces.boundaries
    middle = boundaries.position[network.facet].mean(axis=1)
    damage = np.zeros(boundaries.n_points)
    damage[network.facet[where(*middle.T)]] = 1.0
    wide = width(*boundaries.position.T) if callable(width) else width
    return find_cracks(network, spaces.layout, damage, np.broadcast_to(wide, damage.shape))


def test_without_cracks_there_is_nothing_to_measure():
    found = drawn(spaces_of(*CROSS), lambda x, y: x > 5)
    assert (found.number, found.area) == (0, 0.0)
    assert isnan(found.mean_width) and isnan(found.connected) and isnan(found.alignment)


def test_cracks_that_meet_in_a_junction_are_one():
    found = drawn(spaces_of(*CROSS), lambda x, y: (abs(x - 1) < 0.5) & (abs(y - 1) < 0.5))
    assert (found.number, found.area) == (1, pytest.approx(2.0))
    assert found.connected == 0.0


def test_cracks_apart_are_counted_one_by_one_and_those_at_the_outside_are_connected():
    spaces = spaces_of(*THREE)
    tops = drawn(spaces, lambda x, y: y > 2.5)  # on x = 1 and on x = 2, each 1/2 long
    assert (tops.number, tops.area, tops.connected) == (2, pytest.approx(1.0), 1.0)
    mixed = drawn(spaces, lambda x, y: (y > 2.5) | ((x == 1) & (abs(y - 1.5) < 0.25)))
    assert mixed.number == 3
    assert mixed.connected == pytest.approx(1.0 / 1.5)


def test_cracks_that_end_under_a_coating_reach_the_outside_of_the_oxide():
    """Two grains side by side below a coating: their boundary x = 1 ends at y = 0 and at y = 1."""
    bare = bricks((2.0, 2.0), (8, 8), (2, 2), AXES * 3, [0, 1, 2, 2])
    names, fillers = (*bare.grain_names[:2], COATING), np.array([False, False, True])
    spaces = make_spaces(replace(bare, grain_names=names, is_filler=fillers))
    for low, high, connected in ((0.75, 1.0, 1.0), (0.25, 0.75, 0.0), (0.0, 0.25, 1.0)):
        found = drawn(spaces, lambda x, y, low=low, high=high: (x == 1) & (low < y) & (y < high))
        assert (found.number, found.area) == (1, pytest.approx(high - low))
        assert found.connected == pytest.approx(connected)


def test_a_junction_that_is_not_cracked_keeps_cracks_apart():
    found = drawn(spaces_of(*CROSS), lambda x, y: np.hypot(x - 1, y - 1) > 0.3)
    assert (found.number, found.connected) == (4, pytest.approx(1.0))


def test_widths_are_means_over_the_cracked_area_and_closed_cracks_have_none():
    spaces = spaces_of(*CROSS)
    found = drawn(spaces, lambda x, y: x == 1, lambda x, y: np.where(x == 1, 0.02 * (y - 1), 9.0))
    assert found.largest_width == pytest.approx(0.02)
    assert found.mean_width == pytest.approx(0.02 / 4)  # half of it is closed, vertex rule exact


def test_cracks_along_the_radius_are_aligned_with_it_and_rings_are_not():
    cross = spaces_of(*CROSS)
    assert drawn(cross, lambda x, y: x > 0).alignment == pytest.approx(1.0)
    side = spaces_of((4.0, 0.5), (64, 8), (4, 1))  # x = 1 and 3 stand across the radius
    around = drawn(side, lambda x, y: x != 2)
    x, y = 1.0, np.linspace(-0.25, 0.25, 9)
    cosine = np.mean(x**2 / (x**2 + (y[:-1] ** 2 + y[1:] ** 2) / 2))
    assert around.alignment == pytest.approx(1 - 2 * cosine, abs=2e-3)
    assert around.alignment < -0.9


def test_neither_figures_nor_centre_depend_on_how_the_body_is_turned():
    turn = rotation_about([0, 0, 1], 0.7)
    plain, turned = (spaces_of((4.0, 2.0), (8, 4), (4, 2), rotation) for rotation in (None, turn))
    assert turned.layout.centre == pytest.approx(turn[:2, :2] @ plain.layout.centre)
    one, other = (drawn(spaces, lambda x, y: x < np.inf) for spaces in (plain, turned))
    assert other.alignment == pytest.approx(one.alignment, abs=1e-9)


def test_shells_and_directions_share_out_the_boundaries():
    spaces = spaces_of(*CROSS)
    extent = cracks.extents(spaces.boundaries, spaces.layout)
    for name in ("depth", "angle", "direction"):
        assert extent[name].sum() == pytest.approx(4.0)
    assert spaces.layout.deepest == pytest.approx(1.0)
    assert extent["angle"][0] == pytest.approx(4.0)  # all along the radius
    edges = cracks.edges(spaces.layout)["direction"]
    horizontal, vertical = 0, int(np.searchsorted(edges, pi / 2, side="right")) - 1
    assert extent["direction"][horizontal] == pytest.approx(2.0)
    assert extent["direction"][vertical] == pytest.approx(2.0)


def test_the_outermost_shell_holds_what_is_near_the_outside():
    spaces = spaces_of((2.0, 2.0), (20, 20), (2, 1))  # x = 1, from y = 0 to 2
    damage = (np.abs(spaces.boundaries.position[:, 1] - 1) > 0.75).astype(float)
    found = cracks.distributions(
        spaces.boundaries, spaces.layout, damage, np.full_like(damage, 0.01)
    )
    extent = cracks.extents(spaces.boundaries, spaces.layout)["depth"]
    share = found["depth"] / extent
    assert share[:2] == pytest.approx(1.0)
    assert share[3:] == pytest.approx(0.0)
    edges = cracks.edges(spaces.layout)["width"]
    wide = np.digitize(0.01, edges)
    assert found["width"][wide] == pytest.approx(found["depth"].sum())


def test_in_three_dimensions_a_direction_counts_what_a_slice_would_show():
    spaces = spaces_of(*BOX)  # three planes of 4 um^2; that across z is not cut by slices
    extent = cracks.extents(spaces.boundaries, spaces.layout)
    assert extent["depth"].sum() == pytest.approx(12.0)
    assert extent["direction"].sum() == pytest.approx(8.0)
    assert drawn(spaces, lambda x, y, z: x < 9).alignment == pytest.approx(1.0)
    assert drawn(spaces, lambda x, y, z: z == 1).number == 1


def test_the_widest_crack_is_found_and_told_with_its_grains():
    spaces = spaces_of(*CROSS)
    boundaries, opening = spaces.boundaries, np.zeros(spaces.boundaries.n_points)
    assert cracks.widest_crack(boundaries, spaces.layout, opening, opening) is None
    cracked = boundaries.position[:, 1] <= 0.5
    opening[:] = boundaries.position[:, 1]
    found = cracks.widest_crack(boundaries, spaces.layout, cracked.astype(float), opening)
    assert found.position == pytest.approx((1.0, 0.5))
    assert (found.pair, found.depth) == ((0, 1), pytest.approx(0.5))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.95))
def test_any_pattern_falls_into_the_pieces_of_its_graph(seed, share):
    """Against the plain graph of all points, facet by facet."""
    spaces = LATTICE
    network, n = spaces.network, spaces.boundaries.n_points
    cracked = np.random.default_rng(seed).uniform(size=n) < share
    label, _, number, _ = connected_cracks(network, cracked)
    i = np.concatenate([network.facet[:, 0], np.arange(n)])
    j = np.concatenate([network.facet[:, 1], n + network.node])
    keep = cracked[i] & np.concatenate([cracked, np.ones(len(network.area), bool)])[j]
    graph = coo_array((np.ones(keep.sum()), (i[keep], j[keep])), shape=(2 * n, 2 * n))
    expected = connected_components(graph, directed=False)[1][:n][cracked]
    assert number == len(np.unique(expected))
    assert np.array_equal(label >= 0, cracked)
    assert len(np.unique(np.column_stack([expected, label[cracked]]), axis=0)) == number


LATTICE = spaces_of(*THREE)


def figures(comm, dimension):
    """Everything that is measured of a pattern drawn by position. Collective."""
    size, cells, grains = (3.0, 2.0, 2.0), (12, 8, 6), (3, 2, 2)
    spaces = spaces_of(size[:dimension], cells[:dimension], grains[:dimension], None, comm)
    x = spaces.boundaries.position
    wave = np.sin(11 * x[:, 0]) + np.sin(7 * x[:, 1]) + np.sin(5 * x.sum(axis=1))
    damage, opening = (wave > 0.2).astype(float), 0.01 * wave
    found = find_cracks(spaces.network, spaces.layout, damage, opening)
    spread = cracks.distributions(spaces.boundaries, spaces.layout, damage, opening)
    place = cracks.widest_crack(spaces.boundaries, spaces.layout, damage, opening)
    return {
        "found": list(vars(found).values()),
        "spread": np.concatenate(list(spread.values())).tolist(),
        "place": [*place.position, place.depth, *place.pair],
    }


@pytest.mark.slow
@pytest.mark.parametrize("dimension", [2, 3])
def test_ranks_measure_alike(dimension):
    alone = figures(MPI.COMM_SELF, dimension)
    assert alone["found"][0] > 3
    for n in (2, 3):
        other = on_ranks(n, f"{HERE}:figures", dimension)
        for name, values in alone.items():
            assert other[name] == pytest.approx(values, rel=1e-9, abs=1e-12), name


def test_in_three_dimensions_alignment_counts_three_directions():
    """Two squares across the radius, whose normals lean away from it by known angles."""
    found = drawn(spaces_of((4.0, 0.5, 0.5), (8, 4, 4), (4, 1, 1)), lambda x, y, z: x != 2)
    edges = np.linspace(-0.25, 0.25, 401)
    y, z = np.meshgrid(*[(edges[1:] + edges[:-1]) / 2] * 2)
    cosine = np.mean(1.0 / (1.0 + y**2 + z**2))
    assert found.alignment == pytest.approx(1 - 3 * cosine, abs=2e-2)
    assert found.alignment < -1.8


def test_a_boundary_runs_across_its_normal():
    """Normals along x and along y; the boundaries run along y and along x."""
    upright, level = (spaces_of((2.0, 2.0), (4, 4), grains).layout for grains in ((2, 1), (1, 2)))
    assert upright.trace == pytest.approx(pi / 2)
    assert level.trace == pytest.approx(0.0)
