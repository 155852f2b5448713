"""Which solver a linear system gets."""

from solver.case.linear import MechanicsChoice, TransportChoice
from solver.solve.linear.blocks import BlocksCycle
from solver.solve.linear.cycles import CycleSolver
from solver.solve.linear.direct import DirectSolver
from solver.solve.linear.lagged import LaggedSolver
from solver.solve.linear.multigrid import GrainCycle
from solver.solve.linear.parts import PartsSolver
from solver.solve.linear.protocol import LinearSolver, LinearSystem


def choose(
    system: LinearSystem, wanted: MechanicsChoice | TransportChoice = "auto"
) -> LinearSolver:
    """Return the solver that a system gets: what a case wants, else what suits it.

    Where parts can be inverted in turn, that is done. All else is solved with lagged factors:
    most matrices here change by little from one solve to the next. Large bodies of grains are not
    factored.
    """
    if wanted == "direct":
        return DirectSolver(system)
    if system.parts and wanted == "auto":
        return PartsSolver(system)
    if system.levels and wanted in ("auto", "multigrid"):
        return CycleSolver(system, GrainCycle)
    if system.two is not None and wanted == "blocks":
        return CycleSolver(system, BlocksCycle)
    return LaggedSolver(system)
