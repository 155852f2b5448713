"""The shipped cases, shortened by overrides, give what they gave when reference.json was made.

    python -m tests.cases.test_shipped_cases     # makes reference.json anew

On a mesh other than the reference's (another Gmsh) only what does not depend on details is held.
"""

import json
from pathlib import Path

import pytest

from solver.case import Case
from solver.materials import load_boundary_material
from solver.mechanisms.corrosion import Corrosion
from solver.mechanisms.decomposition import Decomposition
from solver.mechanisms.fatigue import Fatigue
from solver.mechanisms.front import Front
from solver.mechanisms.gliding import GlidingRatio
from solver.mechanisms.interphase import Interphase
from solver.mechanisms.oxygen_release import OxygenRelease
from solver.mechanisms.thermal_expansion import ThermalExpansion
from solver.units.acceleration import accelerations
from solver.units.quantities import header_of
from tests.cases.shortened import SHORT
from tests.particles import CASES, meshed, model_of, ran
from tests.shipped import SHIPPED

REFERENCE = Path(__file__).with_name("reference.json")
EXACT = (
    "Test Time",
    "Voltage",
    "Mean Occupancy",
    "Lowest Occupancy",
    "Mean Damage",
    "Cracked Fraction",
    "Crack Area",
    "Largest Opening",
    "Mean Fatigue",
    "Mean Corrosion",
    "Wet Area",
    "Mean Film",
    "Film Coverage",
    "Thermal Strain c",
    "Boundary Gliding",
    "Largest Gliding",
    "Outer Release",
    "Boundary Release",
    "Junction Release",
    "Even Release",
    "Decomposed Fraction",
    "Heat Flow",
    "Front Fraction",
    "Front Depth",
    "Released Oxygen",
    "Front Dissipation",
)
PER_DEPTH = (  # in two dimensions per metre
    "Elastic Energy",
    "Bond Energy",
    "Fracture Energy",
    "Fatigue Energy",
    "Corrosion Energy",
    "Release Energy",
    "Outside Current",
    "Wet Boundary Current",
    "Filled Boundary Current",
    "Side Reaction Current",
)
IN_A_FULL_CELL = ("Cathode Potential", "Counter Occupancy", "Lithium Inventory")
UNDER_LOADS = ("Load Factor", "External Work", "Force top y")


def told_by(mechanism):
    """Columns of a mechanism, and of what it takes from the bonds."""
    return (*mechanism.columns, *([mechanism.energy] if mechanism.energy else []))


SOMETIMES = (
    *(Fatigue, Corrosion, Interphase, ThermalExpansion, GlidingRatio, OxygenRelease),
    *(Decomposition, Front),
)
OF_MECHANISMS = {column.title for each in SOMETIMES for column in told_by(each)}
ROBUST = {"Test Time / s": 1e-9, "Voltage / V": 2e-3, "Mean Occupancy / 1": 1e-6}


def ends_of(name):
    """Size of the mesh, and the history at the start and at the end of each protocol step."""
    case = Case.load(CASES / f"{name}.yaml", SHORT[name])
    model = model_of(case, meshed(case))
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    acting = {column.title for each in model.slow.mechanisms for column in told_by(each)}
    names = [name for name in (*EXACT, *PER_DEPTH) if name not in OF_MECHANISMS or name in acting]
    names += [name for name in UNDER_LOADS if model.loads is not None]
    names += IN_A_FULL_CELL if case.electrode.balanced() else []
    exact = [header_of(recorder.rows[0], name) for name in names]
    ends = [{column: row[column] for column in exact} for row in recorder.ends]
    return {"dofs": model.dofs, "steps": outcome.totals["steps"], "ends": ends}


# What is left of zero by rounding, far below anything that happens
NOISE = {"m": 1e-22, "J": 1e-24, "J.m-1": 1e-18, "A": 1e-24, "A.m-1": 1e-16}


