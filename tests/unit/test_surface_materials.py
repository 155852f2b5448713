"""Every property of a material comes to its own place in the laws of surfaces, and to no other."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from solver.mechanisms.places import Places
from solver.model.boundary_laws import materials_of
from solver.model.build import build_model
from solver.particle.mesh import COATING
from solver.units.constants import METRE, OHM
from tests.networks import brick_particle, static_case

CASE = static_case(
    "physics.wetting.enabled=true",
    "physics.interphase={enabled: true, confinement: {enabled: false}}",
)
SIDES = ("outside", "plus", "minus")
MORE = 3.0  # times what the library has, which may be one or the same as of another material


@pytest.fixture(scope="module")
def sealed():
    """Four grains in a row, a coating at the end; their boundaries filled, dry and liquid."""
    bare = brick_particle((5.0, 1.0), (10, 2), (5, 1), states={(0, 1): "lpo", (2, 3): "liquid"})
    names = (*bare.grain_names[:4], COATING)
    return replace(bare, grain_names=names, is_filler=np.array([False] * 4 + [True]))


def model_with(particle, change):
    return build_model(CASE, particle, change(materials_of(CASE, particle)))


def laws_with(particle, change=lambda materials: materials):
    """Numbers of the laws, and of the layers that films make of them on all sides."""
    model = model_with(particle, change)
    made = model.slow.modify(model.present())
    layers = {
        f"{side}.{name}": values
        for side in SIDES
        for name, values in getattr(made, side)._asdict().items()
    }
    return dict(leaves(model.surfaces)) | layers


def leaves(laws, path=""):
    """Name and values of every number of nested laws, but for where they hold."""
    for entry in fields(laws):
        value = getattr(laws, entry.name)
        if is_dataclass(value) and not isinstance(value, Places):
            yield from leaves(value, f"{path}{entry.name}.")
        elif not is_dataclass(value):
            yield f"{path}{entry.name}", np.atleast_1d(value)


def more(value):
    return (lambda temperature: MORE * value(temperature)) if callable(value) else MORE * value


def altered(materials, kind, name):
    """Materials of which one property is larger."""
    part, _, which = kind.partition(" ")
    old = getattr(materials, part)
    one = old[which] if part == "boundaries" else old[int(which)] if which else old
    new = replace(one, **{name: more(getattr(one, name))})
    if part == "boundaries":
        new = old | {which: new}
    elif which:
        new = tuple(new if number == int(which) else film for number, film in enumerate(old))
    return materials._replace(**{part: new})


INVERSE = 1 / MORE
RESISTS = {"resistance": INVERSE, "bridged": INVERSE, "relaxation": INVERSE}


def on(sides, factors):
    """By how much properties of layers differ on these sides."""
    return {f"{side}.{name}": factor for side in sides for name, factor in factors.items()}


TABLE = {
    ("boundaries lpo", "thickness"): {"filling.thickness": MORE},
    ("boundaries lpo", "ionic_conductivity_factor"): {"filling.conductivity_along": MORE},
    ("boundaries dry", "lithium_conductance"): {"boundary.resistance": INVERSE},
    ("boundaries liquid", "lithium_conductance"): {"boundary.resistance": INVERSE},
    ("boundaries dry", "electron_conductance"): {"boundary.electrons": MORE},
    ("boundaries lpo", "electron_conductance"): {"boundary.electrons": MORE},
    ("boundaries liquid", "thickness"): {"liquid.width": MORE},
    ("boundaries liquid", "ionic_conductivity_factor"): {"liquid.conductivity_along": MORE},
    ("filler", "conductivity"): {"filling.conductivity": MORE, "filling.conductivity_along": MORE},
    ("filler", "oxide_conductance"): {"filling.exchange": MORE, "boundary.exchange": MORE},
    ("filler", "electrolyte_conductance"): {
        "filling.electrolyte_conductance": MORE,
        "outside_exchange": MORE,
    },
    ("filler", "electron_conductance"): {"boundary.electrons": MORE},
    ("filler", "rupture_opening"): {},
    ("electrolyte", "conductivity"): {
        "liquid.conductivity": MORE,
        "liquid.conductivity_along": MORE,
    },
    ("electrolyte", "double_layer"): {"liquid.double_layer": MORE},
    ("electrolyte", "charge_transfer"): {"liquid.transfer": MORE},
    ("interphases 0", "conductivity"): on(SIDES, RESISTS),
    ("interphases 1", "conductivity"): on(("outside",), RESISTS),
    ("interphases 0", "permittivity"): on(SIDES, {"relaxation": MORE}),
    ("interphases 1", "permittivity"): on(("outside",), {"relaxation": MORE}),
}


@pytest.mark.parametrize(("kind", "name"), TABLE)
def test_a_property_comes_to_its_place(sealed, kind, name):
    usual = laws_with(sealed)
    found = laws_with(sealed, lambda materials: altered(materials, kind, name))
    for law, values in usual.items():
        differs = found[law] != values
        assert differs.any() == (law in TABLE[kind, name]), law
        if differs.any():
            factor = TABLE[kind, name][law]
            assert found[law][differs] == pytest.approx(factor * values[differs], rel=1e-12), law


@pytest.mark.parametrize(
    ("name", "law"),
    [("conductivity", "outside.resistance"), ("permittivity", "outside.relaxation")],
)
@pytest.mark.parametrize("film", [0, 1])
def test_the_film_on_bare_oxide_is_another_than_that_on_a_coating(sealed, film, name, law):
    model, usual = build_model(CASE, sealed), laws_with(sealed)
    there = model.electro.in_oxide if film == 0 else ~model.electro.in_oxide
    changed = laws_with(sealed, lambda m: altered(m, f"interphases {film}", name))
    covered = model.state.sides("film").outside > 0
    assert np.array_equal((changed[law] != usual[law])[covered], there[covered])
    assert {*there[covered]} == {True, False}


def test_a_coating_breaks_at_the_opening_of_its_material(sealed):
    usual = materials_of(CASE, sealed).filler.rupture_opening * METRE
    model = model_with(sealed, lambda m: altered(m, "filler", "rupture_opening"))
    places = model.slow.places
    places.network.covered[:] = 0.3  # um of mouth
    for opening, broken in ((0.99, False), (1.01, True)):
        length = places.open_mouths(np.full(len(places.network.mouth), opening * MORE * usual))
        assert length == pytest.approx(places.network.mouth + 0.3 * broken)


def test_an_oxide_bears_the_film_of_its_material(sealed):
    """None, in the library."""
    found = laws_with(
        sealed, lambda m: m._replace(grain=replace(m.grain, surface_film_resistance=2e-3))
    )
    assert laws_with(sealed)["film_resistance"] == 0.0
    assert found["film_resistance"] == pytest.approx(2e-3 * OHM * METRE**2, rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "pairs"),
    [
        ("boundaries dry", {(1, 2)}),
        ("boundaries lpo", {(0, 1)}),
        ("boundaries liquid", {(2, 3)}),
        ("filler", {(3, 4)}),
    ],
)
def test_electrons_pass_a_boundary_by_what_is_there(sealed, kind, pairs):
    """Beside a coating that is the filler, though its face is as strong as a filled boundary."""
    model = build_model(CASE, sealed)
    usual = laws_with(sealed)["boundary.electrons"]
    change = laws_with(sealed, lambda m: altered(m, kind, "electron_conductance"))
    differs = change["boundary.electrons"] != usual
    assert set(map(tuple, model.spaces.boundaries.pair[differs].tolist())) == pairs
