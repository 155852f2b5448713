"""The row and the snapshot of a model at a moment, whatever it has."""

import numpy as np
import numpy.typing as npt

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
    load,
    phase,
    surfaces,
    swelling,
)
from solver.output.observe.group import Group, row
from solver.output.observe.now import BodyNow, Books, Effort, Followed, Opened, traction_of
from solver.output.snapshot import Snapshot
from solver.solve.clock import Clock
from solver.units.quantities import depth_of

Floats = npt.NDArray[np.floating]


def groups_of(model: Model, followed: Followed) -> tuple[Group, ...]:
    """Return what a model shows: all of its chemistry, of the rest what acts. Collective."""
    solver, chemistry = followed.solver, model.chemistry is not None
    loaded = [load.factor(solver), load.on_surfaces(solver)] if solver else []
    groups: list[tuple[Group, bool]] = [
        (clock, True),
        (phase, chemistry),
        (electrical, chemistry),
        (lithium, chemistry),
        *((group, True) for group in loaded),
        (boundaries, True),
        (gliding, chemistry),
        (cracks, chemistry),
        (grain_cracks, chemistry or model.fracture is not None),
        (surfaces, chemistry),
        *((group, True) for group in acting.of_each(model.slow.mechanisms)),
        (energies, True),
        (swelling, chemistry),
        (load.work, solver is not None),
        (books, True),
        (electrical_work, chemistry),
        (coupling, chemistry),
        (effort, True),
    ]
    shown = [group for group, there in groups if there]
    if followed.path is not None:
        shown.append(load.path(followed.path))
    if solver is not None and model.means is not None:
        whole = model.means, model.state, model.mechanics, solver.loads.components
        shown.append(load.of_whole(*whole))
    return tuple(shown)


def observe(
    model: Model,
    groups: tuple[Group, ...],
    stress: Floats,
    kept: Books,
    at: Clock,
    taken: Effort,
    step_ended: bool,
) -> Snapshot:
    """Describe the present moment; stress: at the nodes, MPa (nodes, 6). Collective."""
    opened = Opened.of(model.mechanics, model.state)
    now = BodyNow(model, opened, kept, at, taken)
    depth = depth_of(model.particle.dimension, model.case.mechanics.thickness)
    return Snapshot(
        row=row(groups, now, depth),
        step_ended=step_ended,
        state=model.state,
        stress=stress,
        opening=opened.opening,
        slip=opened.slip,
        damage=opened.damage,
        traction=traction_of(model.mechanics),
    )
