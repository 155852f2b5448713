"""Regions that a particle does not have are bad input; what is told of each oxide before a run."""

import re

import pytest

from solver.cli import main

CASE = """name: core and shell
particle:
  radius: 2 um
  grains: {count: 8}
  mesh: {size: 0.6 um, boundary_size: 0.5 um}
materials:
  grain: NMC532
  regions:
    - material: LCO
      within: 0.9 um
    - material: ./core.yaml
      grains: [grain_0]
c_rate_basis: 200 mA/g
protocol: [Charge at 1C until 4.25 V]
output: {figures: {enabled: false}}
"""


@pytest.fixture
def case(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERGRAIN_CACHE", str(tmp_path / "cache"))
    (tmp_path / "core.yaml").write_text("based_on: NMC811\nname: core\n")

    def write(old="", new=""):
        path = tmp_path / "case.yaml"
        path.write_text(CASE.replace(old, new))
        return path

    return write


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("0.9 um", "1 nm", 10, "no grain lies so near: the innermost is at"),
        ("grain_0", "grian_0", 12, "no grain is called 'grian_0'; did you mean 'grain_0'?"),
    ],
)
def test_a_region_without_grains_is_refused_with_its_line(
    case, capsys, tmp_path, old, new, line, why
):
    path = case(old, new)
    assert main(["run", str(path), "-o", str(tmp_path / "run")]) == 2
    told = capsys.readouterr().err
    assert re.search(rf"case\.yaml:{line}: materials\.regions\.\d\.\w+: {re.escape(why)}", told)
    assert not (tmp_path / "run" / "case.yaml").exists()


def test_check_tells_of_every_oxide(case, capsys):
    assert main(["check", str(case("4.25 V", "4.4 V"))]) == 0
    told = capsys.readouterr().out
    assert "8 grains of NMC532, some of LCO and core, dry boundaries" in told
    for name in ("NMC532", "LCO", "core"):
        assert re.search(rf"caution: {name}: potential .* not measured", told), told


def test_a_run_keeps_copies_of_all_its_oxides(case, tmp_path):
    directory = tmp_path / "run"
    short = ["--set", "protocol=[Rest for 1 s]", "--set", "output.report.enabled=false"]
    assert main(["run", str(case()), "-o", str(directory), *short]) == 0
    written = (directory / "case.yaml").read_text()
    for name in ("NMC532", "LCO", "core"):
        assert f"inputs/materials/grain/{name}.yaml" in written
        assert (directory / f"inputs/materials/grain/{name}.yaml").is_file()
    again = tmp_path / "again"
    assert main(["run", str(directory / "case.yaml"), "-o", str(again)]) == 0
