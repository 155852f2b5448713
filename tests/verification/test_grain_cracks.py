"""Cracks in grains: strength and energy of bars, compression, irreversibility, cleavage."""

import numpy as np
import pytest

from solver.physics.mechanics import Stiffness
from solver.physics.phase_field import Resistance, strength
from tests.bodies import bricks
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
    specimen = Specimen(particle, elastic, resistance, split, keeps_history=keeps_history)
    specimen.hold(left, 0, 0.0)
    specimen.hold(corner, 1, 0.0)
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


@pytest.mark.parametrize(("dissipation", "seed", "reach"), [("AT1", 0.01, 1.0), ("AT2", 1.0, 1e-3)])
@pytest.mark.parametrize("fineness", [4, 8])
def test_a_broken_bar_cost_its_toughness(dissipation, seed, reach, fineness):
    """The two columns of nodes about an open cell are both broken: h / (c_w l) on top."""
    length, size = 12.0, 1.0 / fineness
    resistance = Resistance(dissipation, TOUGHNESS, 1.0)
    specimen = bar(length, 12 * fineness, resistance)
    distance = np.abs(specimen.body.nodes[:, 0] - length / 2)
    specimen.crack[:] = seed * np.exp(-distance / reach)
    onset = strength(dissipation, YOUNG, TOUGHNESS, 1.0) / YOUNG
    stress = [pull(specimen, length, factor * onset) for factor in (1.2, 2.5, 5.0)]
    found = specimen.surface_energy() / (2 * size) / TOUGHNESS
    expected = 1 + size / NORM[dissipation]
    print(f"{dissipation}, h = l/{fineness}: surface energy {found:.4f} G, expected {expected:.4f}")
    assert found == pytest.approx(expected, rel=0.03)
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
    specimen.hold(corner, 1, 0.0)
    specimen.crack[specimen.body.nodes[:, 0] < 0.01] = 1.0
    specimen.load()
    grain = specimen.body.spaces.grain_of_node
    assert specimen.crack[grain == 0].min() > 0.05
    assert np.abs(specimen.crack[grain == 1]).max() < 1e-12
