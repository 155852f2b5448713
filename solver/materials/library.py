"""Reads materials from YAML, checks their units, and turns their tables into laws."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from solver.case.load import read_mapping
from solver.case.problems import CaseError, nearest
from solver.case.units import to_si
from solver.materials import laws
from solver.materials.laws import Law

FOLDER = Path(__file__).parent


class MaterialError(Exception):
    """A material that is missing, incomplete or inconsistent."""


@dataclass(frozen=True)
class Stiffness:
    """Transversely isotropic stiffness about c in Voigt notation, in Pa."""

    C11: float
    C12: float
    C13: float
    C33: float
    C44: float

    @property
    def C66(self) -> float:  # noqa: N802
        """Return the shear stiffness within the layers."""
        return 0.5 * (self.C11 - self.C12)

    def voigt(self) -> np.ndarray:
        """Return the 6 x 6 matrix for (11, 22, 33, 23, 13, 12) with engineering shear."""
        matrix = np.diag([self.C11, self.C11, self.C33, self.C44, self.C44, self.C66])
        matrix[0, 1] = matrix[1, 0] = self.C12
        matrix[:2, 2] = matrix[2, :2] = self.C13
        return matrix


@dataclass(frozen=True)
class GrainMaterial:
    """The oxide of a grain, in SI. Strains are relative to x = 1; laws are functions of x."""

    name: str
    max_concentration: float  # mol/m^3, at x = 1
    density: float  # kg/m^3
    potential: Law  # V, falls strictly
    strain_a: Law  # within the layers
    strain_c: Law  # across the layers
    diffusivity: Callable[[float], Law]  # of the temperature; m^2/s within the layers
    diffusivity_ratio: float  # across over within the layers
    exchange_current: Callable[[float], Law]  # of the temperature; A/m^2
    stiffness: Stiffness
    collector_conductance: float  # S/m^2
    surface_film_resistance: float  # ohm m^2


@dataclass(frozen=True)
class BoundaryMaterial:
    """A fresh grain boundary, in SI."""

    name: str
    strength: float  # Pa, tensile
    toughness: float  # J/m^2
    shear_ratio: float  # shear over tensile strength
    scatter: float  # relative standard deviation of the strength
    misorientation_weakening: float  # part of the strength lost at right angles
    penalty: float  # Pa/m
    residual_stiffness: float  # part of the penalty that is never lost
    lithium_conductance: float  # S/m^2 when bonded
    electron_conductance: float  # S/m^2 when bonded


@dataclass(frozen=True)
class FillerMaterial:
    """A conductor of lithium ions, meshed between or around grains, in SI."""

    name: str
    stiffness: Stiffness
    conductivity: Callable[[float], float]  # of the temperature; S/m
    oxide_conductance: float  # S/m^2, ions across a face to the oxide
    electrolyte_conductance: float  # S/m^2, ions across a face to the liquid
    electron_conductance: float  # S/m^2, electrons across a face to the oxide


def grain_materials() -> list[str]:
    """Return the names of the grain materials in the library."""
    return sorted(p.stem for p in FOLDER.glob("*.yaml") if "_" not in p.stem)


def load_grain_material(name: str) -> GrainMaterial:
    """Return a material of the library, or of the YAML file that a path ending in .yaml names.

    Raises MaterialError naming the file and the entry that is wrong.
    """
    if not name.endswith((".yaml", ".yml")) and name not in grain_materials():
        raise MaterialError(f"unknown material '{name}' ({nearest(name, grain_materials())})")
    entries = _Entries(FOLDER / f"{name}.yaml" if name in grain_materials() else Path(name))
    material = GrainMaterial(
        name=entries.text("name"),
        max_concentration=entries.number("max_concentration", "mol/m^3"),
        density=entries.number("density", "kg/m^3"),
        potential=entries.potential("potential"),
        strain_a=entries.table("strain_a", "dimensionless", laws.table),
        strain_c=entries.table("strain_c", "dimensionless", laws.table),
        diffusivity=entries.activated(
            "diffusivity", entries.table("diffusivity", "m^2/s", laws.positive_table)
        ),
        diffusivity_ratio=entries.number("diffusivity_ratio", "dimensionless"),
        exchange_current=entries.activated(
            "exchange_current",
            laws.symmetric_exchange_current(entries.number("exchange_current", "A/m^2")),
        ),
        stiffness=entries.stiffness("stiffness"),
        collector_conductance=entries.number("collector_conductance", "S/m^2"),
        surface_film_resistance=entries.number("surface_film_resistance", "ohm*m^2", zero=True),
    )
    entries.refuse_unused()
    return material


def load_boundary_material(state: str) -> BoundaryMaterial:
    """Return the fresh boundary of a state, `dry` or `lpo`; MaterialError if it is wrong."""
    known = sorted(p.stem.removeprefix("boundary_") for p in FOLDER.glob("boundary_*.yaml"))
    if state not in known:
        raise MaterialError(f"unknown boundary '{state}' ({nearest(state, known)})")
    entries = _Entries(FOLDER / f"boundary_{state}.yaml")
    material = BoundaryMaterial(
        name=entries.text("name"),
        strength=entries.number("strength", "Pa"),
        toughness=entries.number("toughness", "J/m^2"),
        shear_ratio=entries.number("shear_ratio", "dimensionless"),
        scatter=entries.number("scatter", "dimensionless", zero=True),
        misorientation_weakening=entries.number(
            "misorientation_weakening", "dimensionless", zero=True
        ),
        penalty=entries.number("penalty", "Pa/m"),
        residual_stiffness=entries.number("residual_stiffness", "dimensionless"),
        lithium_conductance=entries.number("lithium_conductance", "S/m^2"),
        electron_conductance=entries.number("electron_conductance", "S/m^2"),
    )
    entries.refuse_unused()
    return material


def load_filler_material(name: str) -> FillerMaterial:
    """Return a filler of the library, now `lpo`; MaterialError if it is wrong."""
    known = sorted(p.stem.removeprefix("filler_") for p in FOLDER.glob("filler_*.yaml"))
    if name not in known:
        raise MaterialError(f"unknown filler '{name}' ({nearest(name, known)})")
    entries = _Entries(FOLDER / f"filler_{name}.yaml")
    conductivity = laws.constant(entries.number("conductivity", "S/m"))
    activated = entries.activated("conductivity", conductivity)
    material = FillerMaterial(
        name=entries.text("name"),
        stiffness=entries.stiffness("stiffness"),
        conductivity=lambda temperature: float(activated(temperature).value(np.array(0.5))),
        oxide_conductance=entries.number("oxide_conductance", "S/m^2"),
        electrolyte_conductance=entries.number("electrolyte_conductance", "S/m^2"),
        electron_conductance=entries.number("electron_conductance", "S/m^2"),
    )
    entries.refuse_unused()
    return material


class _Entries:
    """The entries of one material file: each has a unit and says where it comes from."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.data = read_mapping(path)
        except CaseError as error:
            raise MaterialError(str(error)) from error
        self.used = {"name"}

    def error(self, key: str, why: str) -> MaterialError:
        return MaterialError(f"{self.path}: {key}: {why}")

    def text(self, key: str) -> str:
        return str(self.data.get(key) or self.path.stem)

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

    def number(self, key: str, unit: str, zero: bool = False) -> float:
        entry = self.entry(key)
        value = self._converted(key, entry.get("value"), entry.get("unit"), unit)
        if value < 0 or (value == 0 and not zero):
            raise self.error(key, f"must be positive, got {value:g} {unit}")
        return value

    def points(self, key: str, unit: str) -> tuple[list[float], list[float]]:
        entry = self.entry(key)
        try:
            x, given = [float(v) for v in entry["occupancy"]], list(entry["value"])
        except (KeyError, TypeError, ValueError) as error:
            raise self.error(key, "needs lists `occupancy` and `value` of numbers") from error
        return x, [self._converted(key, v, entry.get("unit"), unit) for v in given]

    def table(self, key: str, unit: str, law: Callable[..., Law], *tails: Any) -> Law:
        try:
            return law(*self.points(key, unit), *tails)
        except ValueError as error:
            raise self.error(key, str(error)) from error

    def potential(self, key: str) -> Law:
        tails = []
        for name in ("low_tail", "high_tail"):
            tail, unit = self.entry(f"{key}.{name}"), self.entry(key).get("unit")
            value = self._converted(f"{key}.{name}", tail.get("value"), unit, "V")
            tails.append((float(tail["occupancy"]), value))
        return self.table(key, "V", laws.falling_table_with_tails, *tails)

    def activated(self, key: str, law: Law) -> Callable[[float], Law]:
        energy = self.number(f"{key}.activation_energy", "J/mol", zero=True)
        return lambda temperature: law.scaled(laws.arrhenius(energy, temperature))

    def stiffness(self, key: str) -> Stiffness:
        entry = self.entry(key)
        names = ("C11", "C12", "C13", "C33", "C44")
        result = Stiffness(
            **{
                n: self._converted(f"{key}.{n}", entry.get(n), entry.get("unit"), "Pa")
                for n in names
            }
        )
        if np.linalg.eigvalsh(result.voigt()).min() <= 0:
            raise self.error(key, "is not positive definite")
        return result

    def refuse_unused(self) -> None:
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
