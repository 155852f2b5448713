"""Specimens whose boundaries wear out while they are loaded, held, and loaded again."""

from dataclasses import replace

import numpy as np
import pytest
from dolfinx import mesh

from solver.case import Case
from solver.drive.simulation import Simulation
from solver.materials import load_boundary_material
from solver.model.build import build_model
from tests.bodies import bricks
from tests.particles import CASES, Recorder

HOUR = 3600.0
RATE = 1e-4  # 1/s
STRENGTH = 20e6  # Pa, of the case
CORRODING = ("physics.corrosion={enabled: true, rate: 1e-4 1/s}", "particle.boundary.state=liquid")
HELD = (
    "loads=[{surface: left, fixed: [x, y]}, {surface: right, displacement: {x: 1 nm}}]",
    "precracks=[]",
)


def case_and_bar(protocol, *overrides):
    """A case, and a bar of two grains with named ends."""
    case = Case.load(CASES / "benchmarks" / "dcb.yaml", [*HELD, f"protocol={protocol}", *overrides])
    bar = bricks((4.0, 1.0), (8, 2), (2, 1), [[0, 0, 1]] * 2)
    sides = {"left": lambda x: x[0] < 1e-9, "right": lambda x: x[0] > 4.0 - 1e-9}
    facets = {n: mesh.locate_entities_boundary(bar.mesh, 1, where) for n, where in sides.items()}
    return case, replace(bar, surfaces={**bar.surfaces, **facets})


def loaded(protocol, *overrides):
    """Loading and history of a bar of two grains, pulled apart."""
    recorder = Recorder()
    loading = Simulation(build_model(*case_and_bar(protocol, *overrides)), [recorder])
    outcome = loading.run()
    assert outcome.status == "finished", outcome.reason
    return loading, recorder


def test_a_boundary_that_is_held_corrodes_as_long_as_it_is_held():
    """A load step that goes nowhere is a hold; one without duration takes no time to corrode."""
    loading, recorder = loaded(
        "[{load: {to: 1, increments: 5}}, {load: {to: 1, increments: 6, duration: 3 h}}]",
        *CORRODING,
    )
    corroded = recorder.column("Mean Corrosion / 1")
    time = recorder.column("Test Time / s")
    assert not corroded[:6].any()
    assert time[:6] == pytest.approx(np.arange(6))  # without a duration, by increments
    held = time[6:] - time[5]
    assert held == pytest.approx(np.arange(1, 7) * 0.5 * HOUR)
    assert corroded[6:] == pytest.approx(1 - np.exp(-RATE * held), rel=1e-9)
    assert recorder.column("Corrosion Energy / J")[-1] == pytest.approx(0.0, abs=1e-30)
    assert loading.way.path.driven == 0


def test_what_is_dry_does_not_corrode():
    _, recorder = loaded(
        "[{load: {to: 1, increments: 2, duration: 3 h}}]",
        CORRODING[0],
        "particle.boundary.state=dry",
    )
    assert not recorder.column("Mean Corrosion / 1").any()


def test_an_oxide_corrodes_at_the_potential_of_its_lithium():
    """At 3.56 V, 0.64 V below the reference, 600 times slower than a solid at full rate."""
    protocol = "[{load: {to: 1, increments: 2, duration: 3 h}}]"
    oxide = ("materials={grain: NMC76}", "initial.occupancy=0.9497", *CORRODING)
    _, recorder = loaded(protocol, *oxide)
    slower = np.exp((3.5622 - 4.2) / 0.1)
    exact = -np.expm1(-RATE * slower * 3 * HOUR)
    assert recorder.column("Mean Corrosion / 1")[-1] == pytest.approx(exact, rel=2e-3)


def test_corrosion_parts_a_boundary_under_a_load_that_it_bore():
    """The strength falls to a tenth of 20 MPa in the end; the load is 17.5 MPa, displaced.

    It parts at once where strength and load meet: so brittle a boundary cannot soften slowly.
    """
    loading, recorder = loaded(
        "[{load: {to: 1, increments: 4}}, {load: {to: 1, increments: 40, duration: 2 h}}]",
        *CORRODING,
        "physics.cohesive.toughness=0.002 J/m^2",
        "physics.cohesive.penalty=1e19 Pa/m",
    )
    cracked = recorder.column("Cracked Fraction / 1")
    stress = recorder.column("Force right x / N") / 1e-3 / 1e-6  # 1 mm thick, 1 um high
    assert stress[4] == pytest.approx(1e-3 / 4 * 70e9 / (1 - 0.3**2), rel=0.05)
    assert cracked[4] == 0.0 and cracked[-1] == 1.0
    assert abs(stress[-1]) < 1e-3 * stress[4]
    remaining = load_boundary_material("liquid").entries["corrosion"].remaining_strength
    corroded = (1 - stress[4] / STRENGTH) / (1 - remaining)
    exact, increment = -np.log1p(-corroded) / RATE, 2 * HOUR / 40
    parted = recorder.column("Test Time / s")[np.argmax(cracked > 0)]
    print(f"parted after {parted:.0f} s, {exact:.0f} s by the law")
    assert exact < parted < exact + 2 * increment
    assert loading.ledger.error() < 1e-9


def test_cycles_are_counted_where_the_load_rises_again():
    _, recorder = loaded(
        "[{repeat: {times: 3, steps: [{load: {to: 1, increments: 2}}, {load: {to: 0}}]}}]",
        "physics.fatigue.enabled=true",
    )
    cycle, factor = recorder.column("Cycle Index / 1"), recorder.column("Load Factor / 1")
    assert list(np.unique(cycle)) == [1, 2, 3]
    for number in (1, 2, 3):
        assert factor[cycle == number].max() == 1.0
        assert factor[cycle == number][-1] == pytest.approx(0.0, abs=1e-12)
