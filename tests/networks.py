"""Particles whose boundaries conduct ions, and their chemistry at one moment, for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from mpi4py import MPI

from solver.case import Case
from solver.entries import laws
from solver.materials.library import (
    FillerMaterial,
    load_boundary_material,
    load_filler_material,
)
from solver.model.boundary_laws import Materials, materials_of
from solver.model.build import Model, build_model
from solver.model.electro.conditions import set_conditions
from solver.model.electro.system import StressInPotential
from solver.particle.mesh import Particle
from solver.solve.electro import ElectrochemicalSolver
from tests.bodies import bricks
from tests.particles import case_of, one_c, plain_oxide

REST = "[{rest: {until: {time: 1 s}}}]"
MOMENT = 1e-9  # s: too short for any lithium to move


def static_case(*overrides: str) -> Case:
    """A case in which nothing swells."""
    return case_of(REST, one_c(1e-4), "physics.swelling.enabled=false", *overrides)


def brick_particle(
    size: Sequence[float],
    cells: Sequence[int],
    grains: Sequence[int],
    number: Sequence[int] | None = None,
    states: Mapping[tuple[int, int], str] | None = None,
    comm: MPI.Comm = MPI.COMM_SELF,
) -> Particle:
    """Bricks all of one c axis, with the states of boundaries between pairs of grains."""
    count = int(np.prod(grains)) if number is None else max(number) + 1
    axes = [[0.0, 0.0, 1.0]] * count
    particle = bricks(size, cells, grains, axes, number, comm=comm)
    return replace(particle, boundary_state=dict(states or {}))


def flat_materials(case: Case, particle: Particle, exchange: float = 1.0) -> Materials:
    """Materials whose potential hardly depends on the occupancy, with filler for the network."""
    known = materials_of(case, particle)
    grain = plain_oxide(
        1e-14,
        entropic=laws.constant(0.0),
        exchange_current=lambda temperature: laws.constant(exchange),
        surface_film_resistance=0.0,
    )
    boundaries = {state: load_boundary_material(state) for state in ("dry", "liquid", "lpo")}
    return known._replace(grain=grain, boundaries=boundaries, filler=load_filler_material("lpo"))


def solved_at(
    model: Model,
    voltage: float,
    opening: np.ndarray | float = 0.0,
    separation: np.ndarray | float = 0.0,
    dt: float = MOMENT,
    tolerance: float = 1e-13,
    iterations: int = 30,
) -> ElectrochemicalSolver:
    """Bring currents and potentials to this voltage at these openings (um). Collective."""
    n, nodes = model.spaces.boundaries.n_points, len(model.spaces.grain_of_node)
    made = model.slow.modify(model.present())
    damage, gap = np.broadcast_to(separation, n), np.broadcast_to(opening, n)
    set_conditions(model.electro, model.surfaces, made, damage, gap)
    model.electro.occupancy_old.x.array[:] = model.state["occupancy"]
    model.electro.dt.value = dt
    model.electro.control.impose_voltage(voltage)
    solver = ElectrochemicalSolver(model.electro, tolerance, iterations)
    unstressed = StressInPotential(np.zeros(nodes), np.zeros(nodes))
    solver.solve(unstressed)
    model.electro.update_laws(unstressed)
    return solver


def rest_potential(model: Model) -> float:
    """Equilibrium potential of the occupancy at the beginning, V."""
    start = np.array(model.case.initial.occupancy)
    return float(model.electro.laws.potential.value(start))


def from_mouths(model: Model) -> float:
    """Current out of the network into the electrolyte outside, pA. Collective."""
    network, fields = model.spaces.network, model.electro.network
    assert fields is not None
    n_owned = network.space.dofmap.index_map.size_local
    phi = model.state["network_potential"]
    local = fields.outlet.x.array[:n_owned] * network.area[:n_owned] @ phi[:n_owned]
    return float(model.comm.allreduce(float(local)))


def into_network(model: Model, absolute: bool = False) -> float:
    """Current that all sides give to the network, pA; or the sum of its magnitudes. Collective."""
    plus, minus = model.state.sides("current").plus, model.state.sides("current").minus
    total = np.abs(plus) + np.abs(minus) if absolute else plus + minus
    return model.spaces.boundaries.integral(total)


def built(
    case: Case,
    particle: Particle,
    exchange: float = 1.0,
    filler: FillerMaterial | None = None,
    **others: Any,
) -> Model:
    """The model of a case with flat materials, and others by name. Collective."""
    materials = flat_materials(case, particle, exchange)._replace(**others)
    return build_model(case, particle, materials._replace(filler=filler or materials.filler))
