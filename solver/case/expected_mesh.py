"""How large the mesh of a case is expected to be, for whoever plans with it."""

from typing import NamedTuple


class ExpectedMesh(NamedTuple):
    """Expected size of a mesh, good to 20 % or so.

    radius: of a ball of the same volume, um. boundary_facets: between grains, or between grains
    and a film or a coating. boundary_area: of the boundaries per volume of the particle, each
    counted once, 1/um; ball_boundary_area: that of a ball of such sections. cell: edge of a regular
    cell of the usual size in the grains, um: half of all cells are no larger, wherever the mesh is
    fine.
    """

    dimension: int
    grains: int
    radius: float
    cells: int
    points: int
    boundary_facets: int
    outer_facets: int
    boundary_area: float
    ball_boundary_area: float
    cell: float
