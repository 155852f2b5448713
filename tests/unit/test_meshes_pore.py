"""Discs and spheres of grains around a round pore."""

import json
import tempfile
from pathlib import Path
from typing import Any

import meshio
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import meshes
from meshes.errors import MeshError
from meshes.report import as_text, report
from meshes.sizes import BALL
from meshes.tessellation.columnar import stretched, unstretched
from meshes.tessellation.complexes import PORE, polygon_area, polygons
from meshes.tessellation.enclosed import clears_pore, pore_seed
from meshes.tessellation.grains import complex_of
from meshes.tessellation.power import Seeds, Tree, joined
from meshes.tessellation.seeds import random_points, voronoi_seeds
from solver.case import ParticleCase

RADIUS, H = 4.0, 0.3
STRUCTURES: dict[str, dict[str, Any]] = {
    "voronoi": {},
    "laguerre": {"size_spread": 0.3},
    "columnar": {"core_radius": 0.4, "aspect_ratio": 2},
}
DIMENSIONS = pytest.mark.parametrize("shape_name", ["disc", "sphere"])
few = settings(max_examples=8, deadline=None, derandomize=True, database=None)


def hollow(shape_name: str, pore: float, count: int, **changes: Any) -> ParticleCase:
    described = {
        "shape": shape_name,
        "radius": RADIUS * 1e-6,
        "pore": {"radius": pore * 1e-6},
        "grains": {"count": count},
        "mesh": {"size": 2 * H * 1e-6, "boundary_size": H * 1e-6},
    }
    return ParticleCase.model_validate(described | changes)


def built(particle: ParticleCase) -> tuple[meshio.Mesh, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as cache:
        found = meshes.build(particle, Path(cache))
        return meshio.read(found.mesh), json.loads(found.table.read_text())


def group(mesh: meshio.Mesh, name: str) -> np.ndarray:
    """Points (n, 3) of the facets of a group."""
    tag, d = mesh.field_data[name]
    tags = mesh.cell_data["gmsh:physical"]
    parts = [
        block.data[of == tag] for block, of in zip(mesh.cells, tags, strict=True) if block.dim == d
    ]
    return mesh.points[np.unique(np.vstack(parts))]


@DIMENSIONS
@few
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(14, 40),
    pore=st.floats(0.4, 2.5),
    structure=st.sampled_from(sorted(STRUCTURES)),
)
def test_the_wall_of_a_pore_is_round_and_all_grains_are_around_it(
    shape_name: str, seed: int, count: int, pore: float, structure: str
) -> None:
    grains = {"count": count, "structure": structure} | STRUCTURES[structure]
    mesh, table = built(hollow(shape_name, pore, count, seed=seed, grains=grains))
    d = table["dimension"]
    assert np.linalg.norm(group(mesh, "pore"), axis=1) == pytest.approx(pore, rel=1e-9)
    assert np.linalg.norm(group(mesh, "outer"), axis=1) == pytest.approx(RADIUS, rel=1e-9)
    assert tuple(mesh.field_data["pore"]) == (3, d - 1)
    solid = sum(grain["volume"] for grain in table["grains"])
    full = BALL[d] * RADIUS**d * (1 - table["quality"]["volume_deficit"])
    assert solid == pytest.approx(full - table["pore"]["volume"])
    assert min(grain["volume"] for grain in table["grains"]) > 0
    assert table["quality"]["sicn_min"] >= 0.05
    assert 0 < table["quality"]["volume_deficit"] <= 0.4 * (H / RADIUS) ** 2
    assert 0 < table["pore"]["deficit"] <= 0.6 * (H / pore) ** 2


@DIMENSIONS
def test_a_pore_goes_with_films_and_a_coating_stays_outside(shape_name: str) -> None:
    boundary = {"state": "lpo", "thickness": 20e-9}
    coating = {"thickness": 30e-9}
    particle = hollow(shape_name, 1.2, 16, boundary=boundary, coating=coating)
    mesh, table = built(particle)
    assert np.linalg.norm(group(mesh, "pore"), axis=1) == pytest.approx(1.2, rel=1e-9)
    outer = np.linalg.norm(group(mesh, "outer"), axis=1)
    assert outer == pytest.approx(RADIUS + 0.03, rel=1e-6)
    assert table["film"]["achieved"] == pytest.approx(1, abs=0.1)
    bare = built(hollow(shape_name, 1.2, 16))[1]
    assert table["quality"]["volume_deficit"] == bare["quality"]["volume_deficit"]


def test_a_pore_is_reported() -> None:
    table = built(hollow("disc", 1.0, 20))[1] | {"retries": []}
    text = as_text(report(table, 4700.0))
    assert "pore          radius 1 um, 6.2" in text
    assert "um of wall, lacks" in text


