"""A double cantilever beam opened to 2 mm by Akantu and by intergrain in turns: loads and times.

./intergrain python benchmarks/akantu_dcb.py --akantu PYTHON [MESH ...]

PYTHON: one that has akantu, numpy and meshio. A mesh is told by squares along and across an arm.
Both take the same triangles, linear displacements, law of the boundary, increments and relative
tolerance of the residual; all else is as each has it.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "cases" / "benchmarks"))
WIDTHS = (0.1, 1.0, 2.0)  # mm, of the opening, where loads are told
INCREMENT = 0.1  # mm
LAW = """
model solid_mechanics_model_cohesive [
  material elastic [
    name = arms
    rho = 1
    E = 70e3
    nu = 0.3
    Plane_Stress = 0
  ]
  material cohesive_bilinear [
    name = interface
    sigma_c = 20
    G_c = 0.28
    beta = 1
    delta_0 = 2e-5
    penalty = 1e6
  ]
]
"""


def write_split(path: Path, along: int, across: int) -> None:
    """Write the beam for Akantu: the same mesh, but parted along the notch."""
    import meshio
    from beams import DCB, squares

    points, triangles = squares(DCB, along, across)
    tiny = 1e-9 * DCB.length
    notch = np.flatnonzero((abs(points[:, 1]) < tiny) & (points[:, 0] < DCB.notch - tiny))
    below, lower = points[triangles, 1].mean(axis=1) < 0, np.arange(len(points))
    lower[notch] = len(points) + np.arange(len(notch))
    cells = [("triangle", np.where(below[:, None], lower[triangles], triangles))]
    tags = [np.ones(len(triangles), dtype=int)]
    mesh = meshio.Mesh(
        np.pad(np.vstack([points, points[notch]]), ((0, 0), (0, 1))),
        cells,
        cell_data={"gmsh:physical": tags, "gmsh:geometrical": tags},
        field_data={"arms": np.array([1, 2])},
    )
    meshio.write(path, mesh, file_format="gmsh22", binary=False)


def by_akantu(along: int, across: int, width: float, tolerance: float) -> dict[str, Any]:
    """Openings (mm), loads (N), seconds of model and solution, and iterations of Akantu."""
    import akantu as aka

    with tempfile.TemporaryDirectory() as folder:
        write_split(Path(folder, "beam.msh"), along, across)
        Path(folder, "law.dat").write_text(LAW)
        aka.parseInput(f"{folder}/law.dat")
        mesh = aka.Mesh(2)
        mesh.read(f"{folder}/beam.msh")
    started = time.process_time()
    model = aka.SolidMechanicsModelCohesive(mesh)
    model.getElementInserter().setLimit(aka._y, -1e-6, 1e-6)
    model.initFull(_analysis_method=aka._static, _is_extrinsic=False)
    solver = model.getNonLinearSolver()
    solver.set("max_iterations", 100)
    solver.set("threshold", tolerance)
    solver.set("convergence_type", aka.SolveConvergenceCriteria.residual)
    upper, lower, right = ends(mesh.getNodes(), mesh.getConnectivity(aka._triangle_3))
    held, displacement = model.getBlockedDOFs(), model.getDisplacement()
    held[upper, 1] = held[lower, 1] = held[right, 0] = True
    opened, loads, iterations = [0.0], [0.0], 0
    for wanted in INCREMENT * np.arange(1, round(width / INCREMENT) + 1):
        displacement[upper, 1], displacement[lower, 1] = wanted / 2, -wanted / 2
        try:
            model.solveStep()
        except aka.NLSNotConvergedException:
            break
        iterations += solver.getInt("nb_iterations")
        opened.append(float(wanted))
        loads.append(abs(float(model.getInternalForce()[upper, 1].sum())))
    return {
        "opened": opened,
        "loads": loads,
        "seconds": time.process_time() - started,
        "iterations": iterations,
    }


def ends(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes of the left end of the upper and of the lower arm, and of the right end."""
    x, y = points.T
    of_upper = np.zeros(len(points), dtype=bool)
    of_upper[triangles[y[triangles].mean(axis=1) > 0]] = True
    left = x < 1e-6
    return left & of_upper, left & ~of_upper, x > x.max() - 1e-6


def by_intergrain(along: int, across: int, width: float, tolerance: float) -> dict[str, Any]:
    """The same of intergrain, whose case opens to 6 mm at load factor 1."""
    from fracture import ran

    number = round(width / INCREMENT)
    rows, outcome, seconds = ran(
        "dcb",
        along,
        across,
        f"protocol=[{{load: {{to: {width / 6!r}, increments: {number}}}}}]",
        f"numerics.newton_tolerance={tolerance}",
    )
    return {
        "opened": (2e3 * rows["Displacement upper_left y / m"]).tolist(),
        "loads": rows["Force upper_left y / N"].tolist(),
        "seconds": seconds,
        "iterations": outcome.totals["newton_iterations"],
    }


RUNS: dict[str, Callable[..., dict[str, Any]]] = {
    "akantu": by_akantu,
    "intergrain": by_intergrain,
}


def measured(python: str, name: str, mesh: str, width: float, tolerance: float) -> dict[str, Any]:
    """What a process of its own found, and the CPU time of the whole process in `whole`."""
    command = [python, __file__, "--only", name, "--width", str(width)]
    command += ["--tolerance", str(tolerance), mesh]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(ended.stdout.splitlines()[-1]) | {"whole": whole}


def compare(mesh: str, chosen: argparse.Namespace) -> None:
    """Run both in turns and print a line for each, with medians, and how many times as fast."""
    pythons = {"akantu": chosen.akantu, "intergrain": sys.executable}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in pythons}
    for _ in range(chosen.rounds):
        for name, python in pythons.items():
            found[name].append(measured(python, name, mesh, chosen.width, chosen.tolerance))
    times = {}
    for name, runs in found.items():
        last = runs[-1]
        times[name] = [median(run[kind] for run in runs) for kind in ("whole", "seconds")]
        loads = np.interp(WIDTHS, last["opened"], last["loads"], right=np.nan)
        cells = "".join(f"{load:9.4f}" for load in loads)
        print(f"{mesh:9} {name:11}{cells}{last['opened'][-1]:8.1f}{last['iterations']:7d}"
              f"{times[name][0]:9.2f}{times[name][1]:9.2f}")  # fmt: skip
    ratios = [akantu / own for akantu, own in zip(*times.values(), strict=True)]
    print(f"{mesh:9} times as fast{ratios[0]:49.1f}{ratios[1]:9.1f}", flush=True)


def main() -> None:
    """Run one, or compare both."""
    parser = argparse.ArgumentParser(description="a double cantilever beam, beside Akantu")
    parser.add_argument("meshes", nargs="*", default=["400x4", "800x8"], metavar="MESH")
    parser.add_argument("--akantu", default="python3", metavar="PYTHON", help="one that has it")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--width", type=float, default=2.0, help="mm between the ends at last")
    parser.add_argument("--tolerance", type=float, default=1e-8)
    parser.add_argument("--only", choices=RUNS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.only:
        along, across = (int(word) for word in chosen.meshes[0].split("x"))
        print(json.dumps(RUNS[chosen.only](along, across, chosen.width, chosen.tolerance)))
        return
    print(f"{'':21}" + "".join(f"{width:6g} mm" for width in WIDTHS), end="")
    print("   up to  iter.  whole/s  alone/s")
    for mesh in chosen.meshes:
        compare(mesh, chosen)


if __name__ == "__main__":
    main()
