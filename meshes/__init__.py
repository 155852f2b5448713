"""Geometry of polycrystalline particles: tessellation, regularisation, Gmsh meshes."""
