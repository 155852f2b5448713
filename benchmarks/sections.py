"""Boundaries of discs and balls of equally large grains, in four meanings of the word.

./intergrain python benchmarks/sections.py [--grains N,N,..] [--seeds N]

Balls are cut by planes all over. A disc whose grains are `as large in section` has the mean area of
the grains on these planes, one `equal across` the mean diameter (of a disc, or a ball, as large),
and one `equal in edge` the square root of the grains' mean area equal to the cube root of their
volume. Lengths in radii of the particle; nothing is meshed.
"""

import argparse
from collections.abc import Callable
from math import pi
from statistics import mean

import numpy as np

from meshes.stereology import mean_section
from meshes.tessellation.complexes import facet_lengths
from meshes.tessellation.grains import complex_of, sphere_grains
from meshes.tessellation.middles import triangles_on
from meshes.tessellation.polyhedra import Polyhedra
from solver.case import ParticleCase

DIRECTIONS, HEIGHTS = 40, 15


def particle(shape: str, count: int, seed: int) -> ParticleCase:
    sizes = {"size": 1e-8, "boundary_size": 1e-8}
    described = {"shape": shape, "radius": 1e-6, "seed": seed, "grains": {"count": count}}
    return ParticleCase.model_validate(described | {"mesh": sizes})


def boundaries(cells: Polyhedra) -> np.ndarray:
    """Triangles (n, 3, 3) on the faces between grains."""
    return np.vstack([triangles_on(cells, int(face)) for face in np.nonzero(~cells.is_round)[0]])


def area(triangles: np.ndarray) -> float:
    a, b, c = np.moveaxis(triangles, 1, 0)
    return float(0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1).sum())


def grains_in_section(cells: Polyhedra) -> float:
    """Mean area of a grain on all sections: volume of the ball over the sum of mean widths."""
    widths = 0.0
    directions = np.random.default_rng(0).normal(size=(400, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    for grain in range(cells.grain_count):
        faces = np.nonzero((cells.sides == grain).any(axis=1))[0]
        points = np.vstack([triangles_on(cells, int(face)).reshape(-1, 3) for face in faces])
        widths += float(np.ptp(points @ directions.T, axis=0).mean())
    return 4 / 3 * pi / widths


def of_discs(count: float, seeds: int) -> float:
    """Length of the boundaries over the area of discs, mean over seeds."""
    found = []
    for seed in range(seeds):
        cells = complex_of(particle("disc", round(count), seed))
        found.append(facet_lengths(cells)[~cells.is_round].sum() / pi)
    return mean(found)


DISCS: dict[str, Callable[[float, float], float]] = {  # grains by those of the ball, their section
    "as large in section": lambda count, section: pi / section,
    "equal in edge": lambda count, section: pi * (4 / 3 * pi / count) ** (-2 / 3),
    "equal across": lambda count, section: count ** (2 / 3),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grains", default="50,200")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    print(f"{'':30s} {'grains':>7s} {'S_V or L_A':>10s} {'ball over it':>12s}")
    for count in map(int, options.grains.split(",")):
        balls = [sphere_grains(particle("sphere", count, s)).cells for s in range(options.seeds)]
        cut = [boundaries(cells) for cells in balls]
        own = mean(area(triangles) for triangles in cut) / (4 / 3 * pi)
        on_sections = mean(mean_section(t, 1.0, DIRECTIONS, HEIGHTS) for t in cut)
        section = mean(grains_in_section(cells) for cells in balls)
        print(f"{'ball':30s} {count:7d} {own:10.3f} {1:12.3f}")
        print(f"{'its sections':30s} {'':7s} {on_sections:10.3f} {own / on_sections:12.3f}")
        for name, grains in DISCS.items():
            number = grains(count, section)
            lines = of_discs(number, 4 * options.seeds)
            print(f"{'disc, ' + name:30s} {number:7.0f} {lines:10.3f} {own / lines:12.3f}")


if __name__ == "__main__":
    main()
