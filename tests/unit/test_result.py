"""A run directory read from Python: columns, frames and figures by name, and no DOLFINx."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from solver.results.result import Result
from tests.unit.output_example import make_row
from tests.unit.test_plots import make_directory

ROOT = Path(__file__).parents[2]


def there_and_back():
    """Charge in steps of 0.1 V and 900 s; then discharge in steps of 0.175 V, in cycle 2."""
    for n in range(9):
        yield make_row(900.0 * n, Voltage=3.5 + 0.1 * n, Net=25.0 * n)
    for n in range(1, 9):
        row = make_row(7200 + 900.0 * n, Voltage=4.3 - 0.175 * n, Net=200 - 25.0 * n)
        yield row | {"Cycle Index / 1": 2, "Step Index / 1": 1}


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return make_directory(tmp_path_factory.mktemp("run"), there_and_back())


@pytest.fixture
def result(directory):
    return Result(directory)


def test_columns_are_arrays_by_header(result):
    assert result.history["Voltage / V"][[0, 3, 8, 16]] == pytest.approx([3.5, 3.8, 4.3, 2.9])
    assert len(result.history) > 20


def test_a_wrong_header_is_told_with_the_nearest(result):
    with pytest.raises(KeyError) as told:
        result.history["Voltage"]
    assert "history.csv has no column 'Voltage'; did you mean 'Voltage / V'?" in str(told.value)


def test_other_tables_are_read_by_name(result):
    assert result.table("cycles")["Cycle Index / 1"].tolist() == [1.0, 2.0]
    with pytest.raises(KeyError, match="has no table 'cycle'; did you mean 'cycles'"):
        result.table("cycle")


@pytest.mark.parametrize(
    ("where", "time"),
    [
        ({"time": 3000.0}, 2700.0),
        ({"voltage": 4.02}, 4500.0),
        ({"voltage": 4.02, "cycle": 2}, 9000.0),
        ({"voltage": 4.02, "step": 1}, 9000.0),
        ({"voltage": 2.0}, 14400.0),
        ({"cycle": 1}, 7200.0),
        ({"step": 1}, 14400.0),
        ({}, 14400.0),
    ],
)
def test_a_frame_is_the_nearest_in_its_cycle_and_step(result, where, time):
    assert result.fields.at(**where).time == time


def test_a_frame_knows_its_moment_and_holds_both_meshes(result):
    frame = result.fields.at(cycle=2, voltage=3.8)
    assert (frame.cycle, frame.step, frame.voltage) == (2, 1, pytest.approx(3.775))
    assert frame.row["Net Charge / mA.h.g-1"] == pytest.approx(125.0)
    assert frame.grains.n_cells == 8 * 8 * 2
    assert set(frame.grains.cell_data["grain"]) == {0, 1, 2, 3}
    assert frame.grains["occupancy"].max() == pytest.approx(0.4)
    assert frame.boundaries.n_cells == 16
    assert frame.boundaries["opening / nm"].max() == pytest.approx(50.0)


def test_frames_count_and_follow_each_other(result):
    times = [frame.time for frame in result.fields]
    assert len(result.fields) == len(times) == 17
    assert np.all(np.diff(times) > 0)
    assert result.fields[-1].time == 14400.0


def test_what_no_frame_can_be_is_told(result):
    with pytest.raises(KeyError, match=r"no frame of the fields is in cycle '7'; .*: 1, 2"):
        result.fields.at(cycle=7)
    with pytest.raises(ValueError, match="not both"):
        result.fields.at(time=1.0, voltage=4.0)


def test_a_run_without_fields_says_so(tmp_path):
    rows = list(there_and_back())[:3]
    fields = Result(make_directory(tmp_path, rows, "output.fields.enabled=false")).fields
    with pytest.raises(ValueError, match="the run has no fields"):
        fields.at(voltage=4.0)


def test_figures_are_drawn_by_name(result, tmp_path):
    figure = result.plot("cracking", tmp_path / "c.png")
    assert figure.axes[0].get_ylabel() == "Share of boundaries / %"
    assert matplotlib.image.imread(tmp_path / "c.png")[..., :3].std() > 0.05
    assert len(result.plot("particle_end").axes) >= 4


def test_a_figure_declares_what_the_run_was(directory, tmp_path):
    killed = tmp_path / "run"
    shutil.copytree(directory, killed)
    metadata = json.loads((killed / "metadata.json").read_text())
    (killed / "metadata.json").write_text(json.dumps(metadata | {"status": "running"}))
    told = [text.get_text() for text in Result(killed).plot("voltage").texts]
    assert any("killed before its end" in text for text in told)


def test_a_wrong_figure_is_told_with_the_nearest(result):
    with pytest.raises(KeyError, match="has no figure 'craking'; did you mean 'cracking'"):
        result.plot("craking")


def test_any_moment_has_a_picture(result, tmp_path):
    figure = result.fields.at(voltage=3.9).picture(tmp_path / "map.png")
    assert "1 h 00 min, cycle 1, 3.900 V" in figure.get_suptitle()
    assert matplotlib.image.imread(tmp_path / "map.png")[..., :3].std() > 0.05


def test_the_summary_tells_how_it_ended(result, directory):
    assert result.status == result.summary["status"] == "finished"
    assert repr(result) == f"<Result {directory}: finished>"


def test_a_run_below_here_is_named_from_here(result, directory, monkeypatch):
    monkeypatch.chdir(directory.parent)
    assert repr(result) == f"<Result {directory.name}: finished>"


BLOCKED = """
import sys
for name in ("dolfinx", "petsc4py", "mpi4py", "gmsh", "ufl"):
    sys.modules[name] = None    # importing it is an ImportError
from intergrain import open_run
result = open_run(sys.argv[1])
assert len(result.history["Voltage / V"]) == 17
assert result.fields.at(voltage=4.0).grains.n_cells == 128
result.plot("voltage")
print(result.summary["status"])
"""


def test_reading_needs_no_dolfinx(directory):
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, str(directory)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout == "finished\n", done.stderr


def test_a_notebook_shows_any_figure_by_itself(result):
    picture = result.plot("cracking")._repr_png_()
    assert picture.startswith(b"\x89PNG") and len(picture) > 5000
