"""Seeds and weights of Laguerre cells whose sizes have a wanted distribution.

Weights are the dual variables of an optimal transport of the ball's volume to the seeds
(Aurenhammer, Hoffmann, Aronov 1998): a seed gains weight while its cell is too small. They are
found by damped Newton steps that leave no cell empty (Kitagawa, Merigot, Thibert 2019).
"""

from __future__ import annotations

from typing import NamedTuple
from warnings import catch_warnings, simplefilter

import numpy as np
from scipy.sparse import coo_array, diags_array
from scipy.sparse.linalg import MatrixRankWarning, spsolve
from scipy.special import ndtri

from meshes.arrays import Floats, Ints
from meshes.errors import MeshError
from meshes.tessellation.enclosed import TOO_FEW, planes, pore_seed
from meshes.tessellation.orientation import sphere_points
from meshes.tessellation.polyhedra import space_cells
from meshes.tessellation.power import Seeds, joined
from meshes.tessellation.voronoi import plane_cells

GROWING = 8  # steps in which the wanted sizes go from all equal to the distribution
STEPS = 30  # in all, at most
ENOUGH = 0.01  # mean error of a grain's volume
DAMPING = (1.0, 0.5, 0.25, 0.1, 0.03)
LEAST_SHARE = 0.1  # of its aim that no cell may fall short of
SIDES = {2: 60, 3: 120}  # of the polytope that stands for the ball


class Surroundings(NamedTuple):
    """What is not grains: far seeds beyond the outside, and a pore of a radius (um)."""

    far: Seeds
    pore: float = 0.0


class Cells(NamedTuple):
    """Measures of the cells of seeds in a polytope around the ball.

    volumes: (n,), um^d. middles: (n, d), about their centroids. pairs: (b, 2) neighbours. growth:
    (b,) of a cell's volume with its weight at the cost of the neighbour, um^(d-2).
    """

    volumes: Floats
    middles: Floats
    pairs: Ints
    growth: Floats


def wanted_shares(count: int, dimension: int, spread: float, rng: np.random.Generator) -> Floats:
    """Shares (count,) of the volume whose ln of the diameter has the standard deviation `spread`.

    They are the middles of equally likely parts of the normal distribution, in random order.
    """
    scores = ndtri((np.arange(count) + 0.5) / count)
    scores *= spread / max(float(scores.std()), 1e-12)
    volumes = np.exp(dimension * rng.permutation(scores))
    return volumes / volumes.sum()


def solved(points: Floats, shares: Floats, radius: float, pore: float = 0.0) -> Seeds:
    """Seeds that start at points (n, d), and weights that give their cells the wanted shares.

    pore: radius of a pore in the middle, um.

    While the wanted sizes grow from equal ones, the seeds move to the centroids of their cells.
    Raises MeshError where the points have no cells.
    """
    count, dimension = points.shape
    turns = 2 * np.pi * np.arange(SIDES[2]) / SIDES[2]
    circle = np.column_stack([np.cos(turns), np.sin(turns)])
    far = planes(circle if dimension == 2 else sphere_points(SIDES[3]), radius)
    around = Surroundings(far, pore)
    seeds = Seeds(points, np.zeros(count))
    cells = measured(seeds, around)
    for step in range(1, STEPS + 1):
        if step <= GROWING:
            trial = Seeds(0.5 * (seeds.points + cells.middles), seeds.weights)
            seeds, cells = _first_sound([trial, seeds], around)
        aim = shares ** min(step / GROWING, 1.0)
        aim *= cells.volumes.sum() / aim.sum()
        if step > GROWING and np.abs(cells.volumes / aim - 1).mean() < ENOUGH:
            break
        seeds, cells = _improved(seeds, cells, aim, around)
    return seeds._replace(weights=seeds.weights - seeds.weights.min())


