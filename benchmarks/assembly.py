"""Tangents put together from numbers, beside DOLFINx's own assembly of the same forms.

Processor time of both in turns, in one run. Prints one line per figure.

./intergrain python benchmarks/assembly.py [--grains N] [--size UM] [--repeats N]
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import petsc
from mpi4py import MPI

from meshes import build
from solver.case import Case
from solver.model.build import Model, build_model
from solver.model.electro.diffusion import diffusion_by_occupancy
from solver.model.electro.system import StressInPotential
from solver.model.electro.transport_entries import TransportEntries
from solver.particle.mesh import read_particle
from solver.physics import transport
from solver.solve.blocks import BlockMatrix, owned_size
from solver.solve.chemical_matrix import ChemicalMatrix
from solver.solve.entry_matrix import EntryMatrix
from solver.solve.mechanics import EquilibriumSolver

CASE = Path(__file__).parents[1] / "cases" / "sphere50.yaml"


def in_turns(ours: Callable[[], Any], others: Callable[[], Any], repeats: int) -> tuple[str, float]:
    """Median processor times of two actions in ms, and the median of their ratios."""
    times = []
    for _ in range(repeats + 1):
        start = time.process_time()
        ours()
        middle = time.process_time()
        others()
        times.append((middle - start, time.process_time() - middle))
    kept = np.array(times[1:])
    here, there = (1e3 * median(column) for column in kept.T)
    return f"{here:8.1f} ms beside {there:8.1f} ms", median(kept[:, 0] / kept[:, 1])


def tell(label: str, dofs: int, found: tuple[str, float]) -> None:
    print(f"{label:44s} {dofs:8d} dofs  {found[0]}: {found[1]:5.2f}", flush=True)


def uneven(model: Model) -> None:
    """Occupancy and stress part that differ from node to node."""
    x, y, _ = model.spaces.scalar.tabulate_dof_coordinates().T
    model.state["occupancy"][:] = 0.7 + 0.1 * np.sin(2 * x)
    stress = StressInPotential(0.03 * np.cos(y), np.full(len(x), -0.05))
    model.electro.update_laws(stress)


def diffusion(model: Model, repeats: int) -> None:
    """Storage and diffusion of lithium."""
    system, space = model.electro, model.spaces.scalar
    w, dx = ufl.TestFunction(space), ufl.TrialFunction(space)
    vertices = ufl.Measure("dx", space.mesh, metadata={"quadrature_rule": "vertex"})
    forms = [
        transport.storage(system.state.function("sites") * dx, w, system.dt, vertices),
        diffusion_by_occupancy(system, model.particle, w, dx),
    ]
    compiled = [fem.form(form) for form in forms]
    matrix, part = petsc.create_matrix(compiled[0]), TransportEntries(system)
    numbers = EntryMatrix(space.mesh.comm, owned_size(space), part.rows, part.columns)

    def assemble() -> None:
        matrix.zeroEntries()
        for form in compiled:
            petsc.assemble_matrix(matrix, form)
        matrix.assemble()

    found = in_turns(lambda: numbers.fill(part.values()), assemble, repeats)
    tell("diffusion step", owned_size(space), found)


def chemistry(model: Model, repeats: int) -> None:
    """All blocks of the chemistry."""
    numbers, blocks = ChemicalMatrix(model.electro), BlockMatrix(model.electro.tangent)
    found = in_turns(numbers.assemble, blocks.assemble, repeats)
    tell("the whole tangent of the chemistry", numbers.matrix.size[0], found)


def elasticity(model: Model, repeats: int) -> None:
    """Grains and the springs between them, after boundaries have changed."""
    solver, system = EquilibriumSolver(model.mechanics, linear="direct"), model.mechanics
    form = system.tangent[0][0]
    compiled = form if isinstance(form, tuple) else (form,)
    matrix = petsc.create_matrix(compiled[0])

    def assemble() -> None:
        matrix.zeroEntries()
        for each in compiled:
            petsc.assemble_matrix(matrix, each)
        matrix.assemble()

    found = in_turns(solver._update_tangent, assemble, repeats)
    tell("elasticity", matrix.size[0], found)


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--grains", type=int, default=200)
    parser.add_argument("--size", type=float, default=0.4, help="of cells, um; 0.6 of it at edges")
    parser.add_argument("--repeats", type=int, default=7)
    asked = parser.parse_args(words)
    radius = 2.0 * (asked.grains / 50) ** (1 / 3)  # grains as large as those of the case
    mesh_sizes = f"{{size: {asked.size} um, boundary_size: {0.6 * asked.size} um}}"
    overrides = [
        f"particle.radius={radius:.3f} um",
        f"particle.grains.count={asked.grains}",
        f"particle.mesh={mesh_sizes}",
    ]
    case = Case.load(CASE, overrides)
    with tempfile.TemporaryDirectory() as cache:
        model = build_model(
            case, read_particle(build(case.particle, Path(cache)).mesh, MPI.COMM_SELF)
        )
    uneven(model)
    diffusion(model, asked.repeats)
    chemistry(model, asked.repeats)
    elasticity(model, asked.repeats)


if __name__ == "__main__":
    main()
