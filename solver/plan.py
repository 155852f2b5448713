"""What a case would take: unknowns, duration and memory, without a mesh."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, pi
from typing import NamedTuple

from solver.case import Case
from solver.case.acceleration import accelerations, declared
from solver.forecast import StepEstimate, forecast
from solver.materials import load_boundary_material, load_grain_material, tail_entered

BYTES_PER_RANK, BYTES_PER_DOF = 350e6, 5e3  # DOLFINx and its libraries; sparse factors in 2D
MOST_LINES = 24  # of a description for the steps of a protocol
FEWEST_FACETS = 3.0  # over the cohesive length E G / strength^2


class MeshEstimate(NamedTuple):
    """Expected size of a mesh. radius: um, of a ball of the same volume. boundary_area: 1/um."""

    dimension: int
    grains: int
    radius: float
    cells: int
    points: int
    boundary_facets: int
    outer_facets: int
    boundary_area: float


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
    material = load_grain_material(case.materials.grain)
    load_boundary_material(case.particle.boundary.state)
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


def cautions(case: Case, plan: Plan) -> list[str]:
    """Return what a user should know before believing the results; nothing if all is well."""
    found = (crack_caution(case, plan.mesh), tail_caution(case, plan.steps))
    return [caution for caution in found if caution is not None]


def tail_caution(case: Case, steps: Sequence[StepEstimate]) -> str | None:
    """Say which assumed tails of the oxide's laws the protocol enters, None if it enters none."""
    x = [case.initial.occupancy, *(step.occupancy for step in steps)]
    entered = tail_entered(load_grain_material(case.materials.grain), min(x), max(x))
    return None if entered is None else f"caution: {entered}"


def crack_caution(case: Case, mesh: MeshEstimate) -> str | None:
    """Say that the mesh is too coarse for the cracks, None if it is not."""
    given = case.physics.cohesive
    if not given.enabled or mesh.boundary_area == 0:
        return None
    boundary = load_boundary_material(case.particle.boundary.state)
    stiffness = load_grain_material(case.materials.grain).stiffness.C33
    strength, toughness = given.strength or boundary.strength, given.toughness or boundary.toughness
    facets = stiffness * toughness / strength**2 / (facet_edge(mesh) * 1e-6)
    if facets >= FEWEST_FACETS:
        return None
    return (
        f"caution: the cohesive length of the boundaries is only {facets:.1f} facets; with fewer "
        f"than {FEWEST_FACETS:.0f}, cracks depend on the mesh: refine particle.mesh or lower "
        "physics.cohesive.strength"
    )


def facet_edge(mesh: MeshEstimate) -> float:
    """Return the mean edge of the boundary facets, um."""
    volume = pi * mesh.radius**2 if mesh.dimension == 2 else 4 / 3 * pi * mesh.radius**3
    facet = mesh.boundary_area * volume / mesh.boundary_facets
    return facet if mesh.dimension == 2 else (4 / 3**0.5 * facet) ** 0.5


def describe(case: Case, plan: Plan) -> str:
    """Return the plan of a case as a few lines of text."""
    mesh, boundary = plan.mesh, case.particle.boundary
    filled = boundary.state if boundary.rule == "all" else f"{boundary.state} ({boundary.rule})"
    lines = [
        f"{case.name}: this case can be run",
        f"  particle    {case.particle.shape}, radius {mesh.radius:.4g} um, "
        f"{mesh.grains} grains of {case.materials.grain}, {filled} boundaries",
        f"  mesh        about {mesh.cells} cells, {mesh.boundary_facets} boundary facets",
        f"  boundaries  about {plan.boundary_area:.3g} m^2/g",
        f"  unknowns    about {plan.dofs}",
    ]
    for number, step in enumerate(plan.steps[:MOST_LINES]):
        took = "" if step.duration is None else f", about {step.duration / 3600:.2f} h"
        lines.append(f"  step {number:<6} {step.text}{took}, x = {step.occupancy:.3f}")
    if len(plan.steps) > MOST_LINES:
        lines.append(f"  and so on   {len(plan.steps)} steps in all")
    if fast := declared(accelerations(case.resolved()["physics"])):
        lines.append(f"  {fast}")
    hours = sum(step.duration or 0.0 for step in plan.steps) / 3600
    lines.append(f"  duration    about {hours:.3g} h in {plan.steps[-1].cycle} cycles")
    lines.append(f"  time steps  at least {plan.least_time_steps}")
    if plan.memory is not None:
        lines.append(f"  memory      about {plan.memory / 1e9:.1f} GB on one rank")
    lines += [f"  {caution}" for caution in cautions(case, plan)]
    return "\n".join(lines)
