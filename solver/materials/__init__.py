"""The material library: one YAML per material, every value with its unit and its source."""

from solver.materials.laws import Law
from solver.materials.library import (
    BoundaryMaterial,
    GrainMaterial,
    MaterialError,
    Stiffness,
    load_boundary_material,
    load_grain_material,
)

__all__ = [
    "BoundaryMaterial",
    "GrainMaterial",
    "Law",
    "MaterialError",
    "Stiffness",
    "load_boundary_material",
    "load_grain_material",
]
