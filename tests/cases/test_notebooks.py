"""The notebooks run from their first cell to their last, and show what they say."""

import ast
import json
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
    return shown


@pytest.mark.filterwarnings("ignore:caution")
def test_the_first_particle_shows_what_it_says(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("INTERGRAIN_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cases").symlink_to(CASES)
    folder = tmp_path / "docs/notebooks"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    with matplotlib.rc_context({"backend": "agg"}):
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


def test_every_notebook_is_tested():
    assert [path.name for path in NOTEBOOKS.glob("*.ipynb")] == ["first_particle.ipynb"]
