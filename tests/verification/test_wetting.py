"""Liquid goes where a drawing of open boundaries says, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from tests.networks import brick_particle, built, static_case
from tests.particles import moment
from tests.ranks import on_ranks

HERE = "tests.verification.test_wetting"
OPEN = 0.01  # um, ten molecules
DRAWINGS = {  # size, cells, bricks, and the number of the first brick of the layer drawn in
    "2D": ((4.0, 3.0), (16, 12), (4, 3), 0),
    "3D": ((4.0, 3.0, 3.0), (12, 9, 9), (4, 3, 3), 12),
}
# Bricks of the layer:   8  9 10 11
#                        4  5  6  7
#                        0  1  2  3    (0, 1) and (9, 10) end at the outside
REACHED = [(0, 1), (1, 5), (5, 6)]
FILLED = (6, 10)  # open too, but with LPO in it
BEHIND = [(6, 7), (10, 11)]  # joined to the rest by the filled boundary alone; one has a mouth
ISOLATED = [(4, 8)]  # open, one end at the outside: bonded there
CASE = static_case("physics.wetting.enabled=true", "physics.wetting.ramp=5 s")


def drawn(dimension, comm=MPI.COMM_SELF, **states):
    """The model of a drawing, and the number of its first brick."""
    size, cells, grains, first = DRAWINGS[dimension]
    filled = (FILLED[0] + first, FILLED[1] + first)
    particle = brick_particle(size, cells, grains, states={filled: "lpo"}, comm=comm)
    return built(CASE, particle), first


def between(model, pairs, first=0):
    """Which boundary points lie between the grains of any of these pairs."""
    here = [(model.spaces.boundaries.pair == np.array(pair) + first).all(axis=1) for pair in pairs]
    return np.any(here, axis=0)


def advance(model, opened, dt, cracked=None):
    """Let dt pass with these points open, and these cracked."""
    separation = np.zeros(len(opened)) if cracked is None else cracked.astype(float)
    now = moment(model, gap=np.where(opened, OPEN, 0.0), damage=separation)
    model.slow["wetting"].advance(now, dt)


def wet_pairs(model, first):
    """Share of the area of each boundary that is wet, where it is not zero, by pair. Collective."""
    b = model.spaces.boundaries
    rows = np.column_stack([b.pair - first, b.weight, b.weight * model.state["wetness"]])
    rows = np.concatenate(b.comm.allgather(rows))
    pairs, which = np.unique(rows[:, :2].astype(int), axis=0, return_inverse=True)
    area, wet = (np.bincount(which.reshape(-1), rows[:, k]) for k in (2, 3))
    return {
        f"{low}-{high}": float(share)
        for (low, high), share in zip(pairs, wet / area, strict=True)
        if share > 0
    }


def named(pairs, share=1.0):
    return {f"{low}-{high}": pytest.approx(share, rel=1e-12) for low, high in pairs}


def follow_drawing(comm, dimension):
    """Wet shares after each of four stages of the drawing."""
    model, first = drawn(dimension, comm)
    opened = between(model, [*REACHED, FILLED, *BEHIND, *ISOLATED], first)
    opened &= ~(between(model, [*ISOLATED, BEHIND[1]], first) & near_outside(model))
    bonded = np.zeros_like(opened)
    stages = {}
    for stage, points, dt, cracked in (
        ("after 2 s", opened, 2.0, bonded),
        ("after 6 s", opened, 4.0, bonded),
        ("filling cracked", opened, 60.0, between(model, [FILLED], first)),
        ("all closed", bonded, 60.0, bonded),
    ):
        advance(model, points, dt, cracked)
        stages[stage] = wet_pairs(model, first)
    return stages


def near_outside(model):
    """Boundary points within 0.4 um of the edges of the layers."""
    place = model.spaces.boundaries.position[:, :2]
    return (np.abs(place - [2.0, 1.5]) > [1.6, 1.1]).any(axis=1)


@pytest.mark.parametrize("dimension", DRAWINGS)
def test_liquid_goes_where_the_drawing_says(dimension):
    stages = follow_drawing(MPI.COMM_SELF, dimension)
    assert stages["after 2 s"] == named(REACHED, 0.4)
    assert stages["after 6 s"] == named(REACHED)
    print({name: round(share, 3) for name, share in stages["filling cracked"].items()})
    part = stages["filling cracked"]["10-11"]  # its end is bonded
    assert 0 < part < 1
    whole = named([*REACHED, FILLED, BEHIND[0]])
    assert stages["filling cracked"] == whole | {"10-11": part}
    assert stages["all closed"] == stages["filling cracked"]


@pytest.mark.slow
@pytest.mark.parametrize("dimension", DRAWINGS)
def test_the_drawing_is_followed_alike_on_any_number_of_ranks(dimension):
    one, *others = [on_ranks(n, f"{HERE}:follow_drawing", dimension) for n in (1, 2, 3)]
    assert one["after 6 s"].keys() == named(REACHED).keys()
    for other in others:
        for stage, shares in one.items():
            assert other[stage] == pytest.approx(shares, rel=1e-12)


def test_a_boundary_is_wet_as_far_as_it_is_open():
    """Open from its mouth to the middle, and once more beyond a bonded place."""
    model, _ = drawn("2D")
    along = model.spaces.boundaries.position[:, 0]
    first, beyond = along < 0.4, (along > 0.6) & (along < 0.9)
    here = between(model, [(0, 4)])
    advance(model, here & (first | beyond), 10.0)
    wet = model.state["wetness"]
    assert np.array_equal(wet == 1.0, here & first)
    assert np.count_nonzero(here & beyond) > 0
    assert not wet[~(here & first)].any()


def test_an_opening_narrower_than_a_molecule_lets_nothing_in():
    model, _ = drawn("2D")
    n = model.spaces.boundaries.n_points
    wetting, bonded = model.slow["wetting"], np.zeros(n)
    wetting.advance(moment(model, gap=np.full(n, 0.49e-3), damage=bonded), 10.0)
    assert not model.state["wetness"].any()
    wetting.advance(moment(model, gap=np.full(n, 0.51e-3), damage=bonded), 10.0)
    filled = model.surfaces.places.points.filled
    assert filled.any()
    assert np.array_equal(model.state["wetness"], (~filled).astype(float))


def test_a_boundary_that_lets_liquid_in_gets_wet_when_liquid_reaches_it():
    """From the start where it ends at the outside; else when a crack leads to it."""
    particle = brick_particle(
        (4.0, 3.0), (16, 12), (4, 3), states={(5, 6): "liquid", (10, 11): "liquid"}
    )
    model = built(CASE, particle)
    assert wet_pairs(model, 0) == named([(10, 11)])
    advance(model, between(model, [(0, 1), (1, 5)]), 10.0)
    assert wet_pairs(model, 0) == named([(10, 11), (0, 1), (1, 5), (5, 6)])


COATED = [2, 2, 2, 2, 2, 0, 1, 2, 2, 2, 2, 2]
BARE_BELOW = [2, 0, 1, 2, 2, 0, 1, 2, 2, 2, 2, 2]


@pytest.mark.parametrize(("number", "gets_wet"), [(COATED, False), (BARE_BELOW, True)])
def test_a_particle_stays_dry_inside_as_far_as_its_coating_reaches(number, gets_wet):
    particle = brick_particle((4.0, 3.0), (16, 12), (4, 3), number)
    particle = replace(particle, is_filler=np.array([False, False, True]))
    model = built(CASE, particle)
    advance(model, np.ones(model.spaces.boundaries.n_points, dtype=bool), 10.0)
    assert wet_pairs(model, 0) == (named([(0, 1), (0, 2), (1, 2)]) if gets_wet else {})


def test_what_has_become_wet_reacts_with_the_liquid():
    model, _ = drawn("2D")
    opened = between(model, REACHED)
    advance(model, opened, 2.0)
    model.update_conditions()
    passages = model.electro.held.passages
    for side in (passages.plus, passages.minus):
        assert side.liquid == pytest.approx(np.where(opened, 0.4, 0.0))
        assert np.array_equal(side.open, opened | model.surfaces.places.points.filled)
