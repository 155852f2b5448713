"""Spheres from the description to the mesh file."""

import json
from pathlib import Path
from typing import Any

import meshio
import numpy as np
import pytest

import meshes
from meshes import round_particle
from meshes.quality import measure
from meshes.round_particle import mesh_round
from meshes.simplices import between_regions, edge_lengths, facets, outer_and_pore, volumes
from solver.case import ParticleCase


def sphere(count: int = 14, **changes: Any) -> ParticleCase:
    described = {
        "shape": "sphere",
        "radius": 3e-6,
        "seed": 5,
        "grains": {"count": count},
        "mesh": {"size": 0.8e-6, "boundary_size": 0.5e-6},
    }
    return ParticleCase.model_validate(described | changes)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> meshes.MeshFile:
    return meshes.build(sphere(), tmp_path_factory.mktemp("cache"))


def test_a_sphere_is_written_with_all_its_groups(built: meshes.MeshFile) -> None:
    read = meshio.read(built.mesh)
    grains = {f"grain_{grain}": (grain + 1, 3) for grain in range(14)}
    found = {name: tuple(value) for name, value in read.field_data.items()}
    assert found == grains | {"boundary": (1, 2), "outer": (2, 2)}
    tags = [
        tags
        for block, tags in zip(read.cells, read.cell_data["gmsh:physical"], strict=True)
        if block.type == "tetra"
    ]
    assert set(np.concatenate(tags)) == set(range(1, 15))


def test_its_table_tells_sizes_that_fill_the_sphere(built: meshes.MeshFile) -> None:
    table = json.loads(built.table.read_text())
    quality = table["quality"]
    volume = sum(grain["volume"] for grain in table["grains"])
    assert table["dimension"] == 3
    assert volume == pytest.approx(4 / 3 * np.pi * 27 * (1 - quality["volume_deficit"]))
    assert 0 < quality["volume_deficit"] <= 0.4 * (0.5 / 3) ** 2
    assert quality["sicn_min"] >= 0.1


def test_same_sphere_gives_the_same_bytes(built: meshes.MeshFile, tmp_path: Path) -> None:
    assert meshes.build(sphere(), tmp_path).mesh.read_bytes() == built.mesh.read_bytes()


@pytest.mark.parametrize("count", [1, 2, 3, 7, 11])
def test_few_grains_fill_a_sphere_too(count: int, tmp_path: Path) -> None:
    mesh = mesh_round(sphere(count), 0, tmp_path).mesh
    every = facets(mesh)
    outer, pore = outer_and_pore(mesh, every)
    nodes = np.unique(outer.nodes)
    assert np.linalg.norm(mesh.points[nodes], axis=1) == pytest.approx(3.0, rel=1e-12)
    assert set(mesh.region) == set(range(count))
    assert (len(between_regions(mesh, every).nodes) > 0) == (count > 1)
    assert len(pore.nodes) == 0


@pytest.mark.parametrize(
    "grains",
    [
        {"count": 14, "structure": "laguerre", "size_spread": 0.3},
        {"count": 14, "structure": "columnar", "core_radius": 0.4, "aspect_ratio": 2},
    ],
    ids=["laguerre", "columnar"],
)
@pytest.mark.parametrize("shape", ["disc", "sphere"])
def test_structures_can_be_meshed_in_both_dimensions(
    shape: str, grains: dict[str, Any], tmp_path: Path
) -> None:
    sizes = {"size": 0.7e-6, "boundary_size": 0.3e-6}
    mesh = mesh_round(sphere(shape=shape, grains=grains, mesh=sizes), 0, tmp_path).mesh
    quality = measure(mesh, 3.0)
    assert quality.sicn_min >= {"disc": 0.4, "sphere": 0.1}[shape]
    if "size_spread" in grains:
        assert quality.grain_spread == pytest.approx(0.3, abs=0.03)


def test_first_attempts_are_choosy_and_later_ones_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(round_particle, "WANTED_SICN", {3: 0.9})
    with pytest.raises(meshes.MeshError, match="SICN"):
        mesh_round(sphere(3), 0, tmp_path)
    assert len(mesh_round(sphere(3), round_particle.CHOOSY, tmp_path).mesh.cells) > 0


@pytest.mark.parametrize("shape", ["disc", "sphere"])
def test_a_wanted_number_of_cells_is_reached(shape: str, tmp_path: Path) -> None:
    wanted = sphere(shape=shape, mesh={"size": 3e-7, "boundary_size": 2e-7, "cells": 9000})
    assert len(mesh_round(wanted, 0, tmp_path).mesh.cells) == pytest.approx(9000, rel=0.1)


def test_cells_grow_inwards_to_the_size_asked_for(tmp_path: Path) -> None:
    sizes = {"size": 1.2e-6, "boundary_size": 0.4e-6}
    coarse = mesh_round(sphere(2, mesh=sizes), 0, tmp_path).mesh
    fine = mesh_round(sphere(2, mesh=sizes | {"size": 0.4e-6}), 0, tmp_path).mesh
    assert volumes(coarse).max() > 3 * volumes(fine).max()


@pytest.mark.parametrize("shape", ["disc", "sphere"])
def test_a_finer_outside_is_finer(shape: str, tmp_path: Path) -> None:
    sizes = {"size": 0.8e-6, "boundary_size": 0.5e-6, "surface_size": 0.25e-6}
    mesh = mesh_round(sphere(shape=shape, mesh=sizes), 0, tmp_path).mesh
    outer = outer_and_pore(mesh, facets(mesh))[0].nodes
    along = mesh.points[outer] - np.roll(mesh.points[outer], 1, axis=1)
    assert np.median(np.linalg.norm(along, axis=2)) == pytest.approx(0.25, rel=0.15)
    assert np.median(edge_lengths(mesh)) > 0.3


def test_the_estimate_is_near_the_number_of_cells(built: meshes.MeshFile) -> None:
    cells = json.loads(built.table.read_text())["quality"]["cells"]
    assert meshes.estimate(sphere()).cells == pytest.approx(cells, rel=0.2)
