"""Where grains fit each other: elastic energy and width of cracks over the voltage of a charge.

./intergrain python benchmarks/mismatch.py [--rate RATE] [--variants NAME,..] [--jobs N]
    [--set KEY=VALUE] [-o FOLDER]

Sixteen grains of NMC76 are charged to 4.5 V, bonded and with the weak boundaries of
cases/quickstart.yaml, with other lattice strains, with other occupancies at which the grains fit
each other, and faster. Strains are changed in files of materials, written beside the runs: the
mismatch c - a times a factor, or x stretched from x = 1 so that it changes sign at another voltage.
Stress is left out of the potential.
"""

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from runs import QUIET, ROOT, Done, Job, carried_out

from solver.materials import load_grain_material
from solver.materials.cited import occupancy_at
from solver.results import style
from solver.results.history import read_history

OXIDE = "NMC76"
RADIUS = 2e-6  # m
BODY = (
    "particle.radius=2 um",
    "particle.grains.count=16",
    "particle.mesh={size: 0.36 um, boundary_size: 0.18 um}",
    "physics.stress_in_potential.enabled=false",  # so that a voltage means an occupancy
    "numerics.time_step.maximum=10 min",
)
BOUNDARIES = {"bonded": ("physics.cohesive.enabled=false",), "cracking": ()}
VOLTAGES = (3.8, 4.0, 4.1, 4.2, 4.3, 4.4, 4.5)
KNOTS = np.linspace(0.0, 1.0, 26)
ENERGY, WIDTH = "Elastic Energy / J.m-1", "Mean Crack Width / m"


class Variant(NamedTuple):
    """What differs from the oxide of the library and from a slow charge.

    factor: on c - a. zero: voltage at which c - a changes sign. free: occupancy at which grains
    fit. rate: of the charge.
    """

    factor: float = 1.0
    zero: float | None = None
    free: float | None = None
    rate: str | None = None


VARIANTS = {
    "as measured": Variant(),
    "mismatch x 0.8": Variant(factor=0.8),
    "mismatch x 1.2": Variant(factor=1.2),
    "zero at 4.25 V": Variant(zero=4.25),
    "zero at 4.6 V": Variant(zero=4.6),
    "fit at x = 0.95": Variant(free=0.95),
    "fit at x = 0.5": Variant(free=0.5),
    "at 2C": Variant(rate="2C"),
}


def strains(variant: Variant) -> tuple[np.ndarray, np.ndarray]:
    """Return the strains within and across the layers at the knots."""
    oxide, x = load_grain_material(OXIDE), KNOTS
    if variant.zero is not None:
        x = 1 - (1 - x) * (1 - fitting_again()) / (1 - occupancy_at(oxide, variant.zero))
    within, across = oxide.strain_a.value(x), oxide.strain_c.value(x)
    return within, within + variant.factor * (across - within)


def fitting_again() -> float:
    """Return the occupancy below 0.4 at which the oxide of the library has a = c once more."""
    oxide, x = load_grain_material(OXIDE), np.linspace(0.05, 0.4, 7001)
    misfit = oxide.strain_c.value(x) - oxide.strain_a.value(x)
    return float(x[np.argmin(np.abs(misfit))])


def material(variant: Variant, path: Path) -> str:
    """Return the oxide of a variant: that of the library, or a file that is written here."""
    if variant.factor == 1.0 and variant.zero is None:
        return OXIDE
    entry = "{{unit: dimensionless, occupancy: {}, value: {}, assumed: true, note: varied}}"
    x = [round(float(v), 4) for v in KNOTS]
    a, c = ([round(float(v), 6) for v in each] for each in strains(variant))
    lines = [f"based_on: {OXIDE}", f"strain_a: {entry.format(x, a)}"]
    lines += [f"strain_c: {entry.format(x, c)}", "cited: {}", ""]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines))
    return str(path.resolve())


