"""VTKHDF files read back: the same as .vtu, on any number of ranks, whatever breaks a run off."""

import os
import resource
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest
import pyvista
from mpi4py import MPI

from solver.case import CaseError
from solver.output.fields import FieldTracker
from solver.output.map_file import MapPiece
from solver.output.rows import Rows, numbered
from solver.output.vtkhdf import TransientFile
from solver.results.frames import frame_times, read_frame, read_map
from solver.run_files import journal
from solver.units.vtkhdf import in_file
from tests.ranks import on_ranks
from tests.unit.output_example import make_row, make_run, make_snapshot
from tests.unit.test_output_fields import DONE, WET

NEEDS_MPIRUN = pytest.mark.skipif(shutil.which("mpirun") is None, reason="needs mpirun")
ONE_FILE = "output.fields.format=vtkhdf"
TIMES = (0.0, 3.0, 7.0)
MAPS = ("particle", "boundaries")


def tracker_of(run):
    fields = FieldTracker()
    fields.start(run)
    return fields


def moment(run, time):
    """Fields that tell all places and times apart."""
    snapshot, rng = make_snapshot(run, make_row(time), True), 1.0 + time
    nodes = run.spaces.scalar.tabulate_dof_coordinates()
    at = 1 + nodes @ [1.0, 10.0, 0.0] + 0.1 * run.spaces.grain_of_node
    snapshot.state["occupancy"][:] = 0.01 * rng * at
    width = run.spaces.vector.dofmap.bs
    snapshot.state["displacement"][:] = (at[:, None] * rng * np.arange(1, width + 1)).ravel()
    points = run.spaces.boundaries.position
    snapshot.damage[:] = 0.01 * rng * (2 + points @ [1.0, 3.0, 0.0][: points.shape[1]])
    return snapshot


def write(run, times=TIMES):
    fields = tracker_of(run)
    for time in times:
        fields.record(moment(run, time))
    fields.finish(DONE)


def in_order(part):
    """Points, values at points and cells of a map, both sorted by where they are."""
    middle = part.points[part.cells].mean(axis=1)
    cell = np.lexsort(np.round(middle, 9).T)
    of_cell = part.points[part.cells]
    corner = np.lexsort(np.round(of_cell, 9).transpose(2, 0, 1), axis=1)
    at = np.take_along_axis(part.cells, corner, axis=1)[cell]
    values = {name: values[at] for name, values in part.at_nodes.items()}
    cells = {name: values[cell] for name, values in part.in_cells.items()}
    return {"points": part.points[at], **values, **cells}


def assert_same(one, other):
    one, other = in_order(one), in_order(other)
    assert one.keys() == other.keys()
    for name in one:
        assert np.allclose(one[name], other[name], rtol=3e-7, atol=1e-12, equal_nan=True), name


def on_some_ranks(comm, directory):
    """Both formats, of the same moments."""
    for name, given in (("vtu", WET), ("vtkhdf", (*WET, ONE_FILE))):
        write(make_run(Path(directory) / name, comm, overrides=given))
    return {}


@pytest.mark.parametrize("ranks", [1, pytest.param(2, marks=NEEDS_MPIRUN),
                                   pytest.param(3, marks=NEEDS_MPIRUN)])  # fmt: skip
def test_every_frame_has_the_values_of_vtu(tmp_path, ranks):
    if ranks == 1:
        on_some_ranks(MPI.COMM_SELF, tmp_path)
    else:
        on_ranks(ranks, "tests.unit.test_output_vtkhdf:on_some_ranks", str(tmp_path))
    folders = [tmp_path / name / "fields" for name in ("vtu", "vtkhdf")]
    assert [frame_times(folder).tolist() for folder in folders] == [list(TIMES)] * 2
    for number in range(len(TIMES)):
        for name in MAPS:
            assert_same(*(read_map(folder, name, number) for folder in folders))
    assert sorted(path.name for path in folders[1].iterdir()) == [
        "boundaries.vtkhdf", "particle.vtkhdf",
    ]  # fmt: skip


@NEEDS_MPIRUN
def test_the_number_of_ranks_does_not_show_in_the_file(tmp_path):
    on_some_ranks(MPI.COMM_SELF, tmp_path / "one")
    on_ranks(3, "tests.unit.test_output_vtkhdf:on_some_ranks", str(tmp_path / "three"))
    for name in MAPS:
        one, three = (read_map(tmp_path / n / "vtkhdf/fields", name, 2) for n in ("one", "three"))
        assert np.array_equal(one.points, three.points)
        assert np.array_equal(np.sort(one.cells, axis=1), np.sort(three.cells, axis=1))
        for header, values in (one.at_nodes | one.in_cells).items():
            assert (three.at_nodes | three.in_cells)[header] == pytest.approx(values), header


