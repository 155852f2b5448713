"""One isotropic round grain in charge: everything depends on the radius alone."""

import numpy as np
import pytest

from solver.materials.library import load_grain_material
from tests.particles import case_of, disc, isotropic, meshed, model_of, oxide, ran


@pytest.fixture(scope="module")
def round_grain():
    """Coordinates of the nodes, occupancy and nodal stress (radial, hoop, shear) in charge."""
    case = case_of("[{charge: {rate: 2C, until: {time: 300 s}}}]", *disc(1, 1.0, 0.08, 0.08))
    swelling = load_grain_material("NMC76").strain_a
    grain = oxide(
        diffusivity_ratio=1.0,
        strain_a=swelling,
        strain_c=swelling,
        stiffness=isotropic(150e9, 0.25),
    )
    model = model_of(case, meshed(case), grain)
    simulation, _, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    x, y, _ = model.spaces.scalar.tabulate_dof_coordinates().T
    r = np.hypot(x, y)
    c, s = (
        np.divide(x, r, where=r > 0, out=np.ones_like(r)),
        np.divide(y, r, where=r > 0, out=0 * r),
    )
    xx, yy, _, xy, yz, xz = simulation.way.solver.stress.T
    radial = c * c * xx + s * s * yy + 2 * c * s * xy
    shear = c * s * (yy - xx) + (c * c - s * s) * xy
    assert np.abs([yz, xz]).max() < 1e-6
    return r, model.state["occupancy"], radial, xx + yy - radial, shear


def off_the_radius(r, values, scale):
    """Largest distance of values to a smooth function of the radius."""
    smooth = np.polynomial.Polynomial.fit(r**2, values, 6)
    return np.abs(values - smooth(r**2)).max() / scale


def test_there_is_no_shear_stress(round_grain):
    _, _, _, hoop, shear = round_grain
    largest = np.abs(hoop).max()
    shear_max, shear_rms = np.abs(shear).max() / largest, np.sqrt((shear**2).mean()) / largest
    print(f"shear against hoop stress: largest {shear_max:.2%}, root mean square {shear_rms:.2%}")
    assert hoop.max() > 50  # the skin is drawn
    assert shear_max < 0.02
    assert shear_rms < 0.005


def test_occupancy_and_stress_depend_on_the_radius_alone(round_grain):
    r, occupancy, radial, hoop, _ = round_grain
    surface = np.ptp(occupancy[r > 1 - 1e-9]) / np.ptp(occupancy)
    errors = [off_the_radius(r, occupancy, np.ptp(occupancy))]
    errors += [off_the_radius(r, stress, np.abs(hoop).max()) for stress in (radial, hoop)]
    print(
        f"off the radius: occupancy {errors[0]:.2%}, radial stress {errors[1]:.2%}, hoop stress "
        f"{errors[2]:.2%}; occupancy along the surface {surface:.2%}"
    )
    assert surface < 0.01
    assert errors[0] < 0.01
    assert max(errors[1:]) < 0.05
