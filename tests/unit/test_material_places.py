"""Properties of boundaries and interphases come to their own places in their laws, to no other."""

from dataclasses import replace

import numpy as np
import pytest

from solver.materials import load_boundary_material
from solver.materials.resistance import nominal_law
from solver.model.boundary_laws import materials_of
from solver.model.build import build_model
from solver.particle.mesh import COATING
from tests.networks import brick_particle, static_case

MORE = 3.0  # times what the library has, which may be one
DRY = load_boundary_material("dry")
MIXED = ("physics.cohesive.mixed_mode.criterion=power_law",)


@pytest.mark.parametrize(
    ("name", "said", "factors"),
    [
        ("strength", (), {"strength": MORE}),
        ("toughness", (), {"toughness": MORE}),
        ("toughness", MIXED, {"toughness": MORE, "toughness_ratio": 1 / MORE}),
        ("shear_ratio", (), {"shear_ratio": MORE}),
        ("residual_stiffness", (), {"residual": MORE}),
        ("shear_toughness", (), {}),  # without a criterion shear is as tough as opening
        ("shear_toughness", MIXED, {"toughness_ratio": MORE}),
    ],
)
def test_resistance_of_a_boundary(name, said, factors):
    given = static_case(*said).physics.cohesive
    material = replace(DRY, shear_toughness=2.5 * DRY.toughness)
    usual = nominal_law(given, material, DRY.penalty)
    other = replace(material, **{name: MORE * getattr(material, name)})
    found = nominal_law(given, other, DRY.penalty)
    assert usual.toughness_ratio == pytest.approx(2.5 if said else 1.0)
    for place, value in usual._asdict().items():
        expected = value
        if not isinstance(value, str):
            expected = pytest.approx(factors.get(place, 1.0) * value, rel=1e-12)
        assert getattr(found, place) == expected, place


@pytest.fixture(scope="module")
def coated():
    """Two grains in a row, a coating at the end."""
    bare = brick_particle((3.0, 1.0), (12, 4), (3, 1))
    names = (*bare.grain_names[:2], COATING)
    return replace(bare, grain_names=names, is_filler=np.array([False, False, True]))


def films_with(particle, growth, number=None, name=""):
    """Laws of the films outside and on the '+' sides, one property of one interphase larger."""
    films = ("physics.wetting.enabled=true", "physics.interphase.enabled=true")
    case = static_case(*films, f"physics.interphase.growth={growth}")
    materials = materials_of(case, particle)
    if number is not None:
        old = getattr(materials.interphases[number], name)
        more = (lambda temperature: MORE * old(temperature)) if callable(old) else MORE * old
        both = list(materials.interphases)
        both[number] = replace(both[number], **{name: more})
        materials = materials._replace(interphases=tuple(both))
    model = build_model(case, particle, materials)
    on_coating = model.spaces.grain_of_node == 2
    outside, plus, _ = model.slow["interphase"].films
    return outside, plus, on_coating


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(
    ("name", "growth", "place"),
    [
        ("initial_thickness", "parabolic", "initial"),
        ("parabolic_rate", "parabolic", "rate"),
        ("parabolic_rate", "self_limiting", None),
        ("limited_rate", "self_limiting", "rate"),
        ("limited_rate", "parabolic", None),
        ("limiting_thickness", "self_limiting", "limit"),
        ("lithium_per_volume", "parabolic", "charge"),
        ("electrons_per_lithium", "parabolic", "charge"),
    ],
)
def test_growth_of_a_film(coated, number, name, growth, place):
    """That of the first interphase on oxide, that of the second on a coating, without a charge."""
    outside, inside, on_coating = films_with(coated, growth)
    found_outside, found_inside, _ = films_with(coated, growth, number, name)
    assert not outside.charge[on_coating].any()
    assert outside.charge[~on_coating].all()
    for law in ("initial", "rate", "limit", "unevenness", "charge"):
        factor = MORE if law == place else 1.0
        here = np.where(on_coating == (number == 1), factor, 1.0)
        assert getattr(found_outside, law) == pytest.approx(here * getattr(outside, law)), law
        here = factor if number == 0 else 1.0  # what is '+' is oxide everywhere
        assert getattr(found_inside, law) == pytest.approx(here * getattr(inside, law)), law
