"""The row and the snapshot of a particle that is cycled."""

from solver.model.build import Model
from solver.output.observe import (
    acting,
    books,
    boundaries,
    clock,
    coupling,
    cracks,
    effort,
    electrical,
    electrical_work,
    energies,
    gliding,
    grain_cracks,
    lithium,
    phase,
    surfaces,
    swelling,
)
from solver.output.observe.group import Group, row
from solver.output.observe.now import Books, Effort, Opened, ParticleNow, traction_of
from solver.output.snapshot import Snapshot
from solver.solve.clock import Clock
from solver.solve.staggered import CoupledSolver
from solver.units.quantities import depth_of

BEFORE: tuple[Group, ...] = (
    clock,
    phase,
    electrical,
    lithium,
    boundaries,
    gliding,
    cracks,
    grain_cracks,
    surfaces,
)
AFTER: tuple[Group, ...] = (
    energies,
    swelling,
    books,
    electrical_work,
    coupling,
    effort,
)


def groups_of(model: Model) -> tuple[Group, ...]:
    """Return what a particle shows, by what acts in it."""
    return (*BEFORE, *acting.of_each(model.slow.mechanisms), *AFTER)


def observe(
    model: Model,
    solver: CoupledSolver,
    kept: Books,
    at: Clock,
    taken: Effort,
    lithium_at_start: float,
    step_ended: bool,
) -> Snapshot:
    """Describe the present moment. Collective."""
    opened = Opened.of(model.mechanics, model.state)
    now = ParticleNow(
        model=model,
        in_oxide=model.electro.in_oxide,
        opened=opened,
        ledger=kept.mechanical,
        clock=at,
        newton=taken.newton,
        electrical=kept.electrical,
        lithium_at_start=lithium_at_start,
        turns=taken.turns,
    )
    depth = depth_of(model.particle.dimension, model.case.mechanics.thickness)
    return Snapshot(
        row=row(groups_of(model), now, depth),
        step_ended=step_ended,
        state=model.state,
        stress=solver.stress,
        opening=opened.opening,
        slip=opened.slip,
        damage=opened.damage,
        traction=traction_of(model.mechanics),
    )
