"""`sweep` runs a study side by side, is ended in good order and goes on; what is wrong costs 2."""

from pathlib import Path

import numpy as np
import pytest

from intergrain import Case, open_study
from solver.cli import main
from solver.study.merits import SUMMARY
from solver.study.outputs import _entry
from solver.study.study_file import StudyFile, read_study
from tests.cli.tiny_example import CASE, beside, handlers_kept, interrupted, longer

ROOT = Path(__file__).parents[2]
STUDIES = sorted((ROOT / "cases" / "studies").glob("*.yaml"))
STUDY = """name: tiny
case: case.yaml
axes:
  - {key: physics.cohesive.strength, name: strength, values: [0.1 GPa, 2 GPa]}
  - {seeds: 2}
outputs: [cracked, damage, charge_capacity, {summary: wall_time_s}]
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def alone(monkeypatch, cache, tmp_path):
    monkeypatch.setenv("INTERGRAIN_CACHE", str(cache))
    with handlers_kept():
        yield


def study(folder: Path, text: str = STUDY, case: str = CASE) -> str:
    return beside(folder, text, case)


def test_a_mistyped_key_costs_2_and_is_told_with_its_line(tmp_path, capsys):
    path = study(tmp_path, STUDY.replace("cohesive.strength", "cohesive.strenght"))
    assert main(["sweep", path, "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "tiny.yaml:4: unknown key 'physics.cohesive.strenght' (did you mean 'strength'?)" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_four_runs_side_by_side_come_to_one_table_and_are_not_done_again(tmp_path, capsys):
    path, out = study(tmp_path), tmp_path / "out"
    assert main(["sweep", path, "-o", str(out), "-j", "2"]) == 0
    table = open_study(out)
    assert table["Status"].tolist() == ["finished"] * 4
    assert (table["Mean Damage"][:2] > 0).all()
    for values, result in table.runs():
        assert np.isclose(table["Mean Damage"], result.history["Mean Damage / 1"][-1]).any()
        assert (
            f"strength {values['strength / GPa']:g} GPa"
            in Case.load(result.directory / "case.yaml").name
        )
        assert np.isfinite([_entry(result.summary, e.split(".")) for e in PLAIN]).all()
        assert [e for e in SUMMARY if lacks(result.summary, e)] == []
    capsys.readouterr()
    written = {file: file.stat().st_mtime_ns for file in out.glob("runs/*/history.csv")}
    assert main(["sweep", path, "-o", str(out)]) == 0
    assert "4 runs, 4 kept" in capsys.readouterr().out
    assert {file: file.stat().st_mtime_ns for file in written} == written


PLAIN = ("steps", "dofs", "wall_time_s", "occupancy.lowest", "energy_error")


def lacks(summary, entry):
    """Whether an entry that a study can ask for is not in a summary, not even without a value."""
    for key in entry.split("."):
        if key not in summary:
            return True
        summary = summary[key]
    return False


@pytest.mark.slow
def test_an_interrupted_sweep_ends_its_runs_in_good_order_and_goes_on(tmp_path, capfd):
    """Two runs, long enough to be met in the middle."""
    long = longer(CASE)
    path, out = study(tmp_path, STUDY.replace(", 2 GPa]", "]"), long), tmp_path / "out"
    code, said = interrupted("sweep", path, out, "-j", "2")
    assert code == 130
    assert f"go on with: ./intergrain sweep {path} -o {out}" in said
    before = open_study(out)["Status"].tolist()
    assert "interrupted" in before
    assert "running" not in before
    broken_off = [file.parent for file in out.glob("runs/*/checkpoints") if any(file.iterdir())]
    assert broken_off
    assert main(["sweep", path, "-o", str(out)]) == 0
    assert open_study(out)["Status"].tolist() == ["finished"] * 2
    assert all('"resumed"' in (each / "metadata.json").read_text() for each in broken_off)


def test_what_would_run_is_told_without_running_it(tmp_path, capsys):
    path = study(tmp_path)
    assert main(["sweep", path, "-o", str(tmp_path / "out"), "--check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("  ")[0] == "strength / GPa"
    assert len(lines) == 1 + 4 + 2
    assert not (tmp_path / "out").exists()


def test_lines_for_an_array_and_what_is_gathered_then(tmp_path, capsys):
    path, out = study(tmp_path), tmp_path / "out"
    assert main(["sweep", path, "-o", str(out), "--slurm"]) == 0
    assert f"sbatch --array=1-4 cluster/job.sh {out}/lines_1.txt" in capsys.readouterr().out
    case, directory, *options = (out / "lines_1.txt").read_text().splitlines()[1].split()
    assert Path(case) == tmp_path / "case.yaml"
    assert Path(directory).parent == out / "runs"
    assert options[0] == "--set"
    assert main(["sweep", path, "-o", str(out), "--collect"]) == 75
    assert "4 runs: 4 waiting" in capsys.readouterr().out


def test_two_sweeps_in_one_folder_are_refused(tmp_path, capsys):
    from solver.run_files import RunLock

    path, out = study(tmp_path), tmp_path / "out"
    out.mkdir()
    with RunLock(out):
        assert main(["sweep", path, "-o", str(out), "--collect"]) == 2
    assert f"a sweep is still going on in {out}" in capsys.readouterr().err


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_shipped_studies_are_checked_and_name_their_schema(path, capsys):
    assert main(["sweep", str(path), "--check"]) == 0
    modeline = path.read_text().splitlines()[0]
    assert modeline == "# yaml-language-server: $schema=../study_schema.json"


def test_the_schema_of_studies_is_current(capsys):
    assert main(["schema", "--study"]) == 0
    assert (ROOT / "cases/study_schema.json").read_text() == capsys.readouterr().out


def test_a_study_reads_what_its_file_says(tmp_path):
    read = read_study(Path(study(tmp_path)))
    assert isinstance(read, StudyFile)
    assert [axis.title for axis in read.axes] == ["strength", "seed"]
