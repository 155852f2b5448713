"""Figures come from the run directory alone, whatever part of it is there."""

import errno
import subprocess
import sys
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

from solver.output.figures import drawn_figures
from solver.output.snapshot import Outcome
from solver.output.trackers import open_trackers
from solver.results import style
from solver.results.frames import outlines, read_frame
from solver.results.history import half_cycles, read_history
from solver.results.particle import shared_scales
from solver.results.plots import draw, moments
from solver.results.prefix import with_prefix
from tests.unit.output_example import CASES, make_row, make_run, make_snapshot

CURVES = {"voltage.png", "cracking.png", "energy.png"}
PARTICLES = {f"particle_{moment}.png" for moment in ("start", "widest", "charged", "end")}
DONE = Outcome("finished", "the whole protocol was done", {})
NO_FIGURES = "output={figures: {enabled: false}, report: {enabled: false}}"


def cycle():
    """Charge, rest and discharge, 200 mA h/g in 2 h each."""
    for t in np.linspace(0, 2, 9):
        yield make_row(3600 * t, Voltage=3.5 + 0.4 * t, Net=100 * t, Elastic=1e-10 * t)
    yield make_row(3600 * 2.5, Step_Index=1, Voltage=4.2, Net=200.0)
    for t in np.linspace(0.25, 2, 8):
        yield make_row(3600 * (2.5 + t), Step_Index=1, Voltage=4.2 - 0.7 * t, Net=200 - 100 * t)


def make_directory(directory, rows, *overrides):
    run = make_run(directory, overrides=(NO_FIGURES, *overrides))
    trackers = open_trackers(run)
    for number, row in enumerate(rows):
        for tracker in trackers:
            tracker.record(make_snapshot(run, row, step_ended=number in (0, 8)))
    for tracker in trackers:
        tracker.finish(DONE)
    return directory


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return make_directory(tmp_path_factory.mktemp("run"), cycle())


def names(files):
    return {file.name for file in files}


def test_all_figures_are_drawn(directory):
    files = draw(directory)
    assert names(files) == CURVES | PARTICLES
    for file in files:
        assert matplotlib.image.imread(file)[..., :3].std() > 0.05  # not an empty page


def test_without_fields_only_the_curves_are_drawn(tmp_path):
    rows = list(cycle())
    files = draw(make_directory(tmp_path, rows, "output.fields.enabled=false"))
    assert names(files) == CURVES


@pytest.mark.parametrize("number_of_rows", [1, 2])
def test_a_run_that_hardly_began_can_be_drawn(tmp_path, number_of_rows):
    files = draw(make_directory(tmp_path, list(cycle())[:number_of_rows]))
    assert names(files) > CURVES


def test_a_single_grain_can_be_drawn(tmp_path):
    run = make_run(tmp_path, columns=1, rows=1, overrides=(NO_FIGURES,))
    for tracker in open_trackers(run):
        tracker.record(make_snapshot(run, make_row(), True))
        tracker.finish(DONE)
    assert "particle_end.png" in names(draw(tmp_path))


def test_numbers_that_are_none_do_not_stop_the_drawing(tmp_path):
    rows = [*cycle(), make_row(99e3, Largest=np.nan, Elastic=np.nan, Cracked=np.nan)]
    assert names(draw(make_directory(tmp_path, rows))) == CURVES | PARTICLES


def test_it_runs_as_a_program_without_dolfinx(directory):
    program = (
        "import sys; from solver.results.plots import main\n"
        f"code = main([{str(directory)!r}])\n"
        "heavy = {'dolfinx', 'petsc4py', 'mpi4py', 'vtk'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else code)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=CASES.parent, check=True, timeout=60)


def test_a_failed_picture_is_told_but_fails_no_run(tmp_path, capfd):
    figures = drawn_figures()
    figures.start(make_run(tmp_path))
    figures.finish(DONE)
    error = capfd.readouterr().err
    assert "figures could not be made: cannot draw" in error
    assert "history.csv" in error


def test_a_line_that_was_cut_off_is_left_out(directory, tmp_path):
    text = (directory / "history.csv").read_text()
    (tmp_path / "history.csv").write_text(text + "12345.0,1,0")
    whole, cut = read_history(directory / "history.csv"), read_history(tmp_path / "history.csv")
    assert np.array_equal(whole["Test Time / s"], cut["Test Time / s"])
    assert len(cut["Voltage / V"]) == 18


def test_half_cycles_start_at_zero_capacity_and_rests_belong_to_what_was_before(directory):
    charge, discharge = half_cycles(read_history(directory / "history.csv"))
    assert (charge.charging, discharge.charging) == (True, False)
    assert (charge.capacity[0], charge.capacity[-1]) == (0, 200)
    assert (discharge.capacity[0], discharge.capacity[-1]) == (0, 200)
    assert charge.voltage[-1] == discharge.voltage[0] == 4.2  # rested


def test_pictures_show_the_moments_they_are_named_after(directory):
    times = np.array([0.0, 3600.0, 7200.0, 9000.0, 12600.0])
    history = read_history(directory / "history.csv")
    chosen = moments(times, history, directory / "no fields")
    assert chosen["particle_start"][0] == 0
    assert chosen["particle_end"][0] == 4
    assert chosen["particle_charged"][0] in (2, 3)


def test_grains_are_outlined_and_cracks_scaled(directory):
    frame = read_frame(directory / "fields", 0)
    edges = outlines(frame.grains.cells)
    assert len(edges) == 4 * 16  # four grains, four sides, four edges each
    middle = frame.grains.points[edges].mean(axis=1)
    on_lines = np.isclose(np.abs(middle[:, :2]) % 0.5, 0).any(axis=1)
    assert on_lines.all()
    assert shared_scales([frame]).opening == pytest.approx(50.0)


def test_prefixes_keep_numbers_readable():
    assert with_prefix(7.7e-10, "J") == (1e12, "pJ")
    assert with_prefix(2e-8, "J") == (1e9, "nJ")
    assert with_prefix(0.0, "J") == (1e15, "fJ")
    assert [style.clock(t) for t in (0, 90, 5400, 3599)] == [
        "0 s",
        "2 min",
        "1 h 30 min",
        "1 h 00 min",
    ]


def test_a_full_disk_leaves_the_earlier_picture_and_names_it(tmp_path, monkeypatch):
    picture = style.save(style.new_figure(1, 1), tmp_path / "a.png")
    earlier = picture.read_bytes()

    def full(self, content):
        with self.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")  # as writing says it: without a name

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as caught:
        style.save(style.new_figure(2, 2), picture)
    assert caught.value.filename == str(picture)
    assert picture.read_bytes() == earlier
    assert list(tmp_path.iterdir()) == [picture]
