"""A user's own mesh becomes a particle, or is refused for what is wrong with it."""

from pathlib import Path
from typing import Any

import meshio
import numpy as np
import pytest

from meshes.errors import MeshError
from meshes.files.imported import read_mesh
from meshes.simplices import between_regions, facets, volumes
from tests.grids import columns, grid

SAMPLES = Path(__file__).parents[2] / "cases/meshes"
KIND = {2: "triangle", 3: "tetra"}


def write(
    path: Path,
    names: dict[str, int],
    cells: np.ndarray,
    points: np.ndarray,
    tags: np.ndarray,
    more: tuple[tuple[str, np.ndarray, int], ...] = (),
    kind: str | None = None,
) -> Path:
    """A mesh in Gmsh's format 2.2: cells with tags, and further blocks (kind, elements, tag)."""
    d = cells.shape[1] - 1
    blocks: list[Any] = [(kind or KIND[d], cells)] + [(k, e) for k, e, _ in more]
    groups = [tags, *(np.full(len(e), tag) for _, e, tag in more)]
    padded = np.column_stack([points, np.zeros((len(points), 3 - points.shape[1]))])
    mesh = meshio.Mesh(
        padded,
        blocks,
        cell_data={"gmsh:physical": groups, "gmsh:geometrical": groups},
        field_data={
            name: np.array([tag, d - (name in ("outer", "boundary"))])
            for name, tag in names.items()
        },
    )
    meshio.gmsh.write(path, mesh, fmt_version="2.2", binary=False)
    return path


def rows(tmp_path: Path, d: int = 2, called: tuple[str, ...] = (), **changes: Any) -> Path:
    """Three columns of unit squares or cubes, with the names grain_1.. unless others are given."""
    mesh = grid((3, 2, 2)[:d], columns)
    given = {
        "names": {
            name: k + 1 for k, name in enumerate(called or ("grain_1", "grain_2", "grain_3"))
        },
        "cells": mesh.cells,
        "points": mesh.points,
        "tags": mesh.region + 1,
    }
    return write(tmp_path / "mesh.msh", **(given | changes))


@pytest.mark.parametrize("d", [2, 3])
def test_grains_come_in_the_order_of_their_numbers_about_the_centre(tmp_path: Path, d: int) -> None:
    mesh = read_mesh(rows(tmp_path, d, ("grain_12", "grain_3", "grain_7")), 2.0)
    assert mesh.names == ("grain_3", "grain_7", "grain_12")
    middle = mesh.points[mesh.cells].mean(axis=1)
    assert [middle[mesh.region == k, 0].mean() for k in range(3)] == pytest.approx([0, 2, -2])
    assert volumes(mesh).sum() == pytest.approx(12.0 * 2**d if d == 3 else 24.0)


def test_cells_turned_over_are_turned_back(tmp_path: Path) -> None:
    cells = grid((3, 2), columns).cells
    cells[::2] = cells[::2, [1, 0, 2]]
    mesh = read_mesh(rows(tmp_path, cells=cells), 1.0)
    assert volumes(mesh).min() > 0


def test_a_coating_comes_after_the_grains(tmp_path: Path) -> None:
    mesh = read_mesh(rows(tmp_path, 2, ("coating", "grain_0", "film")), 1.0)
    assert mesh.names == ("grain_0", "film", "coating")


def test_gmsh_writes_such_meshes() -> None:
    mesh = read_mesh(SAMPLES / "disc.msh", 1.0)
    assert mesh.names == tuple(f"grain_{k}" for k in range(7))
    assert volumes(mesh).sum() == pytest.approx(4 * np.pi, rel=0.01)
    assert len(np.unique(mesh.region[between_regions(mesh, facets(mesh)).cells], axis=0)) == 12


def test_the_names_that_neper_gives_are_grains_too() -> None:
    mesh = read_mesh(SAMPLES / "block.msh", 1e-3)
    assert mesh.names == tuple(f"grain_{k}" for k in range(1, 9))
    assert volumes(mesh).sum() == pytest.approx(8.0)


