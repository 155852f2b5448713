"""What a case would take: unknowns, duration and memory, without a mesh.

The estimate follows the particle at equilibrium, so it also finds the steps that cannot be run
at all because their end has been passed before they start.
"""

from dataclasses import dataclass
from math import ceil, pi
from typing import NamedTuple

import numpy as np

from solver.case import AnyStep, Case, Charge, Discharge, Hold
from solver.constants import FARADAY
from solver.materials import GrainMaterial, load_boundary_material, load_grain_material

BYTES_PER_RANK, BYTES_PER_DOF = 350e6, 5e3  # DOLFINx and its libraries; sparse factors in 2D


FEWEST_FACETS = 3.0  # over the cohesive length E G / strength^2


class PlanError(Exception):
    """A case that reads well but cannot be run."""


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
class StepEstimate:
    """A protocol step, how long it may take (s, None if unknown) and the occupancy at its end."""

    text: str
    duration: float | None
    occupancy: float


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

    Raises MaterialError if its materials cannot be loaded, PlanError if a step is infeasible.
    """
    material = load_grain_material(case.materials.grain)
    load_boundary_material(case.particle.boundary.state)
    doubled = mesh.boundary_facets / (1 if mesh.dimension == 2 else 2)  # points, once per grain
    fields = mesh.dimension + 1  # displacement and occupancy
    # one potential for each grain, that of the collector, and in 2D the strain in z
    single = mesh.grains + 1 + (mesh.dimension == 2)
    dofs = round(fields * (mesh.points + doubled)) + single
    steps = estimate_steps(case, material)
    longest = case.numerics.time_step.fixed or case.numerics.time_step.maximum
    least = sum(ceil((step.duration or 0.0) / longest) or 1 for step in steps)
    memory = BYTES_PER_RANK + BYTES_PER_DOF * dofs if mesh.dimension == 2 else None
    area = mesh.boundary_area * 1e6 / material.density / 1e3
    return Plan(mesh, dofs, area, steps, least, memory)


def cautions(case: Case, mesh: MeshEstimate) -> list[str]:
    """Return what a user should know before believing the results; nothing if all is well."""
    given = case.physics.cohesive
    if not given.enabled or mesh.boundary_facets == 0:
        return []
    boundary = load_boundary_material(case.particle.boundary.state)
    stiffness = load_grain_material(case.materials.grain).stiffness.C33
    strength, toughness = given.strength or boundary.strength, given.toughness or boundary.toughness
    facets = stiffness * toughness / strength**2 / (facet_edge(mesh) * 1e-6)
    if facets >= FEWEST_FACETS:
        return []
    return [
        f"caution: the cohesive length of the boundaries is only {facets:.1f} facets; with fewer "
        f"than {FEWEST_FACETS:.0f}, cracks depend on the mesh: refine particle.mesh or lower "
        "physics.cohesive.strength"
    ]


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
    for number, step in enumerate(plan.steps):
        took = "" if step.duration is None else f", about {step.duration / 3600:.2f} h"
        lines.append(f"  step {number:<6} {step.text}{took}, x = {step.occupancy:.3f}")
    lines.append(f"  time steps  at least {plan.least_time_steps}")
    if plan.memory is not None:
        lines.append(f"  memory      about {plan.memory / 1e9:.1f} GB on one rank")
    lines += [f"  {caution}" for caution in cautions(case, plan.mesh)]
    return "\n".join(lines)


def estimate_steps(case: Case, material: GrainMaterial) -> tuple[StepEstimate, ...]:
    """Return the protocol's steps at equilibrium; PlanError names a step that cannot start."""
    per_hour = case.c_rate_basis * material_rate(material)
    occupancy, estimates = case.initial.occupancy, []
    for number, step in enumerate(case.protocol):
        if isinstance(step, Charge | Discharge):
            if number == 0:
                _require_feasible(step, float(material.potential.value(np.array(occupancy))))
            estimate = _constant_current(step, occupancy, per_hour, material)
        else:
            if isinstance(step, Hold):
                occupancy = occupancy_at(material, step.voltage)
            estimate = StepEstimate(_described(step), step.until.time, occupancy)
        occupancy = estimate.occupancy
        estimates.append(estimate)
    return tuple(estimates)


def material_rate(material: GrainMaterial) -> float:
    """Return the change of occupancy per charge per mass, in kg/(A s)."""
    return material.density / (FARADAY * material.max_concentration)


def occupancy_at(material: GrainMaterial, voltage: float) -> float:
    """Return the occupancy at which the equilibrium potential is `voltage`."""
    x = np.linspace(1.0, 0.0, 20001)  # the potential rises along it
    return float(np.interp(voltage, material.potential.value(x), x))


def _constant_current(
    step: Charge | Discharge, start: float, speed: float, material: GrainMaterial
) -> StepEstimate:
    sign = -1.0 if isinstance(step, Charge) else 1.0
    speed *= step.rate or 0.0
    until, durations = step.until, []
    if until.voltage is not None:
        durations.append(sign * (occupancy_at(material, until.voltage) - start) / speed)
    if until.time is not None:
        durations.append(until.time)
    if until.capacity is not None:
        durations.append(until.capacity * material_rate(material) / speed)
    duration = max(min(durations), 0.0)
    end = min(max(start + sign * speed * duration, 0.0), 1.0)
    return StepEstimate(_described(step), duration, end)


def _require_feasible(step: Charge | Discharge, rest: float) -> None:
    """The first step starts from rest: a current moves the voltage away from it at once."""
    end = step.until.voltage
    passed = end is not None and (rest >= end if step.kind == "charge" else rest <= end)
    if passed:
        raise PlanError(
            f"protocol.0: {step.kind} until {end:g} V is already past its end: "
            f"the particle rests at {rest:.3f} V (initial.occupancy)"
        )


def _described(step: AnyStep) -> str:
    what = step.kind
    if isinstance(step, Hold):
        what = f"hold at {step.voltage:g} V"
    elif isinstance(step, Charge | Discharge):
        what = f"{step.kind} at {in_c(step.rate or 0.0)}"
    until = step.until
    ends = [
        f"{until.voltage:g} V" if until.voltage is not None else "",
        in_c(until.rate) if until.rate is not None else "",
        f"{until.time:g} s" if until.time is not None else "",
        f"{until.capacity / 3600:g} mAh/g" if until.capacity is not None else "",
    ]
    return f"{what} until {' or '.join(filter(None, ends))}"


def in_c(rate: float) -> str:
    """Return a rate the way people write it: C/3, 1C, 2.5C."""
    inverse = 1.0 / rate if rate else 0.0
    if 0.0 < rate < 1.0 and abs(inverse - round(inverse)) < 1e-6 * inverse:
        return f"C/{round(inverse)}"
    return f"{rate:g}C"
