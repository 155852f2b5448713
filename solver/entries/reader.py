"""Reads one material file: every entry has a unit, and a source, or is `assumed` or `fitted`.

What is wrong is noted with its file and line, and reading goes on with NaN in its place, so that
all problems of a file are told at once.
"""

from collections.abc import Callable, Mapping
from math import inf, isfinite, nan
from pathlib import Path
from typing import Any, TypeVar

from solver.entries import laws
from solver.entries.files import (
    FOLDER,
    MaterialError,
    MaterialFileError,
    is_path,
    layers_of,
    names,
)
from solver.entries.measures import ACTIVATION, SHARE, Measure
from solver.text.layers import BASE, Layer, line_of
from solver.text.messages import shown
from solver.text.problems import Place, Problem, nearest
from solver.units.measures import to_si

Made = TypeVar("Made")
NO_ENTRY: dict[str, Any] = {}
ORIGIN = ("source", "assumed", "fitted", "note")
NEEDED = "source, assumed: true with a note, or fitted: to what"
# Parts that an entry keeps of the one that it replaces
KEPT = dict.fromkeys(("potential", "anode_potential"), laws.TAILS)
LONGEST = 200  # text, in characters


def opened(prefix: str, name: str) -> "Entries":
    """Return the entries of a material of the library, or of the file that a path names.

    A path ends in .yaml. Raises MaterialError with the nearest name if there is no such material.
    """
    if is_path(name):
        return Entries(Path(name))
    if name not in names(prefix):
        kind = prefix.rstrip("_") or "material"
        raise MaterialError(f"unknown {kind} {shown(name)} ({nearest(name, names(prefix))})")
    return Entries(FOLDER / f"{prefix}{name}.yaml")


def checked(entries: "Entries", make: Callable[["Entries"], Made]) -> Made:
    """Return what `make` reads from a file; MaterialFileError with all that is wrong with it."""
    material = make(entries)
    entries.text("about")
    entries.refuse_unknown()
    if entries.problems:
        raise MaterialFileError(sorted(entries.problems, key=lambda p: (p.file, p.line or 0)))
    return material


