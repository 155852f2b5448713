"""Where every force on a loaded surface was largest."""

from collections.abc import Mapping
from typing import Any

from solver.output.observe import load
from solver.units.memory import Remembering
from solver.units.quantities import key_of, name_of, unit_of

OF_A_FORCE = f"{load.FORCE.name} "
Row = Mapping[str, float]


class Peaks(Remembering):
    """Gathers the largest forces while the rows go by; nothing where there are no loads."""

    remembered = ("_peaks", "_factor")

    def __init__(self) -> None:
        self._peaks: dict[str, dict[str, float]] = {}
        self._factor: float | None = None

    def add(self, row: Row) -> None:
        """Take in one row."""
        self._factor = row.get(load.FACTOR.header)
        for header in row:
            if header.startswith(OF_A_FORCE):
                self._peak(header, row)

    def condensed(self) -> dict[str, Any]:
        """Load factor at the end, and every largest force with its displacement."""
        if self._factor is None:
            return {}
        return {"load_factor": self._factor, "peaks": self._peaks}

    def _peak(self, header: str, row: Row) -> None:
        where = name_of(header).removeprefix(OF_A_FORCE)
        place, key = where.replace(" ", "_"), key_of(load.FORCE.name, unit_of(header))
        peak = self._peaks.get(place, {key: 0.0})
        if abs(row[header]) >= abs(peak[key]):
            moved = row[load.DISPLACEMENT.at(where).header]
            self._peaks[place] = {key: row[header], "displacement_m": moved}
