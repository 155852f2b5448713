"""What a case would take, and what should be known before it runs: no mesh, no DOLFINx."""

from solver.plan.cautions import all_cautions, cautions
from solver.plan.description import describe
from solver.plan.limits import this_machine
from solver.plan.size import MeshEstimate, Plan, plan

__all__ = ["MeshEstimate", "Plan", "all_cautions", "cautions", "describe", "plan", "this_machine"]
