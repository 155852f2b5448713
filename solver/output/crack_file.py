"""`cracks.json`: where cracks lie and which way they run, at the end of every protocol step."""

import json
from typing import Any

import numpy as np
import numpy.typing as npt

from solver.output.collective import on_rank_zero
from solver.output.observe import boundaries
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.particle import cracks
from solver.run_files import write_file
from solver.units.constants import METRE
from solver.units.instruments import CYCLE_INDEX, STEP_INDEX, TEST_TIME, VOLTAGE
from solver.units.memory import Memory, Remembering

FILE = "cracks.json"
AT_END = (TEST_TIME.header, CYCLE_INDEX.header, STEP_INDEX.header, VOLTAGE.header)
UNITS = {"depth": METRE, "width": METRE, "angle": np.pi / 180, "direction": np.pi / 180}
HEADERS = {"depth": "depth_m", "width": "width_m", "angle": "angle_deg", "direction": "trace_deg"}
Floats = npt.NDArray[np.floating]


class CrackFile(Remembering):
    """Tracker of the distributions of cracks, and of the first crack. Lengths in m, angles in deg.

    No file without boundaries. Every bin holds a share of the area of all boundaries; below the
    first edge of the widths are cracks that are closed, above the last those that are wider.
    """

    name = FILE
    remembered = ("_ends", "_first")

    def start(self, run: Run) -> None:
        """Measure the boundaries themselves. Collective."""
        self._run = run
        self._ends: list[dict[str, Any]] = []
        self._first: dict[str, Any] | None = None
        boundaries, layout = run.spaces.boundaries, run.spaces.layout
        self._area = boundaries.area()
        edges, everywhere = cracks.edges(layout), np.ones(boundaries.n_points, dtype=bool)
        alignment = cracks.radial_alignment(boundaries, layout, everywhere)
        own = alignment if self._area > 0 else None
        self._known: dict[str, Any] = {
            "bins": {HEADERS[name]: (edges[name] / UNITS[name]).tolist() for name in edges},
            "boundaries": self._shares(cracks.extents(boundaries, layout))
            | {"radial_alignment": own},
        }

    def record(self, snapshot: Snapshot) -> None:
        """Note the first crack, and the end of a step. Collective."""
        if self._area == 0.0:
            return
        if self._first is None and snapshot.row[boundaries.CRACKED.header] > 0:
            self._first = self._place(snapshot)
        if snapshot.step_ended:
            self._ends.append(self._moment(snapshot))
            self._write()

    def finish(self, outcome: Outcome) -> None:
        """Write once more: the first crack may have come within a step that never ended."""
        if self._ends:
            self._write()

    def load(self, memory: Memory) -> None:
        """Go on from what was saved; later ends go from the file."""
        super().load(memory)
        if self._area > 0.0:
            self._write()

    def _moment(self, snapshot: Snapshot) -> dict[str, Any]:
        spaces = self._run.spaces
        distributions = cracks.distributions(
            spaces.boundaries, spaces.layout, snapshot.damage, snapshot.width
        )
        return {name: snapshot.row[name] for name in AT_END} | self._shares(distributions)

    def _shares(self, areas: dict[str, Floats]) -> dict[str, Any]:
        return {
            f"by_{name}": (values / (self._area or 1.0)).tolist() for name, values in areas.items()
        }

    def _place(self, snapshot: Snapshot) -> dict[str, Any] | None:
        """Where the first crack is, of several in one time step the widest."""
        spaces, names = self._run.spaces, self._run.particle.grain_names
        place = cracks.widest_crack(
            spaces.boundaries, spaces.layout, snapshot.damage, snapshot.width
        )
        return place and {
            **{name: snapshot.row[name] for name in AT_END},
            "position_m": [x / METRE for x in place.position],
            "depth_m": place.depth / METRE,
            "grains": [names[grain] for grain in place.pair],
        }

    def _write(self) -> None:
        content = {"first_crack": self._first, **self._known, "ends": self._ends}
        text = json.dumps(content, allow_nan=False) + "\n"
        on_rank_zero(self._run.comm, lambda: write_file(self._run.directory, FILE, text))
