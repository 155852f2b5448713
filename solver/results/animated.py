"""A run in motion: the particle cut open and its cracks, beside the curves as they run on."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib import animation
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from solver.results import headers, loaded, particle, style
from solver.results.cut import cut_open
from solver.results.force import largest_force, newton, where
from solver.results.frames import Floats, Frame, frame_times, read_frame
from solver.results.history import History, read_history
from solver.results.particle import Panel, Scales
from solver.results.prefix import with_prefix
from solver.results.records import entries
from solver.results.warp import deformed, enlargement
from solver.run_files import claim, write_whole

MOST = 150  # pictures, some of those of a long run
LONGEST, SLOWEST = 15.0, 4.0  # s; frames per second at least
WIDTH, HEIGHT, DOTS = 8.0, 4.6, 120  # inches, dots per inch
FIGURES = "figures"


class NoAnimationError(ValueError):
    """Why a run cannot be animated, in a sentence."""


class RunningCurve(NamedTuple):
    """What runs on beside the particle: values over hours or increments."""

    values: Floats
    label: str
    colour: str


class Scene(NamedTuple):
    """What all pictures share. course: of every row of the history, in its unit."""

    name: str
    history: History
    course: Floats
    unit: str
    curves: Sequence[RunningCurve]
    scales: Scales
    colours: Normalize | None
    limits: tuple[Floats, Floats]


def animate(directory: Path) -> Path:
    """Draw a run into `figures/animation.mp4`, or `.gif` where there is no ffmpeg.

    NoAnimationError if it has fewer than two frames of its fields, OSError or ValueError if it
    cannot be read or written.
    """
    times = frame_times(directory / "fields")
    if len(times) < 2:
        raise NoAnimationError(
            f"{directory} has {len(times)} frames of its fields, and what moves needs two or more "
            "(output.fields of the case)"
        )
    with style.look():
        numbers = np.unique(np.linspace(0, len(times) - 1, min(MOST, len(times))).round())
        read = (cut_open(read_frame(directory / "fields", int(number))) for number in numbers)
        frames = list(read)
        factor = enlargement(frames, particle.VISIBLE)
        frames = [deformed(frame, factor) for frame in frames]
        return _drawn(directory, frames, _scene(directory, frames))


def _scene(directory: Path, frames: Sequence[Frame]) -> Scene:
    history = read_history(directory / "history.csv")
    told = entries(directory / "metadata.json").get("case", directory.resolve().name)
    chemistry = headers.VOLTAGE in history
    hours = history[headers.TEST_TIME] / 3600
    course = hours if chemistry else np.arange(len(hours), dtype=float)
    ends = [frame.grains.points[:, :2] for frame in frames]
    limits = np.min([x.min(axis=0) for x in ends], axis=0), np.max([x.max(0) for x in ends], axis=0)
    return Scene(
        style.plain(str(told)),
        history,
        course,
        "Time / h" if chemistry else "Increment",
        _curves(history),
        particle.shared_scales(list(frames)),
        Normalize(*_occupancies(frames)) if chemistry else None,
        limits,
    )


def _curves(history: History) -> list[RunningCurve]:
    """Voltage, or the largest force, and the cracked share where anything cracks."""
    curves, column = [], largest_force(history)
    if headers.VOLTAGE in history:
        curves.append(RunningCurve(history[headers.VOLTAGE], headers.VOLTAGE, style.BLUE))
    elif column:
        force = np.abs(history[column])
        factor, unit = with_prefix(float(force.max()), newton(history, column))
        label = f"Force, {style.plain(where(history, column))} / {unit}"
        curves.append(RunningCurve(factor * force, label, style.BLUE))
    if np.any(history[headers.CRACKED] > 0):
        label = "Cracked share / %"
        curves.append(RunningCurve(100 * history[headers.CRACKED], label, style.VERMILION))
    return curves


def _occupancies(frames: Sequence[Frame]) -> tuple[float, float]:
    """Range of the lithium in all frames."""
    return particle.span(
        np.concatenate([frame.grains.at_nodes[headers.MAP_OCCUPANCY] for frame in frames])
    )


def _drawn(directory: Path, frames: Sequence[Frame], scene: Scene) -> Path:
    """Draw frame by frame aside; the file is there whole or not at all."""
    rate = max(SLOWEST, len(frames) / LONGEST)
    ending, writer = _writer(rate)
    name = f"{FIGURES}/animation{ending}"
    claim(directory, name)
    (directory / FIGURES).mkdir(exist_ok=True)
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DOTS, layout="constrained")
    with TemporaryDirectory() as folder:
        drawn = Path(folder) / f"animation{ending}"
        with writer.saving(figure, str(drawn), DOTS):
            for frame in frames:
                figure.clear()
                _draw(figure, frame, scene)
                writer.grab_frame()
        write_whole(directory / name, drawn.read_bytes())
    return directory / name


def _writer(rate: float) -> tuple[str, animation.AbstractMovieWriter]:
    """What writes the pictures, and how its file ends: ffmpeg where there is one, else Pillow."""
    if (program := _ffmpeg_of_python()) is not None:
        mpl.rcParams["animation.ffmpeg_path"] = program
    if animation.FFMpegWriter.isAvailable():
        options = ["-pix_fmt", "yuv420p", "-crf", "20"]  # what every player plays
        return ".mp4", animation.FFMpegWriter(fps=round(rate), codec="h264", extra_args=options)
    return ".gif", animation.PillowWriter(fps=round(rate))


def _ffmpeg_of_python() -> str | None:
    """Return the ffmpeg that a package of Python brings, if it is there."""
    try:
        return str(import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return None


def _draw(figure: Figure, frame: Frame, scene: Scene) -> None:
    """The body to the left, the curves up to this moment to the right."""
    rows = max(len(scene.curves), 1)
    grid = figure.add_gridspec(rows, 2, width_ratios=(1.15, 1))
    body = figure.add_subplot(grid[:, 0])
    particle.draw_body(body, frame, _panel(frame, scene), scene.scales.opening)
    particle.scale_bar(body, frame)
    (left, bottom), (right, top) = scene.limits
    margin = 0.06 * (right - left)
    body.set_xlim(left - margin, right + margin)
    body.set_ylim(bottom - margin, top + margin)
    at = int(np.argmin(np.abs(scene.history[headers.TEST_TIME] - frame.time)))
    for row, curve in enumerate(scene.curves):
        axes = figure.add_subplot(grid[row, 1])
        _run_on(axes, scene.course, curve, at)
        if row + 1 == len(scene.curves):
            axes.set_xlabel(scene.unit)
        else:
            axes.tick_params(labelbottom=False)
    figure.suptitle(f"{scene.name}\n{_when(scene.history, frame.time, at)}", fontsize=9.5)


def _panel(frame: Frame, scene: Scene) -> Panel:
    if scene.colours is None:
        return loaded.stress_and_shear(frame, scene.scales)[0]
    occupancy = frame.grains.at_nodes[headers.MAP_OCCUPANCY]
    return Panel(occupancy, "viridis", scene.colours, "Lithium occupancy", "both")


def _run_on(axes: Axes, course: Floats, curve: RunningCurve, at: int) -> None:
    """All of a curve faintly, what has been of it in colour, with a dot at its end."""
    axes.plot(course, curve.values, color=style.FAINT, lw=0.8)
    axes.plot(course[: at + 1], curve.values[: at + 1], color=curve.colour)
    axes.plot(course[at], curve.values[at], "o", color=curve.colour, ms=5)
    axes.set_xlim(course[0], max(course[-1], course[0] + 1e-9))
    axes.set_ylabel(curve.label)


def _when(history: History, time: float, at: int) -> str:
    if headers.VOLTAGE not in history:
        return f"load factor {history[headers.LOAD_FACTOR][at]:.3g}"
    cycle, voltage = history[headers.CYCLE_INDEX][at], history[headers.VOLTAGE][at]
    return f"{style.clock(time)}, cycle {cycle:.0f}, {voltage:.3f} V"
