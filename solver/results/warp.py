"""Bodies as they are deformed, displacements enlarged so that they are seen."""

from collections.abc import Sequence

import numpy as np

from solver.results import headers
from solver.results.frames import Floats, Frame

DISPLACEMENT = headers.MAP_DISPLACEMENT
ROUND = (1, 2, 5)


def enlargement(frames: Sequence[Frame], share: float) -> float:
    """Round factor, at least 1, that moves what moves most by a share of the body's size."""
    size = max(float(np.ptp(frame.grains.points[:, :2], axis=0).max()) for frame in frames)
    moved = max(float(np.abs(_displacement(frame)).max()) for frame in frames)
    return max(round_down(share * size / max(moved, 1e-12 * size)), 1.0)


def deformed(frame: Frame, factor: float) -> Frame:
    """Frame with its displacements times a factor; boundaries go between their two sides."""
    moved = _displacement(frame)
    points = frame.boundaries.points + factor * between_sides(frame, moved)
    return frame._replace(
        grains=frame.grains._replace(points=frame.grains.points + factor * moved),
        boundaries=frame.boundaries._replace(points=points),
    )


def _displacement(frame: Frame) -> Floats:
    """Displacement of the nodes; in a plane as it is seen from above."""
    moved = frame.grains.at_nodes[DISPLACEMENT]
    return moved * [1, 1, 0] if np.ptp(frame.grains.points[:, 2]) == 0 else moved


def between_sides(frame: Frame, moved: Floats) -> Floats:
    """Return the mean displacement of all nodes at each boundary point, (points, 3)."""
    both = np.round(np.vstack([frame.grains.points, frame.boundaries.points]), 9)
    _, place = np.unique(both, axis=0, return_inverse=True)
    of_node, of_point = np.split(place.ravel(), [len(moved)])
    count = np.maximum(np.bincount(of_node, minlength=place.max() + 1), 1)
    means = [np.bincount(of_node, column, place.max() + 1) / count for column in moved.T]
    return np.column_stack(means)[of_point]


def round_down(value: float) -> float:
    """Largest 1, 2 or 5 times a power of ten that is not above a value."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(power * max(step for step in ROUND if step * power <= value * (1 + 1e-9)))
