"""Single-edge notched square in tension and in shear: peak load, and where the crack goes.

lambda = 121.15 GPa, mu = 80.77 GPa, G = 2.7 N/mm, plane strain (Miehe et al., Int. J. Numer.
Meth. Eng. 83, 2010). Forces in kN on 1 mm of thickness.
"""

import numpy as np
import pytest

from solver.physics.mechanics import Stiffness
from solver.physics.phase_field import Resistance, Split
from tests.notched import SIDE, notched
from tests.specimens import Specimen

LAME, SHEAR, TOUGHNESS = 121.15e3, 80.77e3, 2700.0
STEEL = Stiffness(LAME + 2 * SHEAR, LAME, LAME, LAME + 2 * SHEAR, SHEAR)
KILONEWTON = 1e6  # MPa um on 1 mm


def top(x: np.ndarray) -> np.ndarray:
    return x[1] > SIDE - 1e-6


def specimen(
    fine: float, region: tuple[float, float, float, float], length: float, split: Split
) -> Specimen:
    """The square, held at its foot."""
    particle = notched(fine, 60.0, region)
    resistance = Resistance("AT2", TOUGHNESS, length)
    made = Specimen(particle, STEEL, resistance, split, plane="strain", tolerance=1e-3)
    for component in (0, 1):
        made.hold(lambda x: x[1] < 1e-6, component, 0.0)
    return made


def moved(square: Specimen, component: int, by: float) -> float:
    """Move the top; return the force in kN."""
    square.hold(top, 1 - component, 0.0)
    square.hold(top, component, by)
    square.load()
    return square.reaction(top, component) / KILONEWTON


@pytest.mark.slow
def test_tension_breaks_at_the_known_load_straight_through():
    length = 15.0
    square = specimen(length / 3, (480, SIDE, 500 - 2 * length, 500 + 2 * length), length, "none")
    forces = {u: moved(square, 1, u) for u in (3.0, 5.0, 5.5, 5.6, 5.7)}
    peak = max(forces.values())
    print(f"peak {peak:.4f} kN (0.70 is known); force at each um: {forces}")
    assert peak == pytest.approx(0.70, rel=0.03)
    assert forces[5.7] < 0.05 * peak
    cracked = square.body.nodes[square.crack > 0.9]
    assert cracked[:, 0].max() > 0.99 * SIDE
    assert np.abs(cracked[:, 1] - SIDE / 2).max() < 3 * length


@pytest.mark.slow
def test_shear_turns_the_crack_down():
    length = 40.0
    square = specimen(length / 2, (450, 800, 250, 520), length, "spectral")
    for u in (8.0, 10.0, 11.0, 12.0, 13.0):
        force = moved(square, 0, u)
    x, y = square.body.nodes[square.crack > 0.9][:, :2].T - SIDE / 2
    angle = np.degrees(np.arctan2(y[np.argmin(y)], x[np.argmin(y)]))
    print(f"force {force:.3f} kN, crack at {angle:.0f} degrees, {-y.min():.0f} um down")
    assert y.min() < -100.0
    assert y.max() < length
    assert -80 < angle < -45
