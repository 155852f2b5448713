"""A mesh file read in slabs and shared out: all of it arrives, and work is even."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI

from meshes.files.msh_file import PhysicalGroup, write_groups, write_msh
from solver.model.spaces import make_spaces
from solver.particle import partition
from solver.particle.distribution import MeshFileError
from solver.particle.mesh import read_particle
from solver.particle.msh_slabs import ends_of, read_contents, read_elements, read_nodes
from tests.grids import columns, grid
from tests.ranks import on_ranks

HERE = "tests.unit.test_partition"


def written(folder, body):
    """Write a mesh of regions and the table beside it."""
    path = Path(folder, "particle.msh")
    surfaces = write_msh(path, body)
    grains = [{"name": name, "c_axis": [0.0, 0.0, 1.0]} for name in body.names]
    table = {"dimension": body.dimension, "grains": grains, "surfaces": surfaces}
    path.with_suffix(".json").write_text(json.dumps(table))
    return path


def lopsided(middles):
    """One grain on the left, one for every two cubes in each direction on the right."""
    x, y, z = np.floor(middles / 2).astype(np.int64).T
    return np.where(x < 3, 0, 1 + (x - 3) + 3 * (y + 3 * z))


def test_slabs_of_any_size_hold_together_what_was_written(tmp_path):
    body = grid((3, 3, 3), columns)
    contents = read_contents(written(tmp_path, body))
    path, cells = tmp_path / "particle.msh", contents.of(3)
    assert [block.group for block in cells] == [1, 2, 3]
    order = np.argsort(body.region, kind="stable")
    for step in (1, 7, 1000):
        firsts = range(0, len(body.cells), step)
        ends = [min(first + step, len(body.cells)) for first in firsts]
        rows = [read_elements(path, cells, a, b) for a, b in zip(firsts, ends, strict=True)]
        assert np.array_equal(np.vstack(rows), body.cells[order])
        firsts = range(0, len(body.points), step)
        found = [read_nodes(path, contents.nodes, a, min(a + step, 64)) for a in firsts]
        numbers, places = (np.concatenate(part) for part in zip(*found, strict=True))
        assert np.array_equal(np.sort(numbers), np.arange(64))
        assert np.array_equal(places, body.points[numbers])


def test_the_groups_of_cells_and_facets_have_as_many_rows_as_were_written(tmp_path):
    body = grid((4, 2), columns)
    contents = read_contents(written(tmp_path, body))
    assert ends_of(contents.of(2)).tolist() == [4, 8, 12, 16]
    assert ends_of(contents.of(1, frozenset({2}))).tolist() == [12]  # the outside
    assert contents.n_nodes == len(body.points)


def shares(comm, path, weight):
    """Cells, and nodes with points, of each rank; the area of the boundaries. Collective."""
    partition.FACET_WEIGHT = weight
    particle = read_particle(Path(path), comm)
    spaces = make_spaces(particle)
    owned = particle.mesh.topology.index_map(particle.dimension).size_local
    work = spaces.scalar.dofmap.index_map.size_local + int((spaces.boundaries.weight > 0).sum())
    return {
        "cells": comm.allgather(owned),
        "work": comm.allgather(work),
        "area": spaces.boundaries.area(),
        "outer": comm.allreduce(len(particle.outer)),
    }


def uneven(counts):
    """The largest share over the mean."""
    return max(counts) * len(counts) / sum(counts)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_a_rank_with_many_boundaries_has_fewer_cells(tmp_path, n):
    body = grid((12, 6, 6), lopsided)
    path = str(written(tmp_path, body))
    alone = shares(MPI.COMM_SELF, path, partition.FACET_WEIGHT)
    weighted, plain = (
        on_ranks(n, f"{HERE}:shares", path, weight) for weight in (partition.FACET_WEIGHT, 0)
    )
    print(f"{n} ranks: work uneven by {uneven(weighted['work']):.3f}, {uneven(plain['work']):.3f}")
    for found in (weighted, plain):
        assert sum(found["cells"]) == len(body.cells)
        assert sum(found["work"]) == alone["work"][0]
        assert found["outer"] == alone["outer"]
        assert found["area"] == pytest.approx(alone["area"], rel=1e-12)
    assert uneven(weighted["work"]) < 1 + 0.7 * (uneven(plain["work"]) - 1)


def test_a_mesh_of_few_cells_is_read_on_more_ranks(tmp_path):
    path = str(written(tmp_path, grid((2, 1), columns)))
    found = on_ranks(4, f"{HERE}:shares", path, 2)
    assert sum(found["cells"]) == 4
    assert found["area"] == pytest.approx(1.0)


def failure(comm, path):
    """What reading a mesh says that cannot be read; the same on all ranks. Collective."""
    try:
        read_particle(Path(path), comm)
    except MeshFileError as error:
        return {"said": comm.allgather(str(error))}
    return {"said": []}


def spoiled(path, what):
    """Do harm to a mesh file."""
    read = path.read_bytes()
    if what == "cut":
        path.write_bytes(read[: len(read) * 3 // 4])
    elif what == "text":
        path.write_text("$MeshFormat\n2.2 0 8\n$EndMeshFormat\n")
    elif what == "gaps":
        place = read.index(b"$Nodes\n") + len(b"$Nodes\n") + 24
        path.write_bytes(read[:place] + struct.pack("<Q", 10**6) + read[place + 8 :])
    else:
        path.unlink()


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("cut", "ends"),
        ("text", "no Gmsh file of format 4.1, binary"),
        ("gaps", "not numbered from 1 on"),
        ("gone", "no such file"),
    ],
)
def test_every_rank_says_why_a_mesh_cannot_be_read(tmp_path, what, why):
    path = written(tmp_path, grid((3, 3), columns))
    spoiled(path, what)
    said = on_ranks(2, f"{HERE}:failure", str(path))["said"]
    assert len(set(said)) == 1
    assert f"cannot read the mesh {path}" in said[0]
    assert why in said[0]


def test_cells_without_a_grain_are_told(tmp_path):
    body = grid((3, 3), columns)
    path = written(tmp_path, body)
    table = json.loads(path.with_suffix(".json").read_text())
    table["grains"] = table["grains"][:2]
    path.with_suffix(".json").write_text(json.dumps(table))
    with pytest.raises(MeshFileError, match="belong to no grain of its grain table"):
        read_particle(path, MPI.COMM_SELF)


def test_a_mesh_without_cells_of_the_dimension_is_told(tmp_path):
    path = written(tmp_path, grid((3, 3), columns))
    body = grid((3, 3), columns)
    ends = np.column_stack([np.arange(16), np.roll(np.arange(16), 1)])
    write_groups(path, body.points, [PhysicalGroup(1, 1, "line", ends)])
    with pytest.raises(MeshFileError, match="holds no named grains"):
        read_particle(path, MPI.COMM_SELF)
