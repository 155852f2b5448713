"""Geometry of polycrystalline particles: tessellation, regularisation, Gmsh meshes."""

from meshes.build import build
from meshes.cache import MeshFile
from meshes.complexes import Complex, MeshError, polygons
from meshes.round_particle import complex_of
from meshes.simplices import Simplices
from meshes.sizes import estimate_cells

__all__ = [
    "Complex",
    "MeshError",
    "MeshFile",
    "Simplices",
    "build",
    "complex_of",
    "estimate_cells",
    "polygons",
]
