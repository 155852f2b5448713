"""Files of checkpoints: what is in them comes back, and what is not whole is not used."""

import errno
import os
import subprocess
import sys
from math import inf, isnan, nan
from pathlib import Path

import numpy as np
import pytest

from solver.model.numbering import Numbering
from solver.model.spaces import make_spaces
from solver.output.checkpoint import (
    CheckpointError,
    CheckpointHeader,
    differences,
    header_here,
    header_of,
    newest_valid,
    read,
    write,
)
from solver.output.checkpoint.tree import apart, together
from solver.output.collective import OutputError
from solver.run_files import amend, manifest
from solver.units.memory import Local
from tests.bodies import bricks

CLOCK = {"time": 12.5, "cycle": 3, "step": 7}
TREE = {
    "clock": CLOCK,
    "cycles": {1: {"charge": 0.1 + 0.2}, 2: {}},
    "numbers": [nan, inf, -inf, 5e-324, np.float64(1 / 3), np.int64(7), np.bool_(True), True],
    "none": None,
    "text": "ü /µ",
    "list": [],
    "pair": (1, "two"),
    "array": np.array([1.5, nan]),
}
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def layout():
    particle = bricks((2.0, 1.0), (4, 2), (2, 1), [(0, 0, 1), (1, 0, 0)])
    return Numbering(particle, make_spaces(particle))


@pytest.fixture
def memory(layout):
    n = len(layout.orders["node"].keys)
    return TREE | {"nodes": Local("node", np.linspace(0.0, 1.0, n))}


def files(directory):
    return sorted(path.name for path in (directory / "checkpoints").iterdir())


def test_all_kinds_of_values_come_back(tmp_path, layout, memory):
    write(tmp_path, 4, memory, layout)
    kept = read(tmp_path / "checkpoints" / "000004.h5", layout)
    assert kept["cycles"] == TREE["cycles"]
    assert isnan(kept["numbers"][0])
    assert kept["numbers"][1:] == TREE["numbers"][1:]
    assert [type(each) for each in kept["numbers"][4:]] == [float, int, bool, bool]
    assert (kept["none"], kept["text"], kept["list"]) == (None, "ü /µ", [])
    assert kept["pair"] == [1, "two"]
    assert np.array_equal(kept["array"], TREE["array"], equal_nan=True)
    assert np.array_equal(kept["nodes"].values, memory["nodes"].values)
    assert list(kept) == list(memory)


def test_what_no_file_can_hold_is_named():
    with pytest.raises(TypeError, match=r"^/way/odd/1 is a set"):
        apart({"way": {"odd": [1, {2}]}})


def test_a_tree_without_arrays_needs_none():
    text, arrays = apart({"a": {3: [1.0]}})
    assert arrays == {}
    assert together(text, {}) == {"a": {3: [1.0]}}


def test_as_many_are_kept_as_are_wanted(tmp_path, layout, memory):
    for number in range(4):
        write(tmp_path, number, memory, layout)
    assert files(tmp_path) == ["000002.h5", "000003.h5"]
    write(tmp_path, 4, memory, layout, keep=3)
    assert files(tmp_path) == ["000002.h5", "000003.h5", "000004.h5"]


def test_later_ones_of_a_way_that_was_left_go(tmp_path, layout, memory):
    for number in (5, 6, 3):
        write(tmp_path, number, memory, layout, keep=3)
    assert files(tmp_path) == ["000003.h5"]


def test_the_run_claims_its_checkpoints(tmp_path, layout, memory):
    amend(tmp_path, {})
    write(tmp_path, 0, memory, layout)
    assert "checkpoints/000000.h5" in manifest(tmp_path)
    (tmp_path / "checkpoints" / "000001.h5").write_text("of the user's own")
    with pytest.raises(OutputError, match="not of this run"):
        write(tmp_path, 1, memory, layout)


def cut(path):
    os.truncate(path, path.stat().st_size - 1)


def altered(path, at=0.5):
    content = bytearray(path.read_bytes())
    content[int(at * (len(content) - 1))] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "harm",
    [
        cut,
        altered,
        lambda path: altered(path, 0.0),
        lambda path: altered(path, 1.0),
        lambda path: os.truncate(path, 300),
        lambda path: os.truncate(path, 0),
        lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    ],
)
def test_one_that_is_not_whole_is_told_and_the_one_before_is_used(tmp_path, layout, memory, harm):
    for number in range(2):
        write(tmp_path, number, memory, layout)
    before, newest = (tmp_path / "checkpoints" / f"00000{k}.h5" for k in range(2))
    said: list[str] = []
    assert newest_valid(tmp_path, said.append) == newest
    assert said == []
    harm(newest)
    assert newest_valid(tmp_path, said.append) == before
    assert said == [f"{newest} is cut short, or was altered"]
    with pytest.raises(CheckpointError, match="altered"):
        read(newest, layout)


