"""The table of a study has every run with its units, and its page shows what it says."""

import base64
import csv
import re
import sys

import numpy as np
import pytest

from intergrain import RunError, open_study
from solver.case import CaseError
from solver.results import style
from solver.study import sweep
from solver.study.drawn import Spread, amounts, curve, figures, heat, spread, variables
from solver.study.evaluations import Evaluations
from solver.study.merits import COLUMNS
from solver.study.outputs import Output, condensed
from tests.unit.study_example import STUDY, Programs, leave, small_study, states

ONE_AXIS = STUDY.replace("values: [C/2, 1C, 2C]", "values: [1C]")
LINE = re.compile(r"(\d+)/(\d+)(, about \d:\d\d:\d\d left)?  (\w+) after 0:00:02  strength (.*)")


@pytest.fixture
def programs():
    return Programs()


def swept(folder, programs, text=STUDY, say=lambda text: None):
    way = sweep.course(small_study(folder, text), folder / "out")
    sweep.carried_out(way, programs, False, say)
    return way


def test_the_table_has_axes_and_outputs_with_units_and_how_each_run_ended(tmp_path, programs):
    programs.fails = ("protocol.0.charge.rate=2C",)
    way = swept(tmp_path, programs)
    rows = list(csv.DictReader((tmp_path / "out/study.csv").read_text().splitlines()))
    assert len(rows) == 12
    first = rows[0]
    assert (first["strength / GPa"], first["rate / C"], first["seed / 1"]) == ("1", "0.5", "1")
    assert 0 < float(first["Cracked Fraction / 1"]) < 1
    assert (first["Status"], first["Reason"], first["Wall Time / s"]) == ("finished", "", "2")
    failed = rows[4]
    assert (failed["Status"], failed["Reason"]) == ("failed", "the solver gave up")
    assert failed["Cracked Fraction / 1"] == ""
    assert sweep.exit_code(way.rows.all()) == 3
    assert "run 5 failed: the solver gave up" in sweep.told(way.rows.all())


def test_python_reads_the_table_as_arrays(tmp_path, programs):
    swept(tmp_path, programs)
    study = open_study(tmp_path / "out")
    assert len(study) == 12
    assert study.axes["strength / GPa"].tolist() == [1.0] * 6 + [2.0] * 6
    assert study["rate"].tolist() == [0.5, 0.5, 1, 1, 2, 2] * 2
    assert np.isfinite(study.outputs["Cracked Fraction / 1"]).all()
    values, result = next(study.runs())
    assert values == {"strength / GPa": 1.0, "rate / C": 0.5, "seed / 1": 1.0}
    assert result.status == "finished"
    with pytest.raises(KeyError, match="did you mean 'Reason'"):
        study["Reasons"]
    with pytest.raises(RunError, match="holds no study"):
        open_study(tmp_path)


def test_a_line_for_every_run_and_how_long_it_takes_on(tmp_path, programs):
    said = []
    swept(tmp_path, programs, ONE_AXIS, said.append)
    assert said[0] == "4 runs, none done yet"
    lines = [LINE.fullmatch(line) for line in said[1:]]
    assert [line[1] for line in lines] == ["1", "2", "3", "4"]
    assert [line[3] is None for line in lines] == [False, False, False, True]
    assert lines[0][5] == "1 GPa, rate 1C, seed 1"


def test_an_interrupt_leaves_the_table_of_what_there_is(tmp_path, programs):
    programs.stops_after = 3
    with pytest.raises(KeyboardInterrupt):
        swept(tmp_path, programs)
    study = open_study(tmp_path / "out")
    assert study["Status"].tolist() == ["finished"] * 3 + ["waiting"] * 9
    assert (tmp_path / "out/study.html").exists()
    programs.stops_after = None
    way = swept(tmp_path, programs)
    assert states(way.study, way.evaluations) == ["finished"] * 12
    assert len(programs.words) == 12


def test_the_lines_for_slurm_are_of_what_is_missing(tmp_path, programs):
    programs.stops_after = 3
    with pytest.raises(KeyboardInterrupt):
        swept(tmp_path, programs)
    way = sweep.course(small_study(tmp_path), tmp_path / "out")
    file, count = sweep.lines_for_slurm(way, again=False)
    head, *lines = file.read_text().splitlines()
    assert head.startswith("#")
    assert len(lines) == count == 9
    assert f"{tmp_path}/out/runs/" in lines[0]
    assert "--set 'physics.cohesive.strength=1 GPa'" in lines[0]
    other, _ = sweep.lines_for_slurm(way, again=False)
    assert other != file
    programs.stops_after = None
    assert sweep.lines_for_slurm(swept(tmp_path, programs), again=False) == (None, 0)


def test_runs_of_others_are_gathered(tmp_path):
    way = sweep.course(small_study(tmp_path), tmp_path / "out")
    for number, wanted in enumerate(way.study.runs[:2]):
        leave(way.evaluations.directory(wanted), ("finished", "failed")[number])
    sweep.gather(way)
    study = open_study(tmp_path / "out")
    assert study["Status"].tolist()[:3] == ["finished", "failed", "waiting"]
    assert study["Wall Time"][0] == 1.5


