"""Films and coatings are no oxide: they hold no lithium, do not swell, and crack nowhere inside."""

from dataclasses import replace

import numpy as np
import pytest

from solver.model.phase_field import measure_cracks
from solver.model.small_signal import storage
from solver.solve.staggered import CoupledSolver
from tests.networks import brick_particle, built
from tests.particles import case_of

ANY = 7.3  # V: what stands for an occupancy in a filler is its potential


@pytest.fixture
def coated():
    """A brick of oxide, 1.5 um^2, and beside it a filler of half the size; both may swell."""
    particle = brick_particle((2.25, 1.0), (9, 4), (3, 1), [0, 0, 1])
    return built(
        case_of("[{rest: {until: {time: 1 s}}}]", "initial.occupancy=0.6"),
        replace(particle, is_filler=np.array([False, True])),
    )


def in_filler(model):
    return model.spaces.grain_of_node == 1


def test_lithium_and_room_for_it_are_those_of_the_oxide(coated):
    coated.state["occupancy"][:] = np.where(in_filler(coated), ANY, 0.3)
    sites = coated.electro.properties.max_concentration
    assert coated.extent.volume == pytest.approx(1.5, rel=1e-12)
    assert coated.lithium() == pytest.approx(0.3 * 1.5 * sites, rel=1e-12)
    assert storage(coated).sum() == pytest.approx(1.5 * sites, rel=1e-12)
    assert not storage(coated)[in_filler(coated)].any()


def test_shares_of_cracks_are_those_of_the_grains(coated):
    place = coated.spaces.scalar.tabulate_dof_coordinates()[:, 0]
    coated.state["crack"][:] = place < 0.4
    whole = coated.mechanics.node_volume[(place < 0.4) & ~in_filler(coated)].sum() / 1.5
    found = measure_cracks(coated.state, coated.mechanics, coated.electro.in_oxide)
    assert (found.mean, found.cracked) == pytest.approx((whole, whole))
    assert 0 < whole < 0.5


def test_a_filler_neither_swells_nor_feels_stress_in_its_potential(coated):
    coated.state["occupancy"][:] = np.where(in_filler(coated), ANY, 0.6)
    solver = CoupledSolver(coated)
    solver.equilibrate()
    oxide = ~in_filler(coated)
    for strain, law in (
        (coated.mechanics.strain_a, coated.strain_a),
        (coated.mechanics.strain_c, coated.strain_c),
    ):
        expected = float(law.value(np.array(0.6)))
        assert expected != 0.0
        assert strain.x.array[oxide] == pytest.approx(expected)
        assert not strain.x.array[~oxide].any()
    felt = coated.swelling().potential(np.full(len(oxide), 0.6), solver.stress)
    part = coated.state["stress_potential"]
    assert part[oxide] == pytest.approx(felt[oxide])
    assert np.abs(part[oxide]).max() > 1e-6
    assert np.abs(felt[~oxide]).max() > 1e-6
    assert not part[~oxide].any()
