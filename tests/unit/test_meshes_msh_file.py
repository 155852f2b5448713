from pathlib import Path

import gmsh
import meshio
import numpy as np
import pytest

from meshes.files.msh_file import write_msh
from meshes.simplices import Simplices, between_regions, facets, outer_and_pore
from tests.unit.mesh_example import cube

DIMENSIONS = pytest.mark.parametrize("d", [2, 3])
CELL, FACET = {2: "triangle", 3: "tetra"}, {2: "line", 3: "triangle"}


def hollow(d: int) -> Simplices:
    """Two regions around a cavity."""
    mesh = cube(d, 7)
    kept = np.abs(mesh.points[mesh.cells].mean(axis=1) - 0.5).max(axis=1) > 0.2
    used, numbers = np.unique(mesh.cells[kept], return_inverse=True)
    return Simplices(
        mesh.points[used], numbers.reshape(-1, d + 1), mesh.region[kept], ("grain_0", "film")
    )


def rows(nodes: np.ndarray) -> list[list[int]]:
    return sorted(sorted(row) for row in nodes.tolist())


@DIMENSIONS
def test_what_meshio_reads_is_what_was_written(d: int, tmp_path: Path) -> None:
    mesh = hollow(d)
    write_msh(tmp_path / "a.msh", mesh)
    read = meshio.read(tmp_path / "a.msh")
    blocks = list(zip(read.cells, read.cell_data["gmsh:physical"], strict=True))
    assert {name: tuple(value) for name, value in read.field_data.items()} == {
        "grain_0": (1, d),
        "film": (2, d),
        "boundary": (1, d - 1),
        "outer": (2, d - 1),
        "pore": (3, d - 1),
    }
    for region in (0, 1):
        own = [b.data for b, tags in blocks if b.type == CELL[d] and (tags == region + 1).all()]
        corners = read.points[np.vstack(own)][..., :d]
        assert np.array_equal(corners, mesh.points[mesh.cells[mesh.region == region]])


@DIMENSIONS
def test_gmsh_finds_boundary_outside_and_pore(d: int, tmp_path: Path) -> None:
    mesh = hollow(d)
    write_msh(tmp_path / "a.msh", mesh)
    gmsh.initialize(interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.open(str(tmp_path / "a.msh"))
        points = gmsh.model.mesh.getNodes()[1].reshape(-1, 3)
        found = [gmsh.model.mesh.getElements(d - 1, tag)[2][0] for tag in (1, 2, 3)]
        volume = [gmsh.model.mesh.getElements(d, tag)[2][0] for tag in (1, 2)]
    finally:
        gmsh.finalize()
    every = facets(mesh)
    wanted = [between_regions(mesh, every), *outer_and_pore(mesh, every)]
    assert len(points) == len(mesh.points)
    for got, expected in zip(found, wanted, strict=True):
        assert rows(got.reshape(-1, d).astype(int) - 1) == rows(expected.nodes)
    assert sum(map(len, volume)) == (d + 1) * len(mesh.cells)


def test_a_group_without_facets_is_left_out(tmp_path: Path) -> None:
    mesh = cube(2)
    single = Simplices(mesh.points, mesh.cells, np.zeros_like(mesh.region), ("grain_0",))
    write_msh(tmp_path / "a.msh", single)
    assert set(meshio.read(tmp_path / "a.msh").field_data) == {"grain_0", "outer"}


def test_equal_meshes_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.msh", "b.msh"):
        write_msh(tmp_path / name, cube(3))
    assert (tmp_path / "a.msh").read_bytes() == (tmp_path / "b.msh").read_bytes()
