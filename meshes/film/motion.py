"""Let the inside of grains follow their surface, so that no cell there is squeezed flat."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csr_array

from meshes.arrays import Floats, Ints

TOLERANCE = 1e-3  # of the residual: the motion need only be smooth
MOST_STEPS = 300


def laplacian(points: Floats, cells: Ints, count: int) -> csr_array:
    """Stiffness matrix (count, count) of the Laplace equation on linear simplices.

    points: (m, d + 1, d) corners of the cells, cells: (m, d + 1) their numbers.
    """
    spokes = points[:, 1:] - points[:, :1]
    gradients = np.linalg.inv(spokes)
    gradients = np.concatenate([-gradients.sum(axis=2, keepdims=True), gradients], axis=2)
    weight = np.abs(np.linalg.det(spokes))[:, None, None]
    local = weight * (gradients.transpose(0, 2, 1) @ gradients)
    rows, columns = np.broadcast_arrays(cells[:, :, None], cells[:, None, :])
    return coo_array((local.ravel(), (rows.ravel(), columns.ravel())), (count, count)).tocsr()


def smoothest(matrix: csr_array, prescribed: Floats, free: Floats) -> Floats:
    """Displacements (n, d) of least Dirichlet energy: `prescribed` plus a part within `free`.

    free: (n, d, d) projectors onto the directions in which a point may follow. Conjugate
    gradients in the free directions, scaled by the diagonal.
    """
    diagonal = matrix.diagonal()
    scale = 1.0 / np.where(diagonal > 0, diagonal, 1.0)[:, None]

    def projected(vectors: Floats) -> Floats:
        return np.einsum("nij,nj->ni", free, vectors)

    moved = prescribed.copy()
    residual = projected(-(matrix @ moved))
    direction = scaled = residual * scale
    energy = start = float((residual * scaled).sum())
    for _ in range(MOST_STEPS):
        if energy <= TOLERANCE**2 * start:
            break
        image = projected(matrix @ direction)
        step = energy / float((direction * image).sum())
        moved += step * direction
        residual = residual - step * image
        scaled = residual * scale
        previous, energy = energy, float((residual * scaled).sum())
        direction = scaled + energy / previous * direction
    return moved
