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
BESIDE = "--", ":"  # lines of what is drawn beside, one kind after another
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


def figure(found: Courses, beside: Mapping[str, Courses]) -> Figure:
    """Draw a panel for each temperature; beside: by what the legend calls them, two at most."""
    lines = dict(zip(beside, BESIDE, strict=False))
    drawn = style.new_figure(7.2, 3.2)
    panels = drawn.subplots(1, len(CELSIUS), sharey=True)
    for axes, celsius in zip(panels, CELSIUS, strict=True):
        for particle, colour in COLOURS.items():
            case = case_of(particle, celsius)
            for label, line in lines.items():
                _draw(axes, beside[label].get(case, ()), colour, line)
            _draw(axes, found.get(case, ()), colour)
            _mark(axes, case, colour, found)
        axes.set_title(f"{celsius} °C", loc="left")
        axes.set_xlabel("Round")
    panels[0].set_ylabel("Retention / %")
    handles = _legend({label: line for label, line in lines.items() if any(beside[label].values())})
    drawn.legend(handles=handles, loc="outside lower center", ncols=6)
    return drawn


def keep(file: Path, found: Courses, beside: Mapping[str, Courses]) -> None:
    """Write the figure."""
    with style.look():
        style.save(figure(found, beside), file)


def _draw(axes: Axes, some: Sequence[Retention], colour: str, line: str = "-") -> None:
    for course in some:
        axes.plot(course.number, 100 * course.share, color=colour, lw=1.0, ls=line)


def _mark(axes: Axes, case: str, colour: str, found: Courses) -> None:
    rounds = [course.number[-1] for course in found.get(case, ())]
    if rounds:  # without a published point it is nan, which draws nothing
        axes.plot(max(rounds), 100 * measured(case), "D", mfc="white", mec=colour, clip_on=False)


def _legend(lines: Mapping[str, str]) -> list[Line2D]:
    handles = [
        Line2D([], [], color=colour, label=particle.replace("_", " "))
        for particle, colour in COLOURS.items()
    ]
    grey = style.FAINT
    handles += [Line2D([], [], color=grey, ls=line, label=label) for label, line in lines.items()]
    return [*handles, Line2D([], [], color=grey, marker="D", mfc="white", ls="", label="measured")]
