"""ParaView files read back: values, jumps between grains, boundaries, several ranks, faults."""

import resource
import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import pyvista
from mpi4py import MPI

from solver.output import vtu
from solver.output.fields import FieldTracker
from solver.output.map_file import MapPiece
from solver.output.snapshot import Outcome
from solver.output.vtu import Collection
from solver.results.frames import frame_files, read_frame
from tests.ranks import on_ranks
from tests.unit.output_example import make_row, make_run, make_snapshot

DONE = Outcome("finished", "all steps were done", {})


def write_frames(run, moments=((0.0, True),)):
    fields = FieldTracker()
    fields.start(run)
    for time, step_ended in moments:
        fields.record(make_snapshot(run, make_row(time), step_ended))
    fields.finish(DONE)


def last_frame(directory, name):
    reader = pyvista.get_reader(directory / f"fields/{name}.pvd")
    reader.set_active_time_value(reader.time_values[-1])
    return reader.read().combine()


def times(directory, name="particle"):
    sets = ET.parse(directory / f"fields/{name}.pvd").iter("DataSet")
    return [float(entry.get("timestep")) for entry in sets]


def test_grains_come_back_with_their_values_and_jumps(tmp_path):
    write_frames(make_run(tmp_path))
    grid = last_frame(tmp_path, "particle")
    assert grid.n_cells == 8 * 8 * 2
    assert grid.n_points == 4 * 5 * 5  # each grain has nodes of its own
    assert "grain crack" not in grid.point_data
    middle = np.linalg.norm(grid.points, axis=1) < 1e-9
    assert sorted(grid["occupancy"][middle]) == pytest.approx([0.1, 0.2, 0.3, 0.4])
    grain = grid.cell_data["grain"]
    assert set(grain) == {0, 1, 2, 3}
    assert grid.cell_data["grain potential / V"] == pytest.approx(4.0 + 0.1 * grain)
    assert grid.cell_data["isolated"] == pytest.approx((grain == 1).astype(float))
    assert np.array_equal(grid.cell_data["c axis"], np.eye(3)[grain % 3])
    size = 10 * grid["occupancy"]
    assert grid["hydrostatic stress / MPa"] == pytest.approx(40 * size)
    assert grid["first principal stress / MPa"] == pytest.approx(100 * size)
    assert grid["von mises stress / MPa"] == pytest.approx(np.sqrt(8400) * size)
    shift = 0.1 * grid["occupancy"] - 0.01
    assert grid["displacement / um"] == pytest.approx(np.outer(shift, [1, 1, 1]))


def test_cracks_inside_grains_come_back_where_grains_can_crack(tmp_path):
    given = ["enabled=true", "toughness=1 J/m^2", "length=0.1 um"]
    run = make_run(tmp_path, overrides=[f"physics.grain_fracture.{entry}" for entry in given])
    snapshot, fields = make_snapshot(run, make_row(0.0), True), FieldTracker()
    snapshot.state["crack"][:] = 0.1 * run.spaces.grain_of_node
    fields.start(run)
    fields.record(snapshot)
    fields.finish(DONE)
    grid = last_frame(tmp_path, "particle")
    assert sorted(set(np.round(grid["grain crack"], 6))) == pytest.approx([0.0, 0.1, 0.2, 0.3])


def test_boundaries_come_back_as_a_mesh_of_their_own(tmp_path):
    write_frames(make_run(tmp_path))
    lines = last_frame(tmp_path, "boundaries")
    assert lines.n_cells == 16
    vertical = np.abs(lines["traction / MPa"][:, 0]) > 1
    assert np.all(lines.points[vertical, 0] == 0)
    assert lines["opening / nm"] == pytest.approx(np.where(vertical, 50.0, 0.0))
    assert lines["slip / nm"] == pytest.approx(np.where(vertical, 10.0, 0.0))
    assert lines["damage"] == pytest.approx(np.where(vertical, 1.0, 0.0))
    plus, minus = lines.cell_data["plus grain"], lines.cell_data["minus grain"]
    assert {(0, 1), (2, 3), (0, 2), (1, 3)} == set(zip(plus, minus, strict=True))


