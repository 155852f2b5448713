"""Says once when a run enters occupancies in which the oxide has not been measured."""

import sys

from solver.materials import load_grain_material, tail_entered
from solver.output.snapshot import Outcome, Run, Snapshot


class TailCaution:
    """Tracker that watches the extreme occupancies; rank 0 speaks."""

    def start(self, run: Run) -> None:
        """Remember the oxide."""
        self._material = load_grain_material(run.case.materials.grain)
        self._speaks = run.comm.rank == 0
        self._low, self._high, self._said = 1.0, 0.0, ""

    def record(self, snapshot: Snapshot) -> None:
        """Speak if a tail was entered that had not been before."""
        self._low = min(self._low, snapshot.row["Lowest Occupancy / 1"])
        self._high = max(self._high, snapshot.row["Highest Occupancy / 1"])
        caution = tail_entered(self._material, self._low, self._high)
        if caution and caution != self._said:
            self._said = caution
            if self._speaks:
                print(f"caution: {caution}", file=sys.stderr, flush=True)

    def finish(self, outcome: Outcome) -> None:
        """Nothing to close."""
