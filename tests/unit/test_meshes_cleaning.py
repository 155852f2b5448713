"""Speckles and gaps of measured images go to the neighbour that they share most with."""

import numpy as np
import pytest

from meshes.errors import MeshError
from meshes.image.cleaning import filled, regions, require_grains, without_small

SQUARE = np.array(
    [
        [1, 1, 1, 1, 2, 2],
        [1, 5, 1, 1, 2, 2],
        [1, 1, 1, 6, 2, 2],
        [1, 1, 1, 6, 7, 2],
        [3, 3, 3, 3, 2, 2],
        [3, 3, 3, 3, 2, 2],
    ]
)


def test_regions_are_pixels_of_one_label_that_share_faces():
    labels = np.array([[1, 1, 2], [2, 1, 2], [1, 2, 2]])
    found = regions(labels)
    assert len(np.unique(found)) == 4
    assert found[0, 0] == found[1, 1]  # through (0, 1)
    assert found[2, 0] != found[0, 0]
    assert found[0, 2] == found[2, 1] != found[1, 0]


def test_regions_of_any_image_agree_with_a_plain_search():
    from scipy.ndimage import label

    labels = np.random.default_rng(3).integers(0, 3, (7, 8, 9))
    found = regions(labels)
    for value in range(3):
        parts, count = label(labels == value)
        pairs = {(int(a), int(b)) for a, b in zip(parts.flat, found.flat, strict=True) if a}
        assert len(pairs) == count == len({b for _, b in pairs})


def test_small_regions_go_to_the_neighbour_with_the_longest_boundary():
    cleaned = without_small(SQUARE, 3)
    assert cleaned[1, 1] == 1
    assert cleaned[3, 4] == 2
    assert (cleaned[2:4, 3] == 1).all()  # three faces to 1, one each to 2, 3 and the speckle
    assert set(np.unique(cleaned)) == {1, 2, 3}
    assert (cleaned == SQUARE)[np.isin(SQUARE, [1, 2, 3])].all()


def test_what_is_large_enough_stays():
    assert np.array_equal(without_small(SQUARE, 1), SQUARE)
    assert 6 in without_small(SQUARE, 2)


def test_a_speckle_in_speckles_waits_until_they_have_a_label():
    labels = np.full((7, 7), 1)
    labels[2:5, 2:5] = [[2, 3, 4], [5, 9, 6], [7, 8, 2]]
    assert (without_small(labels, 5) == 1).all()


def test_unindexed_pixels_are_filled_from_all_sides():
    labels = np.full((6, 9), 1)
    labels[:, 5:] = 2
    labels[1:5, 3:7] = 0
    cleaned = filled(labels, 0)
    assert (cleaned[:, :5] == 1).all()
    assert (cleaned[:, 5:] == 2).all()


def test_where_all_is_small_or_unindexed_nothing_can_be_kept():
    with pytest.raises(MeshError, match="no region has 100 pixels"):
        without_small(SQUARE, 100)
    with pytest.raises(MeshError, match=r"100 % of the pixels are unindexed \(4\)"):
        filled(np.full((3, 3), 4), 4)
    noise = np.random.default_rng(2).integers(0, 50, (30, 30))
    noise[:10] = 1
    with pytest.raises(MeshError, match=r"6\d % of the pixels are in regions of fewer than 20"):
        without_small(noise, 20)


def test_noise_is_told_apart_from_grains():
    noise = np.random.default_rng(1).integers(0, 200, (50, 50))
    told = r"2\d\d\d regions, 2\d\d\d of them .*clean: {smallest: 20}"
    with pytest.raises(MeshError, match=told):
        require_grains(noise)
    require_grains(SQUARE)
    speckled = np.kron(np.arange(1, 101).reshape(10, 10), np.ones((9, 9), int))
    speckled[4::9, 4::18] = 0
    require_grains(speckled)
