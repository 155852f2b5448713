"""Blocks of rows that hang together are inverted exactly, each by itself."""

import numpy as np
from petsc4py import PETSc

from solver.solve.linear.clusters import ClusterInverse

LABEL = np.array([4, 0, 4, 2, 0, 4, 1])
BLOCKS = ([0, 2, 5], [1, 4], [3], [6])


def dense(seed: int) -> np.ndarray:
    """Symmetric matrix whose blocks push; some entries are not there."""
    random = np.random.default_rng(seed).normal(size=(7, 7))
    values = random @ random.T + np.eye(7)
    for i, j in ((0, 5), (1, 6), (2, 3)):
        values[i, j] = values[j, i] = 0.0
    return values


def petsc(values: np.ndarray) -> PETSc.Mat:
    matrix = PETSc.Mat().createAIJ((7, 7), nnz=7, comm=PETSc.COMM_SELF)
    for i, j in zip(*np.nonzero(values), strict=True):
        matrix.setValue(i, j, values[i, j])
    matrix.assemble()
    return matrix


def by_blocks(values: np.ndarray, right: np.ndarray) -> np.ndarray:
    found = np.empty(7)
    for rows in BLOCKS:
        found[rows] = np.linalg.solve(values[np.ix_(rows, rows)], right[rows])
    return found


def test_each_block_is_solved_exactly_and_anew():
    right = np.arange(1.0, 8.0)
    blocks = ClusterInverse(petsc(dense(1)), LABEL)
    for seed in (1, 2):
        blocks.take(petsc(dense(seed)))
        np.testing.assert_allclose(blocks.apply(right), by_blocks(dense(seed), right), rtol=1e-10)


def test_a_block_that_pulls_counts_by_its_size():
    values = np.diag([2.0, -4.0, 2.0, 5.0, -4.0, 2.0, 1.0])
    blocks = ClusterInverse(petsc(values), LABEL)
    blocks.take(petsc(values))
    np.testing.assert_allclose(blocks.apply(np.ones(7)), 1 / np.abs(np.diag(values)))
