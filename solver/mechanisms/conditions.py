"""What mechanisms make of the surfaces and grains that the next time step meets."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


class Layers(NamedTuple):
    """Layers on one side of surfaces, per true area; arrays at its nodes or points.

    resistance: of all layers to the reaction, V um^2/pA. bridged: the part of it that a dielectric
    bridges within the time `relaxation`, s. exchange: factor on the exchange current. parasitic:
    current that takes no lithium along, pA/um^2.
    """

    resistance: Floats
    bridged: Floats
    relaxation: Floats
    exchange: Floats
    parasitic: Floats

    @classmethod
    def none(cls, n: int) -> "Layers":
        """Return n places that bear nothing."""
        resistance, bridged, relaxation, parasitic = (np.zeros(n) for _ in range(4))
        return cls(resistance, bridged, relaxation, np.ones(n), parasitic)

    def add_bridged(self, resistance: Floats, relaxation: Floats | float) -> None:
        """Add a layer's resistance (V um^2/pA), which a dielectric bridges within a time (s).

        All such layers of a side relax together, in their mean time by resistance.
        """
        self.resistance[:] += resistance
        there = self.bridged > 0
        slowness = self.bridged * self.relaxation + resistance * relaxation
        self.bridged[:] += resistance
        self.relaxation[:] = relaxation
        self.relaxation[there] = slowness[there] / self.bridged[there]

    def clear(self) -> None:
        """Take all layers away."""
        for values in self:
            values[:] = 0.0
        self.exchange[:] = 1.0


@dataclass(frozen=True)
class Conditions:
    """What the coming time step meets; mechanisms change it in place, each on top of the others.

    outside, plus, minus: layers at the nodes of the outside, and on either side of the points of
    the boundaries. receded: by how much the oxide's sides stand further apart at these points than
    they have opened, filled: what between them is no liquid, um. diffusivity, sites: factors at the
    nodes. trapped: lithium that holds still there, leached: that has left with its sites, both per
    site of the fresh oxide. strain_a, strain_c: of the lattice within and across the layers, on top
    of what lithium does to it (what grows in an oxide and does not fit).
    """

    outside: Layers
    plus: Layers
    minus: Layers
    receded: Floats
    filled: Floats
    diffusivity: Floats
    sites: Floats
    trapped: Floats
    leached: Floats
    strain_a: Floats
    strain_c: Floats

    @classmethod
    def fresh(cls, nodes: int, points: int) -> "Conditions":
        """Return those of a particle on which nothing has acted."""
        outside, plus, minus = (Layers.none(n) for n in (nodes, points, points))
        grains = np.ones(nodes), np.ones(nodes), *(np.zeros(nodes) for _ in range(4))
        return cls(outside, plus, minus, np.zeros(points), np.zeros(points), *grains)

    @property
    def sides(self) -> tuple[Layers, Layers, Layers]:
        """Outside, plus and minus, as fields on surfaces have them."""
        return self.outside, self.plus, self.minus

    def reset(self) -> None:
        """Go back to a particle on which nothing has acted."""
        for side in self.sides:
            side.clear()
        self.diffusivity[:] = self.sites[:] = 1.0
        self.receded[:] = self.filled[:] = 0.0
        self.trapped[:] = self.leached[:] = self.strain_a[:] = self.strain_c[:] = 0.0
