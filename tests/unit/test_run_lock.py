"""Whether a run goes on is known from its lock, from elsewhere by its last sign of life."""

import errno
import json
import os
import subprocess
import sys
import time

import pytest

from solver.run_files import RunLock, alive, lock

HOLD = """
import sys, time
from pathlib import Path
from solver.run_files import RunLock
lock = RunLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_lock_is_held_by_one_until_it_is_released(tmp_path):
    first = RunLock(tmp_path)
    assert alive(tmp_path)
    with pytest.raises(BlockingIOError):
        RunLock(tmp_path)
    first.release()
    assert not alive(tmp_path)
    with RunLock(tmp_path):
        assert alive(tmp_path)
    assert not alive(tmp_path)


def test_a_process_that_is_killed_outright_leaves_its_lock(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    assert alive(tmp_path)
    process.kill()
    process.wait()
    assert not alive(tmp_path)


def test_nothing_goes_on_where_there_is_no_lock(tmp_path):
    assert not alive(tmp_path)
    assert not alive(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("age", "lives"), [(lock.PATIENCE - 60, True), (lock.PATIENCE + 60, False)]
)
def test_a_run_on_another_machine_is_known_by_its_signs_of_life(tmp_path, age, lives):
    file = tmp_path / lock.FILE
    file.write_text(json.dumps({"host": "another", "pid": os.getpid()}))
    os.utime(file, (time.time() - age,) * 2)
    assert alive(tmp_path) == lives
    file.write_text("")  # released
    assert not alive(tmp_path)


def test_without_locks_signs_of_life_tell(tmp_path, monkeypatch):
    def unknown(*of):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "flock", unknown)
    own = RunLock(tmp_path)
    assert alive(tmp_path)
    os.utime(tmp_path / lock.FILE, (0, 0))
    assert not alive(tmp_path)
    own.release()


def test_a_heart_beats_until_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "BEAT", 0.02)
    with RunLock(tmp_path):
        os.utime(tmp_path / lock.FILE, (0, 0))
        with lock.heartbeat(tmp_path):
            deadline = time.monotonic() + 20
            while (tmp_path / lock.FILE).stat().st_mtime < 1:
                assert time.monotonic() < deadline
                time.sleep(0.01)
        assert (tmp_path / lock.FILE).read_text() == ""
