import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import meshio
import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

import meshes
from meshes.build import key_of
from meshes.errors import MeshError
from meshes.gmsh import process
from meshes.tessellation.complexes import polygon_area
from solver.case import ParticleCase


def particle(count: int = 12, **changes: Any) -> ParticleCase:
    described = {
        "radius": 2e-6,
        "seed": 3,
        "grains": {"count": count},
        "mesh": {"size": 0.3e-6, "boundary_size": 0.15e-6},
    }
    return ParticleCase.model_validate(described | {"shape": "disc"} | changes)


class Read:
    """A mesh as meshio reads it: points, cells with grain tags, facets by name."""

    def __init__(self, path: Path) -> None:
        mesh = meshio.read(path)
        self.names = {name: tuple(value) for name, value in mesh.field_data.items()}
        self.points = mesh.points
        self.cells, self.tags = self._blocks(mesh, "triangle")
        self.lines, self.line_tags = self._blocks(mesh, "line")

    @staticmethod
    def _blocks(mesh: meshio.Mesh, kind: str) -> tuple[np.ndarray, np.ndarray]:
        tags = mesh.cell_data["gmsh:physical"]
        both = [(b.data, t) for b, t in zip(mesh.cells, tags, strict=True) if b.type == kind]
        return np.vstack([b for b, _ in both]), np.concatenate([t for _, t in both])

    def facets(self, name: str) -> set[tuple[int, int]]:
        chosen = self.lines[self.line_tags == self.names[name][0]]
        return {(min(a, b), max(a, b)) for a, b in chosen.tolist()}

    def sides(self) -> dict[tuple[int, int], list[int]]:
        """Numbers of the cells at every edge."""
        found: dict[tuple[int, int], list[int]] = {}
        for cell, (a, b, c) in enumerate(self.cells.tolist()):
            for edge in ((a, b), (b, c), (a, c)):
                found.setdefault((min(edge), max(edge)), []).append(cell)
        return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> meshes.MeshFile:
    return meshes.build(particle(), tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def read(built: meshes.MeshFile) -> Read:
    return Read(built.mesh)


@pytest.fixture(scope="module")
def table(built: meshes.MeshFile) -> dict[str, Any]:
    return json.loads(built.table.read_text())


def test_physical_groups_are_named_and_numbered_as_promised(read: Read) -> None:
    grains = {f"grain_{grain}": (grain + 1, 2) for grain in range(12)}
    assert read.names == grains | {"boundary": (1, 1), "outer": (2, 1)}


def test_every_cell_belongs_to_a_grain_and_every_grain_has_cells(read: Read) -> None:
    assert set(read.tags) == set(range(1, 13))


def test_every_boundary_is_in_the_table_with_its_state_and_area(
    read: Read, table: dict[str, Any]
) -> None:
    area = sum(entry["area"] for entry in table["boundaries"])
    ends = read.points[np.array(sorted(read.facets("boundary")))]
    assert area == pytest.approx(np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1).sum())
    assert {entry["state"] for entry in table["boundaries"]} == {"dry"}


def test_boundary_holds_exactly_the_facets_between_two_grains(read: Read) -> None:
    between = {
        edge
        for edge, cells in read.sides().items()
        if len(cells) == 2 and read.tags[cells[0]] != read.tags[cells[1]]
    }
    assert read.facets("boundary") == between


def test_outer_holds_exactly_the_facets_with_one_cell(read: Read) -> None:
    single = {edge for edge, cells in read.sides().items() if len(cells) == 1}
    assert read.facets("outer") == single


def test_nodes_of_the_outside_lie_on_the_circle(read: Read) -> None:
    nodes = sorted({node for facet in read.facets("outer") for node in facet})
    assert np.linalg.norm(read.points[nodes], axis=1) == pytest.approx(2.0, rel=1e-9)


def test_no_node_is_without_a_cell(read: Read) -> None:
    assert np.array_equal(np.unique(read.cells), np.arange(len(read.points)))


def test_every_grain_is_connected(read: Read) -> None:
    joined = [
        cells
        for cells in read.sides().values()
        if len(cells) == 2 and read.tags[cells[0]] == read.tags[cells[1]]
    ]
    first, second = np.array(joined).T
    graph = coo_array((np.ones(len(first)), (first, second)), shape=(len(read.cells),) * 2)
    assert connected_components(graph, directed=False)[0] == 12


def test_table_agrees_with_the_mesh_file(read: Read, table: dict[str, Any]) -> None:
    a, b, c = (read.points[read.cells[:, k], :2] for k in range(3))
    area = 0.5 * ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])
    volumes = [grain["volume"] for grain in table["grains"]]
    assert (area > 0).all()
    assert volumes == pytest.approx(np.bincount(read.tags - 1, area))
    assert [grain["name"] for grain in table["grains"]] == [f"grain_{k}" for k in range(12)]
    assert (table["unit"], table["dimension"], table["radius"]) == ("um", 2, 2.0)


def test_mesh_is_of_good_quality(table: dict[str, Any]) -> None:
    quality = table["quality"]
    assert quality["sicn_min"] >= 0.4
    assert quality["shortest_edge"] >= 0.3 * 0.15
    assert 0 < quality["volume_deficit"] <= 0.4 * (0.15 / 2) ** 2


