"""Small particles, plain oxides and short cases, for tests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import basix.ufl
import numpy as np
from dolfinx import mesh
from mpi4py import MPI
from scipy.spatial import ConvexHull

from solver.case import Case
from solver.drive.simulation import Simulation
from solver.entries import laws
from solver.materials.library import (
    BoundaryMaterial,
    GrainMaterial,
    MaterialStiffness,
    load_grain_material,
)
from solver.model.boundary_laws import materials_of
from solver.model.build import Model, build_model
from solver.output.snapshot import Outcome, Snapshot
from solver.particle import dolfinx_api
from solver.particle.mesh import Particle, particle_of_mesh
from solver.units.constants import FARADAY, FARADAY_INTERNAL
from tests.shared_meshes import shared_mesh

CASES = Path(__file__).parents[1] / "cases"
THIRTY_GRAINS = Path(__file__).with_name("thirty_grains.yaml")


def case_of(protocol: str, *overrides: str) -> Case:
    """Thirty grains with a protocol (a YAML list) and overrides."""
    return Case.load(THIRTY_GRAINS, [f"protocol={protocol}", *overrides])


def disc(grains: int, radius: float, size: float, boundary_size: float) -> list[str]:
    """Overrides for a disc of other size, lengths in um."""
    return [
        f"particle.grains.count={grains}",
        f"particle.radius={radius} um",
        f"particle.mesh.size={size} um",
        f"particle.mesh.boundary_size={boundary_size} um",
    ]


def one_c(occupancy_rate: float) -> str:
    """Override: 1C takes this much of the occupancy of NMC76 away in a second."""
    oxide = load_grain_material("NMC76")
    basis = occupancy_rate * FARADAY * oxide.max_concentration / oxide.density
    return f"c_rate_basis={basis!r} A/kg"


def meshed(case: Case, comm: MPI.Comm = MPI.COMM_SELF) -> Particle:
    """The particle of a case. Collective."""
    return shared_mesh(case.particle, comm)


def strip(
    width: float, height: float, n_x: int, n_y: int, axes: Sequence[Sequence[float]]
) -> Particle:
    """Rectangle of upright grains of the same width, one for each c axis, meshed regularly."""
    msh = mesh.create_rectangle(
        MPI.COMM_SELF,
        [[0.0, 0.0], [width, height]],
        [n_x, n_y],
        diagonal=mesh.DiagonalType.crossed,
        ghost_mode=mesh.GhostMode.shared_facet,
    )
    middle = midpoints(msh)
    grain = np.floor(middle[:, 0] / width * len(axes)).astype(np.int32)
    return particle_of_mesh(msh, grain, np.array(axes, dtype=float))


def ball(radius: float, size: float) -> Particle:
    """One round grain, meshed by Gmsh."""
    import gmsh

    gmsh.initialize(interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.option.setNumber("Mesh.MeshSizeMax", size)
        gmsh.option.setNumber("Mesh.MeshSizeMin", size)
        tag = gmsh.model.occ.addSphere(0, 0, 0, radius)
        gmsh.model.occ.synchronize()
        gmsh.model.addPhysicalGroup(3, [tag], 1)
        gmsh.model.mesh.generate(3)
        msh, *_ = dolfinx_api.model_to_mesh(gmsh.model, MPI.COMM_SELF, 3)
    finally:
        gmsh.finalize()
    grain = np.zeros(len(msh.geometry.dofmap), dtype=np.int32)
    return particle_of_mesh(msh, grain, np.array([[0.0, 0.0, 1.0]]))


def layered_ball(directions: int, layers: int, power: float) -> Particle:
    """A ball of nested triangulated shells, the closer the nearer to its surface."""
    k = np.arange(directions) + 0.5
    height, turn = 1 - 2 * k / directions, np.pi * (1 + 5**0.5) * k
    flat = np.sqrt(1 - height**2)
    shell = np.column_stack([flat * np.cos(turn), flat * np.sin(turn), height])
    radii = 1 - np.linspace(1, 0, layers + 1)[1:] ** power
    points = np.vstack([np.zeros((1, 3)), *(r * shell for r in radii)])
    faces = np.sort(ConvexHull(shell).simplices, axis=1) + 1
    centre = np.column_stack([np.zeros(len(faces), int), faces])
    a, b, c = np.vstack([faces + directions * layer for layer in range(layers - 1)]).T
    up = directions
    prisms = [(a, b, c, c + up), (a, b, b + up, c + up), (a, a + up, b + up, c + up)]
    cells = np.vstack([centre, *(np.column_stack(corners) for corners in prisms)])
    element = basix.ufl.element("Lagrange", "tetrahedron", 1, shape=(3,))
    msh = dolfinx_api.mesh_of_cells(MPI.COMM_SELF, cells.astype(np.int64), points, element)
    return particle_of_mesh(msh, np.zeros(len(cells), np.int32), np.array([[0.0, 0.0, 1.0]]))


def midpoints(msh: mesh.Mesh) -> np.ndarray:
    """Midpoint of each cell, (cells, 3)."""
    n_cells = len(msh.geometry.dofmap)
    return mesh.compute_midpoints(msh, msh.topology.dim, np.arange(n_cells, dtype=np.int32))


def oxide(**changes: Any) -> GrainMaterial:
    """NMC76 with changes."""
    return replace(load_grain_material("NMC76"), **changes)


def isotropic(young: float, poisson: float) -> MaterialStiffness:
    """Stiffness of an isotropic solid, Pa."""
    shear = young / (2 * (1 + poisson))
    lame = young * poisson / ((1 + poisson) * (1 - 2 * poisson))
    return MaterialStiffness(lame + 2 * shear, lame, lame, lame + 2 * shear, shear)


def plain_oxide(diffusivity: float, **changes: Any) -> GrainMaterial:
    """Isotropic oxide of constant diffusivity (m^2/s) whose reaction is the same everywhere.

    The potential hardly depends on the occupancy and the exchange current not at all.
    """
    plain: dict[str, Any] = {
        "potential": laws.linear(4.0, -1e-4),
        "diffusivity": lambda temperature: laws.constant(diffusivity),
        "diffusivity_ratio": 1.0,
        "exchange_current": lambda temperature: laws.constant(1.0),
    }
    return oxide(**(plain | changes))


def charge_density(model: Model) -> float:
    """F c_max of the only oxide of a model, pC/um^3."""
    c_max = model.electro.properties.max_concentration
    assert isinstance(c_max, float)
    return FARADAY_INTERNAL * c_max


def model_of(
    case: Case,
    particle: Particle,
    grain: GrainMaterial | None = None,
    boundary: BoundaryMaterial | None = None,
) -> Model:
    """The model of a case with other materials than the library's. Collective."""
    materials = materials_of(case, particle)
    if grain is not None:
        materials = materials._replace(grain=grain)
    if boundary is not None:
        state = case.particle.boundary.state
        materials = materials._replace(boundaries=materials.boundaries | {state: boundary})
    return build_model(case, particle, materials)


