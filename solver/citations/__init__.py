"""What to cite of a run: publications behind its methods, its materials and its libraries."""

from solver.citations.bibliography import Cited, Entry, Provenance, bibliography, written
from solver.citations.of_run import bibtex_of, of_case, of_run
from solver.citations.text import as_bibtex

__all__ = [
    "Cited",
    "Entry",
    "Provenance",
    "as_bibtex",
    "bibliography",
    "bibtex_of",
    "of_case",
    "of_run",
    "written",
]
