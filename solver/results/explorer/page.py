"""Writes the page of the explorer."""

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from solver.results import headers, style
from solver.results.explorer.scene import scene
from solver.results.history import History, read_history
from solver.results.records import entries
from solver.run_files import claim, write_whole

FILE = "explorer.html"
HERE = Path(__file__).parent


def explore(directory: Path) -> Path:
    """Write `explorer.html` into a run, and return its path.

    Raises NothingToExploreError if the run has no fields, OSError or ValueError if it cannot be
    read or written.
    """
    shown = scene(directory)
    history = read_history(directory / "history.csv")
    shown["curves"] = curves(history)
    shown["captions"] = [caption(history, time) for time in shown["times"]]
    told = str(entries(directory / "metadata.json").get("case", directory.resolve().name))
    claim(directory, FILE)
    write_whole(directory / FILE, page(told, shown).encode())
    return directory / FILE


def page(name: str, shown: dict[str, Any]) -> str:
    """Return the page of a scene."""
    loader = FileSystemLoader(HERE)
    template = Environment(loader=loader, undefined=StrictUndefined, autoescape=True)
    data = json.dumps(shown, allow_nan=False).replace("</", "<\\/")
    scripts = [(HERE / file).read_text(encoding="utf-8") for file in ("drawing.js", "explorer.js")]
    return template.get_template("explorer.html.j2").render(
        name=name, data=Markup(data), scripts=[Markup(script) for script in scripts], shown=shown
    )


def curves(history: History) -> dict[str, Any]:
    """Return what runs beside the body: hours, and values by what they are; nothing missing."""
    hours = history[headers.TEST_TIME] / 3600
    values = []
    scaled = ((headers.VOLTAGE, 1, headers.VOLTAGE), (headers.CRACKED, 100, "Cracked share / %"))
    for header, factor, label in scaled:
        if header in history:
            of_rows = [float(factor * value) for value in history[header]]
            values.append({"label": label, "values": of_rows})
    return {"hours": [float(hour) for hour in hours], "values": values}


def caption(history: History, time: float) -> str:
    """Return when a frame was, in words."""
    row = int(abs(history[headers.TEST_TIME] - time).argmin())
    words = [style.clock(time)]
    if headers.CYCLE_INDEX in history:
        words.append(f"cycle {int(history[headers.CYCLE_INDEX][row])}")
    if headers.VOLTAGE in history:
        words.append(f"{history[headers.VOLTAGE][row]:.3f} V")
    return ", ".join(words)
