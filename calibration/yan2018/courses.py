"""The figure of the fit: what each seed keeps over the rounds, beside what was measured."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from calibration.evaluations import Wanted
from calibration.stages import measured
from calibration.yan2018.stages import CELSIUS, PARTICLES, case_of
from solver.results import style
from solver.results.history import read_history
from solver.results.retention import Retention, computed

FILE = "retention.png"
COLOURS = dict(zip(PARTICLES, (style.BLUE, style.GREEN, style.VERMILION), strict=True))
Courses = Mapping[str, Sequence[Retention]]  # of all seeds, by case


def courses(folder: Path, runs: Mapping[str, Sequence[Wanted]]) -> Courses:
    """Return what the runs in a folder kept, without those that are not there any more."""
    found: dict[str, list[Retention]] = {}
    for case, some in runs.items():
        tables = [folder / wanted.folder / "cycles.csv" for wanted in some]
        kept = [computed(read_history(table)) for table in tables if table.exists()]
        found[case] = [course for course in kept if course is not None]
    return found


def figure(found: Courses, plain: Courses) -> Figure:
    """Draw a panel for each temperature; plain: with no energy fitted, dashed."""
    drawn = style.new_figure(7.2, 3.2)
    panels = drawn.subplots(1, len(CELSIUS), sharey=True)
    for axes, celsius in zip(panels, CELSIUS, strict=True):
        for particle, colour in COLOURS.items():
            _draw(axes, case_of(particle, celsius), colour, found, plain)
        axes.set_title(f"{celsius} °C", loc="left")
        axes.set_xlabel("Round")
    panels[0].set_ylabel("Retention / %")
    drawn.legend(handles=_legend(any(plain.values())), loc="outside lower center", ncols=5)
    return drawn


def keep(folder: Path, found: Courses, plain: Courses) -> None:
    """Write the figure."""
    with style.look():
        style.save(figure(found, plain), folder / FILE)


def _draw(axes: Axes, case: str, colour: str, found: Courses, plain: Courses) -> None:
    for course in found.get(case, ()):
        axes.plot(course.number, 100 * course.share, color=colour, lw=1.0)
    for course in plain.get(case, ()):
        axes.plot(course.number, 100 * course.share, color=colour, lw=1.0, ls="--")
    rounds = [course.number[-1] for course in found.get(case, ())]
    if rounds:  # without a published point it is nan, which draws nothing
        axes.plot(max(rounds), 100 * measured(case), "D", mfc="white", mec=colour, clip_on=False)


def _legend(with_plain: bool) -> list[Line2D]:
    handles = [
        Line2D([], [], color=colour, label=particle.replace("_", " "))
        for particle, colour in COLOURS.items()
    ]
    grey = style.FAINT
    if with_plain:
        handles.append(Line2D([], [], color=grey, ls="--", label="no energy fitted"))
    return [*handles, Line2D([], [], color=grey, marker="D", mfc="white", ls="", label="measured")]