def test_vtk_itself_reads_every_frame(tmp_path):
    write(make_run(tmp_path, overrides=[ONE_FILE]))
    for name in MAPS:
        reader = pyvista.HDFReader(tmp_path / f"fields/{name}.vtkhdf").reader
        reader.UpdateInformation()
        assert reader.GetNumberOfSteps() == len(TIMES)
        for number in range(len(TIMES)):
            reader.SetStep(number)
            reader.Update()
            grid = pyvista.wrap(reader.GetOutputDataObject(0))
            own = read_map(tmp_path / "fields", name, number)
            assert np.array_equal(grid.points, own.points)
            corners = own.cells.shape[1]
            assert np.array_equal(grid.cells.reshape(-1, corners + 1)[:, 1:], own.cells)
            for data, values in ((grid.point_data, own.at_nodes), (grid.cell_data, own.in_cells)):
                assert set(data.keys()) == {in_file(header) for header in values}
                for header in values:
                    assert np.array_equal(data[in_file(header)], values[header]), header


def test_the_mesh_is_in_the_file_once(tmp_path):
    run = make_run(tmp_path, columns=20, rows=20, overrides=[ONE_FILE])
    fields, sizes, path = tracker_of(run), [], tmp_path / "fields/particle.vtkhdf"
    for time in range(4):
        fields.record(make_snapshot(run, make_row(float(time)), True))
        sizes.append(path.stat().st_size)
    with h5py.File(path) as content:
        root = content["VTKHDF"]
        assert len(root["Points"]) == root["NumberOfPoints"][0] == 400 * 25
        assert len(root["Connectivity"]) == 3 * root["NumberOfCells"][0] == 3 * 400 * 32
        mesh = [root[name] for name in ("Points", "Connectivity", "Offsets", "CellData/c axis")]
        stored = sum(each.id.get_storage_size() for each in mesh)
    growth = np.diff(sizes)
    assert max(growth) < sizes[0] - stored
    assert max(growth) < 1.1 * min(growth)


@NEEDS_MPIRUN
def test_ranks_without_cells_take_part(tmp_path):
    on_ranks(3, "tests.unit.test_output_vtkhdf:lines_of_two_ranks", str(tmp_path))
    part = read_map(tmp_path, "particle", 1)
    assert part.points.tolist() == [[float(x), 0.0, 0.0] for x in (1, 2, 3)]
    assert part.cells.tolist() == [[0, 1], [1, 2]]
    assert part.at_nodes["height / um"].tolist() == [2.0, 4.0, 6.0]


def lines_of_two_ranks(comm, directory):
    """A line on every rank but the first, which share a point."""
    x = np.array([comm.rank, comm.rank + 1])[: 2 * (comm.rank > 0)]
    points, cells = np.column_stack([x, 0 * x, 0 * x]).astype(float), np.array([[0, 1]])
    own = MapPiece(points, "line", cells[: comm.rank], x[:, None], x[:1, None], {})
    file = TransientFile(comm, Path(directory), "particle", own)
    for time in (0.0, 1.0):
        file.write(time, {"height / um": (1 + time) * x}, {})
    return {}


@NEEDS_MPIRUN
def test_rows_in_many_blocks_come_to_their_places(tmp_path):
    told = on_ranks(3, "tests.unit.test_output_vtkhdf:blocks_of_ranks")
    assert told["right"] == [True, True, True]
    assert sorted(block for own in told["blocks"] for block in own) == list(range(4))


