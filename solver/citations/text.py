"""Citations as a BibTeX file that says what each part is for."""

from collections.abc import Iterable
from itertools import groupby

from solver.citations.bibliography import Cited, Entry, Provenance, written


def as_bibtex(cited: Cited, about: str) -> str:
    """Return the text of a BibTeX file. about: what it is of.

    An entry stands once, in the first part that needs it. What has no entry is told in comments.
    """
    told: set[str] = set()
    parts = [
        _part(f"What to cite of {about}. The program:", [cited.program], told),
        _part("Methods", cited.methods, told),
        _part("Values of materials (many are assumed: see intergrain materials)",
              cited.materials, told),
        _part("Libraries", cited.libraries, told),
        _notes(cited.notes),
    ]  # fmt: skip
    return "\n\n".join(filter(None, parts)) + "\n"


def _part(title: str, entries: Iterable[Entry], told: set[str]) -> str:
    """A part under its title, without what was told already; nothing without entries."""
    new = [entry for entry in entries if entry.key not in told]
    told.update(entry.key for entry in new)
    return "\n\n".join([f"% {title}", *map(written, new)]) if new else ""


def _notes(notes: Iterable[Provenance]) -> str:
    """Sources without an entry, each with the values that are from it."""
    by_text = sorted(notes, key=lambda note: note.text)
    lines = []
    for text, of in groupby(by_text, key=lambda note: note.text):
        values = ", ".join(dict.fromkeys(f"{note.material} {note.quantity}" for note in of))
        lines += [f"%   {text}", f"%       {values}"]
    return "\n".join(["% Sources that no entry is known of", *lines]) if lines else ""
