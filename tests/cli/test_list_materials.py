"""`materials` lists what there is, prints every value with its source, and refuses the rest."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from solver.cli import main
from solver.entries.files import FOLDER

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(FOLDER.glob("*.yaml"))


def printed(capsys, *arguments):
    assert main(["materials", *arguments]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    return shown.out


def words(text):
    return " ".join(text.split())


def test_every_material_has_one_line_under_its_kind(capsys):
    lines = printed(capsys).splitlines()
    kinds = [line for line in lines if not line.startswith(" ")]
    assert kinds == ["grain", "boundary", "filler", "electrolyte", "interphase", "counter"]
    assert len(lines) == len(kinds) + len(SHIPPED)
    grains = lines[1 : lines.index("boundary")]
    assert [line.split()[0] for line in grains] == ["LCO", "NMC532", "NMC76", "NMC811"]
    assert "LiCoO2" in grains[0]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_quantity_of_every_material_is_printed_within_the_width(path, capsys):
    out = printed(capsys, path.stem.split("_", 1)[-1])
    quantities = {line.split()[0] for line in out.splitlines() if line}
    assert {key for key, entry in YAML().load(path).items() if isinstance(entry, dict)} <= (
        quantities
    )
    assert max(map(len, out.splitlines())) <= 100


def test_a_value_comes_with_its_unit_its_temperature_and_its_source(capsys):
    out = words(printed(capsys, "LCO"))
    assert "diffusivity 5.387e-15 m^2/s Arrhenius PyBaMM set Ai2020" in out
    assert "activation_energy 5 kJ/mol x 1.24 at PyBaMM set Ai2020 60 degC" in out
    assert "low_tail 4.8 V at x = 0.2 assumed: logarithmic" in out
    assert "4.2799 to 3.7601 V, x = see" in out


def test_a_name_of_two_kinds_prints_both(capsys):
    out = printed(capsys, "lpo")
    assert "lpo, boundary: grain boundary filled with Li3PO4" in out
    assert "lpo, filler: Li3PO4 as a film" in out


def test_a_file_of_the_user_is_printed_as_the_kind_it_is(tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    path.write_text((FOLDER / "electrolyte_polymer.yaml").read_text().replace("0.2\n", "0.3\n"))
    out = printed(capsys, str(path))
    assert out.startswith(f"{path}, electrolyte: ipn-PEA")
    assert "0.3 mS/cm" in out


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("NCM811", "unknown material 'NCM811' (did you mean 'NMC811'?)"),
        ("nowhere.yaml", "nowhere.yaml: No such file"),
    ],
)
def test_what_is_not_there_exits_with_2(name, message, capsys):
    assert main(["materials", name]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert message in shown.err


def test_a_wrong_file_exits_with_2_and_names_the_entry(tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    path.write_text((FOLDER / "LCO.yaml").read_text().replace("unit: kg/m^3", "unit: kg"))
    assert main(["materials", str(path)]) == 2
    line = path.read_text().splitlines().index("  unit: kg") + 1
    assert capsys.readouterr().err.splitlines() == [
        "1 problem in the material:",
        f"{path}:{line}: density.unit: 'kg' is not a unit of the kind kg/m^3, such as g/cm^3",
    ]


def test_materials_are_printed_without_dolfinx_and_mpi():
    code = (
        "import sys; from solver.cli import main; assert main(['materials', 'NMC811']) == 0; "
        "assert not {'dolfinx', 'mpi4py', 'petsc4py', 'gmsh'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env=os.environ)
