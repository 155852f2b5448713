"""A run in motion: one picture for every frame, or some of many, and the curves up to each."""

import numpy as np
import pytest
from matplotlib import animation
from PIL import Image

from solver import cli
from solver.results import animated
from solver.results.animated import MOST, NoAnimationError, animate
from solver.run_files import manifest
from solver.start import BAD_CASE, DONE
from tests.unit.test_plots import cycle, make_directory

ROWS = list(cycle())


@pytest.fixture(autouse=True)
def without_ffmpeg(monkeypatch):
    monkeypatch.setattr(animation.FFMpegWriter, "isAvailable", lambda: False)


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """A cycle with nine moments, of which one frame each."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "resolved.yaml").write_text("name: a\n")
    return make_directory(folder, ROWS[:9], "output.fields.format=vtkhdf")


def pictures_of(path):
    with Image.open(path) as opened:
        frames = []
        for number in range(opened.n_frames):
            opened.seek(number)
            frames.append(np.asarray(opened.convert("L"), dtype=float))
    return frames


def test_every_frame_is_a_picture(directory, capsys):
    assert cli.main(["plot", str(directory), "--animate"]) == DONE
    assert capsys.readouterr().out == f"{directory}/figures/animation.gif\n"
    pictures = pictures_of(directory / "figures/animation.gif")
    assert len(pictures) == 9
    height, width = pictures[0].shape
    assert (width, height) == (animated.WIDTH * animated.DOTS, animated.HEIGHT * animated.DOTS)


def test_only_curves_move_where_the_body_stays(directory):
    """The dot on the voltage goes from the left to the right."""
    pictures = pictures_of(animate(directory))
    width = pictures[0].shape[1]
    changed = np.abs(pictures[8] - pictures[0]) > 60
    assert changed[:, width // 2 :].any(axis=0).sum() > width // 4  # along the whole axis
    assert changed[60:, : width // 3].sum() < 0.01 * changed[:, width // 2 :].size


def test_a_long_run_is_shown_in_some_of_its_frames(tmp_path, monkeypatch):
    monkeypatch.setattr(animated, "MOST", 4)
    drawn = animate(make_directory(tmp_path, ROWS[:9]))
    assert len(pictures_of(drawn)) == 4 < MOST


def test_the_curves_stop_at_the_moment_of_the_frame(directory, monkeypatch):
    seen = []
    run_on = animated._run_on
    monkeypatch.setattr(
        animated, "_run_on", lambda *about: (seen.append(about[3]), run_on(*about))[1]
    )
    animate(directory)
    assert sorted(set(seen)) == list(range(9))


def test_the_animation_is_a_file_of_the_run(directory):
    animate(directory)
    assert "figures/animation.gif" in manifest(directory)


def test_with_ffmpeg_it_is_an_mp4(monkeypatch):
    monkeypatch.setattr(animation.FFMpegWriter, "isAvailable", lambda: True)
    ending, writer = animated._writer(7.0)
    assert ending == ".mp4"
    assert isinstance(writer, animation.FFMpegWriter)
    assert writer.fps == 7


def test_a_run_without_fields_has_none_and_says_why(tmp_path, capsys):
    without = make_directory(tmp_path, ROWS[:3], "output.fields.enabled=false")
    (tmp_path / "resolved.yaml").write_text("name: a\n")
    with pytest.raises(NoAnimationError, match="has 0 frames of its fields"):
        animate(without)
    assert cli.main(["plot", str(tmp_path), "--animate"]) == BAD_CASE
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "output.fields of the case" in told
    assert not (tmp_path / "figures/animation.gif").exists()
