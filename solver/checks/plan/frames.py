"""How many frames of the fields a run would write, and what they would take of the disk."""

from math import ceil

from solver.case import Case
from solver.checks.plan.size import Plan

# Bytes of a frame over the unknowns, by format and dimension. Many files: 39.7 in 24 frames of the
# quickstart case, 55 to 60 in the first ones of spheres of 50 grains, which differ less, and 82 in
# 19 of one that is charged wet and worn. One file: 9.7 in 20 frames of the quickstart case, 28.7 in
# the same 19, in single precision.
FRAME_PER_DOF = {"vtu": {2: 40.0, 3: 70.0}, "vtkhdf": {2: 12.0, 3: 30.0}}
MESH_PER_DOF = {2: 25.0, 3: 20.0}  # of a mesh that is written once: 25.0 and 18.3 there


def frames_of(case: Case, plan: Plan) -> int:
    """Return how many frames a run writes at least, as its time steps may be shorter."""
    fields, steps = case.output.fields, case.steps()
    if not fields.enabled:
        return 0
    if not plan.steps:
        return 1 + plan.least_time_steps
    longest = case.numerics.time_step.fixed or case.numerics.time_step.maximum
    frames = 1 + (not fields.at_end_of(steps, len(steps) - 1))
    for number, step in enumerate(plan.steps):
        duration = step.duration or 0.0
        time_steps = ceil(duration / min(longest, step.longest)) or 1
        frames += fields.frames_in(steps, number, duration, time_steps)
    return frames


def frames_size(case: Case, plan: Plan) -> float:
    """Return the bytes that the frames of a run may take."""
    fields, dimension = case.output.fields, plan.mesh.dimension
    size = frames_of(case, plan) * FRAME_PER_DOF[fields.format][dimension]
    if fields.enabled and fields.format == "vtkhdf":
        size += MESH_PER_DOF[dimension]
    return size * plan.dofs