@pytest.mark.parametrize("name", SHORT)
def test_a_shortened_case_gives_what_it_gave(name):
    reference, found = json.loads(REFERENCE.read_text())[name], ends_of(name)
    same_mesh = found["dofs"] == reference["dofs"]
    held = dict.fromkeys(reference["ends"][0], 1e-5) if same_mesh else ROBUST
    print(f"{name}: {found['steps']} steps, {found['dofs']} dofs, same mesh: {same_mesh}")
    assert found["steps"] == reference["steps"]
    for now, before in zip(found["ends"], reference["ends"], strict=True):
        for column, tolerance in held.items():
            noise = NOISE.get(column.split(" / ")[1], 0.0)
            assert now[column] == pytest.approx(before[column], rel=tolerance, abs=noise), column


def test_what_is_held_goes_on_until_boundaries_have_cracked():
    """But for single crystals, which have none; filled ones hold more than others."""
    ends = {name: found["ends"][-1] for name, found in json.loads(REFERENCE.read_text()).items()}
    for name in ("quickstart", "sphere50", "yan2018/pristine", "yan2018/as_coated"):
        assert ends[name]["Cracked Fraction / 1"] > 0.005, name
    cracked = [ends[f"yan2018/{name}"]["Cracked Fraction / 1"] for name in ("infused", "as_coated")]
    assert cracked[0] < 0.5 * cracked[1]
    assert ends["yan2018/infused"]["Mean Fatigue / 1"] > 0.0
    dry = header_of(ends["yan2018/pristine"], "Wet Boundary Current")
    assert ends["yan2018/pristine"][dry] != 0.0
    filled = header_of(ends["yan2018/infused"], "Filled Boundary Current")
    assert ends["yan2018/infused"][filled] != 0.0
    assert ends["calendered/pressed"]["Cracked Fraction / 1"] > 0.005
    assert ends["calendered/pressed"]["External Work / J.m-1"] > 0.0


def resolved(name):
    """A case as plain values, without its name."""
    return {**Case.load(CASES / f"{name}.yaml").resolved(), "name": None}


FAMILIES = [
    "{}",
    "rate_{}",
    "aged_{}",
    "ball_{}",
    "{}_25C",
    "{}_60C",
    "ball_{}_25C",
    "full_cell_{}",
]


@pytest.mark.parametrize("test", FAMILIES)
def test_the_cases_of_yan_differ_by_filling_coating_and_wet_area_alone(test):
    names = [test.format(name) for name in ("pristine", "as_coated", "infused")]
    pristine, coated, infused = (resolved(f"yan2018/{name}") for name in names)
    for case in (pristine, coated, infused):
        case.pop("measured", None)
    assert coated["particle"].pop("coating") == {"thickness": 1e-8, "coverage": 1.0}
    assert coated["materials"].pop("filler") == "lpo_deposited"
    assert infused["materials"].pop("filler") == pristine["materials"].pop("filler") == "lpo"
    states = [case["particle"]["boundary"].pop("state") for case in (pristine, coated, infused)]
    wet = [case["physics"]["initial_wetting"].pop("area") for case in (pristine, coated, infused)]
    assert states == ["dry", "dry", "lpo"]
    assert wet == [700.0, 700.0, 0.0]
    assert pristine == coated == infused


HASTENED = [
    name
    for name in SHORT
    if "aged_" in name or (name.startswith("yan2018/ball_") and not name.endswith(("25C", "60C")))
]


@pytest.mark.parametrize("name", HASTENED)
def test_all_that_ages_in_two_hundred_cycles_is_fifty_times_as_fast(name):
    factors = accelerations(resolved(name)["physics"])
    assert factors == dict.fromkeys(("interphase", "fatigue", "corrosion"), 50.0)


@pytest.mark.parametrize("state", ["pristine", "as_coated", "infused"])
def test_balls_at_60_degrees_are_those_at_25_with_the_protocol_of_the_plane(state):
    cold, warm = (resolved(f"yan2018/ball_{state}_{celsius}C") for celsius in (25, 60))
    assert warm["particle"] == cold["particle"]
    assert warm["physics"] == cold["physics"]
    plane = resolved(f"yan2018/{state}_60C")
    for key in ("temperature", "protocol", "physics", "materials"):
        assert warm[key] == plane[key]
    assert warm.get("measured") == plane.get("measured")


