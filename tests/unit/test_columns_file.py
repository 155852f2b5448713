"""What columns mean travels with a run, stands in the docs, and is what the results go by."""

import ast
import json
import re
from pathlib import Path

import pytest

from solver.mechanisms import Mechanism
from solver.output import dictionary
from solver.output.columns_file import ColumnsFile, tables_of
from solver.results import headers
from solver.results.history import read_history
from solver.units.columns import Column
from solver.units.fields import StateField
from solver.units.groups import GROUPS
from solver.units.quantities import name_of
from tests.unit.output_example import make_run
from tests.unit.record_example import columns

ROOT = Path(__file__).parents[2]
DECLARED = [column for table in dictionary.TABLES.values() for column in table]


def test_a_run_says_what_its_columns_mean_in_its_own_units(tmp_path):
    run = make_run(tmp_path)
    ColumnsFile().start(run)
    told = json.loads((tmp_path / "columns.json").read_text())["history.csv"]
    by_header = {entry["header"]: entry for entry in told}
    assert list(by_header) == [column.header_for(run.depth) for column in run.columns]
    assert by_header["Fracture Energy / J.m-1"] == {
        "header": "Fracture Energy / J.m-1",
        "name": "Fracture Energy",
        "of": "",
        "unit": "J.m-1",
        "group": "spent energy",
        "about": "Spent on the damage of boundaries.",
    }


def test_a_run_says_what_its_maps_show_with_what_mechanisms_show(tmp_path):
    ColumnsFile().start(make_run(tmp_path, overrides=("physics.fatigue.enabled=true",)))
    told = json.loads((tmp_path / "columns.json").read_text())["fields/boundaries.pvd"]
    shown = {entry["header"]: entry["about"] for entry in told}
    assert shown["opening / nm"] == "How far the sides stand apart along the normal."
    assert shown["fatigue"] == "Damage that is due to cycles."
    assert "occupancy" not in shown


def test_maps_in_one_file_are_told_by_the_names_in_it(tmp_path):
    run = make_run(tmp_path, overrides=["output.fields.format=vtkhdf"])
    ColumnsFile().start(run)
    told = json.loads((tmp_path / "columns.json").read_text())
    assert "opening [nm]" in {array["header"] for array in told["fields/boundaries.vtkhdf"]}
    assert "damage" in {array["header"] for array in told["fields/boundaries.vtkhdf"]}
    assert not any(file.endswith(".pvd") for file in told)


def test_tables_tell_of_what_a_mechanism_of_the_users_own_leaves():
    class Rust(Mechanism):
        name = "rust"
        fields = {"rust": StateField("point", "um", "thickness of the rust", slow=True)}  # noqa: RUF012
        columns = (Column("Mean Rust", "m", "rust", "Thickness of the rust."),)

    tables = tables_of((Rust(),), jumps=False, losing=False)
    assert tables["cycles.csv"][-1] == Rust.columns[0]
    assert tables["boundaries.csv"][-1].header == "Rust / m"
    assert tables["boundaries.csv"][-1].about == "Mean over the boundary: thickness of the rust."


def test_a_history_is_read_with_what_its_columns_mean(tmp_path):
    ColumnsFile().start(make_run(tmp_path))
    (tmp_path / "history.csv").write_text("Voltage / V,Current / A.m-1\n4.2,1e-6\n4.3,2e-6\n")
    history = read_history(tmp_path / "history.csv")
    assert list(history.group("electrical")) == ["Voltage / V", "Current / A.m-1"]
    assert history.header("Current") == "Current / A.m-1"
    assert history.group("clock") == {}


@pytest.mark.parametrize("text", [None, "{", "[]", '{"history.csv": [{"header": "x"}]}'])
def test_a_history_without_a_valid_file_of_columns_is_read_all_the_same(tmp_path, text):
    if text is not None:
        (tmp_path / "columns.json").write_text(text)
    (tmp_path / "history.csv").write_text("Voltage / V\n4.2\n")
    history = read_history(tmp_path / "history.csv")
    assert list(history["Voltage / V"]) == [4.2]
    with pytest.raises(ValueError, match=r"history.csv has no column 'Elastic Energy'"):
        history.header("Elastic Energy")


def test_the_data_dictionary_is_that_of_the_program():
    written = (ROOT / "docs" / "columns.md").read_text(encoding="utf-8")
    assert written == dictionary.page(), "run python -m solver.output.dictionary docs/columns.md"


def test_every_column_has_a_group_and_a_sentence_and_is_declared_once():
    assert {column.group for column in DECLARED} <= set(GROUPS)
    abouts = [shown.about for shown in (*DECLARED, *dictionary.SHOWN)]
    assert [about for about in abouts if not re.fullmatch(r"[A-Z].*\.", about)] == []
    for table in dictionary.TABLES.values():
        titles = [column.title for column in table]
        assert sorted(titles) == sorted(set(titles))


def test_figures_choose_columns_that_exist():
    chosen = {value for name, value in vars(headers).items() if name.isupper()}
    known = {f"{column.title} / {column.unit}" for column in DECLARED}
    known |= {column.name for column in DECLARED}
    known |= {array.header for array in dictionary.SHOWN}
    assert chosen - known == set()


def literals(path):
    """Texts of a module that are headers or names of columns."""
    known = {f"{column.name} / {column.unit}" for column in DECLARED}
    known |= {array.header for array in dictionary.SHOWN if array.unit != "1"}
    texts = [node.value for node in ast.walk(ast.parse(path.read_text()))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)]  # fmt: skip
    return {text for text in texts if text in known}


def test_results_write_no_header_twice():
    apart = {"headers.py"}
    apart |= {"paraview_view.py", "export.py"}  # copied into a run; headers of another format
    files = [path for path in (ROOT / "solver" / "results").glob("*.py") if path.name not in apart]
    assert {path.name: literals(path) for path in files if literals(path)} == {}


def test_a_history_made_up_for_tests_knows_its_columns():
    history = columns({"Force top y / N.m-1": [1.0], "Voltage / V": [4.2]})
    force = Column("Force", "N.m-1", "load", "Force on a loaded surface, by axis.", of="top y")
    assert history.about["Force top y / N.m-1"] == force
    assert name_of("Voltage / V") == history.about["Voltage / V"].name
