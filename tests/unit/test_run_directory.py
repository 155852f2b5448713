"""A run deletes nothing but what an earlier run wrote, and starts with all its inputs on disk."""

import json
import os
import shutil
from pathlib import Path

import pytest

from solver.case import Case
from solver.prepare.directory import RunDirectoryError, note_end, prepare, require_usable
from solver.prepare.standalone import gather
from solver.results.records import read_record
from solver.run_files import claim, manifest, read_metadata, write_file

SOURCE = Path(__file__).parents[2] / "cases/quickstart.yaml"


@pytest.fixture
def mesh(tmp_path_factory):
    files = [tmp_path_factory.mktemp("mesh") / name for name in ("mesh.msh", "mesh.json")]
    for file in files:
        file.write_text(file.suffix)
    return files


@pytest.fixture
def make(mesh):
    """Prepare a directory for a case, as a run does; the run ends at once."""

    def run(directory, source=SOURCE, overrides=(), overwrite=False):
        case = Case.load(source, overrides)
        inputs = gather(source, overrides, case)
        prepared = prepare(directory, inputs, *mesh, (), overwrite)
        prepared.lock.release()
        return prepared

    return run


@pytest.fixture
def earlier(tmp_path, make):
    """A run with some output."""
    make(tmp_path / "run")
    (tmp_path / "run/fields/particle").mkdir(parents=True)
    write_file(tmp_path / "run", "history.csv", "old\n")
    write_file(tmp_path / "run", "fields/particle/000000.vtu", "old\n")
    return tmp_path / "run"


def files_in(directory):
    found = (path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix() for path in found}


def state_of(directory):
    return {name: (directory / name).read_bytes() for name in files_in(directory)}


def test_a_new_directory_is_made_with_its_parents(tmp_path):
    require_usable(tmp_path / "a/b", overwrite=False)
    assert (tmp_path / "a/b").is_dir()
    assert not list((tmp_path / "a/b").iterdir())


def test_a_full_directory_is_refused(tmp_path):
    (tmp_path / "history.csv").touch()
    with pytest.raises(RunDirectoryError, match="is not empty"):
        require_usable(tmp_path, overwrite=False)


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


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        "{cut off",
        "[]",
        '{"status": "finished", "files": {}}',
        '{"program": "another", "status": "finished", "files": {}}',
        '{"program": "intergrain", "status": "finished"}',
        '{"program": "intergrain", "files": {}}',
        '{"program": "intergrain", "status": "finished", "files": ["thesis.tex"]}',
    ],
)
def test_a_folder_without_valid_metadata_is_no_run(tmp_path, make, metadata):
    for name in ("thesis.tex", "history.csv", "resolved.yaml", "case.yaml"):
        (tmp_path / name).write_text(name)
    if metadata is not None:
        (tmp_path / "metadata.json").write_text(metadata)
    before = state_of(tmp_path)
    with pytest.raises(RunDirectoryError, match="does not look like a run"):
        make(tmp_path, overwrite=True)
    assert state_of(tmp_path) == before


@pytest.mark.parametrize(
    "name", ["../thesis.tex", "/etc/thesis.tex", "a/../../thesis.tex", "", "."]
)
def test_a_manifest_that_points_outside_is_invalid(earlier, make, name):
    thesis = earlier.parent / "thesis.tex"
    thesis.write_text("years of work")
    metadata = read_metadata(earlier)
    metadata["files"][name] = None
    (earlier / "metadata.json").write_text(json.dumps(metadata))
    before = state_of(earlier)
    with pytest.raises(RunDirectoryError, match="which is no file of a run"):
        make(earlier, overwrite=True)
    assert thesis.read_text() == "years of work"
    assert state_of(earlier) == before


