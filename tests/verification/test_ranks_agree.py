"""One, two and three ranks compute the same."""

import numpy as np
import pytest

from tests.particles import case_of, disc, meshed, model_of, one_c, plain_oxide, ran
from tests.ranks import on_ranks

CYCLE = (
    "[{charge: {rate: 2C, until: {time: 900 s}}}, {hold: {voltage: 4.0 V, until: {time: 75 s}}},"
    " {discharge: {rate: 2C, until: {time: 600 s}}}, {rest: {until: {time: 75 s}}}]"
)
SWEEP_AND_PULSES = (
    "['Sweep at 5 mV/s from 3.8 V to 4.1 V', 'Pulse at 1C for 30 s, rest for 30 s, until 2 pulses']"
)
TO_A_VOLTAGE = "[{charge: {rate: 2C, until: {voltage: 4.0 V}}}]"
HERE = "tests.verification.test_ranks_agree"
MESH = disc(12, 1.5, 0.35, 0.3)


def norms(model):
    """What no numbering of the unknowns changes: weighted sums of the fields."""
    n_owned = model.spaces.scalar.dofmap.index_map.size_local
    volume = model.mechanics.node_volume[:n_owned]
    place = model.spaces.scalar.tabulate_dof_coordinates()[:n_owned]
    u = model.state["displacement"][: 3 * n_owned].reshape(-1, 3)
    x = model.state["occupancy"][:n_owned]
    local = np.array(
        [
            volume @ x**2,
            volume @ (x * place[:, 0]),
            volume @ (x * place[:, 0] * place[:, 1]),
            model.electro.outer_area[:n_owned]
            @ model.state.sides("current").outside[:n_owned] ** 2,
            volume @ np.einsum("ij,ij->i", u[:, :2], place[:, :2]),
            volume @ (u[:, 2] * place[:, 0]),
        ]
    )
    boundaries = model.spaces.boundaries
    slip = np.linalg.norm(model.mechanics.openings(), axis=1)
    opening = [boundaries.integral(slip), boundaries.integral(model.state["damage"])]
    return [*model.comm.allreduce(local).tolist(), *opening]


def linear_step(comm):
    """One step of linear diffusion between grains, from uneven occupancy."""
    case = case_of(
        "[{charge: {rate: 1C, until: {time: 10 s}}}]",
        *MESH,
        one_c(1e-3),
        "physics.swelling.enabled=false",
        "numerics.time_step.fixed=10",
    )
    model = model_of(case, meshed(case, comm), plain_oxide(1e-15))
    x, y, _ = model.spaces.scalar.tabulate_dof_coordinates().T
    model.state["occupancy"][:] = 0.6 + 0.1 * np.sin(3 * x) * np.cos(2 * y)
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    row = recorder.rows[-1]
    return {"norms": norms(model)[:4], "row": [row["Voltage / V"], row["Highest Occupancy / 1"]]}


def cracking_cycle(comm, protocol, time_step):
    """Follow a protocol with boundaries that crack."""
    case = case_of(
        protocol,
        *MESH,
        "physics.cohesive.strength=0.8 GPa",
        "physics.cohesive.toughness=4 J/m^2",
        time_step,
        "numerics.stagger_tolerance=1e-8 V",
        "numerics.newton_tolerance=1e-10",
    )
    model = model_of(case, meshed(case, comm))
    _, recorder, outcome = ran(model)
    names = [
        "Voltage / V",
        "Mean Occupancy / 1",
        "Cracked Fraction / 1",
        "Mean Damage / 1",
        "Elastic Energy / J.m-1",
        "Fracture Energy / J.m-1",
        "Largest Opening / m",
    ]
    rows = np.array([[row[name] for name in names] for row in recorder.rows])
    return {
        "outcome": [outcome.status, outcome.reason],
        "norms": norms(model),
        "rows": rows.tolist(),
        "steps": len(rows),
    }


def difference(one, other):
    """Largest difference relative to the largest value, of each column."""
    one, other = np.array(one), np.array(other)
    assert one.shape == other.shape
    largest = np.abs(one).max(axis=0) if one.ndim == 2 else np.abs(one)
    return float((np.abs(one - other) / largest).max())


@pytest.mark.slow
def test_a_linear_step_is_the_same_on_any_number_of_ranks():
    one, *others = [on_ranks(n, f"{HERE}:linear_step") for n in (1, 2, 3)]
    worst = max(difference(one[key], other[key]) for other in others for key in one)
    print(f"linear step on 1, 2, 3 ranks: largest relative difference {worst:.1e}")
    assert worst < 1e-10


def cycles(ranks, *arguments):
    """Largest difference between runs on several numbers of ranks, and the first of them."""
    one, *others = [on_ranks(n, f"{HERE}:cracking_cycle", *arguments) for n in ranks]
    assert one["outcome"][0] == "finished", one["outcome"]
    assert one["rows"][-1][2] > 0.01  # something cracked
    return max(
        difference(one[key], other[key]) for other in others for key in ("norms", "rows")
    ), one


@pytest.mark.slow
def test_a_cycle_with_cracks_is_the_same_on_any_number_of_ranks():
    worst, one = cycles((1, 2, 3), CYCLE, "numerics.time_step.fixed=75")
    print(
        f"{one['steps'] - 1} steps, cracked {one['rows'][-1][2]:.1%}, on 1, 2, 3 ranks: "
        f"largest relative difference {worst:.1e}"
    )
    assert worst < 1e-6


@pytest.mark.slow
def test_ranks_choose_the_same_time_steps_and_land_at_the_same_end():
    worst, one = cycles((1, 2), TO_A_VOLTAGE, "numerics.time_step.initial=10")
    print(f"{one['steps'] - 1} chosen steps on 1 and 2 ranks: largest difference {worst:.1e}")
    assert worst < 1e-6


@pytest.mark.slow
def test_sweeps_and_pulses_are_the_same_on_any_number_of_ranks():
    worst, one = cycles((1, 2), SWEEP_AND_PULSES, "numerics.time_step.initial=2")
    print(f"{one['steps'] - 1} steps of a sweep and pulses: largest difference {worst:.1e}")
    assert worst < 1e-6
