"""Beams that come apart, beside beam theory: a double cantilever on ever finer meshes, and the
toughness of bending in mixed modes from pure opening to pure sliding. Prints a table for each.

./intergrain python benchmarks/fracture.py [dcb | modes] [SQUARES ALONG x SQUARES ACROSS AN ARM ...]
"""

import itertools
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from mpi4py import MPI

from meshes import build
from solver.case import Case
from solver.drive.simulation import Simulation
from solver.model.build import build_model
from solver.output.snapshot import Outcome, Snapshot
from solver.particle.mesh import read_particle

CASES = Path(__file__).parents[1] / "cases" / "benchmarks"
sys.path.insert(0, str(CASES))
MESHES = {"dcb": ("400x4", "800x8", "1600x16"), "modes": ("200x4",)}
WIDTHS = (0.1, 1.0, 2.0, 4.0, 6.0)  # mm between the ends
CONVERGED = {0.1: 0.1087, 1.0: 1.040, 2.0: 1.969}  # N, P2 on fine meshes
MODULUS, ARM, TOUGHNESS = 70e3 / (1 - 0.3**2), 1.5, 0.28  # N/mm^2, mm, N/mm
STIFFNESS = MODULUS * ARM**3 / 12  # N mm^2
MIXES = (0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0)  # share of sliding in the energy
SLIDING, EXPONENT = 0.56, 2.0  # of Benzeggagh and Kenane, N/mm
SPAN, NOTCH, GROWN = 50.0, 40.0, (42.0, 47.0)  # half of it, mm; cracks that are looked at


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
    outcome = Simulation(build_model(case, particle), [rows]).run()
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


class Bending(NamedTuple):
    """Shares of a load that open and slide the crack of a beam in bending, and that pull its end.

    Energy release rate (12 opening^2 + 9/16 sliding^2) (P a)^2 / (E' h^3) per width.
    """

    opening: float
    sliding: float
    end: float

    def release(self, load: Any, crack: Any) -> Any:
        """Energy release rate, N/mm, of a load in N and a crack in mm."""
        shares = 12 * self.opening**2 + 9 * self.sliding**2 / 16
        return shares * (load * crack) ** 2 / (MODULUS * ARM**3)

    def moved(self, load: Any, crack: Any) -> Any:
        """Opening of the end, mm; if nothing opens, deflection of the middle."""
        by_load = 8 * self.opening * crack**3
        if self.opening == 0.0:
            by_load = self.sliding * (2 * SPAN**3 + 3 * crack**3) / 8
        return load * by_load / (MODULUS * ARM**3)


def bending(mix: float) -> Bending:
    """The lever of mixed-mode bending that gives a mix; without one, pure opening or sliding."""
    if mix in (0.0, 1.0):
        return Bending(1.0 - mix, mix, 1.0 - mix)
    ratio = np.sqrt(0.75 * (1 - mix) / mix)
    lever = (1 + ratio) / (3 - ratio)  # over half the span
    return Bending((3 * lever - 1) / 4, lever + 1, lever)


def bent(mix: float, mesh: str) -> tuple[np.ndarray, np.ndarray, Outcome]:
    """Load, N, and what moves, mm, while the crack of a mix grows; and the outcome."""
    beam, sides, sign = bending(mix), ["upper_left", "lower_left"], 1
    overrides = [f"loads.0.traction.y={-beam.sliding} MPa"]
    if mix == 1.0:
        sides, sign = ["middle"], -1
    else:
        overrides.append(f"loads.1.traction.y={beam.end / ARM} MPa")
    first, last = (
        beam.moved(np.sqrt(toughness_of(mix) / beam.release(1.0, crack)), crack)
        for crack in (NOTCH, GROWN[1] + 0.5)
    )
    steps = [
        f"{{load: {{opening: {{between: [{', '.join(sides)}], along: y, to: {sign * to} mm}}, "
        f"increments: {increments}}}}}"
        for to, increments in ((0.9 * first, 4), (last, 12))
    ]
    overrides.append(f"protocol=[{', '.join(steps)}]")
    along, across = (int(word) for word in mesh.split("x"))
    rows, outcome, _ = ran("enf" if mix == 1.0 else "mmb", along, across, *overrides)
    moved = [rows[f"Displacement {side} y / m"] for side in sides]
    return rows["Load Factor / 1"], 1e3 * sign * (moved[0] - sum(moved[1:])), outcome


def toughness_of(mix: float) -> float:
    """Toughness of Benzeggagh and Kenane, N/mm."""
    return TOUGHNESS + (SLIDING - TOUGHNESS) * mix**EXPONENT


def modes(meshes: list[str]) -> None:
    """Toughness found from loads and displacements while the crack grows, for each mix."""
    print("bending in mixed modes: toughness in N/mm, the crack from load and displacement")
    print("mesh per arm    mix   given   found   off by: mean   most    load, most")
    for mesh, mix in itertools.product(meshes, MIXES):
        (load, moved, outcome), beam, given = bent(mix, mesh), bending(mix), toughness_of(mix)
        cracks = np.linspace(NOTCH - 5, SPAN, 1001)
        crack = np.interp(moved / np.maximum(load, 1e-9), beam.moved(1.0, cracks), cracks)
        seen = (crack > GROWN[0]) & (crack < GROWN[1])
        found = beam.release(load, crack)[seen]
        wanted = np.sqrt(given / beam.release(1.0, cracks))
        off = load[seen] / np.interp(moved[seen], beam.moved(wanted, cracks), wanted) - 1
        print(
            f"{mesh:13}{mix:6.2f}{given:8.3f}{found.mean():8.3f}"
            f"{100 * (found.mean() / given - 1):+14.1f}%{100 * abs(found / given - 1).max():6.1f}%"
            f"{100 * abs(off).max():12.1f}%   {outcome.status}, "
            f"{outcome.totals['cut_increments']} cut, {outcome.totals['driven_increments']} driven",
            flush=True,
        )


TABLES = {"dcb": double_cantilever, "modes": modes}


if __name__ == "__main__":
    words = sys.argv[1:]
    meshes = [word for word in words if "x" in word and word not in TABLES]
    for name in [word for word in words if word in TABLES] or TABLES:
        TABLES[name](meshes or list(MESHES[name]))
