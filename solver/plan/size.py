"""What a case would take: unknowns, duration and memory, without a mesh."""

from dataclasses import dataclass
from math import ceil, pi
from typing import NamedTuple

from solver.case import Case
from solver.forecast import StepEstimate, forecast
from solver.grain_resistance import require_split
from solver.materials import load_boundary_material, load_grain_material
from solver.materials.solid import solid_of
from solver.physics.cohesive import Strength
from solver.resistance import nominal_law

BYTES_PER_RANK, BYTES_PER_DOF = 350e6, 5e3  # DOLFINx and its libraries; sparse factors in 2D


class MeshEstimate(NamedTuple):
    """Expected size of a mesh. radius: um, of a ball of the same volume. boundary_area: 1/um. cell:
    edge of a cell of the usual size, um."""

    dimension: int
    grains: int
    radius: float
    cells: int
    points: int
    boundary_facets: int
    outer_facets: int
    boundary_area: float
    cell: float


@dataclass(frozen=True)
class Plan:
    """What would run."""

    mesh: MeshEstimate
    dofs: int
    boundary_area: float  # m^2/g
    steps: tuple[StepEstimate, ...]
    least_time_steps: int
    memory: float | None  # bytes on one rank, if known


def plan(case: Case, mesh: MeshEstimate) -> Plan:
    """Return what a case would take on a mesh of an expected size.

    Raises MaterialError if its materials cannot be loaded, ForecastError if a step is infeasible.
    """
    boundary_law(case)
    require_split(case, solid_of(case.materials).stiffness, mesh.dimension)
    if not case.physics.transport.enabled:
        return _plan_of_specimen(case, mesh)
    material = load_grain_material(case.materials.grain)
    doubled = mesh.boundary_facets / (1 if mesh.dimension == 2 else 2)  # points, once per grain
    fields = mesh.dimension + 1  # displacement and occupancy
    # one potential for each grain, that of the collector, and in 2D the strain in z
    single = mesh.grains + 1 + (mesh.dimension == 2)
    dofs = round(fields * (mesh.points + doubled)) + single
    steps = forecast(case, material)
    longest = case.numerics.time_step.fixed or case.numerics.time_step.maximum
    least = sum(ceil((s.duration or 0.0) / min(longest, s.longest)) or 1 for s in steps)
    memory = BYTES_PER_RANK + BYTES_PER_DOF * dofs if mesh.dimension == 2 else None
    area = mesh.boundary_area * 1e6 / material.density / 1e3
    return Plan(mesh, dofs, area, steps, least, memory)


def _plan_of_specimen(case: Case, mesh: MeshEstimate) -> Plan:
    """What a case without chemistry would take."""
    doubled = mesh.boundary_facets / (1 if mesh.dimension == 2 else 2)
    dofs = round(mesh.dimension * (mesh.points + doubled))
    least = sum(getattr(planned.step, "increments", 0) for planned in case.steps())
    memory = BYTES_PER_RANK + BYTES_PER_DOF * dofs if mesh.dimension == 2 else None
    area = mesh.boundary_area * 1e6 / solid_of(case.materials).density / 1e3
    return Plan(mesh, dofs, area, (), least, memory)


def boundary_law(case: Case) -> Strength:
    """Return the law of the case's boundaries before it scatters; MaterialError if impossible."""
    given = case.physics.cohesive
    material = load_boundary_material(case.materials.boundary.of(case.particle.boundary.state))
    return nominal_law(given, material, given.penalty or material.penalty)


def facet_edge(mesh: MeshEstimate) -> float:
    """Return the mean edge of the boundary facets, um."""
    volume = pi * mesh.radius**2 if mesh.dimension == 2 else 4 / 3 * pi * mesh.radius**3
    facet = mesh.boundary_area * volume / mesh.boundary_facets
    return facet if mesh.dimension == 2 else (4 / 3**0.5 * facet) ** 0.5
