"""Reads the positive electrode of a BPX file, the standard of the Faraday Institution, v0.1 to 1.1.

Only what an oxide needs is read. The interfacial current is j = 2 j0 sinh(F eta/2RT) with
j0 = F k sqrt(c_e/c_e0) sqrt(x (1 - x)), as in BPX since v0.3.
"""

import json
from collections.abc import Mapping, Sequence
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np

from solver.entries.laws import REFERENCE_TEMPERATURE
from solver.materials.bpx.expression import Floats, function_of
from solver.materials.bpx.particle import CellParticle, Constant, Function
from solver.text.files import read_text
from solver.text.messages import one_line, shown
from solver.text.problems import Problem, nearest, told
from solver.units.constants import FARADAY

LARGEST = 32 * 1024**2  # bytes
POSITIVE, WHOLE = "Positive electrode", "Parameterisation"
OCP, DIFFUSIVITY = "OCP [V]", "Diffusivity [m2.s-1]"
RATE, CONCENTRATION = "Reaction rate constant [mol.m-2.s-1]", "Maximum concentration [mol.m-3]"
LOWEST, HIGHEST = "Minimum stoichiometry", "Maximum stoichiometry"
DIFFUSIVITY_ENERGY = "Diffusivity activation energy [J.mol-1]"
RATE_ENERGY = "Reaction rate constant activation energy [J.mol-1]"
ENTROPIC, RADIUS = "Entropic change coefficient [V.K-1]", "Particle radius [m]"
TEMPERATURE = "Reference temperature [K]"
BRANCHES = ("OCP (delithiation) [V]", "OCP (lithiation) [V]")
NEEDED = (OCP, DIFFUSIVITY, RATE, CONCENTRATION, LOWEST, HIGHEST)


