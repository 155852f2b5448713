"""Cycles, pulses, sweeps and spectra: tables with a row for many time steps."""

import csv
import json
from dataclasses import replace
from math import isnan, pi, sqrt

import numpy as np
import pytest

from solver.mechanisms.interphase import Interphase
from solver.output import cycles
from solver.output.books import BookTracker, book_of
from solver.output.snapshot import Outcome
from solver.protocol import pulses, sweep
from solver.protocol.tables import Basis
from tests.particles import case_of
from tests.unit.output_example import make_row, make_run, make_snapshot

DONE = Outcome("finished", "all steps were done", {})


def steps_of(*texts):
    return case_of("[" + ", ".join(f"'{text}'" for text in texts) + "]").steps()


def carried_out(*texts):
    return [planned.step for planned in steps_of(*texts)]


def read(path):
    with path.open(newline="") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


# --- cycles ----------------------------------------------------------------------------------

TWO_CYCLES = (
    "Charge at C/5 until 4.3 V",
    "Discharge at 1C until 2.7 V",
    "Charge at C/5 until 4.2 V",
    "Discharge at 2C until 2.8 V",
)
CYCLED = [
    make_row(0.0, Voltage=3.6),
    make_row(3600.0, Voltage=4.2, Net=200.0, Cracked=0.1),
    make_row(7200.0, Step_Index=1, Voltage=3.0, Net=20.0, Cracked=0.2),
    make_row(9000.0, Cycle=2, Step_Index=2, Voltage=4.0, Net=170.0, Cracked=0.3),
    make_row(9900.0, Cycle=2, Step_Index=3, Voltage=3.0, Net=50.0, Cracked=0.4),
]


def test_a_cycle_has_its_capacities_voltages_energies_and_rates():
    book = cycles.CycleBook(steps_of(*TWO_CYCLES))
    finished = [row for rows in map(book.add, CYCLED) for row in rows]
    first, second = *finished, *book.close()
    assert [row["Cycle Index / 1"] for row in (first, second)] == [1, 2]
    assert first["Charge Capacity / mA.h.g-1"] == 200
    assert first["Discharge Capacity / mA.h.g-1"] == 180
    assert first["Coulombic Efficiency / 1"] == pytest.approx(0.9)
    assert first["Mean Charge Voltage / V"] == pytest.approx(3.9)
    assert first["Mean Discharge Voltage / V"] == pytest.approx(3.6)
    assert first["Charge Energy / mW.h.g-1"] == pytest.approx(780)
    assert first["Energy Efficiency / 1"] == pytest.approx(0.9 * 3.6 / 3.9)
    assert (first["Charge Rate / 1"], first["Discharge Rate / 1"]) == (0.2, 1.0)
    assert first["Cracked Fraction / 1"] == 0.2
    assert second["Discharge Rate / 1"] == 2.0
    assert second["Coulombic Efficiency / 1"] == pytest.approx(120 / 150)


CYCLED_ENDS = [
    "Cracks / 1", "Crack Area / m2.g-1", "Softened Fraction / 1", "Half Softened Fraction / 1",
    "Wet Area / m2.g-1", "Mean Film / m",
]  # fmt: skip


