"""What two dimensions stand for.

generalised: a bundle of columns. All three components of the displacement depend on x and y, and
    one axial strain, the same everywhere, leaves no axial force.
strain: nothing leaves the plane, and nothing is strained along z.
stress: nothing leaves the plane, and there is no stress along z.
"""

from typing import Literal

Plane = Literal["generalised", "strain", "stress"]


def components(dimension: int, plane: Plane) -> int:
    """Components of the displacement: three, but in a plane that nothing leaves."""
    return 3 if plane == "generalised" else dimension