class Entries:
    """The entries of one material file: each has a unit and says where it comes from.

    A file that is `based_on` another one (a library file without .yaml, or a file beside it) has
    all entries of that one which it does not give itself. Of an entry made of several quantities
    (`rock_salt`) it has those that it does not give, and of a potential the tails. problems: what
    is wrong so far. cautions: what is unusual, in the same form.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.cautions: list[Problem] = []
        self._known: dict[Place, None] = {(BASE,): None}  # in order
        self._layers = layers_of(path)
        self.data, self._owner = _whole(self._layers)

    def note(self, place: Place, why: str) -> None:
        """Keep in mind that something is wrong."""
        _add(self.problems, self._problem(place, why))

    def caution(self, place: Place, why: str) -> None:
        """Keep in mind that something is unusual."""
        _add(self.cautions, self._problem(place, why))

    def know(self, *places: Place) -> None:
        """Let a file say something in these places."""
        for place in places:
            self._known |= {place[:depth]: None for depth in range(1, len(place) + 1)}

    def text(self, key: str) -> str:
        """Return a text of one line, or the name of the file where there is none."""
        self.know((key,))
        text = self.data.get(key, self.path.stem)
        if not isinstance(text, str) or not text.isprintable() or len(text) > LONGEST:
            self.note((key,), f"expected a text of one line, got {shown(text)}")
        return str(text)

    def has(self, key: str) -> bool:
        """Return whether there is such an entry."""
        return key in self.data

    def inherited(self, place: Place) -> Path | None:
        """Return the file that a part was kept from though its entry was replaced, if it was."""
        owner = self._owner.get(place)
        return None if owner is None or owner is self._owner[place[:1]] else owner.path

    def entry(self, key: str) -> Mapping[str, Any]:
        """Return an entry, or the part of one that `whole.part` names; nothing if it is no good."""
        place, entry = place_of(key), self.data
        self.know(*((*place, word) for word in ORIGIN))
        for depth, part in enumerate(place, start=1):
            if part not in entry:
                why = f"is missing; give value, unit, and {NEEDED}"
                self.note(place[:depth], why)
                return NO_ENTRY
            entry = entry[part]
            if not isinstance(entry, dict):
                self.note(place[:depth], f"expected a mapping of keys, got {shown(entry)}")
                return NO_ENTRY
        self._require_origin(place, entry)
        return entry

    def _require_origin(self, place: Place, entry: Mapping[str, Any]) -> None:
        for word in ("source", "fitted", "note"):
            if not isinstance(entry.get(word, ""), str):
                self.note((*place, word), f"expected a text, got {shown(entry[word])}")
        assumed = entry.get("assumed") is True and entry.get("note")
        if not (entry.get("source") or entry.get("fitted") or assumed):
            self.note(place, f"needs a {NEEDED}")

    def si(self, place: Place, number: Any, unit: str | None, measure: Measure) -> float:
        """Return a number in SI; NaN, and noted, if it is none. unit: None if that is noted."""
        if isinstance(number, bool) or not isinstance(number, int | float):
            self.note(place, f"expected a number, got {shown(number)}")
            return nan
        value = _finite(number)
        if not isfinite(value):
            self.note(place, f"expected a finite number, got {shown(number)}")
            return nan
        return nan if unit is None else to_si(value, unit, measure.unit)

    def unit(self, key: str, measure: Measure, default: Any = None) -> str | None:
        """Return the unit of an entry; None, and noted, if it measures something else."""
        place = (*place_of(key), "unit")
        self.know(place)
        unit = self.entry(key).get("unit", default)
        example = f", such as {measure.usual.unit}" if measure.usual.unit != measure.unit else ""
        kind = f"{measure.unit}{example}"
        if not isinstance(unit, str):
            self.note(place, f"needs a unit of the kind {kind}, got {shown(unit)}")
            return None
        try:
            to_si(1.0, unit, measure.unit)
        except ValueError:
            self.note(place, f"{shown(unit)} is not a unit of the kind {kind}")
            return None
        return unit

    def signed(self, key: str, measure: Measure, part: str = "value") -> float:
        """Return a value of any sign in SI, or NaN."""
        entry, place = self.entry(key), (*place_of(key), part)
        self.know(place)
        if not entry:
            return nan
        value = self.si(place, entry.get(part), self.unit(key, measure), measure)
        return self.usual(place, value, measure)

    def usual(self, place: Place, value: float, measure: Measure) -> float:
        """Return a value; a caution if it lies where such values do not."""
        odd = measure.usual.outside(value) if isfinite(value) else None
        if odd is not None:
            self.caution(place, odd)
        return value

    def number(self, key: str, measure: Measure, zero: bool = False) -> float:
        """Return a positive value in SI, or zero where that is allowed; or NaN."""
        value = self.signed(key, measure)
        if value < 0 or (value == 0 and not zero):
            quantity = f"{self.entry(key)['value']} {self.entry(key)['unit']}"
            self.note((*place_of(key), "value"), f"must be positive, got {quantity}")
        return value

    def fraction(self, key: str, zero: bool = False) -> float:
        """Return a value above 0 (or 0 where that is allowed) and up to 1; or NaN."""
        value = self.number(key, SHARE, zero)
        if value > 1:
            self.note((*place_of(key), "value"), f"must not exceed 1, got {value:g}")
        return value

    def activation(self, key: str) -> float:
        """Return the activation energy of an entry in J/mol."""
        return self.number(f"{key}.activation_energy", ACTIVATION, zero=True)

    def numbers(self, key: str, part: str, unit: str | None, measure: Measure) -> list[float]:
        """Return a list of an entry in SI; empty, and noted, if it is no list of numbers."""
        place, entry = (*place_of(key), part), self.entry(key)
        self.know(place)
        if not entry:
            return []
        numbers = entry.get(part)
        if not isinstance(numbers, list) or not numbers:
            got = "an empty list" if numbers == [] else shown(numbers)
            self.note(place, f"expected a list of numbers, got {got}")
            return []
        values = [self.si((*place, n), v, unit, measure) for n, v in enumerate(numbers)]
        return values if all(map(isfinite, values)) else []

    def refuse_unknown(self) -> None:
        """Note every key that nothing has read."""
        self._refuse_unknown((), self.data)

    def _refuse_unknown(self, place: Place, entries: Mapping[Any, Any]) -> None:
        known = {p[-1]: p for p in self._known if p[:-1] == place}
        for key, inner in entries.items():
            if key not in known:
                hint = nearest(str(key)[:LONGEST], map(str, known))
                self.note((*place, key), f"unknown key ({hint})")
            elif isinstance(inner, dict):
                self._refuse_unknown(known[key], inner)

    def _problem(self, place: Place, why: str) -> Problem:
        owner = self._owner.get(place[:2]) or self._owner.get(place[:1]) or self._layers[-1]
        path = ".".join(shown(key).strip("'") for key in place)
        return Problem(str(owner.path), line_of(owner.data, place), f"{path}: {why}")


def place_of(key: str) -> tuple[str, ...]:
    """Return the keys on the way to an entry that `whole.part` names."""
    return tuple(key.split("."))


def _add(problems: list[Problem], problem: Problem) -> None:
    if problem not in problems:
        problems.append(problem)


def _finite(number: int | float) -> float:
    try:
        return float(number)
    except OverflowError:
        return inf


def _whole(layers: tuple[Layer, ...]) -> tuple[dict[str, Any], dict[Place, Layer]]:
    """The entries of all files, and which file each of them, or a part that it keeps, is from."""
    whole: dict[str, Any] = {}
    owner: dict[Place, Layer] = {}
    for layer in layers:
        for key, entry in layer.data.items():
            parts = _parts(key, entry, whole.get(key))
            kept = _kept(parts, entry, whole.get(key))
            owner[(key,)] = layer
            owner |= {(key, part): layer for part in parts if part in entry}
            whole[key] = {**entry, **kept} if kept else entry
    whole.pop(BASE, None)
    return whole, owner


def _parts(key: str, entry: Any, replaced: Any) -> tuple[str, ...]:
    """Those parts that an entry keeps of the one that it replaces unless it gives them itself."""
    if not _is_group(entry):
        return KEPT.get(key, ()) if isinstance(entry, dict) else ()
    return tuple({**replaced, **entry}) if _is_group(replaced) else tuple(entry)


def _is_group(entry: Any) -> bool:
    """Whether an entry is made of quantities, and none itself."""
    if not isinstance(entry, dict) or not entry:
        return False
    return all(isinstance(part, dict) for part in entry.values())


def _kept(parts: tuple[str, ...], entry: Any, replaced: Any) -> dict[str, Any]:
    """Those of the parts that an entry keeps from the one that it replaces, in their own unit."""
    if not isinstance(replaced, dict):
        return {}
    unit = {} if _is_group(replaced) else {"unit": replaced.get("unit")}
    return {
        part: {**unit, **replaced[part]}
        for part in parts
        if part not in entry and isinstance(replaced.get(part), dict)
    }
