"""What a run is made of stands in its directory, with sources."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from solver.case import Case
from solver.output.materials_file import MaterialsFile, materials_in
from tests.unit.output_example import CASES, make_run


def test_every_value_has_a_source_or_is_marked_as_assumed(tmp_path):
    MaterialsFile().start(make_run(tmp_path))
    tables = json.loads((tmp_path / "materials.json").read_text())
    assert [table["kind"] for table in tables] == ["grain", "boundary", "electrolyte"]
    grain = {row["quantity"]: row for row in tables[0]["rows"]}
    assert grain["density"]["value"].endswith("kg/m^3")
    assert all(row["source"] for row in tables[0]["rows"] if row["value"])
    assert grain["  charged_c"]["value"] == "14.03 +- 0.003 angstrom at 4.3 V"


def test_what_is_not_there_is_not_told(tmp_path):
    run = make_run(tmp_path, overrides=("physics.interphase.enabled=true",))
    kinds = [kind for kind, _ in materials_in(run.case, run.particle)]
    assert kinds == ["grain", "boundary", "electrolyte", "interphase"]
    coated = replace(run.particle, is_filler=np.array([False, False, False, True]))
    kinds = [kind for kind, _ in materials_in(run.case, coated)]
    assert kinds.count("interphase") == 2
    assert "filler" in kinds


def test_materials_are_those_of_the_case():
    case = Case.load(CASES / "quickstart.yaml", ["physics.interphase.enabled=true"])
    given = case.materials
    bare, coated = given.interphase.bare, given.interphase.coated
    particle = SimpleNamespace(is_filler=np.array([False, True]), boundary_state={})
    assert materials_in(case, particle) == [
        ("grain", given.grain),
        ("boundary", given.boundary.of("dry")),
        ("boundary", given.boundary.of("lpo")),
        ("filler", given.filler),
        ("electrolyte", given.electrolyte),
        ("interphase", bare),
        ("interphase", coated),
    ]
    assert bare != coated
