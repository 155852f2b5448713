"""Figures of cycling and probing: those whose data exist, and what they show."""

from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest

from solver.output.snapshot import Outcome
from solver.output.trackers import open_trackers
from solver.protocol.tables import Spectrum
from solver.results import cycling, probing, style
from solver.results.differential import differential_capacities, smoothed_slope
from solver.results.history import half_cycles, read_history
from solver.results.plots import draw
from tests.unit.output_example import make_row, make_run, make_snapshot
from tests.unit.test_output_books import ROUND, D, titration, voltammogram
from tests.unit.test_spectra_tables import written

DONE = Outcome("finished", "the whole protocol was done", {})
ALWAYS = {"voltage.png", "cracking.png", "energy.png"}
TRAIN = (
    "{pulse: {rate: C/10, duration: 100, rest: 1000, until: {pulses: 3}, diffusion_length: 2 um}}"
)
CYCLES = "{rate_test: {charge: C/2, discharge: [C/2, 1C, 2C], upper: 4.2 V, lower: 3.2 V}}"


def directory_of(directory, protocol, rows):
    run = make_run(
        directory,
        overrides=(
            f"protocol=[{protocol}]",
            "output.figures.enabled=false",
            "output.report.enabled=false",
            "output.fields.enabled=false",
        ),
    )
    trackers = open_trackers(run)
    for row, ended in [(make_row(), True), *rows]:
        for tracker in trackers:
            tracker.record(make_snapshot(run, row, ended))
    for tracker in trackers:
        tracker.finish(DONE)
    return directory


def cycled():
    """Three cycles, faster and shorter each time; dQ/dV is 200 mA h/(g V) throughout."""
    net, time = 0.0, 0.0
    for cycle, rate in enumerate((0.5, 1.0, 2.0)):
        top = 200.0 - 20 * cycle
        for step, way, current in ((2 * cycle, 1, 100.0), (2 * cycle + 1, -1, -200.0 * rate)):
            for share in np.linspace(0.02, 1, 50):
                passed = top * (share if way > 0 else 1 - share)
                time += abs(passed - net) / abs(current) * 3600
                net = passed
                row = make_row(time, Cycle=cycle + 1, Step_Index=step, Specific=current, Net=net)
                yield row | {"Voltage / V": 3.2 + net / 200}, share == 1


@pytest.fixture(scope="module")
def rates(tmp_path_factory):
    return directory_of(tmp_path_factory.mktemp("rates"), CYCLES, cycled())


def names(files):
    return {file.name for file in files}


def test_cycles_at_several_rates_have_their_figures(rates):
    files = draw(rates)
    assert names(files) == ALWAYS | {"cycling.png", "rate.png", "differential.png"}
    for file in files:
        if file.name not in ALWAYS:
            assert matplotlib.image.imread(file)[..., :3].std() > 0.05  # not an empty page


def test_rate_capability_shows_the_capacity_at_every_rate(rates):
    with style.look():
        figure = cycling.rate_capability(read_history(rates / "cycles.csv"))
    rate, capacity = figure.axes[0].lines[0].get_data()
    assert list(rate) == [0.5, 1.0, 2.0]
    assert capacity == pytest.approx([200, 180, 160])
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["C/2", "1C", "2C"]


def test_half_cycles_belong_to_the_cycle_that_they_begin_or_end(rates):
    halves = half_cycles(read_history(rates / "history.csv"))
    assert [(half.cycle, half.charging) for half in halves] == [
        (cycle, charging) for cycle in (1, 2, 3) for charging in (True, False)
    ]


def test_differential_capacity_is_the_slope(rates):
    steps = differential_capacities(read_history(rates / "history.csv"))
    assert [(step.cycle, step.charging) for step in steps] == [
        (cycle, charging) for cycle in (1, 2, 3) for charging in (True, False)
    ]
    for step in steps:
        inner = slice(20, -20)
        assert 2.5 < step.voltage.min() < step.voltage.max() < 4.6
        assert step.slope[inner] == pytest.approx(200.0 * (1 if step.charging else -1), rel=1e-6)


def test_a_plateau_becomes_a_peak_of_its_area():
    charge = np.linspace(0, 100, 2001)
    voltage = 3.6 + 0.004 * charge + 0.02 * np.tanh((charge - 50) / -2)  # moves back at 50
    grid, slope = smoothed_slope(voltage, charge)
    assert grid[np.argmax(slope)] == pytest.approx(3.8, abs=0.02)
    assert np.trapezoid(slope, grid) == pytest.approx(np.ptp(charge), rel=0.02)


