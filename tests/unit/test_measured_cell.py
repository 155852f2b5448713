"""The measured cell of cases/ecker2015: curves as in the paper, inputs that fit together."""

import numpy as np
import pytest
from ruamel.yaml import YAML

from solver.case import Case
from solver.fitting.fit_file import read_fit
from solver.materials import load_grain_material
from solver.materials.counter import counter_of_case, load_counter_material
from solver.measured import read_measured
from tests.shipped import CASES

FOLDER = CASES / "ecker2015"
LAYER, LAYERS = 0.101 * 0.085, 48  # m^2
OXIDE = (54e-6, 0.40832, 48580.0)  # m, share of the volume, mol/m^3
GRAPHITE = (74e-6, 0.372403, 31920.0)
PER_AH = 96485.332 / 3600  # A h for a mole


def sites(thickness, share, most):
    """Of the cell, A h."""
    return LAYERS * LAYER * thickness * share * most * PER_AH


@pytest.mark.parametrize(
    ("rate", "points", "end", "middle"),
    [("1C", 31, 7.7404, (4.3482, 3.68828)), ("5C", 33, 7.3542, (4.0772, 3.49106))],
)
def test_the_curves_have_the_charges_and_voltages_that_were_read_off(rate, points, end, middle):
    (half,) = read_measured(FOLDER / f"measured/discharge_{rate}.csv").halves
    assert (half.cycle, half.charging, len(half.capacity)) == (1, False, points)
    charge = 43.16e-3 * half.capacity  # A h of the cell
    assert charge[-1] == pytest.approx(end, abs=1e-4)
    assert np.interp(middle[0], charge, half.voltage) == pytest.approx(middle[1], abs=1e-5)


def test_the_mass_that_makes_charges_specific_is_that_of_the_case():
    case, grain = Case.load(FOLDER / "discharge_1C.yaml"), load(FOLDER / "materials/NCO.yaml")
    mass = LAYERS * LAYER * OXIDE[0] * OXIDE[1] * grain.density
    for rate in ("1C", "5C"):
        said = YAML(typ="safe").load(FOLDER / f"measured/discharge_{rate}.csv.yaml")
        assert said["mass"] == f"{1e3 * mass:.2f} g"
    assert case.c_rate_basis == pytest.approx(7.5 / mass, rel=1e-3)


def load(path):
    return load_grain_material(str(path))


def test_graphite_has_the_sites_and_the_lithium_of_the_cell():
    case, grain = Case.load(FOLDER / "discharge_1C.yaml"), load(FOLDER / "materials/NCO.yaml")
    counter = counter_of_case(case, [(grain, sites(*OXIDE))])
    assert counter.sites == pytest.approx(sites(*GRAPHITE), rel=1e-4)
    assert counter.lithium / counter.sites == pytest.approx(26120.05 / 31920, abs=1e-4)
    assert case.initial.occupancy == pytest.approx(12630.8 / 48580, abs=1e-4)


def test_the_charged_cell_rests_at_what_the_formulas_give():
    """At x = 0.26 of the oxide and 0.8183 of graphite, by the formulas as PyBaMM has them."""
    oxide = load(FOLDER / "materials/NCO.yaml").potential
    graphite = load_counter_material(str(FOLDER / "materials/graphite.yaml")).potential
    assert float(oxide.value(np.array(0.26))) == pytest.approx(4.23726, abs=1e-4)
    assert float(graphite.value(np.array(0.8183))) == pytest.approx(0.08419, abs=1e-4)


def test_the_prediction_differs_from_the_fitted_case_by_what_was_fitted_and_the_mesh():
    fitted, predicted = (Case.load(FOLDER / f"discharge_{r}.yaml").resolved() for r in ("1C", "5C"))
    for case in (fitted, predicted):
        for key in ("name", "protocol", "measured"):
            case.pop(key)
    keys = [each.key for each in read_fit(CASES / "fits/ecker2015.yaml").parameters]
    assert keys == [
        "electrode.contact",
        "electrode.balance.occupancy",
        "materials.grain.diffusivity",
    ]
    for case in (fitted, predicted):
        case["electrode"].pop("contact")
        case["electrode"]["balance"].pop("occupancy")
        case["materials"].pop("grain")
        case["particle"].pop("mesh")
    assert fitted == predicted


def test_the_fitted_oxide_has_the_published_diffusivity_times_one_factor():
    published, fitted = (
        load(FOLDER / f"materials/{name}.yaml")
        .diffusivity(298.15)
        .value(np.linspace(0.25, 0.92, 9))
        for name in ("NCO", "NCO_fitted")
    )
    assert fitted == pytest.approx(0.181 * published, rel=1e-3)
