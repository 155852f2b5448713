"""The estimate of what a case takes is near the truth."""

from pathlib import Path

import numpy as np
import pytest

from meshes import estimate
from solver.case import Case
from solver.case.expected_mesh import ExpectedMesh
from solver.checks.plan import cautions, describe
from solver.checks.plan import plan as plan_on
from solver.checks.plan.cautions import crack_caution, penalty_caution
from solver.checks.plan.size import boundary_law
from solver.materials import MaterialError, MaterialFileError

CASES = Path(__file__).parents[2] / "cases"


def quickstart(*overrides):
    return Case.load(CASES / "quickstart.yaml", overrides)


def plan(case):
    return plan_on(case, estimate(case.particle))


def test_duration_follows_from_charge_and_rate():
    charge, discharge = plan(quickstart()).steps
    passed = (0.95 - charge.occupancy) * 275.9 * 3.6  # A s per g
    assert charge.duration == pytest.approx(passed / 0.1, rel=1e-3)  # C/2 of 0.2 A/g
    assert discharge.occupancy == pytest.approx(0.99, abs=1e-3)


@pytest.mark.parametrize("until", ["{time: 60}", "{voltage: 4.4 V, capacity: 3.3333333 mAh/kg}"])
def test_the_first_condition_ends_a_step(until):
    steps = plan(quickstart(f"protocol.0.charge.until={until}")).steps
    assert steps[0].duration <= 60.0


def test_description_names_the_numbers_a_user_asks_for():
    case = quickstart()
    text = describe(case, plan(case))
    for word in ("30 grains", "cells", "unknowns", "m^2/g", "Charge at C/2 until 4.3 V", "memory"):
        assert word in text


def test_a_long_protocol_is_not_told_step_by_step():
    cycle = "'Charge at C/2 until 4.3 V', 'Discharge at C/2 until 2.7 V'"
    case = quickstart(f"protocol=[{cycle}, 'Repeat 200 times']")
    text = describe(case, plan(case))
    assert "400 steps in all" in text
    assert "in 200 cycles" in text
    assert len(text.splitlines()) < 40


def test_a_sweep_takes_time_steps_of_five_millivolts():
    case = quickstart("protocol=['Sweep at 0.1 mV/s from 3.6 V to 4.1 V']")
    assert plan(case).least_time_steps == pytest.approx(100, abs=1)


def test_tails_of_the_laws_are_told_once():
    wide, narrow = (f"protocol=['Charge at C/3 until {end} V']" for end in (4.5, 4.0))
    start = "initial.occupancy=0.9"
    told = cautions(quickstart(wide, start), plan(quickstart(wide, start)))
    (tail,) = [caution for caution in told if "measured" in caution]
    assert tail.startswith("caution: NMC76: potential below x = ")
    assert cautions(quickstart(narrow, start), plan(quickstart(narrow, start))) == []
    assert tail in describe(quickstart(wide, start), plan(quickstart(wide, start)), told)


def cautioned(case):
    return crack_caution(case, estimate(case.particle))


def test_a_mesh_too_coarse_for_the_cracks_is_pointed_out():
    strong = ["physics.cohesive.strength=4 GPa", "physics.cohesive.toughness=5 J/m^2"]
    assert "facets" in cautioned(quickstart(*strong))
    assert cautioned(quickstart("physics.cohesive.strength=1 GPa")) is None
    assert cautioned(quickstart(*strong, "physics.cohesive.enabled=false")) is None


def test_shipped_particles_resolve_their_cracks():
    for name in ("quickstart.yaml", "yan2018/pristine.yaml", "sphere50.yaml"):
        assert cautioned(Case.load(CASES / name)) is None


def test_a_penalty_too_stiff_for_double_precision_is_pointed_out_with_the_figure():
    stiff = quickstart("physics.cohesive.penalty=1e28 Pa/m")
    caution = penalty_caution(stiff, estimate(stiff.particle))
    assert "double precision" in caution
    assert "e-06 of their size" in caution
    assert penalty_caution(quickstart(), estimate(quickstart().particle)) is None


def test_boundaries_that_part_before_they_begin_to_are_refused():
    brittle = quickstart("physics.cohesive.strength=20 GPa", "physics.cohesive.toughness=1 J/m^2")
    with pytest.raises(
        MaterialError, match=r"separate fully at 0\.2 times .* above 2\.1e\+20 Pa/m"
    ):
        boundary_law(brittle)
    with pytest.raises(MaterialError, match="separate fully"):
        plan(brittle)
    assert boundary_law(quickstart()).onset < 0.1 * boundary_law(quickstart()).final


def test_shear_that_is_easily_broken_counts_for_the_mesh():
    weak = "physics.cohesive.mixed_mode.criterion=power_law"
    tough = "physics.cohesive.shear_toughness=0.5 J/m^2"
    assert "facets" in cautioned(quickstart(weak, tough))


def test_all_materials_of_a_case_are_read_before_it_runs(tmp_path):
    wrong = tmp_path / "mine.yaml"
    wrong.write_text("based_on: boundary_dry\nstrngth: {value: 1}\n")
    film = tmp_path / "film.yaml"
    film.write_text("based_on: interphase_carbonate\npermittivity: {value: none, unit: V}\n")
    case = quickstart(f"materials.boundary.liquid={wrong}", f"materials.interphase.bare={film}")
    with pytest.raises(MaterialFileError) as caught:
        plan(case)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{wrong}:2: strngth: unknown key (did you mean 'strength'?)",
        f"{film}:2: permittivity: needs a source, assumed: true with a note, or fitted: to what",
        f"{film}:2: permittivity.unit: 'V' is not a unit of the kind dimensionless",
        f"{film}:2: permittivity.value: expected a number, got 'none'",
    ]


def test_an_unknown_material_of_any_kind_is_found_before_it_runs():
    with pytest.raises(MaterialError, match=r"unknown interphase 'floride' .*'fluoride'"):
        plan(quickstart("materials.interphase.coated=floride"))


def test_unknowns_are_counted_by_field_and_grain():
    """Nodes of boundaries count once for each of their grains: in 2D as many more as facets.

    In 3D half as many, and more where boundaries meet, by the edge of a facet over a grain.
    """
    flat = ExpectedMesh(2, 30, 2.0, 4000, 2100, 500, 120, 1.5, 1.9, 0.1)
    case = quickstart()
    assert plan_on(case, flat).dofs == 4 * (2100 + 500) + 30 + 1 + 1
    solid = flat._replace(dimension=3)
    edge = (4 / 3**0.5 * 1.5 * 4 / 3 * np.pi * 2.0**3 / 500) ** 0.5
    junctions = 0.55 * edge / (4.0 * 30 ** (-1 / 3))
    assert plan_on(case, solid).dofs == round(4 * (2100 + (0.5 + junctions) * 500)) + 30 + 1
    wet = quickstart("physics.wetting.enabled=true")
    assert plan_on(wet, flat).dofs == plan_on(case, flat).dofs + 500


@pytest.mark.parametrize("minutes, times", [(10, 1), (4, 0)])
def test_a_step_that_fills_the_particle_before_it_ends_is_pointed_out(minutes, times):
    case = quickstart(f"protocol=[Charge at C/2 for 2 min, Discharge at C/2 for {minutes} min]")
    told = [line for line in cautions(case, plan(case)) if "would end at" in line]
    expected = "caution: step 1 (Discharge at C/2 for 10 minutes) would end at x = 0.998, beyond "
    assert [line[: len(expected)] for line in told] == [expected] * times
