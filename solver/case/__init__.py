"""What a user may write: pydantic models with units, read from YAML with line numbers."""

from solver.case.models import Case, CohesiveCase, NumericsCase, PhysicsCase
from solver.case.particle import AnyParticle, ImageCase, MeshFileCase, ParticleCase
from solver.case.problems import CaseError, Problem
from solver.case.steps import AnyStep, Charge, Discharge, Hold, Rest, Until

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
    "MeshFileCase",
    "NumericsCase",
    "ParticleCase",
    "PhysicsCase",
    "Problem",
    "Rest",
    "Until",
]
