"""Gliding: how far the layers of the lattice have glided over each other, elastically.

Layers stand c/3 apart. A shear gamma between them moves each by gamma c/3 over the next one; over
the lattice parameter a that is the gliding ratio

    g = gamma (c/3) / a,     gamma = 2 |(I - cc) e c|,

with the elastic strain e: of the lattice, not the slip of a boundary. At a ratio of 1 to 3 %
cations cross the layers most easily (Sun et al.). It is looked at and changes nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from solver.entries.barrier import per_shear
from solver.entries.files import MaterialError
from solver.entries.reader import Entries
from solver.mechanisms.base import Mechanism, MechanismCase, Shown
from solver.mechanisms.now import Now
from solver.mechanisms.places import Places
from solver.units.columns import Array, Column
from solver.units.fields import StateField
from solver.units.groups import GLIDING

Floats = npt.NDArray[np.floating]
EASY = 0.01  # gliding ratio from which metals cross the layers most easily


class GlidingRatioCase(MechanismCase):
    """The gliding of the layers of the lattice over each other is shown."""

    of_oxides: ClassVar[Callable[[Entries], float | None]] = per_shear

    def require(self, oxide: Any, temperature: float) -> None:
        """Raise MaterialError if it is not known how far apart the layers of an oxide are."""
        if oxide.entries["gliding"] is None:
            raise MaterialError(f"{oxide.name} has no entry lattice_c, which physics.gliding needs")

    def mechanism(self, places: Places) -> "GlidingRatio":
        """Return what looks at it."""
        return GlidingRatio(places)


class GlidingRatio(Mechanism):
    """Keeps the gliding ratio of every node."""

    name = "gliding"
    fields: ClassVar[Mapping[str, StateField]] = {
        "gliding": StateField("node", "1", "shift of the layers over the lattice parameter a"),
    }
    columns = (
        Column("Mean Gliding", "1", GLIDING, "Gliding ratio of the lattice, mean over the oxide."),
        Column("Boundary Gliding", "1", GLIDING, "The same over both sides of the boundaries."),
        Column("Largest Gliding", "1", GLIDING, "The largest anywhere."),
        Column(
            "Glided Boundary", "1", GLIDING, "Share of the sides of the boundaries at 1 % or more."
        ),
    )
    shown = (Shown(Array("gliding", "1", "grains", "Gliding ratio of the lattice."), "gliding"),)

    def __init__(self, places: Places) -> None:
        self._places = places
        nodes = places.nodes
        ratios = np.array([oxide.entries["gliding"] for oxide in places.oxides])
        self._ratio = ratios[places.oxide[nodes.grain]] * nodes.in_oxide

    def prepare(self, now: Now) -> None:
        """Start from a lattice at rest."""
        now.state["gliding"][:] = 0.0

    def begin(self, now: Now) -> None:
        """Look at an equilibrium."""
        now.state["gliding"][:] = self._ratio * now.lattice_shear

    def advance(self, now: Now, dt: float) -> float:
        """Look at the present."""
        self.begin(now)
        return 0.0

    def observe(self, now: Now) -> Mapping[str, float]:
        """Return mean and largest ratios."""
        places, points, gliding = self._places, self._places.points, now.state["gliding"]
        nodes = places.nodes
        volume = nodes.volume * nodes.owned * nodes.in_oxide
        _, *sides = places.beside(gliding)
        side = np.concatenate(sides)
        area = np.concatenate([points.plus_oxide, points.minus_oxide]) * np.tile(points.weight, 2)
        sums = [volume.sum(), volume @ gliding, area.sum(), area @ side, area @ (side >= EASY)]
        whole, total, meeting, along, easy = map(float, points.gathered(np.array(sums)))
        return {
            "Mean Gliding": total / whole,
            "Boundary Gliding": along / meeting if meeting > 0 else 0.0,
            "Largest Gliding": points.largest(gliding),
            "Glided Boundary": easy / meeting if meeting > 0 else 0.0,
        }