class CellFileError(Exception):
    """A file of a cell with all its problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(told(self.problems))


class _Reader:
    """Entries of one electrode; what is wrong is noted with its line."""

    def __init__(
        self, file: Path, text: str, place: tuple[str, ...], entries: Mapping[str, Any]
    ) -> None:
        self.file, self.text, self.place, self.entries = file, text, place, entries
        self.problems: list[Problem] = []

    def note(self, key: str, why: str) -> None:
        """Keep in mind that something is wrong."""
        line = _line(self.text, (*self.place, key))
        self.problems.append(Problem(str(self.file), line, f"{key}: {why}"))

    def number(self, key: str, least: float, most: float) -> float:
        """Return a number between bounds, NaN where it is none."""
        value: Any = self.entries.get(key)
        plain = float(value) if type(value) in (int, float) else nan
        if isfinite(plain) and least <= plain <= most:
            return plain
        self.note(key, f"expected a number from {least:g} to {most:g}, got {shown(value)}")
        return nan

    def optional(self, key: str, least: float, most: float) -> float | None:
        """Return a number, None where it is not given."""
        return None if self.entries.get(key) is None else self.number(key, least, most)

    def law(self, key: str) -> tuple[Constant, tuple[float, ...]]:
        """Return a constant or a function of x, and the nodes of a table."""
        given = self.entries.get(key)
        try:
            if isinstance(given, str):
                return function_of(given), ()
            if isinstance(given, Mapping):
                return _table(given)
        except ValueError as error:
            self.note(key, str(error))
            return nan, ()
        return self.number(key, -1e6, 1e6), ()


def read_cell(file: Path) -> list[CellParticle]:
    """Return the oxides of the positive electrode, several of a blend. Raises CellFileError."""
    try:
        text = read_text(file, LARGEST)
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        raise CellFileError(
            [Problem(str(file), error.lineno, f"is no JSON: {error.msg}")]
        ) from error
    except (ValueError, RecursionError) as error:
        raise CellFileError([Problem(str(file), None, one_line(str(error)))]) from error
    header, parameters = _mapping(file, text, whole, "Header"), _mapping(file, text, whole, WHOLE)
    electrode = _mapping(file, text, parameters, POSITIVE, (WHOLE,))
    warm = _temperature(file, text, parameters.get("Cell"))
    blend = electrode.get("Particle")
    several = blend if isinstance(blend, dict) else {"": electrode}
    read = []
    for name, entries in several.items():
        place = (WHOLE, POSITIVE, *(("Particle", name) if name else ()))
        reader = _Reader(file, text, place, entries if isinstance(entries, dict) else {})
        read.append(_particle(reader, name, header, warm))
    return read


def _temperature(file: Path, text: str, cell: Any) -> float:
    """Reference temperature of the cell, K; that of the library where none is given."""
    if not isinstance(cell, dict) or cell.get(TEMPERATURE) is None:
        return REFERENCE_TEMPERATURE
    reader = _Reader(file, text, (WHOLE, "Cell"), cell)
    temperature = reader.number(TEMPERATURE, 200, 1000)
    if reader.problems:
        raise CellFileError(reader.problems)
    return temperature


def _mapping(
    file: Path, text: str, whole: Any, key: str, place: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    found = whole.get(key) if isinstance(whole, dict) else None
    if isinstance(found, dict):
        return found
    there = whole if isinstance(whole, dict) else {}
    hint = f" ({nearest(key, there)})" if there else ""
    why = f"is no BPX file with a positive electrode: it has no '{key}'{hint}"
    raise CellFileError([Problem(str(file), _line(text, place), why)])


def _particle(
    reader: _Reader, name: str, header: Mapping[str, Any], temperature: float
) -> CellParticle:
    """The oxide that the entries describe. Raises CellFileError."""
    for key in NEEDED:
        if key not in reader.entries:
            hint = nearest(key, reader.entries) if reader.entries else "nothing is there"
            reader.note(key, f"is missing ({hint})")
    if reader.problems:
        raise CellFileError(reader.problems)
    potential, nodes = reader.law(OCP)
    rate = reader.number(RATE, 1e-20, 1e6)
    entropic = reader.law(ENTROPIC)[0] if reader.entries.get(ENTROPIC) is not None else None
    diffusivity = reader.law(DIFFUSIVITY)[0]
    low, high = reader.number(LOWEST, 0, 1), reader.number(HIGHEST, 0, 1)
    if low >= high:
        reader.note(HIGHEST, f"must be above the {LOWEST.lower()}, {low:g}")
    concentration = reader.number(CONCENTRATION, 1, 1e6)
    slowed = [reader.optional(key, 0, 1e6) for key in (DIFFUSIVITY_ENERGY, RATE_ENERGY)]
    radius = reader.optional(RADIUS, 1e-10, 1e-2)
    if reader.problems:
        raise CellFileError(reader.problems)
    title = one_line(str(header.get("Title") or reader.file.stem))
    stem = f"{reader.file.stem}_{name}" if name else reader.file.stem
    return CellParticle(
        name="".join(c if c.isalnum() or c in "-_" else "_" for c in stem),
        about=one_line(f"{f'{name} of ' if name else ''}{title}", 190),
        source=_source(reader.file, title, header),
        potential=_function(potential),
        low=low,
        high=high,
        nodes=nodes,
        concentration=concentration,
        diffusivity=diffusivity,
        diffusivity_energy=slowed[0],
        exchange=0.5 * FARADAY * rate,
        exchange_told=f"F k/2, k = {rate:g} mol/m^2/s",
        exchange_energy=slowed[1],
        entropic=entropic,
        temperature=temperature,
        notes=_notes(reader.entries),
        radius=radius,
    )


def _notes(entries: Mapping[str, Any]) -> tuple[str, ...]:
    branches = [key for key in BRANCHES if key in entries]
    return (f"{' and '.join(branches)} left out: one potential for both ways",) if branches else ()


def _function(law: Constant) -> Function:
    return law if callable(law) else lambda x: np.full(np.shape(x), law)


def _table(given: Mapping[str, Any]) -> tuple[Function, tuple[float, ...]]:
    """The straight lines between the points of a table."""
    try:
        x, y = (np.array(given[key], dtype=np.float64) for key in ("x", "y"))
    except (KeyError, ValueError, TypeError) as error:
        raise ValueError("a table needs lists x and y of numbers") from error
    if x.ndim != 1 or x.shape != y.shape or len(x) < 2 or not np.all(np.isfinite([x, y])):
        raise ValueError("a table needs lists x and y of as many numbers, two or more")
    order = np.argsort(x)
    x, y = x[order], y[order]
    if np.any(np.diff(x) <= 0):
        raise ValueError("a table has an x twice")

    def between(at: Floats) -> Floats:
        return np.asarray(np.interp(at, x, y))

    return between, tuple(float(each) for each in x)


def _source(file: Path, title: str, header: Mapping[str, Any]) -> str:
    parts = [f"BPX file {file.name}: {title}", str(header.get("References") or "")]
    described = str(header.get("Description") or "")
    parts.append("" if parts[1] else described)
    return one_line("; ".join(part for part in parts if part), 600)


def _line(text: str, place: Sequence[str]) -> int | None:
    """Line of the last key of a place that stands in a text of JSON, the first one of its name."""
    position, line = 0, None
    for key in place:
        found = text.find(json.dumps(key), position)
        if found < 0:
            break
        position, line = found, text.count("\n", 0, found) + 1
    return line
