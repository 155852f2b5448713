"""Particles that are cycled under loads, against what is known of them in closed form."""

from dataclasses import replace

import numpy as np
import pytest
from dolfinx import mesh
from mpi4py import MPI

from solver.drive.simulation import Simulation
from solver.entries import laws
from solver.model.build import build_model
from solver.solve.loaded import WorkOfLoads
from tests.particles import case_of, disc, isotropic, meshed, model_of, oxide, ran, strip
from tests.ranks import on_ranks

HERE = "tests.verification.test_loads_while_charging"
YOUNG, POISSON, WIDTH, HEIGHT = 150e3, 0.25, 2.0, 1.0  # MPa, um
PUSH = 5e-3  # um
SWELLING = laws.linear(0.0, 0.03)
HALF_FULL = ("initial.occupancy=0.5", "physics.swelling.stress_free_occupancy=0.5")
LOADED = "{load: {to: 1, duration: 60 s, increments: 3}}"
FILLED = "{discharge: {rate: C/2, until: {time: 600 s}}}, {rest: {until: {time: 600 s}}}"
EXACT = "numerics.newton_tolerance=1e-10"
HELD = "{surface: seat, fixed: [y]}, {surface: left, fixed: [x]}"


def block(axes=((0, 0, 1),)):
    """A block of upright grains on a seat, which a wall may press from above."""
    particle = strip(WIDTH, HEIGHT, 8, 4, axes)
    sides = {
        "seat": lambda x: x[1] < 1e-9,
        "top": lambda x: x[1] > HEIGHT - 1e-9,
        "left": lambda x: x[0] < 1e-9,
    }
    facets = {
        name: mesh.locate_entities_boundary(particle.mesh, 1, where)
        for name, where in sides.items()
    }
    return replace(particle, surfaces={**particle.surfaces, **facets})


def even_oxide():
    """Isotropic, and lithium spreads fast."""
    return oxide(
        diffusivity_ratio=1.0,
        strain_a=SWELLING,
        strain_c=SWELLING,
        stiffness=isotropic(1e6 * YOUNG, POISSON),
        diffusivity=lambda temperature: laws.constant(1e-13),
    )


def pressed(protocol, *overrides, load="{surface: top, wall: {y: -5 nm}}"):
    """What a block that swells evenly does under a load."""
    given = f"loads=[{HELD}, {load}]"
    case = case_of(f"[{protocol}]", given, *HALF_FULL, EXACT, *overrides)
    return ran(model_of(case, block(), even_oxide()))


def force_on_top(simulation):
    """Force on the top of the block, MPa um."""
    loaded = simulation.way.solver.loaded
    return simulation.model.loads.total("top", "y", loaded.applied())


@pytest.mark.parametrize(
    ("plane", "swells", "stiff"),
    [("generalised", 1.0, 1.0), ("strain", 1 + POISSON, 1 - POISSON**2), ("stress", 1.0, 1.0)],
)
def test_a_wall_holds_back_what_a_block_would_swell(plane, swells, stiff):
    """E / (1 - nu^2) times the strain held back, the wall itself giving way by stress over K."""
    simulation, recorder, outcome = pressed(f"{LOADED}, {FILLED}", f"mechanics.plane={plane}")
    assert outcome.status == "finished", outcome.reason
    model, filled = simulation.model, recorder.rows[-1]["Mean Occupancy / 1"]
    swelling = 0.03 * (filled - 0.5)
    assert filled > 0.55
    walls = model.loads.walls
    hard = walls.stiffness[0] / model.loads.weight["top"][0]
    held_back = swells * swelling * HEIGHT + PUSH
    exact = -WIDTH * held_back / (1 / hard + stiff * HEIGHT / YOUNG)
    print(f"{plane}: {force_on_top(simulation):.6f} MPa um, exact {exact:.6f}")
    assert force_on_top(simulation) == pytest.approx(exact, rel=1e-6)
    assert recorder.rows[-1]["Force top y / N.m-1"] == pytest.approx(exact, rel=1e-6)


def test_traction_and_held_surfaces_load_a_particle_as_walls_do():
    """A dead traction adds its own force; a surface that is held bears all that it holds back."""
    simulation, _, _ = pressed(f"{LOADED}, {FILLED}", load="{surface: top, traction: {y: -90 MPa}}")
    assert force_on_top(simulation) == pytest.approx(-90 * WIDTH, rel=1e-9)
    simulation, recorder, _ = pressed(
        f"{LOADED}, {FILLED}", load="{surface: top, displacement: {y: -5 nm}}"
    )
    held_back = 0.03 * (recorder.rows[-1]["Mean Occupancy / 1"] - 0.5) * HEIGHT + PUSH
    assert force_on_top(simulation) == pytest.approx(-WIDTH * YOUNG * held_back, rel=1e-6)


def test_loads_rise_evenly_in_time_while_no_current_flows():
    simulation, recorder, _ = pressed(f"{LOADED}, {FILLED}")
    loading = [row for row in recorder.rows if row["Step Index / 1"] == 0][1:]
    assert [row["Time Step / s"] <= 20 * (1 + 1e-9) for row in loading].count(False) == 0
    assert loading[-1]["Test Time / s"] == pytest.approx(60.0)
    for row in recorder.rows:
        factor = min(row["Test Time / s"] / 60.0, 1.0)
        assert row["Load Factor / 1"] == pytest.approx(factor, abs=1e-12)
    assert max(abs(row["Current / A.m-1"]) for row in loading) < 1e-15
    assert simulation.way.solver.load_factor == 1.0


