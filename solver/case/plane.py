"""What two dimensions stand for.

generalised: a bundle of columns. All three components of the displacement depend on x and y, and
    one axial strain, the same everywhere, leaves no axial force.
strain: nothing leaves the plane, and nothing is strained along z.
stress: a foil so thin that nothing in it bears stress along z, neither zz nor xz and yz.
"""

from math import pi
from typing import Literal

Plane = Literal["generalised", "strain", "stress"]


def ball_area_ratio(dimension: int) -> float:
    """Area of boundaries per volume of a ball of the same grains over that of a body.

    A plane body is a bundle of columns, whose boundaries have the length per area of a section. If
    they lie in all directions alike, those of a ball with such sections have 4/pi of it (Saltykov;
    Underwood, Quantitative Stereology, 1970).
    """
    return 4 / pi if dimension == 2 else 1.0


def components(dimension: int, plane: Plane) -> int:
    """Components of the displacement: three, but in a plane that nothing leaves."""
    return 3 if plane == "generalised" else dimension
