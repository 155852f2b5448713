"""Boundaries begin to part where three grains meet, as strain of unlike grains has it."""

import numpy as np

from solver.physics.cohesive import broken_share
from tests.particles import case_of, disc, meshed, model_of, ran

CHARGE = "[{charge: {rate: 1C, until: {time: 1500 s}}}]"


def at_junctions(boundaries):
    """Which boundary points stand where more than one pair of grains meets."""
    places = np.round(boundaries.position * 1e5).astype(int)
    known, number = np.unique(places, axis=0, return_inverse=True)
    pairs = np.unique(np.column_stack([number.ravel(), boundaries.pair]), axis=0)
    return np.bincount(pairs[:, 0], minlength=len(known))[number.ravel()] > 1


def test_boundaries_begin_to_part_at_triple_junctions():
    case = case_of(CHARGE, *disc(30, 1.5, 0.25, 0.1))
    model = model_of(case, meshed(case))
    assert ran(model)[2].status == "finished"
    boundaries = model.spaces.boundaries
    separated = broken_share(model.state["damage"], model.mechanics.law)
    junction = at_junctions(boundaries)
    means = [np.average(separated[w], weights=boundaries.weight[w]) for w in (junction, ~junction)]
    print(f"mean damage at junctions {means[0]:.2e}, between {means[1]:.2e}, "
          f"{junction.sum()} of {len(junction)} points")  # fmt: skip
    assert 0.1 < junction.mean() < 0.5
    assert means[0] > 3 * means[1] > 0
