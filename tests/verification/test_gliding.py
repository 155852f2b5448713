"""The gliding ratio of the lattice, from the elastic shear of its layers, beside a boundary."""

import numpy as np
import pytest

from tests.particles import case_of, isotropic, model_of, oxide, ran, strip

HEAT = "['Heat at 50 K/s to 550 degC']"
ALPHA_A, ALPHA_C, WARMER = 1e-5, 1.6e-5, 525.0
TILTED, LARGEST = [[0.6, 0.0, 0.8], [1.0, 0.0, 0.0]], "Largest Gliding / 1"
LATTICE_A, LATTICE_C = 2.8704e-10, 14.195e-10  # m


def glided(axes, *overrides):
    """Model and last row of a strip of upright grains that was heated."""
    case = case_of(
        HEAT,
        "physics.thermal_expansion={enabled: true, a: 1e-5 1/K, c: 1.6e-5 1/K}",
        "physics.swelling.enabled=false",
        "physics.gliding.enabled=true",
        *overrides,
    )
    grain = oxide(stiffness=isotropic(150e9, 0.0))
    model = model_of(case, strip(1.0, 0.5, 8, 4, axes), grain)
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return model, recorder.rows[-1]


def test_the_ratio_is_the_shear_of_the_layers_times_their_distance_over_a():
    """Upright grains as long in depth as each other; the layers of one are tilted to that, 0.8.

    s_zz = -+ E (e_0 - e_1) / 2 with e the free strains in depth; across the layers of the tilted
    one that is a shear 0.6 x 0.8 s_zz / C44; those of the other one stand upright.
    """
    model, row = glided(TILTED)
    free = (0.36 * ALPHA_A + 0.64 * ALPHA_C - ALPHA_A) * WARMER
    stress = 150e3 * free / 2
    oxide_cell = model.oxides.main.entries["gliding"]
    ratio = 0.48 * stress / 75e3 * oxide_cell
    grain = model.spaces.grain_of_node
    exact = np.where(grain == 0, ratio, 0.0)
    assert model.state["gliding"] == pytest.approx(exact, rel=1e-6, abs=1e-9)
    assert row["Largest Gliding / 1"] == pytest.approx(ratio, rel=1e-6)
    assert row["Mean Gliding / 1"] == pytest.approx(ratio / 2, rel=1e-6)
    assert row["Boundary Gliding / 1"] == pytest.approx(ratio / 2, rel=1e-6)


@pytest.mark.parametrize(("hotter", "share"), [(0.98, 0.0), (1.02, 0.5)])
def test_the_share_of_sides_counts_those_of_one_per_cent_or_more(hotter, share):
    """One of two grains glides, by a ratio that is 1 % times `hotter`."""
    alpha = ALPHA_A + (ALPHA_C - ALPHA_A) * hotter * 0.01 / glided(TILTED)[1][LARGEST]
    _, row = glided(TILTED, f"physics.thermal_expansion.c={alpha} 1/K")
    assert row[LARGEST] == pytest.approx(0.01 * hotter, rel=1e-6)
    assert row["Glided Boundary / 1"] == pytest.approx(share, abs=1e-12)


def test_the_ratio_at_a_shear_of_one_is_a_third_of_c_over_a():
    assert oxide().entries["gliding"] == pytest.approx(LATTICE_C / 3 / LATTICE_A, rel=1e-3)


def test_layers_that_expand_freely_do_not_glide():
    _, row = glided([[0.6, 0.0, 0.8], [0.6, 0.0, 0.8]])
    assert row["Largest Gliding / 1"] < 1e-9
    assert row["Thermal Strain c / 1"] > 1e-3


def test_looking_at_it_changes_nothing():
    looked, _ = glided(TILTED)
    blind, row = glided(TILTED, "physics.gliding.enabled=false")
    assert "Mean Gliding / 1" not in row
    for name, values in blind.state.arrays().items():
        assert (looked.state[name] == values).all(), name
