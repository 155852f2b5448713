"""Columns make headers and rows, whatever the depth of the body."""

import pytest

from solver.units.columns import Array, Column, row_of
from solver.units.quantities import depth_of

VOLTAGE = Column("Voltage", "V", "electrical", "of the collector")
FORCE = Column("Force", "N", "load", "on a surface", extensive=True)


@pytest.mark.parametrize(
    ("depth", "header", "factor"),
    [
        (depth_of(3), "Force top y / N", 1.0),
        (depth_of(2), "Force top y / N.m-1", 1e6),
        (depth_of(2, 2e-6), "Force top y / N", 2.0),
    ],
)
def test_what_grows_with_the_depth_is_per_metre_or_for_the_thickness(depth, header, factor):
    row = row_of((VOLTAGE, FORCE.at("top y")), {"Force top y": 0.3, "Voltage": 4.2}, depth)
    assert row == pytest.approx({"Voltage / V": 4.2, header: 0.3 * factor})
    assert list(row) == ["Voltage / V", header]


def test_the_header_of_an_extensive_column_needs_a_depth():
    assert VOLTAGE.header == "Voltage / V"
    with pytest.raises(AssertionError, match="Force"):
        _ = FORCE.header


def test_a_value_that_is_missing_is_named():
    with pytest.raises(KeyError, match="Voltage"):
        row_of((VOLTAGE,), {}, depth_of(3))


def test_arrays_of_pure_numbers_have_no_unit():
    assert Array("damage", "1", "boundaries", "of the bond").header == "damage"
    assert Array("opening", "nm", "boundaries", "of the gap").header == "opening / nm"
