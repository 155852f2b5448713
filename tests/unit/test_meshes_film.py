import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshes.errors import MeshError
from meshes.film.coating import add_coating
from meshes.film.film import FILM, Filmed, add_film, film_pairs, film_report
from meshes.film.infusion import film_thickness_from_coating
from meshes.film.motion import laplacian
from meshes.round_particle import mesh_round
from meshes.simplices import (
    Simplices,
    between_regions,
    facet_areas,
    facets,
    grain_names,
    outer_and_pore,
    region_measures,
    shape,
    volumes,
    without_unused_points,
)
from solver.case import ParticleCase
from tests.unit.ball_example import RADIUS, ball

kinds = st.sampled_from(["octants", "wedges", "core"])
dimensions = st.sampled_from([2, 3])
thicknesses = st.floats(0.005, 0.15)


def disc(seed: int, count: int) -> Simplices:
    described: dict[str, Any] = {
        "shape": "disc",
        "radius": 3e-6,
        "seed": seed,
        "grains": {"count": count},
        "mesh": {"size": 0.25e-6, "boundary_size": 0.125e-6},
    }
    with tempfile.TemporaryDirectory() as folder:
        return mesh_round(ParticleCase.model_validate(described), 0, Path(folder)).mesh


def of_film(mesh: Simplices) -> np.ndarray:
    return mesh.region == mesh.names.index(FILM)


def require_conforming(mesh: Simplices) -> None:
    """No cell is inverted, no facet has three cells, and a free one lies on the outside."""
    assert (volumes(mesh) > 0).all()
    outer, pore = outer_and_pore(mesh, facets(mesh))
    assert len(pore.nodes) == 0
    radius = np.linalg.norm(mesh.points[outer.nodes], axis=2)
    assert np.ptp(radius) < 1e-12 * radius.max()
    assert (np.bincount(mesh.cells.ravel(), minlength=len(mesh.points)) > 0).all()


@settings(max_examples=20, deadline=None)
@given(d=dimensions, steps=st.sampled_from([4, 6]), grains=kinds, thickness=thicknesses)
def test_a_film_conforms_keeps_the_volume_and_has_its_thickness(
    d: int, steps: int, grains: str, thickness: float
) -> None:
    before = ball(d, steps, grains)
    after = add_film(before, thickness)
    require_conforming(after)
    # Points come to the outside, so that chords get shorter: the deficit shrinks, never grows.
    gain = volumes(after).sum() / volumes(before).sum() - 1
    assert -1e-12 < gain < 0.1 / steps**2
    assert film_report(after)["achieved"] == pytest.approx(1, abs=0.03)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(2, 60), thickness=st.floats(0.005, 0.1))
def test_a_film_fits_between_meshed_grains(seed: int, count: int, thickness: float) -> None:
    before = disc(seed, count)
    after = add_film(before, thickness)
    require_conforming(after)
    assert film_report(after)["achieved"] > 0.98
    assert shape(after)[~of_film(after)].min() > min(0.399, 0.89 * shape(before).min())
    volume, _ = region_measures(after)
    assert volume[:-1] == pytest.approx(region_measures(before)[0], rel=0.5)
    assert volume.sum() == pytest.approx(volumes(before).sum(), rel=1e-3)


@pytest.mark.parametrize("d", [2, 3])
def test_film_volume_counts_pockets_once(d: int) -> None:
    thickness, mesh = 0.05, ball(d, 8)
    area = between_regions(mesh, facets(mesh))
    sheets = facet_areas(mesh.points, area.nodes).sum() * thickness
    # Films that cross count twice there: at one point in 2D, along three diameters in 3D.
    lines = {2: 1.0, 3: 3 * 2 * RADIUS}[d]
    expected = sheets - lines * thickness**2 + (thickness**3 if d == 3 else 0)
    volume = film_report(add_film(mesh, thickness))["volume"]
    assert volume == pytest.approx(expected, rel=2e-3)


@settings(max_examples=10, deadline=None)
@given(d=dimensions, grains=kinds, thickness=thicknesses)
def test_facing_facets_are_pairs_of_two_grains(d: int, grains: str, thickness: float) -> None:
    before = ball(d, 4, grains)
    pairs = film_pairs(add_film(before, thickness))
    first, second = pairs.regions.reshape(2, -1)
    boundary = between_regions(before, facets(before))
    assert (first < second).all()
    found = np.column_stack([np.sort(pairs.mid, axis=1), first, second])
    wanted = np.column_stack([np.sort(boundary.nodes, axis=1), before.region[boundary.cells]])
    assert np.array_equal(np.unique(found, axis=0), np.unique(wanted, axis=0))


def test_pairs_hold_every_facet_between_film_and_grain_once() -> None:
    mesh = add_film(ball(3, 4, "wedges"), 0.03)
    between = between_regions(mesh, facets(mesh)).nodes
    sides = film_pairs(mesh).sides
    assert np.array_equal(
        np.unique(np.sort(sides, axis=1), axis=0), np.unique(np.sort(between, axis=1), axis=0)
    )
    assert len(sides) == len(between)


def test_points_before_stay_in_the_middle_of_the_film() -> None:
    before = ball(2, 6)
    after = add_film(before, 0.04)
    boundary = between_regions(before, facets(before)).nodes
    middle = np.unique(film_pairs(after).mid)
    assert np.array_equal(middle, np.unique(boundary))
    assert np.array_equal(after.points[middle], before.points[middle])


