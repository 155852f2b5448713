"""What a run would need beyond what it may have: time steps, memory, room on the disk."""

import shutil
from pathlib import Path
from typing import NamedTuple

from solver.case import Case
from solver.checks.plan.frames import frames_size
from solver.checks.plan.size import Plan
from solver.units.machine import free_memory


class Machine(NamedTuple):
    """What there is: free memory, and free room where a run writes, both in bytes if known."""

    memory: float | None
    disk: float | None


def this_machine(directory: Path) -> Machine:
    """Return what is free now. directory: where a run would write; it need not exist yet."""
    there = next((p for p in (directory, *directory.absolute().parents) if p.is_dir()), Path("/"))
    try:
        disk: float | None = shutil.disk_usage(there).free
    except OSError:
        disk = None
    return Machine(free_memory(), disk)


def limit_cautions(case: Case, plan: Plan, machine: Machine) -> list[str]:
    """Return what the run would lack, a line each; nothing if there is enough of all."""
    cautions = (
        steps_caution(case, plan),
        floor_caution(case, plan),
        memory_caution(plan, machine),
        disk_caution(case, plan, machine),
    )
    return [caution for caution in cautions if caution is not None]


def steps_caution(case: Case, plan: Plan) -> str | None:
    """Say that the time steps would not be enough, None if they may be."""
    most, longest = case.numerics.max_steps, "fixed" if case.numerics.time_step.fixed else "maximum"
    if not case.physics.transport.enabled or plan.least_time_steps <= most:
        return None
    return (
        f"caution: at least some {plan.least_time_steps} time steps are needed, but the run ends "
        f"after numerics.max_steps ({most}): raise it, or numerics.time_step.{longest}"
    )


def floor_caution(case: Case, plan: Plan) -> str | None:
    """Say that steps of the protocol are over before the shortest time step, None if they are not.

    A time step that fails cannot be taken again, shorter, in them.
    """
    floor = case.numerics.time_step.minimum
    for number, step in enumerate(plan.steps):
        time = min(step.longest, step.duration or step.longest)
        if time < floor:
            return (
                f"caution: step {number} ({step.text}) needs time steps of {time:.2g} s, below "
                f"numerics.time_step.minimum ({floor:.2g} s): what fails in them cannot be "
                "repeated with shorter ones; lower the minimum"
            )
    return None


def memory_caution(plan: Plan, machine: Machine) -> str | None:
    """Say that the memory may not be enough, None if it is or is not known."""
    if machine.memory is None or plan.memory <= machine.memory:
        return None
    return (
        f"caution: about {in_bytes(plan.memory)} of memory are needed, but only "
        f"{in_bytes(machine.memory)} are free here: take a coarser mesh, or a larger machine"
    )


def disk_caution(case: Case, plan: Plan, machine: Machine) -> str | None:
    """Say that the frames may not fit on the disk, None if they do or that is not known."""
    needed = frames_size(case, plan)
    if machine.disk is None or needed <= machine.disk:
        return None
    return (
        f"caution: the fields take about {in_bytes(needed)}, but only {in_bytes(machine.disk)} are "
        "free where the run writes: keep fewer (every_cycles, at or interval of output.fields), or "
        "switch output.fields off"
    )


def in_bytes(size: float) -> str:
    """Return a size in words."""
    for factor, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size / 1e3:.3g} kB"
