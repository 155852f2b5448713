"""A case: what is read, what is refused, and how precisely that is said."""

import json

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from solver.case import Case, CaseError
from solver.protocol.current import Charge, Discharge
from solver.protocol.ends import Until
from solver.protocol.hold import Hold
from solver.protocol.rest import Rest
from solver.text.layers import LARGEST
from tests.shipped import CASES, SHIPPED

TWO_AXES = "{texture: table, table: [[0, 0, 1], [0, 1, 0]]"
GOOD = """\
name: good
particle:
  radius: 3 um
  grains: {count: 12}
  mesh:
    size: 0.4 um
    boundary_size: 0.2 um
materials: {grain: NMC76}
c_rate_basis: 200 mA/g
protocol:
  - charge:
      rate: C/3
      until: {voltage: 4.3 V}
  - hold: {voltage: 4.3 V, until: {rate: C/20, time: 1 h}}
  - rest: {until: {time: 10 min}}
  - discharge: {current: 20 mA/g, until: {voltage: 2.7 V}}
"""


def write(tmp_path, text):
    path = tmp_path / "case.yaml"
    path.write_text(text)
    return path


def problems(tmp_path, text, overrides=()):
    with pytest.raises(CaseError) as caught:
        Case.load(write(tmp_path, text), overrides)
    return caught.value.problems


def only_problem(tmp_path, text, overrides=()):
    (problem,) = problems(tmp_path, text, overrides)
    return problem


def test_values_are_in_si(tmp_path):
    case = Case.load(write(tmp_path, GOOD))
    assert case.particle.radius == 3e-6
    assert case.particle.mesh.boundary_size == 2e-7
    assert case.c_rate_basis == 200.0
    assert case.temperature == 298.15


def test_steps_are_read_in_order_with_rates_for_currents(tmp_path):
    charge, hold, rest, discharge = Case.load(write(tmp_path, GOOD)).protocol
    assert [step.kind for step in (charge, hold, rest, discharge)] == [
        "charge", "hold", "rest", "discharge",
    ]  # fmt: skip
    assert charge == Charge(rate=1 / 3, until=Until(voltage=4.3))
    assert hold == Hold(voltage=4.3, until=Until(rate=0.05, time=3600.0))
    assert rest == Rest(until=Until(time=600.0))
    assert discharge == Discharge(rate=0.1, until=Until(voltage=2.7))


def test_a_current_may_end_a_hold(tmp_path):
    text = GOOD.replace("rate: C/20, time: 1 h", "current: 10 mA/g")
    assert Case.load(write(tmp_path, text)).protocol[1].until.rate == pytest.approx(0.05)


def test_what_is_resolved_loads_to_the_same_case(tmp_path):
    case = Case.load(write(tmp_path, GOOD))
    resolved = tmp_path / "resolved.yaml"
    YAML().dump(case.resolved(), resolved)
    assert Case.load(resolved) == case
    assert case.resolved()["numerics"]["time_step"]["maximum"] == 120.0


def test_a_case_of_many_grains_is_resolved_beyond_what_a_user_may_write(tmp_path):
    count = 5000
    table = [[1.0 / 3, 2.0 / 3, n + 1.0] for n in range(count)]
    (tmp_path / "axes.csv").write_text("\n".join(",".join(map(str, row)) for row in table))
    text = GOOD.replace("count: 12", f"count: {count}").replace("0.4 um", "20 nm")
    text = text.replace("0.2 um", "10 nm")
    text = text.replace("  mesh:", "  orientation: {texture: table, table: axes.csv}\n  mesh:")
    case = Case.load(write(tmp_path, text))
    YAML().dump(case.resolved(), tmp_path / "resolved.yaml")
    assert (tmp_path / "resolved.yaml").stat().st_size > LARGEST
    assert Case.load_resolved(tmp_path / "resolved.yaml") == case


def test_a_case_cannot_be_changed(tmp_path):
    case = Case.load(write(tmp_path, GOOD))
    with pytest.raises(ValidationError, match="frozen"):
        case.particle.radius = 1.0


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_cases_load_and_name_their_schema(path):
    Case.load(path)
    modeline = path.read_text().splitlines()[0]
    key, _, schema = modeline.partition("$schema=")
    assert key == "# yaml-language-server: "
    assert (path.parent / schema).resolve() == CASES / "schema.json"


