"""What a case would take, and what should be known before it runs: no mesh, no DOLFINx."""

from solver.plan.cautions import cautions
from solver.plan.description import describe
from solver.plan.size import MeshEstimate, Plan, plan

__all__ = ["MeshEstimate", "Plan", "cautions", "describe", "plan"]
