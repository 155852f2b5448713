"""How much memory each rank takes to read a mesh, and how evenly it is shared out.

./intergrain python benchmarks/reading.py [--grains N] [--sizes SIZE,SIZE] [--ranks N,N,..]
    [NAME=DIRECTORY ...]

Meshes a ball of 5 um with edges of the given lengths inside and at boundaries (um) and reads it on
so many ranks, here and with the versions whose files are in other directories. Of every rank it
tells the peak of its resident memory while it read, over what it had before, MiB (the page cache
does not count), and what it has of nodes, broken at the grains, and boundary points.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SPHERE = "cases/sphere50.yaml"
MIB = 1024.0


def status(name: str) -> float:
    """A figure of this process in /proc, MiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / MIB


def one_read(path: Path) -> None:
    """Read a mesh on all ranks of this run; rank 0 prints the figures of each. Collective."""
    from mpi4py import MPI

    from solver.model.spaces import make_spaces
    from solver.particle.mesh import read_particle

    comm = MPI.COMM_WORLD
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = status("VmRSS")
    particle = read_particle(path, comm)
    peak, left = status("VmHWM") - before, status("VmRSS") - before
    spaces = make_spaces(particle)
    nodes = spaces.scalar.dofmap.index_map.size_local
    points = int((spaces.boundaries.weight > 0).sum())
    cells = particle.mesh.topology.index_map(particle.dimension)
    ghosts = cells.num_ghosts
    every = comm.gather((peak, left, cells.size_local, ghosts, nodes, points))
    if comm.rank == 0:
        print(json.dumps(every))


def measured(root: Path, path: Path, ranks: int) -> list[list[float]]:
    """Figures of each rank with the files of one version."""
    command = [sys.executable, str(Path(__file__).resolve()), "--read", str(path)]
    if ranks > 1:
        command = ["mpirun", "-n", str(ranks), *command]
    environment = os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def mesh_file(grains: int, sizes: list[float], folder: Path) -> Path:
    """Mesh a ball; returns its file."""
    from meshes import build
    from solver.case import Case

    inside, boundary = sizes
    overrides = [
        "particle.radius=5 um",
        f"particle.grains.count={grains}",
        f"particle.mesh={{size: {inside} um, boundary_size: {boundary} um}}",
    ]
    return build(Case.load(ROOT / SPHERE, overrides).particle, folder).mesh


def report(name: str, ranks: int, figures: list[list[float]]) -> None:
    """Print a line."""
    peak, left, cells, ghosts, nodes, points = zip(*figures, strict=True)

    def uneven(values: Any) -> float:
        return max(values) * len(values) / max(sum(values), 1)

    print(
        f"{name:10s} {ranks:5d} {max(peak):10.1f} {sum(peak) / ranks:10.1f} {max(left):10.1f} "
        f"{sum(cells):10.0f} {sum(ghosts) / max(sum(cells), 1):8.3f} "
        f"{uneven(cells):8.3f} {uneven(nodes):8.3f} {uneven(points):8.3f} "
        f"{uneven([a + b for a, b in zip(nodes, points, strict=True)]):8.3f}",
        flush=True,
    )


def main() -> None:
    """Read the command line and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("versions", nargs="*", metavar="NAME=DIRECTORY")
    parser.add_argument("--grains", type=int, default=200)
    parser.add_argument("--sizes", default="0.22,0.16")
    parser.add_argument("--ranks", default="1,2,4")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.read is not None:
        one_read(wanted.read)
        return
    others = dict(version.split("=", 1) for version in wanted.versions)
    print(
        f"{'':10s} {'ranks':>5s} {'peak':>10s} {'mean':>10s} {'left':>10s} {'cells':>10s} "
        f"{'ghosts':>8s} {'largest share over the mean of cells, nodes, points, both':s}"
    )
    with tempfile.TemporaryDirectory() as folder:
        sizes = [float(size) for size in wanted.sizes.split(",")]
        path = mesh_file(wanted.grains, sizes, Path(folder))
        for ranks in map(int, wanted.ranks.split(",")):
            for name, root in {"here": str(ROOT), **others}.items():
                report(name, ranks, measured(Path(root), path, ranks))


if __name__ == "__main__":
    main()
