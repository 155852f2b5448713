"""How fields are named in a VTKHDF file: those who write it and those who read it agree here.

A name in HDF5 has no slash: `opening / nm` becomes `opening [nm]`.
"""

import re

ROOT, ENDING = "VTKHDF", ".vtkhdf"
AT_POINTS, IN_CELLS, STEPS = "PointData", "CellData", "Steps"
FRAMES = "NSteps"  # attribute of the steps: how many there are
KIND = "UnstructuredGrid"
VERSION = (2, 0)  # the first with steps; ParaView 5.12 and VTK 9.3 read it
CELL_TYPE = {"line": 3, "triangle": 5, "tetra": 10}
CORNERS = {3: 2, 5: 3, 10: 4}  # of the cells of each type


def in_file(header: str) -> str:
    """Return the name of an array in the file."""
    name, slash, unit = header.partition(" / ")
    return f"{name} [{unit}]" if slash else name


def in_run(name: str) -> str:
    """Return the header of an array by its name in the file."""
    return re.sub(r" \[([^]]*)\]$", r" / \1", name)
