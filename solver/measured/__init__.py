"""Measured curves of cells: files of cyclers, what their columns mean, in the units of a run.

Battery Data Format (BDF) of the Battery Data Alliance, or columns that a mapping explains.
"""

from solver.measured.curves import MeasuredCurves, MeasuredHalf
from solver.measured.description import MeasuredFile
from solver.measured.problems import MeasuredFileError
from solver.measured.reading import read_measured

__all__ = [
    "MeasuredCurves",
    "MeasuredFile",
    "MeasuredFileError",
    "MeasuredHalf",
    "read_measured",
]
