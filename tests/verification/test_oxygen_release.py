"""Oxygen that leaves a hot particle: where, how deep, what goes with it, and the books."""

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from solver.drive.simulation import Simulation
from solver.entries.files import MaterialError
from solver.mechanisms.layers import MOST
from solver.model.build import build_model
from solver.model.exposure import Exposure
from solver.units.constants import BOLTZMANN, METRE
from tests.networks import brick_particle, static_case
from tests.particles import case_of, disc, meshed, ran
from tests.ranks import on_ranks

HERE = "tests.verification.test_oxygen_release"
HOT = 823.15  # K
ON = ("materials.grain=LCO", f"temperature={HOT} K", "initial.occupancy=0.99")
RELEASE = "physics.oxygen_release.enabled=true"
MINUTE = 60.0


def row_of_grains(
    *overrides, axes=None, states=None, size=(4.0, 1.0), cells=(16, 4), grains=(4, 1)
):
    """Bricks in a row, hot, of LiCoO2."""
    particle = brick_particle(size, cells, grains, None, states)
    if axes is not None:
        particle = replace(particle, c_axis=np.array(axes, dtype=float))
    return build_model(static_case(*ON, RELEASE, *overrides), particle)


def passing(model, *times):
    """Let these times (s) pass on a particle that stays as it is; return the depths, um."""
    for dt in times:
        model.slow["oxygen_release"].advance(model.present(), dt)
    return model.state.sides("release_depth")


def between(model, low, high):
    return (model.spaces.boundaries.pair == [low, high]).all(axis=1)


def law_of(model):
    """The entry of its oxide; speed of the interface without gliding (um/s), vacancies (um^2/s)."""
    oxide = model.slow.places.oxides[0].entries["oxygen_release"]
    speed = METRE * float(oxide.net_speed(np.zeros(1), 0.0, HOT)[0])
    return oxide, speed, 2.0 * METRE**2 * oxide.kinetics.diffusivity(HOT)


def test_it_goes_by_the_direction_of_every_side_outside_and_inside():
    """Six minutes: within the layers vacancies slow it down; across them it has all but stopped."""
    model = row_of_grains(axes=[[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.6, 0.0, 0.8]])
    layers = passing(model, MINUTE, 5 * MINUTE)
    oxide, speed, rate = law_of(model)

    def time(depth, share):
        along = rate * (1 - (1 - oxide.rate_ratio) * share)
        limit = METRE * oxide.arrest
        slowed = -np.log1p(-share * (depth / limit) ** 2) * limit**2 / share if share else depth**2
        return depth / speed + slowed / along

    sides = {
        1.0: layers.plus[between(model, 0, 1)],
        0.0: layers.minus[between(model, 0, 1)],
        0.36: layers.minus[between(model, 2, 3)],
    }
    for share, depth in sides.items():
        assert time(depth, share) == pytest.approx(np.full(len(depth), 360.0), rel=1e-6)
    assert 0.9 * 7.5e-3 < sides[1.0].max() < 7.5e-3 < sides[0.36].max() < sides[0.0].max()
    position, grain = model.slow.places.nodes.position, model.spaces.grain_of_node
    top = (position[:, 1] > 1 - 1e-9) & (position[:, 0] > 1e-9) & (position[:, 0] < 4 - 1e-9)
    assert layers.outside[top & (grain == 0)] == pytest.approx(sides[0.0].max(), rel=1e-9)
    assert layers.outside[top & (grain == 1)] == pytest.approx(sides[1.0].max(), rel=1e-9)
    assert not layers.outside[model.slow.places.nodes.outer_area == 0].any()


def test_gliding_of_the_layers_beside_a_side_hastens_it_by_its_barrier():
    model = row_of_grains()
    ratio, oxide = 0.003, law_of(model)[0]
    shear = ratio / oxide.barrier.per_shear
    at, sheared = model.slow.places.nodes.position, model.spaces.grain_of_node == 0
    model.state["displacement"].reshape(len(at), 3)[:, 2] = shear * at[:, 0] * sheared
    short = 1e-4
    layers, here = passing(model, short), between(model, 0, 1)
    lowered = oxide.barrier.energy[0] - float(oxide.barrier.at(np.array(ratio)))
    faster = np.exp(lowered / (BOLTZMANN * HOT))
    assert layers.plus[here] / layers.minus[here] == pytest.approx(
        np.full(here.sum(), faster), rel=1e-3
    )
    assert faster > 300
    even = model.slow["oxygen_release"].observe(model.present())["Even Release"]
    assert even * METRE == pytest.approx(layers.minus[here].max(), rel=1e-9)


