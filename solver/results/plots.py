"""Draws the figures of a run directory: `python -m solver.results.plots DIRECTORY`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from solver.results import (
    calorimetry_figure,
    crack_figures,
    crack_maps,
    crack_surfaces,
    curves,
    cycling,
    force,
    headers,
    heating_figure,
    loaded,
    loss_figure,
    measurement_figures,
    measurements,
    probing,
    retention_figure,
    slow,
    style,
)
from solver.results.bulk import complete
from solver.results.cut import cut_open
from solver.results.declaration import declare
from solver.results.frames import frame_times, mean_openings, read_frame
from solver.results.history import History, half_cycles, read_history
from solver.results.jumps import parted
from solver.results.names import UnknownNameError
from solver.results.particle import VISIBLE, CaptionedFrame, lithium_and_stress, pictures
from solver.results.records import declaration, entries, resolved_case
from solver.run_files import claim

WIDEST = "particle_widest"


def draw(directory: Path) -> list[Path]:
    """Draw what there is into `figures/`; return the files.

    Raises OSError or ValueError if the directory holds no readable history.
    """
    with style.look():
        told = declaration(directory)
        drawn = {name: figure for some in _families(directory) for name, figure in some.items()}
        claim(directory, *(f"figures/{name}.png" for name in drawn))
        return [
            style.save(declare(figure, told), directory / "figures" / f"{name}.png")
            for name, figure in drawn.items()
        ]


def figure(directory: Path, name: str) -> Figure:
    """Draw one figure. Raises UnknownNameError if the run has none of that name."""
    known: list[str] = []
    with style.look():
        for some in _families(directory):
            if name in some:
                return declare(some[name], declaration(directory))
            known += some
    raise UnknownNameError(f"{directory} has no figure", name, known)


def _families(directory: Path) -> Iterator[dict[str, Figure]]:
    """All figures, some at a time: who wants one of them need not wait for the others."""
    history = read_history(directory / "history.csv")
    if len(history[headers.TEST_TIME]) == 0:
        return
    yield force.figures(history)
    if headers.VOLTAGE not in history:
        yield loaded.figures(directory, _name(directory), history)
        return
    cycles, over_time = _table(directory / "cycles.csv"), parted(history)
    yield {
        "voltage": curves.voltage(history, cycles),
        "cracking": curves.cracking(over_time),
        "energy": curves.energy(over_time),
    }
    yield _slow_figures(over_time)
    yield _protocol_figures(directory, history)
    yield _measured_figures(directory, history, cycles)
    yield _crack_figures(directory, history, cycles)
    yield _particle_pictures(directory, history)
    maps = crack_maps.figure(directory, history, cycles, _name(directory))
    yield {"crack_maps": maps} if maps else {}


def _measured_figures(
    directory: Path, history: History, cycles: History | None
) -> dict[str, Figure]:
    """The run beside the measured curves that its case names."""
    declared = measurements.declared_curves(directory, resolved_case(directory))
    table = History({}) if cycles is None else cycles
    compared = [measurements.compare_with(history, table, each) for each in declared]
    return measurement_figures.figures(compared)


def missing_figures(directory: Path) -> str | None:
    """Draw figures that are not there or older than the history; return what went wrong if so."""
    history, drawn = directory / "history.csv", list((directory / "figures").glob("*.png"))
    try:
        if not drawn or min(f.stat().st_mtime for f in drawn) < history.stat().st_mtime:
            draw(directory)
    except Exception as error:  # whatever it is: a page without pictures is better than none
        return f"figures could not be drawn: {error}"
    return None


def _protocol_figures(directory: Path, history: History) -> dict[str, Figure]:
    """Figures of those kinds of steps that the run had."""
    cycles = _table(directory / "cycles.csv")
    case = resolved_case(directory)
    drawn: dict[str, Figure | None] = {
        "differential": cycling.differential(history, cycles),
        "calorimetry": calorimetry_figure.figure(history, case),
        "heating": heating_figure.figure(history),
    }
    if cycles:
        drawn["cycling"] = cycling.cycling(cycles)
        drawn["rate"] = cycling.rate_capability(cycles)
        drawn["retention"] = retention_figure.figure(cycles, case)
    if lost := _table(directory / "losses.csv"):
        drawn["losses"] = loss_figure.figure(lost)
    if sweeps := _table(directory / "sweeps.csv"):
        drawn["sweep"] = probing.sweeps(history, sweeps)
    if pulses := _table(directory / "pulses.csv"):
        drawn["titration"] = probing.titration(history, pulses)
    if spectra := _table(directory / "impedance.csv"):
        arcs = _table(directory / "spectra.csv")
        drawn["impedance"] = probing.impedance(spectra, arcs)
        drawn["resistance"] = None if arcs is None else probing.resistance(arcs)
    return {name: figure for name, figure in drawn.items() if figure is not None}


def _slow_figures(history: History) -> dict[str, Figure]:
    """What changes slowly: wear, wet area and films, as far as there is any."""
    drawn = {
        "surfaces": slow.surfaces(history),
        "wear": slow.wear(history),
        **slow.own(history),
    }
    return {name: figure for name, figure in drawn.items() if figure is not None}


def _crack_figures(directory: Path, history: History, cycles: History | None) -> dict[str, Figure]:
    """Figures of cracks, if there are any."""
    if not np.any(history.get(headers.CRACKS, 0.0) > 0):
        return {}
    drawn: dict[str, Figure | None] = {"crack_growth": crack_figures.growth(history, cycles)}
    cracks = entries(directory / "cracks.json")
    if cracks:
        drawn["crack_widths"] = crack_figures.widths(parted(history), cracks)
        drawn["crack_depth"] = crack_figures.depth(cracks, cycles)
        drawn["crack_directions"] = crack_figures.directions(cracks)
    return {name: figure for name, figure in drawn.items() if figure is not None}


def _table(path: Path) -> History | None:
    """Columns of a table that not every run has, complete cycles only; None if it has no row."""
    if not path.exists():
        return None
    table = complete(read_history(path))
    return table if len(next(iter(table.values()))) else None


def _particle_pictures(directory: Path, history: History) -> dict[str, Figure]:
    """The particle at the moments that tell most, on shared scales."""
    fields = directory / "fields"
    name = _name(directory)
    times = frame_times(fields)
    if len(times) == 0:
        return {}
    chosen = moments(times, history, fields)
    whole = read_frame(fields, chosen[WIDEST][0])
    cracks = crack_surfaces.figure(
        whole, f"{name}: {chosen[WIDEST][1]}\n{_when(whole.time, history)}"
    )
    numbers = {number for number, _ in chosen.values()} - {chosen[WIDEST][0]}
    frames = {number: cut_open(read_frame(fields, number)) for number in numbers}
    frames[chosen[WIDEST][0]] = cut_open(whole)
    captioned = {
        file: CaptionedFrame(frames[number], f"{name}: {what}", _when(frames[number].time, history))
        for file, (number, what) in chosen.items()
    }
    drawn = pictures(captioned, lithium_and_stress, VISIBLE)
    return drawn | ({"crack_surfaces": cracks} if cracks else {})


def moments(times: np.ndarray, history: History, fields: Path) -> dict[str, tuple[int, str]]:
    """Return frame and description of each picture, by file name."""
    openings = mean_openings(fields)
    widest = int(np.argmax(openings)) if len(openings) == len(times) else 0
    chosen = {
        "particle_start": (0, "start"),
        WIDEST: (widest, "widest openings"),
        "particle_end": (len(times) - 1, "end"),
    }
    first = half_cycles(history)[:1]
    if first and first[0].charging:
        moment = history[headers.TEST_TIME][len(first[0].voltage) - 1]
        frame = int(np.argmin(np.abs(times - moment)))
        chosen["particle_charged"] = (frame, "end of first charge")
    return chosen


def _when(time: float, history: History) -> str:
    row = int(np.argmin(np.abs(history[headers.TEST_TIME] - time)))
    voltage, lithium = history[headers.VOLTAGE][row], history[headers.MEAN_OCCUPANCY][row]
    return f"{style.clock(time)}, {voltage:.3f} V, mean occupancy {lithium:.2f}"


def _name(directory: Path) -> str:
    """What the case is about, else the name of the directory, as a line of a figure."""
    return style.plain(str(_entry(directory / "metadata.json", "case", directory.resolve().name)))


def _entry(file: Path, key: str, otherwise: Any) -> Any:
    """Entry of a JSON file, or something else where it cannot be had."""
    return entries(file).get(key, otherwise)


def main(arguments: list[str]) -> int:
    """Draw one directory; 1 if that is impossible."""
    if len(arguments) != 1:
        print("usage: python -m solver.results.plots DIRECTORY", file=sys.stderr)
        return 2
    try:
        draw(Path(arguments[0]))
    except (OSError, ValueError) as error:
        print(f"cannot draw {arguments[0]}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
