"""The stiffness of a crystal that is the same in every direction of its layers."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Stiffness:
    """Transversely isotropic stiffness about c in Voigt notation, in Pa."""

    C11: float
    C12: float
    C13: float
    C33: float
    C44: float

    @property
    def C66(self) -> float:  # noqa: N802
        """Return the shear stiffness within the layers."""
        return 0.5 * (self.C11 - self.C12)

    def voigt(self) -> np.ndarray:
        """Return the 6 x 6 matrix for (11, 22, 33, 23, 13, 12) with engineering shear."""
        matrix = np.diag([self.C11, self.C11, self.C33, self.C44, self.C44, self.C66])
        matrix[0, 1] = matrix[1, 0] = self.C12
        matrix[:2, 2] = matrix[2, :2] = self.C13
        return matrix