def jobs_of(chosen: argparse.Namespace) -> list[Job]:
    """Every variant, bonded and cracking."""
    jobs = []
    for name in chosen.variants.split(","):
        variant = VARIANTS[name]
        word = name.translate({ord(" "): "_", ord("="): None})
        oxide = material(variant, chosen.output / f"{word}.yaml")
        own = [f"materials.grain={oxide}"]
        own += [f"protocol=['Charge at {variant.rate or chosen.rate} until 4.5 V']"]
        if variant.free is not None:
            own.append(f"physics.swelling.stress_free_occupancy={variant.free}")
        jobs += [
            Job((word, state), ROOT / "cases" / "quickstart.yaml",
                (*QUIET, *BODY, *own, *BOUNDARIES[state], *chosen.overrides))
            for state in BOUNDARIES
        ]  # fmt: skip
    return jobs


class Course(NamedTuple):
    """Over the voltage of a charge: energy density in MJ/m^3, width in nm, zero if none is open."""

    voltage: np.ndarray
    energy: np.ndarray
    width: np.ndarray


def course_of(folder: Path) -> Course:
    """Return the course of a run; OSError if it left no history."""
    history = read_history(folder / "history.csv")
    energy = history[ENERGY] / (np.pi * RADIUS**2) / 1e6
    return Course(history["Voltage / V"], energy, 1e9 * np.nan_to_num(history[WIDTH]))


def line(name: str, state: str, course: Course) -> str:
    """Energies of the bonded particle, or widths of the cracks in the other, at the voltages."""
    shown = course.energy if state == "bonded" else course.width
    last = course.voltage[-1] + 0.02
    values = (np.interp(v, course.voltage, shown) if v < last else np.nan for v in VOLTAGES)
    return f"{name:16s} {state:9s}" + "".join(f" {value:7.2f}" for value in values)


def draw(courses: dict[str, dict[str, Course]], path: Path) -> Path:
    """Draw energies above widths, strains that differ to the left and the rest to the right."""
    left = [name for name, v in VARIANTS.items() if v.free is None and v.rate is None]
    right = ["as measured", *(name for name in VARIANTS if name not in left)]
    labels = {"bonded": "elastic energy, bonded / MJ m$^{-3}$", "cracking": "mean crack width / nm"}
    with style.look():
        figure = style.new_figure(7.2, 5.2)
        for row, (state, label) in enumerate(labels.items()):
            for column, names in enumerate((left, right)):
                axes = figure.add_subplot(2, 2, 1 + column + 2 * row)
                _curves(axes, {name: courses.get(name, {}).get(state) for name in names}, state)
                axes.set(ylabel="" if column else label, xlabel="voltage / V" if row else "")
                if row == 0:
                    axes.legend()
        return style.save(figure, path)


def _curves(axes: Axes, courses: dict[str, Course | None], state: str) -> None:
    colours = [style.BLACK, style.BLUE, style.SKY, style.VERMILION, style.ORANGE]
    for (name, course), colour in zip(courses.items(), colours, strict=False):
        if course is not None:
            shown = course.energy if state == "bonded" else course.width
            axes.plot(course.voltage, shown, color=colour, label=name)
    axes.set(xlim=(3.6, 4.52), ylim=(0, None))


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Where grains fit each other")
    parser.add_argument("--rate", default="C/5", help="of the charge")
    parser.add_argument("--variants", default=",".join(VARIANTS), metavar="NAME,..")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time")
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    parser.add_argument("-o", "--output", type=Path, default=Path("runs", "mismatch"))
    return parser.parse_args(arguments)


def told(done: Iterable[Done], folder: Path, tell: Callable[[str], None]) -> dict:
    """Tell a line for every run that left a history; return the courses by variant and state."""
    names = {name.translate({ord(" "): "_", ord("="): None}): name for name in VARIANTS}
    courses: dict[str, dict[str, Course]] = {}
    for each in done:
        word, state = each.job.key
        if not each.summary:
            tell(f"{names[word]:16s} {state:9s} {each.said}")
            continue
        course = course_of(folder / "-".join(each.job.key))
        courses.setdefault(names[word], {})[state] = course
        tell(line(names[word], state, course))
    return courses


def main() -> None:
    chosen = parsed()
    done = carried_out(jobs_of(chosen), chosen.output, chosen.jobs, lambda each: None)
    print(f"{'variant':16s} {'':9s}" + "".join(f" {v:5.1f} V" for v in VOLTAGES))
    courses = told(done, chosen.output, print)
    print(draw(courses, chosen.output / "mismatch.png"))


if __name__ == "__main__":
    main()
