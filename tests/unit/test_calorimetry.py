"""What a calorimeter shows of a run: peak and heat, in words and as a figure."""

import numpy as np
import pytest

from solver.results.calorimetry import Exotherm, computed, in_words, measured
from solver.results.calorimetry_figure import figure
from solver.text.problems import CaseError
from tests.particles import case_of

TIME = np.linspace(0.0, 1800.0, 301)
KELVIN = 298.15 + TIME / 6
FLOW = 5.0 * np.exp(-(((KELVIN - 531.65) / 9.0) ** 2))
HISTORY = {
    "Temperature / K": KELVIN,
    "Heat Flow / W.g-1": FLOW,
    "Released Heat / J.g-1": np.cumsum(FLOW) * 6.0,
}
MEASURED = {"source": "Yan et al.", "retention": [], "exotherm": {"peak": 534.55, "heat": 9.16e5}}


def test_the_peak_lies_between_the_steps():
    found = computed(HISTORY)
    assert found.peak == pytest.approx(258.5, abs=0.01)
    assert found.heat == HISTORY["Released Heat / J.g-1"][-1]


def test_a_peak_at_an_end_is_where_it_is():
    falling = {**HISTORY, "Heat Flow / W.g-1": np.linspace(3.0, 1.0, len(KELVIN))}
    assert computed(falling).peak == pytest.approx(25.0)


def test_a_run_that_gave_off_nothing_has_no_exotherm():
    assert computed({**HISTORY, "Heat Flow / W.g-1": np.zeros(len(KELVIN))}) is None
    assert computed({"Temperature / K": KELVIN}) is None
    assert figure({"Temperature / K": KELVIN}, {}) is None
    assert in_words({"Temperature / K": KELVIN}, {"measured": MEASURED}) == []


def test_what_was_measured_stands_beside_it():
    case = {"measured": MEASURED}
    assert measured(case) == Exotherm(pytest.approx(261.4), pytest.approx(916.0), "Yan et al.")
    peak, heat = in_words(HISTORY, case)
    assert peak == ("exotherm, peak", "258.5 °C (measured: 261.4 °C, Yan et al.)")
    assert heat[1].endswith("J/g (measured: 916 J/g, Yan et al.)")
    (axes,) = figure(HISTORY, case).axes
    curve, line = axes.lines
    assert curve.get_xdata() == pytest.approx(KELVIN - 273.15)
    assert curve.get_ydata() == pytest.approx(FLOW)
    assert line.get_xdata()[0] == pytest.approx(261.4)


def test_without_a_measurement_only_what_was_computed_is_told():
    assert next(told for _, told in in_words(HISTORY, {})) == "258.5 °C"
    (axes,) = figure(HISTORY, {"measured": {"source": "x", "retention": []}}).axes
    assert len(axes.lines) == 1


def test_a_measurement_needs_something_that_was_measured():
    with pytest.raises(CaseError, match=r"needs something to compare: .*, or an exotherm"):
        case_of("['Rest for 1 s']", "measured={source: nobody}")
    case = case_of(
        "['Rest for 1 s']",
        "measured={source: Yan et al., exotherm: {peak: 249.2 degC, heat: 1582 J/g}}",
    )
    assert case.measured.exotherm.peak == pytest.approx(522.35)
    assert case.measured.exotherm.heat == pytest.approx(1.582e6)
