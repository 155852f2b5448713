"""A small particle with prescribed fields: what trackers see, without solving anything."""

from pathlib import Path

import numpy as np
from dolfinx import mesh
from mpi4py import MPI

from solver.case import Case
from solver.mechanisms.corrosion import Corrosion
from solver.mechanisms.fatigue import Fatigue
from solver.mechanisms.interphase import Interphase
from solver.model.spaces import make_spaces
from solver.model.state import make_state
from solver.output.observe import sites
from solver.output.observe.acting import of_each
from solver.output.observe.group import columns_of
from solver.output.observe.moment import GROUPS
from solver.output.snapshot import Run, Snapshot
from solver.particle.mesh import particle_of_mesh

CASES = Path(__file__).parents[2] / "cases"
COLUMNS = (
    "Test Time / s", "Cycle Index / 1", "Step Index / 1", "Temperature / K", "Pulse Index / 1",
    "Step Time / s", "Time Step / s", "Voltage / V", "Current / A.m-1", "Specific Current / mA.g-1",
    "Capacity / mA.h.g-1", "Net Charge / mA.h.g-1", "Mean Occupancy / 1", "Lowest Occupancy / 1",
    "Highest Occupancy / 1", "Cracked Fraction / 1", "Softened Fraction / 1",
    "Half Softened Fraction / 1", "Mean Damage / 1",
    "Largest Opening / m", "Cracks / 1", "Crack Area / m2.g-1", "Mean Crack Width / m",
    "Largest Crack Width / m", "Connected Crack Fraction / 1", "Radial Alignment / 1",
    "Elastic Energy / J.m-1", "Bond Energy / J.m-1", "Contact Energy / J.m-1",
    "Fracture Energy / J.m-1", "Viscous Dissipation / J.m-1", "Algorithmic Dissipation / J.m-1",
    "Sudden Release / J.m-1", "Electrical Work / J.m-1", "Chemical Energy / J.m-1",
    "Reaction Loss / J.m-1", "Electrical Error / 1", "Algorithmic Share / 1",
    "Lowest Dissipation / 1",
    "Swelling Work / J.m-1", "Energy Error / 1", "Lithium Error / 1", "Coupling Iterations / 1",
    "Newton Iterations / 1",
)  # fmt: skip


KINDS = {"fatigue": Fatigue, "corrosion": Corrosion, "interphase": Interphase}


def make_run(directory, comm=MPI.COMM_SELF, columns=2, rows=2, overrides=()):
    """Unit square of columns x rows square grains, its origin in the centre."""
    msh = mesh.create_rectangle(
        comm, [[-0.5, -0.5], [0.5, 0.5]], [4 * columns, 4 * rows],
        ghost_mode=mesh.GhostMode.shared_facet,
    )  # fmt: skip
    cells = msh.topology.index_map(2)
    x, y, _ = mesh.compute_midpoints(
        msh, 2, np.arange(cells.size_local + cells.num_ghosts, dtype=np.int32)
    ).T
    grain = np.floor((x + 0.5) * columns) + columns * np.floor((y + 0.5) * rows)
    c_axis = np.eye(3)[np.arange(columns * rows) % 3]
    particle = particle_of_mesh(msh, grain.astype(np.int32), c_axis)
    case = Case.load(CASES / "quickstart.yaml", overrides)
    acting = tuple(KINDS[name] for name in case.physics.mechanisms() if name in KINDS)
    always = (group for group, _ in GROUPS if group is not sites)  # nothing takes sites
    seen = columns_of((*always, *of_each(acting)))
    about = case, particle, make_spaces(particle), directory, comm
    return Run(*about, dofs=100, mechanisms=acting, columns=seen)


def make_row(time=0.0, **changes):
    """Row with a little of everything; underscores stand for the start of a header."""
    row = dict.fromkeys(COLUMNS, 0.0)
    row |= {"Test Time / s": time, "Cycle Index / 1": 1, "Step Index / 1": 0}
    row |= {
        "Temperature / K": 298.15,
        "Voltage / V": 3.5,
        "Time Step / s": 1.0,
        "Lithium Error / 1": 1e-12,
    }
    for name, value in changes.items():
        header = next(column for column in COLUMNS if column.startswith(name.replace("_", " ")))
        row[header] = value
    return row


def make_snapshot(run, row=None, step_ended=False):
    """Fields by which one can tell grains and points apart; boundaries at x = 0 are cracked."""
    state, boundaries = make_state(run.spaces), run.spaces.boundaries
    for mechanism in run.mechanisms:
        state.add(mechanism.fields)
    grain = run.spaces.grain_of_node
    state["occupancy"][:] = 0.1 * (grain + 1)
    state["displacement"][:] = np.repeat(0.01 * grain, run.spaces.vector.dofmap.bs)
    state["grain_potential"][run.spaces.grain_dof_of_node] = 4.0 + 0.1 * grain
    vertical = np.abs(boundaries.normal[:, 0]) > 0.5
    cracked = np.where(vertical & (np.abs(boundaries.position[:, 0]) < 1e-9), 1.0, 0.0)
    return Snapshot(
        row=row or make_row(),
        step_ended=step_ended,
        state=state,
        stress=np.outer(grain + 1.0, [100.0, 0.0, 20.0, 0.0, 0.0, 0.0]),
        opening=0.05 * cracked,
        width=0.05 * cracked,
        slip=0.01 * cracked,
        damage=cracked,
        traction=7.0 * boundaries.normal,
        isolated=np.arange(grain.max() + 1) == 1,
    )