def measured(seeds: Seeds, around: Surroundings) -> Cells:
    """Measures of the cells. Raises MeshError if one is empty."""
    others = joined(pore_seed(seeds, around.pore), around.far)
    faces = _plane_faces if seeds.points.shape[1] == 2 else _space_faces
    sides, normals, middles = faces(seeds, others)
    first, second = sides.T
    inner = second < seeds.size
    everyone = np.vstack([seeds.points, others.points])
    along = everyone[second] - everyone[first]
    distance = np.linalg.norm(along, axis=1)
    area = np.linalg.norm(normals, axis=1)
    volumes, sums = np.zeros(seeds.size), np.zeros_like(seeds.points)
    dimension = seeds.points.shape[1]
    for owner, chosen, sign in ((first, slice(None), 1.0), (second, inner, -1.0)):
        own, apex = owner[chosen], seeds.points[owner[chosen]]
        height = sign * ((middles[chosen] - apex) * along[chosen]).sum(axis=1) / distance[chosen]
        cones = area[chosen] * height / dimension
        np.add.at(volumes, own, cones)
        share = (dimension * middles[chosen] + apex) / (dimension + 1)
        np.add.at(sums, own, cones[:, None] * share)
    if not (volumes > 0).all():
        raise MeshError("a grain is empty")
    growth = (area / (2 * distance))[inner]
    return Cells(volumes, sums / volumes[:, None], sides[inner], growth)


def _plane_faces(seeds: Seeds, others: Seeds) -> tuple[Ints, Floats, Floats]:
    """Sides (f, 2), normals as long as the edges (f, 2) and midpoints (f, 2)."""
    vertices, facets, sides = plane_cells(seeds, others)
    start, end = vertices[facets[:, 0]], vertices[facets[:, 1]]
    return sides, end - start, 0.5 * (start + end)


def _space_faces(seeds: Seeds, others: Seeds) -> tuple[Ints, Floats, Floats]:
    """Sides (f, 2), normals as large as the faces (f, 3) and means of their corners (f, 3)."""
    vertices, rings, sides = space_cells(seeds, others)
    lengths = np.array([len(ring) for ring in rings])
    starts = np.cumsum(lengths) - lengths
    corners = vertices[np.concatenate(rings)]
    middles = np.add.reduceat(corners, starts) / lengths[:, None]
    spokes = corners - np.repeat(middles, lengths, axis=0)
    following = np.roll(spokes, -1, axis=0)
    following[starts + lengths - 1] = spokes[starts]
    return sides, 0.5 * np.add.reduceat(np.cross(spokes, following), starts), middles


def _improved(seeds: Seeds, cells: Cells, aim: Floats, around: Surroundings) -> tuple[Seeds, Cells]:
    """Seeds with weights that come nearer to the aim (n,), and their cells."""
    change, before = _newton_step(cells, aim), np.abs(aim - cells.volumes).sum()
    for damping in DAMPING:
        trial = seeds._replace(weights=seeds.weights + damping * change)
        try:
            tried = measured(trial, around)
        except MeshError:
            continue
        whole = (tried.volumes > LEAST_SHARE * aim).all()
        if whole and np.abs(aim - tried.volumes).sum() < before:
            return trial, tried
    return seeds, cells


def _newton_step(cells: Cells, aim: Floats) -> Floats:
    """Change of the weights (n,) that makes up for missing volumes, to first order."""
    count = len(aim)
    first, second = cells.pairs.T
    upper = coo_array((cells.growth, (first, second)), shape=(count, count)).tocsr()
    links = upper + upper.T
    degree = links.sum(axis=1)
    # The weights have no zero point of their own; a trace of the diagonal gives them one.
    matrix = diags_array(degree * (1 + 1e-9)) - links
    with catch_warnings():
        simplefilter("ignore", MatrixRankWarning)
        change = np.atleast_1d(spsolve(matrix.tocsc(), aim - cells.volumes))
    if not np.isfinite(change).all():
        raise MeshError(f"{TOO_FEW}: one has no neighbour")
    return change


def _first_sound(trials: list[Seeds], around: Surroundings) -> tuple[Seeds, Cells]:
    """The first of some seeds whose cells are all there, and these."""
    for trial in trials[:-1]:
        try:
            return trial, measured(trial, around)
        except MeshError:
            continue
    return trials[-1], measured(trials[-1], around)
