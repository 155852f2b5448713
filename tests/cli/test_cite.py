"""`cite` as it is typed."""

from pathlib import Path

from solver.cli import main

ROOT = Path(__file__).parents[2]
QUICKSTART = str(ROOT / "cases/quickstart.yaml")


def test_a_case_is_cited_on_the_output_alone(capsys):
    assert main(["cite", QUICKSTART]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("% What to cite of the case quickstart.yaml")
    assert "@software{intergrain," in shown.out
    assert shown.err == ""


def test_a_folder_that_is_no_run_is_told(tmp_path, capsys):
    assert main(["cite", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path} is not a run directory\n"


def test_a_case_that_is_wrong_is_told_with_its_line(tmp_path, capsys):
    path = tmp_path / "bad.yaml"
    path.write_text(Path(QUICKSTART).read_text().replace("seed: 1", "sead: 1"))
    assert main(["cite", str(path)]) == 2
    assert f"{path}:8: unknown key 'particle.sead'" in capsys.readouterr().err


def test_a_run_that_is_cut_is_told_in_one_line(tmp_path, capsys):
    (tmp_path / "case.yaml").write_text(Path(QUICKSTART).read_text())
    (tmp_path / "resolved.yaml").write_text("")
    assert main(["cite", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"cannot cite {tmp_path}: ")
    assert told.count("\n") == 1
