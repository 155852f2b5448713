"""The page of a study: its figures, and a table of its runs that leads to their reports."""

from __future__ import annotations

from io import BytesIO
from math import isnan
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from solver.results import report, style
from solver.results.prefix import in_symbols
from solver.results.records import embedded
from solver.run_files import PAGE, write_whole
from solver.study import table
from solver.study.drawn import figures, value_text
from solver.study.evaluations import FINISHED
from solver.study.gathered import Study, axis_unit
from solver.study.idle import idle_axes, in_words

FILE, TEMPLATE = "study.html", "study.html.j2"
WIDE = 6.0  # inches, from which on a figure is as wide as the page
REPORT = "report.html"


def write_page(folder: Path) -> Path:
    """Write the page of a study from its table and its runs; return its path. Raises OSError."""
    study = Study(folder)
    with style.look():
        drawn = [_embedded(name, figure) for name, figure in figures(study).items()]
    folders = [Path(__file__).parent, Path(report.__file__).parent]
    page = Environment(loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined)
    text = page.get_template(TEMPLATE).render(
        about=study.about,
        axes=[_axis(study, number) for number in range(len(study.about["axes"]))],
        counted=_counted(study),
        figures=drawn,
        head=_head(study),
        rows=[_row(study, number) for number in range(len(study))],
        failed=_failed(study),
        cautions=in_words(idle_axes(study)),
        table=table.CSV,
        width=report.WIDTH,
        mark=Markup(PAGE),
    )
    write_whole(folder / FILE, text)
    return folder / FILE


def _embedded(name: str, figure: Figure) -> dict[str, Any]:
    picture = BytesIO()
    figure.savefig(picture, format="png", dpi=150)
    return embedded(name, picture.getvalue(), wide=figure.get_figwidth() > WIDE)


def _axis(study: Study, number: int) -> tuple[str, str, str]:
    """An axis in words: name, the keys that it changes, its values."""
    axis = study.about["axes"][number]
    values = dict.fromkeys(map(value_text, study.table[axis["header"]].tolist()))
    unit, told = in_symbols(axis_unit(axis["header"])), ", ".join(values)
    if len(values) > table.MOST_TOLD:
        told = f"{len(values)} values, {next(iter(values))} … {list(values)[-1]}"
    return (
        axis["short"],
        ", ".join(axis["keys"]),
        told + (f" {unit}" if unit not in ("1", "") else ""),
    )


def _counted(study: Study) -> str:
    """How many runs ended how."""
    status = study.table[table.STATUS].tolist()
    return ", ".join(f"{status.count(each)} {each}" for each in dict.fromkeys(status))


def _head(study: Study) -> list[str]:
    return ["run", "status", *study.axes, *study.outputs, table.SECONDS]


def _row(study: Study, number: int) -> dict[str, Any]:
    """A row of the table of runs: texts, and the report of the run from where the page is."""
    values = [*study.axes.values(), *study.outputs.values(), study.table[table.SECONDS]]
    directory = str(study.table[table.DIRECTORY][number])
    there = (study.directory / directory / REPORT).is_file()
    return {
        "number": f"{study.table[table.RUN][number]:g}",
        "texts": [_text(column[number]) for column in values],
        "status": str(study.table[table.STATUS][number]),
        "link": f"{directory}/{REPORT}" if there else None,
    }


def _failed(study: Study) -> list[tuple[str, str, str]]:
    """Run, how it ended and why, of all that did not finish and say why."""
    known = zip(
        study.table[table.RUN], study.table[table.STATUS], study.table[table.REASON], strict=True
    )
    return [
        (f"{run:g}", str(status), str(reason))
        for run, status, reason in known
        if status != FINISHED and reason
    ]


def _text(value: Any) -> str:
    if isinstance(value, float):
        return "" if isnan(value) else f"{value:.4g}"
    return str(value)
