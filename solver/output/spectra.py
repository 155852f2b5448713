"""`impedance.csv`: all spectra of a run, one line for each frequency."""

from solver.output.collective import on_rank_zero
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.output.table import Table

FILE = "impedance.csv"


class Spectra:
    """Tracker of the impedance; no file if none was measured."""

    def start(self, run: Run) -> None:
        """Nothing is written before the first spectrum."""
        self._comm, self._count = run.comm, 0
        self._table = Table(run.directory / FILE)

    def record(self, snapshot: Snapshot) -> None:
        """Append a spectrum if one was measured at this moment."""
        if snapshot.spectrum is not None:
            self._count += 1
            on_rank_zero(self._comm, lambda: self._append(snapshot))

    def finish(self, outcome: Outcome) -> None:
        """Make sure that everything is on the disk."""
        on_rank_zero(self._comm, self._table.close)

    def _append(self, snapshot: Snapshot) -> None:
        row, spectrum = snapshot.row, snapshot.spectrum
        assert spectrum is not None
        for frequency, impedance in zip(spectrum.frequencies, spectrum.impedance, strict=True):
            self._table.append(
                {
                    "Spectrum Index / 1": self._count,
                    "Cycle Index / 1": int(row["Cycle Index / 1"]),
                    "Step Index / 1": int(row["Step Index / 1"]),
                    "Test Time / s": row["Test Time / s"],
                    "Mean Occupancy / 1": row["Mean Occupancy / 1"],
                    "Voltage / V": row["Voltage / V"],
                    "Frequency / Hz": float(frequency),
                    "Real Impedance / ohm.m2": float(impedance.real),
                    "Imaginary Impedance / ohm.m2": float(impedance.imag),
                }
            )
