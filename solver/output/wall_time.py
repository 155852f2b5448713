"""How long a run takes, over all its parts if it was gone on with."""

import time

from solver.units.memory import Memory


class WallTime:
    """Seconds since it was made, and those of the parts before."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds so far, s."""
        return time.monotonic() - self._began

    def save(self) -> Memory:
        """Return the seconds so far."""
        return {"seconds": self.seconds}

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""
        self._began = time.monotonic() - memory["seconds"]