def test_an_earlier_run_goes_file_by_file_and_what_is_not_of_it_stays(earlier, make):
    for name in ("thesis.tex", "fields/particle/state.pvsm", "empty"):
        (earlier / name).mkdir() if name == "empty" else (earlier / name).write_text("mine")
    prepared = make(earlier, overwrite=True)
    assert prepared.kept == ["fields/particle/state.pvsm", "thesis.tex"]
    assert not (earlier / "history.csv").exists()
    assert sorted(path.name for path in (earlier / "fields/particle").iterdir()) == ["state.pvsm"]
    assert (earlier / "empty").is_dir()
    assert files_in(earlier) - set(prepared.kept) == set(manifest(earlier))


def test_folders_that_are_left_empty_go(earlier, make):
    make(earlier, overwrite=True)
    assert not (earlier / "fields").exists()
    assert not (earlier / ".new").exists()


def test_an_input_that_was_edited_is_the_users(earlier, make):
    case = earlier / "case.yaml"
    case.write_text(case.read_text() + "# what I found out\n")
    before = state_of(earlier)
    with pytest.raises(RunDirectoryError, match=r"case\.yaml was changed after the earlier run"):
        make(earlier, overwrite=True)
    assert state_of(earlier) == before


def test_a_file_of_the_users_whose_name_is_needed_is_a_refusal(earlier, make):
    (earlier / "cycles.csv").write_text("measured in the laboratory")
    with pytest.raises(RunDirectoryError, match=r"cycles\.csv was changed .* or is not of it"):
        make(earlier, overwrite=True)
    assert (earlier / "history.csv").read_text() == "old\n"


@pytest.mark.parametrize("name", ["history.csv", "fields"])
def test_links_out_of_the_folder_are_neither_followed_nor_removed(earlier, make, name):
    outside = earlier.parent / "outside"
    shutil.move(earlier / name, outside)
    (earlier / name).symlink_to(outside)
    before = outside.read_text() if outside.is_file() else state_of(outside)
    with pytest.raises(RunDirectoryError, match="or is not of it"):
        make(earlier, overwrite=True)
    assert (earlier / name).is_symlink()
    assert (outside.read_text() if outside.is_file() else state_of(outside)) == before


def test_a_link_to_a_folder_can_be_the_output(tmp_path, make):
    (tmp_path / "disk").mkdir()
    (tmp_path / "run").symlink_to("disk")
    for overwrite in (False, True):
        make(tmp_path / "run", overwrite=overwrite)
    assert (tmp_path / "run").is_symlink()
    assert (tmp_path / "disk/case.yaml").exists()


def test_a_run_that_goes_on_is_refused(tmp_path, mesh, make):
    case = Case.load(SOURCE)
    inputs = gather(SOURCE, (), case)
    prepared = prepare(tmp_path / "run", inputs, *mesh)
    before = state_of(tmp_path / "run")
    with pytest.raises(RunDirectoryError, match="still going on"):
        make(tmp_path / "run", overwrite=True)
    assert state_of(tmp_path / "run") == before
    prepared.lock.release()
    make(tmp_path / "run", overwrite=True)


def test_a_run_may_be_replaced_by_its_own_case(earlier, make):
    (earlier / "history.csv").write_text("old\n")
    prepared = make(earlier, earlier / "case.yaml", overwrite=True)
    assert prepared.case == Case.load(earlier / "case.yaml")
    assert not (earlier / "history.csv").exists()


def test_the_folder_of_the_case_may_be_the_output_again(tmp_path, make):
    own = tmp_path / "mine.yaml"
    own.write_text(SOURCE.read_text())
    with pytest.raises(RunDirectoryError, match="is not empty"):
        make(tmp_path, own)
    with pytest.raises(RunDirectoryError, match="does not look like a run"):
        make(tmp_path, own, overwrite=True)
    own.rename(tmp_path.with_suffix(".yaml"))
    make(tmp_path, tmp_path.with_suffix(".yaml"))
    shutil.move(tmp_path.with_suffix(".yaml"), own)
    assert make(tmp_path, own, overwrite=True).kept == ["mine.yaml"]
    assert own.read_text() == SOURCE.read_text()


