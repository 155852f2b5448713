"""What a case says, as people write it."""

import json
import shutil

import pytest

from solver.case import Case
from solver.case.settings import quantity_text, settings
from solver.prepare.directory import prepare
from solver.prepare.standalone import gather
from tests.particles import CASES


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (3e-6, "m", "3 µm"),
        (1.3e-7, "m", "130 nm"),
        (5e-10, "m", "0.5 nm"),
        (2e-3, "m", "2 mm"),
        (0.0, "m", "0 m"),
        (-2e-6, "m", "-2 µm"),
        (1.2e9, "Pa", "1.2 GPa"),
        (1e19, "Pa/m", "1e+19 Pa/m"),
        (4.3, "V", "4.3 V"),
        (5e-3, "V", "5 mV"),
        (1e-4, "V/s", "0.1 mV/s"),
        (298.15, "K", "25 °C"),
        (200.0, "A/kg", "200 mA/g"),
        (540.0, "A*s/kg", "0.15 mA h/g"),
        (700.0, "m^2/kg", "0.7 m²/g"),
        (0.5235987755982988, "rad", "30°"),
        (3.0, "J/m^2", "3 J/m²"),
        (5e4, "J/mol", "50 kJ/mol"),
        (1e5, "Hz", "100 kHz"),
        (1 / 3, "multiples of C", "C/3"),
        (1.0, "s", "1 s"),
        (600.0, "s", "10 min"),
        (100.0, "s", "100 s"),
        (5400.0, "s", "1.5 h"),
        (1e-6, "1/s", "1e-06 1/s"),
    ],
)
def test_quantities_have_the_unit_that_suits_them(value, unit, text):
    assert quantity_text(value, unit) == text


def test_every_setting_of_a_case_is_told_with_its_unit():
    told = settings(Case.load(CASES / "yan2018" / "pristine.yaml"))
    assert told["particle"]["radius"] == "2 µm"
    assert told["particle"]["grains"]["count"] == "200"
    assert told["physics"]["initial_wetting"]["area"] == "0.7 m²/g"
    assert told["physics"]["fatigue"]["enabled"] == "yes"
    assert told["temperature"] == "25 °C"
    assert told["protocol"][0] == "Charge at C/10 until 3.9 V"
    assert told["protocol"][-1] == {
        "3 times": ["Charge at C/3 until 4.5 V", "Discharge at C/3 until 2.7 V"]
    }


def test_settings_name_the_same_things_as_the_resolved_case():
    case = Case.load(CASES / "quickstart.yaml")
    told, resolved = settings(case), case.resolved()
    assert told.keys() == resolved.keys()
    assert told["physics"].keys() == resolved["physics"].keys()
    assert told["physics"]["cohesive"].keys() == resolved["physics"]["cohesive"].keys()


def test_loads_and_steps_without_words_are_told_too():
    told = settings(Case.load(CASES / "benchmarks" / "sen_tension.yaml"))
    assert told["loads"][1]["displacement"] == {"y": "6 µm"}
    assert told["loads"][0]["fixed"] == ["x", "y"]
    assert told["protocol"][1] == {"load": {"to": "1", "increments": "24"}}


def test_a_run_directory_holds_them(tmp_path):
    source = tmp_path / "case.yaml"
    shutil.copyfile(CASES / "quickstart.yaml", source)
    case = Case.load(source)
    for name in ("mesh", "table"):
        (tmp_path / name).touch()
    run = tmp_path / "run"
    prepare(run, gather(source, (), case), tmp_path / "mesh", tmp_path / "table").lock.release()
    expected = settings(case)
    del expected["materials"]["boundary"]  # every state has its own: nothing to tell
    assert json.loads((run / "settings.json").read_text("utf-8")) == expected
