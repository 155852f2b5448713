"""`impedance.csv`: all spectra of a run, one line for each frequency; `spectra.csv`: one for each.

The resistance of charge transfer is the width of the widest arc (`solver.physics.spectra`).
"""

from collections.abc import Mapping
from math import nan
from typing import Any

from solver.output.collective import on_rank_zero
from solver.output.snapshot import Outcome, Run, Snapshot, Spectrum
from solver.output.table import Table
from solver.physics.spectra import Arc, arcs

FILE, SUMMARY_FILE = "impedance.csv", "spectra.csv"
Row = Mapping[str, float]


class Spectra:
    """Tracker of the impedance; no file if none was measured."""

    def start(self, run: Run) -> None:
        """Nothing is written before the first spectrum."""
        self._comm, self._count = run.comm, 0
        self._table = Table(run.directory / FILE)
        self._spectra = Table(run.directory / SUMMARY_FILE)

    def record(self, snapshot: Snapshot) -> None:
        """Append a spectrum if one was measured at this moment."""
        if snapshot.spectrum is not None:
            self._count += 1
            on_rank_zero(self._comm, lambda: self._append(snapshot))

    def finish(self, outcome: Outcome) -> None:
        """Make sure that everything is on the disk."""
        on_rank_zero(self._comm, self._table.close)
        on_rank_zero(self._comm, self._spectra.close)

    def _append(self, snapshot: Snapshot) -> None:
        spectrum = snapshot.spectrum
        assert spectrum is not None
        moment = {"Spectrum Index / 1": self._count, **_moment(snapshot.row)}
        for frequency, impedance in zip(spectrum.frequencies, spectrum.impedance, strict=True):
            self._table.append(
                {
                    **moment,
                    "Frequency / Hz": float(frequency),
                    "Real Impedance / ohm.m2": float(impedance.real),
                    "Imaginary Impedance / ohm.m2": float(impedance.imag),
                }
            )
        arc = widest_arc(spectrum)
        self._spectra.append(
            {
                **moment,
                "Charge Transfer Resistance / ohm.m2": arc.width,
                "Series Resistance / ohm.m2": arc.start,
                "Apex Frequency / Hz": arc.frequency,
            }
        )


def widest_arc(spectrum: Spectrum) -> Arc:
    """Return the arc of the charge transfer, all nan if there is no arc."""
    found = arcs(list(spectrum.frequencies), spectrum.impedance)
    return max(found, key=lambda arc: arc.width, default=Arc(nan, nan, nan))


def condensed(row: Row, spectrum: Spectrum) -> dict[str, Any]:
    """Return what the summary says about a spectrum."""
    arc = widest_arc(spectrum)
    return {
        "cycle": int(row["Cycle Index / 1"]),
        "time_s": row["Test Time / s"],
        "voltage_V": row["Voltage / V"],
        "mean_occupancy": row["Mean Occupancy / 1"],
        "charge_transfer_resistance_ohm_m2": arc.width,
        "apex_frequency_Hz": arc.frequency,
    }


def _moment(row: Row) -> dict[str, float]:
    return {
        "Cycle Index / 1": int(row["Cycle Index / 1"]),
        "Step Index / 1": int(row["Step Index / 1"]),
        "Test Time / s": row["Test Time / s"],
        "Mean Occupancy / 1": row["Mean Occupancy / 1"],
        "Voltage / V": row["Voltage / V"],
    }