def test_every_column_of_a_cycle_has_its_own_value():
    """Charge 200 mA h/g from 3.6 to 4.2 V, discharge 180 to 3.0 V; what is of its end stays so."""
    book = cycles.CycleBook(steps_of(*TWO_CYCLES), cycles.at_end((Interphase,), jumps=False))
    ends = {name: 0.01 * (k + 1) for k, name in enumerate(CYCLED_ENDS)}
    for row in CYCLED[:3]:
        book.add(row | {name: value * row["Test Time / s"] for name, value in ends.items()})
    (cycle,) = book.close()
    assert isnan(cycle.pop("Round / 1"))
    assert cycle == pytest.approx(
        {
            "Cycle Index / 1": 1,
            "Test Time / s": 7200.0,
            "Check Cycle / 1": 0,
            "Complete Cycle / 1": 0,
            "Charge Rate / 1": 0.2,
            "Discharge Rate / 1": 1.0,
            "Charge Capacity / mA.h.g-1": 200.0,
            "Discharge Capacity / mA.h.g-1": 180.0,
            "Coulombic Efficiency / 1": 0.9,
            "Mean Charge Voltage / V": 3.9,
            "Mean Discharge Voltage / V": 3.6,
            "Charge Energy / mW.h.g-1": 780.0,
            "Discharge Energy / mW.h.g-1": 648.0,
            "Energy Efficiency / 1": 648 / 780,
            "Cracked Fraction / 1": 0.2,
            **{name: 7200.0 * value for name, value in ends.items()},
        }
    )
    assert book.efficiencies() == [pytest.approx(0.9)]


CHECKED = case_of(
    "[{repeat: {times: 7, steps: ['Charge at C/5 until 4.3 V', 'Discharge at 1C until 2.7 V'],"
    " checks: [{at: [2], steps: ['Charge at C/20 until 4.3 V', 'Discharge at C/20 until 2.7 V',"
    " 'Rest for 1 h']}]}}]"
).steps()


def test_a_cycle_tells_its_round_and_whether_it_is_a_check():
    """Rounds 1 and 2 are steps 0 to 3, the check steps 4 to 6, round 3 steps 7 and 8."""
    book = cycles.CycleBook(CHECKED)
    rows = [make_row()]
    for step, net in enumerate((200, 10, 190, 20, 220, 5, 5, 180, 30)):
        rows.append(make_row(Cycle=CHECKED[step].cycle, Step_Index=step, Net=net))
    told = [row for each in rows for row in book.add(each)] + book.close()
    assert [row["Cycle Index / 1"] for row in told] == [1, 2, 3, 4]
    assert [row["Round / 1"] for row in told] == [1, 2, 2, 3]
    assert [row["Check Cycle / 1"] for row in told] == [0, 0, 1, 0]
    assert [row["Discharge Rate / 1"] for row in told] == [1.0, 1.0, 0.05, 1.0]
    summary = book.summary()
    assert summary["check_cycle"] == [False, False, True, False]
    assert summary["discharge_rate"] == [1.0, 1.0, 0.05, 1.0]


def test_a_check_that_passes_no_charge_leaves_its_cycle_as_it_was():
    steps = case_of(
        "[{repeat: {times: 1, steps: ['Charge at C/5 until 4.3 V', 'Discharge at 1C until 2.7 V'],"
        " checks: [{at: [1], steps: [Rest for 1 h, Impedance from 1 kHz to 1 mHz]}]}}]"
    ).steps()
    book = cycles.CycleBook(steps)
    for step, net in enumerate((200.0, 10.0, 10.0 + 1e-12)):
        book.add(make_row(Step_Index=step, Net=net))
    (row,) = book.close()
    assert (row["Check Cycle / 1"], row["Round / 1"]) == (0, 1)


def test_a_book_that_goes_on_still_knows_its_checks():
    book, later = cycles.CycleBook(CHECKED), cycles.CycleBook(CHECKED)
    book.add(make_row(Cycle=3, Step_Index=3, Net=20.0))
    book.add(make_row(Cycle=3, Step_Index=4, Net=220.0))
    later.load(book.save())
    assert later.close() == book.close()
    assert later.close()[0]["Check Cycle / 1"] == 1


def test_a_cycle_that_the_end_of_a_run_cuts_off_is_told_apart():
    """Cycle 1 is over when cycle 2 begins, cycle 2 with the end of its last step and not before."""
    for rows, ended, whole in ((5, True, True), (5, False, False), (4, True, False)):
        book = cycles.CycleBook(steps_of(*TWO_CYCLES))
        told = [row for row, end in zip(CYCLED[:rows], [False] * (rows - 1) + [ended], strict=True)
                for row in book.add(row, end)]  # fmt: skip
        later = cycles.CycleBook(steps_of(*TWO_CYCLES))
        later.load(book.save())
        for each in (book, later):
            assert [row["Complete Cycle / 1"] for row in told + each.close()] == [1, whole]
            assert each.summary()["complete_cycle"] == [True, whole]