def test_inputs_that_cannot_be_written_leave_the_earlier_run_as_it_was(earlier, make, monkeypatch):
    def full(*paths):
        raise OSError(28, "No space left on device")

    before = state_of(earlier)
    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(RunDirectoryError, match="No space left"):
        make(earlier, overwrite=True)
    kept = state_of(earlier)
    for changing in ("metadata.json", "run.lock"):
        del before[changing], kept[changing]
    assert kept == before
    with pytest.raises(RunDirectoryError, match="No space left"):
        make(earlier.parent / "new")
    assert files_in(earlier.parent / "new") == set()


def test_what_a_killed_preparation_left_is_cleared_away(earlier, make, monkeypatch):
    def killed(folder):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("solver.prepare.directory.resolve", killed)
        patch.setattr("solver.prepare.directory.remove", lambda *names: None)
        patch.setattr("solver.prepare.directory.remove_empty", lambda folder: None)
        with pytest.raises(KeyboardInterrupt):
            make(earlier, overwrite=True)
    assert any(name.startswith(".new/") for name in files_in(earlier))
    assert make(earlier, overwrite=True).kept == []
    assert files_in(earlier) == set(manifest(earlier))


def test_a_name_is_claimed_before_its_file_and_a_part_belongs_to_it(earlier, make):
    claim(earlier, "summary.json")
    assert "summary.json" in manifest(earlier)
    (earlier / "summary.json.part").write_text("{")
    make(earlier, overwrite=True)
    assert not (earlier / "summary.json.part").exists()


def test_what_is_not_of_the_run_cannot_be_claimed(earlier):
    (earlier / "figures").mkdir()
    (earlier / "figures/voltage.png").write_text("drawn by hand")
    with pytest.raises(OSError, match="not of this run"):
        claim(earlier, "figures/voltage.png")
    (earlier / "fields").rename(earlier.parent / "outside")
    (earlier / "fields").symlink_to(earlier.parent / "outside")
    for number in (0, 1):  # the first one has been written before
        with pytest.raises(OSError, match="not of this run"):
            claim(earlier, f"fields/particle/00000{number}.vtu")


def test_a_name_that_no_one_declared_is_a_mistake_of_the_program(earlier):
    with pytest.raises(ValueError, match=r"surprise\.csv is missing in .*NAMES"):
        claim(earlier, "surprise.csv")


def test_nothing_is_claimed_where_there_is_no_run(tmp_path):
    write_file(tmp_path, "history.csv", "mine\n")
    assert files_in(tmp_path) == {"history.csv"}


def test_the_resolved_case_keeps_the_overrides_and_loads_again(tmp_path, make):
    case = make(tmp_path / "run", overrides=["particle.radius=2 um"]).case
    assert case.particle.radius == pytest.approx(2e-6)
    assert Case.load(tmp_path / "run/resolved.yaml") == case
    told = json.loads((tmp_path / "run/settings.json").read_text())
    assert told["particle"]["radius"] == "2 µm"
    assert told["materials"]["grain"] == "NMC76"
    assert "boundary" not in told["materials"]


def test_the_first_end_that_is_noted_stays(earlier):
    assert read_metadata(earlier)["status"] == "running"
    for status in ("interrupted", "failed"):
        note_end(earlier, status)
    assert read_metadata(earlier)["status"] == "interrupted"


def test_a_run_that_was_killed_is_never_shown_as_running(tmp_path, mesh):
    inputs = gather(SOURCE, (), Case.load(SOURCE))
    prepared = prepare(tmp_path / "run", inputs, *mesh)
    assert read_record(tmp_path / "run").summary["status"] == "running"
    prepared.lock.release()
    record = read_record(tmp_path / "run")
    assert record.summary["status"] == record.metadata["status"] == "killed"
    assert "without a word" in record.summary["reason"]
