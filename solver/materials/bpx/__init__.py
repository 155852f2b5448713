"""Oxides from parameters of cells: BPX files (Battery Parameter eXchange), sets of PyBaMM."""

from solver.materials.bpx.cell import CellFileError, read_cell
from solver.materials.bpx.oxide import Imported, imported
from solver.materials.bpx.particle import CellParticle
from solver.materials.bpx.pybamm_set import read_pybamm_set
from solver.materials.bpx.writing import write_imported

__all__ = [
    "CellFileError",
    "CellParticle",
    "Imported",
    "imported",
    "read_cell",
    "read_pybamm_set",
    "write_imported",
]
