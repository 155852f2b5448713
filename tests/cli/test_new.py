"""`new` as it is typed: what it writes, what it refuses, and what an interrupt leaves."""

import subprocess
import sys
from pathlib import Path

import pytest

from solver.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(monkeypatch, *lines):
    """Let a person type some lines, and then end the input or press Ctrl-C."""
    left = iter(lines)

    def line(prompt):
        word = next(left, EOFError)
        if isinstance(word, str):
            return word
        raise word

    monkeypatch.setattr("builtins.input", line)


def test_the_case_passes_check(folder, capsys):
    assert main(["new", "mine.yaml", "--yes"]) == 0
    assert "written: mine.yaml" in capsys.readouterr().out
    assert main(["check", "mine.yaml"]) == 0
    shown = capsys.readouterr()
    assert "this case can be run" in shown.out
    assert shown.err == ""


def test_answers_may_be_given_as_options(folder):
    assert main(["new", "a.yaml", "--yes", "--material", "LCO", "--particle", "ball 4"]) == 0
    text = (folder / "a.yaml").read_text()
    assert "grain: LCO" in text
    assert "count: 4" in text


def test_a_wrong_option_is_told_and_nothing_written(folder, capsys):
    assert main(["new", "a.yaml", "--yes", "--material", "NMC812"]) == 2
    told = capsys.readouterr().err
    assert told == "--material: there is no 'nmc812' here; did you mean NMC811?\n"
    assert list(folder.iterdir()) == []


def test_a_file_that_is_there_is_told_before_anything_is_asked(folder, capsys, monkeypatch):
    typed(monkeypatch)
    (folder / "a.yaml").write_text("mine")
    assert main(["new", "a.yaml"]) == 2
    assert capsys.readouterr().err == (
        "cannot write a.yaml: it is there already; give another name\n"
    )
    assert (folder / "a.yaml").read_text() == "mine"


def test_what_is_typed_is_what_is_written(folder, monkeypatch, capsys):
    typed(monkeypatch, "disc 8", "lco", "", "rats", "rates", "voltage")
    assert main(["new"]) == 0
    text = (folder / "disc_8_LCO_bare.yaml").read_text()
    assert "rate_test" in text
    assert "did you mean rates" in capsys.readouterr().out


@pytest.mark.parametrize(("end", "code"), [(EOFError, 2), (KeyboardInterrupt, 130)])
@pytest.mark.parametrize("before", range(5))
def test_an_end_at_any_question_leaves_nothing(folder, monkeypatch, capsys, end, code, before):
    typed(monkeypatch, *([""] * before), end)
    assert main(["new"]) == code
    assert "nothing was written" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_answers_may_come_from_a_pipe(folder):
    done = subprocess.run(
        [sys.executable, "-m", "solver", "new", "piped.yaml"],
        input="ball 4\n\nlpo\n\nvoltage\n",
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    assert "state: lpo" in (folder / "piped.yaml").read_text()
