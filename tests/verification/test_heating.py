"""The temperature moves in time: what expands, what relaxes meanwhile, and what is kept of it."""

import numpy as np
import pytest
from scipy.integrate import cumulative_trapezoid, solve_ivp

from solver.drive.simulation import Simulation
from solver.entries import laws
from solver.entries.laws import arrhenius
from solver.model.build import build_model
from solver.units.constants import GAS_CONSTANT
from tests.particles import case_of, disc, isotropic, meshed, model_of, oxide, ran, strip
from tests.ranks import on_ranks

MODULE = "tests.verification.test_heating"
ROOM, HOT = 298.15, 823.15
HEAT = "['Heat at 50 K/s to 550 degC']"
EXPANDS = "physics.thermal_expansion={enabled: true, a: 1e-5 1/K, c: 1.6e-5 1/K}"
PRECISE = "numerics={stagger_tolerance: 1e-8 V, newton_tolerance: 1e-10}"
STIFF = oxide(stiffness=isotropic(150e9, 0.0))  # without Poisson's effect: closed forms
UPRIGHT, IN_DEPTH = [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]


def heated(*overrides, axes, protocol=HEAT, grain=None):
    """A strip of upright grains, heated: simulation, recorder."""
    case = case_of(protocol, EXPANDS, "physics.swelling.enabled=false", *overrides)
    model = model_of(case, strip(0.5 * len(axes), 0.5, 4 * len(axes), 4, axes), grain)
    simulation, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return simulation, recorder


def test_a_free_grain_expands_along_its_axes_without_stress():
    simulation, recorder = heated(axes=[UPRIGHT])
    strain = simulation.model.mechanics.stress.at_node.x.array.reshape(-1, 6)
    exact = (HOT - ROOM) * np.array([1e-5, 1.6e-5, 1e-5, 0.0, 0.0, 0.0])
    assert strain == pytest.approx(np.tile(exact, (len(strain), 1)), abs=1e-9)
    assert np.abs(simulation.way.stress()).max() < 1e-3  # MPa
    row = recorder.rows[-1]
    assert row["Temperature / K"] == HOT
    assert row["Test Time / s"] == pytest.approx((HOT - ROOM) / 50, rel=1e-12)
    assert row["Thermal Strain a / 1"] == pytest.approx(1e-5 * (HOT - ROOM), rel=1e-12)
    assert row["Thermal Strain c / 1"] == pytest.approx(1.6e-5 * (HOT - ROOM), rel=1e-12)


@pytest.mark.parametrize(
    ("free", "protocol", "end"),
    [(ROOM, HEAT, HOT), (1023.15, "['Rest for 1 s']", ROOM)],
    ids=["heated", "cooled from the synthesis"],
)
def test_a_bicrystal_bears_the_stress_of_its_mismatch(free, protocol, end):
    """c in depth beside a in depth, both as long: half of E (alpha_c - alpha_a) (T - T_0) each."""
    simulation, recorder = heated(
        f"physics.thermal_expansion.stress_free={free} K",
        axes=[IN_DEPTH, [1.0, 0.0, 0.0]],
        protocol=protocol,
        grain=STIFF,
    )
    grain = simulation.model.spaces.grain_of_node
    half = 0.5 * 150e3 * 0.6e-5 * (end - free)
    exact = np.zeros((len(grain), 6))
    exact[:, 2] = np.where(grain == 0, -half, half)
    assert simulation.way.stress() == pytest.approx(exact, abs=1e-6 * abs(half))
    assert recorder.rows[-1]["Energy Error / 1"] < 1e-6
    if end == HOT:
        area = 0.5
        work = area * half**2 / 150e3  # what is stored is what the expansion has done, pJ per um
        misfit = recorder.rows[-1]["Misfit Work / J.m-1"]
        assert misfit == pytest.approx(1e-6 * 0.5 * work, rel=1e-6)