def test_balls_of_200_grains_have_as_large_grains_as_those_of_50():
    few, many = (
        resolved(f"yan2018/{name}_pristine_25C")["particle"] for name in ("ball", "ball200")
    )
    volume = [ball["radius"] ** 3 / ball["grains"]["count"] for ball in (few, many)]
    assert volume[1] == pytest.approx(volume[0], rel=0.01)
    assert many["mesh"] == few["mesh"]


def test_two_hundred_cycles_at_60_degrees_differ_by_temperature_and_rates_alone():
    cold, warm = (resolved(f"yan2018/pristine_{celsius}C") for celsius in (25, 60))
    assert warm.pop("temperature") - cold.pop("temperature") == pytest.approx(35.0)
    kept = [case.pop("measured")["retention"] for case in (cold, warm)]
    assert kept == [[{"round": 200, "share": 0.79}], [{"round": 200, "share": 0.583}]]
    for case, slow, fast in ((cold, 1 / 10, 1 / 3), (warm, 1 / 5, 1 / 2)):
        rates = [rate_of(step) for repeat in case["protocol"] for step in inside(repeat)]
        assert rates == pytest.approx([slow, slow, fast, fast])
    checks = [case.pop("protocol")[1]["repeat"]["checks"] for case in (cold, warm)]
    assert checks[0] == checks[1]
    assert cold == warm


def inside(repeat):
    """The steps of a repeat of a resolved case."""
    return repeat["repeat"]["steps"]


def rate_of(step):
    """The rate of a charge or discharge of a resolved case."""
    ((_, settings),) = step.items()
    return settings["rate"]


def test_nothing_is_accelerated_in_one_or_two_hundred_cycles():
    for name in SHORT:
        if name.endswith(("C", "_100_cycles")) or "full_cell" in name:
            assert accelerations(resolved(name)["physics"]) == {}, name


def boundary_of(name):
    """What holds the boundaries of a case together, and what the liquid leaves of that."""
    case = Case.load(CASES / f"{name}.yaml")
    material = load_boundary_material(case.materials.boundary.of(case.particle.boundary.state))
    attacked = case.physics.wetting.enabled and material.entries["corrosion"] is not None
    return material.strength, material.toughness, attacked, case.physics.initial_wetting.area


def test_what_filling_does_can_be_had_apart():
    """Strength, keeping the liquid out, both, neither."""
    infused, pristine = boundary_of("yan2018/aged_infused"), boundary_of("yan2018/aged_pristine")
    assert infused[:2] > pristine[:2]
    assert boundary_of("yan2018/aged_infused_weak")[:2] == pristine[:2]
    assert boundary_of("yan2018/aged_infused_leaky") == (*infused[:2], *pristine[2:])
    assert boundary_of("yan2018/aged_pristine_sealed")[:3] == (*pristine[:2], False)
    weak = Case.load(CASES / "yan2018/aged_infused_weak.yaml")
    assert (weak.particle.boundary.state, weak.physics.initial_wetting.area) == ("lpo", 0.0)


@pytest.mark.parametrize("test", ["{}", "{}_100_cycles"])
def test_the_crystals_of_guo_differ_by_the_coating_alone(test):
    bare, coated = (resolved(f"guo2022/{test.format(name)}") for name in ("bare", "coated"))
    for case in (bare, coated):
        case.pop("measured", None)
    assert coated["particle"].pop("coating")["thickness"] == 6e-9
    assert bare == coated


def test_no_shipped_case_is_left_out():
    shipped = {str(path.relative_to(CASES).with_suffix("")) for path in SHIPPED}
    elsewhere = ("meshes/", "benchmarks/")
    others = {name for name in shipped if name.startswith(elsewhere)}
    assert shipped - others == set(SHORT) - others


if __name__ == "__main__":
    REFERENCE.write_text(json.dumps({name: ends_of(name) for name in SHORT}, indent=1) + "\n")
