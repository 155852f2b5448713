"""Checkpoints: files of all that a run remembers, from which it goes on on any number of ranks."""

from solver.output.checkpoint.container import FOLDER, CheckpointError, fault
from solver.output.checkpoint.header import CheckpointHeader, differences, header_here
from solver.output.checkpoint.reading import header_of, newest_valid, read
from solver.output.checkpoint.writing import write

__all__ = [
    "FOLDER",
    "CheckpointError",
    "CheckpointHeader",
    "differences",
    "fault",
    "header_here",
    "header_of",
    "newest_valid",
    "read",
    "write",
]