def test_between_long_time_steps_the_slope_has_no_stairs():
    """A parabola in 12 steps, whose slope is known: to 1 % of it and without jumps."""
    charge = np.linspace(0, 100, 13)
    grid, slope = smoothed_slope(3.5 + charge**2 / 2e4 + charge / 500, charge)
    exact = 1 / np.sqrt((1 / 500) ** 2 + 4 * (grid - 3.5) / 2e4)
    inner = slice(20, -20)
    assert slope[inner] == pytest.approx(exact[inner], rel=0.01)
    assert np.abs(np.diff(slope[inner])).max() < 3 * np.abs(np.diff(exact[inner])).max()


def test_sweeps_are_drawn_with_their_peaks(tmp_path):
    directory = directory_of(tmp_path, f"'{ROUND}'", voltammogram())
    assert names(draw(directory)) == ALWAYS | {"sweep.png"}
    with style.look():
        history = read_history(directory / "history.csv")
        figure = probing.sweeps(history, read_history(directory / "sweeps.csv"))
    assert [text.get_text() for text in figure.axes[0].texts] == ["3.850 V", "3.700 V"]


def test_a_titration_is_drawn(tmp_path):
    directory = directory_of(tmp_path, TRAIN, titration())
    assert names(draw(directory)) == ALWAYS | {"titration.png"}
    with style.look():
        history = read_history(directory / "history.csv")
        figure = probing.titration(history, read_history(directory / "pulses.csv"))
    occupancy, apparent = figure.axes[1].lines[0].get_data()
    assert len(occupancy) == 3
    assert apparent[1:] == pytest.approx([D, D], rel=1e-6, abs=0)


def test_spectra_are_drawn_as_nyquist_and_bode(tmp_path):
    directory = directory_of(tmp_path, "'Rest for 1 s'", [])
    run = make_run(directory)
    frequency = np.logspace(5, -2, 43)
    spectrum = Spectrum(frequency, 1e-4 + 2e-3 / (1 + 2j * np.pi * frequency * 1e-3))
    written(run, replace(make_snapshot(run), spectrum=spectrum))
    assert "impedance.png" in names(draw(directory))
    with style.look():
        figure = probing.impedance(read_history(directory / "impedance.csv"))
    real, minus_imaginary = figure.axes[0].lines[0].get_data()
    assert real.max() == pytest.approx(21.0, rel=1e-3)  # ohm cm^2
    assert minus_imaginary.max() == pytest.approx(10.0, rel=0.02)


def test_resistance_is_drawn_against_the_cycle_or_the_occupancy():
    arcs = {
        "Arc Width / ohm.m2": np.array([2e-3, np.nan, 4e-3]),
        "Cycle Index / 1": np.array([1.0, 1.0, 1.0]),
        "Mean Occupancy / 1": np.array([0.9, 0.6, 0.3]),
    }
    with style.look():
        by_occupancy = probing.resistance(arcs).axes[0].lines[0].get_data()
        arcs["Cycle Index / 1"] = np.array([1.0, 10.0, 50.0])
        by_cycle = probing.resistance(arcs).axes[0].lines[0].get_data()
    assert [list(values) for values in by_occupancy] == [[0.9, 0.3], [20.0, 40.0]]
    assert list(by_cycle[0]) == [1.0, 50.0]
    assert probing.resistance({name: column[:2] for name, column in arcs.items()}) is None


def test_the_noise_of_rests_is_no_half_cycle():
    net = np.array([0.0, 10.0, 10.0 - 1e-12, 10.0 + 1e-12, 10.0, 20.0])
    history = {
        "Net Charge / mA.h.g-1": net,
        "Voltage / V": 3.5 + net / 100,
        "Cycle Index / 1": np.ones(6),
    }
    assert len(half_cycles(history)) == 1


def test_polarization_and_jump_are_drawn_against_the_current(tmp_path):
    """A train of discharges that mirrors one of charges has the same curves."""
    directory = directory_of(tmp_path, TRAIN, titration())
    history, up = (read_history(directory / f"{name}.csv") for name in ("history", "pulses"))
    signed = ("Specific Current / mA.g-1", "Polarization / V", "Jump / V")
    down = up | {name: -up[name] for name in signed}
    with style.look():
        drawn = [probing.titration(history, pulses).axes[2].lines[:2] for pulses in (up, down)]
    for column, line, mirrored in zip(signed[1:], *drawn, strict=True):
        assert line.get_ydata() == pytest.approx(1e3 * up[column], nan_ok=True)
        assert mirrored.get_ydata() == pytest.approx(1e3 * up[column], nan_ok=True)
    assert up["Polarization / V"].min() > 0
