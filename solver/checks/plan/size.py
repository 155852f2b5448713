"""What a case would take: unknowns, duration and memory, without a mesh."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log, pi

from solver.case import Case
from solver.case.expected_mesh import ExpectedMesh
from solver.case.linear import LEAST_FOR_LEVELS
from solver.case.models import FASTEST_GROWTH
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
BYTES_OF_LEVELS = 9.5e3  # for each unknown, in 3D where there are no factors (docs/ranks.md)
# Nodes of boundaries in 3D beyond those of the body, for each facet: half, and for the lines where
# boundaries meet this share of the edge of a facet over the size of a grain (docs/ranks.md).
JUNCTIONS = 0.55
NETWORK = {2: 1.0, 3: 0.46}  # nodes of the ions in boundaries, for each facet
# Seconds of one core for a step and an unknown: the quickstart, and balls of 50 to 1000 grains that
# crack (docs/ranks.md has how far they are off).
SECONDS = {2: 4e-5, 3: 1.3e-4}


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
    seconds: float | None = None  # of one core of the machine that this was measured on


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
    fields = 3 + 1  # displacement, out of a plane too, and occupancy
    # one potential for each grain, that of the collector, and in 2D the strain in z
    single = mesh.grains + 1 + (mesh.dimension == 2)
    network = NETWORK[mesh.dimension] * mesh.boundary_facets if _conducts_ions(case) else 0.0
    dofs = round(fields * nodes(mesh) + network) + single
    steps = forecast(case, material, others)
    least = sum(ceil(number) or 1 for number in longest_steps(case, steps))
    areas = _per_gram(mesh, material.density)
    by_levels = case.numerics.linear.mechanics in ("auto", "multigrid")
    memory = memory_of(dofs, mesh.dimension, 3 * nodes(mesh) if by_levels else 0.0)
    seconds = SECONDS[mesh.dimension] * dofs * time_steps(case, steps)
    return Plan(mesh, dofs, *areas, steps, least, memory, seconds)


def _plan_without_chemistry(case: Case, mesh: ExpectedMesh) -> Plan:
    """What a case without chemistry would take."""
    dofs = round(components(mesh.dimension, case.mechanics.plane) * nodes(mesh))
    least = sum(step.increments for step in case.increased_loads())
    areas = _per_gram(mesh, solid_of(case.materials).density)
    return Plan(mesh, dofs, *areas, (), least, memory_of(dofs, mesh.dimension, dofs))


def _per_gram(mesh: ExpectedMesh, density: float) -> tuple[float, float]:
    """Area of the boundaries, and of those in a ball of such sections, m^2/g."""
    factor = 1e6 / density / 1e3
    return mesh.boundary_area * factor, mesh.ball_boundary_area * factor


def memory_of(dofs: int, dimension: int, displacements: float) -> float:
    """Return the bytes that a run needs on one rank.

    displacements: unknowns that are solved for by levels if they are many.
    """
    if dimension == 3 and displacements >= LEAST_FOR_LEVELS:
        return float(BYTES_PER_RANK + BYTES_OF_LEVELS * dofs)
    factor, power = BYTES[dimension]
    return float(BYTES_PER_RANK + factor * dofs**power)


def nodes(mesh: ExpectedMesh) -> float:
    """Return the number of nodes, those of boundaries once for each of their grains."""
    if mesh.dimension == 2:
        return float(mesh.points + mesh.boundary_facets)
    junctions = 0.0
    if has_boundaries(mesh):
        grain = 2 * mesh.radius * mesh.grains ** (-1 / 3)
        junctions = JUNCTIONS * facet_edge(mesh) / grain
    return mesh.points + (0.5 + junctions) * mesh.boundary_facets


def time_steps(case: Case, steps: Sequence[StepEstimate]) -> float:
    """Return about how many time steps there will be: the least, and those that grow to them."""
    time = case.numerics.time_step
    growing = 0.0 if time.fixed else log(time.maximum / time.initial) / log(FASTEST_GROWTH[1])
    whole = longest_steps(case, steps)
    return sum(max(1.0, ceil(number) + min(growing, number)) for number in whole)


def longest_steps(case: Case, steps: Sequence[StepEstimate]) -> list[float]:
    """Return how many of the longest time steps each step of a protocol takes, in fractions."""
    longest = case.numerics.time_step.fixed or case.numerics.time_step.maximum
    return [(step.duration or 0.0) / min(longest, step.longest) for step in steps]


def _conducts_ions(case: Case) -> bool:
    """Whether boundaries have potentials of their own."""
    states = ("lpo", "liquid")
    filled = case.particle.boundary.state in states or case.physics.wetting.enabled
    return case.ions_in_boundaries() and filled


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
