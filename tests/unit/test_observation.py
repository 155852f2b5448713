"""Every column of the history of a particle, from a state made up by hand."""

import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from solver.case import Case
from solver.drive.instruments import read_instruments
from solver.entries.laws import constant
from solver.materials.counter import Counter
from solver.mechanisms import Mechanism
from solver.mechanisms.interphase import Interphase
from solver.model.electro.system import Facing
from solver.model.extent import Extent
from solver.output.observe import boundaries as of_boundaries
from solver.output.observe.moment import groups_of, observe
from solver.output.observe.now import BodyNow, Books, Effort, Followed, Opened
from solver.solve.clock import Clock
from tests.ranks import on_ranks
from tests.unit.observed_example import (
    CRACKS,
    ELECTRICAL,
    LEDGER,
    LEFT,
    LEVEL,
    UPRIGHT,
    WHOLE,
    acting,
    by_pair,
    cracked_of,
    made_up,
)
from tests.unit.output_example import CASES

HERE = "tests.unit.test_observation"
CLOCK = Clock(
    time=5000.0, step_time=700.0, phase_time=80.0, dt=9.0, cycle=3, step=4, pulse=2,
    step_charge=-6.0, phase_charge=-1.5, net_charge=12.0, parasitic_charge=2.0,
)  # fmt: skip
GRAMS = 4e-6
GRAPHITE = Facing(Counter(constant(0.15), sites=20.0, lithium=3.0), outside=4.0, bound=0.5)
CURRENTS = {"outside": 2.0, "wet": 3.0, "filled": -0.5, "parasitic": 0.25}  # pA
RECEDED = 0.007  # um
NODES = 25  # of each grain
TO_CAPACITY = 1e-12 / 3.6 / GRAMS  # mA h/g of a pC


class Films(Mechanism):
    """Tells of films."""

    columns = Interphase.columns

    def observe(self, now):
        return {"Mean Film": 4e-9, "Film Coverage": 0.7}


def rising():
    """Mean of (n.e_r)^2 over the cracked upright boundary: its points are at (1/6, y)."""
    y = np.linspace(-0.5, 0.0, 5)
    return np.trapezoid((1 / 36) / (1 / 36 + y**2), y)


