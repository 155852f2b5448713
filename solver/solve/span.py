"""Spaces that motions of nodes span, as PETSc takes them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

Floats = npt.NDArray[np.floating]


def span(motions: Sequence[Floats], owned: int, like: PETSc.Vec) -> PETSc.NullSpace:
    """Span of motions of nodes (n, d), with which a vector begins on each rank. Collective.

    owned: how many values it begins with; beyond, it is zero. Ghosts may follow in motions.
    """
    vectors: list[PETSc.Vec] = []
    for motion in motions:
        vector = like.duplicate()
        vector.set(0.0)
        vector.array_w[:owned] = motion.ravel()[:owned]
        for earlier in vectors:
            vector.axpy(-vector.dot(earlier), earlier)
        vector.normalize()
        vectors.append(vector)
    return PETSc.NullSpace().create(vectors=vectors, comm=like.comm)