def test_there_may_be_none(tmp_path):
    assert newest_valid(tmp_path) is None
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "000000.h5.part").write_text("half of it")
    assert newest_valid(tmp_path) is None


def test_a_checkpoint_of_another_mesh_is_not_read(tmp_path, layout, memory):
    write(tmp_path, 0, memory, layout)
    particle = bricks((2.0, 1.0), (6, 2), (2, 1), [(0, 0, 1), (1, 0, 0)])
    other = Numbering(particle, make_spaces(particle))
    with pytest.raises(CheckpointError, match="another mesh"):
        read(tmp_path / "checkpoints" / "000000.h5", other)


def test_the_header_tells_what_it_is_of(tmp_path, layout, memory):
    (tmp_path / "resolved.yaml").write_text("name: a\n")
    (tmp_path / "particle.msh").write_text("a mesh")
    write(tmp_path, 0, memory, layout)
    header = header_of(tmp_path / "checkpoints" / "000000.h5")
    assert (header.time, header.cycle, header.step, header.ranks) == (12.5, 3, 7, 1)
    assert header.case == "name: a\n"
    assert len(header.mesh) == 64
    assert differences(header, header_here(tmp_path)) == []
    (tmp_path / "particle.msh").write_text("another")
    assert differences(header, header_here(tmp_path)) == ["its mesh is another one"]


def test_differences_are_named():
    case = "physics: {fatigue: {enabled: true}}\nprotocol: [{rest: 1}, {rest: 2}]\n"
    now = "physics: {fatigue: {enabled: false}, x: 1}\nprotocol: [{rest: 1}]\n"
    kept, here = CheckpointHeader(1, "1.0", case, "m"), CheckpointHeader(2, "1.1", now, "m")
    named = [
        "its format is 1, this program reads 2",
        "version 1.0 of the program wrote it, this is 1.1",
        "physics.fatigue.enabled was True, and is False",
        "physics.x was not there, and is 1",
    ]
    assert differences(kept, here, but=("protocol",)) == named
    assert differences(kept, here, but=("protocol", "physics.fatigue")) == [*named[:2], named[3]]
    assert differences(kept, here, but=("protocol", "physics.fat")) == named
    assert differences(kept, here) == [*named, "protocol.2.rest was 2, and is not there"]


FULL = """
import sys
from pathlib import Path
from tests.unit.test_checkpoint_files import written_on_a_full_disk
written_on_a_full_disk(Path(sys.argv[1]), int(sys.argv[2]))
"""


def written_on_a_full_disk(directory: Path, largest: int) -> None:
    """Two checkpoints, the second where files cannot grow beyond a size; what is said of it."""
    import resource

    particle = bricks((2.0, 1.0), (40, 20), (2, 1), [(0, 0, 1), (1, 0, 0)])
    layout = Numbering(particle, make_spaces(particle))
    values = np.random.default_rng(1).random(len(layout.orders["node"].keys))
    memory = {"clock": CLOCK, "fields": {str(k): Local("node", values + k) for k in range(9)}}
    write(directory, 0, memory, layout)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    for _ in range(2):
        try:
            write(directory, 1, memory, layout)
        except OutputError as error:
            print(error)
    assert newest_valid(directory) == directory / "checkpoints" / "000000.h5"


@pytest.mark.parametrize("largest", [100, 2_000, 30_000, 90_000])
def test_a_full_disk_leaves_the_old_one_and_lets_the_run_go_on(tmp_path, largest):
    """In a process of its own, whose files cannot grow: HDF5 must not take it down either."""
    words = [sys.executable, "-c", FULL, str(tmp_path), str(largest)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    part = tmp_path / "checkpoints" / "000001.h5.part"
    said = f"cannot write {part}: {os.strerror(errno.EFBIG)}"
    assert done.stdout.splitlines() == [said, said]
    assert done.stderr == ""
    assert files(tmp_path) == ["000000.h5"]


def test_one_that_cannot_be_begun_leaves_the_old_one(tmp_path, layout, memory):
    write(tmp_path, 0, memory, layout)
    (tmp_path / "checkpoints" / "000001.h5.part").mkdir()
    with pytest.raises(OutputError, match="directory"):
        write(tmp_path, 1, memory, layout)
    assert newest_valid(tmp_path) == tmp_path / "checkpoints" / "000000.h5"