def test_boundaries_move_with_the_grains_on_both_sides(tmp_path):
    """The jump between the sides is the opening along the normal, and slip."""
    run, fields = make_run(tmp_path), FieldTracker()
    snapshot, boundaries = make_snapshot(run, make_row(0.0), True), run.spaces.boundaries
    x = run.spaces.scalar.tabulate_dof_coordinates()
    grain = run.spaces.grain_of_node[:, None]
    moved = 0.01 * x + (grain + 1) ** 2 * [0.003, -0.002, 0.001]
    snapshot.state["displacement"][:] = moved.ravel()
    jump = boundaries.jump(moved)
    snapshot.opening[:] = np.einsum("ij,ij->i", jump, boundaries.normal)
    snapshot.slip[:] = np.linalg.norm(jump - snapshot.opening[:, None] * boundaries.normal, axis=1)
    fields.start(run)
    fields.record(snapshot)
    fields.finish(DONE)
    lines, grid = last_frame(tmp_path, "boundaries"), last_frame(tmp_path, "particle")
    plus, minus = (lines[f"displacement {side} / um"] for side in ("plus", "minus"))
    sides = {"plus": plus, "minus": minus}
    for cell, corners in enumerate(lines.cells.reshape(-1, 3)[:, 1:]):
        for side, values in sides.items():
            (number,) = np.flatnonzero(grid.cell_data["grain"] == lines[f"{side} grain"][cell])[:1]
            shift = (grid["grain"][number] + 1) ** 2 * np.array([0.003, -0.002, 0.001])
            assert values[corners] == pytest.approx(0.01 * lines.points[corners] + shift)
    assert lines["displacement / um"] == pytest.approx((plus + minus) / 2)
    upright = (np.abs(lines.points[:, 0]) < 1e-9) & (np.abs(lines.points[:, 1]) > 1e-9)
    assert lines["opening / nm"][upright] == pytest.approx(1e3 * (minus - plus)[upright, 0])
    both = np.hypot(lines["opening / nm"], lines["slip / nm"])
    assert both == pytest.approx(1e3 * np.linalg.norm(minus - plus, axis=1))


WET = (
    "particle.boundary.state=liquid",
    "physics.wetting.enabled=true",
    "physics.fatigue.enabled=true",
    "physics.corrosion.enabled=true",
    "physics.interphase.enabled=true",
    "physics.sliding.enabled=true",
)
AT_POINTS = {  # array in the file: (field of the state, its value, by which it is multiplied)
    "current plus / A.m-2": ("current plus", 3.0, 1.0),
    "current minus / A.m-2": ("current minus", -5.0, 1.0),
    "wetness": ("wetness", 0.7, 1.0),
    "film plus / nm": ("film plus", 0.011, 1e3),
    "film minus / nm": ("film minus", 0.017, 1e3),
    "fatigue": ("fatigue", 0.3, 1.0),
    "corrosion": ("corrosion", 0.4, 1.0),
}
AT_NODES = {
    "outer current / A.m-2": ("current outside", 7.0, 1.0),
    "outer film / nm": ("film outside", 0.013, 1e3),
}


def local(state, name):
    """Values of a field; on surfaces, of the side that stands behind its name."""
    field, _, side = name.partition(" ")
    return getattr(state.sides(field), side) if side else state[field]


def test_every_array_has_its_own_values(tmp_path):
    """Each is its value times what tells the points, or the nodes, apart."""
    run, fields = make_run(tmp_path, overrides=WET), FieldTracker()
    snapshot, boundaries = make_snapshot(run, make_row(0.0), True), run.spaces.boundaries
    state, place = snapshot.state, 1 + boundaries.position[:, 1]
    for name, value, _ in AT_POINTS.values():
        local(state, name)[:] = value * place
    nodes = run.spaces.scalar.tabulate_dof_coordinates()
    for name, value, _ in AT_NODES.values():
        local(state, name)[:] = value * (1 + nodes[:, 0])
    state["slip"][:] = (place[:, None] * [0.002, -0.003, 0.007]).ravel()
    network = run.spaces.network
    state["network_potential"][network.node] = 2.5 * place
    snapshot.damage[:], snapshot.traction[:] = 0.6 * place, place[:, None] * [11.0, 13.0, 17.0]
    fields.start(run)
    fields.record(snapshot)
    fields.finish(DONE)
    lines, grid = last_frame(tmp_path, "boundaries"), last_frame(tmp_path, "particle")
    place, across = 1 + lines.points[:, 1], 1 + grid.points[:, 0]
    for name, (_, value, unit) in AT_POINTS.items():
        assert lines[name] == pytest.approx(unit * value * place), name
    for name, (_, value, unit) in AT_NODES.items():
        assert grid[name] == pytest.approx(unit * value * across), name
    assert lines["ionic potential / V"] == pytest.approx(2.5 * place)
    assert lines["slow slip / nm"] == pytest.approx(np.outer(place, [2.0, -3.0, 7.0]))
    assert lines["damage"] == pytest.approx(0.6 * place)
    assert lines["traction / MPa"] == pytest.approx(np.outer(place, [11.0, 13.0, 17.0]))
    known = {*AT_POINTS, "ionic potential / V", "slow slip / nm", "damage", "traction / MPa"}
    moved = {f"displacement{side} / um" for side in ("", " plus", " minus")}
    assert set(lines.point_data) == known | moved | {"opening / nm", "slip / nm"}