def test_shipped_schema_is_current():
    assert json.loads((CASES / "schema.json").read_text()) == Case.model_json_schema()


# --- what is refused -------------------------------------------------------------------------


def test_misspelt_key_is_answered_with_the_nearest_and_its_line(tmp_path):
    problem = only_problem(tmp_path, GOOD.replace("    size:", "    sise:"))
    assert problem.line == 6
    assert problem.message == "unknown key 'particle.mesh.sise' (did you mean 'size'?)"


def test_a_key_like_no_other_lists_what_is_known(tmp_path):
    problem = only_problem(tmp_path, GOOD + "initial: {zzz: 1}\n")
    assert problem.message == "unknown key 'initial.zzz' (known here: occupancy)"


def test_misspelt_key_in_a_step(tmp_path):
    found = problems(tmp_path, GOOD.replace("      rate:", "      rat:"))
    assert (12, "unknown key 'protocol.0.charge.rat' (did you mean 'rate'?)") in [
        (problem.line, problem.message) for problem in found
    ]


def test_wrong_unit_says_what_was_expected(tmp_path):
    problem = only_problem(tmp_path, GOOD.replace("3 um", "3 V"))
    assert str(problem) == (
        f"{tmp_path / 'case.yaml'}:3: particle.radius: "
        "expected a length such as \"5 um\", got '3 V'"
    )


def test_every_problem_is_told_at_once(tmp_path):
    text = (
        GOOD.replace("3 um", "-3 um")
        .replace("count: 12", "count: 0")
        .replace("200 mA/g", "200 mA")
        .replace("- rest", "- reast")
        .replace("name: good\n", "")
    )
    found = problems(tmp_path, text)
    assert [(problem.line, problem.message) for problem in found] == [
        (1, "required key 'name' is missing"),
        (2, "particle.radius: should be greater than 0 m, got -3e-06"),
        (3, "particle.grains.count: should be greater than or equal to 1, got 0"),
        (8, "c_rate_basis: expected a current per mass such as \"200 mA/g\", got '200 mA'"),
        (14, "protocol.2: unknown step 'reast' (did you mean 'rest'?)"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("name: good", "name: good\nname: again", 2, "duplicate key"),
        ("count: 12}", "count: 12", 5, "while parsing a flow mapping"),
        ("0.2 um", "0.5 um", 5, "boundary_size (5e-07 m) must not exceed size (4e-07 m)"),
        ("0.4 um", "4 um", 2, "mesh.size (4e-06 m) is larger than a grain"),
        ("radius: 3 um", "shape: dics\n  radius: 3 um", 3, "unknown shape 'dics' (did you mean"),
        ("rate: C/20, time: 1 h", "voltage: 4 V", 14, "a hold never ends by itself"),
        ("until: {time: 10 min}", "until: {}", 15, "needs at least one of voltage, rate"),
        ("current: 20 mA/g, ", "", 16, "needs either rate or current"),
        ("current: 20 mA/g", "rate: 1C, current: 20 mA/g", 16, "needs either rate or current"),
        ("voltage: 2.7 V", "rate: C/20", 16, "a discharge never ends by itself"),
        ("voltage: 2.7 V", "voltage: -2.7 V", 16, "should be greater than 0 V, got '-2.7 V'"),
        ("name: good", "name: good\ntemperature: 25", 2, "greater than or equal to 200 K, got 25"),
        ("- rest", "- 7\n  - rest", 15, "expected one step, such as"),
        ("name: good", "name: good\nnumerics: 7", 2, "numerics: expected a mapping of keys, got 7"),
        (
            "count: 12}",
            "count: 12}\n  orientation: {texture: uniform}",
            5,
            "axis is needed with texture: uniform",
        ),
        *(
            ("count: 12}", f"count: 12}}\n  orientation: {given}", 5, message)
            for given, message in {
                "{spread: 3 deg}": "spread has no meaning with texture: random",
                "{texture: radial, spread: 3 um}": "orientation.spread: expected an angle such",
                "{texture: radial, spread: 2}": "should be less than or equal to 1.57",
                "{texture: columnar, arrays: 0}": "arrays: should be greater than or equal to 1",
                "{texture: uniform, axis: [0, 0, 0]}": "a c axis must not be zero",
                "{texture: table}": "table is needed with texture: table",
                "{a_axis: [1, 0, 0]}": "a_axis has no meaning with texture: random",
                "{texture: uniform, axis: [0, 0, 1], a_axis: [1, 0, 1]}": "a_axis must be at right",
                "{texture: uniform, axis: [0, 0, 1], a_axis: [0, 0, 0]}": "a_axis must not be zero",
                f"{TWO_AXES}, a_table: [[1, 0, 0]]}}": "a_table has 1 axes, table has 2",
                f"{TWO_AXES}, a_table: [[1, 0, 0], [0, 2, 1]]}}": "a_table: axis 2 must be at",
                "{texture: table, table: none.csv}": "none.csv: No such file",
            }.items()
        ),
        (
            "count: 12}",
            "count: 12}\n  orientation: {texture: table, table: [[0, 0, 1]]}",
            2,
            "orientation.table has 1 axes for 12 grains",
        ),
        (
            "name: good",
            "name: good\nnumerics: {time_step: {minimum: 10, initial: 1}}",
            2,
            "minimum <= initial <= maximum",
        ),
        (
            "name: good",
            "name: good\nnumerics:\n  cycle_jump: {enabled: true}",
            3,
            "rounds of a repeat are jumped, and the protocol has no repeat",
        ),
    ],
)
def test_what_cannot_be_run_is_refused_at_its_line(tmp_path, old, new, line, message):
    assert old in GOOD
    problem = only_problem(tmp_path, GOOD.replace(old, new, 1))
    assert problem.line == line
    assert message in problem.message


