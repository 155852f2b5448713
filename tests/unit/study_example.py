"""A study of a small case, and what stands in for its runs."""

import json
from pathlib import Path

from solver.study.checked import Checked, checked
from solver.study.evaluations import Evaluations
from solver.study.side_by_side import EndOfProgram
from tests.particles import THIRTY_GRAINS

STUDY = """name: small
case: {case}
axes:
  - {{key: physics.cohesive.strength, name: strength, values: [1 GPa, 2 GPa]}}
  - {{key: protocol.0.charge.rate, name: rate, values: [C/2, 1C, 2C]}}
  - {{seeds: 2}}
outputs: [cracked]
"""
HEAD = "Test Time / s,Cycle Index / 1,Cracked Fraction / 1\n"


def study_file(folder: Path, text: str = STUDY) -> Path:
    path = folder / "small.yaml"
    path.write_text(text.format(case=THIRTY_GRAINS))
    return path


def small_study(folder: Path, text: str = STUDY) -> Checked:
    return checked(study_file(folder, text))


class Programs:
    """In place of programs side by side: writes what a run would leave, by how it is to end.

    fails: words of --set whose runs fail. dies: the number of a run that never begins.
    """

    def __init__(self, fails=(), refused=(), stops_after=None):
        self.fails, self.refused, self.stops_after = fails, refused, stops_after
        self.words = []

    def __call__(self, tasks, tell):
        for task in tasks:
            if len(self.words) == self.stops_after:
                raise KeyboardInterrupt
            self.words.append(task.words)
            tell(EndOfProgram(task, self._left(task), 2.0))

    def _left(self, task) -> int:
        said = task.words[task.words.index("--set") :] if "--set" in task.words else ()
        directory = task.past.parent
        if any(word in said for word in self.refused):
            task.said.parent.mkdir(parents=True, exist_ok=True)
            task.said.write_text("no memory\n")
            return 1
        failed = any(word in said for word in self.fails)
        status = "failed" if failed else "finished"
        reason = "the solver gave up" if failed else "the whole protocol was done"
        leave(directory, status, reason)
        cracked = 0.1 * sum(map(len, said)) % 1
        (directory / "history.csv").write_text(f"{HEAD}0,1,0\n9,1,{cracked}\n")
        return 3 if failed else 0


def leave(directory: Path, status: str, reason: str = "") -> None:
    """Write what tells that a run was here, and how it ended."""
    directory.mkdir(parents=True, exist_ok=True)
    told = {"program": "intergrain", "status": status, "files": {"metadata.json": None}}
    (directory / "metadata.json").write_text(json.dumps(told))
    summary = {"status": status, "reason": reason, "wall_time_s": 1.5}
    (directory / "summary.json").write_text(json.dumps(summary))


def states(study: Checked, runs: Evaluations) -> list[str]:
    return [runs.state(wanted).status for wanted in study.runs]
