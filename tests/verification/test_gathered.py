"""Nothing of the size of the whole particle arrives on one rank while steps go by."""

import ast
from pathlib import Path

import numpy as np
from dolfinx import mesh
from mpi4py import MPI

from solver.model.build import build_model
from solver.model.numbering import Numbering
from solver.model.spaces import make_spaces
from solver.output.checkpoint import read, write
from solver.particle.cracks import find_cracks
from solver.units.memory import Local
from tests.counted import CountedComm
from tests.particles import case_of, meshed, ran
from tests.ranks import on_ranks

HERE = "tests.verification.test_gathered"
ROOT = Path(__file__).parents[2]
CHARGE = "[{charge: {rate: 1C, until: {time: 20 s}}}]"
CLOCK = {"time": 12.5, "cycle": 3, "step": 7}
ACTS = [
    "physics.wetting.enabled=true",
    "physics.initial_wetting.area=0.1 m^2/g",
    "numerics.time_step.fixed=10",
]


def found_cracks(spaces):
    """How many cracks there are if every third pair of grains has parted. Collective."""
    damage = (spaces.boundaries.pair.sum(axis=1) % 3 == 0).astype(float)
    return find_cracks(spaces.network, spaces.layout, damage, 0.01 * damage).number


def arrived(comm):
    """Bytes of the largest messages of steps, and what the points would take. Collective."""
    plain, CountedComm.calls = mesh.Mesh.comm, []
    mesh.Mesh.comm = property(lambda self: CountedComm(plain.fget(self)))
    try:
        case = case_of(CHARGE, *ACTS)
        model = build_model(case, meshed(case, comm))
        built = len(CountedComm.calls)
        _, recorder, outcome = ran(model)
        cracks = found_cracks(model.spaces)
    finally:
        mesh.Mesh.comm = plain
    assert outcome.status == "finished", outcome.reason
    calls = CountedComm.calls[built:]
    points = comm.allreduce(int((model.spaces.boundaries.weight > 0).sum()))
    return {
        "largest": max(size for _, size in calls),
        "names": sorted({name for name, _ in calls}),
        "points": points,
        "grains": model.particle.n_grains,
        "steps": len(recorder.rows) - 1,
        "cracks": cracks,
        "calls": len(calls),
    }


def test_in_steps_no_rank_receives_anything_of_the_size_of_the_boundaries():
    found = on_ranks(2, f"{HERE}:arrived")
    print(found)
    assert found["steps"] >= 2
    assert found["cracks"] > 1
    assert found["largest"] < 8 * found["points"] / 4  # one number for every fourth point
    assert found["largest"] <= 50 * found["grains"]  # six numbers for each grain
    assert not {"Gatherv", "gather", "Alltoallv"} & set(found["names"])


def checkpointed(comm, folder):
    """Bytes of the largest message of a checkpoint, and of the largest table. Collective."""
    plain, CountedComm.calls = mesh.Mesh.comm, []
    particle = meshed(case_of(CHARGE), comm)
    mesh.Mesh.comm = property(lambda self: CountedComm(plain.fget(self)))
    try:
        spaces = make_spaces(particle)
        n_corners = spaces.corner.dofmap.index_map.size_local
        stress = Local("corner", np.ones((n_corners, 6)), owned=True)
        layout, CountedComm.calls = Numbering(particle, spaces), []
        write(Path(folder), 0, {"clock": CLOCK, "stress": stress}, layout)
        arrived = max(CountedComm.calls, key=lambda call: call[1])
        CountedComm.calls = []
        read(Path(folder, "checkpoints", "000000.h5"), layout)
        back = max(CountedComm.calls, key=lambda call: call[1])
    finally:
        mesh.Mesh.comm = plain
    return {
        "arrived": comm.allreduce(arrived[1], MPI.MAX),
        "back": comm.allreduce(back[1], MPI.MAX),
        "table": 8 * 6 * comm.allreduce(n_corners),
        "keys": comm.allreduce(max(len(order.keys) for order in layout.orders.values()), MPI.MAX),
        "corners": comm.allreduce(n_corners),
    }


def test_no_rank_receives_a_whole_table_of_a_checkpoint(tmp_path):
    found = on_ranks(3, f"{HERE}:checkpointed", str(tmp_path))
    print(found)
    assert found["table"] / 4 < found["arrived"] < found["table"] / 2
    assert found["table"] / 4 < found["back"] < found["table"] / 2
    assert found["keys"] < found["corners"] / 2


# What may be gathered, and how much that is: never cells, nodes, facets or points.
GATHERING = {
    "solver/output/checkpoint/slabs.py": "how many rows of a table each rank passes on",
    "solver/output/collective.py": "errors: one of each rank",
    "solver/output/rows.py": "how many cells and vertices are of each rank: a number of each",
    "solver/output/vtkhdf.py": "how long the blocks of each rank are, at every frame",
    "solver/output/vtu.py": "how many cells each rank writes: one number of each",
    "solver/particle/interfaces.py": "pairs of grains that meet",
    "solver/particle/joined.py": "where the numbers of each rank begin",
    "solver/particle/partition.py": "how many cells each rank has read",
    "solver/particle/pieces.py": "boundaries between two grains, and which of them meet",
}
CALLS = {"allgather", "gather", "Allgather", "Allgatherv", "Gather", "Gatherv", "Scatterv"}


def gathering():
    """Files of the solver that call what gathers from a communicator."""
    for path in (ROOT / "solver").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                of = ast.unparse(node.func.value)
                if node.func.attr in CALLS and of.endswith("comm"):
                    yield str(path.relative_to(ROOT))


def test_every_place_that_gathers_is_known():
    assert sorted(set(gathering())) == sorted(GATHERING)


def test_all_of_a_message_is_counted():
    CountedComm.calls = []
    comm = CountedComm(MPI.COMM_SELF)
    comm.allgather(np.zeros(1000))
    assert CountedComm.calls[-1][1] > 8000