def test_keys_with_values_of_their_own_have_columns_of_their_own(tmp_path):
    text = STUDY.replace(
        "key: physics.cohesive.strength, name: strength, values: [1 GPa, 2 GPa]",
        "keys: [physics.cohesive.strength, physics.cohesive.toughness], "
        "values: [[1 GPa, 3 J/m^2], [2 GPa, 10 J/m^2]]",
    )
    study = small_study(tmp_path, text)
    assert [column.header for column in study.columns] == [
        "physics.cohesive.strength / GPa",
        "physics.cohesive.toughness / J/m^2",
        "rate / C",
        "seed / 1",
    ]
    assert study.columns[1].values[::6] == (3.0, 10.0)
    assert "physics.cohesive.toughness=10 J/m^2" in study.runs[-1].overrides


def test_seeds_are_crossed_with_points_that_are_drawn(tmp_path):
    text = STUDY.replace("values: [1 GPa, 2 GPa]", "range: {{from: 1 GPa, to: 2 GPa}}")
    study = small_study(tmp_path, text + "combine: latin_hypercube\ncount: 5\nseed: 3\n")
    strength, _, seed = (column.values for column in study.columns)
    assert len(strength) == 10
    assert strength[0::2] == strength[1::2]
    assert len(set(strength)) == 5
    assert seed == (1.0, 2.0) * 5
    assert all(1.0 <= value <= 2.0 for value in strength)


def test_the_page_shows_every_output_and_leads_to_every_report(tmp_path, programs):
    programs.fails = ("particle.seed=2",)
    way = swept(tmp_path, programs)
    (way.evaluations.directory(way.study.runs[0]) / "report.html").touch()
    sweep.gather(way)
    text = (tmp_path / "out/study.html").read_text()
    assert re.findall(r'<a href="(runs/[^"]+)"', text) == [
        f"runs/{way.study.runs[0].key[:16]}/report.html"
    ]
    assert text.count("the solver gave up") == 6
    (picture,) = re.findall(r"data:image/png;base64,([^\"]+)", text)
    assert base64.b64decode(picture).startswith(b"\x89PNG")


def test_an_axis_that_changes_nothing_is_told(tmp_path, programs):
    """The stand-ins crack by the length of their words: rates differ in that, strengths do not."""
    way = swept(tmp_path, programs)
    sweep.gather(way)
    told = sweep.cautions(way)
    assert [text.split()[1] for text in told] == ["strength", "seed"]
    page = (tmp_path / "out/study.html").read_text()
    assert all(text in page for text in told)


def test_a_curve_goes_through_the_means_over_the_seeds(tmp_path, programs):
    swept(tmp_path, programs, ONE_AXIS)
    study = open_study(tmp_path / "out")
    study.about["axes"] = [axis for axis in study.about["axes"] if axis["short"] != "rate"]
    (variable,), (cracked,) = variables(study), amounts(study)
    assert cracked.label == "Cracked Fraction / %"
    with style.look():
        (axes,) = curve(variable, cracked).axes
    share = 100 * study["Cracked Fraction"]
    assert axes.lines[0].get_xdata().tolist() == [1.0, 2.0]
    assert axes.lines[0].get_ydata() == pytest.approx([share[:2].mean(), share[2:].mean()])


def test_a_map_has_the_mean_of_each_cell_and_says_where_there_is_none(tmp_path, programs):
    programs.fails = ("protocol.0.charge.rate=2C",)
    swept(tmp_path, programs)
    study = open_study(tmp_path / "out")
    every, (cracked,) = variables(study), amounts(study)
    with style.look():
        axes = heat(every, cracked).axes[0]
    share = 100 * study["Cracked Fraction"]
    drawn = np.ma.filled(axes.images[0].get_array(), np.nan)
    assert drawn.shape == (3, 2)
    assert drawn[0, 1] == pytest.approx(share[6:8].mean())
    assert np.isnan(drawn[2]).all()
    assert [text.get_text() for text in axes.texts].count("none") == 2


def test_texts_have_no_unit_and_keep_their_order(tmp_path, programs):
    text = STUDY.replace(
        "{{key: protocol.0.charge.rate, name: rate, values: [C/2, 1C, 2C]}}",
        "{{key: particle.orientation.texture, values: [random, radial]}}",
    )
    swept(tmp_path, programs, text)
    strength, texture = variables(open_study(tmp_path / "out"))
    assert (strength.label, strength.values) == ("Strength / GPa", (1.0, 2.0))
    assert (texture.label, texture.values) == ("Texture", ("random", "radial"))
    assert "<td>random, radial</td>" in (tmp_path / "out/study.html").read_text()


def test_the_spread_is_that_of_a_sample():
    assert spread(np.array([1.0, np.nan, 3.0])) == Spread(2.0, pytest.approx(2**0.5), 2)
    assert spread(np.array([np.nan])).runs == 0


