"""A map of a run, in one of the two formats: what both are told, and what either answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from solver.units.memory import Memory

Arrays = Mapping[str, npt.NDArray]


@dataclass(frozen=True)
class MapPiece:
    """What of the mesh of a map is on this rank; every cell is in exactly one piece.

    points: (points, 3) in um, those of its cells. kind: meshio's name of the cells. cells: their
    points, (cells, corners). point_keys, cell_keys: original numbers that tell each point and cell
    from all others, the same on any number of ranks, (n, numbers). constant: values in cells that
    no step changes.
    """

    points: npt.NDArray
    kind: str
    cells: npt.NDArray
    point_keys: npt.NDArray[np.int64]
    cell_keys: npt.NDArray[np.int64]
    constant: Arrays


class MapFile(Protocol):
    """Frames of a map, one after another. All methods are collective."""

    def write(self, time: float, point_data: Arrays, cell_data: Arrays) -> None:
        """Add one frame: values at this rank's points and cells. OutputError."""

    def save(self) -> Memory:
        """Return what there is, all of it on the disk."""

    def load(self, memory: Memory) -> None:
        """Go on behind what there was: later frames go."""
