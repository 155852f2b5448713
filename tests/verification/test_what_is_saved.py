"""What a simulation saves is equal on all ranks, but for arrays that say over which place they are.

Then files can be written of it, and read on another number of ranks.
"""

from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI

from solver.case import Case
from solver.drive.simulation import Simulation
from solver.units.memory import Local
from tests.particles import CASES, case_of, disc, meshed
from tests.ranks import on_ranks
from tests.verification.test_going_on_with_files import begun

MODULE = "tests.verification.test_what_is_saved"
CYCLED = (
    *disc(4, 1.0, 0.5, 0.5),
    "numerics.time_step.fixed=60 s",
    "physics.acceleration=50",
    "physics.wetting.enabled=true",
    "physics.initial_wetting.area=0.1 m^2/g",
    "physics.interphase.enabled=true",
    "physics.fatigue.enabled=true",
    "physics.corrosion.enabled=true",
    "physics.rock_salt.enabled=true",
    "physics.dissolution.enabled=true",
    "physics.oxide_ageing.enabled=true",
    "physics.sliding={enabled: true, relaxation_time: 100 s}",
    "physics.friction={enabled: true, coefficient: 0.3}",
    "output={figures: {enabled: false}, report: {enabled: false}}",
)
CHARGE = "[{charge: {rate: 2C, until: {time: 3 min}}}]"
LOADED = "protocol=[{load: {to: 0.33}}]"
OF_A_RANK = {"seconds"}  # what a watch shows: that of the first rank is written


def of_case(kind: str) -> Case:
    if kind == "cycled":
        return case_of(CHARGE, *CYCLED)
    name = {"loaded": "fatigue", "cracking": "sen_tension"}[kind]
    return Case.load(CASES / "benchmarks" / f"{name}.yaml", (LOADED,))


def simulation_on(comm: MPI.Comm, kind: str, folder: str) -> Simulation:
    """A simulation, with its trackers, that has done something."""
    case = of_case(kind)
    simulation, _ = begun(case, meshed(case, comm), Path(folder))
    steps = iter(range(3))
    simulation.run(lambda: next(steps, None) is None)
    return simulation


def leaves(tree, path=""):
    """What is at the ends of a tree, by its path."""
    if isinstance(tree, list | tuple):
        tree = dict(enumerate(tree))
    if not isinstance(tree, dict):
        return {path: tree}
    return {at: leaf for key in tree for at, leaf in leaves(tree[key], f"{path}/{key}").items()}


def equal(one, other):
    if isinstance(one, Local):
        alike = one.place, one.components, one.owned, one.values.shape[1:]
        return alike == (other.place, other.components, other.owned, other.values.shape[1:])
    return type(one) is type(other) and np.array_equal(one, other, equal_nan=_is_number(one))


def _is_number(value):
    return isinstance(value, float | np.ndarray)


def unequal(comm, kind, folder):
    """Paths of what is not the same on all ranks; lengths of arrays over places, by place."""
    everywhere = [leaves(tree) for tree in comm.allgather(simulation_on(comm, kind, folder).save())]
    first, lengths = everywhere[0], dict[str, set[int]]()
    assert all(list(each) == list(first) for each in everywhere)
    for leaf in (leaf for each in everywhere for leaf in each.values()):
        if isinstance(leaf, Local):
            lengths.setdefault(leaf.place, set()).add(len(leaf.values))
    return {
        "unequal": [p for p in first if not all(equal(first[p], each[p]) for each in everywhere)],
        "lengths": {place: sorted(sizes) for place, sizes in lengths.items()},
        "arrays": [p for p in first if isinstance(first[p], np.ndarray)],
    }


@pytest.mark.parametrize("kind", ["cycled", "loaded", "cracking"])
def test_all_but_arrays_over_places_is_equal_on_all_ranks(tmp_path, kind):
    told = on_ranks(2, f"{MODULE}:unequal", kind, str(tmp_path))
    assert [p for p in told["unequal"] if p.split("/")[-1] not in OF_A_RANK] == []
    assert told["arrays"] == []
    assert len(told["lengths"]["node"]) > 1
