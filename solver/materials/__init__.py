"""The material library: one YAML per material, every value with its unit and its source."""

from solver.entries.files import MaterialError, MaterialFileError
from solver.entries.laws import Law
from solver.materials.electrolyte import (
    ElectrolyteMaterial,
    InterphaseMaterial,
    load_electrolyte_material,
    load_interphase_material,
)
from solver.materials.library import (
    BoundaryMaterial,
    FillerMaterial,
    GrainMaterial,
    MaterialStiffness,
    load_boundary_material,
    load_filler_material,
    load_grain_material,
    load_oxides,
)
from solver.materials.tails import tail_entered

__all__ = [
    "BoundaryMaterial",
    "ElectrolyteMaterial",
    "FillerMaterial",
    "GrainMaterial",
    "InterphaseMaterial",
    "Law",
    "MaterialError",
    "MaterialFileError",
    "MaterialStiffness",
    "load_boundary_material",
    "load_electrolyte_material",
    "load_filler_material",
    "load_grain_material",
    "load_interphase_material",
    "load_oxides",
    "tail_entered",
]
