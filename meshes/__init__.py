"""Geometry of polycrystalline particles: tessellation, regularisation, Gmsh meshes."""

from meshes.build import build
from meshes.cache import MeshFile
from meshes.complexes import Complex, MeshError, polygons
from meshes.estimate import Estimate, estimate
from meshes.round_particle import complex_of
from meshes.simplices import Simplices

__all__ = [
    "Complex",
    "Estimate",
    "MeshError",
    "MeshFile",
    "Simplices",
    "build",
    "complex_of",
    "estimate",
    "polygons",
]
