"""`check`, `schema` and the refusals of `run`: one clear message, the promised exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from solver.cli import main

ROOT = Path(__file__).parents[2]
QUICKSTART = str(ROOT / "cases/quickstart.yaml")


def bad_case(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text(Path(QUICKSTART).read_text().replace("seed: 1", "sead: 1"))
    return path


def test_check_tells_what_would_run(capsys):
    assert main(["check", QUICKSTART]) == 0
    shown = capsys.readouterr()
    assert "30 grains" in shown.out
    assert shown.err == ""


def test_check_lists_problems_with_file_and_line(tmp_path, capsys):
    path = bad_case(tmp_path)
    assert main(["check", str(path), "--set", "particle.radius=-1 um"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        "2 problems in the case:",
        "--set particle.radius=-1 um: particle.radius: should be greater than 0 m, got -1e-06",
        f"{path}:8: unknown key 'particle.sead' (did you mean 'seed'?)",
    ]


def test_a_step_that_cannot_be_followed_is_told_with_its_line(tmp_path, capsys):
    path = tmp_path / "far.yaml"
    text = Path(QUICKSTART).read_text()
    path.write_text(text.replace("4.3 V", "5.5 V"))
    line = next(n for n, line in enumerate(text.splitlines(), 1) if "4.3 V" in line)
    assert main(["check", str(path)]) == 2
    assert capsys.readouterr().err.startswith(f"{path}:{line}: protocol.0: 5.5 V lies outside")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nowhere.yaml"], "nowhere.yaml: No such file"),
        (["check", QUICKSTART, "--set", "materials.grain=NMC67"], "did you mean 'NMC76'"),
        (["check", QUICKSTART, "--set", "materials.grain=my.yaml"], "my.yaml: No such file"),
        (["check", QUICKSTART, "--set", "protocol.0.charge.until.voltage=3"], "past its end"),
        (["plot", "/"], "/ is not a run directory"),
    ],
)
def test_what_cannot_work_exits_with_2_and_says_why(arguments, message, capsys):
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["run"], ["run", QUICKSTART, "-n", "0"], ["run", QUICKSTART, "-x"]]
)
def test_wrong_usage_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: intergrain" in capsys.readouterr().err


def test_a_mistyped_command_exits_with_2_and_names_the_nearest(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["rum"])
    assert caught.value.code == 2
    assert capsys.readouterr().err == "there is no command 'rum'; did you mean \"run\"?\n"


def test_run_refuses_a_bad_case_before_it_writes_anything(tmp_path, capsys):
    assert main(["run", str(bad_case(tmp_path)), "-o", str(tmp_path / "run")]) == 2
    assert not (tmp_path / "run").exists()
    assert "did you mean 'seed'" in capsys.readouterr().err


def test_run_refuses_a_directory_that_is_not_empty(tmp_path, capsys):
    (tmp_path / "thesis.tex").touch()
    assert main(["run", QUICKSTART, "-o", str(tmp_path)]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert main(["run", QUICKSTART, "-o", str(tmp_path), "--overwrite"]) == 2
    assert "does not look like a run" in capsys.readouterr().err
    assert (tmp_path / "thesis.tex").exists()


def test_schema_is_written_or_printed(tmp_path, capsys):
    assert main(["schema"]) == 0
    printed = capsys.readouterr().out
    assert main(["schema", "-o", str(tmp_path / "schema.json")]) == 0
    assert (tmp_path / "schema.json").read_text() == printed
    assert json.loads(printed)["title"] == "A case of intergrain"
    assert main(["schema", "-o", str(tmp_path / "none/schema.json")]) == 2


def test_a_case_is_checked_without_dolfinx_and_mpi():
    code = (
        "import sys; from solver.cli import main; "
        f"assert main(['check', {QUICKSTART!r}]) == 0; "
        "assert not {'dolfinx', 'mpi4py', 'petsc4py', 'gmsh'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env=os.environ)
