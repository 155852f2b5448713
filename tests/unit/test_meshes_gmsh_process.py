import sys
import time
from pathlib import Path

import numpy as np
import pytest

from meshes.errors import MeshError
from meshes.gmsh.process import WORKER, run_limited, time_limit


def run(code: str, limit: float = 10.0) -> None:
    run_limited([sys.executable, "-c", code], limit)


def test_a_command_beyond_its_time_is_killed() -> None:
    start = time.monotonic()
    with pytest.raises(MeshError, match=r"killed after 0\.2 s"):
        run("import time; time.sleep(60)", limit=0.2)
    assert time.monotonic() - start < 5


def test_only_computing_counts_for_the_limit_of_the_worker() -> None:
    code = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 2))\n"
    run(code + "import time; time.sleep(1.5)")
    with pytest.raises(MeshError, match="it computed for longer"):
        run(code + "while True: pass", limit=60)


def test_the_worker_ends_itself_when_it_has_computed_too_long(tmp_path: Path) -> None:
    turns = 2 * np.pi * np.arange(3) / 3
    np.savez(
        tmp_path / "geometry.npz",
        vertices=np.column_stack([np.cos(turns), np.sin(turns)]),
        facets=np.array([[0, 1], [1, 2], [2, 0]]),
        sides=np.tile([0, -1], (3, 1)),
        loops=np.array([1, 2, 3]),
        loop_lengths=np.array([3]),
        vertex_sizes=np.full(3, 4e-3),
        **dict.fromkeys(("inside", "boundary", "surface"), 4e-3),
    )
    with pytest.raises(MeshError, match="it computed for longer"):
        run_limited([sys.executable, "-P", str(WORKER), "disc", str(tmp_path), "1"], 60)


def test_a_crash_names_its_signal() -> None:
    with pytest.raises(MeshError, match="signal 9"):
        run("import os; os.kill(os.getpid(), 9)")


def test_a_failure_hands_the_last_line_on() -> None:
    with pytest.raises(MeshError, match="failed: no surface 7"):
        run("import sys; print('noise', file=sys.stderr); sys.exit('no surface 7')")


def test_marks_of_an_mpi_rank_are_not_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMPI_COMM_WORLD_RANK", "1")
    run("import os, sys; sys.exit('inherited' if 'OMPI_COMM_WORLD_RANK' in os.environ else 0)")


def test_large_meshes_get_more_time() -> None:
    assert time_limit(0) == 30
    assert time_limit(1e6) > 300
