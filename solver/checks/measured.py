"""Measured curves that a case names are read before it runs: a run must not end with a bad file."""

from pathlib import Path

from solver.case import Case
from solver.measured import read_measured


def require_measured(case: Case) -> None:
    """Raise MeasuredFileError unless all measured curves of a case can be read."""
    for each in case.measured.compare if case.measured is not None else ():
        read_measured(Path(str(each.file)), each)
