"""The row and the snapshot of a body under loads."""

from typing import NamedTuple

import numpy as np
from dolfinx import fem

from solver.model.build import Model
from solver.model.energy import EnergyLedger
from solver.model.loads.loads import Loads
from solver.output.observe import (
    acting,
    books,
    boundaries,
    clock,
    effort,
    energies,
    grain_cracks,
    load,
)
from solver.output.observe.group import Group, row
from solver.output.observe.now import LoadedNow, Opened, traction_of
from solver.output.snapshot import Snapshot
from solver.solve.clock import Clock
from solver.solve.loaded import LoadedSolver
from solver.solve.loading import LoadPath
from solver.units.quantities import depth_of


class Followed(NamedTuple):
    """A model, and what follows its loads."""

    model: Model
    solver: LoadedSolver
    path: LoadPath
    ledger: EnergyLedger


def groups_of(model: Model, loads: Loads) -> tuple[Group, ...]:
    """Return what a body under loads shows, by what acts in it. Collective."""
    shown: list[Group] = [clock, load.factor, load.on_surfaces(loads), boundaries]
    shown += acting.of_each(model.slow.mechanisms)
    if model.fracture is not None:
        shown.append(grain_cracks)
    shown += [energies, load.work, books, effort, load.path]
    if model.means is not None:
        whole = model.means, model.state, model.mechanics, loads.components
        shown.append(load.of_whole(*whole))
    return tuple(shown)


def observe(
    followed: Followed,
    groups: tuple[Group, ...],
    at: Clock,
    newton: int,
    projection: fem.Function,
    step_ended: bool,
) -> Snapshot:
    """Describe the present moment; newton: iterations of the increment just taken.

    projection: room for the stress. Collective.
    """
    model, fracture = followed.model, followed.model.fracture
    opened = Opened.of(model.mechanics, model.state)
    now = LoadedNow(
        model=model,
        in_oxide=fracture.highest > 0 if fracture else np.zeros(0, bool),
        opened=opened,
        ledger=followed.ledger,
        clock=at,
        newton=newton,
        solver=followed.solver,
        path=followed.path,
    )
    stress = model.mechanics.stress.read(projection)
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