ROW = {
    "Test Time / s": 5000.0,
    "Cycle Index / 1": 3.0,
    "Step Index / 1": 4.0,
    "Pulse Index / 1": 2.0,
    "Step Time / s": 700.0,
    "Time Step / s": 9.0,
    "Voltage / V": 4.1,
    "Cathode Potential / V": 4.25,
    "Current / A.m-1": 4.5e-6,
    "Specific Current / mA.g-1": 4.5e-9 / GRAMS,
    "Capacity / mA.h.g-1": 6.0 * TO_CAPACITY,
    "Net Charge / mA.h.g-1": 12.0 * TO_CAPACITY,
    "Temperature / K": 310.0,
    "Mean Occupancy / 1": (6.0 - 0.75) / (0.9 * 49.0),
    "Lowest Occupancy / 1": 0.2,
    "Highest Occupancy / 1": 0.5,
    "Lithium Error / 1": abs(6.0 + 0.04 + 10.0 / 96.48533212 - 6.2) / 6.2,
    "Counter Occupancy / 1": 8.0 / 20.0,
    "Counter Lithium / mA.h.g-1": 8.0 * 96.48533212 * TO_CAPACITY,
    "Film Lithium / mA.h.g-1": 0.5 * 96.48533212 * TO_CAPACITY,
    "Lithium Inventory / 1": (6.0 - 0.75 + 8.0) / (6.2 + 3.0),
    "Left Sites / mA.h.g-1": 3.0 * 96.48533212 * TO_CAPACITY,
    "Left Occupancy / 1": (0.5 + 0.2 + 0.4) / 3,
    "Transformed Sites / mA.h.g-1": 0.0,
    "Released Sites / mA.h.g-1": 0.0,
    "Dissolved Sites / mA.h.g-1": 0.0,
    "Aged Sites / mA.h.g-1": 0.0,
    "Isolated Sites / mA.h.g-1": 2.0 * 96.48533212 * TO_CAPACITY,
    "Cracked Fraction / 1": CRACKS / WHOLE,
    "Softened Fraction / 1": (CRACKS + UPRIGHT + LEVEL) / WHOLE,
    "Half Softened Fraction / 1": (CRACKS + UPRIGHT) / WHOLE,
    "Mean Damage / 1": (CRACKS + 0.6 * UPRIGHT + 0.3 * LEVEL) / WHOLE,
    "Largest Opening / m": 8e-8,
    "Mean Sliding / 1": (2.0 * UPRIGHT + 0.7 * LEVEL) / WHOLE,
    "Largest Sliding / 1": 2.0,
    "Cracks / 1": 2.0,
    "Crack Area / m2.g-1": 2 * CRACKS * 1e-12 / GRAMS,
    "Mean Crack Width / m": ((0.05 * UPRIGHT + 0.02 * LEVEL + 0.03 * LEFT) / CRACKS + RECEDED)
    * 1e-6,
    "Largest Crack Width / m": (0.05 + RECEDED) * 1e-6,
    "Connected Crack Fraction / 1": (UPRIGHT + LEVEL) / CRACKS,
    "Radial Alignment / 1": 1 - 2 * rising() / CRACKS,
    "Largest Grain Crack / 1": 0.95,
    "Mean Grain Crack / 1": (0.95 + 0.4) / 5,
    "Cracked Grain Fraction / 1": 1 / 5,
    "Wet Area / m2.g-1": 2.6e-12 / GRAMS,
    "Outside Current / A.m-1": 2e-6,
    "Wet Boundary Current / A.m-1": 3e-6,
    "Filled Boundary Current / A.m-1": -0.5e-6,
    "Side Reaction Current / A.m-1": 0.25e-6,
    "Isolated Grains / 1": 2.0,
    "Isolated Oxide / 1": 4.9 / 49.0,
    "Isolated Lithium / 1": 1.96 / 49.0,
    "Mean Film / m": 4e-9,
    "Film Coverage / 1": 0.7,
    "Film Charge / mA.h.g-1": 50 * 2.0 * TO_CAPACITY,
    "Elastic Energy / J.m-1": 2e-6,
    "Bond Energy / J.m-1": 3e-6,
    "Contact Energy / J.m-1": 5e-6,
    "Fracture Energy / J.m-1": 7e-6,
    "Grain Fracture Energy / J.m-1": 11e-6,
    "Viscous Dissipation / J.m-1": 13e-6,
    "Sudden Release / J.m-1": 18e-6,
    "Algorithmic Dissipation / J.m-1": 17e-6,
    "Sliding Dissipation / J.m-1": 19e-6,
    "Friction Dissipation / J.m-1": 23e-6,
    "Mean Fatigue / 1": (0.3 * UPRIGHT + 0.6 * LEVEL) / WHOLE,
    "Fatigue Energy / J.m-1": -29e-6,
    "Mean Corrosion / 1": (0.2 * UPRIGHT + 0.9 * LEVEL) / WHOLE,
    "Corrosion Energy / J.m-1": -31e-6,
    "Swelling Work / J.m-1": 37e-6,
    "Energy Error / 1": 0.013,
    "Lowest Dissipation / 1": -0.0019,
    "Algorithmic Share / 1": 0.017,
    "Electrical Work / J.m-1": 43e-6,
    "Curvature Work / J.m-1": 45e-6,
    "Chemical Energy / J.m-1": -47e-6,
    "Recovery Work / J.m-1": 49e-6,
    "Reaction Loss / J.m-1": 53e-6,
    "Resistance Loss / J.m-1": 59e-6,
    "Electron Loss / J.m-1": 61e-6,
    "Network Loss / J.m-1": 67e-6,
    "Diffusion Loss / J.m-1": 71e-6,
    "Side Reaction Loss / J.m-1": 73e-6,
    "Electrical Error / 1": 0.0023,
    "Coupling Iterations / 1": 6.0,
    "Newton Iterations / 1": 21.0,
}


def model_like(directory, comm=None):
    """What `observe` reads of a model."""
    run, state, mechanics = made_up(directory, *([comm] if comm else []))
    fifty = Case.load(CASES / "quickstart.yaml", ["physics.acceleration=50"])
    spaces, boundaries = run.spaces, run.spaces.boundaries
    state["counter_potential"][:], state["released"][:] = 0.15, 8.5
    state["sites"][:] = 1.0 / NODES
    sliding = by_pair(boundaries, {(0, 1): 2.0, (1, 4): 0.7})
    return SimpleNamespace(
        chemistry="there is one",
        case=fifty,
        particle=run.particle,
        spaces=spaces,
        state=state,
        mechanics=mechanics,
        comm=run.comm,
        electro=SimpleNamespace(
            in_oxide=spaces.grain_of_node != 5,
            total_current=lambda: 4.5,
            currents=lambda: CURRENTS,
            facing=GRAPHITE,
            properties=SimpleNamespace(max_concentration=0.05),
        ),
        extent=Extent(volume=0.9, outer_area=4.0, mass=1e-3 * GRAMS, sites=(40.0, 9.0)),
        temperature=310.0,
        isolated=lambda: np.arange(run.particle.n_grains) % 3 == 1,
        with_chemistry=SimpleNamespace(
            paths=SimpleNamespace(held=lambda isolated, electro: (4.9, 1.96))
        ),
        lithium=lambda: 6.0,
        trapped=lambda: 0.75,
        sites=lambda: 44.1,
        sliding=lambda: sliding,
        present=lambda: SimpleNamespace(state=state),
        leached=lambda: 0.04,
        slow=SimpleNamespace(
            mechanisms=(*acting(boundaries), Films()),
            modify=lambda now: SimpleNamespace(receded=np.full(boundaries.n_points, RECEDED)),
        ),
        wet_area=lambda: 2.6,
    )


