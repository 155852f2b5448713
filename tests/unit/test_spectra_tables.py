"""Tables of spectra: a line for each frequency, and one for each arc."""

from dataclasses import replace
from functools import partial
from math import isnan, pi

import numpy as np
import pytest

from solver.output.books import BookTracker, book_of
from solver.protocol import impedance
from solver.protocol.tables import Spectrum
from tests.unit.output_example import make_row, make_run, make_snapshot
from tests.unit.test_output_books import DONE, read


def written(run, *snapshots):
    """The folder of a run with the tables of its spectra."""
    for table in impedance.Impedance.tables:
        tracker = BookTracker(table.file, partial(book_of, table))
        tracker.start(run)
        for snapshot in snapshots:
            tracker.record(snapshot)
        tracker.finish(DONE)
    return run.directory


def test_without_a_spectrum_there_is_no_file_of_spectra(tmp_path):
    run = make_run(tmp_path)
    assert list(written(run, make_snapshot(run)).iterdir()) == []


def test_spectra_are_written_line_by_line(tmp_path):
    run = make_run(tmp_path)
    frequencies = np.array([1e3, 1.0])
    spectrum = Spectrum(frequencies, np.array([0.01 - 0.002j, 0.03 - 0.01j]))
    snapshot = make_snapshot(run, make_row(60.0, Step_Index=2, Mean_Occupancy=0.7))
    written(run, *[replace(snapshot, spectrum=spectrum)] * 2)
    rows = read(tmp_path / "impedance.csv")
    assert [row["Spectrum Index / 1"] for row in rows] == [1, 1, 2, 2]
    assert [row["Frequency / Hz"] for row in rows] == [1e3, 1.0] * 2
    assert rows[1]["Real Impedance / ohm.m2"] == 0.03
    assert rows[1]["Imaginary Impedance / ohm.m2"] == -0.01
    assert rows[3]["Mean Occupancy / 1"] == 0.7


def test_a_spectrum_is_condensed_to_its_arc(tmp_path):
    run = make_run(tmp_path)
    frequencies = np.logspace(5, -1, 61)
    circuit = 1e-3 + 4e-3 / (1 + 2j * pi * frequencies * 4e-3 * 0.1)
    written(run, replace(make_snapshot(run), spectrum=Spectrum(frequencies, circuit)))
    (row,) = read(tmp_path / "spectra.csv")
    assert row["Arc Width / ohm.m2"] == pytest.approx(4e-3, rel=1e-3)
    assert row["Series Resistance / ohm.m2"] == pytest.approx(1e-3, rel=1e-2)
    assert row["Apex Frequency / Hz"] == pytest.approx(1 / (2 * pi * 4e-4), rel=0.01)


def test_the_summary_tells_moment_and_arcs_of_a_spectrum(tmp_path):
    """Two arcs: a fast narrow one, and a slow wide one."""
    run = make_run(tmp_path)
    frequencies = np.logspace(7, -2, 181)
    omega = 2j * pi * frequencies
    circuit = 1e-3 + 1e-3 / (1 + omega * 1e-6) + 4e-3 / (1 + omega * 4e-2)
    row = make_row(60.0, Cycle=2, Step_Index=5, Mean_Occupancy=0.7, Voltage=3.9)
    spectrum = Spectrum(frequencies, circuit)
    written(run, replace(make_snapshot(run, row), spectrum=spectrum))
    book = impedance.ArcBook()
    book.add(row, False, spectrum)
    (arc,) = book.summary()["impedance"]
    assert arc == {
        "cycle": 2,
        "time_s": 60.0,
        "voltage_V": 3.9,
        "mean_occupancy": 0.7,
        "arc_width_ohm_m2": pytest.approx(5e-3, rel=0.01),
        "apex_frequency_Hz": pytest.approx(1 / (2 * pi * 4e-2), rel=0.02),
    }
    moment = {
        "Spectrum Index / 1": 1,
        "Cycle Index / 1": 2,
        "Step Index / 1": 5,
        "Test Time / s": 60.0,
        "Mean Occupancy / 1": 0.7,
        "Voltage / V": 3.9,
    }
    (found,) = read(tmp_path / "spectra.csv")
    assert found.items() >= moment.items()
    assert found["Arc Width / ohm.m2"] == pytest.approx(5e-3, rel=0.01)
    assert found["Series Resistance / ohm.m2"] == pytest.approx(1e-3, rel=0.02)
    lines = read(tmp_path / "impedance.csv")
    assert lines[90].items() >= moment.items()
    assert lines[90]["Frequency / Hz"] == pytest.approx(frequencies[90])
    assert lines[90]["Real Impedance / ohm.m2"] == pytest.approx(circuit[90].real)
    assert lines[90]["Imaginary Impedance / ohm.m2"] == pytest.approx(circuit[90].imag)


def test_diffusion_alone_has_no_arc():
    frequencies = np.logspace(3, -3, 37)
    found = impedance.whole_arc(Spectrum(frequencies, (2j * pi * frequencies) ** -0.5))
    assert isnan(found.width)
