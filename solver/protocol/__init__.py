"""Protocols: what a user may write, and the flat list of steps that it stands for."""

from solver.protocol.base import Round, SimpleStep, Step, keys_of
from solver.protocol.checks import infeasible, unsuited, without_current
from solver.protocol.kinds import STEPS, AnyStep, read_step
from solver.protocol.sequence import PlannedStep, expand
from solver.protocol.words import in_c

__all__ = [
    "STEPS",
    "AnyStep",
    "PlannedStep",
    "Round",
    "SimpleStep",
    "Step",
    "expand",
    "in_c",
    "infeasible",
    "keys_of",
    "read_step",
    "unsuited",
    "without_current",
]
