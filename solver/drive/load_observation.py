"""Turns the state of a model under loads into one row of the history and a snapshot."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.drive.observation import damaged, quality, stored_and_spent
from solver.model.build import Model
from solver.model.energy import EnergyLedger
from solver.model.phase_field import measure_cracks
from solver.output.snapshot import Snapshot
from solver.physics import cohesive
from solver.solve.loaded import LoadedSolver
from solver.solve.loading import LoadPath
from solver.units.axes import AXES
from solver.units.constants import JOULE, METRE, PASCAL, SECOND
from solver.units.quantities import Depth, depth_of

Floats = npt.NDArray[np.floating]


class Followed(NamedTuple):
    """A model, and what follows its loads."""

    model: Model
    solver: LoadedSolver
    path: LoadPath
    ledger: EnergyLedger


class LoadClock(NamedTuple):
    """Where in the protocol it is. time: s. step: number, from 0. newton: of this increment."""

    time: float
    cycle: int
    step: int
    newton: int


def observe_load(
    followed: Followed, clock: LoadClock, projection: fem.Function, step_ended: bool
) -> Snapshot:
    """Describe the present moment; projection: room for the stress. Collective."""
    model = followed.model
    boundaries, system = model.spaces.boundaries, model.mechanics
    gap, slip = boundaries.across_and_along(system.gaps(model.state["damage"]))
    separation = cohesive.separation(model.state["damage"], system.law)
    stress = system.stress.read(projection)
    depth = depth_of(model.particle.dimension, model.case.mechanics.thickness)
    row = {
        "Test Time / s": clock.time / SECOND,
        "Cycle Index / 1": float(clock.cycle),
        "Step Index / 1": float(clock.step),
        "Load Factor / 1": followed.solver.factor,
        **_surface_columns(model, followed.solver, depth),
        **_boundary_columns(model, separation, gap),
        **_wear_columns(model, followed.ledger, depth),
        **_grain_columns(model),
        **_energy_columns(followed.ledger, depth),
        "Newton Iterations / 1": float(clock.newton),
        "Driven Increments / 1": float(followed.path.driven),
        "Jumps / 1": float(followed.path.jumps),
        **_mean_columns(model, followed.solver.loads.components),
    }
    return Snapshot(
        row=row,
        step_ended=step_ended,
        state=model.state,
        stress=stress,
        opening=gap,
        slip=slip,
        separation=separation,
        traction=system.traction.x.array.reshape(boundaries.normal.shape),
    )


def _surface_columns(model: Model, solver: LoadedSolver, depth: Depth) -> dict[str, float]:
    """Mean displacement of each loaded surface, or that of its wall, and the force on it."""
    loads, found = solver.loads, dict[str, float]()
    for name in loads.surfaces:
        for axis in AXES[: loads.components]:
            moved = solver.value(loads.mean(name, axis))
            if loads.walls is not None and (name, axis) in loads.walls.moves:
                moved = solver.factor * loads.walls.moves[name, axis]
            force = loads.total(name, axis, solver.internal)
            found[f"Displacement {name} {axis} / m"] = moved / METRE
            found |= depth.columns("N", JOULE / METRE, {f"Force {name} {axis}": force})
    return found


def _boundary_columns(model: Model, parted: Floats, gap: Floats) -> dict[str, float]:
    """parted: separation, and gap: normal, um, at the boundary points."""
    boundaries = model.spaces.boundaries
    area = boundaries.area() or 1.0
    return {
        **damaged(boundaries, parted),
        "Mean Separation / 1": boundaries.integral(parted) / area,
        "Largest Opening / m": boundaries.maximum(gap) / METRE,
    }


def _wear_columns(model: Model, ledger: EnergyLedger, depth: Depth) -> dict[str, float]:
    """Damage by cycles and liquid, and what it took, of laws that act."""
    boundaries, state, wear = model.spaces.boundaries, model.state, model.wear
    area, found = boundaries.area() or 1.0, dict[str, float]()
    if wear.fatigue is not None:
        found["Mean Fatigue / 1"] = boundaries.integral(state["fatigue"]) / area
        found |= depth.columns("J", JOULE, {"Fatigue Energy": ledger.energies.fatigue})
    if wear.corrosion is not None:
        found["Mean Corrosion / 1"] = boundaries.integral(state["corrosion"]) / area
        found |= depth.columns("J", JOULE, {"Corrosion Energy": ledger.energies.corrosion})
    return found


def _grain_columns(model: Model) -> dict[str, float]:
    """Cracks inside the grains, if these can crack."""
    if model.fracture is None:
        return {}
    in_grains = model.fracture.highest > 0
    found = measure_cracks(model.state, model.mechanics, in_grains)
    return {
        "Largest Grain Crack / 1": found.largest,
        "Mean Grain Crack / 1": found.mean,
        "Cracked Grain Volume / 1": found.cracked,
    }


def _energy_columns(ledger: EnergyLedger, depth: Depth) -> dict[str, float]:
    return {
        **stored_and_spent(ledger, depth),
        **depth.columns("J", JOULE, {"External Work": ledger.energies.external_work}),
        **quality(ledger),
    }


def _mean_columns(model: Model, d: int) -> dict[str, float]:
    """Mean stress (Pa) and strain of a body under an even one, of d components. Collective."""
    means = model.means
    if means is None:
        return {}
    strain = means.strain(model.state["displacement"].reshape(-1, d))
    stress = means.stress(model.mechanics.stress)
    return {
        **{f"Mean Stress {at} / Pa": s / PASCAL for at, s in stress.items()},
        **{f"Mean Strain {at} / 1": e for at, e in strain.items()},
    }
