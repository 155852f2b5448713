"""A run never destroys what is not a run, and starts with its case and mesh on disk."""

import os
from pathlib import Path

import pytest

from solver.case import Case
from solver.run_directory import RunDirectoryError, prepare, require_usable

SOURCE = Path(__file__).parents[2] / "cases/quickstart.yaml"


@pytest.fixture
def mesh(tmp_path):
    files = tmp_path / "mesh.msh", tmp_path / "mesh.json"
    for file in files:
        file.write_text(file.suffix)
    return files


def test_a_new_directory_is_made_with_its_parents(tmp_path):
    require_usable(tmp_path / "a/b", overwrite=False)
    assert (tmp_path / "a/b").is_dir()
    assert not list((tmp_path / "a/b").iterdir())


def test_a_full_directory_is_refused(tmp_path):
    (tmp_path / "history.csv").touch()
    with pytest.raises(RunDirectoryError, match="is not empty"):
        require_usable(tmp_path, overwrite=False)


def test_only_runs_are_overwritten(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(RunDirectoryError, match="does not look like a run"):
        require_usable(tmp_path, overwrite=True)
    (tmp_path / "history.csv").touch()
    require_usable(tmp_path, overwrite=True)
    assert (tmp_path / "thesis.tex").exists()  # deleting is left to `prepare`


def test_a_file_is_not_a_directory(tmp_path):
    file = tmp_path / "runs"
    file.touch()
    with pytest.raises(RunDirectoryError, match="is not a directory"):
        require_usable(file, overwrite=True)
    with pytest.raises(RunDirectoryError, match="cannot write"):
        require_usable(file / "mine", overwrite=False)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_an_unwritable_directory_is_refused(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(RunDirectoryError, match="Permission denied"):
        require_usable(locked / "mine", overwrite=False)


def test_prepare_leaves_nothing_of_an_earlier_run(tmp_path, mesh):
    directory = tmp_path / "run"
    (directory / "fields").mkdir(parents=True)
    (directory / "fields/old.vtu").touch()
    prepare(directory, Case.load(SOURCE), SOURCE, *mesh)
    assert sorted(entry.name for entry in directory.iterdir()) == [
        "case.yaml", "particle.json", "particle.msh", "resolved.yaml",
        "settings.json",
    ]  # fmt: skip
    assert (directory / "case.yaml").read_bytes() == SOURCE.read_bytes()


def test_resolved_case_keeps_the_overrides_and_loads_again(tmp_path, mesh):
    case = Case.load(SOURCE, ["particle.radius=2 um"])
    prepare(tmp_path / "run", case, SOURCE, *mesh)
    assert Case.load(tmp_path / "run/resolved.yaml") == case


def test_a_case_may_be_run_again_from_its_own_directory(tmp_path, mesh):
    directory = tmp_path / "run"
    prepare(directory, Case.load(SOURCE), SOURCE, *mesh)
    prepare(directory, Case.load(directory / "case.yaml"), directory / "case.yaml", *mesh)
    assert (directory / "case.yaml").read_bytes() == SOURCE.read_bytes()
