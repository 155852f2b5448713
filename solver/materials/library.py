"""Oxides, their boundaries and what fills them: read from YAML, checked, in SI."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from solver.case.physics import MaterialsCase, entry_readers
from solver.entries import law_reader as read
from solver.entries import laws
from solver.entries import measures as q
from solver.entries.files import FOLDER, MaterialError, names
from solver.entries.laws import Law
from solver.entries.reader import Entries, checked, opened
from solver.materials import elastic_entries
from solver.materials.cited import compare_cited
from solver.materials.masses import compare_masses
from solver.materials.stiffness import MaterialStiffness

__all__ = [
    "FOLDER",
    "BoundaryMaterial",
    "FillerMaterial",
    "GrainMaterial",
    "MaterialError",
    "MaterialStiffness",
    "grain_materials",
    "load_boundary_material",
    "load_filler_material",
    "load_grain_material",
    "load_oxides",
]


@dataclass(frozen=True)
class GrainMaterial:
    """The oxide of a grain, in SI. Strains are relative to x = 1; laws are functions of x."""

    name: str
    max_concentration: float  # mol/m^3, at x = 1
    lattice_a: float  # m, within the layers, at x = 1
    density: float  # kg/m^3
    potential: Law  # V, falls strictly; at 298.15 K
    entropic: Law  # dU/dT, V/K
    strain_a: Law  # within the layers
    strain_c: Law  # across the layers
    known_range: tuple[float, float]  # occupancies between which the potential is measured
    known_strain_range: tuple[float, float]  # the same for the lattice strains
    diffusivity: Callable[[float], Law]  # of the temperature; m^2/s within the layers
    diffusivity_ratio: float  # across over within the layers
    exchange_current: Callable[[float], Law]  # of the temperature; A/m^2
    stiffness: MaterialStiffness
    collector_conductance: float  # S/m^2
    surface_film_resistance: float  # ohm m^2
    entries: Mapping[str, Any]  # of mechanisms, by the names of their sections

    def swelling_since(self, occupancy: float | None) -> tuple[Law, Law]:
        """Return the strains within and across the layers less those at an occupancy.

        None: as they are, zero where the material has them zero.
        """
        if occupancy is None:
            return self.strain_a, self.strain_c
        here = np.array(occupancy)
        a, c = (
            law.plus(laws.constant(-float(law.value(here))))
            for law in (self.strain_a, self.strain_c)
        )
        return a, c

    def potential_at(self, temperature: float) -> Law:
        """Return U(x) + (T - 298.15 K) dU/dT, in V, at a temperature in K.

        Raises MaterialError where it would not fall strictly: dU/dT is known near room temperature.
        """
        excess = temperature - laws.REFERENCE_TEMPERATURE
        if excess == 0.0:
            return self.potential
        law = self.potential.plus(self.entropic.scaled(excess))
        try:
            laws.require_falling(law)
        except ValueError as error:
            raise MaterialError(f"{self.name} at {temperature:g} K: {error}") from error
        return law


@dataclass(frozen=True)
class BoundaryMaterial:
    """A fresh grain boundary, in SI."""

    name: str
    strength: float  # Pa, tensile
    toughness: float  # J/m^2
    shear_ratio: float  # shear over tensile strength
    shear_toughness: float | None  # J/m^2; as in opening if not given
    scatter: float  # relative standard deviation of the strength
    misorientation_weakening: float  # part of the strength lost at right angles
    penalty: float  # Pa/m
    residual_stiffness: float  # part of the penalty that is never lost
    lithium_conductance: float  # S/m^2 when bonded
    electron_conductance: float  # S/m^2 when bonded
    thickness: float  # m, of what fills it; 0 where nothing does
    ionic_conductivity_factor: float  # along the boundary, over that of its filling in bulk
    entries: Mapping[str, Any]  # of mechanisms, by the names of their sections


@dataclass(frozen=True)
class FillerMaterial:
    """A conductor of lithium ions, meshed between or around grains, in SI."""

    name: str
    stiffness: MaterialStiffness
    conductivity: Callable[[float], float]  # of the temperature; S/m
    oxide_conductance: float  # S/m^2, ions across a face to the oxide
    electrolyte_conductance: float  # S/m^2, ions across a face to the liquid
    electron_conductance: float  # S/m^2, electrons across a face to the oxide
    rupture_opening: float  # m, of a boundary that breaks a coating over its mouth


def grain_materials() -> list[str]:
    """Return the names of the grain materials in the library."""
    return names("")


def load_grain_material(name: str) -> GrainMaterial:
    """Return a material of the library, or of the YAML file that a path ending in .yaml names.

    Raises MaterialError with every entry that is wrong, its file and its line.
    """
    return checked(opened("", name), grain_of)


def load_oxides(materials: MaterialsCase) -> tuple[GrainMaterial, ...]:
    """Return all oxides of a case, the main one first; MaterialError if one is wrong."""
    return tuple(load_grain_material(name) for name in materials.oxides())


def load_boundary_material(state: str) -> BoundaryMaterial:
    """Return the fresh boundary of a state: `dry`, `liquid` or `lpo`; MaterialError if wrong."""
    return checked(opened("boundary_", state), boundary_of)


def load_filler_material(name: str) -> FillerMaterial:
    """Return a filler of the library, such as `lpo`; MaterialError if it is wrong."""
    return checked(opened("filler_", name), filler_of)


def grain_of(entries: Entries) -> GrainMaterial:
    """Read an oxide; what is wrong is noted with the entries."""
    exchange_current = entries.number("exchange_current", q.EXCHANGE_CURRENT)
    material = GrainMaterial(
        name=entries.text("name"),
        max_concentration=entries.number("max_concentration", q.CONCENTRATION),
        lattice_a=entries.number("lattice_a", q.LATTICE),
        density=entries.number("density", q.DENSITY),
        potential=read.potential(entries, "potential"),
        entropic=read.entropic(entries, "entropic"),
        strain_a=read.strain(entries, "strain_a"),
        strain_c=read.strain(entries, "strain_c"),
        known_range=read.measured(entries, "potential"),
        known_strain_range=read.measured(entries, "strain_a", "strain_c"),
        diffusivity=read.activated(
            entries, "diffusivity", read.diffusivity(entries, "diffusivity")
        ),
        diffusivity_ratio=entries.number("diffusivity_ratio", q.DIFFUSIVITY_RATIO),
        exchange_current=read.activated(
            entries, "exchange_current", laws.symmetric_exchange_current(exchange_current)
        ),
        stiffness=elastic_entries.stiffness(entries, "stiffness"),
        collector_conductance=entries.number("collector_conductance", q.CONDUCTANCE),
        surface_film_resistance=entries.number(
            "surface_film_resistance", q.AREA_RESISTANCE, zero=True
        ),
        entries=_of_mechanisms(entries, "of_oxides"),
    )
    compare_masses(entries, material.density, material.max_concentration)
    strains = material.strain_a, material.strain_c
    elastic_entries.compare_symmetry(entries, "stiffness", strains, material.diffusivity_ratio)
    compare_cited(entries, material)
    return material


def boundary_of(entries: Entries) -> BoundaryMaterial:
    """Read a fresh boundary; what is wrong is noted with the entries."""
    filled = entries.has("thickness")
    return BoundaryMaterial(
        name=entries.text("name"),
        strength=entries.number("strength", q.STRENGTH),
        toughness=entries.number("toughness", q.TOUGHNESS),
        shear_ratio=entries.number("shear_ratio", q.SHEAR_RATIO),
        shear_toughness=(
            entries.number("shear_toughness", q.TOUGHNESS)
            if entries.has("shear_toughness")
            else None
        ),
        scatter=entries.number("scatter", q.SCATTER, zero=True),
        misorientation_weakening=entries.fraction("misorientation_weakening", zero=True),
        penalty=entries.number("penalty", q.PENALTY),
        residual_stiffness=entries.fraction("residual_stiffness"),
        lithium_conductance=entries.number("lithium_conductance", q.CONDUCTANCE),
        electron_conductance=entries.number("electron_conductance", q.CONDUCTANCE),
        thickness=entries.number("thickness", q.THICKNESS) if filled else 0.0,
        ionic_conductivity_factor=(
            entries.number("ionic_conductivity_factor", q.CONDUCTIVITY_FACTOR) if filled else 1.0
        ),
        entries=_of_mechanisms(entries, "of_boundaries"),
    )


def filler_of(entries: Entries) -> FillerMaterial:
    """Read a filler; what is wrong is noted with the entries."""
    return FillerMaterial(
        name=entries.text("name"),
        stiffness=_of_film(entries, "stiffness"),
        conductivity=read.activated_number(entries, "conductivity", q.CONDUCTIVITY),
        oxide_conductance=entries.number("oxide_conductance", q.CONDUCTANCE),
        electrolyte_conductance=entries.number("electrolyte_conductance", q.CONDUCTANCE),
        electron_conductance=entries.number("electron_conductance", q.CONDUCTANCE),
        rupture_opening=entries.number("rupture_opening", q.THICKNESS),
    )


def _of_mechanisms(entries: Entries, of: Literal["of_boundaries", "of_oxides"]) -> dict[str, Any]:
    """Read what mechanisms know of a material."""
    return {name: read_entry(entries) for name, read_entry in entry_readers(of).items()}


def _of_film(entries: Entries, key: str) -> MaterialStiffness:
    """The stiffness of a film, whose crystals, if it has any, have no directions of their own."""
    stiffness = elastic_entries.stiffness(entries, key)
    if stiffness.knows_directions_about_c():
        entries.note((key,), "a filler has no a axis; give system: hexagonal, or what is isotropic")
    return stiffness
