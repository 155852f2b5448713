"""What faces the particle in a cell: its potential, and how it is balanced."""

from dataclasses import replace

import numpy as np
import pytest

from solver.case import CaseError
from solver.checks.forecast import ForecastError, forecast
from solver.checks.plan.cautions import counter_caution
from solver.entries import laws
from solver.materials import load_grain_material
from solver.materials.counter import counter_of_case, load_counter_material
from tests.particles import case_of

REST = "['Rest for 1 s']"
FULL = "electrode={counter: graphite}"
NMC = load_grain_material("NMC76")


def formula(x):
    """Graphite and silicon oxide of Chen et al., J. Electrochem. Soc. 167 (2020) 080534."""
    return (
        1.9793 * np.exp(-39.3631 * x)
        + 0.2482
        - 0.0909 * np.tanh(29.8538 * (x - 0.1234))
        - 0.04478 * np.tanh(14.9159 * (x - 0.2769))
        - 0.0205 * np.tanh(30.4444 * (x - 0.6103))
    )


def test_graphite_has_the_published_potential():
    x = np.linspace(0.002, 0.74, 5001)
    off = np.abs(load_counter_material("graphite").potential.value(x) - formula(x)).max()
    print(f"off by at most {off * 1e3:.4f} mV")
    assert off < 5e-5


def test_graphite_falls_to_nothing_where_lithium_plates():
    potential = load_counter_material("graphite").potential
    assert 0 < float(potential.value(np.array(0.999))) < 0.04
    assert float(potential.value(np.array(1 - 1e-5))) < 0


def straight(at_zero, slope):
    return replace(NMC, potential=laws.linear(at_zero, slope))


def test_its_sites_are_n_over_p_of_what_the_oxides_give_in_the_window():
    """U = 4.6 - 2x gives 0.9 of its sites between 4.5 and 2.7 V, U = 5.5 - 4x 0.45."""
    case = case_of(REST, "electrode={counter: graphite, balance: {ratio: 1.3, occupancy: 0.1}}")
    counter = counter_of_case(case, [(straight(4.6, -2.0), 10.0), (straight(5.5, -4.0), 7.0)])
    assert counter.sites == pytest.approx(1.3 * (9.0 + 3.15), rel=1e-9)
    assert counter.lithium == pytest.approx(0.13 * (9.0 + 3.15), rel=1e-9)


def test_the_window_is_that_of_the_case():
    balance = "{ratio: 1.0, lower: 3.0 V, upper: 4.0 V}"
    case = case_of(REST, f"electrode={{counter: graphite, balance: {balance}}}")
    assert counter_of_case(case, [(straight(4.6, -2.0), 10.0)]).sites == pytest.approx(5.0)


def test_lithium_metal_stays_at_zero_whatever_it_gives():
    counter = counter_of_case(case_of(REST), [(NMC, 1.0)])
    assert counter.endless
    assert counter.potential_with(-1e6) == counter.slope_with(1e6) == 0.0


@pytest.mark.parametrize(
    ("electrode", "why"),
    [
        ("{balance: {ratio: 1.1}}", "lithium metal never ends: balance is for counter: graphite"),
        (
            "{counter: graphite, balance: {lower: 4.5 V, upper: 2.7 V}}",
            "lower 4.5 V is not below upper 2.7 V",
        ),
        ("{counter: silicon}", "graphite"),
    ],
)
def test_a_cell_that_cannot_be_is_refused(electrode, why):
    with pytest.raises(CaseError, match=why):
        case_of(REST, f"electrode={electrode}")


def test_voltages_are_those_of_the_cell():
    """4.6 V is no voltage of the cell, as graphite takes 0.09 V off what the oxide can have."""
    steps = "['Charge at C/10 until 4.69 V']"
    forecast(case_of(steps), NMC)
    with pytest.raises(ForecastError, match=r"4\.69 V lies outside"):
        forecast(case_of(steps, FULL), NMC)


def test_a_resolved_case_says_the_same_cell():
    case = case_of(REST, "electrode={counter: graphite, balance: {ratio: 1.1}}")
    assert type(case).model_validate(case.resolved()).electrode == case.electrode


@pytest.mark.parametrize(("ratio", "said"), [(1.2, False), (0.9, True)])
def test_a_counter_electrode_that_gets_full_is_cautioned_of(ratio, said):
    balance = f"electrode={{counter: graphite, balance: {{ratio: {ratio}}}}}"
    case = case_of("['Charge at C/10 until 4.4 V']", balance)
    told = counter_caution(case, forecast(case, NMC))
    assert (told is not None) == said
    if told is not None:
        given = 0.95 - forecast(case, NMC)[0].occupancy
        share = 0.002 + given / counter_of_case(case, [(NMC, 1.0)]).sites
        assert f"filled to {share:.3f} of its sites" in told
