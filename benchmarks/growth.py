"""Draws how much of the boundaries has cracked over the cycles, of runs that ablations.py has made.

./intergrain python benchmarks/growth.py TITLE=FOLDER [TITLE=FOLDER ...] [-o PICTURE]

One panel for every folder, one line for every seed of a pristine, coated or infused particle on
which both causes act. A computed cycle counts as many as its declared acceleration.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from solver.results import style
from solver.results.records import read_record

COLOURS = {"pristine": style.VERMILION, "as_coated": style.ORANGE, "infused": style.BLUE}


class Growth(NamedTuple):
    """At the start and at the end of every step of the protocol; factor: on all ageing."""

    cycles: np.ndarray
    cracked: np.ndarray  # percent
    factor: float


def growth_of(run: Path) -> Growth:
    """Return the growth of a run whose cycles are a charge and a discharge each.

    KeyError if it left no history.
    """
    record = read_record(run)
    factor = max(record.metadata.get("accelerations", {}).values(), default=1.0)
    history = record.tables["history"]
    step = history["Step Index / 1"]
    last = np.flatnonzero(np.append(step[1:] != step[:-1], True))
    half_cycles = step[last] + 1
    cracked = 100 * history["Cracked Fraction / 1"][last]
    return Growth(np.append(0.0, half_cycles / 2 * factor), np.append(0.0, cracked), factor)


def panel(axes: Axes, title: str, folder: Path) -> None:
    """Draw the runs of a folder, named `[ball_]PARTICLE-both-SEED`."""
    for name, colour in COLOURS.items():
        label: str | None = name.replace("_", " ")
        for run in sorted(folder.glob(f"*{name}-both-*/")):
            growth = growth_of(run)
            axes.plot(growth.cycles, growth.cracked, color=colour, label=label, marker=".", lw=1.2)
            axes.set_xlabel(f"cycles, {growth.factor:g} to one that was computed")
            label = None
    axes.set(title=title, xlim=(0, None), ylim=(0, 100))


def main() -> None:
    parser = argparse.ArgumentParser(description="Cracked share over the cycles")
    parser.add_argument("folders", nargs="+", metavar="TITLE=FOLDER")
    parser.add_argument("-o", "--output", type=Path, default=Path("runs", "growth.png"))
    chosen = parser.parse_args()
    with style.look():
        figure = style.new_figure(3.6 * len(chosen.folders), 3.0)
        for number, word in enumerate(chosen.folders):
            title, _, folder = word.partition("=")
            axes = figure.add_subplot(1, len(chosen.folders), 1 + number)
            panel(axes, title, Path(folder))
            axes.set_ylabel("" if number else "cracked share of the boundaries / %")
            axes.legend(loc="upper left")
        print(style.save(figure, chosen.output))


if __name__ == "__main__":
    main()
