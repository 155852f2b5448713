"""Two blocks pulled apart and slid along their common face: the law as the forms see it.

The outside is held by springs, loaded so that the exact solution has uniform stress and strain in
each block. The force is read at the springs, the opening at the face.
"""

import numpy as np
import pytest
import ufl
from dolfinx import fem

from solver.physics.cohesive import Strength
from tests.bodies import STEEL_LIKE, body_of, bricks, hold, rotation_about

YOUNG, POISSON = 200e3, 0.3
LAW = Strength(strength=2000.0, toughness=10.0, shear_ratio=0.7, penalty=1e6, residual=0.0)
ONSET, FINAL = 2e-3, 1e-2
SPRING = 1e7  # MPa/um
WIDTH, HEIGHT = 0.3, 0.2
TURN = rotation_about([0, 0, 1], 0.4)  # the face lies in no special direction
NORMAL, TANGENT, AXIAL = TURN[:, 1], TURN[:, 0], TURN[:, 2]
FRAME = np.array([NORMAL, TANGENT, AXIAL])


class Rig:
    """The blocks between their springs."""

    def __init__(self) -> None:
        axes = [[0, 0, 1], [0, 0, 1]]
        blocks = bricks((WIDTH, HEIGHT), (3, 4), (1, 2), axes, rotation=TURN)
        self.body = body_of(blocks, STEEL_LIKE, LAW)
        spaces, u = self.body.spaces, self.body.state.function("displacement")
        self.target, upper = fem.Function(spaces.vector), fem.Function(spaces.scalar)
        self.stress = fem.Constant(blocks.mesh, np.zeros((3, 2)))
        self.upper = spaces.grain_of_node == 1
        upper.x.array[:] = self.upper
        ds, n = ufl.Measure("ds", blocks.mesh), ufl.FacetNormal(blocks.mesh)
        pull = ufl.dot(self.stress, n) - SPRING * (u - self.target)
        self.load = -ufl.inner(pull, ufl.TestFunction(spaces.vector)) * ds
        self.force = [fem.form(upper * pull[i] * ds) for i in range(3)]

    def move(self, opening: np.ndarray, traction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Bring the face to an opening at which it should carry `traction`; return both.

        Opening and traction as they are found, (normal, in the plane, out of it), from the upper
        block's side.
        """
        crossed = np.outer(NORMAL, traction @ FRAME)
        stress = crossed + crossed.T - traction[0] * np.outer(NORMAL, NORMAL)
        strain = ((1 + POISSON) * stress - POISSON * traction[0] * np.eye(3)) / YOUNG
        self.stress.value[:] = stress[:, :2]
        gradient = strain * [1, 1, 2]  # of columns: nothing depends on z
        target = self.body.nodes[:, :2] @ gradient[:2] + np.outer(self.upper, opening @ FRAME)
        self.target.x.array[:] = target.ravel()
        hold(self.body, self.load, self.body.state["damage"].copy())
        force = np.array([fem.assemble_scalar(form) for form in self.force]) / WIDTH
        openings = self.body.system.openings()
        assert np.ptp(openings, axis=0).max() < 1e-7 * ONSET, "the face opens unevenly"
        return FRAME @ openings.mean(axis=0), FRAME @ force


def strength_left(opened: float) -> float:
    """Traction of the bilinear law on first loading, MPa."""
    return LAW.strength * min(opened / ONSET, max((FINAL - opened) / (FINAL - ONSET), 0.0))


MODES = {
    "mode I": (1.0, 0.0, 0.0),
    "mode II": (0.0, 1.0, 0.0),
    "mode III": (0.0, 0.0, 1.0),
    "mixed": (0.6, 0.8, 0.0),
    "mixed out of the plane": (0.48, 0.36, -0.8),
}


@pytest.mark.parametrize("mode", MODES)
def test_peak_toughness_and_unloading_of_a_face(mode):
    direction = np.array(MODES[mode])
    shear = np.array([1.0, *2 * [LAW.shear_ratio**2]])
    scale = np.sqrt(direction @ (shear * direction))
    rig, found = Rig(), []
    for opened in [ONSET / 2, ONSET, 4e-3, 7e-3, FINAL]:
        carried = strength_left(opened) / scale * shear * direction
        found.append(rig.move(opened / scale * direction, carried))
        if opened == 4e-3:
            half = rig.move(opened / scale * direction / 2, carried / 2)
            origin = rig.move(np.zeros(3), np.zeros(3))
    openings = np.array([0.0, *(opening @ direction for opening, _ in found)])
    tractions = np.array([0.0, *(traction @ direction for _, traction in found)])
    peak = LAW.strength * scale
    area = 0.5 * np.sum((tractions[1:] + tractions[:-1]) * np.diff(openings))
    on_unloading_line = half[1] @ direction / (half[0] @ direction) * openings[3] / tractions[3]
    print(
        f"{mode}: peak wrong by {abs(tractions.max() / peak - 1):.1e}, area by "
        f"{abs(area / LAW.toughness - 1):.1e}, unloading by {abs(on_unloading_line - 1):.1e}"
    )
    assert tractions.max() == pytest.approx(peak, rel=1e-6)
    assert openings[1:] == pytest.approx(np.array([1e-3, 2e-3, 4e-3, 7e-3, 1e-2]) / scale, rel=1e-6)
    assert area == pytest.approx(LAW.toughness, rel=1e-6)
    assert on_unloading_line == pytest.approx(1.0, rel=1e-6)
    assert np.abs(origin[0]).max() < 1e-6 * ONSET
    assert np.abs(origin[1]).max() < 1e-6 * LAW.strength


@pytest.mark.parametrize("before", ["intact", "separated"])
def test_overlap_in_compression_is_stress_over_penalty(before):
    rig, pressure = Rig(), 3000.0
    if before == "separated":
        rig.move(np.array([1.2 * FINAL, 0, 0]), np.zeros(3))
    opening, traction = rig.move(
        np.array([-pressure / LAW.penalty, 0, 0]), np.array([-pressure, 0, 0])
    )
    print(f"{before}: overlap wrong by {abs(opening[0] / (traction[0] / LAW.penalty) - 1):.1e}")
    assert traction[0] == pytest.approx(-pressure, rel=1e-6)
    assert opening[0] == pytest.approx(traction[0] / LAW.penalty, rel=1e-6)
