"""`fit` finds parameters, is ended in good order and goes on; what is wrong costs 2."""

from pathlib import Path

import pytest

from intergrain import fit as fit_in_python
from solver.cli import main
from solver.entries.reader import Entries
from solver.fitting.gathered import FitResult
from tests.cli import tiny_example
from tests.cli.tiny_example import beside, handlers_kept, interrupted, longer

ROOT = Path(__file__).parents[2]
FITS = sorted((ROOT / "cases" / "fits").glob("*.yaml"))
CASE = f"""{tiny_example.CASE}
physics: {{cohesive: {{enabled: false}}, swelling: {{enabled: false}},
          stress_in_potential: {{enabled: false}}}}
"""
FIT = """name: tiny
case: case.yaml
parameters:
  - {key: materials.grain.exchange_current, name: i0, from: 0.3 A/m^2, to: 30 A/m^2, log: true}
targets:
  - {column: Voltage, value: 3.65, precision: 0.01}
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def alone(monkeypatch, cache):
    monkeypatch.setenv("INTERGRAIN_CACHE", str(cache))
    with handlers_kept():
        yield


def fit(folder: Path, text: str = FIT, case: str = CASE) -> str:
    return beside(folder, text, case)


def test_a_mistyped_key_costs_2_and_is_told_with_its_line(tmp_path, capsys):
    path = fit(tmp_path, FIT.replace("grain.exchange_current", "grain.exchange_curent"))
    assert main(["fit", path, "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "tiny.yaml:4: parameters.0.key: NMC76 has no entry 'exchange_curent'" in said
    assert "did you mean 'exchange_current'?" in said
    assert not (tmp_path / "out").exists()


def test_what_would_run_is_told_without_running_it(tmp_path, capsys):
    assert main(["fit", fit(tmp_path), "-o", str(tmp_path / "out"), "--check"]) == 0
    told = capsys.readouterr().out
    assert "i0: 0.3 to 30 A/m^2 from 3, in the logarithm" in told
    assert "1 number for 1 parameter" in told
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_tiny_fit_meets_its_target_and_python_reads_it_at_once(tmp_path, capsys):
    path, out = fit(tmp_path), tmp_path / "out"
    assert main(["fit", path, "-o", str(out), "-j", "2"]) == 0
    said = capsys.readouterr().out
    assert "i0 = " in said
    assert f"use it: ./intergrain run {tmp_path}/case.yaml --set materials.grain={out}" in said
    assert "<title>tiny</title>" in (out / "fit.html").read_text()
    written = {file: file.stat().st_mtime_ns for file in out.glob("runs/*/history.csv")}
    found = fit_in_python(path, out, progress=False)
    assert {file: file.stat().st_mtime_ns for file in written} == written
    assert found.best.history["Voltage / V"][-1] == pytest.approx(3.65, abs=2e-3)
    assert 0.3 < found["i0"] < 30
    assert found.error("i0") > 0
    made = Path(said.split("materials.grain=")[1].split()[0])
    assert Entries(made).entry("exchange_current")["fitted"].startswith("by the fit 'tiny': i0 ")


@pytest.mark.slow
def test_an_interrupted_fit_ends_its_runs_in_good_order_and_goes_on(tmp_path):
    long = longer(CASE)
    path, out = fit(tmp_path, f"{FIT}max_runs: 2\n", long), tmp_path / "out"
    code, said = interrupted("fit", path, out)
    assert code == 130
    assert f"go on with: ./intergrain fit {path} -o {out}" in said
    assert main(["fit", path, "-o", str(out)]) == 75  # two runs are too few
    assert [row["Status"] for row in FitResult(out).log()] == ["finished"] * 2
    resumed = [file.read_text() for file in out.glob("runs/*/metadata.json")]
    assert any('"resumed"' in text for text in resumed)


def test_two_fits_in_one_folder_are_refused(tmp_path, capsys):
    from solver.run_files import RunLock

    path, out = fit(tmp_path), tmp_path / "out"
    out.mkdir()
    with RunLock(out):
        assert main(["fit", path, "-o", str(out)]) == 2
    assert f"a fit is still going on in {out}" in capsys.readouterr().err


@pytest.mark.parametrize("path", FITS, ids=lambda path: path.stem)
def test_shipped_fits_are_checked_and_name_their_schema(path, capsys):
    assert main(["fit", str(path), "--check"]) == 0
    modeline = path.read_text().splitlines()[0]
    assert modeline == "# yaml-language-server: $schema=../fit_schema.json"


def test_the_schema_of_fits_is_current(capsys):
    assert main(["schema", "--fit"]) == 0
    assert (ROOT / "cases/fit_schema.json").read_text() == capsys.readouterr().out
