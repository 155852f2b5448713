"""Stiffness of balls of many grains beside the bounds for random aggregates. Prints a table.

A ball whose surface is strained evenly is stiffer than the aggregate it is cut from, one that is
stressed evenly is softer (Hill, Huet): the two bracket it.

./intergrain python benchmarks/polycrystal.py [--cells 50000] [--seeds 3] [--grain NMC76]
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from meshes import build
from solver.case import Case
from solver.case.loads import LoadCase
from solver.materials import load_grain_material
from solver.materials.aggregate import Moduli, hashin_shtrikman, kelvin, reuss, voigt
from solver.model.build import Model, build_model
from solver.model.loads.loads import make_loads
from solver.model.loads.means import PLACES
from solver.particle.mesh import read_particle
from solver.solve.loaded import LoadedSolver
from solver.units.constants import PASCAL

Floats = npt.NDArray[np.floating]
Kind = Literal["strain", "stress"]
CASE = Path(__file__).parents[1] / "cases" / "benchmarks" / "polycrystal.yaml"
SIZE = {"strain": 1e-4, "stress": 10e6}


def specimen_of(overrides: Sequence[str], kind: Kind) -> Model:
    """The ball of the case, its outside to be strained or stressed evenly."""
    case = Case.load(
        CASE, [*overrides, f"loads=[{{surface: outer, {kind}: {{xx: {SIZE[kind]}}}}}]"]
    )
    with tempfile.TemporaryDirectory() as folder:
        particle = read_particle(build(case.particle, Path(folder)).mesh, MPI.COMM_SELF)
    return build_model(case, particle)


def apparent(specimen: Model, kind: Kind) -> Floats:
    """Stiffness under six even strains (or stresses) of the outside, as a Kelvin matrix in Pa."""
    system, means = specimen.mechanics, specimen.means
    assert means is not None
    solver = LoadedSolver(system, specimen.loads)
    damage = specimen.state["damage"]
    stresses, strains = [], []
    for name in PLACES:
        given = LoadCase.model_validate({"surface": "outer", kind: {name: SIZE[kind]}})
        solver.loads = make_loads(specimen.particle, specimen.spaces, [given])
        solver.begin_step(damage)
        solver.impose(1.0)
        solver.solve(1.0)
        stresses.append(list(means.stress(system.stress).values()))
        moved = system.unknowns[0].x.array.reshape(-1, 3)
        strains.append(list(means.strain(moved).values()))
    scale = np.sqrt([1.0, 1.0, 1.0, 2.0, 2.0, 2.0])[:, None]
    stress, strain = scale * np.array(stresses).T / PASCAL, scale * np.array(strains).T
    return stress @ np.linalg.inv(strain)


def shown(moduli: Moduli) -> str:
    """Both moduli in GPa."""
    return f"{moduli.bulk / 1e9:10.3f}{moduli.shear / 1e9:10.3f}"


def main(words: Sequence[str]) -> None:
    """Print the bounds, each ball between them, and the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=50000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--grain", default="NMC76")
    given = parser.parse_args(words)
    crystal = kelvin(load_grain_material(given.grain).stiffness)
    low, high = hashin_shtrikman(crystal)
    print(f"{'GPa':34}{'bulk':>10}{'shear':>10}")
    print(f"{'Voigt':34}{shown(voigt(crystal))}\n{'Hashin-Shtrikman, upper':34}{shown(high)}")
    print(f"{'Hashin-Shtrikman, lower':34}{shown(low)}\n{'Reuss':34}{shown(reuss(crystal))}")
    settings = [f"particle.mesh.cells={given.cells}", f"materials.grain={given.grain}"]
    found: dict[str, list[Moduli]] = {"strain": [], "stress": []}
    for seed in range(1, given.seeds + 1):
        for kind, average in (("strain", voigt), ("stress", reuss)):
            specimen = specimen_of([*settings, f"particle.seed={seed}"], kind)
            found[kind].append(average(apparent(specimen, kind)))
            cells = specimen.particle.mesh.topology.index_map(3).size_global
            what = f"seed {seed}, {cells} cells, even {kind}"
            print(f"{what:34}{shown(found[kind][-1])}", flush=True)
    for kind, moduli in found.items():
        print(f"{f'mean, even {kind}':34}{shown(Moduli(*np.mean(moduli, axis=0)))}")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
