"""Mesh files in the layout of Neper: orientations by its conventions, sets of facets."""

import json
import logging
from pathlib import Path

import meshio
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import meshes
from meshes.errors import MeshError
from meshes.files.imported import read_mesh
from meshes.files.neper import file_axes, turned
from meshes.named import nodes_of
from meshes.simplices import facet_areas, volumes
from solver.case import Case, CaseError
from tests.particles import CASES

CASE, FILE = CASES / "meshes/neper.yaml", CASES / "meshes/neper.msh"
ROTATION = [1, 0, 0, 0, 0.866025404, 0.5, 0, -0.5, 0.866025404]
# What Neper's documentation gives for crystals turned by 30 degrees about X.
TURNED_ABOUT_X = {
    "rodrigues": [0.267949192, 0, 0],
    "euler-bunge": [0, 30, 0],
    "euler-kocks": [270, 30, 90],
    "euler-roe": [270, 30, 90],
    "rotmat": ROTATION,
    "axis-angle": [1, 0, 0, 30],
    "quaternion": [0.965925826, 0.258819045, 0, 0],
}


@pytest.mark.parametrize("kind", TURNED_ABOUT_X)
def test_a_turn_that_neper_documents_lays_the_axes_there(kind: str) -> None:
    (axes,) = turned(kind, np.array([TURNED_ABOUT_X[kind]], float))
    assert axes == pytest.approx(np.array([[1, 0, 0], [0, 3**0.5 / 2, -0.5], [0, 0.5, 3**0.5 / 2]]))


def test_angles_of_one_crystal_agree_however_they_are_given() -> None:
    bunge = np.array([40.0, 65.0, -110.0])
    wanted = Rotation.from_euler("ZXZ", bunge, degrees=True)
    x, y, z, w = wanted.as_quat()
    given = {
        "euler-bunge": bunge,
        "euler-kocks": [bunge[0] - 90, bunge[1], 90 - bunge[2]],
        "euler-roe": [bunge[0] - 90, bunge[1], bunge[2] + 90],
        "rodrigues": np.array([x, y, z]) / w,
        "quaternion": [w, x, y, z],
        "rotmat": wanted.as_matrix().T.ravel(),
        "axis-angle": [*(wanted.as_rotvec() / wanted.magnitude()), np.degrees(wanted.magnitude())],
    }
    assert set(given) == set(TURNED_ABOUT_X)
    for kind, values in given.items():
        assert turned(kind, np.array([values]))[0] == pytest.approx(wanted.as_matrix()), kind


def test_active_and_passive_changed_places_with_version_2_3() -> None:
    values = np.array([[0.1, 0.5, -0.3]])
    ahead = turned("rodrigues", values)[0]
    assert turned("rodrigues:passive", values, (2, 3))[0] == pytest.approx(ahead)
    assert turned("rodrigues:active", values, (2, 3))[0] == pytest.approx(ahead.T)
    assert turned("rodrigues:active", values, (2, 2, 3))[0] == pytest.approx(ahead)
    assert turned("rodrigues:passive", values, (2, 2, 3))[0] == pytest.approx(ahead.T)


def changed(folder: Path, *changes: tuple[str, str]) -> Path:
    """The sample with some of its text replaced."""
    text = FILE.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "neper.msh").write_text(text)
    return folder / "neper.msh"


def test_the_axes_of_the_sample_are_those_that_its_file_gives(tmp_path: Path) -> None:
    table = json.loads(meshes.build(Case.load(CASE).particle, tmp_path).table.read_text())
    wanted = Rotation.random(12, np.random.default_rng(9)).as_matrix()
    for k, grain in enumerate(table["grains"]):
        assert grain["name"] == f"grain_{k + 1}"
        assert grain["c_axis"] == pytest.approx(wanted[k, :, 2], abs=1e-6)
        assert grain["a_axis"] == pytest.approx(wanted[k, :, 0], abs=1e-6)


