"""A fit of a small case, and what stands in for its runs: outputs in closed form."""

from pathlib import Path

import numpy as np

from solver.fitting.checked import CheckedFit, checked_fit
from solver.study.side_by_side import EndOfProgram
from tests.particles import THIRTY_GRAINS
from tests.unit.study_example import leave

FIT = """name: small
case: {case}
parameters:
  - {{key: physics.cohesive.strength, name: strength, from: 1 GPa, to: 3 GPa}}
  - {{key: protocol.0.charge.rate, name: rate, from: C/10, to: 1C}}
targets:
  - {{figure: cracked, value: 0.35, precision: 0.02}}
  - {{column: Mean Damage, value: 0.30, precision: 0.01}}
"""
HEAD = "Test Time / s,Cycle Index / 1,Cracked Fraction / 1,Mean Damage / 1\n"
# of cracked share and damage with strength (GPa) and rate (C)
SLOPES = np.array([[0.1, 0.2], [0.05, -0.1]])
CONSTANT = np.array([0.1, 0.2])


def fit_file(folder: Path, text: str = FIT) -> Path:
    path = folder / "small.yaml"
    path.write_text(text.format(case=THIRTY_GRAINS))
    return path


def small_fit(folder: Path, text: str = FIT) -> CheckedFit:
    return checked_fit(fit_file(folder, text))


class Linear:
    """In place of programs side by side: what runs leave is linear in strength and rate.

    fails: takes strength and rate, tells whether that run gives up. stops_after: so many runs comes
    an interrupt.
    """

    def __init__(self, slopes=SLOPES, fails=lambda strength, rate: False, stops_after=None):
        self.slopes, self.fails, self.stops_after = slopes, fails, stops_after
        self.batches: list[int] = []

    @property
    def runs(self) -> int:
        return sum(self.batches)

    def __call__(self, tasks, tell):
        self.batches.append(0)
        for task in tasks:
            if self.runs == self.stops_after:
                raise KeyboardInterrupt
            self.batches[-1] += 1
            tell(EndOfProgram(task, self._left(task), 2.0))

    def _left(self, task) -> int:
        words = dict(word.partition("=")[::2] for word in task.words if "=" in word)
        strength = float(words["physics.cohesive.strength"].split()[0])
        rate = float(words["protocol.0.charge.rate"].removesuffix("C"))
        if self.fails(strength, rate):
            leave(task.past.parent, "failed", "the solver gave up")
            return 3
        leave(task.past.parent, "finished", "the whole protocol was done")
        cracked, damage = (CONSTANT + self.slopes @ [strength, rate]).tolist()
        task.past.write_text(f"{HEAD}0,1,0,0\n9,1,{cracked!r},{damage!r}\n")
        return 0
