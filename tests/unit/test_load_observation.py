"""Every column of the history under loads, from a state made up by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from solver.output.observe.moment import groups_of, observe
from solver.output.observe.now import Books, Effort, Followed
from solver.solve.clock import Clock
from tests.unit.observed_example import (
    CRACKS,
    LEDGER,
    LEVEL,
    UPRIGHT,
    WHOLE,
    acting,
    by_pair,
    cracked_of,
    made_up,
)

MEANS = {
    ("top", "x"): 0.011, ("top", "y"): -0.013, ("top", "z"): 0.023,
    ("seat", "x"): 0.017, ("seat", "y"): 0.019, ("seat", "z"): -0.029,
}  # fmt: skip
FORCES = {
    ("top", "x"): 2.0, ("top", "y"): -3.0, ("top", "z"): 11.0,
    ("seat", "x"): 5.0, ("seat", "y"): 7.0, ("seat", "z"): -13.0,
}  # MPa um  # fmt: skip
STRESS = np.array([10.0, 20.0, 30.0, 40.0, 50.0, 60.0])  # MPa
FRACTURE = (
    "Elastic Energy", "Bond Energy", "Contact Energy", "Fracture Energy", "Grain Fracture Energy",
    "Viscous Dissipation", "Sudden Release", "Algorithmic Dissipation", "Sliding Dissipation",
    "Friction Dissipation",
)  # fmt: skip
PRIMES = (2.0, 3.0, 5.0, 7.0, 11.0, 13.0, 18.0, 17.0, 19.0, 23.0)
ROW = {
    "Test Time / s": 80.0,
    "Cycle Index / 1": 3.0,
    "Step Index / 1": 4.0,
    "Temperature / K": 313.0,
    "Load Factor / 1": 0.8,
    "Displacement top x / m": 11e-9,
    "Force top x / N.m-1": 2.0,
    "Displacement top y / m": 0.8 * -36e-9,  # of its wall
    "Force top y / N.m-1": -3.0,
    "Displacement top z / m": 23e-9,
    "Force top z / N.m-1": 11.0,
    "Displacement seat x / m": 17e-9,
    "Force seat x / N.m-1": 5.0,
    "Displacement seat y / m": 19e-9,
    "Force seat y / N.m-1": 7.0,
    "Displacement seat z / m": -29e-9,
    "Force seat z / N.m-1": -13.0,
    "Cracked Fraction / 1": CRACKS / WHOLE,
    "Softened Fraction / 1": (CRACKS + UPRIGHT + LEVEL) / WHOLE,
    "Half Softened Fraction / 1": (CRACKS + UPRIGHT) / WHOLE,
    "Mean Damage / 1": (CRACKS + 0.6 * UPRIGHT + 0.3 * LEVEL) / WHOLE,
    "Largest Opening / m": 8e-8,
    "Largest Grain Crack / 1": 0.95,
    "Mean Grain Crack / 1": (0.95 + 0.4) / 5,
    "Cracked Grain Fraction / 1": 1 / 5,
    **{f"{name} / J.m-1": e * 1e-6 for name, e in zip(FRACTURE, PRIMES, strict=True)},
    "Mean Fatigue / 1": (0.3 * UPRIGHT + 0.6 * LEVEL) / WHOLE,
    "Fatigue Energy / J.m-1": -29e-6,
    "Mean Corrosion / 1": (0.2 * UPRIGHT + 0.9 * LEVEL) / WHOLE,
    "Corrosion Energy / J.m-1": -31e-6,
    "External Work / J.m-1": 41e-6,
    "Energy Error / 1": 0.013,
    "Lowest Dissipation / 1": -0.0019,
    "Algorithmic Share / 1": 0.017,
    "Newton Iterations / 1": 21.0,
    "Driven Increments / 1": 6.0,
    "Jumps / 1": 9.0,
    "Mean Stress xx / Pa": 10e6,
    "Mean Stress xy / Pa": 40e6,
    "Mean Strain xx / 1": 0.5,
    "Mean Strain yy / 1": 0.25,
}


class Loads:
    """Two loaded surfaces; the first has a wall along y."""

    surfaces, components = ("top", "seat"), 3
    walls = SimpleNamespace(moves={("top", "y"): -0.036})

    def mean(self, name, axis):
        return name, axis

    def total(self, name, axis, force):
        return force * FORCES[name, axis]


@pytest.fixture
def followed(tmp_path):
    """What `observe` reads under loads on its way."""
    run, state, mechanics = made_up(tmp_path)
    nodes = len(run.spaces.grain_of_node)
    mechanics.stress = SimpleNamespace(read=lambda into: np.tile(STRESS, (nodes, 1)))
    state["displacement"][:] = np.tile([0.5, 0.25, 0.125], nodes)
    model = SimpleNamespace(
        chemistry=None,
        temperature=313.0,
        particle=SimpleNamespace(dimension=2, n_grains=6),
        case=run.case,
        spaces=run.spaces,
        state=state,
        mechanics=mechanics,
        present=lambda: SimpleNamespace(state=state),
        slow=SimpleNamespace(mechanisms=acting(run.spaces.boundaries)),
        fracture=SimpleNamespace(highest=np.where(run.spaces.grain_of_node != 5, 1.0, 0.0)),
        means=SimpleNamespace(
            stress=lambda s: {"xx": s.read(None)[0, 0], "xy": s.read(None)[0, 3]},
            strain=lambda u: {"xx": u[:, 0].mean(), "yy": u[:, 1].mean()},
        ),
    )
    solver = SimpleNamespace(factor=0.8, internal=1.0, value=MEANS.__getitem__, loads=Loads())
    return SimpleNamespace(model=model, solver=solver)


def observed(followed, step_ended=True):
    model, at = followed.model, Clock(time=80.0, cycle=3, step=4)
    path = SimpleNamespace(driven=6, jumps=9)
    groups, stress = groups_of(model, Followed(followed.solver, path)), model.mechanics.stress
    taken = Effort(newton=21)
    return observe(model, groups, stress.read(None), Books(LEDGER), at, taken, step_ended)


def test_every_column_of_the_history_has_its_own_value(followed):
    row = observed(followed).row
    assert row == pytest.approx(ROW, rel=1e-12, abs=0)
    assert set(row) == set(ROW)


def test_forces_and_energies_are_for_the_thickness_that_is_declared(followed):
    mechanics = followed.model.case.mechanics.model_copy(update={"thickness": 2e-3})
    followed.model.case = followed.model.case.model_copy(update={"mechanics": mechanics})
    row = observed(followed).row
    assert row["Force seat y / N"] == pytest.approx(14e-3)
    assert row["External Work / J"] == pytest.approx(82e-9, rel=1e-9, abs=0)
    assert row["Fatigue Energy / J"] == pytest.approx(-58e-9, rel=1e-9, abs=0)
    assert not any(header.endswith(".m-1") for header in row)


def test_what_does_not_act_has_no_columns(followed):
    bare = followed.model
    bare.slow, bare.fracture, bare.means = SimpleNamespace(mechanisms=()), None, None
    followed.solver.loads.walls = None
    row = observed(followed).row
    gone = ("Mean Fatigue", "Fatigue", "Mean Corrosion", "Corrosion", "Largest Grain", "Mean Grain")
    gone = (*gone, "Cracked Grain", "Mean Stress", "Mean Strain")
    assert row["Displacement top y / m"] == pytest.approx(-13e-9, rel=1e-9, abs=0)
    assert set(row) == {header for header in ROW if not header.startswith(gone)}


def test_a_snapshot_has_what_opens_slides_and_pulls_at_every_point(followed):
    snapshot, boundaries = observed(followed, step_ended=False), followed.model.spaces.boundaries
    assert snapshot.opening == pytest.approx(
        by_pair(boundaries, {(1, 2): 0.05, (2, 5): 0.02, (1, 4): 0.03, (4, 5): 0.08, (0, 3): 0.01})
    )
    assert snapshot.slip == pytest.approx(by_pair(boundaries, {(1, 2): 0.004, (0, 1): 0.006}))
    assert np.array_equal(snapshot.damage == 1.0, cracked_of(boundaries))
    assert np.einsum("ij,ij->i", snapshot.traction, boundaries.normal) == pytest.approx(3.0)
    assert snapshot.stress[0] == pytest.approx(STRESS)
    assert snapshot.state is followed.model.state
    assert not snapshot.step_ended
