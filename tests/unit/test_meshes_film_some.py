"""Films on some boundaries only: they end within the particle, and always fit."""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import meshes
from meshes.film.film import add_film, film_report
from meshes.film.fit import fit, room
from meshes.simplices import facets, outer_and_pore, volumes
from solver.case import ParticleCase
from tests.unit.ball_example import RADIUS, ball

shares = st.floats(0.05, 0.95)
thicknesses = st.sampled_from([5, 20, 50, 100])
rules = st.sampled_from(["fraction", "connected", "depth"])
structures = st.sampled_from([{}, {"structure": "columnar", "core_radius": 0.4, "aspect_ratio": 2}])


def partly_filled(
    shape: str, count: int, rule: str, share: float, nm: float, **more: Any
) -> ParticleCase:
    chosen = {"depth": 3e-6 * share} if rule == "depth" else {"fraction": share}
    coarse = 0.5e-6 if shape == "sphere" else 0.15e-6
    return ParticleCase.model_validate(
        {
            "shape": shape,
            "radius": 3e-6,
            "boundary": {"state": "lpo", "rule": rule, "thickness": nm * 1e-9} | chosen,
            "mesh": {"size": 2 * coarse, "boundary_size": coarse},
        }
        | more
        | {"grains": {"count": count} | more.get("grains", {})}
    )


def built(particle: ParticleCase) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as cache:
        return json.loads(meshes.build(particle, Path(cache)).table.read_text())


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(2, 60),
    rule=rules,
    share=shares,
    nm=thicknesses,
    structure=structures,
)
def test_a_film_on_some_boundaries_of_a_disc_fits(
    seed: int, count: int, rule: str, share: float, nm: float, structure: dict[str, Any]
) -> None:
    table = built(partly_filled("disc", count, rule, share, nm, seed=seed, grains=structure))
    filled = [entry for entry in table["boundaries"] if entry["state"] == "lpo"]
    assert ("film" in table) == bool(filled)
    assert table["quality"]["sicn_min"] >= 0.35


@settings(max_examples=6, deadline=None, derandomize=True, database=None)
@given(seed=st.integers(0, 10**6), count=st.integers(6, 30), rule=rules, share=shares)
def test_a_film_on_some_boundaries_of_a_hollow_sphere_fits(
    seed: int, count: int, rule: str, share: float
) -> None:
    pore = {"radius": 0.6e-6}
    table = built(partly_filled("sphere", count, rule, share, 20, seed=seed, pore=pore))
    filled = [entry for entry in table["boundaries"] if entry["state"] == "lpo"]
    assert ("film" in table) == bool(filled)
    assert table["quality"]["sicn_min"] >= 0.05


@settings(max_examples=15, deadline=None)
@given(
    d=st.sampled_from([2, 3]),
    grains=st.sampled_from(["octants", "wedges", "core"]),
    draw=st.randoms(use_true_random=False),
    thickness=st.floats(0.005, 0.1),
)
def test_any_choice_of_pairs_can_be_filled(
    d: int, grains: str, draw: Any, thickness: float
) -> None:
    before = ball(d, 6, grains)
    every = facets(before)
    region = before.region[every.cells[~every.is_outside]]
    pairs = np.unique(region[region[:, 0] != region[:, 1]], axis=0)
    chosen = pairs[[draw.random() < 0.5 for _ in pairs]]
    if len(chosen) == 0:
        return
    after = add_film(before, thickness, chosen)
    assert (volumes(after) > 0).all()
    outer, pore = outer_and_pore(after, facets(after))
    assert len(pore.nodes) == 0
    assert np.linalg.norm(after.points[outer.nodes], axis=2) == pytest.approx(RADIUS, rel=1e-12)


def test_corners_that_have_nowhere_to_go_end_the_film_instead_of_thinning_it() -> None:
    before = ball(2, 6, "wedges")
    every = facets(before)
    inner = every.cells[:, 1] >= 0
    sides = np.where(inner[:, None], before.region[every.cells], -1)
    filmed = inner & (sides[:, 0] != sides[:, 1])
    space = room(before, every.take(filmed), every.take(~filmed))
    stuck = np.unique(space.cut.copies[0])
    step = space.step.copy()
    step[stuck] = 0.0
    fitted = fit(space._replace(step=step), 0.02)
    assert fitted.sound
    assert fitted.pinned[stuck - space.cut.before].all()
    assert fitted.pinned.sum() < 2 * len(stuck) + 2


def test_a_thick_film_fits_between_many_small_columns() -> None:
    grains = {"structure": "columnar", "core_radius": 0.4, "aspect_ratio": 2.5}
    particle = ParticleCase.model_validate(
        {
            "shape": "disc",
            "radius": 3e-6,
            "seed": 2,
            "grains": {"count": 180} | grains,
            "boundary": {"state": "lpo", "thickness": 110e-9},
            "mesh": {"size": 0.1e-6, "boundary_size": 0.05e-6},
        }
    )
    table = built(particle)
    assert table["film"]["achieved"] > 0.94
    assert table["quality"]["sicn_min"] >= 0.4


def test_a_film_on_one_boundary_is_as_thick_as_wanted_on_average() -> None:
    report = film_report(add_film(ball(2, 8), 0.04, np.array([[0, 1]])))
    assert report["thickness"]["max"] == pytest.approx(0.04, rel=0.05)
