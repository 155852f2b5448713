"""What grows in the lattice and does not fit: strain of the grains, and its work in the books."""

from typing import ClassVar

import numpy as np
import pytest

from solver.mechanisms.base import Mechanism
from solver.model.build import build_model
from solver.solve.staggered import CoupledSolver
from tests.particles import case_of, disc, meshed, ran, strip

A, C = 0.029, 0.019
GROWS = 1e-4  # share of the lattice per second
REST = "[{rest: {until: {time: 600 s}}}]"
CHARGE = "[{charge: {rate: 1C, until: {time: 600 s}}}]"
SMALL = disc(6, 1.0, 0.4, 0.3)


class Product(Mechanism):
    """A product that does not fit takes the more of every other grain the later it is."""

    name = "product"
    strains: ClassVar = True

    def __init__(self, rate=GROWS, odd=1):
        self.rate, self.odd, self.time = rate, odd, 0.0

    def modify(self, now, dt, conditions):
        there = self.rate * self.time * (now.places.nodes.grain % 2 == self.odd)
        conditions.strain_a[:] += A * there
        conditions.strain_c[:] += C * there
        conditions.sites[:] *= 1.0 - there

    def advance(self, now, dt):
        self.time += dt
        return 0.0


def run_of(protocol, *mechanisms, overrides=()):
    case = case_of(protocol, *SMALL, *overrides)
    model = build_model(case, meshed(case), extra=mechanisms)
    simulation, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return simulation, recorder


def test_a_free_grain_takes_the_misfit_in_its_own_frame_without_stress():
    case = case_of(REST, "physics.swelling.enabled=false")
    product = Product(1.0, odd=0)
    model = build_model(case, strip(1.0, 0.5, 8, 4, [[1.0, 0.0, 0.0]]), extra=[product])
    product.time = 0.1
    model.update_conditions()
    solver = CoupledSolver(model)
    solver.equilibrate()
    strain = model.mechanics.stress.at_node.x.array.reshape(-1, 6)
    exact = 0.1 * np.array([C, A, A, 0.0, 0.0, 0.0])
    assert strain == pytest.approx(np.tile(exact, (len(strain), 1)), abs=1e-9)
    assert np.abs(solver.stress).max() < 1e-3  # MPa


def test_both_books_close_while_a_product_grows():
    simulation, recorder = run_of(CHARGE, Product(3e-4))
    energies, losses = simulation.ledger.energies, simulation.electrical.energies.losses.total()
    missed = recorder.column("Electrical Error / 1")[-1] * losses
    print(f"misfit {energies.misfit_work:.4f}, missing {missed:.4f} of {losses:.3f} pJ")
    assert energies.misfit_work > 1.0
    assert recorder.column("Misfit Work / J.m-1")[-1] == pytest.approx(
        energies.misfit_work * 1e-6, rel=1e-9
    )
    assert recorder.column("Energy Error / 1").max() < 1e-6
    assert missed < 0.01 * energies.misfit_work


def test_without_its_work_the_books_would_not_close():
    simulation, _ = run_of(REST, Product())
    ledger = simulation.ledger
    ledger.energies.misfit_work = 0.0
    assert ledger.error() > 0.1


def test_what_lithium_does_is_not_the_work_of_misfit():
    simulation, recorder = run_of(CHARGE)
    assert simulation.ledger.energies.misfit_work == 0.0
    assert "Misfit Work / J.m-1" not in recorder.rows[-1]