def test_without_gliding_sheared_layers_lose_no_more_than_others():
    model = row_of_grains("physics.oxygen_release.gliding.enabled=false")
    at = model.slow.places.nodes.position
    model.state["displacement"].reshape(len(at), 3)[:, 2] = 0.01 * at[:, 0]
    layers = passing(model, MINUTE)
    assert np.ptp(layers.plus) < 1e-12


@pytest.mark.parametrize("cells", [16, 32])
def test_what_closed_boundaries_give_off_gets_out_within_their_reach(cells):
    """Between two mouths, 1 um apart: cosh(y / l) / cosh(1 / 2 l); second order in the mesh."""
    reach, size = 0.2, 1.0 / cells
    model = row_of_grains(
        f"physics.oxygen_release.reach={reach} um", size=(2.0, 1.0), cells=(4, cells), grains=(2, 1)
    )
    y = model.spaces.boundaries.position[:, 1] - 0.5
    exact = np.cosh(y / reach) / np.cosh(0.5 / reach)
    mouths = model.slow.places.open_mouths(model.state["max_opening"]) > 0
    found = Exposure(model.spaces.network).of(reach, mouths)
    assert mouths.sum() == 2
    assert np.abs(found - exact).max() < 0.3 * (size / reach) ** 2
    assert np.abs(found - exact).max() > 0.01 * (size / reach) ** 2  # it is an approximation
    layers, (_, speed, _) = passing(model, 1.0), law_of(model)
    assert layers.plus == pytest.approx(speed * found, rel=1e-4)
    assert layers.outside.max() == pytest.approx(speed, rel=1e-4)


def test_a_boundary_that_has_opened_from_its_mouth_lets_all_of_it_out():
    model = row_of_grains(
        "physics.oxygen_release.reach=50 nm", size=(2.0, 1.0), cells=(4, 16), grains=(2, 1)
    )
    closed = passing(model, 1.0).plus.copy()
    at, right = model.slow.places.nodes.position, model.spaces.grain_of_node == 1
    low = right & (at[:, 1] < 0.5)
    model.state["displacement"].reshape(len(at), 3)[:, 0] = 1e-3 * low
    model.state["damage"][:] = 1e3
    opened = passing(model, 1.0).plus - closed
    y, speed = model.spaces.boundaries.position[:, 1], law_of(model)[1]
    assert opened[y < 0.45] == pytest.approx(speed, rel=1e-3)
    assert closed[(y > 0.3) & (y < 0.7)].max() < 0.02 * speed


def test_it_is_absent_where_oxide_faces_lpo_or_lies_under_a_coating():
    """Bricks: 0 and 1 with LPO between, 2 beside 3, which is a coating."""
    particle = brick_particle((4.0, 1.0), (16, 4), (4, 1), None, {(0, 1): "lpo"})
    particle = replace(particle, is_filler=np.array([False, False, False, True]))
    model = build_model(static_case(*ON, RELEASE), particle)
    layers, nodes = passing(model, MINUTE), model.slow.places.nodes
    assert not layers.plus[between(model, 0, 1)].any()
    assert not layers.plus[between(model, 2, 3)].any()
    assert np.all(layers.plus[between(model, 1, 2)] > 1e-3)
    assert not layers.outside[~nodes.in_oxide].any()
    assert not model.state["release_share"][~nodes.in_oxide].any()


def test_air_keeps_the_oxygen_in():
    assert not passing(row_of_grains("physics.oxygen_release.pressure=21 kPa"), MINUTE).plus.any()


def test_where_four_boundaries_meet_is_a_junction():
    """Four bricks around a point, whose neighbourhood alone is sheared."""
    model = row_of_grains(size=(2.0, 2.0), cells=(8, 8), grains=(2, 2))
    at = model.slow.places.nodes.position
    near = np.exp(-((at[:, 0] - 1) ** 2 + (at[:, 1] - 1) ** 2) / 0.05)
    model.state["displacement"].reshape(len(at), 3)[:, 2] = 0.002 * near * (at[:, 0] - 1)
    passing(model, 1.0)
    found = model.slow["oxygen_release"].observe(model.present())
    boundaries = model.spaces.boundaries
    depth = model.state.sides("release_depth").plus
    meet = np.hypot(*(boundaries.position - 1).T) < 1e-9
    assert found["Junction Release"] * METRE == pytest.approx(depth[meet].mean(), rel=0.2)
    assert found["Junction Release"] > 3 * found["Boundary Release"] > 0


def test_the_middle_of_a_boundary_is_no_junction_in_space_either():
    """Four columns around a line: points on it and on no other part of their boundaries."""
    model = row_of_grains(size=(2.0, 2.0, 1.0), cells=(4, 4, 2), grains=(2, 2, 1))
    position = model.spaces.boundaries.position
    line = np.hypot(position[:, 0] - 1, position[:, 1] - 1) < 1e-9
    assert (model.slow.places.junctions() == line).all()
    assert 0 < line.sum() < len(line) / 2


