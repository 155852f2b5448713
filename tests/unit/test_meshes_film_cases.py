import json
import re
from pathlib import Path
from typing import Any

import meshio
import numpy as np
import pytest

import meshes
from meshes.film.coating import add_coating
from meshes.film.film import FilmError
from meshes.phases import add_phases
from meshes.report import as_text, report
from solver.case import ParticleCase
from tests.grids import grid, squares


def particle(count: int = 8, **changes: Any) -> ParticleCase:
    described = {
        "shape": "disc",
        "radius": 2e-6,
        "seed": 3,
        "grains": {"count": count},
        "mesh": {"size": 0.3e-6, "boundary_size": 0.15e-6},
    }
    return ParticleCase.model_validate(described | changes)


def lpo(**changes: Any) -> dict[str, Any]:
    return {"state": "lpo"} | changes


def table_of(given: ParticleCase, folder: Path) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(meshes.build(given, folder).table.read_text())
    return table


def test_a_case_gets_its_film_and_its_coating(tmp_path: Path) -> None:
    given = particle(boundary=lpo(thickness=40e-9), coating={"thickness": 30e-9, "coverage": 0.8})
    built = meshes.build(given, tmp_path)
    table = json.loads(built.table.read_text())
    names = [region["name"] for region in table["grains"]]
    assert names == [*(f"grain_{n}" for n in range(8)), "film", "coating"]
    assert [r["material"] for r in table["grains"]] == ["grain"] * 8 + ["film", "coating"]
    assert table["film"]["thickness"]["mean"] == pytest.approx(0.04, rel=0.01)
    assert table["coating"]["thickness"] == pytest.approx(0.03, rel=0.01)
    assert table["coating"]["coverage"] == pytest.approx(0.8, abs=0.02)
    mesh = meshio.read(built.mesh)
    assert mesh.field_data["film"].tolist() == [9, 2]
    assert mesh.field_data["coating"].tolist() == [10, 2]


def test_the_same_case_gives_the_same_bytes(tmp_path: Path) -> None:
    given = particle(boundary=lpo(thickness=40e-9), coating={"thickness": 30e-9, "coverage": 0.8})
    first, second = (meshes.build(given, tmp_path / name) for name in "ab")
    assert first.mesh.read_bytes() == second.mesh.read_bytes()


def test_grains_keep_their_axes_and_boundaries_beside_a_film(tmp_path: Path) -> None:
    bare = table_of(particle(boundary=lpo()), tmp_path)
    filmed = table_of(particle(boundary=lpo(thickness=40e-9)), tmp_path)
    assert filmed["boundaries"] == bare["boundaries"]
    for before, after in zip(bare["grains"], filmed["grains"][:-1], strict=True):
        assert after["c_axis"] == before["c_axis"]
        assert after["a_axis"] == before["a_axis"]
        assert np.dot(after["a_axis"], after["c_axis"]) == pytest.approx(0, abs=1e-12)
        assert after["volume"] < before["volume"]


def test_only_filled_boundaries_get_a_film(tmp_path: Path) -> None:
    half = lpo(rule="fraction", fraction=0.5, thickness=40e-9)
    table = table_of(particle(boundary=half), tmp_path)
    filled = sum(entry["area"] for entry in table["boundaries"] if entry["state"] == "lpo")
    whole = sum(entry["area"] for entry in table["boundaries"])
    assert 0.3 < filled / whole < 0.7
    assert table["film"]["area"] == pytest.approx(filled, rel=0.02)


def test_a_case_without_filled_boundaries_has_no_film(tmp_path: Path) -> None:
    none = lpo(rule="fraction", fraction=0.0, thickness=40e-9)
    assert "film" not in table_of(particle(boundary=none), tmp_path)


def test_infusion_shows_both_thicknesses(tmp_path: Path) -> None:
    infusion = table_of(particle(boundary=lpo(infusion=20e-9)), tmp_path)["film"]["infusion"]
    assert infusion["coating_thickness"] == pytest.approx(0.02)
    assert infusion["film_volume"] == pytest.approx(infusion["coating_volume"], rel=1e-3)
    assert infusion["coating_volume"] == pytest.approx(np.pi * (2.02**2 - 2**2), rel=2e-3)


def test_a_film_that_does_not_fit_is_not_tried_with_other_seeds(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(FilmError, match=r"3000 nm does not fit .* the largest that fits is \d"):
        meshes.build(particle(boundary=lpo(thickness=3e-6)), tmp_path)
    assert caplog.records == []


def test_a_single_crystal_has_room_for_a_coating_but_not_for_a_film(tmp_path: Path) -> None:
    table = table_of(particle(1, coating={"thickness": 30e-9}), tmp_path)
    assert [region["name"] for region in table["grains"]] == ["grain_0", "coating"]
    with pytest.raises(FilmError, match="needs a boundary between two grains"):
        meshes.build(particle(1, boundary=lpo(thickness=30e-9)), tmp_path)


def test_the_report_tells_film_and_coating(tmp_path: Path) -> None:
    given = particle(boundary=lpo(infusion=20e-9), coating={"thickness": 30e-9})
    table = table_of(given, tmp_path)
    found = report(table, 4700.0)
    oxide = sum(region["volume"] for region in table["grains"] if region["material"] == "grain")
    area = sum(entry["area"] for entry in table["boundaries"])
    assert found.boundary_area_per_mass == pytest.approx(area / oxide * 1e6 / 4700.0 / 1e3)
    text = as_text(found)
    assert "of a coating of 20 nm" in text
    assert re.search(r"^coating +(30|29\.9\d) nm on 100\.0 % of the outside$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("boundary", "problem"),
    [
        ({"thickness": 40e-9}, "thickness has no meaning with state: dry"),
        ({"state": "liquid", "infusion": 40e-9}, "infusion has no meaning with state: liquid"),
        (lpo(thickness=40e-9, infusion=20e-9), "thickness or infusion, not both"),
        (lpo(thickness=0.0), "greater than or equal to"),
    ],
)
def test_senseless_films_are_refused(boundary: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        particle(boundary=boundary)


def test_the_seed_of_the_particle_places_the_pinholes_of_its_coating() -> None:
    bare, holes = grid((14, 14), squares(2, 7)), {"thickness": 30e-9, "coverage": 0.6}
    coated = [add_phases(bare, particle(seed=seed, coating=holes), []).mesh for seed in (1, 2)]
    for seed, mesh in zip((1, 2), coated, strict=True):
        assert np.array_equal(mesh.cells, add_coating(bare, 0.03, 0.6, seed).cells)
    assert not np.array_equal(coated[0].cells, coated[1].cells)
