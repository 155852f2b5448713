"""What several causes took of the sites of a node adds up, whoever is asked first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.physics.lost_sites import lost_by_cause

SHARE = st.floats(0.0, 0.99)


@given(st.lists(SHARE, min_size=1, max_size=4))
def test_the_parts_add_up_to_what_is_gone(shares):
    parts = lost_by_cause([np.array([share]) for share in shares])
    gone = 1 - np.prod([1 - share for share in shares])
    assert np.sum(parts) == pytest.approx(gone, abs=1e-14)
    assert min(part.item() for part in parts) >= 0


@given(SHARE, SHARE, SHARE)
def test_the_order_does_not_matter(one, other, third):
    forth = lost_by_cause([np.array([share]) for share in (one, other, third)])
    back = lost_by_cause([np.array([share]) for share in (third, other, one)])
    assert np.ravel(forth) == pytest.approx(np.ravel(back[::-1]), rel=1e-12, abs=1e-300)


def test_a_cause_alone_has_all_and_equal_causes_have_the_same():
    alone, none = lost_by_cause([np.array([0.3, 0.0]), np.array([0.0, 0.0])])
    assert alone == pytest.approx([0.3, 0.0])
    assert not none.any()
    assert np.ravel(lost_by_cause([np.array([0.5])] * 2)) == pytest.approx([0.375, 0.375])


def test_a_cause_that_takes_more_bears_more():
    """ln(0.5)/ln(0.9) = 6.579 times as much of 0.55."""
    small, large = lost_by_cause([np.array([0.1]), np.array([0.5])])
    assert large / small == pytest.approx(np.log(0.5) / np.log(0.9))
    assert large + small == pytest.approx(0.55)
