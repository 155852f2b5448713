"""The film and the coating that a case asks for, put into the mesh of the grains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from meshes.arrays import Ints
from meshes.film.coating import COATING, add_coating, coating_report
from meshes.film.film import FILM, Filmed, add_film, film_report
from meshes.film.infusion import film_thickness_from_coating
from meshes.simplices import Simplices, shape
from meshes.sizes import micrometres

if TYPE_CHECKING:
    from solver.case.particle import BoundaryCase, Grainy


class Phased(NamedTuple):
    """A mesh of grains, film and coating, and what is known of the last two (um)."""

    mesh: Simplices
    report: dict[str, Any]


def add_phases(mesh: Simplices, particle: Grainy, boundaries: list[dict[str, Any]]) -> Phased:
    """Put a film between the grains and a coating around them, as far as the case asks for them.

    boundaries: the table of the boundaries; those in the state that the case gives get the film.
    Raises FilmError where the film does not fit, MeshError where the coating does not.
    """
    report: dict[str, Any] = {}
    boundary, coating = particle.boundary, particle.coating
    filled = [entry["grains"] for entry in boundaries if entry["state"] == boundary.state]
    if (boundary.thickness or boundary.infusion) and (filled or not boundaries):
        mesh, report[FILM] = _filmed(mesh, boundary, np.array(filled))
    if coating is not None:
        thickness = micrometres(coating.thickness)
        mesh = add_coating(mesh, thickness, coating.coverage, particle.seed)
        report[COATING] = coating_report(mesh) | _shape_of(mesh, COATING)
    return Phased(mesh, report)


def _filmed(mesh: Simplices, boundary: BoundaryCase, pairs: Ints) -> tuple[Filmed, dict[str, Any]]:
    """The mesh with a film between pairs of grains, and its report."""
    notes: dict[str, Any] = {}
    if boundary.infusion is not None:
        infusion = film_thickness_from_coating(mesh, micrometres(boundary.infusion), pairs)
        thickness = infusion.film_thickness
        notes["infusion"] = infusion._asdict()
    else:
        thickness = micrometres(boundary.thickness or 0.0)
    filmed = add_film(mesh, thickness, pairs)
    return filmed, film_report(filmed) | _shape_of(filmed, FILM) | notes


def _shape_of(mesh: Simplices, name: str) -> dict[str, float]:
    """Worst shape (SICN) of the cells of a region."""
    cells = mesh.cells[mesh.region == mesh.names.index(name)]
    part = Simplices(mesh.points, cells, np.zeros(len(cells), np.int64), (name,))
    return {"sicn_min": float(shape(part).min())}
