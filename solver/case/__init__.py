"""What a user may write: pydantic models with units, read from YAML with line numbers."""

from solver.case.models import Case, NumericsCase
from solver.case.particle import AnyParticle, ImageCase, MeshFileCase, ParticleCase
from solver.case.physics import CohesiveCase, PhysicsCase
from solver.protocol import (
    AnyStep,
    Charge,
    Discharge,
    Hold,
    Impedance,
    Load,
    PlannedStep,
    Pulse,
    RateTest,
    Repeat,
    Rest,
    SimpleStep,
    Sweep,
    Until,
    in_words,
)
from solver.text.problems import CaseError, Problem

__all__ = [
    "AnyParticle",
    "AnyStep",
    "Case",
    "CaseError",
    "Charge",
    "CohesiveCase",
    "Discharge",
    "Hold",
    "ImageCase",
    "Impedance",
    "Load",
    "MeshFileCase",
    "NumericsCase",
    "ParticleCase",
    "PhysicsCase",
    "PlannedStep",
    "Problem",
    "Pulse",
    "RateTest",
    "Repeat",
    "Rest",
    "SimpleStep",
    "Sweep",
    "Until",
    "in_words",
]
