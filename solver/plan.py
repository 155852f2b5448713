"""What a case would take: unknowns, duration and memory, without a mesh."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, pi
from sys import float_info
from typing import NamedTuple

from solver.case import Case
from solver.case.acceleration import accelerations, declared
from solver.constants import PASCAL
from solver.forecast import StepEstimate, forecast
from solver.grain_resistance import grain_resistance, require_split
from solver.materials import load_boundary_material, load_grain_material, tail_entered
from solver.materials.solid import solid_of
from solver.physics.cohesive import Strength
from solver.resistance import nominal_law

BYTES_PER_RANK, BYTES_PER_DOF = 350e6, 5e3  # DOLFINx and its libraries; sparse factors in 2D
MOST_LINES = 24  # of a description for the steps of a protocol
FEWEST_CELLS = 2.0  # over the length of cracks inside grains
FEWEST_LENGTHS = 10.0  # of cracks inside grains, over a grain
FEWEST_FACETS = 3.0  # over the cohesive length E G / strength^2


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


def cautions(case: Case, plan: Plan) -> list[str]:
    """Return what a user should know before believing the results; nothing if all is well."""
    found = (
        crack_caution(case, plan.mesh),
        penalty_caution(case, plan.mesh),
        grain_crack_caution(case, plan.mesh),
        spread_caution(case, plan.mesh),
        tail_caution(case, plan.steps),
    )
    return [caution for caution in found if caution is not None]


def tail_caution(case: Case, steps: Sequence[StepEstimate]) -> str | None:
    """Say which assumed tails of the oxide's laws the protocol enters, None if it enters none."""
    x = [case.initial.occupancy, *(step.occupancy for step in steps)]
    if not case.physics.transport.enabled:
        return None
    entered = tail_entered(load_grain_material(case.materials.grain), min(x), max(x))
    return None if entered is None else f"caution: {entered}"


def crack_caution(case: Case, mesh: MeshEstimate) -> str | None:
    """Say that the mesh is too coarse for the cracks, None if it is not."""
    if not case.physics.cohesive.enabled or mesh.boundary_area == 0:
        return None
    law = boundary_law(case)
    stiffness = solid_of(case.materials).stiffness.C33 * PASCAL
    shear = float(law.toughness_ratio / law.shear_ratio**2)
    facets = float(stiffness * law.cohesive_length) * min(1.0, shear) / facet_edge(mesh)
    if facets >= FEWEST_FACETS:
        return None
    return (
        f"caution: the cohesive length of the boundaries is only {facets:.1f} facets; with fewer "
        f"than {FEWEST_FACETS:.0f}, cracks depend on the mesh: refine particle.mesh or lower "
        "physics.cohesive.strength"
    )


def grain_crack_caution(case: Case, mesh: MeshEstimate) -> str | None:
    """Say that the mesh is too coarse for cracks inside grains, None if it is not."""
    found = grain_resistance(case, solid_of(case.materials).stiffness)
    if found is None:
        return None
    cells = found.length / (mesh.cell * 1e-6)
    if cells >= FEWEST_CELLS:
        return None
    return (
        f"caution: the length of cracks inside grains, {found.length * 1e6:.3g} um, is only "
        f"{cells:.1f} cells of the usual size; with fewer than {FEWEST_CELLS:.0f}, they are too "
        "tough and follow the mesh: refine the mesh, or raise physics.grain_fracture.length or "
        "lower its strength"
    )


def spread_caution(case: Case, mesh: MeshEstimate) -> str | None:
    """Say that grains are too small for their cracks to be narrow in them, None if they are not."""
    found = grain_resistance(case, solid_of(case.materials).stiffness)
    if found is None:
        return None
    grain = 2e-6 * mesh.radius / mesh.grains ** (1 / mesh.dimension)
    if found.length * FEWEST_LENGTHS <= grain:
        return None
    return (
        f"caution: the length of cracks inside grains, {found.length * 1e6:.3g} um, is not small "
        f"beside the grains, {grain * 1e6:.2g} um: these soften as a whole; lower "
        "physics.grain_fracture.length"
    )


def penalty_caution(case: Case, mesh: MeshEstimate) -> str | None:
    """Say that the penalty leaves too few digits to the stress, None if it does not.

    A penalty of K multiplies the rounding of displacements, which elements of the edge h and the
    stiffness C turn into stress with C / h alone: of 16 digits, K h / C are lost.
    """
    if mesh.boundary_area == 0:
        return None
    stiffness = solid_of(case.materials).stiffness.C33 * PASCAL
    lost = boundary_law(case).penalty * facet_edge(mesh) / stiffness * float_info.epsilon
    if lost <= case.numerics.newton_tolerance:
        return None
    return (
        "caution: the penalty of the boundaries is too stiff for double precision: beside "
        f"elements of {facet_edge(mesh):.2g} um it rounds forces to {lost:.1e} of their size, "
        f"above numerics.newton_tolerance ({case.numerics.newton_tolerance:.1e}); lower "
        "physics.cohesive.penalty"
    )


def boundary_law(case: Case) -> Strength:
    """Return the law of the case's boundaries before it scatters; MaterialError if impossible."""
    material, given = load_boundary_material(case.particle.boundary.state), case.physics.cohesive
    return nominal_law(given, material, given.penalty or material.penalty)


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
    if found := grain_resistance(case, solid_of(case.materials).stiffness):
        lines.append(
            f"  grains      crack inside: {case.physics.grain_fracture.model}, length "
            f"{found.length * 1e6:.3g} um, strength {found.strength / 1e9:.3g} GPa along c"
        )
    if not case.physics.transport.enabled:
        lines.append(f"  increments  at least {plan.least_time_steps}")
        return "\n".join([*lines, *(f"  {caution}" for caution in cautions(case, plan))])
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
