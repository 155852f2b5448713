"""The script for ParaView: it is there, it is Python, and what it names exists."""

import ast

import pytest

from solver import cli
from solver.results.paraview import write_view
from solver.start import BAD_CASE, DONE
from solver.units import vtkhdf
from tests.unit.output_example import COLUMNS, make_run
from tests.unit.test_output_fields import last_frame, write_frames

GRAINS, BOUNDARIES = ("DISPLACEMENT", "OCCUPANCY", "STRESS"), ("DISPLACEMENT", "OPENING")


@pytest.fixture
def script(tmp_path, capsys):
    """Path of the script of a run with fields."""
    write_frames(make_run(tmp_path))
    assert cli.main(["paraview", str(tmp_path)]) == DONE
    said = capsys.readouterr().out
    assert said == f"paraview --script={tmp_path / 'paraview_view.py'}\n"
    return tmp_path / "paraview_view.py"


def constants(script):
    """Names and values of what the script holds fixed."""
    found = {}
    for node in ast.parse(script.read_text()).body:
        if isinstance(node, ast.Assign):
            names, value = node.targets[0], node.value
            tuples = isinstance(names, ast.Tuple)
            for name, given in (
                zip(names.elts, value.elts, strict=True) if tuples else [(names, value)]
            ):
                if isinstance(given, ast.Constant):
                    found[name.id] = given.value
    return found


def test_it_names_only_arrays_and_columns_that_exist(script):
    compile(script.read_text(), str(script), "exec")
    known, run = constants(script), script.parent
    grains, lines = last_frame(run, "particle"), last_frame(run, "boundaries")
    assert all(known[name] in grains.point_data for name in GRAINS)
    assert all(known[name] in lines.point_data for name in (*BOUNDARIES, "DAMAGE"))
    words = {
        node.value
        for node in ast.walk(ast.parse(script.read_text()))
        if isinstance(node, ast.Constant)
    }
    headers = {
        word for word in words if isinstance(word, str) and word.endswith((" / s", " / m", " / V"))
    }
    assert headers == {"Test Time / s", "Largest Opening / m", "Voltage / V"}
    assert headers <= set(COLUMNS)


@pytest.mark.parametrize("in_one", [False, True])
def test_it_calls_arrays_as_they_are_called_in_the_files(script, in_one):
    """As its own function names them, without ParaView."""
    tree = ast.parse(script.read_text())
    (naming,) = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "in_file"]
    known = {"IN_ONE": in_one}
    exec(compile(ast.Module([naming], []), "script", "exec"), known)
    for array in (*GRAINS, *BOUNDARIES, "DAMAGE"):
        header = constants(script)[array]
        assert known["in_file"](header) == (vtkhdf.in_file(header) if in_one else header)


def test_it_is_written_for_a_run_with_one_file_of_all_frames(tmp_path, capsys):
    write_frames(make_run(tmp_path, overrides=["output.fields.format=vtkhdf"]))
    assert cli.main(["paraview", str(tmp_path)]) == DONE
    assert (tmp_path / "paraview_view.py").exists()


def test_it_knows_where_its_run_is(script):
    assert f"WRITTEN = Path({str(script.parent.resolve())!r})" in script.read_text()


def test_a_run_may_have_quotes_in_its_name(tmp_path):
    """Whatever it is called, the script is Python."""
    folder = tmp_path / "a \"b\" 'c'"
    folder.mkdir()
    tree = ast.parse(write_view(folder).read_text())
    assert str(folder) in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]


def test_it_hides_no_package_of_paraview(script):
    """pvpython looks for packages beside its script first."""
    assert not (script.parent / "paraview.py").exists()


def test_a_directory_without_fields_is_refused_and_left_as_it_is(tmp_path, capsys):
    assert cli.main(["paraview", str(tmp_path)]) == BAD_CASE
    assert "has no fields to show" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
