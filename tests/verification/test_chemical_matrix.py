"""The chemistry's tangent, put together from numbers, is that of its weak forms."""

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from solver.model.build import build_model
from solver.model.electro.system import StressInPotential
from solver.solve.blocks import BlockMatrix, owned_size
from solver.solve.chemical_matrix import ChemicalMatrix
from tests.bodies import bricks
from tests.particles import case_of, disc, meshed
from tests.ranks import on_ranks

HERE = "tests.verification.test_chemical_matrix"
REST = "[{rest: {until: {time: 1 s}}}]"
AXES = [[0.6, 0.0, 0.8], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
SMALL = disc(5, 0.8, 0.3, 0.25)
KINDS = {
    "bare": ["physics.wetting.enabled=false"],
    "wet": ["physics.wetting.enabled=true"],
    "filled": ["particle.boundary.state=lpo"],
    "meshed film": ["particle.boundary={state: lpo, thickness: 20 nm}"],
    "even current": ["electrode.flux=uniform"],
    "two oxides": ["materials.regions=[{material: NMC532, within: 0.4 um}]"],
}


def model_of(comm, kind, dimension):
    case = case_of(REST, *SMALL, *KINDS[kind])
    particle = meshed(case, comm)
    if dimension == 3:
        particle = bricks((1.0, 1.0, 1.0), (3, 2, 2), (3, 1, 1), AXES, comm=comm)
    return build_model(case, particle)


def unlike(space, seed):
    """Positive numbers that differ from place to place, the same on any number of ranks."""
    x, y, z = space.tabulate_dof_coordinates().T
    return 1.0 + 0.5 * np.sin(7 * x + 5 * y + 3 * z + seed)


def unsettle(model):
    """Give all that the tangent reads values that differ from place to place."""
    system, spaces = model.electro, model.spaces
    system.dt.value, nodes = 20.0, spaces.scalar
    model.state["occupancy"][:] = 0.4 + 0.3 * unlike(nodes, 1)
    n = len(spaces.grain_of_node)
    system.update_laws(StressInPotential(0.02 * unlike(nodes, 2), np.full(n, -0.05)))
    shares = [surface.lithium for surface in system.surfaces]
    if system.uniform is not None:
        shares = [*shares[1:], system.uniform.level]
    for seed, share in enumerate(shares):
        for k, field in enumerate((share.by_potential, share.by_occupancy)):
            field.x.array[:] = unlike(field.function_space, 3 * seed + k)
    system.surfaces.contact.lithium.by_occupancy.x.array[:] = 0.0
    for surface in system.surfaces:
        for name in ("by_potential", "by_occupancy"):
            values = getattr(surface.lithium, name).x.array
            getattr(surface.charge, name).x.array[:] = values
    system.electron_contact.x.array[:] = unlike(spaces.boundaries.space, 31)
    grains = system.collector_contact.x.array
    grains[spaces.grain_dof_of_node] = 1.0 + 0.1 * spaces.grain_of_node
    if system.network is not None:
        for seed, field in enumerate((system.network.along, system.network.outlet)):
            field.x.array[:] = unlike(field.function_space, 40 + seed)


def places(model):
    """Rows of each unknown on this rank. Collective."""
    sizes = [owned_size(field.function_space) for field in model.electro.unknowns]
    first, rows = model.comm.exscan(sum(sizes)) or 0, []
    for size in sizes:
        rows.append(PETSc.IS().createStride(size, first, 1, comm=model.comm))
        first += size
    return rows


def compared(comm, kind, dimension, holds_voltage):
    """Size of the tangent for every pair of unknowns, and of what is wrong there. Collective."""
    model = model_of(comm, kind, dimension)
    numbers, forms = ChemicalMatrix(model.electro), BlockMatrix(model.electro.tangent)
    unsettle(model)
    if holds_voltage:
        model.electro.control.impose_voltage(4.0)
        model.electro.control.face(0.1, 0.3, 0.2, 1.5)
    found, expected = numbers.assemble(), forms.assemble()
    wrong = found.copy()
    wrong.axpy(-1.0, expected)
    pairs = [(row, column) for row in places(model) for column in places(model)]
    return {
        "size": [expected.createSubMatrix(*pair).norm() for pair in pairs],
        "wrong": [wrong.createSubMatrix(*pair).norm() for pair in pairs],
        "places": [matrix.getInfo()["nz_used"] for matrix in (found, expected)],
    }


def agree(differences):
    for size, wrong in zip(differences["size"], differences["wrong"], strict=True):
        assert wrong <= 1e-8 * size


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_make_the_matrix_of_the_weak_forms_in_the_plane(kind):
    differences = compared(MPI.COMM_SELF, kind, 2, kind in ("bare", "meshed film"))
    agree(differences)
    assert sum(size > 0 for size in differences["size"]) >= 6


@pytest.mark.parametrize("kind", ["wet", "even current"])
def test_numbers_make_the_matrix_of_the_weak_forms_in_space(kind):
    agree(compared(MPI.COMM_SELF, kind, 3, holds_voltage=False))


@pytest.mark.parametrize(("kind", "dimension", "n"), [("wet", 3, 2), ("meshed film", 2, 3)])
def test_numbers_make_the_matrix_of_the_weak_forms_on_ranks(kind, dimension, n):
    agree(on_ranks(n, f"{HERE}:compared", kind, dimension, True))


def test_only_what_meets_at_a_point_is_coupled():
    found, expected = compared(MPI.COMM_SELF, "wet", 3, True)["places"]
    assert found < 0.7 * expected