def test_arrays_of_what_does_not_act_are_left_out(tmp_path):
    off = ("wetting", "fatigue", "corrosion", "sliding")
    run = make_run(tmp_path, overrides=[f"physics.{name}.enabled=false" for name in off])
    write_frames(run)
    moved = {f"displacement{side} / um" for side in ("", " plus", " minus")}
    always = {"opening / nm", "slip / nm", "damage", "traction / MPa"}
    assert set(last_frame(tmp_path, "boundaries").point_data) == always | moved


def test_what_fills_boundaries_has_no_occupancy(tmp_path):
    run = make_run(tmp_path)
    filler = np.array([False, False, True, False])
    run = replace(run, particle=replace(run.particle, is_filler=filler))
    write_frames(run)
    grid = last_frame(tmp_path, "particle")
    occupancy, grain = grid["occupancy"], np.empty(grid.n_points)
    grain[grid.cells.reshape(-1, 4)[:, 1:].ravel()] = np.repeat(grid.cell_data["grain"], 3)
    assert np.array_equal(np.isnan(occupancy), grain == 2)


def test_of_several_oxides_every_cell_tells_its_own(tmp_path):
    run = make_run(tmp_path)
    write_frames(run)
    assert "oxide" not in last_frame(tmp_path, "particle").cell_data
    several = np.array([0, 2, 1, 2])
    write_frames(replace(run, oxide=several))
    cells = last_frame(tmp_path, "particle").cell_data
    assert np.array_equal(cells["oxide"], several[cells["grain"]])


def test_a_single_grain_has_no_boundaries_to_write(tmp_path):
    write_frames(make_run(tmp_path, columns=1, rows=1))
    assert last_frame(tmp_path, "particle").n_cells == 32
    assert not (tmp_path / "fields/boundaries.pvd").exists()


def test_frames_are_written_at_ends_of_steps_at_the_interval_and_last(tmp_path):
    run = make_run(tmp_path, overrides=["output.fields.interval=10"])
    ended = {0.0, 17.0}
    write_frames(run, [(t, t in ended) for t in (0.0, 6.0, 11.0, 17.0, 20.0, 27.0, 28.0)])
    assert times(tmp_path) == times(tmp_path, "boundaries") == [0.0, 11.0, 17.0, 27.0, 28.0]


def test_the_last_frame_is_the_last_accepted_state_not_a_failed_attempt(tmp_path):
    run, fields = make_run(tmp_path), FieldTracker()
    snapshots = [make_snapshot(run, make_row(0.0), True), make_snapshot(run, make_row(1.0))]
    fields.start(run)
    for snapshot in snapshots:
        fields.record(snapshot)
    snapshots[-1].state["occupancy"][:] = np.nan
    fields.finish(Outcome("failed", "no convergence", {}))
    assert times(tmp_path) == [0.0, 1.0]
    assert np.all(np.isfinite(last_frame(tmp_path, "particle")["occupancy"]))


def test_the_index_is_whole_after_every_frame(tmp_path):
    run, fields = make_run(tmp_path), FieldTracker()
    fields.start(run)
    fields.record(make_snapshot(run, make_row(0.0), True))
    assert last_frame(tmp_path, "particle").n_cells == 128  # nothing was closed yet


def test_a_full_disk_is_an_error_and_spoils_no_earlier_frame(tmp_path):
    run, fields = make_run(tmp_path), FieldTracker()
    fields.start(run)
    fields.record(make_snapshot(run, make_row(0.0), True))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match=r"cannot write .*000001\.vtu: File too large"):
            fields.record(make_snapshot(run, make_row(1.0), True))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert times(tmp_path) == [0.0]
    assert not (tmp_path / "fields/particle/000001.vtu").exists()
    assert last_frame(tmp_path, "particle").n_cells == 128