def test_second_call_takes_the_mesh_from_the_cache(built: meshes.MeshFile) -> None:
    again = meshes.build(particle(), built.mesh.parents[1])
    assert again == built._replace(cached=True)


def test_same_input_gives_the_same_bytes(built: meshes.MeshFile, tmp_path: Path) -> None:
    again = meshes.build(particle(), tmp_path)
    assert again.mesh.read_bytes() == built.mesh.read_bytes()
    assert again.table.read_bytes() == built.table.read_bytes()


def test_a_damaged_cache_entry_is_built_anew(built: meshes.MeshFile, tmp_path: Path) -> None:
    whole = built.mesh.read_bytes()
    entry = tmp_path / built.key
    entry.mkdir()
    (entry / "particle.json").write_bytes(built.table.read_bytes())
    (entry / "particle.msh").write_bytes(whole[: len(whole) // 2])
    mended = meshes.build(particle(), tmp_path)
    assert not mended.cached
    assert mended.mesh.read_bytes() == whole


def test_nothing_is_left_aside_in_the_cache(built: meshes.MeshFile) -> None:
    cache = built.mesh.parents[1]
    assert [path.name for path in cache.iterdir()] == [built.key]
    assert sorted(p.name for p in (cache / built.key).iterdir()) == [
        "particle.json",
        "particle.msh",
    ]


def test_two_at_once_share_one_entry(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: meshes.build(particle(2), tmp_path), range(2))
    assert first.mesh == second.mesh
    assert [path.name for path in tmp_path.iterdir()] == [first.key]
    assert meshes.build(particle(2), tmp_path).cached


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_few_grains_can_be_meshed(count: int, tmp_path: Path) -> None:
    found = Read(meshes.build(particle(count), tmp_path).mesh)
    assert set(found.tags) == set(range(1, count + 1))
    assert ("boundary" in found.names) == (count > 1)


def test_key_follows_every_part_of_the_description_but_not_its_units() -> None:
    def key(**changes: Any) -> str:
        return key_of(particle(**changes))

    assert key() == key(radius="2 um")
    others = [
        key(seed=4),
        key(radius=2.1e-6),
        key(count=13),
        key(grains={"count": 12, "relaxation": 2}),
        key(mesh={"size": 0.3e-6, "boundary_size": 0.14e-6}),
        key(boundary={"state": "lpo"}),
        key(orientation={"texture": "uniform", "axis": [0, 0, 1]}),
        key(orientation={"texture": "uniform", "axis": [1, 0, 0]}),
    ]
    assert len({key(), *others}) == 9


def test_a_mesh_beyond_all_bounds_is_refused_with_its_estimate(tmp_path: Path) -> None:
    huge = particle(mesh={"size": 1e-9, "boundary_size": 1e-9})
    with pytest.raises(MeshError, match=r"26\.6 million cells, more than 20 million"):
        meshes.build(huge, tmp_path)


def test_uniform_texture_reaches_the_table(tmp_path: Path) -> None:
    uniform = {"texture": "uniform", "axis": [0, 3, 4], "a_axis": [-2, 0, 0]}
    described = particle(2, orientation=uniform)
    table = json.loads(meshes.build(described, tmp_path).table.read_text())
    assert [grain["c_axis"] for grain in table["grains"]] == [[0, 0.6, 0.8]] * 2
    assert [grain["a_axis"] for grain in table["grains"]] == [[-1, 0, 0]] * 2


def test_polygons_can_be_had_without_a_mesh(table: dict[str, Any]) -> None:
    outlines = meshes.polygons(meshes.complex_of(particle()))
    areas = [polygon_area(outline) for outline in outlines]
    # The mesh has longer chords along the circle than the polygons: half a percent of a grain.
    assert areas == pytest.approx([grain["volume"] for grain in table["grains"]], rel=0.01)


def fail_at_first(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let Gmsh hang `times` times by running a sleeper in its place with a short limit."""
    real, calls = process.run_limited, iter(range(1000))
    sleeper = [process.sys.executable, "-c", "import time; time.sleep(60)"]

    def run(command: list[str], limit: float) -> None:
        hang = next(calls) < times
        real(sleeper if hang else command, 0.1 if hang else limit)

    monkeypatch.setattr(process, "run_limited", run)


def test_a_hanging_gmsh_is_killed_and_told_and_a_finer_mesh_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fail_at_first(monkeypatch, 1)
    with caplog.at_level(logging.WARNING):
        built = meshes.build(particle(3), tmp_path)
    assert ["killed after 0.1 s" in reason for reason in built.retries] == [True]
    assert "killed after 0.1 s" in caplog.text
    assert json.loads(built.table.read_text())["retries"] == list(built.retries)
    assert meshes.build(particle(3), tmp_path).retries == built.retries
    plain = meshes.build(particle(3), tmp_path / "other")
    assert plain.mesh.read_bytes() != built.mesh.read_bytes()


def test_after_five_retries_all_reasons_are_told_and_nothing_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fail_at_first(monkeypatch, 100)
    with pytest.raises(MeshError, match="after 6 attempts") as caught:
        meshes.build(particle(3), tmp_path)
    assert str(caught.value).count("killed") == 6
    assert list(tmp_path.iterdir()) == []
