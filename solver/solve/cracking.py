"""Equilibrium of a body that is loaded from outside and whose grains crack inside."""

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.case.linear import MechanicsChoice
from solver.model.loads.loads import Loads
from solver.model.mechanics import MechanicalSystem
from solver.model.phase_field import GrainFracture
from solver.solve.loaded import LoadedSolver
from solver.solve.phase_field import FractureSolver

Floats = npt.NDArray[np.floating]


class CrackingSolver(LoadedSolver):
    """Finds displacement, crack field and boundary damage under loads.

    The crack field and what drove it count as unknowns: a load path takes them back with the rest.
    """

    takes_jumps = True  # no process zone to be driven: the next minimum, wherever it is

    def __init__(
        self,
        system: MechanicalSystem,
        loads: Loads,
        fracture: GrainFracture,
        tolerance: float = 1e-8,
        linear: MechanicsChoice = "auto",
    ) -> None:
        self._fields = [fracture.crack, fracture.drive]
        super().__init__(system, loads, tolerance, linear)
        self.cracks = FractureSolver(fracture)

    def forget(self) -> None:
        """Go on as if nothing had been solved yet; what was counted stays. Collective."""
        super().forget()
        self.cracks.forget()

    def begin_step(self, damage_old: Floats) -> None:
        """Fix damage and cracks from which the next solutions start."""
        super().begin_step(damage_old)
        self.cracks.begin_step()

    def solve(self, share: float, enough: float = 0.0) -> Floats:
        """Bring unknowns and cracks to rest; return the new damage. Collective."""
        at_crack = super().solve
        return self.cracks.solve(lambda: at_crack(share, enough))

    def follow(self, measure: Floats, wanted: float, share: float) -> Floats:
        """The same with a measure of the displacement given and the load factor found."""
        at_crack = super().follow
        return self.cracks.solve(lambda: at_crack(measure, wanted, share))

    @property
    def fields(self) -> list[fem.Function]:
        """The unknowns, the crack field, and what drove it."""
        return [*super().fields, *self._fields]