def test_axes_belong_to_numbers_and_not_to_places() -> None:
    names = [f"grain_{k}" for k in range(1, 13)]
    axes, chosen = file_axes(FILE, names), file_axes(FILE, ["grain_7", "grain_2"])
    for every, two in zip(axes, chosen, strict=True):
        assert two == pytest.approx(every[[6, 1]])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("ElsetOrientations", "Else")], r"no \$ElsetOrientations .* with texture: table"),
        ([("12 rodrigues:passive", "12 euler:passive")], "orientations are rodrigues, .*'euler:p"),
        ([("12 rodrigues:passive", "12 quaternion")], "quaternion has 4 finite numbers"),
        ([("12 rodrigues:passive", "12")], "begins with their number and kind, got '12'"),
        ([('3 12 "poly12"', '3 12 "poly13"')], "none for 1 grains, the first is grain_13"),
    ],
)
def test_orientations_that_cannot_be_used_are_told(
    tmp_path: Path, changes: list[tuple[str, str]], message: str
) -> None:
    path = changed(tmp_path, *changes)
    particle = Case.load(CASE).particle.model_copy(update={"path": str(path)})
    with pytest.raises(MeshError, match=message):
        meshes.build(particle, tmp_path / "cache")


def test_only_a_mesh_file_can_give_the_axes() -> None:
    with pytest.raises(CaseError, match="texture: file is for a mesh of one's own"):
        Case.load(CASES / "quickstart.yaml", ["particle.orientation={texture: file}"])


def test_orientations_that_are_not_taken_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    particle = Case.load(CASE, ["particle.orientation={texture: random}"]).particle
    with caplog.at_level(logging.WARNING):
        meshes.build(particle, tmp_path)
    assert "gives orientations, taken with orientation: {texture: file} alone" in caplog.text


def test_sets_of_facets_are_surfaces_and_the_faces_of_grains_are_not() -> None:
    mesh = read_mesh(FILE, 2.0)
    assert set(mesh.surfaces) == {"x0", "x1", "y0", "y1", "z0", "z1"}
    for name in mesh.surfaces:
        assert facet_areas(mesh.points, nodes_of(mesh, name)).sum() == pytest.approx(4.0)
    top = mesh.points[nodes_of(mesh, "z1")]
    assert top[..., 2] == pytest.approx(1.0, abs=1e-6)  # about the centre of mass


def second_order(path: Path, bulge: float) -> Path:
    """The sample with a node in the middle of every edge, or off it."""
    linear = meshio.gmsh.read(FILE)
    blocks = [(b, t) for b, t in zip(linear.cells, linear.cell_data["gmsh:physical"], strict=True)]
    cells = np.vstack([b.data for b, _ in blocks if b.type == "tetra"])
    tags = np.concatenate([t for b, t in blocks if b.type == "tetra"])
    ends = cells[:, [[0, 1], [1, 2], [2, 0], [0, 3], [1, 3], [2, 3]]]
    edges, number = np.unique(np.sort(ends, axis=2).reshape(-1, 2), axis=0, return_inverse=True)
    middles = linear.points[edges].mean(axis=1) + bulge * np.eye(3)[0]
    quadratic = np.column_stack([cells, len(linear.points) + number.reshape(-1, 6)])
    mesh = meshio.Mesh(
        np.vstack([linear.points, middles]),
        [("tetra10", quadratic)],
        cell_data={"gmsh:physical": [tags], "gmsh:geometrical": [tags]},
        field_data={n: own for n, own in linear.field_data.items() if own[1] == 3},
    )
    meshio.gmsh.write(path, mesh, fmt_version="2.2", binary=False)
    return path


def test_straight_elements_of_second_order_are_taken_by_their_corners(tmp_path: Path) -> None:
    given, straight = read_mesh(FILE, 1.0), read_mesh(second_order(tmp_path / "m.msh", 0.0), 1.0)
    assert straight.names == given.names
    assert len(straight.points) == len(given.points)
    assert np.sort(volumes(straight)) == pytest.approx(np.sort(volumes(given)))


def test_curved_elements_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MeshError, match="2560 elements of second order are curved"):
        read_mesh(second_order(tmp_path / "m.msh", 0.02), 1.0)
