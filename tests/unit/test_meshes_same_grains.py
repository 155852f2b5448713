"""The edge lengths of the mesh are no part of the geometry: any mesh is one of the same grains."""

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import meshes
from meshes.round_particle import mesh_round
from meshes.simplices import edge_lengths, region_measures
from meshes.simplices import shape as shape_of_cells
from meshes.tessellation.grains import disc_grains, sphere_grains
from meshes.tessellation.middles import middles_of
from solver.case import ParticleCase
from solver.physics.strength import strength_factor

RADIUS = 2.0  # um
SIZES = {"disc": (0.05, 0.15, 0.4), "sphere": (0.25, 0.4, 0.6)}  # um, along boundaries
COUNT = {"disc": 30, "sphere": 16}
STRUCTURES: dict[str, dict[str, Any]] = {
    "voronoi": {},
    "laguerre": {"size_spread": 0.3},
    "columnar": {"core_radius": 0.4, "aspect_ratio": 2},
}
FILM = {"boundary": {"state": "lpo", "thickness": 50e-9}}


def particle(
    shape: str, structure: str = "voronoi", size: float = 0.2, **more: Any
) -> ParticleCase:
    described = {
        "shape": shape,
        "radius": RADIUS * 1e-6,
        "seed": 4,
        "grains": {"count": COUNT[shape], "structure": structure} | STRUCTURES[structure],
        "orientation": {"texture": "radial", "spread": 0.1},
        "boundary": {"state": "lpo", "rule": "connected", "fraction": 0.4},
        "mesh": {"size": 0.7e-6, "boundary_size": size * 1e-6},
    }
    return ParticleCase.model_validate(described | more)


@cache
def tables(shape: str, structure: str, filled: bool = False) -> list[dict[str, Any]]:
    """What is known of the same particle on three meshes, the finest first."""
    more = FILM if filled else {}
    with tempfile.TemporaryDirectory() as folder:
        made = [
            meshes.build(particle(shape, structure, size, **more), Path(folder))
            for size in SIZES[shape]
        ]
        return [json.loads(one.table.read_text()) for one in made]


def chords(shape: str, size: float) -> float:
    """What a mesh lacks where the outside bends, as a part: some (h / R)^2."""
    return {"disc": 1.0, "sphere": 1.2}[shape] * (size / RADIUS) ** 2


