"""Tables of expansion coefficients: their integral, where they end, and how they are read."""

import numpy as np
import pytest
from scipy.integrate import quad

from solver.entries.files import MaterialFileError
from solver.materials import load_grain_material
from solver.physics.thermal_expansion import Expansion

TABLE = Expansion((200.0, 400.0, 1000.0), (1e-5, 2e-5, 1.4e-5))


@pytest.mark.parametrize(
    ("start", "end"), [(250.0, 300.0), (300.0, 900.0), (900.0, 300.0), (200.0, 1000.0)]
)
def test_the_strain_is_the_integral_of_the_coefficient(start, end):
    exact, _ = quad(lambda kelvin: np.interp(kelvin, *TABLE), start, end, points=[400.0])
    assert TABLE.strain(start, end) == pytest.approx(exact, rel=1e-9)


def test_a_table_knows_where_it_ends():
    assert [TABLE.knows(kelvin) for kelvin in (199.9, 200.0, 1000.0, 1000.1)] == [
        False,
        True,
        True,
        False,
    ]


def test_the_oxides_of_the_library_expand_by_more_across_their_layers():
    for name in ("LCO", "NMC76", "NMC811", "NMC532"):
        found = load_grain_material(name).entries["thermal_expansion"]
        assert found.c.strain(298.15, 823.15) - found.a.strain(298.15, 823.15) == pytest.approx(
            5e-6 * 525, rel=1e-9
        )


def test_a_table_that_is_none_is_noted(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(
        "based_on: LCO\n"
        "thermal_expansion:\n"
        "  a: {temperature: [300, 200], value: [1e-5, 1e-5], unit: 1/K, source: own}\n"
        "  c: {temperature: [300, 900], value: [1e-5], unit: 1/K, source: own}\n"
    )
    with pytest.raises(MaterialFileError) as caught:
        load_grain_material(str(file))
    told = str(caught.value)
    assert "thermal_expansion.a.temperature: needs two or more temperatures" in told
    assert "thermal_expansion.c.temperature: needs two or more temperatures" in told
