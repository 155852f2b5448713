"""Sites for lithium that change between steps: what they held goes to those that are left."""

import numpy as np
import pytest

from solver.entries import laws
from solver.model.electrical_work import ElectricalLedger
from solver.model.energy import EnergyLedger
from solver.model.state import make_state
from solver.solve.impedance import spectrum
from solver.solve.staggered import CoupledSolver
from solver.units.constants import FARADAY_INTERNAL
from tests.particles import case_of, disc, meshed, model_of, plain_oxide, strip

AXES = [[0.6, 0.0, 0.8], [0.0, 0.8, 0.6]]
LEFT = 0.7  # of the sites of some nodes
RIGID = "physics.swelling.enabled=false"


def two_grains(*overrides, **oxide):
    """A model at rest, and its solver."""
    case = case_of("[{rest: {until: {time: 1 s}}}]", "initial.occupancy=0.5", *overrides)
    grain = plain_oxide(1e-14, **oxide) if oxide else None
    model = model_of(case, strip(1.0, 0.5, 8, 4, AXES), grain)
    solver = CoupledSolver(model)
    solver.equilibrate()
    model.electro.control.impose_current(0.0)
    return model, solver


def begin_with_less(model, solver, share, where=slice(None)):
    """Begin a step in which only a share of the sites of some nodes is left."""
    old = make_state(model.spaces)
    old.copy_from(model.state)
    model.state["sites"][where] *= share
    solver.begin_step(old)


def in_one_grain(model):
    """Some nodes of the first grain."""
    return (model.spaces.grain_of_node == 0) & (np.arange(len(model.spaces.grain_of_node)) % 3 == 0)


def test_lithium_of_vanished_sites_goes_to_the_others():
    model, solver = two_grains(RIGID)
    before, sites = model.lithium(), model.sites()
    where = in_one_grain(model)
    begin_with_less(model, solver, LEFT, where)
    solver.step(1.0)
    x = model.state["occupancy"]
    assert model.lithium() == pytest.approx(before, rel=1e-12)
    assert x[where].mean() > x[~where].mean() + 0.01
    for _ in range(3):
        begin_with_less(model, solver, 1.0)
        solver.step(1e7)
    left = model.sites()
    assert left < 0.97 * sites
    assert model.lithium() == pytest.approx(before, rel=1e-12)
    assert x == pytest.approx(np.full(len(x), 0.5 * sites / left), rel=1e-5)


def test_a_node_alone_keeps_its_lithium():
    """In no time none of it gets anywhere: x rises as the sites fall."""
    model, solver = two_grains(RIGID)
    where = in_one_grain(model)
    begin_with_less(model, solver, LEFT, where)
    solver.step(1e-6)
    x = model.state["occupancy"]
    assert x[where] == pytest.approx(np.full(where.sum(), 0.5 / LEFT), rel=1e-3)
    assert x[~where] == pytest.approx(np.full((~where).sum(), 0.5), rel=1e-3)


def test_a_slow_signal_meets_the_sites_that_there_are():
    model, _ = two_grains(RIGID, potential=laws.linear(4.5, -1.0))
    frequency, per_volume = 1e-6, []
    for share in (1.0, LEFT):
        model.state["sites"][:] *= share
        elastance = -2 * np.pi * frequency * spectrum(model, [frequency])[0].imag
        per_volume.append(model.extent.outer_area / (elastance * model.extent.volume))
    whole = FARADAY_INTERNAL * model.electro.properties.max_concentration
    assert per_volume == pytest.approx([whole, LEFT * whole], rel=1e-6)


def test_stress_weighs_alike_in_the_potential_of_fewer_sites():
    """What took the place of the others goes along with the oxide: each feels what it felt."""
    model, solver = two_grains()
    whole = model.state["stress_potential"].copy()
    assert np.abs(whole).max() > 1e-4
    model.state["sites"][:] *= LEFT
    solver.equilibrate()
    assert model.state["stress_potential"] == pytest.approx(whole, rel=1e-9, abs=1e-12)


def test_the_books_close_while_sites_vanish_under_stress():
    """Eight grains, in two of which sites vanish: what stress does to their lithium is work."""
    case = case_of("[{rest: {until: {time: 1 s}}}]", *disc(8, 1.2, 0.3, 0.2))
    model = model_of(case, meshed(case))
    model.state["occupancy"][:] = 0.5
    solver = CoupledSolver(model)
    solver.equilibrate()
    model.electro.control.impose_current(1.0)
    mechanical, electrical = EnergyLedger(model.mechanics), ElectricalLedger(model)
    mechanical.open(model.state["damage"])
    electrical.open()
    for _ in range(4):
        begin_with_less(model, solver, 0.94, model.spaces.grain_of_node < 2)
        solver.step(100.0)
        mechanical.book(model.state["damage"], jumped=False)
        electrical.book(100.0, mechanical.energies.swelling_work)
    print(f"missing {electrical.error():.2%}")
    assert abs(mechanical.energies.swelling_work) > 1.0
    assert electrical.error() < 0.01