def grains_of(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [region for region in table["grains"] if region["material"] == "grain"]


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("shape", SIZES)
def test_three_meshes_are_of_the_same_grains(shape: str, structure: str) -> None:
    fine, *others = tables(shape, structure)
    for size, other in zip(SIZES[shape][1:], others, strict=True):
        assert other["quality"]["cells"] < 0.7 * fine["quality"]["cells"]
        assert other["edges"] == fine["edges"]
        volumes = [[grain["volume"] for grain in grains_of(table)] for table in (fine, other)]
        assert volumes[1] == pytest.approx(volumes[0], rel=chords(shape, size))
        axes = [[grain["c_axis"] for grain in table["grains"]] for table in (fine, other)]
        assert axes[1] == axes[0]


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("shape", SIZES)
def test_three_meshes_have_the_same_network_of_boundaries(shape: str, structure: str) -> None:
    fine, *others = tables(shape, structure)
    for size, other in zip(SIZES[shape][1:], others, strict=True):
        for name in ("grains", "state", "misorientation"):
            assert of_boundaries(other, name) == of_boundaries(fine, name), name
        tolerance = 1e-9 if shape == "disc" else chords(shape, size)
        assert of_boundaries(other, "area") == pytest.approx(
            of_boundaries(fine, "area"), rel=tolerance
        )


def of_boundaries(table: dict[str, Any], name: str) -> list[Any]:
    return [entry[name] for entry in table["boundaries"]]


def test_the_strength_of_every_boundary_is_that_of_its_grains() -> None:
    strengths = []
    for table in tables("disc", "voronoi"):
        pairs = np.array(of_boundaries(table, "grains"), dtype=np.int32)
        axes = np.array([grain["c_axis"] for grain in table["grains"]])
        strengths.append(strength_factor(pairs, axes, 0.2, 0.1, 4))
    assert np.ptp(strengths[0]) > 0.3
    assert np.array_equal(strengths[1], strengths[0])
    assert np.array_equal(strengths[2], strengths[0])


@pytest.mark.parametrize("shape", SIZES)
def test_films_part_the_same_grains_on_every_mesh(shape: str) -> None:
    fine, *others = tables(shape, "voronoi", filled=True)
    wanted = fine["film"]["thickness"]["mean"]
    for other in others:
        assert other["film"]["thickness"]["mean"] == pytest.approx(wanted, rel=0.03)
        assert of_boundaries(other, "grains") == of_boundaries(fine, "grains")


@pytest.mark.parametrize("shape", SIZES)
def test_a_failed_attempt_is_followed_by_a_finer_mesh_of_the_same_grains(
    shape: str, tmp_path: Path
) -> None:
    first, later = (mesh_round(particle(shape), attempt, tmp_path) for attempt in (0, 3))
    assert np.array_equal(first.grains.cells.vertices, later.grains.cells.vertices)
    assert np.array_equal(first.middles, later.middles)
    assert len(later.mesh.cells) > 1.1 * len(first.mesh.cells)


@pytest.mark.parametrize("shape", SIZES)
def test_the_mesh_is_finer_at_edges_shorter_than_it(shape: str, tmp_path: Path) -> None:
    grains = {"count": COUNT[shape], "shortest_edge": 0.05}
    coarse = {"size": 0.7e-6, "boundary_size": 0.5e-6}
    mesh, drawn, _ = mesh_round(particle(shape, grains=grains, mesh=coarse), 0, tmp_path)
    start, end = drawn.cells.vertices[drawn.cells.edges.T]
    shortest = np.linalg.norm(end - start, axis=1).min()
    assert shortest < 0.3 * 0.5
    assert edge_lengths(mesh).min() <= shortest * (1 + 1e-9)
    assert shape_of_cells(mesh).min() > {"disc": 0.4, "sphere": 0.1}[shape]


@pytest.mark.parametrize("shape", SIZES)
def test_a_longer_shortest_edge_gives_up_more_edges_and_says_how_many(shape: str) -> None:
    draw = disc_grains if shape == "disc" else sphere_grains
    few, many = (
        draw(particle(shape, grains={"count": COUNT[shape], "shortest_edge": share}))
        for share in (1e-9, 0.2)
    )
    diameter = 2 * RADIUS * COUNT[shape] ** (-1 / {"disc": 2, "sphere": 3}[shape])
    assert many.shortest == pytest.approx(0.2 * diameter)
    fewer = len(few.cells.vertices) - len(many.cells.vertices)
    assert many.collapsed - few.collapsed == fewer > 5
    assert few.short == 0


def test_edges_that_must_stay_are_counted() -> None:
    """In this particle the collapse of one short edge would fold a grain over."""
    grains = {"count": 12, "shortest_edge": 0.25, "relaxation": 0}
    found = disc_grains(particle("disc", grains=grains, seed=5))
    start, end = found.cells.vertices[found.cells.facets].swapaxes(0, 1)
    assert (np.linalg.norm(end - start, axis=1) < found.shortest).sum() == found.short == 1


@pytest.mark.parametrize("shape", SIZES)
def test_middles_are_the_centres_of_mass_of_the_mesh(shape: str, tmp_path: Path) -> None:
    found = mesh_round(particle(shape, size=SIZES[shape][0]), 0, tmp_path)
    centroids = region_measures(found.mesh)[1]
    assert middles_of(found.grains.cells) == pytest.approx(centroids, abs=0.025)
