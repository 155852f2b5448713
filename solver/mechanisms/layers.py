"""Layers of what oxide turns to, which grow inwards from its surfaces: where they are."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.mechanisms.places import Places
from solver.physics.rock_salt import along_c

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]
MOST = 0.9  # of the sites of a node: what is beyond comes from those behind it


class Side(NamedTuple):
    """Places of one kind: outside, plus or minus.

    grain, oxide: their numbers. along_c: squared cosine between normal and c axis.
    """

    grain: Integers
    oxide: Integers
    along_c: Floats

    def eased(self, ratio: Floats | float) -> Floats:
        """Return sin^2 + r cos^2: what goes inwards over what goes within the layers.

        ratio: r, of what goes across them over that.
        """
        return np.asarray(1.0 - (1.0 - ratio) * self.along_c)


def sides_of(places: Places) -> tuple[Side, Side, Side]:
    """Outside, plus and minus. Collective."""
    nodes, points = places.nodes, places.points
    kinds = (
        (nodes.grain, nodes.outward()),
        (points.pair[:, 0], points.normal),
        (points.pair[:, 1], points.normal),
    )
    outside, plus, minus = (
        Side(grain, places.oxide[grain], along_c(normal, places.c_axis[grain]))
        for grain, normal in kinds
    )
    return outside, plus, minus


def taken(places: Places, depths: Sequence[Floats]) -> Floats:
    """Share of the sites of each node that layers of these depths (um) take, by side. Collective.

    Depths are means over true area; what is more than a node has is taken from its neighbours.
    """
    outside, plus, minus = depths
    return places.settled(places.within(outside, plus, minus), MOST)[0]
