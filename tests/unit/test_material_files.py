"""A material file of a user: all that is wrong with it at once, each with its file and line."""

from pathlib import Path

import pytest

from solver.cli import main
from solver.entries.files import FOLDER
from solver.materials import MaterialFileError, load_boundary_material, load_grain_material
from solver.materials.catalogue import cautions

ASSUMED = "assumed: true, note: made up"


def problems(path, load=load_grain_material):
    with pytest.raises(MaterialFileError) as caught:
        load(str(path))
    return [str(problem) for problem in caught.value.problems]


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_all_problems_are_told_in_the_order_of_their_lines(tmp_path):
    path = written(
        tmp_path,
        f"""\
based_on: NMC811
density: {{value: 4.8, unit: g/m, {ASSUMED}}}
lattice_a:
  value: wide
  unit: angstrom
  note: no source
densiti: {{value: 1}}
strain_a:
  unit: dimensionless
  occupancy: [0, 0.3, 0.6,
              0.5, 1]
  value: [0, 0, 0, 0, 0]
  {ASSUMED.replace(", ", chr(10) + "  ")}
stiffness: {{unit: GPa, C11: 195, C12: .nan, C33: 160, C44: 50, {ASSUMED}}}
""",
    )
    assert problems(path) == [
        f"{path}:2: density.unit: 'g/m' is not a unit of the kind kg/m^3, such as g/cm^3",
        f"{path}:3: lattice_a: needs a source, assumed: true with a note, or fitted: to what",
        f"{path}:4: lattice_a.value: expected a number, got 'wide'",
        f"{path}:7: densiti: unknown key (did you mean 'density'?)",
        f"{path}:11: strain_a.occupancy.3: must increase, but 0.5 follows 0.6",
        f"{path}:15: stiffness.C12: expected a finite number, got nan",
        f"{path}:15: stiffness.C13: is missing; a hexagonal crystal has C11, C12, C13, C33, C44",
    ]