def balance(*overrides):
    """The books of a block that is pressed, filled and let go."""
    back = "{load: {to: 0.2, duration: 60 s}}"
    simulation, recorder, outcome = pressed(f"{LOADED}, {FILLED}, {back}", *overrides)
    assert outcome.status == "finished", outcome.reason
    return simulation.ledger, recorder


def test_the_work_of_loads_closes_the_balance_of_energy():
    ledger, recorder = balance()
    energies = ledger.energies
    closing = energies.elastic - energies.swelling_work - energies.external_work
    assert abs(energies.external_work) > 0.1 * ledger.largest_elastic
    assert abs(closing) < 1e-9 * ledger.largest_elastic
    assert recorder.column("Energy Error / 1").max() < 1e-9
    assert recorder.rows[-1]["Electrical Error / 1"] < 1e-3


def test_work_of_loads_that_is_booked_wrongly_is_found(monkeypatch):
    honest = WorkOfLoads.book
    monkeypatch.setattr(WorkOfLoads, "book", lambda self: 0.9 * honest(self))
    assert balance()[1].rows[-1]["Energy Error / 1"] > 0.01


def test_a_precrack_is_there_from_the_start():
    """Between two grains, with chemistry; it grows no more, and takes no energy."""
    upright = block([(0, 0, 1)] * 2)
    between = mesh.locate_entities(upright.mesh, 1, lambda x: np.isclose(x[0], WIDTH / 2))
    particle = replace(upright, surfaces={**upright.surfaces, "notch": between})
    case = case_of("[{rest: {until: {time: 10 s}}}]", "precracks=[notch]")
    _, recorder, outcome = ran(model_of(case, particle))
    assert outcome.status == "finished", outcome.reason
    assert recorder.column("Cracked Fraction / 1") == pytest.approx(1.0)
    assert (
        recorder.rows[-1]["Fracture Energy / J.m-1"] == recorder.rows[0]["Fracture Energy / J.m-1"]
    )


WEAK = "physics.cohesive={strength: 0.3 GPa, toughness: 1 J/m^2}"
SMALL = disc(8, 1.5, 0.4, 0.25)
CHARGED = "{charge: {rate: 1C, until: {time: 900 s}}}"


def test_loads_of_factor_zero_change_nothing():
    """Grains that crack, in a particle that balanced loads leave afloat."""
    found = []
    for given in ((), ("loads=[{surface: outer, stress: {xx: -50 MPa, yy: -50 MPa}}]",)):
        case = case_of(f"[{CHARGED}]", *SMALL, WEAK, *given)
        simulation, recorder, outcome = ran(build_model(case, meshed(case)))
        assert outcome.status == "finished", outcome.reason
        found.append((recorder.rows[-1], simulation.model.state["damage"].copy()))
    (free, damage), (loaded, also) = found
    assert free["Cracked Fraction / 1"] > 0.1
    assert loaded["External Work / J.m-1"] == 0.0
    assert {name: loaded[name] for name in free} == pytest.approx(
        free, rel=1e-12, abs=1e-12, nan_ok=True
    )
    assert also == pytest.approx(damage, abs=1e-12)


PRESSED = (
    "patches={top: {towards: [0, 1, 0], width: 0.8 um}, seat: {towards: [0, -1, 0], width: 0.8 um}}"
)
BETWEEN = "loads=[{surface: top, wall: {y: -20 nm}}, {surface: seat, fixed: [x, y]}]"


def test_without_swelling_a_load_bears_on_bonded_grains_as_on_a_body_without_chemistry():
    """The same increments of the load: once in time, once without."""
    step = "{load: {to: 1, duration: 60 s, increments: 2}}"
    found = []
    for chemistry in ("true", "false"):
        case = case_of(
            f"[{step}]", *SMALL, PRESSED, BETWEEN, f"physics.transport.enabled={chemistry}",
            "physics.swelling.enabled=false", "physics.cohesive.enabled=false",
            "numerics.newton_tolerance=1e-12", "numerics.time_step.fixed=30 s",
        )  # fmt: skip
        model = build_model(case, meshed(case))
        runs = Simulation(model)
        assert runs.run().status == "finished"
        found.append((model.state["displacement"], runs.ledger.energies))
    (moved, energies), (alone, also) = found
    assert np.abs(alone).max() > 0.01
    assert moved == pytest.approx(alone, abs=1e-10 * np.abs(alone).max())
    assert energies.external_work == pytest.approx(also.external_work, rel=1e-9)


def row_of_cracks(comm: MPI.Comm) -> dict[str, float]:
    """Last row of a particle that is pressed, and cracks while it is charged."""
    protocol = "[{load: {to: 1, duration: 60 s}}, {charge: {rate: 1C, until: {time: 240 s}}}]"
    case = case_of(protocol, *SMALL, PRESSED, BETWEEN, WEAK, "numerics.time_step.fixed=60 s")
    simulation, recorder, outcome = ran(build_model(case, meshed(case, comm)))
    assert outcome.status == "finished", outcome.reason
    row = {k: float(v) for k, v in recorder.rows[-1].items() if "Iterations" not in k}
    return row | {"force": force_on_top(simulation)}


def test_a_pressed_particle_does_the_same_on_any_number_of_ranks():
    one, *more = (on_ranks(n, f"{HERE}:row_of_cracks") for n in (1, 2, 3))
    print(one)
    assert one["force"] < -100
    assert one["Cracked Fraction / 1"] > 0.01
    checks = ("force", "Voltage / V", "Cracked Fraction / 1", "Elastic Energy / J.m-1")
    for other in more:
        for name in checks:
            assert other[name] == pytest.approx(one[name], rel=1e-6), name
