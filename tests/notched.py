"""Unit square (1 mm) with a notch from its left side to its middle, fine where it will crack."""

import numpy as np
from mpi4py import MPI

from solver import dolfinx_api
from solver.particle.mesh import Particle, particle_of_mesh

SIDE, MOUTH = 1000.0, 0.02  # um; the notch is a wedge
FADE = 200.0  # from the fine region to the coarse one


def notched(
    fine: float,
    coarse: float,
    region: tuple[float, float, float, float],
    comm: MPI.Comm = MPI.COMM_SELF,
) -> Particle:
    """The specimen; fine edges where region (x_min, x_max, y_min, y_max) is, um. Collective."""
    import gmsh

    gmsh.initialize(interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        _draw(gmsh.model.geo)
        _refine(gmsh, fine, coarse, region)
        gmsh.model.mesh.generate(2)
        msh, _, _ = dolfinx_api.model_to_mesh(gmsh.model, comm, 2)
    finally:
        gmsh.finalize()
    return particle_of_mesh(msh, np.zeros(len(msh.geometry.dofmap)), np.array([[0.0, 0.0, 1.0]]))


def _draw(geo) -> None:
    half = SIDE / 2
    corners = [(0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)]
    notch = [(0, half + MOUTH / 2), (half, half), (0, half - MOUTH / 2)]
    points = [geo.addPoint(x, y, 0) for x, y in corners + notch]
    pairs = zip(points, points[1:] + points[:1], strict=True)
    surface = geo.addPlaneSurface([geo.addCurveLoop([geo.addLine(p, q) for p, q in pairs])])
    geo.addPhysicalGroup(2, [surface], 1)
    geo.synchronize()


def _refine(gmsh, fine: float, coarse: float, region: tuple[float, float, float, float]) -> None:
    field = gmsh.model.mesh.field
    box = field.add("Box")
    values = {"VIn": fine, "VOut": coarse, "Thickness": FADE}
    values |= dict(zip(("XMin", "XMax", "YMin", "YMax"), region, strict=True))
    for name, value in values.items():
        field.setNumber(box, name, value)
    field.setAsBackgroundMesh(box)
    for source in ("ExtendFromBoundary", "FromPoints", "FromCurvature"):
        gmsh.option.setNumber(f"Mesh.MeshSize{source}", 0)
