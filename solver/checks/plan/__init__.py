"""What a case would take, and what should be known before it runs: no mesh, no DOLFINx."""

from solver.checks.plan.cautions import all_cautions, cautions
from solver.checks.plan.description import describe
from solver.checks.plan.limits import this_machine
from solver.checks.plan.size import Plan, plan

__all__ = ["Plan", "all_cautions", "cautions", "describe", "plan", "this_machine"]
