"""The page of a fit: what was found and how surely, its figures, and every run."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from shlex import quote
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from solver.fitting import course
from solver.fitting import runs as of_runs
from solver.fitting.course import Fitted
from solver.fitting.drawn import figures
from solver.results import report, style
from solver.results.prefix import in_symbols
from solver.results.records import embedded
from solver.run_files import PAGE, write_whole
from solver.study.page import WIDE
from solver.study.values import PLAIN

FILE, TEMPLATE = "fit.html", "fit.html.j2"
HEAD = ("parameter", "value", "±", "from", "to", "began at", "key", "", "")
LEFT_OUT = (of_runs.KEY, of_runs.DIRECTORY)


def write_page(result: Fitted) -> Path:
    """Write the page of a fit; return its path. Raises OSError."""
    with style.look():
        drawn = [
            embedded(name, style.png(figure), wide=figure.get_figwidth() > WIDE)
            for name, figure in figures(result).items()
        ]
    about = course.as_json(result)
    folders = [Path(__file__).parent, Path(report.__file__).parent]
    page = Environment(loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined)
    rows = [result.runs.row(one) for one in result.runs.all]
    columns = [name for name in rows[0] if name not in LEFT_OUT]
    words = " \\\n    ".join(f"--set {quote(text)}" for text in result.use)
    values = about["singular_values"]
    text = page.get_template(TEMPLATE).render(
        about=about,
        head=HEAD,
        parameters=[_parameter(each) for each in about["parameters"]],
        compared=[_compared(each) for each in about["compared"]],
        figures=drawn,
        columns=columns,
        rows=[{"texts": [_text(row[name]) for name in columns], "off": row[of_runs.KIND] == "step"}
              for row in rows],
        singular="" if values is None else ", ".join(f"{value:.3g}" for value in values),
        use=f"./intergrain run {quote(about['case'])} \\\n    {words}",
        log=of_runs.FILE,
        result=course.FILE,
        width=report.WIDTH,
        mark=Markup(PAGE),
    )  # fmt: skip
    file = result.runs.folder / FILE
    write_whole(file, text)
    return file


def _parameter(each: dict[str, Any]) -> dict[str, Any]:
    unit = "" if each["unit"] == PLAIN else f" {in_symbols(each['unit'])}"
    error = each["standard_error"]
    remarks = ["at its bound"] if each["at_bound"] else []
    remarks += [] if each["identified"] else ["not identifiable"]
    remarks += ["a factor on the material"] if each["scale"] else []
    low, high = each["one_standard_error"]
    ends = f" ({low:.3g} to {high:.3g})" if each["log"] and low is not None else ""
    return {
        "texts": [
            each["name"],
            f"{each['value']:.5g}{unit}",
            "unknown" if error is None else f"{error:.2g}{unit}{ends}",
            f"{each['from']:g}{unit}",
            f"{each['to']:g}{unit}",
            f"{each['start']:.4g}{unit}",
            each["key"],
        ],
        "remark": ", ".join(remarks),
    }


def _compared(each: dict[str, Any]) -> list[str]:
    unit = "" if each["unit"] == PLAIN else f" {each['unit']}"
    precision = each["precision"] * (1e3 if "measured" not in each else 1.0)
    known = f": {each['measured']:g}, computed {each['fitted']:.4g}" if "measured" in each else ""
    first = each["rms_first"]
    return [
        f"{each['name']}{known}",
        f"{each['points']}",
        f"{precision:g}{unit}",
        "" if first is None else f"{first:.3g}{unit}",
        f"{each['rms_best']:.3g}{unit}",
    ]


def _text(value: Any) -> str:
    if isinstance(value, float):
        return "" if isnan(value) else f"{value:.4g}"
    return str(value)