def slip_left(steps):
    """Share of the mismatch that the sides of a boundary have slid by, while heated; and exact.

    Stiff grains with a soft bond between them: its sides move apart by (alpha_c - alpha_a) (T -
    T_0) y along it. A Maxwell body follows d(D - s)/dt = dD/dt - (D - s)/tau(T).
    """
    fixed = float((HOT - ROOM) / 50 / steps)
    simulation, _ = heated(
        "physics.sliding={enabled: true, relaxation_time: 3e-5 s, activation_energy: 60 kJ/mol}",
        "physics.cohesive={enabled: false, penalty: 1e12 Pa/m}",
        f"numerics.time_step.fixed={fixed!r}",
        axes=[UPRIGHT, IN_DEPTH],
        grain=STIFF,
    )
    bond = simulation.model.mechanics.bond
    opened = simulation.model.mechanics.openings()[:, 1]
    at_end = bond.sliding.relaxation_time
    share = bond.slipped[:, 1] @ opened / (opened @ opened)

    def elastic(t, left):
        kelvin = ROOM + 50 * t
        slower = np.exp(60e3 / GAS_CONSTANT * (1 / kelvin - 1 / HOT))
        return 50.0 - left / (at_end * slower)

    duration = (HOT - ROOM) / 50
    left = solve_ivp(elastic, (0, duration), [0.0], method="LSODA", rtol=1e-9, atol=1e-9).y[0, -1]
    mismatch = 0.6e-5 * (HOT - ROOM) * 0.5  # over the height of the boundary, um
    assert np.ptp(opened) == pytest.approx(mismatch, rel=1e-3)
    return share, 1 - left / (HOT - ROOM)


def test_a_boundary_relaxes_on_a_ramp_like_a_maxwell_body():
    counts = np.array([105, 210, 420])  # 5 K at most
    found, exact = zip(*map(slip_left, counts), strict=True)
    errors = np.abs(np.array(found) - exact)
    order = -np.polyfit(np.log(counts), np.log(errors), 1)[0]
    print(f"{exact[0]:.3f} of the mismatch slid, off by {errors}, order {order:.2f}")
    assert 0.2 < exact[0] < 0.9
    assert errors[-1] < 0.01
    assert order == pytest.approx(1.0, abs=0.1)


def aged(kelvin):
    """Sites that age away on a ramp of 10 K/min to 300 degC in steps of so many K, as a rate."""
    law = "{enabled: true, rate: 1e-11 1/s, activation_energy: 100 kJ/mol, exponent: 0}"
    fixed = f"numerics.time_step.fixed={6.0 * kelvin} s"
    case = case_of("['Heat at 10 K/min to 300 degC']", f"physics.oxide_ageing={law}", fixed)
    model = model_of(case, strip(0.5, 0.5, 1, 1, [IN_DEPTH]))
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished"
    return -np.log(1 - recorder.rows[-1]["Aged Fraction / 1"])


def test_an_activated_law_passes_through_the_integral_over_its_ramp():
    """First order in the step, at whose end the law is taken: extrapolated, 0.1 % are left."""
    kelvin = np.linspace(ROOM, 573.15, 20001)
    faster = [arrhenius(100e3, float(each)) for each in kelvin]
    exact = 6.0 * 1e-11 * cumulative_trapezoid(faster, kelvin)[-1]
    steps = np.array([5.0, 2.5, 1.25])
    found = np.array([aged(each) for each in steps])
    errors = found / exact - 1
    order = np.polyfit(np.log(steps), np.log(np.abs(errors)), 1)[0]
    print(f"off by {errors}, order {order:.3f}")
    assert 0.1 < exact < 1.0
    assert order == pytest.approx(1.0, abs=0.05)
    assert (8 * found[2] - 6 * found[1] + found[0]) / 3 == pytest.approx(exact, rel=1e-3)


SMALL = (*disc(5, 1.0, 0.5, 0.35), EXPANDS, PRECISE, "physics.sliding.enabled=true")
CYCLE = "['Heat at 60 K/s to 550 degC', 'Rest for 5 s', 'Cool at 60 K/s to 25 degC']"


