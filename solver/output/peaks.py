"""Where every force on a loaded surface was largest."""

from collections.abc import Mapping
from typing import Any

from solver.units.quantities import header_of, key_of, name_of, unit_of

Row = Mapping[str, float]


class Peaks:
    """Gathers the largest forces while the rows go by; nothing where there are no loads."""

    def __init__(self) -> None:
        self._peaks: dict[str, dict[str, float]] = {}
        self._factor: float | None = None

    def add(self, row: Row) -> None:
        """Take in one row."""
        self._factor = row.get("Load Factor / 1")
        for column in row:
            if column.startswith("Force "):
                self._peak(column, row)

    def condensed(self) -> dict[str, Any]:
        """Load factor at the end, and every largest force with its displacement."""
        if self._factor is None:
            return {}
        return {"load_factor": self._factor, "peaks": self._peaks}

    def _peak(self, column: str, row: Row) -> None:
        where, key = name_of(column).removeprefix("Force "), key_of("force", unit_of(column))
        peak = self._peaks.get(where.replace(" ", "_"), {key: 0.0})
        if abs(row[column]) >= abs(peak[key]):
            moved = row[header_of(row, f"Displacement {where}")]
            self._peaks[where.replace(" ", "_")] = {key: row[column], "displacement_m": moved}
