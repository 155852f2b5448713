"""When checkpoints are written while a run goes on, and what happens where one cannot be."""

import sys
import time
from pathlib import Path

from solver.case.models import CheckpointsCase
from solver.model.build import Model
from solver.model.numbering import Numbering
from solver.output.checkpoint import write
from solver.output.collective import OutputError
from solver.units.memory import Memory

AT_A_CYCLE = 1 / 6  # of the time between two: enough, where a cycle has just ended


class Checkpoints:
    """Keeper that writes checkpoints into a run directory. All methods are collective."""

    def __init__(self, settings: CheckpointsCase, directory: Path, model: Model) -> None:
        self._settings, self._directory, self._model = settings, directory, model
        self._numbering: Numbering | None = None
        self._number, self._cycle, self._seen = 0, 1, 1
        self._written = time.monotonic()

    def follow(self, number: int, cycle: int) -> None:
        """Go on behind the checkpoint of a number, which was written in a cycle."""
        self._number, self._cycle, self._seen = number, cycle, cycle

    @property
    def numbering(self) -> Numbering:
        """How what a rank has is known on any number of ranks."""
        if self._numbering is None:
            self._numbering = Numbering(self._model.particle, self._model.spaces)
        return self._numbering

    def due(self, cycle: int, stops: bool) -> bool:
        """Whether it is time, in a cycle; stops: whether the run ends here."""
        if not self._settings.enabled:
            return False
        ended, self._seen = cycle > self._seen, cycle
        every = self._settings.every
        if stops or (ended and every is not None and cycle >= self._cycle + every):
            return True
        between = self._settings.wall_time * (AT_A_CYCLE if ended else 1.0)
        return bool(self._model.comm.bcast(time.monotonic() - self._written >= between))

    def keep(self, memory: Memory) -> None:
        """Write a checkpoint; where that cannot be, say so and let the run go on."""
        self._number, self._cycle = self._number + 1, memory["clock"]["cycle"]
        try:
            about = self._directory, self._number, memory, self.numbering
            write(*about, keep=self._settings.keep)
        except OutputError as error:
            if self._model.comm.rank == 0:
                print(f"no checkpoint this time: {error}", file=sys.stderr, flush=True)
        self._written = time.monotonic()