@pytest.mark.parametrize(
    ("steps", "sure"),
    [
        ("charge 4.3, charge 4.2", True),
        ("charge 4.3, charge 4.4", False),
        ("charge 4.3, slow charge 4.2", False),  # the voltage may relax below 4.2 V
        ("charge 4.3, discharge 4.4", True),
        ("charge 4.3, slow discharge 4.4", True),  # it relaxes downwards, away from 4.4 V
        ("discharge 2.7, charge 2.6", True),
        ("hold 4.3, charge 4.3", True),
        ("hold 4.3, discharge 4.3", True),
        ("hold 4.3, discharge 4.2", False),
        ("charge 4.3, rest 1, charge 4.2", False),
    ],
)
def test_steps_that_are_certainly_over_before_they_start_are_refused(tmp_path, steps, sure):
    lines = []
    for step in steps.split(", "):
        *slow, kind, number = step.split()
        settings = {
            "rest": f"{{until: {{time: {number}}}}}",
            "hold": f"{{voltage: {number}, until: {{time: 60}}}}",
        }.get(kind, f"{{rate: {0.1 if slow else 1}, until: {{voltage: {number}}}}}")
        lines.append(f"  - {kind}: {settings}\n")
    path = write(tmp_path, GOOD.split("  - charge")[0] + "".join(lines))
    if not sure:
        assert len(Case.load(path).protocol) == len(lines)
        return
    with pytest.raises(CaseError, match="already past its end"):
        Case.load(path)


@pytest.mark.parametrize("content", [None, b"", b"3", b"- a", b"\xff\xfe\x00"])
def test_what_is_no_case_at_all_is_told(tmp_path, content):
    path = tmp_path / "case.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CaseError, match=r"No such file|expected a mapping|not a text|not allowed"):
        Case.load(path)


def test_a_material_file_is_looked_for_beside_the_case(tmp_path):
    case = Case.load(write(tmp_path, GOOD.replace("NMC76", "mine.yaml")))
    assert case.materials.grain == str(tmp_path / "mine.yaml")


