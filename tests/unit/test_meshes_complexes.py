from dataclasses import replace

import numpy as np
import pytest

from meshes.errors import MeshError
from meshes.tessellation.complexes import (
    OUTSIDE,
    Complex,
    compact,
    is_star_shaped,
    loops,
    polygon_area,
    polygons,
    walk,
)

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def half_discs() -> Complex:
    """Two halves of the unit disc; each arc goes over the top or bottom in two pieces."""
    vertices = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    facets = np.array([[0, 1], [0, 2], [2, 1], [1, 3], [3, 0]])
    sides = np.array([[0, 1], [0, OUTSIDE], [0, OUTSIDE], [1, OUTSIDE], [1, OUTSIDE]])
    return Complex(vertices, sides, 1.0, facets)


def test_walk_follows_facets_given_in_any_order_and_direction() -> None:
    pairs = [(0, 1), (3, 2), (1, 2), (3, 0)]
    passed = [pairs[k][::-1] if backwards else pairs[k] for k, backwards in walk(pairs)]
    assert passed == [(0, 1), (1, 2), (2, 3), (3, 0)]


def test_walk_follows_two_facets_between_the_same_vertices() -> None:
    assert walk([(0, 1), (0, 1)]) == [(0, False), (1, True)]


@pytest.mark.parametrize(
    "pairs",
    [
        [(0, 1), (1, 2)],
        [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)],
        [(0, 1), (1, 2), (2, 0), (0, 3), (3, 4), (4, 0)],
        [],
    ],
    ids=["open", "two pieces", "pinched", "empty"],
)
def test_walk_refuses_what_is_not_one_simple_loop(pairs: list[tuple[int, int]]) -> None:
    with pytest.raises(MeshError):
        walk(pairs)


def test_arcs_give_a_grain_its_round_side() -> None:
    areas = [polygon_area(outline) for outline in polygons(half_discs(), np.radians(0.1))]
    assert areas == pytest.approx([np.pi / 2, np.pi / 2], rel=1e-5)


def test_loops_go_round_counter_clockwise() -> None:
    cells = half_discs()
    for loop in loops(cells):
        corners = [cells.facets[number][int(backwards)] for number, backwards in loop]
        assert polygon_area(cells.vertices[corners]) > 0


def test_compact_drops_vertices_without_facets_and_keeps_positions() -> None:
    cells = half_discs()
    padded = np.vstack([[[9.0, 9.0]], cells.vertices])
    result = compact(replace(cells, vertices=padded, facets=cells.facets + 1))
    assert len(result.vertices) == 4
    assert sorted(map(polygon_area, polygons(result))) == pytest.approx(
        sorted(map(polygon_area, polygons(cells)))
    )


def test_polygon_area_has_the_sign_of_its_turn() -> None:
    assert polygon_area(SQUARE) == 1.0
    assert polygon_area(SQUARE[::-1]) == -1.0


def test_a_folded_outline_is_not_star_shaped() -> None:
    assert is_star_shaped(SQUARE)
    assert not is_star_shaped(SQUARE[[0, 2, 1, 3]])