def test_names_of_facets_must_be_true(tmp_path: Path) -> None:
    names = {"grain_1": 1, "grain_2": 2, "grain_3": 3, "outer": 4}
    edge = np.array([[0, 1]])  # points (0, 0) and (0, 1): on the outside
    assert read_mesh(rows(tmp_path, names=names, more=(("line", edge, 4),)), 1.0)
    inner = np.array([[3, 4]])  # points (1, 0) and (1, 1): between two grains
    with pytest.raises(MeshError, match="1 facets of the group 'outer' do not belong there"):
        read_mesh(rows(tmp_path, names=names, more=(("line", inner, 4),)), 1.0)


def broken(case: str) -> dict[str, Any]:
    """What to change for one of the faults below."""
    mesh = grid((3, 2), columns)
    named = {"grain_1": 1, "grain_2": 2, "grain_3": 3}
    match case:
        case "no grains":
            return {"names": {"red": 1, "green": 2, "blue": 3}}
        case "no names":
            return {"names": {}}
        case "strange":
            return {"names": named | {"grain_3": 2, "salt": 3}}
        case "untagged":
            return {"tags": np.where(mesh.region == 2, 9, 1)}
        case "three at a facet":
            return {
                "cells": np.vstack([mesh.cells, mesh.cells[:1]]),
                "tags": np.append(mesh.region + 1, 1),
            }
        case "apart":
            cells = mesh.cells + np.where(mesh.region == 0, len(mesh.points), 0)[:, None]
            return {"cells": cells, "points": np.tile(mesh.points, (2, 1))}
        case "flat":
            return {"points": mesh.points * [1, 0]}
        case "bent":
            return {"points": np.column_stack([mesh.points, mesh.points[:, 0] ** 2])}
        case "quads":
            return {"cells": np.array([[0, 3, 4, 1]]), "tags": np.array([1]), "kind": "quad"}
    raise ValueError(case)


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("no grains", "no group is named grain_0, grain_1, ..., got blue, green, red"),
        ("no names", r"no group is named grain_0, grain_1, \.\.\.$"),
        ("strange", "cells may be grains, film or coating, got salt"),
        ("untagged", "4 cells belong to no named group"),
        ("three at a facet", "shared by more than two cells"),
        ("apart", "falls into 2 parts that share no facet"),
        ("flat", "cells are flat or turned over"),
        ("bent", "must lie in the plane"),
        ("quads", "straight triangles or tetrahedra, got quad"),
    ],
)
def test_a_mesh_that_cannot_be_a_particle_is_refused(
    tmp_path: Path, case: str, message: str
) -> None:
    with pytest.raises(MeshError, match=message):
        read_mesh(rows(tmp_path, **broken(case)), 1.0)


@pytest.mark.parametrize("content", [None, "", "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$Nodes\n1\n"])
def test_what_is_no_mesh_is_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "a.msh"
    if content is not None:
        path.write_text(content)
    with pytest.raises(MeshError, match=r"No such file|cannot be read|straight triangles"):
        read_mesh(path, 1.0)


def test_other_names_of_facets_are_surfaces_and_must_have_cells(tmp_path: Path) -> None:
    mesh = grid((3, 2), columns)
    every = facets(mesh)
    outside = every.nodes[every.is_outside]
    called = {"grain_1": 1, "grain_2": 2, "grain_3": 3, "outer": 40}
    path = rows(tmp_path, names=called, more=(("line", outside, 40),))
    assert read_mesh(path, 1.0).surfaces == {}
    text = path.read_text().replace('"outer"', '"clamped"')
    path.write_text(text)
    assert len(read_mesh(path, 1.0).surfaces["clamped"]) == len(outside)
    across = np.array([[0, len(mesh.points) - 1]])
    path = rows(tmp_path, names=called, more=(("line", across, 40),))
    path.write_text(path.read_text().replace('"outer"', '"clamped"'))
    with pytest.raises(MeshError, match="1 facets of the group 'clamped' have no cell"):
        read_mesh(path, 1.0)


def test_facets_named_pore_must_lie_at_a_cavity(tmp_path: Path) -> None:
    outside = facets(grid((3, 2), columns))
    nodes = outside.nodes[outside.is_outside]
    called = {"grain_1": 1, "grain_2": 2, "grain_3": 3, "outer": 40}
    path = rows(tmp_path, names=called, more=(("line", nodes, 40),))
    path.write_text(path.read_text().replace('"outer"', '"pore"'))
    with pytest.raises(MeshError, match=f"{len(nodes)} facets of the group 'pore' do not belong"):
        read_mesh(path, 1.0)