@dataclass
class Recorder:
    """Tracker that keeps the history, and what `look` sees at each step."""

    look: Any = None
    rows: list[dict[str, float]] = field(default_factory=list)
    ends: list[dict[str, float]] = field(default_factory=list)
    seen: list[Any] = field(default_factory=list)

    def start(self, run: Any) -> None:
        """Nothing to open."""

    def record(self, snapshot: Snapshot) -> None:
        """Keep the row."""
        self.rows.append(dict(snapshot.row))
        if snapshot.step_ended:
            self.ends.append(dict(snapshot.row))
        if self.look is not None:
            self.seen.append(self.look(snapshot))

    def finish(self, outcome: Outcome) -> None:
        """Nothing to close."""

    def column(self, name: str) -> np.ndarray:
        """One column of the history."""
        return np.array([row[name] for row in self.rows])


def ran(
    model: Model, look: Any = None, interrupted: Callable[[], bool] = lambda: False
) -> tuple[Simulation, Recorder, Outcome]:
    """Follow the protocol of a model."""
    recorder = Recorder(look)
    simulation = Simulation(model, [recorder])
    return simulation, recorder, simulation.run(interrupted)


def moment(model: Model, **said: Any) -> SimpleNamespace:
    """The present as mechanisms see it, but for what is said."""
    names = ("places", "state", "old", "temperature", "gap", "damage", "strength", "potentials")
    now = model.present()
    return SimpleNamespace(**{name: said.get(name, getattr(now, name)) for name in names})


def films_by_place(model: Model, comm: MPI.Comm, digits: int) -> dict[str, list]:
    """Thickness of every film, inside and outside, by its rounded place; and of all. Collective."""
    s, b = model.state, model.spaces.boundaries
    owned = b.weight > 0
    inside = np.column_stack([b.position, s.sides("film").plus, s.sides("film").minus])[owned]
    n_owned = model.spaces.scalar.dofmap.index_map.size_local
    place = model.spaces.scalar.tabulate_dof_coordinates()[:, :2]
    outside = np.column_stack([model.spaces.grain_of_node, place, s.sides("film").outside])[
        :n_owned
    ]
    gathered = [
        np.unique(np.concatenate(comm.allgather(np.round(rows, digits))), axis=0).tolist()
        for rows in (inside, outside)
    ]
    return {"films": gathered, "whole": list(model.slow["interphase"].measure(model.state))}
