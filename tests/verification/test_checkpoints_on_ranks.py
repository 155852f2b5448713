"""Checkpoints are written on some number of ranks and read on another, with all kinds of places.

What is compared is told by where things are, never by their numbers on a rank.
"""

from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI

from solver.model.numbering import Numbering
from solver.model.spaces import Spaces, make_spaces
from solver.output.checkpoint import read, write
from solver.particle.mesh import Particle
from solver.units.memory import Local
from tests.bodies import bricks
from tests.particles import case_of, disc, meshed
from tests.ranks import on_ranks

MODULE = "tests.verification.test_checkpoints_on_ranks"
CLOCK = {"time": 12.5, "cycle": 3, "step": 7}


def particle_on(comm: MPI.Comm, kind: str) -> Particle:
    if kind == "disc":
        return meshed(case_of("[Rest for 1 min]", *disc(5, 1.0, 0.4, 0.3)), comm)
    axes = np.eye(3)[[0, 1, 2]]
    if kind == "box":
        return bricks((1.0, 1.0, 1.0), (4, 4, 4), (3, 1, 1), axes, comm=comm)
    return bricks((9.0, 1.0), (36, 4), (18, 1), axes[:2], [0, *17 * [1]], comm=comm)


def features(particle: Particle, spaces: Spaces) -> dict[str, np.ndarray]:
    """What tells each entity of a place from all others, without its numbers."""
    msh, boundaries = particle.mesh, spaces.boundaries
    x = msh.geometry.x[msh.geometry.dofmap]
    nodes = np.empty((len(spaces.grain_of_node), 3))
    nodes[spaces.scalar.dofmap.list] = x
    corners = np.empty((x.shape[0] * x.shape[1], 6))
    corners[spaces.corner.dofmap.list] = np.dstack(
        [x, np.broadcast_to(x.mean(axis=1, keepdims=True), x.shape)]
    )
    facets = np.asarray(boundaries.space.dofmap.list)
    middle = np.empty_like(boundaries.position)
    middle[facets] = boundaries.position[facets].mean(axis=1, keepdims=True)
    points = np.hstack([boundaries.position, middle, boundaries.pair])
    network = np.empty((len(spaces.network.area), boundaries.position.shape[1]))
    network[spaces.network.node] = boundaries.position
    grains = np.empty((len(np.unique(particle.grain)), 1))
    grains[spaces.grain.dofmap.list] = particle.grain[:, None, None]
    return {
        "node": np.column_stack([nodes, spaces.grain_of_node]),
        "corner": corners,
        "point": points,
        "network": network,
        "grain": grains,
        "one": np.ones((1, 1)),
    }


def noise(told: np.ndarray, columns: int, seed: int) -> np.ndarray:
    """Numbers that look drawn, but hang on the features alone."""
    draw = np.random.default_rng(seed)
    return np.sin(told @ draw.uniform(50, 90, (told.shape[1], columns)))


def remembered(particle: Particle, spaces: Spaces) -> dict[str, Local]:
    """Arrays over every place: numbers, vectors of both kinds, whole numbers, owned ones."""
    told, d = features(particle, spaces), spaces.vector.dofmap.bs
    kept = {place: Local(place, noise(at, 1, 1).ravel()) for place, at in told.items()}
    kept["vectors"] = Local("node", noise(told["node"], d, 2).ravel(), d)
    kept["rows"] = Local("point", noise(told["point"], 3, 3))
    kept["whole"] = Local("point", (noise(told["point"], 1, 4) > 0).ravel())
    n_owned = spaces.scalar.dofmap.index_map.size_local
    kept["owned"] = Local("node", noise(told["node"][:n_owned], d, 5).ravel(), d, owned=True)
    sides = [noise(told["point"], 1, seed) for seed in (6, 7)]
    kept["surface"] = Local("surface", np.concatenate([noise(told["node"], 1, 8), *sides]).ravel())
    return kept


def written(comm: MPI.Comm, kind: str, folder: str) -> dict[str, int]:
    particle = particle_on(comm, kind)
    spaces = make_spaces(particle)
    memory = {"clock": CLOCK, "kept": remembered(particle, spaces), "rank": comm.rank}
    write(Path(folder), 0, memory, Numbering(particle, spaces))
    return {"fewest": comm.allreduce(spaces.boundaries.n_points, MPI.MIN)}


def reread(comm: MPI.Comm, kind: str, folder: str) -> dict[str, object]:
    """How far what was read is off what it should be, and how long it is on all ranks together."""
    particle = particle_on(comm, kind)
    spaces = make_spaces(particle)
    memory = read(Path(folder, "checkpoints", "000000.h5"), Numbering(particle, spaces))
    expected, off = remembered(particle, spaces), dict[str, float]()
    for name, local in memory["kept"].items():
        like = expected[name]
        assert (local.place, local.components, local.owned) == (
            like.place,
            like.components,
            like.owned,
        )
        assert local.values.shape == like.values.shape
        assert local.values.dtype == like.values.dtype
        distance = np.abs(local.values.astype(float) - like.values)
        off[name] = comm.allreduce(float(distance.max(initial=0.0)), MPI.MAX)
    return {"off": off, "ranks": comm.allgather(memory["rank"]), "clock": memory["clock"]}


@pytest.mark.parametrize("kind", ["disc", "box"])
@pytest.mark.parametrize(("before", "after"), [(1, 1), (2, 2), (3, 3), (1, 3), (3, 1), (2, 3)])
def test_every_value_is_where_it_was(tmp_path, kind, before, after):
    on_ranks(before, f"{MODULE}:written", kind, str(tmp_path))
    told = on_ranks(after, f"{MODULE}:reread", kind, str(tmp_path))
    assert len(told["off"]) == 11
    assert max(told["off"].values()) < 1e-12
    assert told["clock"] == CLOCK
    assert told["ranks"] == after * [0]


@pytest.mark.parametrize(("before", "after"), [(3, 2), (2, 3)])
def test_a_rank_without_boundaries_writes_and_reads_with_the_others(tmp_path, before, after):
    told = on_ranks(before, f"{MODULE}:written", "bar", str(tmp_path))
    assert told["fewest"] == 0
    assert max(on_ranks(after, f"{MODULE}:reread", "bar", str(tmp_path))["off"].values()) < 1e-12
