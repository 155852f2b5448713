"""The stiffness of a crystal whose c axis is one of threefold, fourfold or sixfold symmetry.

Second-order tensors of such a crystal, its swelling and its diffusivity among them, are the same in
every direction of its layers. Its stiffness is so only if it is hexagonal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

ROUNDING = 1e-9  # of constants, over C11


@dataclass(frozen=True)
class MaterialStiffness:
    """Stiffness in Voigt notation, in Pa: x along the a axis, z along c.

    C14 and C15 are those of trigonal crystals. surplus: of C66 over (C11 - C12) / 2, of tetragonal
    and cubic ones. All three vanish where the stiffness is the same in every direction about c.
    """

    C11: float
    C12: float
    C13: float
    C33: float
    C44: float
    C14: float = 0.0
    C15: float = 0.0
    surplus: float = 0.0

    @property
    def C66(self) -> float:  # noqa: N802
        """Return the shear stiffness within the layers."""
        return 0.5 * (self.C11 - self.C12) + self.surplus

    def knows_directions_about_c(self) -> bool:
        """Return whether the stiffness is not the same in every direction about c."""
        return max(abs(self.C14), abs(self.C15), abs(self.surplus)) > ROUNDING * self.C11

    def is_isotropic(self) -> bool:
        """Return whether no direction differs from another, to rounding."""
        pairs = ((self.C11, self.C33), (self.C12, self.C13), (self.C44, self.C66))
        alike = all(abs(one - other) <= ROUNDING * self.C11 for one, other in pairs)
        return alike and not self.knows_directions_about_c()

    def young_along_c(self) -> float:
        """Return Young's modulus along c; all directions across it shorten alike."""
        return self.C33 - 2 * self.C13**2 / (self.C11 + self.C12)

    def voigt(self) -> np.ndarray:
        """Return the 6 x 6 matrix for (11, 22, 33, 23, 13, 12) with engineering shear."""
        matrix = np.diag([self.C11, self.C11, self.C33, self.C44, self.C44, self.C66])
        matrix[0, 1] = matrix[1, 0] = self.C12
        matrix[:2, 2] = matrix[2, :2] = self.C13
        for (i, j), value in {
            (0, 3): self.C14, (1, 3): -self.C14, (4, 5): self.C14,
            (0, 4): self.C15, (1, 4): -self.C15, (3, 5): -self.C15,
        }.items():  # fmt: skip
            matrix[i, j] = matrix[j, i] = value
        return matrix


class System(NamedTuple):
    """A crystal system: constants that it must have, those it may, and what it makes of them.

    positive: what each must be for the energy to be positive (Mouhat and Coudert, Phys. Rev. B 90,
    2014, 224104), the left side less the right of the condition that it is named by.
    """

    needed: tuple[str, ...]
    optional: tuple[str, ...]
    stiffness: Callable[..., MaterialStiffness]
    positive: dict[str, Callable[[MaterialStiffness], float]]

    def violated(self, stiffness: MaterialStiffness) -> list[str]:
        """Return the conditions that do not hold."""
        return [text for text, excess in self.positive.items() if not excess(stiffness) > 0]


def _cubic(C11: float, C12: float, C44: float) -> MaterialStiffness:
    return MaterialStiffness(C11, C12, C12, C11, C44, surplus=C44 - 0.5 * (C11 - C12))


def _tetragonal(C66: float, **others: float) -> MaterialStiffness:
    return MaterialStiffness(**others, surplus=C66 - 0.5 * (others["C11"] - others["C12"]))


_LAYERED = ("C11", "C12", "C13", "C33", "C44")
_IN_PLANE: dict[str, Callable[[MaterialStiffness], float]] = {
    "C11 > |C12|": lambda C: C.C11 - abs(C.C12),
    "C33 (C11 + C12) > 2 C13^2": lambda C: C.C33 * (C.C11 + C.C12) - 2 * C.C13**2,
    "C44 > 0": lambda C: C.C44,
}

SYSTEMS = {
    "hexagonal": System(_LAYERED, (), MaterialStiffness, _IN_PLANE),
    "trigonal": System(
        (*_LAYERED, "C14"),
        ("C15",),
        MaterialStiffness,
        {
            **_IN_PLANE,
            "C44 (C11 - C12) / 2 > C14^2 + C15^2": lambda C: C.C44 * C.C66 - C.C14**2 - C.C15**2,
        },
    ),
    "tetragonal": System(
        (*_LAYERED, "C66"), (), _tetragonal, {**_IN_PLANE, "C66 > 0": lambda C: C.C66}
    ),
    "cubic": System(
        ("C11", "C12", "C44"),
        (),
        _cubic,
        {
            "C11 > C12": lambda C: C.C11 - C.C12,
            "C11 + 2 C12 > 0": lambda C: C.C11 + 2 * C.C12,
            "C44 > 0": lambda C: C.C44,
        },
    ),
}
