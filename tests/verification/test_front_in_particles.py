"""A front of rock salt between two hot grains of LiCoO2: which one it enters, and what it takes."""

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI

from solver.drive.simulation import Simulation
from solver.mechanisms.front.step import FrontSystem
from tests.networks import bricks
from tests.particles import Recorder, case_of, model_of, ran, strip
from tests.ranks import on_ranks

HERE = "tests.verification.test_front_in_particles"
WIDTH, HEIGHT = 0.04, 0.012  # um
ALONG, TILTED = [1.0, 0.0, 0.0], [0.36, 0.48, 0.8]  # c: across the boundary, and between
HOT = [
    "materials.grain=LCO",
    "initial.occupancy=0.99",
    "temperature=550 degC",
    "physics.thermal_expansion={enabled: true, stress_free: 25 degC}",
    "physics.swelling.enabled=false",
    "numerics.time_step={initial: 10 ms, minimum: 0.1 ms, maximum: 0.5 s, damage: 0.3}",
]
FRONT = "physics.front={enabled: true, outside: false, boundaries: true}"


def rested(*overrides, seconds=3.0, axes=(ALONG, TILTED)):
    """Model and recorder of two upright grains that have rested."""
    case = case_of(f"['Rest for {seconds} s']", *HOT, FRONT, *overrides)
    model = model_of(case, strip(WIDTH, HEIGHT, 28, 9, axes))
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return model, recorder


@pytest.fixture(scope="module")
def entered():
    return rested()


def depth(model, grain):
    """How far the front has come from the boundary into a grain, um."""
    x = model.spaces.scalar.tabulate_dof_coordinates()[:, 0]
    here = (model.spaces.grain_of_node == grain) & (model.state["front"] >= 0.5)
    return float(abs(x[here] - WIDTH / 2).max(initial=0.0))


def test_it_enters_the_grain_whose_layers_end_there_and_not_its_neighbour(entered):
    model, recorder = entered
    assert depth(model, 1) > 5e-3
    assert depth(model, 0) < 2e-3
    row = recorder.rows[-1]
    assert row["Front Depth / m"] == pytest.approx(1e-6 * depth(model, 1), rel=0.02)
    assert row["Front Fraction Most / 1"] > 5 * row["Front Fraction Least / 1"]


def test_it_enters_both_where_oxygen_crosses_the_layers_as_easily():
    model, _ = rested("physics.front.rate_ratio=1")
    assert depth(model, 0) > 4e-3
    assert depth(model, 1) > 5e-3


def test_hardly_anything_gives_way_where_gliding_does_not_lower_the_barrier():
    _, recorder = rested("physics.front.gliding=false")
    assert recorder.rows[-1]["Front Fraction / 1"] < 1e-4


def test_what_has_left_is_what_the_oxide_lacks(entered):
    _, recorder = entered
    released = recorder.column("Released Oxygen / 1")
    assert released[-1] > 0.05
    assert (np.diff(released) >= 0).all()
    assert recorder.column("Oxygen Error / 1").max() < 1e-10


def test_its_energy_only_falls(entered):
    _, recorder = entered
    assert (np.diff(recorder.column("Front Dissipation / J.m-3")) >= 0).all()
    assert recorder.rows[-1]["Front Dissipation / J.m-3"] > 1e6


def test_the_work_of_its_misfit_is_booked(entered):
    _, recorder = entered
    row = recorder.rows[-1]
    assert row["Misfit Work / J.m-1"] > 0
    assert row["Energy Error / 1"] < 1e-4


def test_it_strains_the_lattice_by_its_share_that_is_coherent(entered):
    model, _ = entered
    phi = model.state["front"]
    front = model.slow["front"]
    salt = phi**2 * (3 - 2 * phi)
    model.update_conditions()
    thermal = model.slow["thermal_expansion"].observe(model.present())["Thermal Strain c"]
    strain = model.slow.conditions.strain_c - thermal
    assert strain == pytest.approx(0.25 * 0.050 * salt, abs=1e-9)
    assert front.strains


def test_cold_oxide_is_let_alone():
    _, recorder = rested("temperature=25 degC", seconds=60.0)
    assert recorder.rows[-1]["Front Fraction / 1"] == 0.0
    assert recorder.rows[-1]["Released Oxygen / 1"] < 1e-15


def test_what_stress_does_to_it_is_the_derivative_of_the_elastic_energy():
    """At held displacement that energy is quadratic in the strain of each node by itself."""
    model, _ = rested(seconds=0.01)
    now, system = model.present(), model.mechanics
    model.swell()
    energy = fem.assemble_scalar(system.elastic_energy)
    work_a, work_c = now.lattice_work
    rng = np.random.default_rng(3)
    da, dc = rng.normal(size=(2, len(work_a))) * 1e-2
    system.strain_a.x.array[:] += da
    system.strain_c.x.array[:] += dc
    gained = fem.assemble_scalar(system.elastic_energy) - energy
    foretold = now.lattice_energy(da, dc).sum() - work_a @ da - work_c @ dc
    assert gained == pytest.approx(foretold, rel=1e-9)
    assert abs(work_a).max() > 0


def test_a_front_that_cannot_be_found_ends_the_run_with_what_it_has(monkeypatch):
    case = case_of("['Rest for 3 s']", *HOT, FRONT)
    model = model_of(case, strip(WIDTH, HEIGHT, 28, 9, (ALONG, TILTED)))
    recorder = Recorder()
    simulation = Simulation(model, [recorder])
    monkeypatch.setattr(FrontSystem, "step", lambda *_: None)
    outcome = simulation.run()
    assert outcome.status == "failed"
    assert "too long for the front of rock salt" in outcome.reason
    assert len(recorder.rows) == 1
    assert np.all(model.state["front"] == 0.0)


def test_a_run_that_goes_on_finds_the_front_of_one_that_was_not_stopped(entered):
    case = case_of("['Rest for 3.0 s']", *HOT, FRONT)

    def new():
        return Simulation(model_of(case, strip(WIDTH, HEIGHT, 28, 9, (ALONG, TILTED))))

    stopped = new()
    stopped.run(lambda: stopped.steps == len(entered[1].rows) // 2)
    resumed = new()
    resumed.load(stopped.save())
    assert resumed.run().status == "finished"
    for name in ("front", "oxygen", "given_way", "oxygen_gone"):
        found, exact = resumed.model.state[name], entered[0].state[name]
        assert found == pytest.approx(exact, rel=1e-6, abs=1e-9), name


def ended(comm, axis):
    """What a front comes to on some ranks."""
    particle = bricks((WIDTH, HEIGHT), (20, 6), (2, 1), [ALONG, axis], comm=comm)
    model = model_of(case_of("['Rest for 0.5 s']", *HOT, FRONT), particle)
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    names = ("Fraction", "Depth", "Dissipation")
    row = recorder.rows[-1]
    told = {key: value for key, value in row.items() if any(f"Front {n}" in key for n in names)}
    return {**told, "oxygen": row["Released Oxygen / 1"], "error": row["Oxygen Error / 1"]}


@pytest.mark.parametrize("ranks", [2, 3])
def test_any_number_of_ranks_finds_the_same_front(ranks):
    alone, found = ended(MPI.COMM_SELF, TILTED), on_ranks(ranks, f"{HERE}:ended", TILTED)
    assert alone["Front Fraction / 1"] > 1e-3
    assert alone.pop("error") < 1e-10
    assert found.pop("error") < 1e-10
    assert found == pytest.approx(alone, rel=1e-6)
