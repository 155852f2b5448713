"""Anderson acceleration of a fixed-point iteration q -> q + r(q), distributed over ranks.

(Walker and Ni, SIAM J. Numer. Anal. 49, 2011.) The next iterate is the combination of the last
ones whose residuals cancel best in the least-squares sense.
"""

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

Floats = npt.NDArray[np.floating]
DEPTH = 6
CONDITION = 1e-12


class Anderson:
    """Remembers the last iterates; `restart` before each new fixed-point problem."""

    def __init__(self, comm: MPI.Comm, n_owned: int) -> None:
        self._comm, self._n_owned = comm, n_owned
        self.restart()

    def restart(self) -> None:
        """Forget everything."""
        self._points: list[Floats] = []
        self._residuals: list[Floats] = []

    @property
    def last(self) -> tuple[Floats, Floats] | None:
        """Point and residual that were remembered last, if any."""
        return (self._points[-1], self._residuals[-1]) if self._points else None

    def remember(self, point: Floats, residual: Floats) -> None:
        """Take note of an iterate, wherever it came from; the oldest one is forgotten."""
        self._points = [*self._points[-DEPTH:], point.copy()]
        self._residuals = [*self._residuals[-DEPTH:], residual.copy()]

    def advance(self, point: Floats, residual: Floats) -> Floats:
        """Return the next iterate. Collective.

        point, residual: local arrays, ghosts consistent with their owners.
        """
        self.remember(point, residual)
        if len(self._points) == 1:
            return point + residual
        points = np.array([point - earlier for earlier in self._points[:-1]])
        residuals = np.array([residual - earlier for earlier in self._residuals[:-1]])
        weights = self._weights(residuals, residual)
        return point + residual - weights @ (points + residuals)

    def _weights(self, differences: Floats, residual: Floats) -> Floats:
        """Weights whose combination of the differences comes closest to the residual."""
        owned = differences[:, : self._n_owned]
        local = np.column_stack([owned @ owned.T, owned @ residual[: self._n_owned]])
        gram = np.empty_like(local)
        self._comm.Allreduce(local, gram, MPI.SUM)
        return np.linalg.lstsq(gram[:, :-1], gram[:, -1], rcond=CONDITION)[0]