@pytest.mark.parametrize(
    "combine", ["product", "zip", "latin_hypercube", "sobol"], ids=lambda name: name
)
def test_every_kind_of_design_is_drawn(tmp_path, programs, combine):
    count = "count: 4\n" if combine not in ("product", "zip") else ""
    text = STUDY.replace("[C/2, 1C, 2C]", "[C/2, 1C]") + f"combine: {combine}\n{count}"
    swept(tmp_path, programs, text)
    with style.look():
        assert list(figures(open_study(tmp_path / "out"))) == ["Cracked Fraction"]


def test_values_of_a_column_are_condensed():
    values = np.array([1.0, 5.0, np.nan, 3.0])
    found = [condensed(values, how) for how in ("first", "last", "max", "min", "mean")]
    assert found == [1, 3, 5, 1, 3]
    assert np.isnan(condensed(np.array([]), "max"))


def test_an_output_is_of_a_cycle_if_it_is_told(tmp_path):
    leave(tmp_path, "finished")
    rows = "0,1,0.1\n1,1,0.3\n2,2,0.2\n"
    (tmp_path / "history.csv").write_text(f"Test Time / s,Cycle Index / 1,Mean Damage / 1\n{rows}")
    damage = Output("d / 1", "Mean Damage", "history", "max", 1)
    assert damage.of(tmp_path) == 0.3
    assert damage._replace(cycle=None, how="last").of(tmp_path) == 0.2
    assert np.isnan(damage._replace(cycle=3).of(tmp_path))
    assert Output("t / s", entry=("wall_time_s",)).of(tmp_path) == 1.5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("outputs: [craked]", ":7: outputs.0.figure: .*did you mean 'cracked'"),
        ("outputs: [{{column: Wet Aera / m2.g-1}}]", "did you mean 'Wet Area / m2.g-1'"),
        ("outputs: [{{summary: cracks.first_time}}]", "did you mean 'cracks.first_time_s'"),
        ("outputs: [{{figure: cracked, how: max}}]", ":7: outputs.0: how has no meaning"),
    ],
)
def test_an_unknown_output_is_found_before_anything_runs(tmp_path, text, told):
    with pytest.raises(CaseError, match=told):
        small_study(tmp_path, STUDY.replace("outputs: [cracked]", text))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("cohesive.strength", "cohesive.strenght", ":4: unknown key .*did you mean 'strength'"),
        ("2 GPa]", "2 nm]", ":4: physics.cohesive.strength: expected a stress"),
        ("1C, 2C", "1C, -2C", ":5: protocol.0.charge.rate: "),
        ("protocol.0", "protocol.7", ":5: protocol.7.charge.rate: 'protocol' is a list"),
        ("seeds: 2", "sedes: 2", ":6: unknown key 'axes.2.sedes'"),
        ("axes:", "combine: zip\naxes:", ":3: combine: zip needs axes of one length"),
        ("case: {case}", "case: none.yaml", ":2: case: none.yaml"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, old, new, told):
    with pytest.raises(CaseError, match=f"small.yaml{told}"):
        small_study(tmp_path, STUDY.replace(old, new))


def test_a_value_that_clashes_with_the_case_names_its_point(tmp_path):
    text = STUDY.replace("key: physics.cohesive.strength, name: strength, values: [1 GPa, 2 GPa]",
                         "key: particle.mesh.boundary_size, values: [0.1 um, 0.5 um]")  # fmt: skip
    with pytest.raises(CaseError, match=r"at boundary_size 0.5 um, .*must not exceed size"):
        small_study(tmp_path, text)


def test_words_for_figures_of_merit_are_columns_that_runs_have():
    from solver.study.outputs import columns_of_tables

    known = {
        table: {f"{column.title} / {column.unit}" for column in columns}
        for table, columns in columns_of_tables().items()
    }
    lacking = [word for word, (name, _, table) in COLUMNS.items() if name not in known[table]]
    assert lacking == []


def test_parquet_is_left_out_without_its_library(tmp_path, programs, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    swept(tmp_path, programs, ONE_AXIS)
    assert not (tmp_path / "out/study.parquet").exists()


def test_parquet_holds_the_same_table(tmp_path, programs):
    """Only where the library is there: it is none of the environment."""
    parquet = pytest.importorskip("pyarrow.parquet")
    way = swept(tmp_path, programs, ONE_AXIS)
    table = parquet.read_table(tmp_path / "out/study.parquet").to_pydict()
    study = open_study(tmp_path / "out")
    assert list(table) == list(study.table)
    assert table["Cracked Fraction / 1"] == pytest.approx(list(study["Cracked Fraction"]))
    assert table["Status"] == ["finished"] * len(way.study.runs)


def test_the_folder_of_evaluations_is_made_late(tmp_path):
    Evaluations(tmp_path / "out").missing(small_study(tmp_path).runs)
    assert not (tmp_path / "out").exists()
