"""What a plane section tells of the body that it was cut from.

Boundaries in all directions alike, of area S_V per volume, leave lines of length L_A = pi/4 S_V per
area on sections. A disc of grains is a bundle of columns: its boundaries have L_A per volume.
"""

from __future__ import annotations

import numpy as np

from meshes.arrays import Floats
from meshes.tessellation.orientation import sphere_points
from solver.case.plane import ball_area_ratio


def boundaries_of_ball(per_volume: float, dimension: int) -> float:
    """Area of boundaries per volume of a ball of the same grains, from that of a disc or a ball.

    The same grains: those of a disc are as large as the grains of the ball look in section.
    """
    return per_volume * ball_area_ratio(dimension)


def mean_section(triangles: Floats, radius: float, directions: int, heights: int) -> float:
    """Length of the lines per area (1/um) that triangles (n, 3, 3) in a ball leave on sections.

    Sections are planes at many heights in many directions, all over the ball.
    """
    steps = radius * (2 * (np.arange(heights) + 0.5) / heights - 1)
    length = sum(
        line_length(triangles, normal, height)
        for normal in sphere_points(directions)
        for height in steps
    )
    return float(length / (directions * (np.pi * (radius**2 - steps**2)).sum()))


def line_length(triangles: Floats, normal: Floats, height: float) -> float:
    """Length (um) of the lines in which triangles (n, 3, 3) meet a plane: normal . x = height."""
    above = triangles @ normal - height
    crossed = (above > 0).any(axis=1) & (above <= 0).any(axis=1)
    above, corners = above[crossed], triangles[crossed]
    # from the corner that is alone on its side to the other two
    side = above > 0
    lonely = np.argmax(side == (side.sum(axis=1) == 1)[:, None], axis=1)
    order = (lonely[:, None] + np.arange(3)) % 3
    above = np.take_along_axis(above, order, axis=1)
    corners = np.take_along_axis(corners, order[:, :, None], axis=1)
    share = (above[:, :1] / (above[:, :1] - above[:, 1:]))[:, :, None]
    ends = corners[:, :1] + share * (corners[:, 1:] - corners[:, :1])
    return float(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum())