def test_a_very_fast_ramp_ends_as_a_step_of_the_temperature():
    case = [
        case_of(f"[{first}, 'Rest for 1 h at 60 degC']", *SMALL, "numerics.time_step.maximum=600 s")
        for first in ("'Heat at 1e6 K/s to 60 degC'", "'Rest for 35 us at 60 degC'")
    ]
    particle = meshed(case[0])
    ramped, stepped = (ran(model_of(each, particle))[1].rows[-1] for each in case)
    for name in ("Voltage / V", "Elastic Energy / J.m-1", "Mean Sliding / 1"):
        assert ramped[name] == pytest.approx(stepped[name], rel=1e-4), name


def test_what_was_heated_and_cooled_again_has_slid_and_holds_stress():
    case = case_of(CYCLE, *SMALL)
    _, recorder, outcome = ran(model_of(case, meshed(case)))
    assert outcome.status == "finished"
    row = recorder.rows[-1]
    assert row["Temperature / K"] == pytest.approx(ROOM, abs=1e-9)
    assert row["Thermal Strain c / 1"] == pytest.approx(0.0, abs=1e-15)
    assert row["Mean Sliding / 1"] > 0.01
    assert row["Energy Error / 1"] < 1e-6
    assert row["Sliding Dissipation / J.m-1"] > 0
    assert row["Cycle Index / 1"] == 1


def test_a_run_that_goes_on_in_the_middle_of_a_ramp_ends_as_one_that_was_not_stopped():
    case = case_of(CYCLE, *SMALL)
    particle = meshed(case)
    whole, recorder, _ = ran(model_of(case, particle))
    middle = len(recorder.rows) // 3
    stopped = Simulation(model_of(case, particle))
    stopped.run(lambda: stopped.steps == middle)
    memory = stopped.save()
    assert ROOM < memory["temperature"] < HOT
    assert memory["within"]
    resumed = Simulation(model_of(case, particle))
    resumed.load(memory)
    assert resumed.model.temperature == memory["temperature"]
    assert resumed.run().status == "finished"
    for name, values in whole.model.state.arrays().items():
        assert resumed.model.state[name] == pytest.approx(values, rel=1e-7, abs=1e-9), name
    assert resumed.ledger.energies.misfit_work == pytest.approx(
        whole.ledger.energies.misfit_work, rel=1e-7
    )


def on_some(comm):
    short = "['Heat at 500 K/s to 550 degC', 'Rest for 2 s']"
    case = case_of(short, *SMALL, "physics.gliding.enabled=true")
    model = build_model(case, meshed(case, comm))
    _, recorder, _ = ran(model)
    names = ("Mean Gliding", "Boundary Gliding", "Largest Gliding", "Mean Sliding")
    return {
        name: recorder.rows[-1][f"{name} / {'V' if name == 'Voltage' else 1}"] for name in names
    }


@pytest.mark.parametrize("ranks", [2, 3])
def test_heating_is_the_same_on_any_number_of_ranks(ranks):
    one, several = (on_ranks(n, f"{MODULE}:on_some") for n in (1, ranks))
    assert one["Largest Gliding"] > 1e-4
    assert several == pytest.approx(one, rel=1e-7)


def test_a_temperature_beyond_an_oxide_ends_the_ramp_and_is_named():
    case = case_of("['Heat at 1 K/s to 400 degC']", PRECISE)
    steep = oxide(entropic=laws.linear(0.0, 0.01))
    model = model_of(case, strip(0.5, 0.5, 2, 1, [IN_DEPTH]), steep)
    simulation, recorder, outcome = ran(model)
    assert outcome.status == "failed"
    last = recorder.rows[-1]["Temperature / K"]
    assert ROOM < last < 673
    assert model.temperature == model.state["temperature"] == simulation.way.old["temperature"]
    assert model.temperature == last
