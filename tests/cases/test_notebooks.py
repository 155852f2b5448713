"""The notebooks run from their first cell to their last, and show what they say."""

import ast
import json
import warnings
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from matplotlib.figure import Figure

from tests.particles import CASES

NOTEBOOKS = Path(__file__).parents[2] / "docs/notebooks"


def shown_by(notebook: Path) -> list[Any]:
    """Run all code cells one after another; what each shows, which is its last expression."""
    names: dict[str, Any] = {}
    shown = []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        assert not cell["outputs"], "a notebook is kept without what it shows"
        body = ast.parse("".join(cell["source"])).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), str(notebook), "exec"), names)
        if isinstance(last, ast.Expr):
            shown.append(eval(compile(ast.Expression(last.value), str(notebook), "eval"), names))
    return [value for value in shown if value is not None]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder that stands to the cases as that of the notebooks does."""
    monkeypatch.setenv("INTERGRAIN_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cases").symlink_to(CASES)
    folder = tmp_path / "docs/notebooks"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    with matplotlib.rc_context({"backend": "agg"}), warnings.catch_warnings():
        yield folder


@pytest.mark.filterwarnings("ignore:caution")
def test_the_first_particle_shows_what_it_says(folder, capsys):
    shown = shown_by(NOTEBOOKS / "first_particle.ipynb")
    case, result, rows, summary, curve, picture, arrays, widths, cracking, again = shown
    assert case == (298.15, 4.3)
    assert result.directory == folder / "runs/quickstart"
    assert "results: runs/quickstart" in capsys.readouterr().out
    share = result.history["Cracked Fraction / 1"][-1]
    assert share > 0.1
    assert rows.endswith(f"up to 4.30 V; {share:.0%} of the boundaries cracked")
    (capacity,), width = summary
    assert 180 < capacity < 210 and 5e-9 < width < 1e-7
    assert all(isinstance(figure, Figure) for figure in (curve, picture, cracking))
    assert "4.300 V" in picture.get_suptitle() and len(picture.axes) >= 4
    assert {"occupancy", "first principal stress / MPa", "grain"} <= set(arrays)
    opening = result.fields.at(voltage=4.3).boundaries["opening / nm"].max()
    assert opening > 5.0 and widths.startswith(f"open by up to {opening:.0f} nm; x from 0.")
    assert again == ("finished", len(result.fields))


def test_slow_lithium_leaves_less_and_needs_a_source(folder, capsys):
    _, curves, (usual, slow) = shown_by(NOTEBOOKS / "own_material.ipynb")
    refusal = capsys.readouterr().out
    assert "slower.yaml:3: diffusivity: needs a source" in refusal
    assert "diffusivity.activation_energy: is missing" in refusal
    assert slow < 0.6 * usual and 180 < usual < 210
    assert [len(line.get_xdata()) > 10 for line in curves.axes[0].lines] == [True, True]


def test_a_drawn_section_is_meshed_and_cracks(folder):
    (labels, area), (grains, cells), picture, said = shown_by(NOTEBOOKS / "own_grains.ipynb")
    assert labels == grains == 7
    assert area == pytest.approx(3.1416 * 1.4**2, rel=0.01)
    assert 100 < cells < 2000
    assert "4.300 V" in picture.get_suptitle()
    assert int(said.split("%")[0]) > 10


def test_fast_discharges_give_less_and_a_slip_is_told(folder, capsys):
    result, _, capacities = shown_by(NOTEBOOKS / "own_protocol.ipynb")
    assert "did you mean 'until'?" in capsys.readouterr().out
    assert result.status == "finished"
    slow, medium, fast = capacities
    assert slow > medium > fast > 0.5 * slow


def test_two_runs_differ_by_what_their_boundaries_hold(folder, capsys):
    figures, widths, arrays, _, shares = shown_by(NOTEBOOKS / "reading_a_run.ipynb")
    assert "cohesive length" in capsys.readouterr().out
    assert abs(float(figures["lithium_error"])) < 1e-8
    assert isinstance(widths, Figure) and "opening / nm" in arrays
    weak, strong = (int(share.rstrip("%")) for share in shares)
    assert 2 * strong < weak < 4 * strong, "three times as far"


def test_every_notebook_is_tested():
    tests = Path(__file__).read_text(encoding="utf-8")
    notebooks = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))
    assert len(notebooks) == 5
    assert [name for name in notebooks if f'"{name}"' not in tests] == []
