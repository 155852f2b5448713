"""Named surfaces keep their facets through films, coatings and files."""

from dataclasses import replace
from pathlib import Path

import meshio
import numpy as np
import pytest

from meshes.arrays import Ints
from meshes.files.msh_file import write_msh
from meshes.film.coating import add_coating
from meshes.film.film import FILM, add_film
from meshes.named import NOWHERE, among, located, nodes_of
from meshes.simplices import Simplices, between_regions, facet_areas, facets
from tests.grids import columns, grid

DIMENSIONS = pytest.mark.parametrize("d", [2, 3])


def top_of(mesh: Simplices) -> Ints:
    """Outer facets at the upper end of the last axis."""
    outside = facets(mesh).take(facets(mesh).is_outside).nodes
    height = mesh.points[outside][..., -1]
    return outside[(height > mesh.points[:, -1].max() - 1e-9).all(axis=1)]


def capped(d: int) -> Simplices:
    """Columns, with a surface `top` across them and one, `sheet`, between the first two."""
    mesh = grid((3, 2, 2)[:d], columns)
    between = between_regions(mesh, facets(mesh))
    sheet = between.nodes[(mesh.region[between.cells] == [0, 1]).all(axis=1)]
    surfaces = {"top": located(mesh, top_of(mesh)), "sheet": located(mesh, sheet)}
    return replace(mesh, surfaces=surfaces)


def area(mesh: Simplices, name: str) -> float:
    return float(facet_areas(mesh.points, nodes_of(mesh, name)).sum())


@DIMENSIONS
def test_facets_are_found_by_their_points_in_any_order(d: int) -> None:
    mesh = capped(d)
    every = facets(mesh)
    turned = replace(mesh, surfaces={"all": located(mesh, every.nodes[:, ::-1])})
    assert among(nodes_of(turned, "all"), every.nodes).all()
    first = np.where(every.is_outside, every.cells[:, 0], every.cells.min(axis=1))
    assert np.array_equal(turned.surfaces["all"][:, 0], first)


@DIMENSIONS
def test_what_is_no_facet_is_nowhere(d: int) -> None:
    mesh = capped(d)
    far = np.array([[0, len(mesh.points) - 1, len(mesh.points)][:d]])
    assert (located(mesh, far) == NOWHERE).all()


@DIMENSIONS
def test_a_film_leaves_a_surface_whole_and_parts_a_sheet_from_it(d: int) -> None:
    before = capped(d)
    after = add_film(before, 0.05)
    assert among(nodes_of(after, "top"), top_of(after)).all()
    assert area(after, "top") == pytest.approx(area(before, "top"))
    own = after.region[after.surfaces["sheet"][:, 0]]
    assert set(own) == {0}
    at_film = between_regions(after, facets(after))
    film = (after.region[at_film.cells] == after.names.index(FILM)).any(axis=1)
    assert among(nodes_of(after, "sheet"), at_film.nodes[film]).all()


@DIMENSIONS
def test_a_coating_takes_a_surface_along(d: int) -> None:
    before = capped(d)
    after = add_coating(before, 0.05)
    every = facets(after)
    outside = every.take(every.is_outside).nodes
    assert among(nodes_of(after, "top"), outside).all()
    assert len(after.surfaces["top"]) == len(before.surfaces["top"])
    assert after.points[nodes_of(after, "top")][..., -1].min() > before.points[:, -1].max()
    assert np.array_equal(after.surfaces["sheet"], before.surfaces["sheet"])


@DIMENSIONS
def test_pinholes_of_a_coating_keep_their_surface(d: int) -> None:
    after = add_coating(capped(d), 0.05, coverage=0.5, seed=2)
    every = facets(after)
    assert among(nodes_of(after, "top"), every.take(every.is_outside).nodes).all()
    assert len(set(map(tuple, after.surfaces["top"].tolist()))) == len(capped(d).surfaces["top"])


@DIMENSIONS
def test_each_facet_is_in_one_group_and_a_surface_has_several(d: int, tmp_path: Path) -> None:
    mesh = capped(d)
    groups = write_msh(tmp_path / "a.msh", mesh)
    assert groups == {"outer": [2, 5], "pore": [3], "top": [5], "sheet": [4]}
    read = meshio.read(tmp_path / "a.msh")
    kind = {2: "line", 3: "triangle"}[d]
    names = {name: tag for name, (tag, of) in read.field_data.items() if of == d - 1}
    assert names == {"boundary": 1, "outer": 2, "outer+top": 5, "sheet": 4}
    tags = read.cell_data_dict["gmsh:physical"][kind]
    nodes = np.sort(read.cells_dict[kind], axis=1)
    assert len(np.unique(nodes, axis=0)) == len(nodes)
    every = facets(mesh)
    outside = every.take(every.is_outside).nodes
    for name, wanted in (("outer", outside), ("top", top_of(mesh))):
        assert np.isin(tags, groups[name]).sum() == len(wanted)
