"""Entries of the chemistry's tangent: their places, found once, and what gives their values."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.particle import dolfinx_api

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]


class TangentPart(Protocol):
    """Some entries of the tangent.

    rows, columns: number of each among the unknowns of this rank (see `Starts`), ghosts included.
    Entries of the same place are added, over the ranks too.
    """

    rows: Integers
    columns: Integers

    def values(self) -> Floats:
        """Return the present value of each entry."""


class Starts(NamedTuple):
    """Number of the first value of each unknown if all of them, with ghosts, stand in a row."""

    occupancy: int
    grain: int
    collector: int
    network: int

    @classmethod
    def of(cls, fields: Sequence[fem.Function]) -> "Starts":
        """Return those of the unknowns of a system."""
        sizes = [dolfinx_api.local_size(field.function_space.dofmap.index_map) for field in fields]
        return cls(*np.concatenate([[0], np.cumsum(sizes)])[:4].tolist())


def all_pairs(unknowns: Integers) -> tuple[Integers, Integers]:
    """Rows and columns of small full matrices, one over each row of `unknowns`, (n, k)."""
    n, k = unknowns.shape
    rows = np.broadcast_to(unknowns[:, :, None], (n, k, k))
    return rows.ravel(), rows.swapaxes(1, 2).ravel()
