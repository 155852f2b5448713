"""Interphase: films that grow on wet oxide and on wet coatings, and resist the reaction."""

from solver.mechanisms.interphase.films import FilmLaw
from solver.mechanisms.interphase.material import (
    FilmOxidation,
    InterphaseMaterial,
    interphase_of,
)
from solver.mechanisms.interphase.mechanism import Interphase, InterphaseCase

__all__ = [
    "FilmLaw",
    "FilmOxidation",
    "Interphase",
    "InterphaseCase",
    "InterphaseMaterial",
    "interphase_of",
]
