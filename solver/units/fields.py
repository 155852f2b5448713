"""What a particle remembers, field by field: where its values are, their unit and their limits."""

from dataclasses import dataclass
from math import inf
from typing import Literal

Place = Literal["node", "corner", "surface", "point", "grain", "network", "one"]


@dataclass(frozen=True)
class StateField:
    """A field of the state, in internal units.

    place: node (of each grain), corner (of each cell), surface (the nodes of the outside, and the
    plus and the minus side of each boundary point), point (of the boundaries), grain, network (of
    the boundaries as one connected thing), or one. unit: as it is held. vector: whether it has
    the components of the displacement. lower, upper: what it cannot leave. slow: whether it
    changes little from cycle to cycle. passes_on: whether what is beyond the upper limit goes to
    neighbours; else nothing goes there.
    """

    place: Place
    unit: str
    about: str
    vector: bool = False
    lower: float = -inf
    upper: float = inf
    slow: bool = False
    passes_on: bool = False
