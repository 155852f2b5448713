"""A run that is killed outright, at any moment and again and again, comes to what it would have."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from solver.output.checkpoint import header_of, newest_valid
from solver.results.frames import frame_times, read_map
from solver.results.history import read_history

ROOT = Path(__file__).parents[2]
CASE = """
name: killed
particle:
  radius: 1 um
  grains: {count: 3}
  mesh: {size: 0.5 um, boundary_size: 0.5 um}
materials: {grain: NMC76}
c_rate_basis: 200 mA/g
physics: {wetting: {enabled: true}, interphase: {enabled: true}}
protocol:
  - repeat:
      times: %d
      steps:
        - charge: {rate: 4C, until: {time: 2 min}}
        - discharge: {rate: 4C, until: {time: 2 min}}
numerics: {time_step: {fixed: 30 s}}
output:
  fields: {format: vtkhdf, every_steps: 1}
  figures: {enabled: false}
  report: {enabled: false}
  checkpoints: {every: 1, wall_time: 1000 h}
"""
A_CYCLE = 8  # time steps


def started(cache: Path, *words: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "solver", *map(str, words)],
        cwd=ROOT,
        env=os.environ | {"INTERGRAIN_CACHE": str(cache)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finished(process: subprocess.Popen[bytes]) -> None:
    said = process.communicate(timeout=600)[1]
    assert process.returncode == 0, said.decode()


def rows(directory: Path) -> int:
    history = directory / "history.csv"
    return history.read_bytes().count(b"\n") if history.exists() else 0


def killed(process: subprocess.Popen[bytes], directory: Path, before: int, wait: float) -> bool:
    """Kill a run some time after it has written its first row; whether it was still there."""
    while process.poll() is None and rows(directory) <= before:
        time.sleep(0.01)
    time.sleep(wait)
    os.killpg(process.pid, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def lost_rows(directory: Path) -> int:
    """How many time steps the newest checkpoint does not know."""
    path = newest_valid(directory)
    assert path is not None
    times = read_history(directory / "history.csv")["Test Time / s"]
    return int((times > header_of(path).time + 1.0).sum())


def assert_frames_open(directory: Path) -> None:
    """All frames of the file of a killed run are there, with the values of their fields."""
    fields = directory / "fields"
    times = frame_times(fields)
    assert len(times) >= rows(directory) - 3  # header, and what was being written
    for number in (0, len(times) - 1):
        assert np.isfinite(read_map(fields, "particle", number).at_nodes["occupancy"]).all()


def assert_same_frames(one: Path, other: Path) -> None:
    assert frame_times(one).tolist() == frame_times(other).tolist()
    for number in range(len(frame_times(one))):
        for name in ("particle", "boundaries"):
            first, second = (read_map(each, name, number) for each in (one, other))
            for header, values in first.at_nodes.items():
                assert np.array_equal(values, second.at_nodes[header]), header


def go_on(folder: Path, kills: int, seed: int) -> list[int]:
    """Kill a run again and again; the time steps that were lost each time.

    Raises AssertionError unless all that it writes is what a run without a break writes.
    """
    case, whole, broken = folder / "case.yaml", folder / "whole", folder / "broken"
    case.write_text(CASE % (8 * kills))
    finished(started(folder / "cache", "run", case, "-o", whole))
    draw, lost = random.Random(seed), list[int]()
    process = started(folder / "cache", "run", case, "-o", broken)
    before = A_CYCLE + 1  # behind the first checkpoint
    while len(lost) < kills and killed(process, broken, before, draw.uniform(0.0, 1.0)):
        lost.append(lost_rows(broken))
        assert_frames_open(broken)
        before = rows(broken)  # else the next one would be killed before it begins
        process = started(folder / "cache", "resume", broken)
    finished(process)
    for path in whole.glob("*.csv"):
        assert (broken / path.name).read_bytes() == path.read_bytes(), path.name
    assert_same_frames(whole / "fields", broken / "fields")
    steps = [json.loads((run / "summary.json").read_text())["steps"] for run in (whole, broken)]
    assert steps[0] == steps[1]
    return lost


@pytest.mark.skipif(sys.platform != "linux", reason="the lock of a killed run is asked for there")
def test_a_run_that_is_killed_at_random_moments_loses_no_more_than_a_cycle(tmp_path):
    lost = go_on(tmp_path, kills=3, seed=7)
    print(f"time steps lost: {lost}")
    assert len(lost) == 3
    assert max(lost) <= A_CYCLE
