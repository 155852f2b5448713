"""A made-up state on six square grains: what observers see, with values known by hand.

Grains 0 1 2 below, 3 4 5 above, in a unit square around the origin (um). Boundaries: four upright
ones of 1/2 (0-1, 1-2, 3-4, 4-5) and three level ones of 1/3 (0-3, 1-4, 2-5). Cracked are 1-2 and
2-5, which meet, and the left of 1-4, which does not reach the outside.
"""

from types import SimpleNamespace

import numpy as np
from mpi4py import MPI

from solver.mechanisms.corrosion import Corrosion
from solver.mechanisms.fatigue import Fatigue
from solver.model.dissipation import Energies
from solver.model.electrical_work import ElectricalEnergies
from solver.model.electro.losses import Losses
from solver.model.state import make_state
from solver.physics.cohesive import Strength
from solver.units.constants import CRACKED
from tests.unit.output_example import make_run

LAW = Strength(100.0, 5.05, 1.0, 1e5, 1e-9)  # onset 0.001 um, final 0.101 um
LEVEL, UPRIGHT = 1 / 3, 1 / 2
WHOLE = 4 * UPRIGHT + 3 * LEVEL
LEFT = 2.5 / 12  # two facets of 1/12 and a corner of the third
CRACKS = UPRIGHT + LEVEL + LEFT
OPENING = {(1, 2): 0.05, (2, 5): 0.02, (1, 4): 0.03, (4, 5): 0.08, (0, 3): 0.01}
SLIP = {(1, 2): 0.004, (0, 1): 0.006}
DAMAGE = {(1, 2): 3.0, (2, 5): 2.0, (1, 4): 3.0, (4, 5): 0.6, (0, 3): 0.3}
FATIGUE, CORROSION = {(0, 1): 0.3, (0, 3): 0.6}, {(3, 4): 0.2, (1, 4): 0.9}
OCCUPANCY = np.array([0.5, 0.3, 0.2, 0.4, 0.35, 0.9])  # the last is a filler's
CRACK = np.array([0.95, 0.4, 0.0, 0.0, 0.0, 0.0])
ENERGIES = Energies(
    elastic=2.0, bond=3.0, contact=5.0, fracture=7.0, grain_fracture=11.0, viscous=13.0,
    algorithmic=17.0, sudden=18.0, sliding=19.0, friction=23.0,
    swelling_work=37.0, external_work=41.0, worn={"fatigue": -29.0, "corrosion": -31.0},
)  # fmt: skip
LEDGER = SimpleNamespace(
    energies=ENERGIES,
    error=lambda: 0.013,
    algorithmic_share=lambda: 0.017,
    dissipation=SimpleNamespace(worst=-0.0019),
)
ELECTRICAL = SimpleNamespace(
    energies=ElectricalEnergies(
        43.0, 45.0, -47.0, 49.0, Losses(53.0, 59.0, 61.0, 67.0, 71.0, 73.0)
    ),
    error=lambda: 0.0023,
)


def by_pair(boundaries, values, otherwise=0.0):
    """Value of each point by its two grains."""
    found = np.full(len(boundaries.pair), otherwise)
    for pair, value in values.items():
        found[(boundaries.pair == pair).all(axis=1)] = value
    return found


def made_up(directory, comm=MPI.COMM_SELF):
    """Spaces, a state, and mechanics in which boundaries have opened and slid as above."""
    run = make_run(directory, comm, columns=3, rows=2)
    spaces, boundaries = run.spaces, run.spaces.boundaries
    state, grain = make_state(spaces), spaces.grain_of_node
    state.add({**Fatigue.fields, **Corrosion.fields})
    state["occupancy"][:] = OCCUPANCY[grain]
    state["crack"][:] = CRACK[grain]
    state["collector_potential"][:] = 4.25
    damage = by_pair(boundaries, DAMAGE)
    right = (boundaries.pair == (1, 4)).all(axis=1) & (boundaries.position[:, 0] > 1e-9)
    damage[right] = 0.0
    state["damage"][:] = damage
    state["fatigue"][:] = by_pair(boundaries, FATIGUE)
    state["corrosion"][:] = by_pair(boundaries, CORROSION)
    normal = boundaries.normal
    along = np.column_stack([-normal[:, 1], normal[:, 0], np.zeros(len(normal))])
    jump = by_pair(boundaries, OPENING)[:, None] * normal
    jump += by_pair(boundaries, SLIP)[:, None] * along
    mechanics = SimpleNamespace(
        spaces=spaces,
        law=LAW,
        gaps=lambda damage: jump,
        node_volume=np.ones(len(grain)),
        traction=SimpleNamespace(x=SimpleNamespace(array=(3.0 * normal - 4.0 * along).ravel())),
    )
    return run, state, mechanics


def acting(boundaries):
    """Mechanisms that tell of the state as it is."""
    points = SimpleNamespace(mean=lambda values: boundaries.integral(values) / boundaries.area())
    fatigue, corrosion = Fatigue(None, points), object.__new__(Corrosion)
    corrosion._points = points
    return fatigue, corrosion


def cracked_of(boundaries):
    """Points that are cracked, by where they are."""
    left = (boundaries.pair == (1, 4)).all(axis=1) & (boundaries.position[:, 0] < 1e-9)
    return (by_pair(boundaries, {(1, 2): 1.0, (2, 5): 1.0}) >= CRACKED) | left
