"""Cracks in grains: strength and energy of bars, compression, irreversibility, cleavage."""

from functools import cache

import numpy as np
import pytest
from mpi4py import MPI

from solver.physics.crack_length import strength
from solver.physics.mechanics import Stiffness
from solver.physics.phase_field import Resistance
from tests.bodies import LAYERED, bricks
from tests.ranks import on_ranks
from tests.specimens import Specimen

YOUNG, TOUGHNESS, Z = 100e3, 10.0, [(0, 0, 1)]
SPLITS = ["none", "volumetric_deviatoric", "spectral"]
NORM = {"AT1": 8 / 3, "AT2": 2.0}


def left(x: np.ndarray) -> np.ndarray:
    return x[0] < 1e-9


def corner(x: np.ndarray) -> np.ndarray:
    return (x[0] < 1e-9) & (x[1] < 1e-9)


def bar(
    length: float,
    cells: int,
    resistance: Resistance,
    split: str = "none",
    poisson: float = 0.0,
    keeps_history: bool = False,
) -> Specimen:
    """A bar two cells high whose left end is held, free to contract."""
    particle = bricks((length, 2 * length / cells), (cells, 2), (1, 1), Z)
    elastic = Stiffness.isotropic(YOUNG, poisson)
    plane = "generalised" if poisson else "strain"
    specimen = Specimen(particle, elastic, resistance, split, plane, keeps_history)
    specimen.hold(left, 0, 0.0)
    specimen.hold(corner, 1, 0.0)
    if poisson:
        specimen.hold(corner, 2, 0.0)
    return specimen


def pull(specimen: Specimen, length: float, strain: float) -> float:
    """Stretch the bar; return its stress."""

    def right(x: np.ndarray) -> np.ndarray:
        return x[0] > length - 1e-9

    specimen.hold(right, 0, strain * length)
    specimen.load()
    return specimen.reaction(right, 0) / specimen.body.nodes[:, 1].max()


@pytest.mark.parametrize("dissipation", ["AT1", "AT2"])
@pytest.mark.parametrize("split", SPLITS)
def test_a_bar_is_as_strong_as_its_length_scale_says(dissipation, split):
    resistance = Resistance(dissipation, TOUGHNESS, 5.0)
    specimen = bar(1.0, 4, resistance, split, poisson=0.3 if split == "none" else 0.0)
    expected = strength(dissipation, YOUNG, TOUGHNESS, 5.0)
    strains = np.linspace(0.8, 2.2, 29) * expected / YOUNG
    largest = max(pull(specimen, 1.0, strain) for strain in strains)
    print(f"{dissipation} {split}: strength {largest / expected - 1:+.2%}")
    assert largest == pytest.approx(expected, rel=1e-2)
    assert np.ptp(specimen.crack) < 1e-6


@pytest.mark.parametrize("split", ["none", "volumetric_deviatoric"])
def test_a_layered_cube_pulled_along_c_is_as_strong(split):
    """In three dimensions; its sides are free."""
    particle = bricks((1.0, 1.0, 1.0), (2, 2, 2), (1, 1, 1), Z)
    specimen = Specimen(particle, LAYERED, Resistance("AT1", TOUGHNESS, 5.0), split)
    expected = strength("AT1", LAYERED.young_along_c(), TOUGHNESS, 5.0)
    for component in range(3):
        specimen.hold(lambda x, c=component: x[c] < 1e-9, component, 0.0)
    forces = []
    for strain in np.linspace(0.8, 1.6, 17) * expected / LAYERED.young_along_c():
        specimen.hold(lambda x: x[2] > 1 - 1e-9, 2, strain)
        specimen.load()
        forces.append(specimen.reaction(lambda x: x[2] > 1 - 1e-9, 2))
    print(f"{split}: strength {max(forces) / expected - 1:+.2%}")
    assert specimen.crack.min() > 0.2
    assert max(forces) == pytest.approx(expected, rel=1e-2)


