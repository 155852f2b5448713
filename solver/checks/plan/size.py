"""What a case would take: unknowns, duration and memory, without a mesh."""

from dataclasses import dataclass
from math import ceil, pi

from solver.case import Case
from solver.case.expected_mesh import ExpectedMesh
from solver.case.plane import components
from solver.checks.forecast import StepEstimate, forecast
from solver.checks.plan.materials import require_materials
from solver.materials import load_boundary_material, load_oxides
from solver.materials.bonded import potential_of
from solver.materials.grain_resistance import require_split
from solver.materials.resistance import nominal_law
from solver.materials.solid import solid_of
from solver.physics.cohesive import Strength

BYTES_PER_RANK = 350e6  # DOLFINx and its libraries
# Sparse factors and the rest, factor and power of the unknowns. In 3D fitted to the peak of the
# resident memory in the first steps of spheres of 50 grains with 14 000, 33 000, 71 000 and
# 152 000 unknowns: 0.42, 0.71, 1.36 and 3.14 GB.
BYTES = {2: (5e3, 1.0), 3: (920.0, 1.25)}


@dataclass(frozen=True)
class Plan:
    """What would run."""

    mesh: ExpectedMesh
    dofs: int
    boundary_area: float  # m^2/g
    ball_boundary_area: float  # m^2/g, of a ball whose sections look like a plane particle
    steps: tuple[StepEstimate, ...]
    least_time_steps: int
    memory: float  # bytes on one rank


def plan(case: Case, mesh: ExpectedMesh) -> Plan:
    """Return what a case would take on a mesh of an expected size.

    Raises MaterialError if its materials cannot be loaded, ForecastError if a step is infeasible.
    """
    require_materials(case)
    boundary_law(case)
    require_split(case, solid_of(case.materials).stiffness, mesh.dimension)
    if not case.physics.transport.enabled:
        return _plan_without_chemistry(case, mesh)
    material, *others = load_oxides(case.materials)
    for oxide in (material, *others):
        potential_of(oxide, case.physics, case.temperature)
    doubled = mesh.boundary_facets / (1 if mesh.dimension == 2 else 2)  # points, once per grain
    fields = 3 + 1  # displacement, out of a plane too, and occupancy
    # one potential for each grain, that of the collector, and in 2D the strain in z
    single = mesh.grains + 1 + (mesh.dimension == 2)
    dofs = round(fields * (mesh.points + doubled)) + single
    steps = forecast(case, material, others)
    longest = case.numerics.time_step.fixed or case.numerics.time_step.maximum
    least = sum(ceil((s.duration or 0.0) / min(longest, s.longest)) or 1 for s in steps)
    areas = _per_gram(mesh, material.density)
    return Plan(mesh, dofs, *areas, steps, least, memory_of(dofs, mesh.dimension))


def _plan_without_chemistry(case: Case, mesh: ExpectedMesh) -> Plan:
    """What a case without chemistry would take."""
    doubled = mesh.boundary_facets / (1 if mesh.dimension == 2 else 2)
    dofs = round(components(mesh.dimension, case.mechanics.plane) * (mesh.points + doubled))
    least = sum(step.increments for step in case.increased_loads())
    areas = _per_gram(mesh, solid_of(case.materials).density)
    return Plan(mesh, dofs, *areas, (), least, memory_of(dofs, mesh.dimension))


def _per_gram(mesh: ExpectedMesh, density: float) -> tuple[float, float]:
    """Area of the boundaries, and of those in a ball of such sections, m^2/g."""
    factor = 1e6 / density / 1e3
    return mesh.boundary_area * factor, mesh.ball_boundary_area * factor


def memory_of(dofs: int, dimension: int) -> float:
    """Return the bytes that a run needs on one rank."""
    factor, power = BYTES[dimension]
    return float(BYTES_PER_RANK + factor * dofs**power)


def boundary_law(case: Case) -> Strength:
    """Return the law of the case's boundaries before it scatters; MaterialError if impossible."""
    cohesive = case.physics.cohesive
    material = load_boundary_material(case.materials.boundary.of(case.particle.boundary.state))
    return nominal_law(cohesive, material, cohesive.penalty or material.penalty)


def has_boundaries(mesh: ExpectedMesh) -> bool:
    """Return whether grains meet: the facets of a coating alone are no boundaries."""
    return mesh.boundary_facets > 0 and mesh.boundary_area > 0


def facet_edge(mesh: ExpectedMesh) -> float:
    """Return the mean edge of the boundary facets, um, if grains meet."""
    volume = pi * mesh.radius**2 if mesh.dimension == 2 else 4 / 3 * pi * mesh.radius**3
    facet = mesh.boundary_area * volume / mesh.boundary_facets
    return facet if mesh.dimension == 2 else (4 / 3**0.5 * facet) ** 0.5