def blocks_of_ranks(comm):
    """A hundred thousand rows at random among the ranks, some of them on two."""
    keys = np.random.default_rng(5).permutation(100_000) * 3
    own = keys[comm.rank :: comm.size]
    own = np.concatenate([own, keys[comm.rank - 1 :: comm.size][:50]])[:, None]
    number, total = numbered(comm, own)
    rows = Rows(comm, number, total)
    table = rows.in_blocks(own[:, 0].astype(np.float32))
    known = np.zeros(rows.padded)
    known[:total] = 3 * np.arange(total)
    expected = known.reshape(rows.n_blocks, rows.height)[rows.blocks]
    right = total == 100_000 and np.array_equal(number, own[:, 0] // 3)
    return {
        "right": comm.gather(bool(right and np.array_equal(table, expected))),
        "blocks": comm.gather(rows.blocks),
    }


@NEEDS_MPIRUN
def test_a_full_disk_of_one_rank_fails_all_and_spoils_no_earlier_frame(tmp_path):
    told = on_ranks(3, "tests.unit.test_output_vtkhdf:full_disk_of_a_rank", str(tmp_path))
    assert told["why"] == [told["why"][0]] * 3
    assert "particle.vtkhdf: File too large" in told["why"][0]
    assert frame_times(tmp_path / "fields").tolist() == [0.0]
    assert_same(*(read_frame(tmp_path / "fields", number).grains for number in (0, 0)))
    assert not list((tmp_path / "fields").glob("*.part"))


def full_disk_of_a_rank(comm, directory):
    """The first frame fits, the second does not."""
    run = make_run(Path(directory), comm, overrides=[ONE_FILE])
    fields = tracker_of(run)
    fields.record(moment(run, 0.0))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    if comm.rank == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    comm.barrier()
    why = ""
    try:
        fields.record(moment(run, 1.0))
    except OSError as error:
        why = str(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    return {"why": comm.gather(why)}


@pytest.mark.parametrize("done", [0, 5, 1000])
def test_a_run_that_is_killed_while_it_writes_leaves_a_file_that_opens(tmp_path, monkeypatch, done):
    run = make_run(tmp_path, overrides=[ONE_FILE])
    fields = tracker_of(run)
    fields.record(moment(run, 0.0))
    memory = fields.save()

    def killed(number, change):
        for offset, page in list(change.pages.items())[:done]:
            os.pwrite(number, page, offset)
        raise KeyboardInterrupt

    monkeypatch.setattr(journal, "_apply", killed)
    with pytest.raises(KeyboardInterrupt):
        fields.record(moment(run, 1.0))
    monkeypatch.undo()
    assert frame_times(tmp_path / "fields").tolist() == [0.0, 1.0]
    assert len(read_map(tmp_path / "fields", "boundaries", 1).cells) == 0  # they came next
    occupancy = read_frame(tmp_path / "fields", 1).grains.at_nodes["occupancy"]
    assert occupancy.max() == pytest.approx(0.02 * (1 + 5.5 + 0.3), rel=1e-6)
    again = tracker_of(run)
    again.load(memory)
    again.record(moment(run, 2.0))
    assert times_of_vtk(tmp_path) == [0.0, 2.0]


def times_of_vtk(directory, name="particle"):
    reader = pyvista.HDFReader(directory / f"fields/{name}.vtkhdf").reader
    reader.UpdateInformation()
    time = reader.GetOutputInformation(0).Get(type(reader.GetExecutive()).TIME_STEPS())
    return list(time)


def test_a_run_that_goes_on_leaves_what_an_unbroken_one_does(tmp_path):
    whole, broken = (make_run(tmp_path / n, overrides=[ONE_FILE]) for n in ("whole", "broken"))
    write(whole, (0.0, 3.0, 5.0, 7.0))
    fields = tracker_of(broken)
    for time in (0.0, 3.0):
        fields.record(moment(broken, time))
    memory = fields.save()
    for time in (4.0, 4.5):
        fields.record(moment(broken, time))
    again = tracker_of(broken)
    again.load(memory)
    for time in (5.0, 7.0):
        again.record(moment(broken, time))
    for name in MAPS:
        assert times_of_vtk(tmp_path / "broken", name) == [0.0, 3.0, 5.0, 7.0]
        for number in range(4):
            assert_same(*(read_map(tmp_path / n / "fields", name, number)
                          for n in ("whole", "broken")))  # fmt: skip


@NEEDS_MPIRUN
def test_a_run_goes_on_in_the_same_file_on_other_ranks(tmp_path):
    run = make_run(tmp_path, overrides=(*WET, ONE_FILE))
    fields = tracker_of(run)
    for time in (0.0, 3.0):
        fields.record(moment(run, time))
    on_ranks(
        3, "tests.unit.test_output_vtkhdf:go_on_with_three", str(tmp_path), fields.save()["maps"]
    )
    write(make_run(tmp_path / "vtu", overrides=WET))
    for number in range(len(TIMES)):
        for name in MAPS:
            assert_same(
                *(read_map(f / "fields", name, number) for f in (tmp_path, tmp_path / "vtu"))
            )


def go_on_with_three(comm, directory, maps):
    run = make_run(Path(directory), comm, overrides=(*WET, ONE_FILE))
    fields = tracker_of(run)
    kept = {"written": 3.0, "largest_force": 0.0, "latest": None, "top": None, "maps": maps}
    fields.load(kept)
    fields.record(moment(run, TIMES[2]))
    return {}


def test_a_run_without_a_frame_at_its_checkpoint_begins_the_file_anew(tmp_path):
    run = make_run(tmp_path, overrides=[ONE_FILE])
    memory = tracker_of(run).save()
    write(run)
    fields = tracker_of(run)
    fields.load(memory)
    fields.record(moment(run, 8.0))
    assert frame_times(tmp_path / "fields").tolist() == [8.0]


def test_an_unknown_format_is_an_error_that_names_those_there_are(tmp_path):
    with pytest.raises(CaseError, match=r"output.fields.format(.|\n)*vtu(.|\n)*vtkhdf"):
        make_run(tmp_path, overrides=["output.fields.format=xdmf"])
