"""Reads one material file: every entry has a unit, and a source or the word `assumed`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from solver.case.layers import read_mapping
from solver.case.problems import CaseError, nearest
from solver.case.units import to_si
from solver.materials import laws
from solver.materials.laws import Law
from solver.materials.stiffness import Stiffness

FOLDER = Path(__file__).parent


class MaterialError(Exception):
    """A material that is missing, incomplete or inconsistent."""


def names(prefix: str) -> list[str]:
    """Return the names of the library's materials whose files begin with `prefix`.

    Grain materials have no prefix: they are the files without an underscore.
    """
    files = [p.stem for p in FOLDER.glob(f"{prefix}*.yaml") if prefix or "_" not in p.stem]
    return sorted(stem.removeprefix(prefix) for stem in files)


def read(prefix: str, name: str, kind: str) -> "Entries":
    """Return the entries of a material of the library, or of the file that a path names.

    A path ends in .yaml. Raises MaterialError with the nearest name if there is no such material.
    """
    if name.endswith((".yaml", ".yml")):
        return Entries(Path(name))
    if name not in names(prefix):
        raise MaterialError(f"unknown {kind} '{name}' ({nearest(name, names(prefix))})")
    return Entries(FOLDER / f"{prefix}{name}.yaml")


BASE = "based_on"


class Entries:
    """The entries of one material file: each has a unit and says where it comes from.

    A file that is `based_on` another one (a library file without .yaml, or a file beside it) has
    all entries of that one which it does not give itself.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.data = path, _content(path)
        base = self.data.pop(BASE, None)
        if base is not None:
            known = path.parent / str(base), FOLDER / f"{base}.yaml"
            found = next((file for file in known if file.is_file()), None)
            if found is None:
                raise self.error(BASE, f"no such material '{base}' in the library or beside it")
            self.data = Entries(found).data | self.data
        self.used = {"name", "about"}

    def error(self, key: str, why: str) -> MaterialError:
        """Return the error that an entry is wrong."""
        return MaterialError(f"{self.path}: {key}: {why}")

    def text(self, key: str) -> str:
        """Return a text, or the name of the file where there is none."""
        return str(self.data.get(key) or self.path.stem)

    def has(self, key: str) -> bool:
        """Return whether there is such an entry."""
        return key in self.data

    def entry(self, key: str) -> dict[str, Any]:
        """Return an entry, or the part of one that `whole.part` names, if it is complete."""
        self.used.add(key.split(".")[0])
        found: Any = self.data
        for part in key.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        if not isinstance(found, dict):
            raise self.error(key, "is missing; give value, unit, and source or assumed: true")
        if not found.get("source") and not (found.get("assumed") is True and found.get("note")):
            raise self.error(key, "needs a source, or assumed: true with a note")
        return found

    def signed(self, key: str, unit: str) -> float:
        """Return a value of any sign, in `unit`."""
        entry = self.entry(key)
        return self._converted(key, entry.get("value"), entry.get("unit"), unit)

    def number(self, key: str, unit: str, zero: bool = False) -> float:
        """Return a positive value, or zero where that is allowed, in `unit`."""
        value = self.signed(key, unit)
        if value < 0 or (value == 0 and not zero):
            raise self.error(key, f"must be positive, got {value:g} {unit}")
        return value

    def fraction(self, key: str) -> float:
        """Return a value above 0 and up to 1."""
        value = self.number(key, "dimensionless")
        if value > 1:
            raise self.error(key, f"must not exceed 1, got {value:g}")
        return value

    def points(self, key: str, unit: str) -> tuple[list[float], list[float]]:
        """Return the occupancies and the values of a table, in `unit`."""
        entry = self.entry(key)
        try:
            x, given = [float(v) for v in entry["occupancy"]], list(entry["value"])
        except (KeyError, TypeError, ValueError) as error:
            raise self.error(key, "needs lists `occupancy` and `value` of numbers") from error
        return x, [self._converted(key, v, entry.get("unit"), unit) for v in given]

    def table(self, key: str, unit: str, law: Callable[..., Law], *tails: Any) -> Law:
        """Return the law that `law` makes of a table and its tails."""
        try:
            return law(*self.points(key, unit), *tails)
        except ValueError as error:
            raise self.error(key, str(error)) from error

    def diffusivity(self, key: str) -> Law:
        """Return a positive table, or one value for every occupancy, in m^2/s."""
        if "occupancy" in self.entry(key):
            return self.table(key, "m^2/s", laws.positive_table)
        return laws.constant(self.number(key, "m^2/s"))

    def potential(self, key: str) -> Law:
        """Return a falling potential with its two tails, in V."""
        tails = []
        for name in ("low_tail", "high_tail"):
            tail, unit = self.entry(f"{key}.{name}"), self.entry(key).get("unit")
            value = self._converted(f"{key}.{name}", tail.get("value"), unit, "V")
            tails.append((float(tail["occupancy"]), value))
        return self.table(key, "V", laws.falling_table_with_tails, *tails)

    def entropic(self, key: str) -> Law:
        """Return dU/dT: a number, or the sum of the bells that `centre` and `width` describe."""
        entry = self.entry(key)
        if "centre" not in entry:
            return laws.constant(self.signed(key, "V/K"))
        heights = [self._converted(key, v, entry.get("unit"), "V/K") for v in entry["value"]]
        try:
            return laws.bells(heights, entry["centre"], entry["width"])
        except (KeyError, TypeError, ValueError) as error:
            raise self.error(key, "needs as many `centre` and `width` as values") from error

    def activated(self, key: str, law: Law) -> Callable[[float], Law]:
        """Return a law as a function of the temperature, by the activation energy of an entry."""
        energy = self.number(f"{key}.activation_energy", "J/mol", zero=True)
        return lambda temperature: law.scaled(laws.arrhenius(energy, temperature))

    def activated_number(self, key: str, unit: str) -> Callable[[float], float]:
        """Return a positive value as a function of the temperature, in `unit`."""
        value = self.number(key, unit)
        energy = self.number(f"{key}.activation_energy", "J/mol", zero=True)
        return lambda temperature: value * laws.arrhenius(energy, temperature)

    def measured(self, *keys: str) -> tuple[float, float]:
        """Return the occupancies between which all these tables are measured.

        That is between the first and the last of `known`, or else of all points.
        """
        ends = []
        for key in keys:
            entry = self.entry(key)
            try:
                known = [float(x) for x in entry.get("known", entry["occupancy"])]
                ends.append((min(known), max(known)))
            except (KeyError, TypeError, ValueError) as error:
                raise self.error(key, "`known` must be a list of occupancies") from error
        return max(low for low, _ in ends), min(high for _, high in ends)

    def stiffness(self, key: str) -> Stiffness:
        """Return a positive definite stiffness, in Pa."""
        entry = self.entry(key)
        constants = ("C11", "C12", "C13", "C33", "C44")
        result = Stiffness(
            **{
                n: self._converted(f"{key}.{n}", entry.get(n), entry.get("unit"), "Pa")
                for n in constants
            }
        )
        if np.linalg.eigvalsh(result.voigt()).min() <= 0:
            raise self.error(key, "is not positive definite")
        return result

    def refuse_unused(self) -> None:
        """Raise MaterialError if the file has an entry that nothing has read."""
        for key in self.data:
            if key not in self.used:
                raise self.error(key, f"unknown entry ({nearest(key, self.used)})")

    def _converted(self, key: str, value: Any, given: Any, unit: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(key, f"expected a number, got {value!r}")
        if not isinstance(given, str):
            raise self.error(key, f"needs a unit of the kind {unit}")
        try:
            return to_si(float(value), given, unit)
        except ValueError as error:
            raise self.error(key, str(error)) from error


def _content(path: Path) -> dict[str, Any]:
    try:
        return dict(read_mapping(path))
    except CaseError as error:
        raise MaterialError(str(error)) from error
