"""Robustness and speed of meshing: a table over seeds. One line per kind of particle.

./intergrain python benchmarks/meshing.py [--seeds N] [--grains N,N,..] [--shape disc|sphere]
    [--structure NAME,NAME,..] [--with KIND,KIND,..] [--coarser FACTOR]

What particles have besides grains is one or more of bare (the default), pore, film20, film50,
film100, coating, both (film50 and coating); `--with all` takes all, the largest particles last.
`--coarser` multiplies the edge length of the mesh along the boundaries; the grains stay the same.
Times are of the whole way from the description to the files on disk. A failure is a particle that
none of the attempts could mesh; a retry is an attempt that failed.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from meshes import MeshError, build
from meshes.files.cache import MeshFile
from solver.case import ParticleCase

RADIUS = 5.0  # um
SIZES = {  # edge lengths inside and at boundaries, um, by number of grains
    "disc": {30: (0.3, 0.15), 100: (0.2, 0.1), 500: (0.1, 0.05), 2000: (0.06, 0.03)},
    "sphere": {12: (0.75, 0.5), 50: (0.6, 0.4), 200: (0.38, 0.25), 500: (0.3, 0.2)},
}
SEEDS = {"disc": 40, "sphere": 20}
STRUCTURES: dict[str, dict[str, Any]] = {
    "voronoi": {},
    "laguerre": {"size_spread": 0.35},
    "columnar": {"core_radius": 0.4, "aspect_ratio": 2.5},
}
COATING = {"coating": {"thickness": 50e-9}}
ADDED: dict[str, dict[str, Any]] = {  # besides the grains
    "bare": {},
    "pore": {"pore": {"radius": 1e-6}},
    "film20": {"boundary": {"state": "lpo", "thickness": 20e-9}},
    "film50": {"boundary": {"state": "lpo", "thickness": 50e-9}},
    "film100": {"boundary": {"state": "lpo", "thickness": 100e-9}},
    "coating": COATING,
    "both": {"boundary": {"state": "lpo", "thickness": 50e-9}} | COATING,
}
HEAD = (
    f"{'particle':30s} {'failed':>8s} {'retries':>7s} {'seconds':>11s} {'cells':>8s} "
    f"{'cells/s':>8s} {'SICN':>11s} {'edge/um':>8s} {'spread':>6s} {'deficit':>7s}"
)


class Made(NamedTuple):
    """One particle meshed: how long it took, its quality, and how many attempts failed."""

    seconds: float
    quality: dict[str, float]
    retries: int


class Kind(NamedTuple):
    """One line of the table."""

    shape: str
    count: int
    structure: str
    added: str

    @property
    def name(self) -> str:
        """As the table shows it."""
        return f"{self.shape} {self.count} {self.structure} {self.added}"


def described(kind: Kind, seed: int, coarser: float) -> ParticleCase:
    shape, count, structure, added = kind
    size, boundary_size = SIZES[shape][count]
    boundary_size *= coarser
    return ParticleCase.model_validate(
        {
            "shape": shape,
            "radius": RADIUS * 1e-6,
            "seed": seed,
            "grains": {"count": count, "structure": structure} | STRUCTURES[structure],
            "mesh": {
                "size": max(size, boundary_size) * 1e-6,
                "boundary_size": boundary_size * 1e-6,
            },
        }
        | ADDED[added]
    )


def made(particle: ParticleCase) -> Made | None:
    """The particle meshed; None where all attempts failed."""
    with tempfile.TemporaryDirectory() as cache:
        start = time.perf_counter()
        try:
            found: MeshFile = build(particle, Path(cache))
        except MeshError as error:
            print(f"  seed {particle.seed}: {error}", flush=True)
            return None
        seconds = time.perf_counter() - start
        return Made(seconds, read_quality(found), len(found.retries))


def read_quality(found: MeshFile) -> dict[str, float]:
    return json.loads(found.table.read_text())["quality"]


def line(name: str, every: list[Made | None], boundary_size: float) -> str:
    done = [one for one in every if one is not None]
    if not done:
        return f"{name:30s} {len(every):3d}/{len(every):<3d}"
    seconds = [one.seconds for one in done]
    cells = median(one.quality["cells"] for one in done)
    worst = min(one.quality["sicn_min"] for one in done)
    middle = median(one.quality["sicn_min"] for one in done)
    edge = min(one.quality["shortest_edge"] for one in done)
    spread = median(one.quality["grain_spread"] for one in done)
    deficit = max(one.quality["volume_deficit"] for one in done) / (boundary_size / RADIUS) ** 2
    failed = len(every) - len(done)
    return (
        f"{name:30s} {failed:4d}/{len(every):<3d} {sum(one.retries for one in done):7d} "
        f"{median(seconds):5.2f} {max(seconds):5.2f} {cells:8.0f} {cells / median(seconds):8.0f} "
        f"{middle:5.2f} {worst:5.2f} {edge:8.3f} {spread:6.3f} {deficit:7.3f}"
    )


def wanted(options: argparse.Namespace) -> list[Kind]:
    """Lines that the options ask for, the quickest first."""
    kinds = [
        Kind(shape, count, structure, added)
        for shape in SIZES
        for count in (list(SIZES[shape])[:3] if options.grains is None else options.grains)
        for structure in options.structure
        for added in options.added
        if options.shape in (None, shape) and count in SIZES[shape]
    ]
    return sorted(kinds, key=lambda kind: (kind.shape, kind.count, list(ADDED).index(kind.added)))


def tried(kind: Kind, seeds: int | None, coarser: float) -> str:
    """The line of one kind, meshed with as many seeds as wanted."""
    every = [made(described(kind, seed, coarser)) for seed in range(seeds or SEEDS[kind.shape])]
    return line(kind.name, every, coarser * SIZES[kind.shape][kind.count][1])


def names(known: Iterable[str]) -> Callable[[str], list[str]]:
    """Reader of an option: some of the known names with commas between them, or `all`."""

    def read(text: str) -> list[str]:
        given = list(known) if text == "all" else text.split(",")
        if strange := set(given) - set(known):
            raise argparse.ArgumentTypeError(f"{strange.pop()} is none of {', '.join(known)}")
        return given

    return read


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--grains", type=lambda text: [int(word) for word in text.split(",")])
    parser.add_argument("--shape", choices=list(SIZES))
    parser.add_argument("--structure", type=names(STRUCTURES), default=list(STRUCTURES))
    parser.add_argument("--with", dest="added", type=names(ADDED), default=["bare"])
    parser.add_argument("--coarser", type=float, default=1.0)
    options = parser.parse_args()
    print("seconds and SICN: median and worst over the seeds; SICN of the worst cell of a mesh")
    print("spread: of ln of the grain diameter; deficit: of the volume, over (h/R)^2")
    print(HEAD)
    for kind in wanted(options):
        print(tried(kind, options.seeds, options.coarser), flush=True)


if __name__ == "__main__":
    main()
