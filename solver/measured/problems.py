"""What is wrong with a file of measured curves."""

from collections.abc import Sequence

from solver.text.problems import Problem, told


class MeasuredFileError(ValueError):
    """A file of measured curves with all its problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(told(self.problems))
