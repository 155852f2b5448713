"""Maps at the ends of some cycles show what has broken and what is wet."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from solver.results import style
from solver.results.crack_maps import DAMAGE_WIDTH, WET_WIDTH, draw
from solver.results.frames import Frame, FramePart

CORNERS = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
NOWHERE = np.empty((0, 2), dtype=np.int64)


def frame(damage, wetness=None):
    """Two triangles, and between them two facets that meet in the middle."""
    grains = FramePart(CORNERS, np.array([[0, 1, 2], [0, 2, 3]]), {}, {})
    line = np.array([[0.0, 0, 0], [0.5, 0.5, 0], [0.5, 0.5, 0], [1, 1, 0]])
    arrays = {"damage": np.repeat(damage, 2)}
    if wetness is not None:
        arrays["wetness"] = np.repeat(wetness, 2)
    return Frame(0.0, grains, FramePart(line, np.array([[0, 1], [2, 3]]), arrays, {}))


def lines_of(axes, width):
    (lines,) = [c for c in axes.collections if c.get_linewidths()[0] == width]
    return lines


def test_damage_is_coloured_and_what_is_wet_lies_behind():
    with style.look():
        drawn = draw(
            [frame([0.0, 0.0]), frame([0.3, 1.0], [1.0, 0.0])], ["cycle 1", "cycle 9"], "a"
        )
    first, last = drawn.axes[:2]
    assert [axes.get_title() for axes in (first, last)] == ["cycle 1", "cycle 9"]
    broken, wet = lines_of(last, DAMAGE_WIDTH), lines_of(last, WET_WIDTH)
    assert broken.get_array().tolist() == pytest.approx([0.3, 1.0])
    assert [s.tolist() for s in broken.get_segments()] == [
        [[0, 0], [0.5, 0.5]],
        [[0.5, 0.5], [1, 1]],
    ]
    assert [s.tolist() for s in wet.get_segments()] == [[[0, 0], [0.5, 0.5]]]
    assert to_hex(wet.get_colors()[0]) == style.SKY.lower()
    assert lines_of(first, DAMAGE_WIDTH).get_segments() == []
    assert [text.get_text() for text in drawn.legends[0].get_texts()] == ["wet"]


def test_a_dry_particle_has_no_legend_and_a_single_grain_no_map():
    assert draw([frame([0.1, 0.2])] * 2, ["cycle 1", "cycle 2"], "dry").legends == []
    single = frame([0.1, 0.2])._replace(boundaries=FramePart(CORNERS, NOWHERE, {}, {}))
    assert draw([single] * 2, ["cycle 1", "cycle 2"], "one grain") is None