def observed(model, step_ended=True):
    nodes = len(model.spaces.grain_of_node)
    stress = np.outer(np.ones(nodes), np.arange(6.0))
    books, groups = Books(LEDGER, ELECTRICAL, 6.2), groups_of(model, Followed())
    return observe(model, groups, stress, books, CLOCK, Effort(6, 21), step_ended), stress


def test_every_column_of_the_history_has_its_own_value(tmp_path):
    snapshot, _ = observed(model_like(tmp_path))
    assert snapshot.row == pytest.approx(ROW, rel=1e-12, abs=0)
    assert set(snapshot.row) == set(ROW)


def test_a_solid_particle_has_currents_and_energies_of_its_own(tmp_path):
    model = model_like(tmp_path)
    model.particle = SimpleNamespace(dimension=3)
    row = observed(model)[0].row
    assert row["Current / A"] == pytest.approx(4.5e-12, rel=1e-9, abs=0)
    assert row["Side Reaction Current / A"] == pytest.approx(0.25e-12, rel=1e-9, abs=0)
    assert row["Swelling Work / J"] == pytest.approx(37e-12, rel=1e-9, abs=0)
    assert not any(header.endswith(".m-1") for header in row)


def test_a_snapshot_has_what_opens_slides_and_pulls_at_every_point(tmp_path):
    model = model_like(tmp_path)
    snapshot, stress = observed(model, step_ended=False)
    boundaries = model.spaces.boundaries
    assert snapshot.opening[cracked_of(boundaries)].min() == pytest.approx(0.02)
    assert snapshot.opening[snapshot.opening > 0].min() == pytest.approx(0.01)
    assert snapshot.width == pytest.approx(np.maximum(snapshot.opening, 0.0) + RECEDED)
    assert snapshot.slip == pytest.approx(by_pair(boundaries, {(1, 2): 0.004, (0, 1): 0.006}))
    assert np.array_equal(snapshot.damage == 1.0, cracked_of(boundaries))
    assert np.linalg.norm(snapshot.traction, axis=1) == pytest.approx(5.0)
    assert np.einsum("ij,ij->i", snapshot.traction, boundaries.normal) == pytest.approx(3.0)
    assert snapshot.stress is stress
    assert snapshot.state is model.state
    assert (snapshot.step_ended, snapshot.spectrum) == (False, None)


def test_without_boundaries_no_share_of_them_is_damaged():
    none = SimpleNamespace(area=lambda: 0.0, integral=lambda v: 0.0, maximum=lambda v: 0.0)
    opened = Opened(np.zeros(0), np.zeros(0), np.zeros(0))
    now = SimpleNamespace(boundaries=none, opened=opened, mean=lambda v: BodyNow.mean(now, v))
    assert set(of_boundaries.observe(now).values()) == {0.0}


def test_instruments_show_time_and_charge_of_the_phase(tmp_path):
    reading = read_instruments(model_like(tmp_path), CLOCK)
    assert reading == (4.1, 4.5, 80.0, -1.5, 0.0, 310.0)
    assert reading._fields == ("voltage", "current", "time", "charge", "load", "temperature")


def test_a_clock_adds_up_time_and_charge_and_begins_anew_with_steps_and_phases():
    clock = replace(CLOCK)
    clock.advance(10.0, -3.0, 0.5)
    assert clock == Clock(5010.0, 710.0, 90.0, 10.0, 3, 4, 2, -36.0, -31.5, -18.0, 7.0)
    clock.begin_phase(3)
    assert clock == Clock(5010.0, 710.0, 0.0, 10.0, 3, 4, 3, -36.0, 0.0, -18.0, 7.0)
    clock.begin_step(5, 7)
    assert clock == Clock(5010.0, 0.0, 0.0, 10.0, 7, 5, 0, 0.0, 0.0, -18.0, 7.0)


def row_on(comm):
    """The row that these ranks find together."""
    with tempfile.TemporaryDirectory() as folder:
        return dict(observed(model_like(Path(folder), comm))[0].row)


@pytest.mark.slow
def test_ranks_find_the_same_row():
    assert on_ranks(2, f"{HERE}:row_on") == pytest.approx(ROW, rel=1e-9, abs=0)
