"""Tables that a run leaves behind with a row for a pulse, a sweep, a spectrum."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from solver.units.columns import Column
from solver.units.memory import Memory

if TYPE_CHECKING:
    from solver.protocol.base import SimpleStep

Row = Mapping[str, float]


@dataclass(frozen=True)
class Spectrum:
    """A small-signal impedance. frequencies: (n,) in Hz. impedance: (n,) complex, ohm m^2."""

    frequencies: npt.NDArray[np.floating]
    impedance: npt.NDArray[np.complexfloating]


class Basis(NamedTuple):
    """What tables know of a particle.

    one_c: current of 1C, A/kg, which is mA/g. diffusion_length: three times its volume over its
    outer area, m.
    """

    one_c: float
    diffusion_length: float


class Book(Protocol):
    """Condenses rows of the history."""

    def add(self, row: Row, step_ended: bool, spectrum: Spectrum | None = None) -> Sequence[Row]:
        """Take in one row of the history; return the rows of the table that it completes."""

    def close(self) -> Sequence[Row]:
        """Return what was not complete but is worth a row."""

    def summary(self) -> dict[str, Any]:
        """Return what the summary of the run says of it."""

    def save(self) -> Memory:
        """Return what it must know to go on from the accepted step."""

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""


class StepTable(NamedTuple):
    """A table: the name of its file, its columns, and what makes its book from the steps."""

    file: str
    columns: tuple[Column, ...]
    book: Callable[[Sequence["SimpleStep"], Basis], Book]
