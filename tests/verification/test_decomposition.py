"""Heat of decomposition: where its peak lies and how much it is, whatever the step."""

import numpy as np
import pytest

from solver.drive.simulation import Simulation
from solver.results.calorimetry import computed
from solver.units.constants import GAS_CONSTANT
from tests.particles import case_of, disc, meshed, model_of, ran

ENERGY, PER_AREA, PER_MASS = 224.8e3, 951.0, 631e3
RATE = 2.057e-22  # kg/(m^2 s) at 25 degC
SMALL = (*disc(12, 1.0, 0.5, 0.35), "initial.occupancy=0.3", "physics.decomposition.enabled=true")
RIGID = "physics.swelling.enabled=false"
RAMP = "['Ramp at 10 K/min to 330 degC']"


def heated(inside, *overrides, step=6.0):
    """A particle with 0.3 m^2/g of outside and as much of wet boundaries, in a calorimeter."""
    case = case_of(
        RAMP,
        *SMALL,
        RIGID,
        "physics.wetting={enabled: true, outer_area: 0.3 m^2/g}",
        f"physics.initial_wetting.area={inside} m^2/g",
        f"numerics.time_step.fixed={step}",
        *overrides,
    )
    model = model_of(case, meshed(case))
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return {name: recorder.column(name) for name in recorder.rows[0]}


def kissinger(area, per_second=1 / 6):
    """Temperature (degC) at which a first-order reaction is fastest: E beta / R T^2 = A k(T)."""

    def off(kelvin):
        k = RATE * np.exp(-ENERGY / GAS_CONSTANT * (1 / kelvin - 1 / 298.15))
        return ENERGY * per_second / (GAS_CONSTANT * kelvin**2) - area * k

    low, high = 400.0, 700.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if off(middle) > 0 else (low, middle)
    return low - 273.15


@pytest.mark.parametrize("inside", [0.7, 0.0])
def test_peak_and_heat_are_those_of_the_wet_area(inside):
    history = heated(inside)
    area = history["Wet Area / m2.g-1"][-1]
    found = computed(history)
    print(f"{area:.3f} m^2/g: {found.peak:.2f} degC, {found.heat:.1f} J/g")
    assert area == pytest.approx(0.3 + inside, rel=0.02)
    assert found.peak == pytest.approx(kissinger(1e3 * area), abs=0.05)
    assert found.heat == pytest.approx(1e-3 * (PER_AREA * 1e3 * area + PER_MASS), rel=1e-9)
    assert history["Decomposed Fraction / 1"][-1] == pytest.approx(1.0, abs=1e-12)


def test_pristine_particles_peak_where_that_was_fitted_and_infused_ones_12_k_later():
    assert kissinger(1000.0) == pytest.approx(249.2, abs=0.05)
    assert kissinger(300.0) - kissinger(1000.0) == pytest.approx(11.96, abs=0.02)


def test_the_course_does_not_hang_on_the_step():
    """What has decomposed is exact at any step: the rate is integrated over its temperatures."""
    fine, coarse = heated(0.0, step=3.0), heated(0.0, step=30.0)
    kelvin, alpha = coarse["Temperature / K"], coarse["Decomposed Fraction / 1"]
    between = np.interp(kelvin, fine["Temperature / K"], fine["Decomposed Fraction / 1"])
    assert 0.2 < alpha[(alpha > 0.01) & (alpha < 0.99)].mean() < 0.8
    assert alpha == pytest.approx(between, abs=1e-6)


def test_heat_is_what_flows():
    history = heated(0.0, step=3.0)
    flow, time = history["Heat Flow / W.g-1"], history["Test Time / s"]
    total = np.trapezoid(flow, time)
    assert total == pytest.approx(history["Released Heat / J.g-1"][-1], rel=2e-3)
    assert flow.max() > 1.0


def test_the_case_may_say_how_it_decomposes():
    own = "physics.decomposition={enabled: true, rate: 4.114e-22 kg/m^2/s, heat_per_mass: 0 J/g}"
    found = computed(heated(0.0, own))
    assert found.peak == pytest.approx(kissinger(600.0), abs=0.05)
    assert found.heat == pytest.approx(1e-3 * PER_AREA * 300.0, rel=1e-6)


def test_a_run_that_goes_on_within_the_peak_gives_off_the_same_heat():
    case = case_of("['Ramp at 2 K/s to 330 degC']", *SMALL, RIGID)
    particle = meshed(case)
    straight, *_ = ran(model_of(case, particle))
    stopped = Simulation(model_of(case, particle))
    stopped.run(lambda: bool(stopped.model.state["decomposed"][0] > 0.3))
    resumed = Simulation(model_of(case, particle))
    resumed.load(stopped.save())
    assert 0.3 < resumed.model.state["decomposed"][0] < 0.9
    assert resumed.run().status == "finished"
    for name in ("decomposed", "heat", "heat_flow"):
        assert resumed.model.state[name] == pytest.approx(straight.model.state[name], rel=1e-9)
