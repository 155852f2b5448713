"""The present moment, as mechanisms see it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from solver.mechanisms.places import Places
from solver.physics.cohesive import Strength

Floats = npt.NDArray[np.floating]


class Fields(Protocol):
    """Fields of the state by name; arrays of this rank and its ghosts, internal units."""

    def __contains__(self, name: str) -> bool:
        """Return whether there is such a field."""

    def __getitem__(self, name: str) -> Floats:
        """Return the local values of a field."""

    def __setitem__(self, name: str, values: Floats) -> None:
        """Fill a field."""

    def sides(self, name: str) -> Sequence[Floats]:
        """Return outside, plus and minus of a field on surfaces."""


class Now(Protocol):
    """A moment in equilibrium, and the accepted one before it; internal units."""

    @property
    def places(self) -> Places:
        """Where it is: nodes, boundary points, and what they are of."""

    @property
    def state(self) -> Fields:
        """What mechanisms may read, and change where a field is theirs."""

    @property
    def old(self) -> Fields:
        """The state of the accepted step before."""

    @property
    def temperature(self) -> float:
        """Temperature in K."""

    @property
    def gap(self) -> Floats:
        """How far apart the sides stand at each boundary point, um; 0 where bonded or pressed."""

    @property
    def damage(self) -> Floats:
        """How far each boundary point has broken, 0 to 1 (share of its toughness)."""

    @property
    def strength(self) -> Strength:
        """Resistance of the boundary points as weak as they are."""

    @property
    def potentials(self) -> tuple[Floats, Floats, Floats]:
        """Electronic potential against the liquid, V, on outside, plus and minus side."""

    @property
    def lattice_shear(self) -> Floats:
        """Elastic shear of the layers of the lattice over each other at each node. Collective."""

    @property
    def lattice_work(self) -> tuple[Floats, Floats]:
        """What the elastic energy loses for a strain of the lattice at a node, along a and c, pJ.

        As the grains are, before anything gives way. Collective.
        """

    def lattice_energy(self, a: Floats, c: Floats) -> Floats:
        """Elastic energy of lattice strains (along a and c) at the nodes if nothing yields, pJ."""

    def bonded_opening(self, state: Fields) -> Floats:
        """Opening vectors of a state without what its bonds have slipped, um (points, d)."""
