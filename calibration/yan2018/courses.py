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
UNFITTED = "no energy fitted"
COLOURS = dict(zip(PARTICLES, (style.BLUE, style.GREEN, style.VERMILION), strict=True))
Courses = Mapping[str, Sequence[Retention]]  # of all seeds, by case


def courses(folder: Path, runs: Mapping[str, Sequence[Wanted]]) -> Courses:
    """Return what the runs in a folder kept, without those that are not there any more."""
    found: dict[str, list[Retention]] = {}
    for case, some in runs.items():
        kept = [course_of(folder / wanted.folder) for wanted in some]
        found[case] = [course for course in kept if course is not None]
    return found


def course_of(run: Path) -> Retention | None:
    """Return what a run kept over its rounds, None if it is not there or has none."""
    table = run / "cycles.csv"
    return computed(read_history(table)) if table.exists() else None


def figure(found: Courses, beside: Courses, dashed: str = UNFITTED) -> Figure:
    """Draw a panel for each temperature, what is beside it dashed; dashed: what that is."""
    drawn = style.new_figure(7.2, 3.2)
    panels = drawn.subplots(1, len(CELSIUS), sharey=True)
    for axes, celsius in zip(panels, CELSIUS, strict=True):
        for particle, colour in COLOURS.items():
            _draw(axes, case_of(particle, celsius), colour, found, beside)
        axes.set_title(f"{celsius} °C", loc="left")
        axes.set_xlabel("Round")
    panels[0].set_ylabel("Retention / %")
    legend = _legend(dashed if any(beside.values()) else "")
    drawn.legend(handles=legend, loc="outside lower center", ncols=5)
    return drawn


def keep(file: Path, found: Courses, beside: Courses, dashed: str = UNFITTED) -> None:
    """Write the figure."""
    with style.look():
        style.save(figure(found, beside, dashed), file)


def _draw(axes: Axes, case: str, colour: str, found: Courses, beside: Courses) -> None:
    for course in found.get(case, ()):
        axes.plot(course.number, 100 * course.share, color=colour, lw=1.0)
    for course in beside.get(case, ()):
        axes.plot(course.number, 100 * course.share, color=colour, lw=1.0, ls="--")
    rounds = [course.number[-1] for course in found.get(case, ())]
    if rounds:  # without a published point it is nan, which draws nothing
        axes.plot(max(rounds), 100 * measured(case), "D", mfc="white", mec=colour, clip_on=False)


def _legend(dashed: str) -> list[Line2D]:
    handles = [
        Line2D([], [], color=colour, label=particle.replace("_", " "))
        for particle, colour in COLOURS.items()
    ]
    grey = style.FAINT
    if dashed:
        handles.append(Line2D([], [], color=grey, ls="--", label=dashed))
    return [*handles, Line2D([], [], color=grey, marker="D", mfc="white", ls="", label="measured")]
