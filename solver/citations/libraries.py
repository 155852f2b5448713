"""Libraries that compute, mesh, write and draw, and when a run uses them."""

from collections.abc import Callable
from typing import NamedTuple

from solver.case import Case
from solver.case.particle import ParticleCase


class Library(NamedTuple):
    """A library: its name, its reference, its name among the versions of a run, when it is used."""

    name: str
    reference: str
    version: str
    used: Callable[[Case], bool]


def _always(case: Case) -> bool:
    return True


def _meshed(case: Case) -> bool:
    """Only grains that are made up are meshed by Gmsh; images and files are not."""
    return isinstance(case.particle, ParticleCase)


def _drawn(case: Case) -> bool:
    return case.output.figures.enabled or case.output.report.enabled


def _pieces(case: Case) -> bool:
    """Whether fields are written piece by piece."""
    return case.output.fields.enabled and case.output.fields.format == "vtu"


LIBRARIES = (
    Library("DOLFINx", "baratta2023", "dolfinx", _always),
    Library("Basix", "scroggs2022", "basix", _always),
    Library("UFL", "alnaes2014", "ufl", _always),
    Library("PETSc", "balay1997", "petsc", _always),
    Library("MUMPS", "amestoy2001", "mumps", _always),
    Library("NumPy", "harris2020", "numpy", _always),
    Library("SciPy", "virtanen2020", "scipy", _always),
    Library("Gmsh", "geuzaine2009", "gmsh", _meshed),
    Library("meshio", "schloemer", "meshio", _pieces),
    Library("PyVista", "sullivan2019", "pyvista", _drawn),
    Library("Matplotlib", "hunter2007", "matplotlib", _drawn),
)
