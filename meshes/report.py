"""What a mesh is like, for people and for programs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from meshes.stereology import boundaries_of_ball

PER_METRE, PER_GRAM = 1e6, 1e3  # um, kg


class Report(NamedTuple):
    """Lengths in um, areas per mass in m^2/g, angles in degrees.

    ball_area_per_mass: of the boundaries in a ball whose sections look like a plane particle.
    unknowns: of a run on this mesh. boundary_share: part of the boundary area by state.
    grain_edges: of grains that were made up, the length below which their edges were drawn
    together, how many were, and how many shorter ones stayed.
    pore, film, coating, overlap: of meshes that have them, and of those out of an image.
    """

    dimension: int
    cells: int
    points: int
    unknowns: int
    sicn_min: float
    sicn_median: float
    shortest_edge: float
    median_edge: float
    radius: float
    volume_deficit: float
    grains: int
    grain_diameter: float
    grain_spread: float
    boundary_area_per_mass: float
    ball_area_per_mass: float
    boundary_share: dict[str, float]
    mean_misorientation: float
    grain_edges: dict[str, float] | None
    pore: dict[str, float] | None
    film: dict[str, Any] | None
    coating: dict[str, Any] | None
    overlap: float | None
    retries: tuple[str, ...]


def report(table: dict[str, Any], density: float) -> Report:
    """The report of a mesh by its table (particle.json); density of the oxide in kg/m^3."""
    quality, d = table["quality"], table["dimension"]
    grains = [region for region in table["grains"] if region["material"] == "grain"]
    oxide = sum(region["volume"] for region in grains)
    whole = sum(region["volume"] for region in table["grains"])
    per_oxide = quality["boundary_area"] * whole / oxide
    angles = [entry["misorientation"] for entry in table["boundaries"]]
    areas = [entry["area"] for entry in table["boundaries"]]
    return Report(
        dimension=d,
        cells=quality["cells"],
        points=quality["nodes"],
        # displacement and occupancy, potentials of regions and collector, in 2D the strain in z
        unknowns=(3 + 1) * quality["region_nodes"] + len(table["grains"]) + 1 + (d == 2),
        sicn_min=quality["sicn_min"],
        sicn_median=quality["sicn_median"],
        shortest_edge=quality["shortest_edge"],
        median_edge=quality["median_edge"],
        radius=table["radius"],
        volume_deficit=quality["volume_deficit"],
        grains=len(grains),
        grain_diameter=quality["grain_diameter"],
        grain_spread=quality["grain_spread"],
        boundary_area_per_mass=per_oxide * PER_METRE / density / PER_GRAM,
        ball_area_per_mass=boundaries_of_ball(per_oxide, d) * PER_METRE / density / PER_GRAM,
        boundary_share=_shares(table["boundaries"]),
        mean_misorientation=float(np.degrees(np.average(angles, weights=areas))) if areas else 0.0,
        grain_edges=table.get("edges"),
        pore=table["pore"],
        film=table.get("film"),
        coating=table.get("coating"),
        overlap=table.get("overlap"),
        retries=tuple(table["retries"]),
    )


def as_text(report: Report) -> str:
    """The report as a table to read."""
    extent = "area" if report.dimension == 2 else "volume"
    deficit = max(report.volume_deficit, 0.0)
    lacks = f", lacks {100 * deficit:.2g} % of the full {extent}" if deficit > 1e-6 else ""
    ball = f" (a ball of such sections: {report.ball_area_per_mass:.3g})"
    lines = {
        "cells": f"{report.cells}, {report.points} points, {report.unknowns} unknowns",
        "shape (SICN)": f"worst {report.sicn_min:.3f}, median {report.sicn_median:.3f}",
        "edges": f"shortest {report.shortest_edge:.4f} um, median {report.median_edge:.4f} um",
        "particle": f"{report.dimension}D, radius {report.radius:.4g} um{lacks}",
        "grains": f"{report.grains}, {report.grain_diameter:.3g} um across, "
        f"spread {report.grain_spread:.2g}",
        "their edges": _grain_edges_line(report.grain_edges),
        "boundaries": f"{report.boundary_area_per_mass:.3g} m^2/g"
        f"{ball if report.dimension == 2 else ''}, "
        f"{report.mean_misorientation:.0f} deg between c axes on average",
        "states": ", ".join(f"{100 * part:.0f} % {s}" for s, part in report.boundary_share.items()),
        "pore": _pore_line(report.pore, report.dimension),
        "film": _film_line(report.film),
        "coating": _coating_line(report.coating),
        "overlap": "" if report.overlap is None else f"{100 * report.overlap:.1f} % of the image",
        "failed before": "; ".join(report.retries),
    }
    return "\n".join(f"{name:14}{text}" for name, text in lines.items() if text)


def _shares(boundaries: list[dict[str, Any]]) -> dict[str, float]:
    whole = sum(entry["area"] for entry in boundaries)
    states = sorted({entry["state"] for entry in boundaries})
    return {
        state: sum(entry["area"] for entry in boundaries if entry["state"] == state) / whole
        for state in states
    }


def _grain_edges_line(edges: dict[str, float] | None) -> str:
    if edges is None:
        return ""
    return (
        f"{edges['collapsed']} shorter than {edges['shortest']:.3g} um drawn together, "
        f"{edges['short']} had to stay"
    )


def _pore_line(pore: dict[str, float] | None, dimension: int) -> str:
    if pore is None:
        return ""
    wall, extent = ("um", "area") if dimension == 2 else ("um^2", "volume")
    deficit = max(pore["deficit"], 0.0)
    lacks = f", lacks {100 * deficit:.2g} % of the full {extent}" if deficit > 1e-6 else ""
    return f"radius {pore['radius']:.4g} um, {pore['area']:.4g} {wall} of wall{lacks}"


def _film_line(film: dict[str, Any] | None) -> str:
    if film is None:
        return ""
    nm = {name: f"{1e3 * value:.4g}" for name, value in film["thickness"].items()}
    infused = film.get("infusion")
    source = f", of a coating of {1e3 * infused['coating_thickness']:.4g} nm" if infused else ""
    return (
        f"{nm['mean']} nm thick on average ({nm['min']} to {nm['max']}), "
        f"{nm['wanted']} wanted{source}"
    )


def _coating_line(coating: dict[str, Any] | None) -> str:
    if coating is None:
        return ""
    return (
        f"{1e3 * coating['thickness']:.4g} nm on {100 * coating['coverage']:.1f} % of the outside"
    )
