"""Makes the meshes of the notched squares in this folder: python3 squares.py

Squares of 1 mm with a notch from the left side to the middle: a wedge of 20 nm. Fine where the
crack will go; `top` and `bottom` are named. Finer ones: python3 squares.py DIRECTORY TENSION SHEAR
with the edge lengths there in mm.
"""

import sys
from pathlib import Path

import gmsh

HERE = Path(__file__).parent
MOUTH, COARSE, FADE = 2e-5, 0.05, 0.2
FINE = {  # edge length, and x and y of the region that has it
    "sen_tension": (5e-3, (0.48, 1.0), (0.46, 0.54)),
    "sen_shear": (7.5e-3, (0.46, 1.0), (0.0, 0.52)),
}


def draw() -> None:
    """Draw the square and name its grain and sides."""
    geo = gmsh.model.geo
    notch = [(0.0, 0.5 + MOUTH / 2), (0.5, 0.5), (0.0, 0.5 - MOUTH / 2)]
    points = [geo.addPoint(x, y, 0) for x, y in [(0, 0), (1, 0), (1, 1), (0, 1), *notch]]
    pairs = zip(points, points[1:] + points[:1], strict=True)
    lines = [geo.addLine(p, q) for p, q in pairs]
    surface = geo.addPlaneSurface([geo.addCurveLoop(lines)])
    geo.synchronize()
    gmsh.model.addPhysicalGroup(2, [surface], 1, "grain_0")
    gmsh.model.addPhysicalGroup(1, [lines[0]], 2, "bottom")
    gmsh.model.addPhysicalGroup(1, [lines[2]], 3, "top")


def refine(size: float, x: tuple[float, float], y: tuple[float, float]) -> None:
    """Ask for an edge length in a region."""
    field = gmsh.model.mesh.field
    box = field.add("Box")
    values = {"VIn": size, "VOut": COARSE, "Thickness": FADE}
    values |= {"XMin": x[0], "XMax": x[1], "YMin": y[0], "YMax": y[1]}
    for name, value in values.items():
        field.setNumber(box, name, value)
    field.setAsBackgroundMesh(box)
    for source in ("ExtendFromBoundary", "FromPoints", "FromCurvature"):
        gmsh.option.setNumber(f"Mesh.MeshSize{source}", 0)


def write(path: Path, size: float, x: tuple[float, float], y: tuple[float, float]) -> None:
    """Write the mesh of one square."""
    gmsh.initialize(interruptible=False)
    gmsh.option.setNumber("General.Terminal", 0)
    gmsh.option.setNumber("Mesh.MshFileVersion", 2.2)
    gmsh.option.setNumber("Mesh.Binary", 1)
    draw()
    refine(size, x, y)
    gmsh.model.mesh.generate(2)
    gmsh.write(str(path))
    gmsh.finalize()


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    sizes = [float(word) for word in sys.argv[2:4]] or [size for size, _, _ in FINE.values()]
    for (name, (_, x, y)), size in zip(FINE.items(), sizes, strict=True):
        write(folder / f"{name}.msh", size, x, y)
