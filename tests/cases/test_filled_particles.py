"""Particles with films and coatings run through, and differ from bare ones as they should."""

import numpy as np
import pytest

from tests.particles import case_of, disc, meshed, model_of, ran

CHARGE = "[{charge: {rate: 1C, until: {time: 300 s}}}]"
SMALL = [*disc(8, 1.2, 0.3, 0.2), "particle.boundary.state=lpo", "numerics.time_step.fixed=60"]


def charged(*overrides):
    case = case_of(CHARGE, *SMALL, *overrides)
    simulation, recorder, outcome = ran(model_of(case, meshed(case)))
    assert outcome.status == "finished", outcome.reason
    return simulation.model, recorder


@pytest.fixture(scope="module")
def bare():
    return charged()


@pytest.fixture(scope="module")
def filled():
    return charged("particle.boundary.thickness=20 nm", "particle.coating={thickness: 20 nm}")


def test_film_and_coating_conserve_lithium_and_energy(filled):
    model, recorder = filled
    lithium, energy = (recorder.column(f"{kind} Error / 1").max() for kind in ("Lithium", "Energy"))
    print(f"largest error of lithium {lithium:.1e}, of energy {energy:.1e}")
    assert model.particle.is_filler.sum() == 2
    assert lithium < 1e-10
    assert energy < 1e-8


def test_film_and_coating_change_the_voltage_by_millivolts(bare, filled):
    polarization = filled[1].column("Voltage / V")[-1] - bare[1].column("Voltage / V")[-1]
    print(f"film and coating of 20 nm change the voltage at 1C by {1e3 * polarization:.1f} mV")
    assert 1e-5 < abs(polarization) < 0.02


def test_all_current_leaves_through_the_coating(filled):
    model, _ = filled
    electro = model.electro
    through = electro.outer_area * electro.state.sides("current").outside
    assert through[electro.in_oxide].sum() == 0
    assert through.sum() == pytest.approx(electro.total_current())


def test_the_film_takes_no_lattice_strain(filled):
    model, _ = filled
    filler = ~model.electro.in_oxide
    assert np.all(model.mechanics.strain_a.x.array[filler] == 0)
    assert np.all(model.state["stress_potential"][filler] == 0)
