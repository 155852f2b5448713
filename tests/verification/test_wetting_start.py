"""A particle as it begins: as much wet area as was measured, outside and inside, and no crack."""

import json
import tempfile
from pathlib import Path

import pytest

from meshes import build
from solver.case.wet_area import require_boundaries
from solver.materials import load_grain_material
from solver.mechanisms.initial_wetting import WetAreaError
from solver.model.build import build_model
from solver.units.constants import METRE
from tests.networks import REST
from tests.particles import case_of, disc, meshed, ran

MESH = disc(12, 2.0, 0.4, 0.3)
ROUGH = "physics.wetting.outer_area=0.7 m^2/g"  # its geometric area is less
WET = ["physics.wetting.enabled=true", ROUGH]
COATED = "particle.coating={thickness: 50 nm}"
PER_GRAM = 1e3  # kg


def per_mass(model, area):
    """Area in um^2 as m^2/g."""
    return area / METRE**2 / model.extent.mass / PER_GRAM


@pytest.mark.parametrize(
    ("variant", "asked"),
    [
        ("particle.boundary.state=dry", 0.0),
        ("particle.boundary.state=dry", 0.1),
        ("particle.boundary.state=dry", 0.25),
        ("particle.boundary.state=lpo", 0.0),
        (COATED, 0.0),
    ],
)
def test_the_wet_area_at_the_start_is_that_of_the_case(variant, asked):
    case = case_of(REST, *MESH, *WET, f"physics.initial_wetting.area={asked} m^2/g", variant)
    model = build_model(case, meshed(case))
    found = per_mass(model, model.wet_area())
    print(f"{variant}: {found:.15f} m^2/g, asked for 0.7 and {asked}")
    assert found == pytest.approx(0.7 + asked, rel=1e-12)
    assert model.electro.outer_area.sum() * model.surfaces.places.roughness == pytest.approx(
        0.7 * PER_GRAM * METRE**2 * model.extent.mass, rel=1e-12
    )


def test_filled_boundaries_cannot_be_wet():
    area = "physics.initial_wetting.area=0.1 m^2/g"
    case = case_of(REST, *MESH, *WET, area, "particle.boundary.state=lpo")
    with pytest.raises(WetAreaError, match=r"only 0 m\^2/g within reach"):
        build_model(case, meshed(case))


def test_a_coating_keeps_dry_what_would_be_wet():
    case = case_of(REST, *MESH, *WET, "physics.initial_wetting.area=0.1 m^2/g", COATED)
    model = build_model(case, meshed(case))
    assert per_mass(model, model.wet_area()) == pytest.approx(0.7, rel=1e-12)
    sealed = 2 * model.spaces.boundaries.integral(model.slow["initial_wetting"].drawn)
    assert per_mass(model, sealed) == pytest.approx(0.1, rel=1e-12)


def test_what_is_wet_at_the_start_is_bonded_and_stays_so():
    case = case_of(REST, *MESH, *WET, "physics.initial_wetting.area=0.25 m^2/g")
    model = build_model(case, meshed(case))
    wet = model.state["wetness"].copy()
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    assert recorder.rows[-1]["Cracked Fraction / 1"] == 0.0
    assert recorder.rows[-1]["Mean Damage / 1"] == 0.0
    assert wet.max() == 1.0
    assert model.state["wetness"] == pytest.approx(wet, abs=1e-15)


def test_the_mesh_has_as_much_area_as_the_particle_that_is_read_from_it():
    case = case_of(REST, *MESH, *WET, "physics.initial_wetting.area=9 m^2/g")
    with tempfile.TemporaryDirectory() as folder:
        table = json.loads(build(case.particle, Path(folder)).table.read_text())
    density = load_grain_material(case.materials.grain).density
    with pytest.raises(WetAreaError) as early:
        require_boundaries(case, table, density)
    with pytest.raises(WetAreaError) as late:
        build_model(case, meshed(case))
    print(late.value)
    within = str(late.value).replace(" within reach of the outside", "")
    assert str(early.value) == within
