"""The sample images and meshes become particles, and run."""

import json
from pathlib import Path

import numpy as np
import pytest

import meshes
from meshes.build import key_of
from meshes.image.cleaning import regions
from meshes.image.labels import labels_of
from solver.case import Case, CaseError
from tests.particles import CASES, meshed, model_of, ran

FOLDER = CASES / "meshes"
SAMPLES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
COARSE = ["numerics.time_step.fixed=10 s", "protocol.0.charge.until={time: 20 s}"]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_meshed_as_estimated(name: str, tmp_path: Path) -> None:
    particle = Case.load(FOLDER / f"{name}.yaml").particle
    table = json.loads(meshes.build(particle, tmp_path).table.read_text())
    quality, expected = table["quality"], meshes.estimate(particle)
    assert table.get("overlap", 1.0) >= 0.97
    assert len(table["grains"]) == expected.grains
    assert table["radius"] == pytest.approx(expected.radius, rel=0.01)
    assert quality["cells"] == pytest.approx(expected.cells, rel=0.1)
    assert quality["nodes"] == pytest.approx(expected.points, rel=0.1)
    assert quality["boundary_facets"] == pytest.approx(expected.boundary_facets, rel=0.2)
    assert quality["boundary_area"] == pytest.approx(expected.boundary_area, rel=0.2)
    volume = sum(grain["volume"] for grain in table["grains"])
    centre = sum(np.array(g["centroid"]) * g["volume"] for g in table["grains"]) / volume
    assert centre == pytest.approx(np.zeros(table["dimension"]), abs=1e-9)


@pytest.mark.parametrize("name", ["section", "disc", "block"])
def test_a_sample_runs(name: str) -> None:
    coarser = ["particle.mesh.size=0.3 um"] if name == "section" else []
    case = Case.load(FOLDER / f"{name}.yaml", [*COARSE, *coarser])
    _, recorder, outcome = ran(model_of(case, meshed(case)))
    assert outcome.status == "finished", outcome.reason
    assert recorder.column("Mean Occupancy / 1")[-1] < 0.95


def test_a_mesh_is_known_by_what_its_file_says_not_by_its_place(tmp_path: Path) -> None:
    image = np.load(FOLDER / "section.npy")
    keys = []
    for folder, labels in (("a", image), ("b", image), ("c", image[::-1])):
        (tmp_path / folder).mkdir()
        np.save(tmp_path / folder / "section.npy", labels)
        (tmp_path / folder / "case.yaml").write_text((FOLDER / "section.yaml").read_text())
        keys.append(key_of(Case.load(tmp_path / folder / "case.yaml").particle))
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("particle.path=nowhere.npy", "nowhere.npy: No such file"),
        ("particle.voxel=1 um", "is finer than the image"),
        ("particle.radius=3 um", "unknown key 'particle.radius'"),
        ("particle.mesh.boundary_size=1 um", "unknown key 'particle.mesh.boundary_size'"),
        ("particle.shape=file", "unknown key 'particle.voxel'"),
        ("particle.clean={smallest: 0}", "particle.clean.smallest: should be greater"),
        ("particle.outside='#ff'", r"particle.outside: .* got '#ff'"),
    ],
)
def test_keys_that_do_not_suit_an_image_are_refused(override: str, message: str) -> None:
    with pytest.raises(Exception, match=message):
        Case.load(FOLDER / "section.yaml", [override])


def test_a_particle_from_a_file_must_tell_its_shape(tmp_path: Path) -> None:
    for name, shape in (("section", "image"), ("disc", "file")):
        text = (FOLDER / f"{name}.yaml").read_text().replace(f"shape: {shape}\n", "seed: 1\n")
        (tmp_path / "case.yaml").write_text(text)
        with pytest.raises(CaseError, match=f"'shape' is missing: 'shape: {shape}' for"):
            Case.load(tmp_path / "case.yaml")


def test_a_map_is_cleaned_as_its_case_says() -> None:
    case = Case.load(FOLDER / "map.yaml")
    labels = labels_of(case.particle)
    found, sizes = np.unique(regions(labels), return_counts=True)
    assert len(found) == 15  # grains, and the outside
    assert sizes.min() >= 15
    with pytest.raises(meshes.MeshError, match="1048 regions, 961 of them smaller than 4 pixels"):
        meshes.estimate(case.particle.model_copy(update={"clean": None}))


@pytest.mark.parametrize("override", ["particle.outside=255", "particle.clean.unindexed='#ffffff'"])
def test_an_outside_that_no_pixel_has_is_refused(override: str) -> None:
    case = Case.load(FOLDER / "map.yaml", [override])  # else the frame would be a grain
    with pytest.raises(meshes.MeshError, match=r"no pixel has the label \d+ \(particle.outside\)"):
        labels_of(case.particle)


@pytest.mark.parametrize("overrides", [["particle.voxel=0.025 nm"], ["particle.mesh.size=120 um"]])
def test_edges_larger_than_the_particle_are_refused(overrides: list[str]) -> None:
    particle = Case.load(FOLDER / "section.yaml", overrides).particle
    with pytest.raises(meshes.MeshError, match=r"mesh\.size .* is too large for the image"):
        meshes.estimate(particle)


def test_too_large_a_mesh_is_refused_before_it_is_begun(tmp_path: Path) -> None:
    particle = Case.load(FOLDER / "section.yaml").particle
    fine = particle.model_copy(update={"mesh": particle.mesh.model_copy(update={"size": 1e-9})})
    with pytest.raises(meshes.MeshError, match="more than 20 million"):
        meshes.build(fine, tmp_path)


def test_a_table_of_another_length_than_the_grains_is_refused(tmp_path: Path) -> None:
    case = Case.load(
        FOLDER / "disc.yaml", ["particle.orientation={texture: table, table: [[0, 0, 1]]}"]
    )
    with pytest.raises(meshes.MeshError, match="1 axes for 7 grains"):
        meshes.build(case.particle, tmp_path)
