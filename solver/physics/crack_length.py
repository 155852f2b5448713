"""How strong a solid is whose cracks are spread over a length, and the other way round.

Largest stress of a homogeneous bar: AT1: sqrt(3 E G / 8 l), AT2: 9/16 sqrt(E G / 3 l). (Pham et
al., Int. J. Damage Mech. 20, 2011)
"""

from math import sqrt
from typing import Literal

Dissipation = Literal["AT1", "AT2"]


def strength(dissipation: Dissipation, young: float, toughness: float, length: float) -> float:
    """Largest stress of a homogeneous bar, in the unit of `young`."""
    if dissipation == "AT1":
        return sqrt(3 * young * toughness / (8 * length))
    return 9 / 16 * sqrt(young * toughness / (3 * length))


def length_of_strength(
    dissipation: Dissipation, young: float, toughness: float, wanted: float
) -> float:
    """Length at which `strength` is as wanted, in the unit of toughness over that of `young`."""
    return strength(dissipation, young, toughness, 1.0) ** 2 / wanted**2
