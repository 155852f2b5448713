"""A run's own case stands alone: it loads to the same case after all that it named is gone."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from meshes.build import key_of
from solver.case import Case
from solver.materials import load_boundary_material, load_grain_material
from solver.prepare.directory import prepare
from solver.prepare.standalone import fingerprint, gather, named
from solver.results.records import read_record
from solver.run_files import digest, read_metadata
from tests.shipped import CASES, SHIPPED

OWN = """# how I began
name: own  # a name
particle:
  shape: image  # of mine
  path: labels.npy
  voxel: 100 nm
  orientation: {texture: table, table: axes.csv, a_table: across.csv}
materials: {grain: ./mine.yaml, boundary: {dry: ./weak.yaml}}
c_rate_basis: 200 mA/g
protocol: [Charge at C/2 until 4.2 V]
"""
FINER = "based_on: own.yaml\nname: finer\nparticle: {voxel: 50 nm}\n"
WEAK = """based_on: boundary_dry
strength: {value: 0.3, unit: GPa, assumed: true, note: mine}
"""


def run_of(directory, source, overrides=()):
    """Prepare a run and return its case, as read from its directory."""
    case = Case.load(source, overrides)
    mesh = directory.with_suffix(".msh")
    mesh.parent.mkdir(parents=True, exist_ok=True)
    mesh.touch()
    prepared = prepare(directory, gather(source, overrides, case), mesh, mesh)
    prepared.lock.release()
    return prepared.case


def plain(case):
    """All that a case says, its files by their names only."""
    said = case.resolved()
    said["materials"] = named(said["materials"])
    said["particle"].pop("path", None)
    for curve in (said.get("measured") or {}).get("compare", ()):
        curve["file"] = Path(curve["file"]).name
    return said


@pytest.fixture
def own(tmp_path):
    """A case with files of every kind beside it, and one that is based on it."""
    folder = tmp_path / "own"
    folder.mkdir()
    np.save(folder / "labels.npy", np.kron([[1, 1, 2], [3, 3, 2]], np.ones((8, 8), int)))
    (folder / "axes.csv").write_text("1,0,0\n0,1,0\n0,0,1\n")
    (folder / "across.csv").write_text("0,1,0\n0,0,1\n1,1,0\n")
    (folder / "mine.yaml").write_text(
        "based_on: NMC76\ndensity: {value: 4000, unit: kg/m^3, source: mine}\n"
    )
    (folder / "weak.yaml").write_text(WEAK)
    (folder / "own.yaml").write_text(OWN)
    (folder / "finer.yaml").write_text(FINER)
    return folder


@pytest.mark.parametrize("source", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_case_stands_alone(tmp_path, source):
    given = Case.load(source)
    case = run_of(tmp_path / "run", source)
    assert plain(case) == plain(given)
    assert key_of(case.particle) == key_of(given.particle)
    assert Case.load(tmp_path / "run/resolved.yaml") == case


def test_a_run_repeats_after_the_originals_are_gone_and_it_was_moved(own, tmp_path):
    override = "particle.mesh.size=60 nm"
    first = run_of(tmp_path / "run", own / "finer.yaml", [override])
    key = key_of(first.particle)
    grain = load_grain_material(first.materials.grain)
    assert grain.density == 4000
    boundary = load_boundary_material(first.materials.boundary.dry)
    assert (boundary.strength, boundary.toughness) == (0.3e9, 10)
    shutil.rmtree(own)
    shutil.move(tmp_path / "run", tmp_path / "elsewhere")
    again = run_of(tmp_path / "again", tmp_path / "elsewhere/case.yaml")
    assert plain(again) == plain(first)
    assert (again.name, again.particle.voxel) == ("finer", 50e-9)
    assert again.particle.mesh.size == pytest.approx(60e-9)
    assert key_of(again.particle) == key
    x, oxide = np.linspace(0.1, 0.9, 9), load_grain_material(again.materials.grain)
    assert np.array_equal(oxide.potential.value(x), grain.potential.value(x))
    copied = load_boundary_material(again.materials.boundary.dry)
    assert (copied.strength, copied.penalty) == (boundary.strength, boundary.penalty)
    worker = Case.load(tmp_path / "again/resolved.yaml")
    assert worker == again
    assert str(tmp_path / "again") in worker.particle.path


def test_a_material_of_the_library_is_copied_so_that_a_later_library_changes_nothing(
    own, tmp_path, monkeypatch
):
    case = run_of(tmp_path / "run", CASES / "quickstart.yaml")
    monkeypatch.setattr("solver.entries.reader.FOLDER", own)
    assert load_grain_material(case.materials.grain).name
    for state, name in case.materials.boundary:
        assert Path(name).parent == (tmp_path / "run/inputs/materials/boundary").resolve()
        assert load_boundary_material(name).strength > 0, state


def test_inputs_have_checksums_and_lie_there_as_they_were_given(own, tmp_path):
    run_of(tmp_path / "run", own / "finer.yaml", ["particle.seed=7"])
    metadata = read_metadata(tmp_path / "run")
    assert metadata["given"] == ["inputs/given/finer.yaml", "inputs/given/own.yaml"]
    assert metadata["overrides"] == ["particle.seed=7"]
    for name in metadata["given"]:
        original = own / Path(name).name
        assert (tmp_path / "run" / name).read_bytes() == original.read_bytes()
        assert metadata["files"][name] == digest(original)
    assert metadata["files"]["inputs/particle/labels.npy"] == digest(own / "labels.npy")


def test_the_head_of_the_case_names_what_it_was_made_from_and_comments_stay(own, tmp_path):
    run_of(tmp_path / "run", own / "own.yaml", ["particle.seed=7", "name=two words"])
    text = (tmp_path / "run/case.yaml").read_text()
    assert text.startswith(
        "# intergrain: made from own.yaml so that it stands alone\n"
        "# intergrain: --set particle.seed=7\n"
        "# intergrain: --set name=two words\n"
        "# how I began\n"
    )
    assert "# of mine" in text


def test_a_report_shows_the_case_as_it_was_written(own, tmp_path):
    run_of(tmp_path / "run", own / "finer.yaml", ["particle.seed=7"])
    given = read_record(tmp_path / "run").given
    assert given == f"# --set particle.seed=7\n{FINER}\n# own.yaml\n{OWN}"


def test_a_counter_electrode_of_ones_own_is_copied_and_tells_cases_apart(own, tmp_path):
    graphite = (CASES.parent / "solver/materials/counter_graphite.yaml").read_text()
    (own / "anode.yaml").write_text(graphite)
    full = ["electrode={counter: graphite}", "materials.counter=./anode.yaml"]
    case = run_of(tmp_path / "run", own / "own.yaml", full)
    before = fingerprint(case)
    shutil.rmtree(own)
    copied = Path(case.materials.counter)
    assert copied.is_relative_to(tmp_path / "run/inputs")
    assert copied.read_text() == graphite
    copied.write_text(graphite.replace("2.23368", "2.3"))
    assert fingerprint(case) != before


def test_two_files_of_one_name_are_both_kept(own, tmp_path):
    other = own / "other"
    other.mkdir()
    library = CASES.parent / "solver/materials"
    for folder, name in ((own, "carbonate"), (other, "fluoride")):
        text = (library / f"interphase_{name}.yaml").read_text()
        (folder / "film.yaml").write_text(text)
    films = "materials.interphase={bare: ./film.yaml, coated: ./other/film.yaml}"
    case = run_of(tmp_path / "run", own / "own.yaml", [films])
    assert Path(case.materials.interphase.bare).read_bytes() == (own / "film.yaml").read_bytes()
    assert Path(case.materials.interphase.coated).read_bytes() == (other / "film.yaml").read_bytes()


def test_anchors_and_merge_keys_mean_the_same_in_the_copy(own, tmp_path):
    text = OWN.replace(
        "protocol: [Charge at C/2 until 4.2 V]",
        """protocol:
  - charge: &way {rate: C/2, until: {voltage: 4.2 V}}
  - charge: {<<: *way, rate: C/10}
  - rest: {until: &hour {time: 1 h}}
  - rest: {until: *hour}""",
    )
    (own / "own.yaml").write_text(text)
    given = Case.load(own / "own.yaml")
    assert plain(run_of(tmp_path / "run", own / "own.yaml")) == plain(given)
    assert json.loads((tmp_path / "run/settings.json").read_text())["protocol"][3]
