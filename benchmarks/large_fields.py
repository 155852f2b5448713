"""Pictures of a large ball: seconds of one core and megabytes, by number of cells.

    ./intergrain python -m benchmarks.large_fields FOLDER [CUBES ...]

The ball is cut out of cubes of six tetrahedra; its fields and cracks are made up.
"""

import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI
from scipy.spatial import cKDTree

from solver.output.map_file import MapFile, MapPiece
from solver.output.vtkhdf import TransientFile
from solver.output.vtu import Collection
from solver.results import crack_surfaces, particle, style
from solver.results.cut import cut_open
from solver.results.frames import Frame, read_frame

GRAINS, FRAMES, RADIUS = 1000, 3, 5.0  # um
CUBES = (20, 46)  # along a diameter: 25 000 and 307 000 cells


def ball(cubes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (n, 3), tetrahedra (m, 4) and the grain of each (m,)."""
    index = np.stack(np.meshgrid(*[np.arange(cubes)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    middle = (index + 0.5) / cubes * 2 - 1
    index = index[np.linalg.norm(middle, axis=1) < 1]
    ways = [np.cumsum(np.vstack([[0, 0, 0], np.eye(3, dtype=int)[list(way)]]), axis=0)
            for way in permutations(range(3))]  # fmt: skip
    corners = np.concatenate([index[:, None] + way for way in ways])
    number = corners @ [1, cubes + 1, (cubes + 1) ** 2]
    used, cells = np.unique(number, return_inverse=True)
    x, rest = used % (cubes + 1), used // (cubes + 1)
    places = np.column_stack([x, rest % (cubes + 1), rest // (cubes + 1)])
    points = (places / cubes * 2 - 1) * RADIUS
    cells = cells.reshape(-1, 4)
    seeds = np.random.default_rng(1).uniform(-RADIUS, RADIUS, (2 * GRAINS, 3))
    grain = cKDTree(seeds).query(points[cells].mean(axis=1))[1]
    return points, cells, np.unique(grain, return_inverse=True)[1]


def facets_between(cells: np.ndarray, grain: np.ndarray) -> np.ndarray:
    """Facets (n, 3) whose two cells are of different grains."""
    faces = np.sort(np.concatenate([np.delete(cells, k, axis=1) for k in range(4)]), axis=1)
    order = np.lexsort(faces.T)
    faces, side = faces[order], np.tile(grain, 4)[order]
    twice = (faces[1:] == faces[:-1]).all(axis=1)
    return faces[1:][twice & (side[1:] != side[:-1])]


def pieces(cubes: int) -> tuple[MapPiece, MapPiece]:
    """Return the meshes of the grains, whose nodes are their own, and of what is between them."""
    points, cells, grain = ball(cubes)
    facets = facets_between(cells, grain)
    pairs = np.column_stack([np.repeat(grain, 4), cells.ravel()])
    keys, broken = np.unique(pairs, axis=0, return_inverse=True)
    own = {"grain": grain.astype(np.int32)}
    numbers, corners = np.arange(len(cells))[:, None], np.arange(facets.size).reshape(-1, 3)
    at = points[facets.ravel()]
    return (
        MapPiece(points[keys[:, 1]], "tetra", broken.reshape(-1, 4), keys, numbers, own),
        MapPiece(at, "triangle", corners, corners.reshape(-1, 1), corners[:, :1] // 3, {}),
    )


def write(folder: Path, kind: type[MapFile], body: MapPiece, between: MapPiece) -> None:
    """Write some frames of made-up fields, and say how long the last one takes."""
    about = MPI.COMM_SELF, folder
    grains, facets = (
        kind(*about, "fields/particle", body),
        kind(*about, "fields/boundaries", between),
    )
    place, at = body.points, between.points
    size = np.linalg.norm(place, axis=1) / RADIUS
    wave = np.sin(3 * at[:, 0]) * np.cos(2 * at[:, 1] + at[:, 2])
    for frame in range(FRAMES):
        share, clock, before = (frame + 1) / FRAMES, time.process_time(), bytes_in(folder)
        values = {
            "occupancy": 0.9 - share * (0.3 + 0.2 * size),
            "displacement / um": -0.02 * share * place,
            "first principal stress / MPa": 500 * share * np.sin(2 * place[:, 0] + size),
            "von mises stress / MPa": 700 * share * size,
        }
        grains.write(float(frame), values, {})
        openings = {"opening / nm": 40 * share * wave, "damage": (wave > 0.3).astype(float)}
        facets.write(float(frame), openings, {})
    took, size_of_frame = time.process_time() - clock, bytes_in(folder) - before
    print(f"  write a frame, {kind.__name__:<13} {took:6.1f} s  {size_of_frame / 1e6:.1f} MB")


def bytes_in(folder: Path) -> int:
    """How much a folder holds."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def timed(what: str, action: Callable[[], Any]) -> Any:
    """Do something, say how long it took."""
    start, clock = time.process_time(), time.monotonic()
    result = action()
    print(f"  {what:<28} {time.process_time() - start:6.1f} s ({time.monotonic() - clock:.1f} s)")
    return result


def measure(folder: Path, cubes: int) -> None:
    """Write fields of one size, and draw them."""
    body, between = pieces(cubes)
    print(f"  {len(body.cells)} cells, {len(between.cells)} boundary facets")
    for kind in (Collection, TransientFile):
        write(folder / kind.__name__, kind, body, between)
        fields = folder / kind.__name__ / "fields"
        frame: Frame = timed("read a frame", partial(read_frame, fields, FRAMES - 1))
    cut = timed("cut it open", lambda: cut_open(frame))
    with style.look():
        moment = particle.CaptionedFrame(cut, "made up", "at the end")
        drawn = timed("draw lithium and stress", lambda: particle.pictures(
            {"cut": moment}, particle.lithium_and_stress, particle.VISIBLE))  # fmt: skip
        timed("save it", lambda: style.save(drawn["cut"], folder / "cut.png"))
        figure = timed("draw cracks as surfaces", lambda: crack_surfaces.figure(frame, "made up"))
        timed("save it", lambda: style.save(figure, folder / "cracks.png"))
    print(f"  peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")


if __name__ == "__main__":
    for number in map(int, sys.argv[2:] or CUBES):
        print(f"{number} cubes along a diameter", flush=True)
        measure(Path(sys.argv[1]) / str(number), number)
