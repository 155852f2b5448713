"""Measured curves in a case and on a page, export, and oxides of cells, as a user calls them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from intergrain import open_run
from solver.case import Case
from solver.cli import main
from tests.unit.cell_example import cell, written

ROOT = Path(__file__).parents[2]
CASE = """
name: slow
particle:
  shape: disc
  radius: 1 um
  seed: 1
  grains: {count: 3, structure: voronoi}
  boundary: {state: dry}
  mesh: {size: 0.6 um, boundary_size: 0.5 um}
materials: {grain: ./cell.yaml}
c_rate_basis: 150 mA/g
initial: {occupancy: 0.9}
physics: {cohesive: {enabled: false}, swelling: {enabled: false},
          stress_in_potential: {enabled: false}}
protocol:
  - Charge at C/50 until 4.2 V
  - Discharge at C/50 until 3.7 V
numerics: {time_step: {maximum: 60 min}}
measured: {source: made up, compare: known.csv}
output: {figures: {enabled: false}, report: {enabled: false}}
"""
OCP = "4.55 - 1.1 * x - 0.11 * tanh(14.0 * (x - 0.55))"


def known_potential(x):
    import numpy as np

    return 4.55 - 1.1 * x - 0.11 * np.tanh(14.0 * (x - 0.55))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with an oxide of a cell and its own potential as a measured curve, and a run."""
    import numpy as np

    folder = tmp_path_factory.mktemp("measured")
    assert (
        main(["materials", "import", str(written(folder, cell(OCP=OCP))), "-o", str(folder)]) == 0
    )
    x = np.linspace(0.9, 0.45, 200)
    charge = (0.9 - x) * 96485.33212 / 97.28 / 3.6  # mA h/g of x = 0.9 and less
    lines = [
        f"{q!r},{u!r}" for q, u in zip(charge.tolist(), known_potential(x).tolist(), strict=True)
    ]
    head = "Specific Capacity / mA.h.g-1,Voltage / V"
    (folder / "known.csv").write_text("\n".join([head, *lines]) + "\n")
    (folder / "known.csv.yaml").write_text("way: charge\nlabel: U(x)\n")
    (folder / "case.yaml").write_text(CASE)
    call = [
        sys.executable,
        "-m",
        "solver",
        "run",
        str(folder / "case.yaml"),
        "-o",
        str(folder / "run"),
    ]
    done = subprocess.run(
        call,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_an_imported_oxide_follows_the_potential_of_its_cell_at_a_slow_rate(place):
    """At C/50 the whole charge lies within 1 mV of U(x), and above it."""
    (pair,) = open_run(place / "run").compare(place / "known.csv").pairs[:1]
    assert pair.what == "cycle 1, charge"
    assert pair.apart.share > 0.85
    assert abs(pair.apart.largest) < 1e-3
    assert pair.apart.rmse > 1e-5  # a current flows


def test_an_imported_oxide_is_checked_like_any_other(place, capsys):
    assert main(["materials", str(place / "cell.yaml")]) == 0
    shown = capsys.readouterr().out
    assert "caution" not in shown
    assert "BPX file cell.json" in " ".join(shown.split())


def test_a_run_holds_what_was_measured_and_what_explains_it(place):
    case = Case.load(place / "run" / "case.yaml")
    (file,) = case.measured.compare
    assert Path(file.file) == (place / "run" / "inputs/measured/1/known.csv").resolve()
    assert (
        place / "run" / "inputs/measured/1/known.csv.yaml"
    ).read_text() == "way: charge\nlabel: U(x)\n"


def test_a_page_shows_what_the_case_names_and_what_it_is_given(place, tmp_path, capsys):
    out = tmp_path / "x.csv"
    assert main(["export", str(place / "run"), "--bdf", str(out), "--mass", "3 mg"]) == 0
    page = tmp_path / "page.html"
    run = str(place / "run")
    assert main(["report", run, "--with", str(out), "-o", str(page)]) == 0
    text = page.read_text()
    assert "voltage over capacity, U(x): RMSE" in text
    assert "voltage over time, x: RMSE" in text


def test_a_bad_measured_file_is_told_and_no_page_is_written(place, tmp_path, capsys):
    bad, page = tmp_path / "bad.csv", tmp_path / "page.html"
    bad.write_text("Test Time / s,Volts / V\n0,3\n")
    assert main(["report", str(place / "run"), "--with", str(bad), "-o", str(page)]) == 2
    said = capsys.readouterr().err
    assert "1 problem in the measured curves:" in said
    assert f"{bad}:1: unknown column 'Volts / V' (did you mean 'Voltage'?)" in said
    assert not page.exists()


def test_a_case_with_a_bad_measured_file_does_not_run(place, tmp_path, capsys):
    for name in ("case.yaml", "cell.yaml"):
        (tmp_path / name).write_text((place / name).read_text())
    (tmp_path / "known.csv").write_text("Test Time / s,Voltage / V\n0,3\n1,x\n")
    case, run = tmp_path / "case.yaml", tmp_path / "run"
    assert main(["run", str(case), "-o", str(run)]) == 2
    assert f"{tmp_path / 'known.csv'}:3: expected a number" in capsys.readouterr().err
    assert not run.exists()


def test_a_measured_file_that_is_not_there_is_told_with_the_line_of_the_case(
    place, tmp_path, capsys
):
    for name in ("case.yaml", "cell.yaml"):
        (tmp_path / name).write_text((place / name).read_text())
    assert main(["check", str(tmp_path / "case.yaml")]) == 2
    line = CASE.splitlines().index("measured: {source: made up, compare: known.csv}") + 1
    assert f"case.yaml:{line}: measured.compare.0.file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["export", "nowhere", "--bdf", "x.csv"], "cannot export nowhere"),
        (["materials", "import"], "expected one file"),
        (["materials", "NMC811", "NMC76"], "expected one material"),
        (["materials", "import", "nowhere.json"], "nowhere.json: No such file"),
        (["materials", "NMC811", "-o", "x"], "expected one material"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_line(words, why, capsys):
    assert main(words) == 2
    assert why in capsys.readouterr().err
