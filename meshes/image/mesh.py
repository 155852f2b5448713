"""From an image with a label for every grain to a conforming mesh with smooth boundaries."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from meshes.arrays import Bools, Floats, Ints
from meshes.errors import MeshError
from meshes.image.cutting import labelled, snapped
from meshes.image.interfaces import OUTSIDE, Interface, smoothed
from meshes.image.lattice import CELLS_PER_CUBE, lattice
from meshes.image.voxels import BACKGROUND, overlap, to_change
from meshes.simplices import Simplices, facets, oriented, require_valid, without_unused_points

SPACING = 1.07  # of the lattice over its mean edge: edges of cubes, and half their diagonals
SPECKS = 0.02  # of the cells may lie apart, and are left out


class ImageMesh(NamedTuple):
    """The mesh of an image, and the share of the image's cells (of grains) in the right grain."""

    mesh: Simplices
    overlap: float


def mesh_image(labels: Ints, voxel: float, size: float) -> ImageMesh:
    """Mesh of all labels but 0 in an image (x, y[, z]), with edges of about `size` (um).

    voxel: edge of one cell of the image, um. The origin is the corner of the first. Regions are
    in ascending order of their labels. Raises MeshError for an image without grains, or if a
    grain is too small for the size.
    """
    grains = grain_labels(labels)
    spacing = SPACING * size / voxel  # of the lattice; lengths are in cells of the image from here
    mesh = _cut_out(labels, grains, spacing)
    values = np.append(grains, BACKGROUND)  # by region, OUTSIDE being the last

    def pull(points: Floats, normal: Floats, interface: Interface) -> Floats:
        sides = values[np.maximum(interface.between, OUTSIDE)]
        return to_change(labels, points, normal, sides, spacing)

    mesh = smoothed(mesh, _free(mesh.points, labels.shape, spacing), pull)
    require_valid(mesh)
    return ImageMesh(replace(mesh, points=voxel * mesh.points), overlap(mesh, labels, grains))


def _cut_out(labels: Ints, grains: Ints, spacing: float) -> Simplices:
    """The cells of a lattice that show grains, in one piece, still with steps between them."""
    points, cells = _lattice_over(labels.shape, spacing)
    cells = oriented(points, cells)
    points = snapped(labels, points, cells, _free(points, labels.shape, spacing))
    label = labelled(labels, points, cells)
    inside = label != BACKGROUND
    names = tuple(f"grain_{value}" for value in grains)
    if not inside.any():
        raise MeshError(f"all {len(names)} grains are too small for the mesh size")
    region = np.searchsorted(grains, label[inside])
    mesh = without_unused_points(_one_piece(Simplices(points, cells[inside], region, names)))
    lost = np.nonzero(np.bincount(mesh.region, minlength=len(names)) == 0)[0]
    if len(lost):
        raise MeshError(
            f"{len(lost)} of {len(names)} grains are too small for the mesh size, or lie apart; "
            f"the first is {names[lost[0]]}: lower mesh.size, or let particle.clean give them away"
        )
    return mesh


def grain_labels(labels: Ints) -> Ints:
    """Labels of the grains, ascending. Raises MeshError if the image shows no grain."""
    shown = np.unique(labels)
    if len(shown) == 1:
        raise MeshError(f"the image has one label only, {shown[0]}: nothing to tell apart")
    return shown[shown != BACKGROUND]


def expected_cells_of_image(labels: Ints, voxel: float, size: float) -> int:
    """Number of cells that a mesh of the image would have."""
    d = labels.ndim
    volume = np.count_nonzero(labels != BACKGROUND) * voxel**d
    return round(CELLS_PER_CUBE[d] * volume / (SPACING * size) ** d)


def _lattice_over(shape: tuple[int, ...], spacing: float) -> tuple[Floats, Ints]:
    """Lattice that fills the frame of an image."""
    counts = tuple(max(round(n / spacing), 1) for n in shape)
    points, cells = lattice(counts)
    return points * (np.array(shape) / counts), cells


def _free(points: Floats, shape: tuple[int, ...], spacing: float) -> Bools:
    """Directions in which points may move: those on the image's frame stay on it."""
    near = 1e-6 * spacing
    free: Bools = (np.abs(points) > near) & (np.abs(points - np.array(shape)) > near)
    return free


def _one_piece(mesh: Simplices) -> Simplices:
    """The largest part of a mesh that hangs together by facets; MeshError if others are large."""
    every = facets(mesh)
    links = every.cells[~every.is_outside]
    graph = coo_array((np.ones(len(links), np.int8), tuple(links.T)), shape=(len(mesh.cells),) * 2)
    part = connected_components(graph, directed=False)[1]
    sizes = np.bincount(part)
    if sizes.max() < (1 - SPECKS) * sizes.sum():
        share = 1 - sizes.max() / sizes.sum()
        raise MeshError(f"{100 * share:.0f} % of the particle in the image lie apart from the rest")
    kept = part == np.argmax(sizes)
    return Simplices(mesh.points, mesh.cells[kept], mesh.region[kept], mesh.names)
