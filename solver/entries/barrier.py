"""What holds metals back from crossing the layers of an oxide, by how far these have glided."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.entries import measures as q
from solver.entries.reader import Entries
from solver.units import usual

Floats = npt.NDArray[np.floating]
LAYERS = 3  # of the oxide in a cell of its lattice
KEY = "cation_barrier"


def per_shear(entries: Entries) -> float | None:
    """Read c/3 over a, the gliding ratio at a shear of 1; None of an oxide without `lattice_c`."""
    if not entries.has("lattice_c"):
        return None
    c, a = (entries.number(f"lattice_{name}", q.LATTICE) for name in ("c", "a"))
    return c / LAYERS / a if a > 0 else float("nan")


class CationBarrier(NamedTuple):
    """Table of the barrier E(g) for metals across the layers.

    ratio: gliding ratios g. energy: J; the last value holds beyond it. per_shear: g at an elastic
    shear of 1 between the layers.
    """

    ratio: tuple[float, ...]
    energy: tuple[float, ...]
    per_shear: float

    @classmethod
    def read(cls, entries: Entries) -> "CationBarrier":
        """Read the entry `cation_barrier`."""
        ratio = entries.numbers(KEY, "ratio", usual.PURE, q.OCCUPANCY)
        energy = entries.numbers(KEY, "value", entries.unit(KEY, q.BARRIER), q.BARRIER)
        entries.numbers(KEY, "known", usual.PURE, q.OCCUPANCY)
        if len(ratio) != len(energy) or ratio != sorted(set(ratio)):
            why = "needs as many values as ratios, and ratios that increase"
            entries.note((KEY, "ratio"), why)
        shear = per_shear(entries)
        if shear is None:
            entries.note((KEY,), "needs lattice_c: layers are a third of it apart")
        return cls(tuple(ratio), tuple(energy), shear or float("nan"))

    def at(self, ratio: Floats) -> Floats:
        """Return E(g) at gliding ratios, J."""
        return np.asarray(np.interp(ratio, self.ratio, self.energy))

    def sheared(self, shear: Floats) -> Floats:
        """Return it where the lattice is sheared between its layers, J."""
        return self.at(self.per_shear * shear)