@pytest.mark.parametrize(("dissipation", "seed"), [("AT1", 0.01), ("AT2", 1.0)])
@pytest.mark.parametrize("fineness", [4, 8])
def test_a_broken_bar_cost_its_toughness(dissipation, seed, fineness):
    """The two columns of nodes about an open cell are both broken: h / (c_w l) on top."""
    length, size = 12.0, 1.0 / fineness
    resistance = Resistance(dissipation, TOUGHNESS, 1.0)
    specimen = bar(length, 12 * fineness, resistance)
    middle = (length + size) / 2
    specimen.crack[np.abs(specimen.body.nodes[:, 0] - middle) < 0.6 * size] = seed
    onset = strength(dissipation, YOUNG, TOUGHNESS, 1.0) / YOUNG
    stress = [pull(specimen, length, factor * onset) for factor in (1.2, 2.5, 5.0)]
    found = specimen.surface_energy() / (2 * size) / TOUGHNESS
    expected = 1 + size / NORM[dissipation]
    print(f"{dissipation}, h = l/{fineness}: surface energy {found:.4f} G, expected {expected:.4f}")
    assert found == pytest.approx(expected, rel=0.01)
    assert specimen.crack.max() > 0.999
    assert stress[-1] < 2e-3 * YOUNG * 5 * onset


def swell(split: str, strain: float) -> float:
    """Largest crack in a solid that wants to swell this much, held on all sides."""
    particle = bricks((1.0, 1.0), (4, 4), (1, 1), Z)
    elastic, resistance = Stiffness.isotropic(YOUNG, 0.2), Resistance("AT2", TOUGHNESS, 5.0)
    specimen = Specimen(particle, elastic, resistance, split, "strain")
    for component in (0, 1):
        specimen.hold(lambda x: np.any((x[:2] < 1e-9) | (x[:2] > 1 - 1e-9), 0), component, 0.0)
    specimen.body.system.strain_a.x.array[:] = strain
    specimen.body.system.strain_c.x.array[:] = strain
    specimen.load()
    return float(specimen.crack.max())


@pytest.mark.parametrize("split", ["volumetric_deviatoric", "spectral"])
def test_nothing_breaks_where_all_is_compressed(split):
    assert swell(split, 0.02) < 1e-9
    assert swell(split, -0.02) == pytest.approx(swell("none", 0.02))
    assert swell("none", 0.02) > 0.5


@pytest.mark.parametrize("keeps_history", [False, True])
@pytest.mark.parametrize("dissipation", ["AT1", "AT2"])
def test_cracks_do_not_heal(dissipation, keeps_history):
    resistance = Resistance(dissipation, TOUGHNESS, 5.0)
    specimen = bar(1.0, 4, resistance, keeps_history=keeps_history)
    onset = strength(dissipation, YOUNG, TOUGHNESS, 5.0) / YOUNG
    pull(specimen, 1.0, 1.6 * onset)
    cracked = specimen.crack.copy()
    stress = pull(specimen, 1.0, 0.8 * onset)
    assert cracked.min() > 0.2
    assert specimen.crack == pytest.approx(cracked, abs=1e-6)
    expected = (1 - cracked[0]) ** 2 * YOUNG * 0.8 * onset
    assert stress == pytest.approx(expected, rel=1e-4)


def test_grains_do_not_share_cracks_over_their_boundary():
    particle = bricks((2.0, 0.5), (16, 4), (2, 1), Z * 2)
    specimen = Specimen(particle, Stiffness.isotropic(YOUNG, 0.0), Resistance("AT2", 10.0, 0.4))
    specimen.hold(left, 0, 0.0)
    for component in (1, 2):
        specimen.hold(corner, component, 0.0)
    specimen.crack[specimen.body.nodes[:, 0] < 0.01] = 1.0
    specimen.load()
    grain = specimen.body.spaces.grain_of_node
    assert specimen.crack[grain == 0].min() > 0.05
    assert np.abs(specimen.crack[grain == 1]).max() < 1e-12


def cleaved(comm: MPI.Comm, angle: float, cells: int, cleavage: float = 30.0) -> Specimen:
    """Crystal with a crack at its left, pulled up; basal planes `angle` from x. Collective."""
    size = 1.0 / cells
    axis = (-np.sin(angle), np.cos(angle), 0.0)
    particle = bricks((1.0, 1.0), (cells, cells), (1, 1), [axis], comm=comm)
    resistance = Resistance("AT1", TOUGHNESS, 3 * size, cleavage)
    specimen = Specimen(particle, Stiffness.isotropic(YOUNG, 0.2), resistance, plane="strain")
    x, y = specimen.body.nodes[:, :2].T
    specimen.crack[(np.abs(y - 0.4) < 0.6 * size) & (x < 0.3)] = 1.0
    specimen.hold(lambda x: x[1] < 1e-9, 1, 0.0)
    specimen.hold(corner, 0, 0.0)
    for stretch in 0.5, 1.0, 1.5:
        specimen.hold(lambda x: x[1] > 1 - 1e-9, 1, stretch * np.sqrt(TOUGHNESS / YOUNG))
        specimen.load()
    return specimen


