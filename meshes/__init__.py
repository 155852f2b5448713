"""Geometry of polycrystalline particles: tessellation, regularisation, Gmsh meshes."""

from meshes.build import build, require_size
from meshes.errors import MeshError
from meshes.estimate import estimate
from meshes.files.cache import MeshFile
from meshes.simplices import Simplices
from meshes.tessellation.complexes import Complex, polygons
from meshes.tessellation.grains import complex_of

__all__ = [
    "Complex",
    "MeshError",
    "MeshFile",
    "Simplices",
    "build",
    "complex_of",
    "estimate",
    "polygons",
    "require_size",
]
