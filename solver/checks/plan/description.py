"""A plan as a few lines of text."""

from collections.abc import Sequence
from pathlib import Path

from solver.case import Case
from solver.checks.plan.frames import frames_of, frames_size
from solver.checks.plan.limits import in_bytes
from solver.checks.plan.opening import opening_line
from solver.checks.plan.size import Plan
from solver.entries.files import is_path
from solver.materials.grain_resistance import grain_resistance
from solver.materials.solid import solid_of
from solver.units.acceleration import accelerations, declared

MOST_LINES = 24  # of a description for the steps of a protocol


def describe(case: Case, plan: Plan, told: Sequence[str] = ()) -> str:
    """Return the plan of a case as a few lines of text, cautions told at its end."""
    lines = [f"{case.name}: this case can be run", *_of_body(case, plan), *_in_grains(case)]
    if case.physics.transport.enabled:
        lines += _of_steps(case, plan)
    else:
        lines.append(f"  increments  at least {plan.least_time_steps}")
    if case.output.fields.enabled:
        size = in_bytes(frames_size(case, plan))
        lines.append(f"  fields      about {frames_of(case, plan)} frames, {size}")
    return "\n".join([*lines, *(f"  {caution}" for caution in told)])


def _of_body(case: Case, plan: Plan) -> list[str]:
    """Particle, mesh and boundaries, and how large the problem is."""
    mesh, boundary = plan.mesh, case.particle.boundary
    filled = boundary.state if boundary.rule == "all" else f"{boundary.state} ({boundary.rule})"
    in_ball = f" (a ball of such sections: {plan.ball_boundary_area:.3g})"
    in_ball = in_ball if mesh.dimension == 2 else ""
    opening = opening_line(case, plan)
    return [
        f"  particle    {case.particle.shape}, radius {mesh.radius:.4g} um, "
        f"{mesh.grains} grains of {_oxides(case)}, {filled} boundaries",
        f"  mesh        about {mesh.cells} cells, {mesh.boundary_facets} boundary facets",
        f"  boundaries  about {plan.boundary_area:.3g} m^2/g{in_ball}",
        *([f"  boundaries  {opening}"] if opening else []),
        f"  unknowns    about {plan.dofs}",
        f"  memory      about {in_bytes(plan.memory)} on one rank",
    ]


def _oxides(case: Case) -> str:
    """What grains are of."""
    oxides = case.materials.oxides()
    main, *others = (Path(name).stem if is_path(name) else name for name in oxides)
    return f"{main}, some of {' and '.join(dict.fromkeys(others))}" if others else main


def _in_grains(case: Case) -> list[str]:
    """How cracks inside grains are described, if there are any."""
    resistance = grain_resistance(case, solid_of(case.materials).stiffness)
    if resistance is None:
        return []
    return [
        f"  grains      crack inside: {case.physics.grain_fracture.model}, length "
        f"{resistance.length * 1e6:.3g} um, strength {resistance.strength / 1e9:.3g} GPa along c"
    ]


def _of_steps(case: Case, plan: Plan) -> list[str]:
    """The steps of the protocol, how fast what is slow goes, and how long all takes."""
    lines = []
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
    if plan.seconds is not None:
        jumps = ", less with jumps" if case.numerics.cycle_jump.enabled else ""
        lines.append(f"  run time    some {in_words(plan.seconds)} of one core{jumps}")
    return lines


def in_words(seconds: float) -> str:
    """A time in seconds, minutes or hours, from two of each on."""
    if seconds < 120:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.2g} h"