def direction(specimen: Specimen) -> float:
    """Angle of the crack that grew, from x."""
    x = specimen.body.nodes[:, :2]
    grown = x[(specimen.crack > 0.9) & (x[:, 0] > 0.4) & (x[:, 0] < 0.9)]
    return float(np.arctan(np.polyfit(*grown.T, 1)[0]))


@pytest.mark.parametrize("angle", [-0.5, 0.5])
def test_a_crack_follows_the_basal_planes(angle):
    found = direction(cleaved(MPI.COMM_SELF, angle, 24))
    print(f"basal planes at {np.degrees(angle):.1f} degrees, crack at {np.degrees(found):.1f}")
    assert found == pytest.approx(angle, abs=np.radians(5))


def test_without_cleavage_it_goes_straight_on():
    assert abs(direction(cleaved(MPI.COMM_SELF, 0.5, 24, cleavage=0.0))) < np.radians(5)


@pytest.mark.parametrize("split", SPLITS)
def test_work_of_pulling_is_stored_or_spent(split):
    resistance = Resistance("AT1", TOUGHNESS, 5.0)
    specimen = bar(1.0, 4, resistance, split)
    onset = strength("AT1", YOUNG, TOUGHNESS, 5.0) / YOUNG
    strains = np.linspace(0.0, 3.0, 61) * onset
    stress = np.array([pull(specimen, 1.0, strain) for strain in strains])
    work = np.sum((stress[1:] + stress[:-1]) / 2 * np.diff(strains)) * 0.5
    found = specimen.elastic_energy() + specimen.surface_energy()
    print(f"{split}: work {work:.4f}, energy {found:.4f}")
    assert specimen.surface_energy() > 0.5 * work
    assert found == pytest.approx(work, rel=5e-3)


CRACKS = {"AT1": ("none", False), "AT2": ("volumetric_deviatoric", True)}


def cracks_on(comm: MPI.Comm) -> dict[str, float]:
    """What two grains are like when a crack has run through them, with each kind of solver."""
    found = {}
    for dissipation, (split, keeps_history) in CRACKS.items():
        axes, elastic = [(0, 1, 0), (0.4, 0.8, 0)], Stiffness.isotropic(YOUNG, 0.2)
        particle = bricks((1.0, 1.0), (12, 12), (2, 1), axes, comm=comm)
        resistance = Resistance(dissipation, TOUGHNESS, 0.2, 2.0)
        specimen = Specimen(
            particle, elastic, resistance, split, keeps_history=keeps_history, tolerance=1e-5
        )
        specimen.hold(lambda x: x[1] < 1e-9, 1, 0.0)
        for component in (0, 2):
            specimen.hold(corner, component, 0.0)

        def top(x: np.ndarray) -> np.ndarray:
            return x[1] > 1 - 1e-9

        for stretch in 1.0, 1.3, 1.6:
            specimen.hold(lambda x: top(x) & (x[0] < 0.3), 1, stretch * 0.012)
            specimen.load()
        found |= {
            f"{dissipation} surface": specimen.surface_energy(),
            f"{dissipation} elastic": specimen.elastic_energy(),
            f"{dissipation} force": specimen.reaction(top, 1),
            f"{dissipation} largest": comm.allreduce(float(specimen.crack.max()), MPI.MAX),
        }
    return found


@cache
def found_on(ranks: int) -> dict[str, float]:
    return on_ranks(ranks, "tests.verification.test_grain_cracks:cracks_on")


@pytest.mark.parametrize("ranks", [2, 3])
def test_cracks_do_not_depend_on_the_number_of_ranks(ranks):
    one, many = found_on(1), found_on(ranks)
    print(one)
    difference = max(abs(many[name] / one[name] - 1) for name in one)
    print(f"{ranks} ranks differ by {difference:.1e}")
    assert min(one["AT1 largest"], one["AT2 largest"]) > 0.5
    assert difference < 1e-6


def test_plane_stress_has_no_split():
    particle = bricks((1.0, 1.0), (2, 2), (1, 1), Z)
    elastic, resistance = Stiffness.isotropic(YOUNG, 0.2), Resistance("AT1", TOUGHNESS, 5.0)
    with pytest.raises(ValueError, match="plane stress"):
        Specimen(particle, elastic, resistance, "spectral", "stress")
