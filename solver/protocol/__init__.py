"""Protocols: what a user may write, and the flat list of steps that it stands for."""

from solver.protocol.checks import infeasible, without_current
from solver.protocol.compound import STEPS, AnyStep, RateTest, Repeat, in_rates
from solver.protocol.sequence import PlannedStep, direction, expand
from solver.protocol.steps import (
    Charge,
    Discharge,
    Hold,
    Impedance,
    Load,
    Pulse,
    PulseUntil,
    Rest,
    SimpleStep,
    Sweep,
    Until,
    keys_of,
)
from solver.protocol.text import read_step
from solver.protocol.words import in_c, in_words

__all__ = [
    "STEPS",
    "AnyStep",
    "Charge",
    "Discharge",
    "Hold",
    "Impedance",
    "Load",
    "PlannedStep",
    "Pulse",
    "PulseUntil",
    "RateTest",
    "Repeat",
    "Rest",
    "SimpleStep",
    "Sweep",
    "Until",
    "direction",
    "expand",
    "in_c",
    "in_rates",
    "in_words",
    "infeasible",
    "keys_of",
    "read_step",
    "without_current",
]