@DIMENSIONS
@pytest.mark.parametrize("pore", [0.8, 2.5])
def test_the_estimate_knows_of_the_pore(shape_name: str, pore: float) -> None:
    particle = hollow(shape_name, pore, 40)
    expected, quality = meshes.estimate(particle), built(particle)[1]["quality"]
    assert expected.cells == pytest.approx(quality["cells"], rel=0.25)
    assert expected.points == pytest.approx(quality["nodes"], rel=0.25)
    assert expected.boundary_facets == pytest.approx(quality["boundary_facets"], rel=0.25)
    assert expected.outer_facets == pytest.approx(quality["outer_facets"], rel=0.25)


def test_few_grains_may_be_around_a_pore() -> None:
    for shape_name, fewest in (("disc", 3), ("sphere", 6)):
        table = built(hollow(shape_name, 0.6, fewest))[1]
        assert len(table["grains"]) == fewest


def test_a_ring_is_tiled_by_its_polygons() -> None:
    areas = [polygon_area(outline) for outline in polygons(complex_of(hollow("disc", 1.5, 30)))]
    assert min(areas) > 0
    assert sum(areas) == pytest.approx(np.pi * (RADIUS**2 - 1.5**2), rel=1e-3)


def test_every_grain_at_the_pore_has_one_side_to_it() -> None:
    cells = complex_of(hollow("disc", 1.5, 30))
    grains = cells.sides[cells.sides[:, 1] == PORE, 0]
    assert len(grains) == len(set(grains.tolist())) >= 3


@pytest.mark.parametrize("d", [2, 3])
def test_the_cell_of_a_pore_holds_its_ball_and_no_more_than_it_must(d: int) -> None:
    rng = np.random.default_rng(d)
    points = voronoi_seeds(40, d, RADIUS, 2, rng, 1.2).points
    seeds = Seeds(points, rng.random(40) * 0.2)
    own = Tree(joined(seeds, pore_seed(seeds, 1.2)))
    directions = random_points(rng, 100_000, d, 1.0)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    assert (own.query(1.199 * directions)[1] == 40).all()
    assert (own.query(1.22 * directions)[1] < 40).any()


def test_lines_that_cut_the_pore_or_graze_its_wall_are_found() -> None:
    lines = np.array(
        [
            [[1, 0], [2, 0]],  # straight out of the wall
            [[2, 0], [1, 0]],
            [[-2, 0.5], [2, 0.5]],  # through the pore
            [[1, 0], [1.05, 1]],  # along the wall
            [[-2, 1.1], [2, 1.1]],  # past it
        ]
    )
    clear = clears_pore(lines[:, 0], lines[:, 1], 1.0)
    assert clear.tolist() == [True, True, False, False, True]


@pytest.mark.parametrize("distance", [0.3, 1.5, 2.0, 3.7])
def test_what_was_unstretched_is_stretched_back(distance: float) -> None:
    before = unstretched(distance, 5.0, 0.4, 2.5)
    after = stretched(np.array([[before, 0.0]]), 5.0, 0.4, 2.5)
    assert after[0, 0] == pytest.approx(distance)


def test_random_points_leave_the_pore_empty() -> None:
    distance = np.linalg.norm(random_points(np.random.default_rng(0), 5000, 3, 2.0, 1.0), axis=1)
    assert distance.min() >= 1.0
    assert (distance < 1.5).mean() == pytest.approx((1.5**3 - 1) / 7, abs=0.02)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pore": 4.0}, "must not exceed 0.9 of the particle's radius"),
        ({"count": 1}, "a pore in a disc needs 3 grains or more, got 1"),
        ({"pore": 0.2}, "is smaller than mesh.boundary_size"),
        ({"pore": 3.5, "count": 400}, "larger than a grain"),
    ],
)
def test_a_pore_that_cannot_be_is_refused(changes: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"pore": 1.0, "count": 20} | changes
    with pytest.raises(ValidationError, match=message):
        hollow("disc", given["pore"], given["count"])


def test_a_shell_too_thin_for_its_few_grains_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MeshError, match="the pore is too large for so few grains"):
        meshes.build(hollow("disc", 3.2, 3), tmp_path)


@DIMENSIONS
def test_the_same_pore_gives_the_same_bytes(shape_name: str, tmp_path: Path) -> None:
    particle = hollow(shape_name, 1.0, 15)
    first, second = (meshes.build(particle, tmp_path / name) for name in "ab")
    assert first.mesh.read_bytes() == second.mesh.read_bytes()
