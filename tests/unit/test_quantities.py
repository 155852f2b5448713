"""What a column is called, and what extensive quantities of a plane body are for."""

import pytest

from solver.results.prefix import in_words, typeset
from solver.units.quantities import (
    entry_of,
    header_of,
    key_of,
    key_parts,
    name_of,
    unit_of,
)


def test_a_column_is_found_by_its_name_whatever_its_unit():
    columns = ["Elastic Energy / J.m-1", "Grain Fracture Energy / J", "Fracture Energy / J"]
    assert header_of(columns, "Elastic Energy") == columns[0]
    assert header_of(columns, "Fracture Energy") == columns[2]
    assert (name_of(columns[0]), unit_of(columns[0])) == ("Elastic Energy", "J.m-1")
    with pytest.raises(KeyError):
        header_of(columns, "Energy")


def test_a_key_of_the_summary_says_its_unit_and_is_found_by_its_name():
    assert key_of("Swelling Work", "J.m-1") == "swelling_work_J_per_m"
    assert key_parts("swelling_work_J_per_m") == ("swelling_work", "J.m-1")
    assert key_parts("elastic_J") == ("elastic", "J")
    assert key_parts("oddity") == ("oddity", "")
    peak = {"displacement_m": 2.0, "force_N_per_m": 3.0}
    assert entry_of(peak, "force") == (3.0, "N.m-1")
    assert entry_of(peak, "displacement") == (2.0, "m")
    with pytest.raises(KeyError):
        entry_of(peak, "work")


def test_units_are_written_as_people_write_them():
    assert (typeset("mJ.m-1"), typeset("N")) == (r"mJ m$^{-1}$", "N")
    assert (in_words("mN.m-1"), in_words("J")) == ("mN/m", "J")
