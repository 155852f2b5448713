"""What sections tell of a body, found by cutting balls of grains."""

from pathlib import Path

import numpy as np
import pytest

from meshes.round_particle import mesh_round
from meshes.simplices import between_regions, facet_areas, facets, volumes
from meshes.stereology import boundaries_of_ball, line_length, mean_section
from solver.case import ParticleCase

RADIUS = 2.0


def test_a_triangle_leaves_a_line_of_the_length_known() -> None:
    upright = np.array([[[0.0, 0, 0], [4, 0, 0], [0, 0, 2]]])
    up = np.array([0.0, 0, 1])
    assert line_length(upright, up, 0.5) == pytest.approx(3.0)
    assert line_length(upright[:, ::-1], up, 1.5) == pytest.approx(1.0)
    assert line_length(-upright, up, -1.5) == pytest.approx(1.0)
    assert line_length(upright, up, 2.5) == 0.0


def test_the_boundaries_of_a_ball_are_those_of_its_sections_times_four_over_pi(
    tmp_path: Path,
) -> None:
    described = {
        "shape": "sphere",
        "radius": RADIUS * 1e-6,
        "grains": {"count": 40},
        "mesh": {"size": 0.6e-6, "boundary_size": 0.6e-6},
    }
    mesh = mesh_round(ParticleCase.model_validate(described), 0, tmp_path).mesh
    nodes = between_regions(mesh, facets(mesh)).nodes
    per_volume = facet_areas(mesh.points, nodes).sum() / (4 / 3 * np.pi * RADIUS**3)
    per_area = mean_section(mesh.points[nodes], RADIUS, 60, 12)
    assert volumes(mesh).sum() == pytest.approx(4 / 3 * np.pi * RADIUS**3, rel=0.05)
    assert boundaries_of_ball(per_area, 2) == pytest.approx(per_volume, rel=0.015)


def test_a_ball_is_set_against_itself() -> None:
    assert boundaries_of_ball(1.7, 3) == 1.7