def test_what_has_turned_takes_its_sites_and_keeps_their_lithium():
    model = row_of_grains(size=(0.8, 0.2), cells=(16, 4))
    before = model.lithium()
    layers = passing(model, 2 * MINUTE)
    model.update_conditions()
    share, fresh = model.state["release_share"], model.slow.places.fresh_sites()
    volume, points = model.mechanics.node_volume, model.spaces.boundaries
    outer = model.slow.places.nodes.outer_area * layers.outside
    whole = model.slow.places.roughness * outer.sum() + points.weight @ (layers.plus + layers.minus)
    assert volume @ share == pytest.approx(whole, rel=1e-9)
    assert 0.05 < share.max() < MOST
    assert model.state["sites"] == pytest.approx(fresh * (1 - share), rel=1e-12)
    assert model.state["trapped"] == pytest.approx(0.99 * fresh * share, rel=1e-9)
    assert model.lithium() == pytest.approx(before, rel=1e-12)
    found = model.slow["oxygen_release"].observe(model.present())
    assert found["Oxygen Release"] == pytest.approx(0.5 * volume @ share / volume.sum(), rel=1e-9)


def test_boundaries_between_turned_sides_hold_less():
    model = row_of_grains("physics.oxygen_release.bonds.enabled=true")
    oxide, layers = law_of(model)[0], passing(model, 5.0)
    shares = model.slow["oxygen_release"].weaken(model.present())
    depth = (layers.plus + layers.minus) / (METRE * oxide.bond_depth)
    left = np.exp(-depth)
    assert shares.strength == pytest.approx(0.03 + 0.97 * left, rel=1e-12)
    assert shares.toughness == pytest.approx(0.001 + 0.999 * left, rel=1e-12)
    assert 0.3 < left.min() < 0.9


def test_an_oxide_of_which_it_is_not_known_is_refused():
    case = static_case(RELEASE)
    with pytest.raises(MaterialError, match="NMC76 has no entry oxygen_release"):
        build_model(case, brick_particle((2.0, 1.0), (4, 4), (2, 1)))


HEATED = (
    *disc(8, 1.0, 0.4, 0.3),
    "materials.grain=LCO",
    "initial.occupancy=0.99",
    "physics.thermal_expansion.enabled=true",
    "physics.sliding.enabled=true",
    "physics.oxygen_release={enabled: true, reach: 500 nm, bonds: {enabled: true}}",
)
PROTOCOL = "['Heat at 50 K/s to 550 degC', 'Rest for 5 s']"
COLUMNS = ("Outer Release / m", "Boundary Release / m", "Junction Release / m", "Lithium Error / 1")


def heated_on(comm):
    case = case_of(PROTOCOL, *HEATED)
    _, recorder, outcome = ran(build_model(case, meshed(case, comm)))
    assert outcome.status == "finished", outcome.reason
    last = recorder.rows[-1]
    return {name: last[name] for name in (*COLUMNS, "Energy Error / 1", "Release Energy / J.m-1")}


@pytest.mark.parametrize("ranks", [2, 3])
def test_ranks_agree_on_a_heated_particle(ranks):
    alone, together = heated_on(MPI.COMM_SELF), on_ranks(ranks, f"{HERE}:heated_on")
    print(alone)
    for name in COLUMNS[:3]:
        assert together[name] == pytest.approx(alone[name], rel=1e-6)
        assert alone[name] > 1e-10
    assert alone["Lithium Error / 1"] < 1e-12
    assert abs(alone["Energy Error / 1"]) < 1e-6


def test_a_run_that_goes_on_in_the_middle_of_its_ramp_has_lost_as_much():
    case = case_of(PROTOCOL, *HEATED)
    particle = meshed(case)
    whole, recorder, _ = ran(build_model(case, particle))
    middle = len(recorder.rows) // 2
    stopped = Simulation(build_model(case, particle))
    stopped.run(lambda: stopped.steps == middle)
    resumed = Simulation(build_model(case, particle))
    resumed.load(stopped.save())
    assert 500.0 < resumed.model.temperature < HOT
    assert resumed.run().status == "finished"
    for name in ("release_share", "even_release", "release_lithium", "damage"):
        found, exact = resumed.model.state[name], whole.model.state[name]
        assert found == pytest.approx(exact, rel=1e-6, abs=1e-12), name
    assert whole.model.state["release_share"].max() > 1e-4
    row = recorder.rows[-1]
    gone, left = (row[f"{name} Sites / mA.h.g-1"] for name in ("Released", "Left"))
    share = gone / (gone + left)  # of which the last step met what was left
    assert share == pytest.approx(2 * row["Oxygen Release / 1"], rel=0.02)
