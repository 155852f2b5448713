"""One self-contained page about a run, or several beside each other: `report.html`.

As a program, `python -m solver.results.report DIRECTORY`, it draws nothing and takes the figures
that are there.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from solver.measured import MeasuredCurves, read_measured
from solver.results import figures_of_merit as merit
from solver.results import headlines, loads_of_merit, losses, measurement_rows, settings
from solver.results.history import figure_of
from solver.results.prefix import in_symbols
from solver.results.records import Record, embedded, read_record
from solver.run_files import PAGE, claim, write_whole
from solver.units.groups import OXIDE

FILE = "report.html"
TEMPLATE = "report.html.j2"
WIDTH = 480  # pixels of a figure of ordinary width
WIDE = {"particle_start", "particle_charged", "particle_widest", "particle_end", "impedance"}
WIDE |= {"loaded_peak", "loaded_end", "crack_maps"}
LEFT_OUT = ("particle_start",)
MEASUREMENTS = "Measurements"
CYCLES, CRACKS, SURFACES = "Voltage and capacity", "Cracks", "Wet area and layers"
SECTIONS = {
    "Loads": ("force", "stress"),
    CYCLES: ("retention", "voltage", "cycling", "rate", "differential", "sweep", "titration"),
    CRACKS: (
        "particle_charged", "particle_widest", "particle_end", "loaded_peak", "loaded_end",
        "crack_surfaces", "crack_maps", "cracking", "crack_growth",
        "crack_widths", "crack_depth", "crack_directions",
    ),
    "Losses": ("losses",),
    "Wear": ("wear", figure_of(OXIDE)),
    SURFACES: ("surfaces",),
    "Impedance": ("impedance", "resistance"),
    "Energy": ("energy",),
}  # fmt: skip
DRAWN_ANEW = "measured_"  # figures that the page draws itself, also of files that it is given


def write_report(
    directories: Sequence[Path],
    target: Path,
    problems: Sequence[str | None] = (),
    measured: Sequence[Path] = (),
) -> Path:
    """Write the page of one run or of several and return its path. Raises OSError.

    problems: with each run, what went wrong with its figures. measured: files of measured curves to
    set beside each run, besides those of its case. Raises MeasuredFileError.
    """
    records = _distinct([read_record(directory) for directory in directories])
    told = [*problems, *[None] * (len(records) - len(problems))]
    others = [read_measured(file) for file in measured]
    runs = [
        run_page(record, problem, others) for record, problem in zip(records, told, strict=True)
    ]
    comparison = None
    if len(records) > 1:
        from solver.results.comparison import compare

        comparison = compare(records, others)
    loader = FileSystemLoader(Path(__file__).parent)
    page = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    title = "Comparison of runs" if comparison else records[0].title
    text = page.get_template(TEMPLATE).render(
        title=title, runs=runs, comparison=comparison, width=WIDTH, mark=Markup(PAGE)
    )
    if target.name == FILE:  # under another name it is the user's
        claim(target.parent, FILE)
    write_whole(target, text)
    return target


def run_page(
    record: Record, problem: str | None, measured: Sequence[MeasuredCurves] = ()
) -> dict[str, Any]:
    """What the template shows of one run, beside measured curves of its case and others."""
    values = [row for material in record.materials for row in material["rows"] if row["value"]]
    leading = headlines.leading_picture(record)
    declared, wrong = measurement_rows.declared_or_why(record)
    compared = _compared(record, [*declared, *measured])
    return {
        "label": record.label,
        "title": record.title,
        "unequal": record.title != record.label,
        "directory": str(record.directory),
        "declared": record.declared,
        "cautions": record.cautions,
        "problems": [said for said in (problem, wrong) if said],
        "leading": _pictures(record, (leading,) if leading else ()),
        "headlines": headlines.headlines(record),
        "sections": [
            section for section in (compared, *_sections(record, leading)) if section is not None
        ],
        "effort": merit.effort(record),
        "setting": settings.setting(record),
        "mechanisms": settings.mechanisms(record),
        "in_si": not record.settings,
        "given": record.given,
        "materials": [_named(material) for material in record.materials],
        "counted": len(values),
        "assumed": sum(row["source"].startswith("assumed") for row in values),
        "fitted": sum(row["source"].startswith("fitted") for row in values),
        "origin": merit.origin(record),
    }


def _sections(record: Record, leading: str | None) -> list[dict[str, Any] | None]:
    """All sections, None for those of which there is nothing; the leading picture stands above."""
    rows = {
        "Loads": loads_of_merit.loads(record) if record.loaded else [],
        CYCLES: merit.capacities(record),
        CRACKS: merit.cracks(record),
        "Losses": losses.rows(record),
        "Wear": merit.wear(record),
        SURFACES: merit.surfaces(record),
        "Impedance": merit.impedance(record),
        "Energy": merit.energies(record),
    }
    own = merit.own(record)
    rows |= {group.capitalize(): lines for group, lines in own.items()}
    places = SECTIONS | {group.capitalize(): (figure_of(group),) for group in own}
    placed = {name for name in record.figures if name.startswith(DRAWN_ANEW)}
    placed |= {name for names in places.values() for name in (*names, *LEFT_OUT)}
    figures = places | {"Further figures": tuple(n for n in record.figures if n not in placed)}
    sections = []
    for title, names in figures.items():
        shown = tuple(name for name in names if name != leading)
        sections.append(_section(record, title, rows.get(title, []), shown))
    return sections


def _section(
    record: Record, title: str, rows: merit.Rows, names: Sequence[str]
) -> dict[str, Any] | None:
    """A section, None if there is nothing to show. The table of cycles stands with capacities."""
    drawn = _pictures(record, names)
    if not rows and not drawn:
        return None
    cycles = title == CYCLES
    notes = {
        CYCLES: headlines.over_full, CRACKS: headlines.tied, SURFACES: headlines.of_columns,
    }  # fmt: skip
    return {
        "title": title,
        "rows": rows,
        "table": merit.cycle_table(record) if cycles else ([], []),
        "note": notes[title](record) if title in notes else None,
        "figures": drawn,
    }


def _pictures(record: Record, names: Sequence[str]) -> list[dict[str, Any]]:
    """Those figures that there are, as a page holds them."""
    there = [name for name in names if name in record.figures]
    return [embedded(name, record.figures[name].read_bytes(), wide=name in WIDE) for name in there]


def _compared(record: Record, measured: Sequence[MeasuredCurves]) -> dict[str, Any] | None:
    """The section of measured curves, None without any."""
    if not measured:
        return None
    from solver.results import style  # and with it matplotlib

    with style.look():
        section = measurement_rows.section(record, measured)
        drawn = [embedded(name, style.png(each)) for name, each in section["figures"].items()]
    return section | {"title": MEASUREMENTS, "figures": drawn}


def _named(material: dict[str, Any]) -> dict[str, Any]:
    """A material under the name of its file, if it is a path, units in symbols."""
    printed = ("value", "temperature", "source")
    rows = [row | {key: in_symbols(row[key]) for key in printed} for row in material["rows"]]
    return material | {"name": Path(material["name"]).stem, "rows": rows}


def _distinct(records: list[Record]) -> list[Record]:
    """Records with labels that differ: by their directories where the cases have one name."""
    labels = [record.label for record in records]
    return [
        replace(record, label=record.directory.resolve().name)
        if labels.count(record.label) > 1
        else record
        for record in records
    ]


def main(arguments: list[str]) -> int:
    """Write the report of one directory; 1 if that is impossible."""
    if len(arguments) != 1:
        print("usage: python -m solver.results.report DIRECTORY", file=sys.stderr)
        return 2
    directory = Path(arguments[0])
    try:
        write_report([directory], directory / FILE)
    except (OSError, ValueError) as error:
        print(f"cannot report {directory}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
