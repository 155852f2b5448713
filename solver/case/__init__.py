"""What a user may write: pydantic models with units, read from YAML with line numbers."""

from solver.case.models import Case, NumericsCase
from solver.case.particle import AnyParticle, ImageCase, MeshFileCase, ParticleCase
from solver.case.physics import CohesiveCase, PhysicsCase
from solver.text.problems import CaseError, Problem

__all__ = [
    "AnyParticle",
    "Case",
    "CaseError",
    "CohesiveCase",
    "ImageCase",
    "MeshFileCase",
    "NumericsCase",
    "ParticleCase",
    "PhysicsCase",
    "Problem",
]