def test_flat_boundaries_get_exactly_the_thickness() -> None:
    thickness = film_report(add_film(disc(3, 20), 0.02))["thickness"]
    assert thickness["min"] == pytest.approx(0.02, rel=1e-3)
    assert thickness["max"] == pytest.approx(0.02, rel=1e-3)


@pytest.mark.parametrize(("d", "grains"), [(2, "wedges"), (3, "wedges"), (3, "core")])
def test_a_linear_field_is_in_balance_on_a_film_mesh(d: int, grains: str) -> None:
    mesh = add_coating(add_film(ball(d, 6, grains), 0.02), 0.01, 0.8)
    matrix = laplacian(mesh.points[mesh.cells], mesh.cells, len(mesh.points))
    field = mesh.points @ np.arange(1.0, d + 1)
    inside = np.ones(len(field), bool)
    inside[facets(mesh).take(facets(mesh).is_outside).nodes] = False
    scale = matrix.diagonal().max() * np.abs(field).max()
    assert np.abs((matrix @ field)[inside]).max() < 1e-13 * scale


@pytest.mark.parametrize("d", [2, 3])
def test_a_film_stays_on_the_wall_of_a_round_pore(d: int) -> None:
    whole = ball(d, 6)
    solid = np.abs(np.linalg.norm(whole.points[whole.cells], axis=2)).min(axis=1) > RADIUS / 3.5
    mesh = without_unused_points(
        Simplices(whole.points, whole.cells[solid], whole.region[solid], whole.names)
    )
    after = add_film(mesh, 0.05)
    outer, pore = outer_and_pore(after, facets(after))
    assert np.linalg.norm(after.points[outer.nodes], axis=2) == pytest.approx(RADIUS, rel=1e-12)
    assert np.linalg.norm(after.points[pore.nodes], axis=2) == pytest.approx(RADIUS / 3, rel=1e-12)


def test_the_same_mesh_gets_the_same_film() -> None:
    first, second = (add_film(ball(3, 4, "core"), 0.03) for _ in range(2))
    assert first.points.tobytes() == second.points.tobytes()
    assert np.array_equal(first.cells, second.cells)


@settings(max_examples=15, deadline=None)
@given(d=dimensions, grains=kinds, seed=st.integers(0, 1000), thickness=thicknesses)
def test_any_choice_of_boundaries_conforms(
    d: int, grains: str, seed: int, thickness: float
) -> None:
    before = ball(d, 6, grains)
    boundary = between_regions(before, facets(before))
    sides = before.region[boundary.cells]
    every = np.unique(sides, axis=0)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(every)[: max(1, len(every) // 3)]
    after = add_film(before, thickness, between=chosen[:, ::-1])
    require_conforming(after)
    assert {tuple(pair) for pair in film_pairs(after).regions.reshape(2, -1).T} <= {
        tuple(pair) for pair in chosen
    }


def test_boundaries_not_chosen_stay_as_they_are() -> None:
    before = ball(2, 8)
    after = add_film(before, 0.04, between=np.array([[0, 1]]))
    sides = before.region[between_regions(before, facets(before)).cells]
    still = between_regions(after, facets(after))
    left = after.region[still.cells]
    without_film = left[(left != len(before.names)).all(axis=1)]
    assert len(without_film) == (sides != [0, 1]).any(axis=1).sum()


def test_a_film_ends_in_a_tip_at_a_junction() -> None:
    report = film_report(add_film(ball(2, 8), 0.04, between=np.array([[0, 1]])))
    assert report["thickness"]["min"] == pytest.approx(0.02, rel=0.01)  # a facet with one tip
    assert report["thickness"]["max"] == pytest.approx(0.04, rel=1e-6)


def test_a_film_too_thick_names_the_thickest_that_fits() -> None:
    mesh = ball(2, 6, "wedges")
    with pytest.raises(MeshError, match=r"5000 nm does not fit .* largest that fits is") as caught:
        add_film(mesh, 5.0)
    largest = float(str(caught.value).split()[-2]) * 1e-3
    assert film_report(add_film(mesh, largest))["achieved"] > 0.9
    with pytest.raises(MeshError, match="does not fit"):
        add_film(mesh, 1.05 * largest)


def test_one_grain_has_no_boundary_for_a_film() -> None:
    many = ball(2, 4)
    one = Simplices(many.points, many.cells, np.zeros_like(many.region), grain_names(1))
    with pytest.raises(MeshError, match="needs a boundary between two grains"):
        add_film(one, 0.02)


def test_a_second_film_is_refused() -> None:
    with pytest.raises(MeshError, match="a film between the grains already"):
        add_film(add_film(ball(2, 4), 0.02), 0.02)


def test_no_thickness_is_refused() -> None:
    with pytest.raises(MeshError, match="must be positive"):
        add_film(ball(2, 4), 0.0)


def test_a_film_knows_what_was_asked_for() -> None:
    mesh = add_film(ball(2, 4), 0.02)
    assert isinstance(mesh, Filmed)
    assert film_report(mesh)["thickness"]["wanted"] == 0.02


@pytest.mark.parametrize(("d", "grains"), [(2, "wedges"), (3, "core")])
def test_infusion_keeps_the_volume(d: int, grains: str) -> None:
    mesh = ball(d, 6, grains)
    infusion = film_thickness_from_coating(mesh, 0.03)
    film = film_report(add_film(mesh, infusion.film_thickness))
    assert film["volume"] == pytest.approx(infusion.coating_volume, rel=1e-3)
    assert infusion.coating_thickness == 0.03
