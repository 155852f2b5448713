"""The electrolyte, and the interphase film that grows where it touches an oxide; in SI."""

from collections.abc import Callable
from dataclasses import dataclass

from solver.entries import measures as q
from solver.entries.law_reader import activated_number
from solver.entries.reader import Entries, checked, opened
from solver.mechanisms.interphase import InterphaseMaterial, interphase_of


@dataclass(frozen=True)
class ElectrolyteMaterial:
    """What carries lithium ions outside the particle and in its wet boundaries, in SI."""

    name: str
    conductivity: Callable[[float], float]  # of the temperature; S/m
    double_layer: float  # F/m^2 of oxide that it touches
    charge_transfer: float  # factor on the exchange current of the oxide


def load_electrolyte_material(name: str) -> ElectrolyteMaterial:
    """Return an electrolyte of the library, or of the YAML file that a path names.

    Raises MaterialError with every entry that is wrong, its file and its line.
    """
    return checked(opened("electrolyte_", name), electrolyte_of)


def load_interphase_material(name: str) -> InterphaseMaterial:
    """Return an interphase film of the library, or of the YAML file that a path names.

    Raises MaterialError with every entry that is wrong, its file and its line.
    """
    return checked(opened("interphase_", name), interphase_of)


def electrolyte_of(entries: Entries) -> ElectrolyteMaterial:
    """Read an electrolyte; what is wrong is noted with the entries."""
    return ElectrolyteMaterial(
        name=entries.text("name"),
        conductivity=activated_number(entries, "conductivity", q.CONDUCTIVITY),
        double_layer=entries.number("double_layer", q.DOUBLE_LAYER),
        charge_transfer=entries.number("charge_transfer", q.CHARGE_TRANSFER),
    )
