"""More boundaries wet from the start than there are: bad input, found as early as can be."""

import re
import sys
import types

import pytest

from solver.cli import main

CASE = """name: too wet
particle:
  radius: 2 um
  grains: {count: 8}
  boundary: {state: STATE}
  mesh: {size: 0.6 um, boundary_size: 0.5 um}
materials: {grain: NMC76}
c_rate_basis: 200 mA/g
physics:
  wetting: {enabled: true}
  initial_wetting:
    area: 20 m^2/g
protocol: [{rest: {until: {time: 1 s}}}]
output: {figures: {enabled: false}}
"""


@pytest.fixture
def case(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERGRAIN_CACHE", str(tmp_path / "cache"))

    def write(state="dry"):
        path = tmp_path / "case.yaml"
        path.write_text(CASE.replace("STATE", state))
        return path

    return write


def test_a_run_refuses_more_area_than_the_mesh_has_with_the_line_and_the_area(
    case, tmp_path, capfd
):
    path, directory = case(), tmp_path / "run"
    assert main(["run", str(path), "-o", str(directory)]) == 2
    said = capfd.readouterr().err
    there_is = re.search(
        r"case\.yaml:12: physics\.initial_wetting\.area: 20 m\^2/g of boundaries cannot be wet, "
        r"there are only ([\d.]+) m\^2/g",
        said,
    )
    assert there_is is not None
    assert 0.2 < float(there_is[1]) < 1
    assert not directory.exists() or not any(directory.iterdir())


def test_boundaries_filled_with_lpo_are_none_to_wet(case, tmp_path, capfd):
    assert main(["run", str(case("lpo")), "-o", str(tmp_path / "run")]) == 2
    assert "there are only 0 m^2/g" in capfd.readouterr().err


def test_what_the_outside_does_not_reach_is_told_when_the_particle_is_read(
    case, tmp_path, capfd, monkeypatch
):
    from solver.mechanisms.initial_wetting import WetAreaError

    def simulate(*given):
        raise WetAreaError(400.0, 300.0, " within reach of the outside")

    monkeypatch.setitem(sys.modules, "solver.drive.simulation", types.SimpleNamespace(run=simulate))
    path = case()
    small = ["--set", "physics.initial_wetting.area=0.4 m^2/g"]
    assert main(["run", str(path), "-o", str(tmp_path / "run"), *small]) == 2
    said = capfd.readouterr().err
    assert f"{small[1]}: " in said, "where the user has said it"
    assert "0.4 m^2/g of boundaries" in said
    assert "only 0.3 m^2/g within reach of the outside" in said


def test_check_warns_by_its_estimate(case, capfd):
    assert main(["check", str(case())]) == 0
    assert "caution: physics.initial_wetting.area: 20 m^2/g" in capfd.readouterr().out
    enough = ["--set", "physics.initial_wetting.area=0.1 m^2/g"]
    assert main(["check", str(case()), *enough]) == 0
    assert "initial_wetting" not in capfd.readouterr().out
