"""The row and the snapshot of a model at a moment, whatever it has."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from solver.model.build import Model
from solver.output.observe import (
    acting,
    books,
    boundaries,
    cell,
    clock,
    coupling,
    cracks,
    effort,
    electrical,
    electrical_work,
    energies,
    grain_cracks,
    isolation,
    jumped,
    lithium,
    load,
    misfit,
    phase,
    sites,
    sliding,
    surfaces,
    swelling,
)
from solver.output.observe.group import Group, row
from solver.output.observe.now import BodyNow, Books, Effort, Followed, Opened, traction_of
from solver.output.snapshot import Snapshot
from solver.solve.clock import Clock
from solver.units.quantities import depth_of

Floats = npt.NDArray[np.floating]


def _always(model: Model) -> bool:
    return True


def _with_chemistry(model: Model) -> bool:
    return model.chemistry is not None


def _with_two_electrodes(model: Model) -> bool:
    return model.chemistry is not None and not model.electro.facing.counter.endless


def _where_grains_crack(model: Model) -> bool:
    return model.chemistry is not None or model.fracture is not None


def _where_products_strain(model: Model) -> bool:
    return any(mechanism.strains for mechanism in model.slow.mechanisms)


def _with_jumps(model: Model) -> bool:
    return model.chemistry is not None and model.case.numerics.cycle_jump.enabled


GROUPS: tuple[tuple[Group, Callable[[Model], bool]], ...] = (  # and of which models they are
    (clock, _always),
    (phase, _with_chemistry),
    (electrical, _with_chemistry),
    (lithium, _with_chemistry),
    (cell, _with_two_electrodes),
    (sites, sites.change),
    (boundaries, _always),
    (sliding, _with_chemistry),
    (cracks, _with_chemistry),
    (grain_cracks, _where_grains_crack),
    (surfaces, _with_chemistry),
    (isolation, _with_chemistry),
    (energies, _always),
    (swelling, _with_chemistry),
    (misfit, _where_products_strain),
    (books, _always),
    (electrical_work, _with_chemistry),
    (coupling, _with_chemistry),
    (effort, _always),
    (jumped, _with_jumps),
)


def groups_of(model: Model, followed: Followed) -> tuple[Group, ...]:
    """Return what a model shows: all of its chemistry, of the rest what acts. Collective."""
    shown = [group for group, belongs in GROUPS if belongs(model)]
    shown += acting.of_each(model.slow.mechanisms)
    if followed.solver is not None:
        shown += [load.factor(followed.solver), load.on_surfaces(followed.solver), load.work]
    if followed.path is not None:
        shown.append(load.path(followed.path))
    if followed.solver is not None and model.means is not None:
        whole = model.means, model.state, model.mechanics, followed.solver.loads.components
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
    opened = Opened.of(model)
    isolated = model.isolated() if model.chemistry else np.zeros(model.particle.n_grains, bool)
    now = BodyNow(model, opened, kept, at, taken, isolated)
    depth = depth_of(model.particle.dimension, model.case.mechanics.thickness)
    return Snapshot(
        row=row(groups, now, depth),
        step_ended=step_ended,
        state=model.state,
        stress=stress,
        opening=opened.opening,
        width=opened.width,
        slip=opened.slip,
        damage=opened.damage,
        traction=traction_of(model.mechanics),
        isolated=isolated,
    )