def test_what_never_was_is_no_number():
    book = cycles.CycleBook(steps_of("Discharge at 1C until 2.7 V"))
    for row in (make_row(0.0), make_row(60.0, Net=-5.0)):
        book.add(row)
    (row,) = book.close()
    assert row["Discharge Capacity / mA.h.g-1"] == 5.0
    assert isnan(row["Coulombic Efficiency / 1"])
    assert isnan(row["Mean Charge Voltage / V"])
    assert isnan(row["Charge Rate / 1"])


def test_a_cycle_is_on_the_disk_when_the_next_begins(tmp_path):
    run = make_run(tmp_path)
    tracker = BookTracker(cycles.FILE, lambda run: cycles.CycleBook(steps_of(*TWO_CYCLES)))
    tracker.start(run)
    for row in CYCLED[:3]:
        tracker.record(make_snapshot(run, row))
    assert not (tmp_path / cycles.FILE).exists()
    for row in CYCLED[3:]:
        tracker.record(make_snapshot(run, row))
    assert [row["Cycle Index / 1"] for row in read(tmp_path / cycles.FILE)] == [1]
    tracker.finish(DONE)
    assert [row["Cycle Index / 1"] for row in read(tmp_path / cycles.FILE)] == [1, 2]


# --- pulses ----------------------------------------------------------------------------------

TRAIN = "Pulse at C/10 for 100 s, rest for 1000 s, until 3 pulses"
D, LENGTH = 1e-15, 2e-6


def titration(jump=0.01, steady=0.02):
    """Voltages of a titration whose apparent diffusivity is D, exactly."""
    transient = steady / sqrt(D * pi * 100 / 4) * LENGTH / 3
    for number in (1, 2, 3):
        rest, start = 3.6 + steady * number, 1100.0 * (number - 1)
        before = {"Pulse_Index": number, "Specific": 20.0, "Mean_Occupancy": 0.9 - 0.1 * number}
        for t in (1.0, 4.0, 9.0, 25.0, 64.0, 100.0):
            voltage = rest - steady + jump + transient * sqrt(t / 100)
            yield make_row(start + t, Voltage=voltage, **before), False
        for t in (101.0, 1100.0):
            now = {"Pulse_Index": number, "Specific": 1e-4, "Mean_Occupancy": 0.9 - 0.1 * number}
            yield make_row(start + t, Voltage=rest, **now), number == 3 and t == 1100.0


def condensed(rows, train=TRAIN):
    book = pulses.PulseBook(carried_out(train), Basis(200.0, LENGTH))
    book.add(make_row(0.0, Voltage=3.6, Mean_Occupancy=0.9), True)
    found = [pulse for row, ended in rows for pulse in book.add(row, ended)]
    assert book.close() == []
    return found


def test_a_titration_gives_back_the_diffusivity_it_was_made_with():
    for number, row in enumerate(condensed(titration()), 1):
        assert row["Pulse Index / 1"] == number
        assert row["Pulse Duration / s"] == pytest.approx(100)
        assert row["Jump / V"] == pytest.approx(0.01, abs=1e-9)
        assert row["Apparent Diffusivity / m2.s-1"] == pytest.approx(D, rel=1e-6, abs=0)
        assert row["Diffusion Length / m"] == LENGTH
    assert number == 3


def in_two_parts(make, rows, at):
    """What a book condenses, and one that goes on from what it has saved behind some rows."""
    first, second = make(), make()
    found = [done for row, ended in rows[:at] for done in first.add(row, ended)]
    second.load(json.loads(json.dumps(first.save())))
    return [*found, *(done for row, ended in rows[at:] for done in second.add(row, ended))]