@pytest.mark.skipif(shutil.which("mpirun") is None, reason="needs mpirun")
def test_three_ranks_write_every_cell_once_and_fail_together(tmp_path):
    outcome = on_ranks(3, "tests.unit.test_output_fields:frames_in_parallel", str(tmp_path))
    grid, lines = last_frame(tmp_path, "particle"), last_frame(tmp_path, "boundaries")
    assert grid.n_cells == 64  # no ghost cells
    assert grid.compute_cell_sizes()["Area"].sum() == pytest.approx(1.0)
    assert lines.compute_cell_sizes()["Length"].sum() == pytest.approx(1.0)
    sides = {side: lines[f"displacement{side} / um"] for side in (" plus", " minus", "")}
    for side, moved in ((" plus", 0.0), (" minus", 0.01), ("", 0.005)):  # those of grains 0 and 1
        assert sides[side] == pytest.approx(np.full((lines.n_points, 3), moved))
    centre = grid.cell_centers().points
    assert np.array_equal(grid.cell_data["grain"], (centre[:, 0] > 0).astype(int))
    frame = read_frame(tmp_path / "fields", 0)
    assert len(frame.grains.points) == 2 * 5 * 5  # nodes that ranks share are one again
    assert frame.grains.at_nodes["occupancy"][frame.grains.cells] == pytest.approx(
        0.1 * (frame.grains.in_cells["grain"][:, None] + 1) * np.ones(3)
    )
    assert outcome == {"failed": [True, True, True]}


def frames_in_parallel(comm, directory):
    """One boundary, which some rank has no part of; then a disk that is full for one rank."""
    run, fields = make_run(Path(directory), comm, columns=2, rows=1), FieldTracker()
    fields.start(run)
    fields.record(make_snapshot(run, make_row(0.0), True))
    comm.barrier()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    if comm.rank == comm.size - 1:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    failed = False
    try:
        fields.record(make_snapshot(run, make_row(1.0), True))
    except OSError:
        failed = True
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    return {"failed": comm.gather(failed)}


@pytest.mark.skipif(shutil.which("mpirun") is None, reason="needs mpirun")
def test_a_frame_is_put_together_from_those_ranks_that_have_cells(tmp_path):
    on_ranks(3, "tests.unit.test_output_fields:a_frame_without_the_first_rank", str(tmp_path))
    ((_, pieces),) = frame_files(tmp_path / "lines.pvd")
    assert [piece.name for piece in pieces] == ["000000_1.vtu", "000000_2.vtu"]
    assert all(piece.is_file() for piece in pieces)
    lines = pyvista.get_reader(tmp_path / "lines/000000.pvtu").read()
    assert sorted(lines["rank"].tolist()) == [1.0, 1.0, 2.0, 2.0]


def lines_of(points, cells):
    return MapPiece(points, "line", cells, np.empty((0, 1)), np.empty((0, 1)), {})


def a_frame_without_the_first_rank(comm, directory):
    """A line on every rank but the first, which has none."""
    points = np.array([[comm.rank, 0.0, 0.0], [comm.rank + 1.0, 0.0, 0.0]])[: 2 * (comm.rank > 0)]
    cells = np.array([[0, 1]])[: comm.rank]
    collection = Collection(comm, Path(directory), "lines", lines_of(points, cells))
    collection.write(0.0, {"rank": np.full(len(points), float(comm.rank))}, {})
    return {}


def test_frames_are_on_the_disk_before_what_refers_to_them_is_saved(tmp_path, monkeypatch):
    """Once each, and not before: a frame alone waits for no disk."""
    synced, once = [], vtu.sync
    monkeypatch.setattr(vtu, "sync", lambda path: (synced.append(path), once(path)))
    points, cells = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]), np.array([[0, 1]])
    collection = Collection(MPI.COMM_SELF, tmp_path, "fields/lines", lines_of(points, cells))
    assert collection.save() == {"frames": []}
    for time in (0.0, 1.0):
        collection.write(time, {"height": np.array([2.0, 3.0])}, {})
    assert synced == []
    memory = collection.save()
    folder, index = tmp_path / "fields/lines", tmp_path / "fields/lines.pvd"
    frames = [folder / "000000.vtu", folder / "000001.vtu"]
    assert synced == [*frames, folder, index, tmp_path / "fields"]
    collection.write(2.0, {"height": np.array([2.0, 3.0])}, {})
    (folder / "000002.vtu").unlink()
    collection.load(memory)  # what came later is gone, and nobody waits for it
    collection.save()
    assert synced[5:] == [index, tmp_path / "fields"]
