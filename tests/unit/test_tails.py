"""A run that leaves the measured occupancies is told so in one line."""

import pytest

from solver.materials import load_grain_material, tail_entered


@pytest.mark.parametrize(
    ("name", "extremes", "line"),
    [
        (
            "NMC811",
            (0.2, 0.94),
            "potential below x = 0.2297 (above 4.26 V), lattice strains below x = 0.21 "
            "are tails, not measured",
        ),
        (
            "NMC811",
            (0.4, 0.96),
            "potential above x = 0.9497 (below 3.56 V) is a tail, not measured",
        ),
        (
            "NMC76",
            (0.2, 0.98),
            "potential below x = 0.2297 (above 4.26 V), potential above x = 0.9497 (below 3.56 V), "
            "lattice strains below x = 0.21 are tails, not measured",
        ),
        ("LCO", (0.5, 0.9), "lattice strains below x = 1 are tails, not measured"),
    ],
)
def test_the_line_names_what_is_a_tail_and_from_where(name, extremes, line):
    assert tail_entered(load_grain_material(name), *extremes) == f"{name}: {line}"


def test_nothing_is_said_within_the_data():
    material = load_grain_material("NMC811")
    assert tail_entered(material, 0.2297, 0.9497) is None
