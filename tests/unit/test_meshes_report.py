"""The report of a mesh says what its table says, each number in its own place and unit."""

from typing import Any

import numpy as np
import pytest

from meshes.report import Report, as_text, report

DENSITY = 4000.0  # kg/m^3


def region(name: str, volume: float) -> dict[str, Any]:
    kind = "grain" if name.startswith("grain") else name
    return {"name": name, "material": kind, "volume": volume}


def boundary(state: str, area: float, angle: float) -> dict[str, Any]:
    return {"grains": [0, 1], "state": state, "area": area, "misorientation": angle}


TABLE: dict[str, Any] = {
    "dimension": 3,
    "radius": 2.5,
    "grains": [region("grain_0", 3.0), region("grain_1", 5.0), region("film", 2.0)],
    "boundaries": [boundary("lpo", 3.0, 0.5), boundary("dry", 1.0, 1.3)],
    "quality": {
        "cells": 700,
        "nodes": 210,
        "region_nodes": 260,
        "sicn_min": 0.31,
        "sicn_median": 0.83,
        "shortest_edge": 0.04,
        "median_edge": 0.22,
        "volume_deficit": 0.013,
        "grain_diameter": 1.7,
        "grain_spread": 0.24,
        "boundary_area": 0.4,
    },
    "edges": {"shortest": 0.2041, "collapsed": 17, "short": 3},
    "pore": {"radius": 0.6, "area": 4.5, "volume": 0.9, "deficit": 0.02},
    "film": {
        "thickness": {"mean": 0.041, "min": 0.03, "max": 0.052, "wanted": 0.04},
        "infusion": {"coating_thickness": 0.017},
    },
    "coating": {"thickness": 0.025, "coverage": 0.913},
    "retries": ["seed 1 failed"],
}


@pytest.fixture
def found() -> Report:
    return report(TABLE, DENSITY)


def test_every_measure_of_the_table_stands_in_its_place(found: Report) -> None:
    assert (found.dimension, found.cells, found.points, found.grains) == (3, 700, 210, 2)
    assert (found.sicn_min, found.sicn_median) == (0.31, 0.83)
    assert (found.shortest_edge, found.median_edge) == (0.04, 0.22)
    assert (found.radius, found.volume_deficit) == (2.5, 0.013)
    assert (found.grain_diameter, found.grain_spread) == (1.7, 0.24)


def test_unknowns_are_those_of_a_run(found: Report) -> None:
    """Displacement and occupancy at every node of a region; a potential for each of them, and
    that of the collector; in the plane the strain out of it."""
    assert found.unknowns == 4 * 260 + 3 + 1
    assert report(TABLE | {"dimension": 2}, DENSITY).unknowns == 4 * 260 + 3 + 1 + 1


def test_boundaries_are_told_per_mass_of_oxide_and_by_their_area(found: Report) -> None:
    per_oxide = 0.4 * 10.0 / 8.0 * 1e6  # 1/m
    assert found.boundary_area_per_mass == pytest.approx(per_oxide / DENSITY / 1e3)
    assert found.boundary_share == pytest.approx({"dry": 0.25, "lpo": 0.75})
    assert found.mean_misorientation == pytest.approx((0.5 * 3 + 1.3) / 4 * 57.29578, rel=1e-6)


def test_a_plane_particle_is_set_against_a_ball_of_such_sections(found: Report) -> None:
    assert found.ball_area_per_mass == found.boundary_area_per_mass
    plane = report(TABLE | {"dimension": 2}, DENSITY)
    assert plane.ball_area_per_mass == pytest.approx(4 / np.pi * 0.125)
    assert "0.125 m^2/g (a ball of such sections: 0.159), 40 deg" in as_text(plane)


def test_the_text_names_every_number_in_its_unit(found: Report) -> None:
    lines = {line[:14].strip(): line[14:] for line in as_text(found).splitlines()}
    assert lines == {
        "cells": "700, 210 points, 1044 unknowns",
        "shape (SICN)": "worst 0.310, median 0.830",
        "edges": "shortest 0.0400 um, median 0.2200 um",
        "particle": "3D, radius 2.5 um, lacks 1.3 % of the full volume",
        "grains": "2, 1.7 um across, spread 0.24",
        "their edges": "17 shorter than 0.204 um drawn together, 3 had to stay",
        "boundaries": "0.125 m^2/g, 40 deg between c axes on average",
        "states": "25 % dry, 75 % lpo",
        "pore": "radius 0.6 um, 4.5 um^2 of wall, lacks 2 % of the full volume",
        "film": "41 nm thick on average (30 to 52), 40 wanted, of a coating of 17 nm",
        "coating": "25 nm on 91.3 % of the outside",
        "failed before": "seed 1 failed",
    }
