"""A run that was saved on some ranks goes on from the file on others, as it would have done."""

from pathlib import Path

import pytest
from mpi4py import MPI

from solver.drive.simulation import Simulation
from solver.model.build import build_model
from solver.model.numbering import Numbering
from solver.output.checkpoint import newest_valid, read, write
from tests.particles import case_of, disc, meshed
from tests.ranks import on_ranks

MODULE = "tests.verification.test_going_on_on_other_ranks"
PROTOCOL = (
    "[{charge: {rate: 2C, until: {time: 6 min}}}, 'Rest for 2 min at 60 degC',"
    " {discharge: {rate: 2C, until: {time: 4 min}}}]"
)
AGEING = (
    *disc(4, 1.0, 0.4, 0.3),
    "numerics.time_step.fixed=120 s",
    "numerics.newton_tolerance=1e-11",  # films fill what boundaries have opened beyond 1 nm:
    "numerics.stagger_tolerance=1e-9 V",  # a small difference, more than 1e-6 off by default
    "physics.acceleration=50",
    "physics.cohesive.strength=300 MPa",
    "physics.cohesive.toughness=1.5 J/m^2",
    "physics.wetting.enabled=true",
    "physics.initial_wetting.area=0.1 m^2/g",
    "physics.interphase.enabled=true",
    "physics.fatigue.enabled=true",
    "physics.corrosion.enabled=true",
    "physics.sliding={enabled: true, relaxation_time: 100 s}",
    "physics.friction={enabled: true, coefficient: 0.3}",
)


def new(comm: MPI.Comm) -> tuple[Simulation, Numbering]:
    case = case_of(PROTOCOL, *AGEING)
    model = build_model(case, meshed(case, comm))
    return Simulation(model), Numbering(model.particle, model.spaces)


def measures(simulation: Simulation) -> dict[str, float]:
    """What a run has come to, in numbers that no numbering changes."""
    model = simulation.model
    state, points = model.state, model.spaces.boundaries
    sides = state.sides("film")
    side = points.pair[:, 0] + points.position[:, 0]
    assert simulation.electrical is not None
    return {
        "time": simulation.clock.time,
        "steps": simulation.steps,
        "lithium": model.lithium(),
        "voltage": state["collector_potential"][0],
        "damage": points.integral(state["damage"] * side),
        "worst damage": points.maximum(state["damage"]),
        "film": points.integral(sides.plus * side + sides.minus),
        "film outside": float(simulation.model.comm.allreduce(float(sides.outside.max()), MPI.MAX)),
        "corrosion": points.integral(state["corrosion"] * side),
        "opening": points.integral((model.mechanics.openings() ** 2).sum(axis=1) * side),
        "slip": points.integral((model.mechanics.bond.slipped**2).sum(axis=1) * side),
        "work": simulation.electrical.energies.work,
        "losses": simulation.electrical.energies.losses.total(),
        **{f"energy {name}": e for name, e in simulation.ledger.energies.amounts().items()},
    }


def followed(comm: MPI.Comm, folder: str) -> dict[str, float]:
    """The whole run; a checkpoint of it in the middle of the first step of the protocol."""
    simulation, layout = new(comm)
    written = False

    def save() -> bool:
        nonlocal written
        if simulation.steps == 2 and not written:
            write(Path(folder), 0, simulation.save(), layout)
            written = True
        return False

    assert simulation.run(save).status == "finished"
    return measures(simulation)


def gone_on(comm: MPI.Comm, folder: str) -> dict[str, float]:
    """The rest of it, from the checkpoint."""
    simulation, layout = new(comm)
    path = newest_valid(Path(folder))
    assert path is not None
    simulation.load(read(path, layout))
    assert simulation.run().status == "finished"
    return measures(simulation)


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 3), (3, 1)])
def test_a_run_goes_on_on_another_number_of_ranks(tmp_path, before, after):
    whole = on_ranks(before, f"{MODULE}:followed", str(tmp_path))
    assert whole["worst damage"] > 0.1
    largest = max(abs(value) for name, value in whole.items() if name.startswith("energy"))
    resumed = on_ranks(after, f"{MODULE}:gone_on", str(tmp_path))
    for name, value in whole.items():
        least = 1e-8 * largest if name.startswith("energy") else 1e-14
        assert resumed[name] == pytest.approx(value, rel=1e-6, abs=least), name
