"""Makes the meshes of the beams in this folder: python3 beams.py

Two arms of squares cut into four triangles, in mm, the crack along y = 0. The facets between the
arms left of the notch are `notch`; the sides are named after where they are; `middle` is 1 mm of
the top at half the length, `foot` the last 0.5 mm of the base. Finer ones:
python3 beams.py DIRECTORY ALONG ACROSS
"""

import sys
from pathlib import Path
from typing import NamedTuple

import meshio
import numpy as np

HERE = Path(__file__).parent


class Beam(NamedTuple):
    """Length, thickness of each arm and length of the notch, mm."""

    length: float
    arm: float
    notch: float


DCB = Beam(100.0, 1.5, 30.0)
SPLIT = Beam(100.0, 1.5, 60.0)
FLEXURE = Beam(100.0, 1.5, 40.0)
MIDDLE, FOOT = 1.0, 0.5  # lengths of what is pushed and held, mm


def squares(beam: Beam, along: int, across: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and triangles; arms lie above each other, their middles after their corners."""
    x, y = np.linspace(0, beam.length, along + 1), np.linspace(-beam.arm, beam.arm, 2 * across + 1)
    corners = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)
    middles = (corners[1:, 1:] + corners[:-1, :-1]) / 2
    number = np.arange(corners[..., 0].size).reshape(corners.shape[:2])
    middle = corners[..., 0].size + np.arange(middles[..., 0].size).reshape(middles.shape[:2])
    round_about = [number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]]
    pairs = zip(round_about, round_about[1:] + round_about[:1], strict=True)
    triangles = np.stack([np.stack([a, b, middle], axis=-1) for a, b in pairs], axis=2)
    points = np.vstack([corners.reshape(-1, 2), middles.reshape(-1, 2)])
    return points, triangles.reshape(-1, 3)


def lines(points: np.ndarray, count: int, where: np.ndarray, axis: int) -> np.ndarray:
    """Edges between neighbours among the first `count` points, in the order of an axis."""
    chosen = np.flatnonzero(where[:count])
    chosen = chosen[np.argsort(points[chosen, axis])]
    return np.column_stack([chosen[:-1], chosen[1:]])


def write(path: Path, beam: Beam, along: int, across: int) -> None:
    """Write the mesh of a beam of so many squares along, and across each arm."""
    points, triangles = squares(beam, along, across)
    x, y = points.T
    count, tiny = (along + 1) * (2 * across + 1), 1e-9 * beam.length
    over, under = y > beam.arm - tiny, y < tiny - beam.arm
    sides = {
        "upper_left": lines(points, count, (x < tiny) & (y > -tiny), 1),
        "lower_left": lines(points, count, (x < tiny) & (y < tiny), 1),
        "upper_right": lines(points, count, (x > beam.length - tiny) & (y > -tiny), 1),
        "lower_right": lines(points, count, (x > beam.length - tiny) & (y < tiny), 1),
        "middle": lines(points, count, over & (abs(x - beam.length / 2) < MIDDLE / 2 + tiny), 0),
        "foot": lines(points, count, under & (x > beam.length - FOOT - tiny), 0),
        "notch": lines(points, count, (abs(y) < tiny) & (x < beam.notch + tiny), 0),
    }
    below = y[triangles].mean(axis=1) < 0
    cells = [("triangle", triangles[below]), ("triangle", triangles[~below])]
    cells += [("line", side) for side in sides.values()]
    tags = [np.full(len(data), number + 1) for number, (_, data) in enumerate(cells)]
    names = {"grain_0": 2, "grain_1": 2} | dict.fromkeys(sides, 1)
    mesh = meshio.Mesh(
        np.pad(points, ((0, 0), (0, 1))),
        cells,
        cell_data={"gmsh:physical": tags, "gmsh:geometrical": tags},
        field_data={
            name: np.array([number + 1, of]) for number, (name, of) in enumerate(names.items())
        },
    )
    meshio.write(path, mesh, file_format="gmsh22", binary=True)


BEAMS = {"dcb": DCB, "split": SPLIT, "flexure": FLEXURE}


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    along, across = (int(word) for word in sys.argv[2:4] or ("200", "4"))
    for name, beam in BEAMS.items():
        write(folder / f"{name}.msh", beam, along, across)