def test_a_table_of_axes_is_looked_for_beside_the_case_and_kept_in_the_resolved_one(tmp_path):
    (tmp_path / "axes.csv").write_text("x,y,z\n" + "0,0,1\n" * 11 + "\n1, 2, 3\n")
    text = GOOD.replace("12}", "12}\n  orientation: {texture: table, table: axes.csv}")
    case = Case.load(write(tmp_path, text))
    assert case.particle.orientation.table == ((0.0, 0.0, 1.0),) * 11 + ((1.0, 2.0, 3.0),)
    (tmp_path / "axes.csv").unlink()
    assert Case.model_validate(case.resolved()) == case


@pytest.mark.parametrize(
    ("content", "message"),
    [("0,0,1\n0;0;1\n", "axes.csv:2: expected x,y,z"), ("1,2\n", "orientation.table.0.2")],
)
def test_a_bad_table_of_axes_is_refused_with_its_line(tmp_path, content, message):
    (tmp_path / "axes.csv").write_text(content)
    text = GOOD.replace("12}", "12}\n  orientation: {texture: table, table: axes.csv}")
    assert any(message in str(problem) for problem in problems(tmp_path, text))


# --- overrides -------------------------------------------------------------------------------


def test_overrides_reach_any_key_and_list_items(tmp_path):
    case = Case.load(
        write(tmp_path, GOOD),
        [
            "physics.cohesive.enabled=false",
            "physics.cohesive.strength=0.5 GPa",
            "protocol.0.charge.rate=1C",
            "protocol.3.discharge.until={voltage: 3 V, time: 1 h}",
            "particle.radius=2e-6",
        ],
    )
    assert not case.physics.cohesive.enabled
    assert case.physics.cohesive.strength == 0.5e9
    assert case.protocol[0].rate == 1.0
    assert case.protocol[3].until == Until(voltage=3.0, time=3600.0)
    assert case.particle.radius == 2e-6


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("particle.radius=3 V", "particle.radius: expected a length"),
        ("particle.radios=3 um", "unknown key 'particle.radios' (did you mean 'radius'?)"),
        ("physic.cohesive.enabled=false", "unknown key 'physic' (did you mean 'physics'?)"),
        ("protocol.9.charge.rate=1C", "'protocol' is a list, items 0 to 3; got '9'"),
        ("protocol.x=1", "'protocol' is a list, items 0 to 3; got 'x'"),
        ("name.x=1", "'name' is a single value, it has no key 'x'"),
        ("particle.radius", "expected key.path=value"),
        ("particle..radius=1", "expected key.path=value"),
        ("name=[", "'[' is not a YAML value"),
    ],
)
def test_a_bad_override_is_reported_as_such(tmp_path, override, message):
    problem = only_problem(tmp_path, GOOD, [override])
    assert problem.file == f"--set {override}"
    assert problem.line is None
    assert message in problem.message


def test_a_bad_override_does_not_hide_other_problems(tmp_path):
    found = problems(tmp_path, GOOD.replace("3 um", "3 V"), ["name.x=1"])
    assert [problem.line for problem in found] == [None, 3]


def test_liquid_boundaries_under_a_whole_coating_have_no_outlet(tmp_path):
    sealed = GOOD.replace(
        "  mesh:", "  boundary: {state: liquid}\n  coating: {thickness: 10 nm}\n  mesh:"
    )
    assert "have no outlet" in only_problem(tmp_path, sealed).message
    open_somewhere = sealed.replace("thickness: 10 nm", "thickness: 10 nm, coverage: 0.9")
    assert Case.load(write(tmp_path, open_somewhere)).particle.coating.coverage == 0.9


@pytest.mark.parametrize("given", ["1.2", "-0.1", "half"])
def test_the_occupancy_without_stress_lies_between_0_and_1(given):
    with pytest.raises(CaseError, match=r"swelling\.stress_free_occupancy"):
        Case.load(CASES / "quickstart.yaml", [f"physics.swelling.stress_free_occupancy={given}"])


def test_grains_fit_each_other_where_the_oxide_says_unless_a_case_says_otherwise():
    assert Case.load(CASES / "quickstart.yaml").physics.swelling.stress_free_occupancy is None
