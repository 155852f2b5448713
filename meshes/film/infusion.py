"""Spread the material of a coating over the grain boundaries, with its volume kept."""

from __future__ import annotations

from typing import NamedTuple

from meshes.arrays import Ints
from meshes.film.coating import add_coating, coating_report
from meshes.film.film import film_in, film_report, prepared
from meshes.simplices import Simplices

TOLERANCE = 1e-3  # of the volume
STEPS = 3


class Infusion(NamedTuple):
    """A coating and the film that its volume fills, um; volumes in um^d."""

    coating_thickness: float
    film_thickness: float
    coating_volume: float
    film_volume: float


def film_thickness_from_coating(
    mesh: Simplices, coating_thickness: float, between: Ints | None = None
) -> Infusion:
    """Thickness of the film that a coating of a thickness (um) fills between the grains.

    The film's volume counts as it is meshed, with the pockets where films meet: secant steps.
    Raises FilmError where so thick a film does not fit.
    """
    volume = coating_report(add_coating(mesh, coating_thickness))["volume"]
    space = prepared(mesh, between)
    thickness, last, slope = 0.0, 0.0, space.area
    for _ in range(STEPS):
        previous = thickness
        thickness += (volume - last) / slope
        filled = film_report(film_in(space, thickness))["volume"]
        if abs(filled - volume) <= TOLERANCE * volume:
            break
        slope, last = (filled - last) / (thickness - previous), filled
    return Infusion(coating_thickness, thickness, volume, filled)
