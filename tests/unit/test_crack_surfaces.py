"""Cracks of a ball as surfaces: those above the cut, by their width, the farthest first."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from solver.results.crack_surfaces import figure, seen
from solver.results.frames import Frame, FramePart

CORNERS = np.array([[1.0, 0, -1], [-1, 1, -1], [-1, -1, -1], [0, 0, 1.0]])
FACET = np.array([[0.0, 0, 0], [0.2, 0, 0], [0, 0.2, 0.1]])
HEIGHTS = (0.1, 0.3, 0.5, -0.4)  # of four facets, the last below the cut
OPENING, DAMAGE = (10.0, 40.0, 20.0, 90.0), (1.0, 1.0, 0.5, 1.0)  # the third is not cracked


def frame(damage=DAMAGE, opening=OPENING, corners=4):
    grains = FramePart(CORNERS, np.arange(corners)[None], {}, {"grain": np.zeros(1)})
    points = np.concatenate([FACET + np.array([0, 0, height]) for height in HEIGHTS])
    values = {"damage": np.repeat(damage, 3), "opening / nm": np.repeat(opening, 3)}
    return Frame(0.0, grains, FramePart(points, np.arange(12).reshape(-1, 3), values, {}))


def facets_of(drawn):
    (facets,) = [
        each for each in drawn.axes[0].collections
        if isinstance(each, PolyCollection) and each.get_zorder() == 3
    ]  # fmt: skip
    return facets


def test_cracked_facets_above_the_cut_are_drawn_the_farthest_first():
    facets = facets_of(figure(frame(), "a"))
    drawn = [path.vertices[:3] for path in facets.get_paths()]
    where, near = seen(FACET[None] + np.array([[[0, 0, 0.1]], [[0, 0, 0.3]]]))
    assert near.mean(axis=1)[0] < near.mean(axis=1)[1]
    assert np.allclose(drawn, where)


def test_wider_cracks_are_darker():
    colours = facets_of(figure(frame(), "a")).get_facecolors()[:, :3].sum(axis=1)
    assert colours[1] < 0.6 * colours[0]


def test_the_bar_ends_at_the_widest_crack_that_is_shown():
    axes = figure(frame(), "a").axes[1]
    assert axes.get_xlim() == pytest.approx((0.0, 40.0))
    assert axes.get_xlabel().endswith("/ nm")


@pytest.mark.parametrize("damage", [(0.0,) * 4, (0.0, 0.0, 0.0, 1.0)])
def test_without_a_crack_above_the_cut_there_is_no_picture(damage):
    assert figure(frame(damage), "a") is None


def test_a_body_in_a_plane_has_no_such_picture():
    assert figure(frame(corners=3), "a") is None


def test_what_is_above_in_space_is_above_in_the_picture():
    (low, high), (far, near) = seen(np.array([[0.0, 0, 0], [0, 0, 1]]))
    assert high[1] > low[1]
    assert near > far
