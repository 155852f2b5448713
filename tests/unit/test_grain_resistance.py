"""How grains of a case resist cracks inside, and what a user is told about it."""

from pathlib import Path

import numpy as np
import pytest

from meshes import estimate
from solver.case import Case, CaseError
from solver.checks.plan import cautions, describe
from solver.checks.plan import plan as plan_on
from solver.checks.plan.cautions import grain_crack_caution, spread_caution
from solver.materials import MaterialError, load_grain_material
from solver.materials.grain_resistance import grain_resistance

CASES = Path(__file__).parents[2] / "cases"
OXIDE = load_grain_material("NMC76").stiffness
HERE = "physics.grain_fracture"


def cracking(*overrides: str) -> Case:
    given = [f"{HERE}.enabled=true", *(f"{HERE}.{override}" for override in overrides)]
    return Case.load(CASES / "quickstart.yaml", given)


def plan(case: Case):
    return plan_on(case, estimate(case.particle))


def test_grains_do_not_crack_unless_asked_to():
    assert grain_resistance(Case.load(CASES / "quickstart.yaml"), OXIDE) is None


@pytest.mark.parametrize("model", ["AT1", "AT2"])
def test_a_strength_gives_the_length_that_gives_it_back(model):
    found = grain_resistance(cracking(f"model={model}", "toughness=2", "strength=1 GPa"), OXIDE)
    again = cracking(f"model={model}", "toughness=2", f"length={found.length!r} m")
    assert found.strength == pytest.approx(1e9)
    assert grain_resistance(again, OXIDE).strength == pytest.approx(1e9)


def test_the_strength_of_a_length_is_told():
    case = cracking("toughness=2", "length=0.5 um")
    found = grain_resistance(case, OXIDE)
    assert f"length 0.5 um, strength {found.strength / 1e9:.3g} GPa" in describe(case, plan(case))


def test_a_mesh_too_coarse_for_the_length_is_cautioned_about():
    fine, coarse = cracking("toughness=2", "length=2 um"), cracking("toughness=2", "length=0.2 um")
    assert grain_crack_caution(fine, plan(fine).mesh) is None
    told = [line for line in cautions(coarse, plan(coarse)) if "0.2 um, is only" in line]
    assert len(told) == 1


@pytest.mark.parametrize("name", ["sen_tension", "sen_shear"])
def test_a_mesh_that_is_fine_where_the_crack_goes_is_fine_enough(name):
    """It has most cells there, though their mean is much larger."""
    case = Case.load(CASES / "benchmarks" / f"{name}.yaml")
    found = plan(case)
    mean = (4 / 3**0.5 * np.pi * found.mesh.radius**2 / found.mesh.cells) ** 0.5
    assert mean > 1.5 * found.mesh.cell
    assert grain_crack_caution(case, found.mesh) is None
    narrow = Case.load(
        CASES / "benchmarks" / f"{name}.yaml", ["physics.grain_fracture.length=8 um"]
    )
    assert "cells of the usual size" in grain_crack_caution(narrow, found.mesh)


def test_grains_too_small_for_narrow_cracks_are_cautioned_about():
    wide, narrow = (
        cracking("toughness=2", "length=0.3 um"),
        cracking("toughness=2", "length=0.1 um"),
    )
    assert "soften as a whole" in spread_caution(wide, plan(wide).mesh)
    assert spread_caution(narrow, plan(narrow).mesh) is None


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (("length=1 um",), "toughness"),
        (("toughness=2",), "either a length or the strength"),
        (("toughness=2", "length=1 um", "strength=1 GPa"), "either a length or the strength"),
        (("toughness=2", "length=1 um", "cleavage=-1"), "cleavage"),
    ],
)
def test_what_is_incomplete_is_refused(overrides, message):
    with pytest.raises(CaseError, match=message):
        cracking(*overrides)


def test_the_spectral_split_is_refused_for_a_layered_oxide():
    case = cracking("toughness=2", "length=1 um", "split=spectral")
    with pytest.raises(MaterialError, match="use volumetric_deviatoric"):
        plan(case)