@pytest.mark.parametrize("at", [1, 5, 8, 9, 14])
def test_pulses_go_on_from_anywhere(at):
    def make():
        return pulses.PulseBook(carried_out(TRAIN), Basis(200.0, LENGTH))

    rows = [(make_row(0.0, Voltage=3.6, Mean_Occupancy=0.9), True), *titration()]
    assert in_two_parts(make, rows, at) == condensed(titration())


def test_every_column_of_a_pulse_has_its_own_value():
    _, second, _ = condensed(titration())
    transient = 0.02 / sqrt(D * pi * 100 / 4) * LENGTH / 3
    assert second == pytest.approx(
        {
            "Pulse Index / 1": 2,
            "Cycle Index / 1": 1,
            "Step Index / 1": 0,
            "Test Time / s": 1100.0,
            "Pulse Duration / s": 100.0,
            "Specific Current / mA.g-1": 20.0,
            "Occupancy Before / 1": 0.8,
            "Occupancy After / 1": 0.7,
            "Voltage Before / V": 3.62,
            "Voltage After Jump / V": 3.63,
            "Voltage At End / V": 3.63 + transient,
            "Relaxed Voltage / V": 3.64,
            "Jump / V": 0.01,
            "Polarization / V": transient - 0.01,
            "Diffusion Length / m": LENGTH,
            "Apparent Diffusivity / m2.s-1": D,
        },
        rel=1e-6,
        abs=0,
    )


def test_pulses_are_told_by_the_current_of_1c_and_the_length_of_the_particle(tmp_path):
    run = replace(make_run(tmp_path, overrides=[f"protocol=['{TRAIN}']"]), diffusion_length=3e-6)
    (table,) = pulses.Pulse.tables
    book = book_of(table, run)
    least = 0.01 * 0.1 * run.case.c_rate_basis  # a hundredth of the current of a pulse
    book.add(make_row(0.0, Voltage=3.6), True)
    book.add(make_row(50.0, Pulse_Index=1, Specific=1.1 * least, Voltage=3.7), False)
    book.add(make_row(100.0, Pulse_Index=1, Specific=1.1 * least, Voltage=3.8), False)
    (row,) = book.add(make_row(200.0, Pulse_Index=1, Specific=0.9 * least, Voltage=3.65), True)
    assert row["Pulse Duration / s"] == 100.0
    assert row["Diffusion Length / m"] == 3e-6


def test_polarization_is_what_relaxes():
    first, *_ = condensed(titration())
    assert first["Polarization / V"] == pytest.approx(
        first["Voltage At End / V"] - first["Relaxed Voltage / V"]
    )
    assert first["Voltage Before / V"] == 3.6
    assert first["Relaxed Voltage / V"] == pytest.approx(3.62)
    assert (first["Occupancy Before / 1"], first["Occupancy After / 1"]) == (0.9, 0.8)


def test_a_length_that_is_given_counts():
    train = (
        "{pulse: {rate: C/10, duration: 100, rest: 1000, until: {pulses: 3},"
        " diffusion_length: 4 um}}"
    )
    book = pulses.PulseBook([case_of(f"[{train}]").steps()[0].step], Basis(200.0, LENGTH))
    book.add(make_row(0.0, Voltage=3.6), True)
    first, *_ = [pulse for row, ended in titration() for pulse in book.add(row, ended)]
    assert first["Apparent Diffusivity / m2.s-1"] == pytest.approx(4 * D, rel=1e-6, abs=0)


def test_a_pulse_without_its_rest_is_left_out():
    rows = [(row, False) for row, _ in titration()]
    assert len(condensed(rows[: 8 + 4])) == 1


