"""Beams that come apart, on ever finer meshes, beside beam theory. Prints a table for each.

./intergrain python benchmarks/fracture.py [dcb] [SQUARES ALONG x SQUARES ACROSS AN ARM ...]
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI

from meshes import build
from solver.case import Case
from solver.loading import Loading
from solver.model.specimen import build_specimen
from solver.output.snapshot import Outcome, Snapshot
from solver.particle.mesh import read_particle

CASES = Path(__file__).parents[1] / "cases" / "benchmarks"
sys.path.insert(0, str(CASES))
MESHES = ("400x4", "800x8", "1600x16")
WIDTHS = (0.1, 1.0, 2.0, 4.0, 6.0)  # mm between the ends
CONVERGED = {0.1: 0.1087, 1.0: 1.040, 2.0: 1.969}  # N, P2 on fine meshes
STIFFNESS, TOUGHNESS = 70e3 / (1 - 0.3**2) * 1.5**3 / 12, 0.28  # E'I in N mm^2, N/mm


class Rows:
    """Tracker that keeps the history."""

    def __init__(self) -> None:
        self.rows: list[dict[str, float]] = []

    def start(self, run: Any) -> None:
        """Nothing to open."""

    def record(self, snapshot: Snapshot) -> None:
        """Keep a row."""
        self.rows.append(dict(snapshot.row))

    def finish(self, outcome: Outcome) -> None:
        """Nothing to close."""

    def __getitem__(self, column: str) -> np.ndarray:
        return np.array([row[column] for row in self.rows])


def ran(name: str, along: int, across: int, *overrides: str) -> tuple[Rows, Outcome, float]:
    """History and outcome of a beam on a mesh of its own, and the seconds that it took."""
    from beams import BEAMS, write

    file = CASES / f"{name}.yaml"
    beam = Path(Case.load(file).particle.path).stem
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder, f"{beam}.msh"), BEAMS[beam], along, across)
        case = Case.load(file, [f"particle.path={folder}/{beam}.msh", *overrides])
        particle = read_particle(build(case.particle, Path(folder)).mesh, MPI.COMM_SELF)
    rows, started = Rows(), time.process_time()
    outcome = Loading(build_specimen(case, particle), [rows]).run()
    return rows, outcome, time.process_time() - started


def theory(width: float) -> float:
    """Load of a double cantilever beam whose crack has grown, N; width in mm.

    The crack a follows from d = 2 P a^3 / (3 E'I) with P = sqrt(G E'I) / a.
    """
    load_times_crack = np.sqrt(TOUGHNESS * STIFFNESS)
    return float(load_times_crack / np.sqrt(1.5 * STIFFNESS * width / load_times_crack))


def double_cantilever(meshes: list[str]) -> None:
    """Loads at some widths, in N, beside the converged ones or beam theory."""
    print("double cantilever beam: load in N, and what it is off by")
    print("mesh per arm " + "".join(f"{width:12g} mm" for width in WIDTHS))
    known = [CONVERGED.get(width) or theory(width) for width in WIDTHS]
    print(f"{'reference':13}" + "".join(f"{load:15.4f}" for load in known))
    for mesh in meshes:
        along, across = (int(word) for word in mesh.split("x"))
        rows, outcome, seconds = ran("dcb", along, across)
        opened = 2e3 * rows["Displacement upper_left y / m"]
        loads = np.interp(WIDTHS, opened, rows["Force upper_left y / N"])
        cells = "".join(
            f"{load:8.4f} {100 * (load / right - 1):+5.1f}%"
            for load, right in zip(loads, known, strict=True)
        )
        print(
            f"{mesh:13}{cells}  {outcome.status}, {len(rows.rows) - 1} increments, "
            f"{outcome.totals['newton_iterations']} iterations, {seconds:.0f} s, "
            f"energy error {rows['Energy Error / 1'].max():.0e}",
            flush=True,
        )


if __name__ == "__main__":
    words = sys.argv[1:]
    double_cantilever([word for word in words if "x" in word] or list(MESHES))
