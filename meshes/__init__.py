"""Geometry of polycrystalline particles: tessellation, regularisation, Gmsh meshes."""

from meshes.build import MeshFile, build, complex_of
from meshes.complexes import Complex, MeshError, polygons

__all__ = ["Complex", "MeshError", "MeshFile", "build", "complex_of", "polygons"]
