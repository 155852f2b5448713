"""Thermal expansion: the lattice grows with the temperature, within its layers and across them.

    e_a = integral of alpha_a from T_0 to T,     e_c = integral of alpha_c

on top of what lithium does. T_0 is the temperature at which the grains fit without stress: that of
the beginning, or that of the synthesis, whose cooling then leaves stress from the start. Grains
that expand alike in all directions would not strain each other; what does is alpha_c - alpha_a.
Films and coatings do not expand.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field

from solver.entries import measures as q
from solver.entries.files import MaterialError
from solver.entries.reader import Entries
from solver.mechanisms.base import Mechanism, MechanismCase
from solver.mechanisms.conditions import Conditions
from solver.mechanisms.now import Now
from solver.mechanisms.places import Places
from solver.physics.thermal_expansion import Expansion
from solver.units import usual
from solver.units.columns import Column
from solver.units.groups import HEAT
from solver.units.measures import COLDEST, ExpansionCoefficient, Temperature

Floats = npt.NDArray[np.floating]
EVERYWHERE = (0.0, 1e4)  # K, where a coefficient holds that a case gives
HOTTEST_FURNACE = 1800.0  # K, that grains may have grown together at
NAMES = ("a", "c")


class ExpansionMaterial(NamedTuple):
    """How an oxide expands within the layers (a) and across them (c)."""

    a: Expansion
    c: Expansion

    @classmethod
    def read(cls, entries: Entries) -> "ExpansionMaterial | None":
        """Read the entry `thermal_expansion`; None without one: it is not known."""
        if not entries.has("thermal_expansion"):
            return None
        return cls(*(_table(entries, f"thermal_expansion.{name}") for name in NAMES))


def _table(entries: Entries, key: str) -> Expansion:
    """The coefficients of an entry; what is wrong with it is noted."""
    kelvin = entries.numbers(key, "temperature", "K", q.TEMPERATURE)
    alpha = entries.numbers(key, "value", entries.unit(key, q.EXPANSION), q.EXPANSION)
    if len(kelvin) != len(alpha) or len(kelvin) < 2 or kelvin != sorted(set(kelvin)):
        why = "needs two or more temperatures that increase, and as many values"
        entries.note((*key.split("."), "temperature"), why)
    return Expansion(tuple(kelvin), tuple(alpha))


class ThermalExpansionCase(MechanismCase):
    """The lattice expands with the temperature. What is not given is the material's."""

    of_oxides: ClassVar[Callable[[Entries], ExpansionMaterial | None]] = ExpansionMaterial.read

    stress_free: Annotated[Temperature | None, usual.FURNACE] = Field(
        None,
        ge=COLDEST,
        le=HOTTEST_FURNACE,
        description="Temperature at which the grains fit; default: that of the beginning. That of "
        "the synthesis leaves the stress of cooling",
        examples=["700 degC"],
    )
    a: ExpansionCoefficient | None = Field(
        None, description="Linear coefficient within the layers, at every temperature"
    )
    c: ExpansionCoefficient | None = Field(
        None, description="Linear coefficient across the layers, at every temperature"
    )

    def mechanism(self, places: Places) -> "ThermalExpansion":
        """Return the expansion of the oxides: as the case says, else as the material."""
        return ThermalExpansion(self, places)

    def require(self, oxide: Any, temperature: float) -> None:
        """Raise MaterialError unless it is known how an oxide expands to a temperature in K."""
        self.of(oxide, temperature)

    def of(self, oxide: Any, *temperatures: float) -> tuple[Expansion, Expansion]:
        """Return how an oxide expands along a and c; MaterialError if that is not known there."""
        given = oxide.entries["thermal_expansion"]
        found = []
        for name in NAMES:
            said = getattr(self, name)
            table = Expansion(EVERYWHERE, (said, said)) if said is not None else None
            table = getattr(given, name, None) if table is None else table
            if table is None:
                raise MaterialError(
                    f"{oxide.name} has no entry thermal_expansion.{name}: give it there, or "
                    f"physics.thermal_expansion.{name}, such as 1e-5 1/K"
                )
            for kelvin in (*temperatures, *([self.stress_free] if self.stress_free else [])):
                if not table.knows(kelvin):
                    raise MaterialError(
                        f"{oxide.name}: thermal_expansion.{name} is known from "
                        f"{table.temperature[0]:g} K to {table.temperature[-1]:g} K, and not at "
                        f"{kelvin:g} K"
                    )
            found.append(table)
        return found[0], found[1]


class ThermalExpansion(Mechanism):
    """Strains the lattice by the temperature."""

    name = "thermal_expansion"
    strains = True
    columns = (
        Column("Thermal Strain a", "1", HEAT, "Of the main oxide, within the layers."),
        Column("Thermal Strain c", "1", HEAT, "Of the main oxide, across the layers."),
    )

    def __init__(self, section: ThermalExpansionCase, places: Places) -> None:
        """section: what the case says."""
        self._section, self._places = section, places
        self._fit: float | None = section.stress_free
        self._oxide = places.oxide[places.nodes.grain]

    def laws(self, temperature: float) -> None:
        """Take the strains at a temperature in K; those of the first one are zero by default."""
        self._fit = temperature if self._fit is None else self._fit
        tables = [self._section.of(oxide, temperature) for oxide in self._places.oxides]
        strains = np.array(
            [[along.strain(self._fit, temperature) for along in pair] for pair in tables]
        )
        self._main = strains[0]
        self._a, self._c = strains[self._oxide].T * self._places.nodes.in_oxide

    def modify(self, now: Now, dt: float, conditions: Conditions) -> None:
        """Strain the lattice."""
        conditions.strain_a[:] += self._a
        conditions.strain_c[:] += self._c

    def observe(self, now: Now) -> Mapping[str, float]:
        """Return the strains of the main oxide."""
        return {"Thermal Strain a": float(self._main[0]), "Thermal Strain c": float(self._main[1])}
