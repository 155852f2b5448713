"""What a case says of its boundaries comes before their material, each value in its own place."""

import pytest

from solver.checks.plan.size import boundary_law
from solver.materials import load_boundary_material
from tests.networks import brick_particle, built, static_case

DRY = load_boundary_material("dry")
POWER_LAW = "mixed_mode.criterion=power_law"


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        (["strength=1.5 GPa"], {"strength": 1500.0}),
        (["toughness=7 J/m^2"], {"toughness": 7.0}),
        (["shear_strength=1 GPa"], {"shear_ratio": 1e9 / DRY.strength}),
        (["strength=2 GPa", "shear_strength=1 GPa"], {"strength": 2000.0, "shear_ratio": 0.5}),
        (["penalty=3e19 Pa/m"], {"penalty": 3e7}),
        (["law=exponential"], {"shape": "exponential"}),
        (
            [POWER_LAW, "shear_toughness=25 J/m^2", "mixed_mode.exponent=1.5"],
            {"criterion": "power_law", "toughness_ratio": 25 / DRY.toughness, "exponent": 1.5},
        ),
    ],
)
def test_resistance_of_boundaries(said, changed):
    usual = boundary_law(static_case())
    found = boundary_law(static_case(*(f"physics.cohesive.{one}" for one in said)))
    for name, value in usual._replace(**changed)._asdict().items():
        expected = value if isinstance(value, str) else pytest.approx(value, rel=1e-12)
        if name == "exponent" and name not in changed:
            continue  # of a criterion that is none
        assert getattr(found, name) == expected, name


@pytest.mark.parametrize(
    ("said", "law", "name", "value"),
    [
        ("fatigue.length=7", "fatigue", "length", 7.0),
        ("fatigue.threshold=3", "fatigue", "threshold", 3.0),
        ("fatigue.endurance=0.45", "fatigue", "endurance", 0.45),
        ("corrosion.rate=3e-7 1/s", "corrosion", "rate", 3e-7),
        ("corrosion.reference_potential=4.05 V", "corrosion", "reference", 4.05),
        ("corrosion.potential_scale=0.3 V", "corrosion", "scale", 0.3),
        ("corrosion.remaining_strength=0.35", "left", "strength", 0.35),
        ("corrosion.remaining_toughness=0.15", "left", "toughness", 0.15),
    ],
)
def test_wear_of_boundaries(said, law, name, value):
    acting = ("physics.fatigue.enabled=true", "physics.corrosion.enabled=true")
    particle = brick_particle((2.0, 1.0), (4, 2), (2, 1))
    usual, given = (
        built(static_case(*acting, *more), particle).slow for more in ((), (f"physics.{said}",))
    )
    laws = [
        {
            "fatigue": slow["fatigue"].law,
            "corrosion": slow["corrosion"].law,
            "left": slow["corrosion"].remaining,
        }
        for slow in (usual, given)
    ]
    for kind, plain_law in laws[0].items():
        for field, plain in plain_law._asdict().items():
            expected = value if (kind, field) == (law, name) else plain
            assert getattr(laws[1][kind], field) == pytest.approx(expected), (kind, field)