def test_what_is_wrong_in_the_file_below_is_told_of_that_file(tmp_path):
    below = written(tmp_path, f"based_on: LCO\nlattice_a: {{value: 0, unit: m, {ASSUMED}}}\n", "b")
    path = written(tmp_path, f"based_on: b\ndensity: {{value: 5, {ASSUMED}}}\n")
    assert [problem.rsplit(": ", 1)[0] for problem in problems(path)] == [
        f"{below}:2: lattice_a.value",
        f"{path}:2: density.unit",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ":1: expected a mapping of keys"),
        ("- a\n- b\n", ":1: expected a mapping of keys"),
        ("name: a\nname: b\n", ":2: .*duplicate key"),
        ("name: a\ndensity: {value: 1\n", ":[23]: "),
        ("name: a\nbased_on: NMC81\n", ":2: based_on: no such material 'NMC81' .*'NMC811'"),
        ("based_on: [NMC811]\n", ":1: based_on: expected a material of the library or a file"),
        ("based_on: mine.yaml\n", ":1: based_on: mine.yaml is in the end based on itself"),
        (f"based_on: {'x' * 5000}\n", ":1: based_on: no such material 'xxx"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_line(tmp_path, text, message):
    path = written(tmp_path, text)
    with pytest.raises(MaterialFileError, match=f"{path}{message}"):
        load_grain_material(str(path))


def test_a_cycle_over_two_files_is_found(tmp_path):
    first = written(tmp_path, "based_on: b.yaml\n", "a.yaml")
    second = written(tmp_path, "name: b\nbased_on: a.yaml\n", "b.yaml")
    assert problems(first) == [f"{second}:2: based_on: a.yaml is in the end based on itself"]


def test_a_value_of_megabytes_is_not_repeated(tmp_path):
    path = written(tmp_path, f"based_on: LCO\nname: {'x' * 5_000_000}\n")
    assert len(problems(path)[0]) < 200 + len(str(path))


def own_potential(folder, *tails, level=4.2):
    points = [(x, level - 0.8 * x + 0.3 * x**2) for x in (0.2, 0.4, 0.6, 0.8, 0.9)]
    listed = [str([round(point[axis], 4) for point in points]) for axis in (0, 1)]
    text = f"based_on: NMC811\npotential: {{unit: V, occupancy: {listed[0]}, value: {listed[1]}, "
    text += "".join(f"{tail}, " for tail in tails) + ASSUMED + "}\n"
    return written(folder, text + "cited: {}\n")  # what was measured of NMC811 does not hold then


LOW = f"low_tail: {{occupancy: 0.1, value: 4.3, {ASSUMED}}}"
HIGH = f"high_tail: {{occupancy: 0.99, value: 2.7, {ASSUMED}}}"


def test_a_potential_without_tails_goes_on_by_those_it_replaces_which_is_said(tmp_path):
    path = own_potential(tmp_path)
    assert load_grain_material(str(path)).potential.value(0.15) == pytest.approx(4.5)
    assert cautions("grain", str(path)) == [
        f"caution: {path}:2: potential: has not both tails of its own and is continued by the "
        "low_tail of NMC811.yaml, 4.5 V at x = 0.15 and the high_tail of NMC811.yaml, 2.7 V at "
        "x = 0.99"
    ]


ENERGY = f"activation_energy: {{value: 50, unit: kJ/mol, {ASSUMED}}}"
RATE = f"""\
based_on: NMC811
rock_salt:
  rate: {{value: 2e-21, unit: m^2/s, {ASSUMED}, {ENERGY}}}
"""


def test_of_an_entry_made_of_quantities_those_that_are_not_given_are_kept(tmp_path):
    salt = load_grain_material(str(written(tmp_path, RATE))).entries["rock_salt"]
    below = load_grain_material("NMC811").entries["rock_salt"]
    assert (salt.rate, salt.arrest) == (2e-21, below.arrest)
    assert salt.misfit_a == below.misfit_a
    assert below.rate != salt.rate


def test_a_quantity_itself_is_replaced_as_a_whole(tmp_path):
    (problem,) = problems(written(tmp_path, RATE.replace(f", {ENERGY}", "")))
    assert "3: rock_salt.rate.activation_energy: is missing" in problem


def test_what_is_wrong_with_a_quantity_that_is_kept_is_told_of_its_file(tmp_path):
    wrong = f"based_on: NMC811\nrock_salt:\n  arrest: {{value: -1, unit: nm, {ASSUMED}}}\n"
    below = written(tmp_path, wrong, "b.yaml")
    path = written(tmp_path, RATE.replace("NMC811", "b.yaml"))
    (problem,) = problems(path)
    assert problem.startswith(f"{below}:3: rock_salt.arrest.value")


def test_only_the_tail_that_is_not_given_is_kept(tmp_path):
    (said,) = cautions("grain", str(own_potential(tmp_path, LOW)))
    assert "high_tail of NMC811.yaml" in said
    assert "low_tail" not in said
    assert cautions("grain", str(own_potential(tmp_path, LOW, HIGH))) == []


def test_tails_that_no_longer_fit_are_told_as_what_they_are(tmp_path):
    path = own_potential(tmp_path, level=4.8)
    assert problems(path) == [
        f"{path}:2: potential: the tail through x = 0.15 bends the wrong way; move its point; it "
        "was continued by the low_tail of NMC811.yaml, 4.5 V at x = 0.15 and the high_tail of "
        "NMC811.yaml, 2.7 V at x = 0.99"
    ]


def test_kept_tails_keep_their_unit(tmp_path):
    path = own_potential(tmp_path)
    text = path.read_text().replace("unit: V", "unit: mV")
    for value in (4.052, 3.928, 3.828, 3.752, 3.723):
        text = text.replace(str(value), str(1000 * value))
    path.write_text(text)
    assert load_grain_material(str(path)).potential.value(0.15) == pytest.approx(4.5)


def test_kept_tails_are_in_the_table(tmp_path, capsys):
    path = own_potential(tmp_path)
    assert main(["materials", str(path)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "low_tail 4.5 V at x = 0.15" in shown
    assert "continued by the low_tail of NMC811.yaml" in shown


@pytest.mark.parametrize("name", ["boundary_dry", "boundary_lpo"])
def test_a_boundary_whose_mark_is_missing_is_still_a_boundary(tmp_path, name, capsys):
    text = (FOLDER / f"{name}.yaml").read_text()
    mine = written(tmp_path, text.replace("\ntoughness:", "\ntuffness:"))
    assert main(["materials", str(mine)]) == 2
    told = capsys.readouterr().err
    assert "tuffness: unknown key (did you mean 'toughness'?)" in told
    assert "max_concentration" not in told


def test_boundaries_say_what_is_wrong_deep_inside(tmp_path):
    text = (FOLDER / "boundary_dry.yaml").read_text()
    path = written(tmp_path, text.replace("value: 4.0e-6", "value: true"))
    line = text.splitlines().index("    value: 4.0e-6") + 1
    assert problems(path, load_boundary_material) == [
        f"{path}:{line}: corrosion.rate.value: expected a number, got True"
    ]
