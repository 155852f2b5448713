"""A ball of 200 grains in random directions: its stiffness against the bounds for its crystals."""

import sys
from pathlib import Path

import numpy as np
import pytest
import ufl
from dolfinx import fem

from solver.case import Case
from solver.materials import load_grain_material
from solver.materials.aggregate import Moduli, hashin_shtrikman, kelvin, reuss, voigt
from solver.model.build import build_model
from tests.bodies import stiffness_tensor
from tests.particles import meshed

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import polycrystal

ORDER = [(0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (0, 2)]  # of the means
SCALE = np.sqrt([1, 1, 1, 2, 2, 2])


@pytest.fixture(scope="module")
def ball():
    """Apparent stiffness, strained and stressed evenly, averages of the very grains, crystal."""
    found = {}
    for kind in ("strain", "stress"):
        load = f"loads=[{{surface: outer, {kind}: {{xx: {polycrystal.SIZE[kind]}}}}}]"
        case = Case.load(polycrystal.CASE, ["particle.mesh.cells=10000", load])
        specimen = build_model(case, meshed(case))
        found[kind] = polycrystal.apparent(specimen, kind)
    crystal = load_grain_material("NMC76").stiffness
    return found["strain"], found["stress"], *averages(specimen.particle, crystal), kelvin(crystal)


def averages(particle, crystal):
    """Voigt and Reuss averages over the grains of a particle, Kelvin matrices in Pa."""
    cells = fem.functionspace(particle.mesh, ("DG", 0))
    volume = fem.assemble_vector(fem.form(ufl.TestFunction(cells) * ufl.dx)).array
    share = np.bincount(particle.grain, volume, particle.n_grains) / volume.sum()
    stiff = np.array([in_six(stiffness_tensor(as_tuple(crystal), c)) for c in particle.c_axis])
    soft = np.linalg.inv(stiff)
    return np.tensordot(share, stiff, 1), np.linalg.inv(np.tensordot(share, soft, 1))


def as_tuple(crystal):
    return crystal.C11, crystal.C12, crystal.C13, crystal.C33, crystal.C44


def in_six(tensor):
    """Kelvin matrix in the order of the means."""
    rows = [[tensor[(*p, *q)] for q in ORDER] for p in ORDER]
    return np.array(rows) * np.outer(SCALE, SCALE)


def surplus(upper, lower):
    """Least and largest eigenvalue of the difference, GPa."""
    difference = upper - lower
    return np.linalg.eigvalsh(0.5 * (difference + difference.T))[[0, -1]] / 1e9


def test_every_strain_of_the_ball_is_between_the_averages_of_its_own_grains(ball):
    """Exact for these grains, their directions and any mesh: all eigenvalues of the differences."""
    strained, stressed, uniform, even, _ = ball
    for matrix in (strained, stressed):
        assert np.abs(matrix - matrix.T).max() < 1e-6 * np.abs(matrix).max()
    for upper, lower in ((uniform, strained), (strained, stressed), (stressed, even)):
        least, largest = surplus(upper, lower)
        print(f"{least:.4f} to {largest:.4f} GPa")
        assert least > 0
        assert largest < 4.0


def test_the_ball_brackets_the_random_aggregate_that_hashin_and_shtrikman_bound(ball):
    """Even strain is the stiffer, even stress the softer side; averaged over all directions."""
    strained, stressed, _, _, crystal = ball
    upper, lower = voigt(strained), reuss(stressed)
    low, high = hashin_shtrikman(crystal)
    for k, what in enumerate(Moduli._fields):
        span = [m[k] / 1e9 for m in (reuss(crystal), low, lower, upper, high, voigt(crystal))]
        r, hs_low, soft, stiff, hs_high, v = span
        print(
            f"{what}: {r:.3f} < {soft:.3f} < {stiff:.3f} < {v:.3f}; {hs_low:.3f} to {hs_high:.3f}"
        )
        assert r < soft < stiff < v
        assert soft < hs_high and stiff > hs_low, "the bracket misses the bounds"
        assert stiff - soft < 0.3 * (v - r)