def test_a_pulse_of_one_time_step_has_no_transient():
    row, *_ = condensed(
        [
            (make_row(100.0, Pulse_Index=1, Specific=20.0, Voltage=3.7), False),
            (make_row(200.0, Pulse_Index=1, Voltage=3.65), True),
        ]
    )
    assert isnan(row["Apparent Diffusivity / m2.s-1"])


# --- sweeps ----------------------------------------------------------------------------------

ROUND = "Sweep at 0.1 mV/s from 3.5 V to 4.1 V and back"


def voltammogram(anodic=3.85, cathodic=3.70):
    """Bells of current around two potentials."""
    for step, place, sign in ((0, anodic, 1), (1, cathodic, -1)):
        ramp = np.arange(1, 121) * 5e-3
        for number, moved in enumerate(ramp):
            voltage = 3.5 + moved if sign > 0 else 4.1 - moved
            current = sign * 50 * np.exp(-(((voltage - place) / 0.05) ** 2))
            time = 6000 * step + moved / 1e-4
            row = make_row(time, Step_Index=step, Voltage=voltage, Specific=current)
            yield row | {"Step Time / s": moved / 1e-4}, number == len(ramp) - 1


def test_peaks_are_found_between_the_time_steps():
    book = sweep.SweepBook(carried_out(ROUND))
    found = [row for item in voltammogram(3.8517, 3.7033) for row in book.add(*item)]
    assert [row["Direction / 1"] for row in found] == [1, -1]
    potentials = [row["Peak Potential / V"] for row in found]
    assert potentials == pytest.approx([3.8517, 3.7033], abs=1e-4)
    heights = [row["Peak Specific Current / mA.g-1"] for row in found]
    assert heights == pytest.approx([50, -50], rel=1e-3)
    (cycle,) = book.by_cycle()
    assert cycle["cycle"] == 1
    assert cycle["peak_separation_V"] == pytest.approx(0.1484, abs=2e-4)


@pytest.mark.parametrize("at", [1, 60, 120, 200])
def test_sweeps_go_on_from_anywhere(at):
    def make():
        return sweep.SweepBook(carried_out(ROUND))

    rows, book = list(voltammogram()), make()
    whole = [done for item in rows for done in book.add(*item)]
    assert len(whole) == 2
    assert in_two_parts(make, rows, at) == whole


def test_every_column_of_a_sweep_has_its_own_value():
    book = sweep.SweepBook(carried_out(ROUND))
    found = []
    for number, (row, end) in enumerate(voltammogram()):
        marks = {"Cycle Index / 1": 3, "Capacity / mA.h.g-1": 0.1 * number}
        found += book.add(row | marks, end)
    assert found[1] == pytest.approx(
        {
            "Cycle Index / 1": 3,
            "Step Index / 1": 1,
            "Sweep Rate / V.s-1": 1e-4,
            "Direction / 1": -1,
            "Peak Potential / V": 3.70,
            "Peak Specific Current / mA.g-1": -50.0,
            "Capacity / mA.h.g-1": 23.9,
        },
        rel=1e-3,
    )
    (cycle,) = book.by_cycle()
    assert cycle == {
        "cycle": 3,
        "anodic_peak_V": pytest.approx(3.85, rel=1e-3),
        "anodic_peak_mA_per_g": pytest.approx(50.0, rel=1e-3),
        "cathodic_peak_V": pytest.approx(3.70, rel=1e-3),
        "cathodic_peak_mA_per_g": pytest.approx(-50.0, rel=1e-3),
        "peak_separation_V": pytest.approx(0.15, rel=1e-2),
    }


def test_a_current_that_only_grows_has_no_peak():
    voltage = np.linspace(3.5, 4.0, 11)
    assert all(isnan(number) for number in sweep.peak(voltage, voltage))


def test_one_sweep_has_no_separation():
    book = sweep.SweepBook(carried_out("Sweep at 0.1 mV/s from 3.5 V to 4.1 V"))
    for item in list(voltammogram())[:120]:
        book.add(*item)
    assert book.by_cycle()[0]["peak_separation_V"] is None
