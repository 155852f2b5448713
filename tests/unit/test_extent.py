"""How large a particle counts: what is oxide, and what only surrounds it."""

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from solver.drive import simulation
from solver.materials.library import load_grain_material
from solver.output import trackers
from solver.units.constants import METRE
from tests.networks import brick_particle, built, static_case


def test_a_coating_counts_in_the_outside_but_weighs_nothing():
    """A brick of 2 um x 1 um in one of 4 um x 3 um."""
    number = [1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1]
    particle = brick_particle((4.0, 3.0), (8, 6), (4, 3), number)
    case = static_case("physics.wetting.outer_area=0.6 m^2/g")
    model = built(case, replace(particle, is_filler=np.array([False, True])))
    mass = 2.0 * load_grain_material("NMC76").density / METRE**3
    assert model.extent.volume == pytest.approx(2.0)
    assert model.extent.outer_area == pytest.approx(14.0)
    assert model.extent.mass == pytest.approx(mass)
    assert model.surfaces.places.roughness == pytest.approx(600.0 * METRE**2 * mass / 14.0)


class StopError(Exception):
    """Enough is known."""


def test_the_usual_diffusion_length_is_three_volumes_over_the_outside(monkeypatch, tmp_path):
    """R of a ball; here of two bricks that are 2 um^2 in an outside of 6 um."""
    seen = []

    def opened(run, progress):
        seen.append(run.diffusion_length)
        raise StopError

    bricks = brick_particle((2.0, 1.0), (4, 2), (2, 1))
    monkeypatch.setattr(simulation, "read_particle", lambda path, comm: bricks)
    monkeypatch.setattr(trackers, "open_trackers", opened)
    with pytest.raises(StopError):
        simulation.run(static_case(), tmp_path, MPI.COMM_SELF)
    assert seen == [pytest.approx(3 * 2.0 / 6.0 * 1e-6, rel=1e-12)]
