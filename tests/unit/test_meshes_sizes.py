"""Edge lengths that a case asks for."""

from typing import Any

import pytest

from meshes.sizes import Sizes, expected_cells, scaled_to, sizes_of, solid_radius
from solver.case import ParticleCase


def particle(**mesh: Any) -> ParticleCase:
    described = {"shape": "disc", "radius": 2e-6, "grains": {"count": 20}, "mesh": mesh}
    return ParticleCase.model_validate(described)


def test_the_outside_is_as_fine_as_the_boundaries_unless_the_case_says_otherwise() -> None:
    given = {"size": 0.3e-6, "boundary_size": 0.15e-6}
    assert sizes_of(particle(**given)) == Sizes(0.3, 0.15, 0.15)
    assert sizes_of(particle(**given, surface_size=0.08e-6)) == Sizes(0.3, 0.15, 0.08)


def test_a_number_of_cells_scales_all_edges_alike() -> None:
    sizes = Sizes(0.3, 0.15, 0.08)
    found = scaled_to(5000, sizes, 2, 2.0, 20)
    assert expected_cells(found, 2, 2.0, 20) == pytest.approx(5000, rel=1e-3)
    assert found.boundary / found.inside == pytest.approx(0.5)
    assert found.surface / found.inside == pytest.approx(0.08 / 0.3)


@pytest.mark.parametrize(("dimension", "exact"), [(2, 3.0**0.5), (3, 7.0 ** (1 / 3))])
def test_a_pore_takes_its_volume_away(dimension: int, exact: float) -> None:
    assert solid_radius(2.0, 1.0, dimension) == pytest.approx(exact)
    sizes = Sizes(0.3, 0.15, 0.15)
    hollow, solid = (expected_cells(sizes, dimension, 2.0, 20, pore) for pore in (1.0, 0.0))
    assert hollow < solid
