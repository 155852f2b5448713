"""The publications that the program knows, and entries as BibTeX writes them."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("references.bib")
KNOWN = "known"  # the field that only this program reads
_ENTRY = re.compile(r"^@(\w+)\{([\w-]+),\n((?:  \w+ = \{.*\},\n)+)\}$", re.MULTILINE)
_FIELD = re.compile(r"^  (\w+) = \{(.*)\},$", re.MULTILINE)


class Entry(NamedTuple):
    """A publication. kind: article, ... fields: as BibTeX has them, in their order.

    known: phrases by which the sources of materials name it.
    """

    kind: str
    key: str
    fields: Mapping[str, str]
    known: tuple[str, ...] = ()

    def with_note(self, note: str) -> "Entry":
        """Return the entry with a note."""
        return self._replace(fields={**self.fields, "note": note})


class Provenance(NamedTuple):
    """Where a value of a material is from, as its file says it."""

    material: str
    quantity: str
    text: str


class Cited(NamedTuple):
    """What to cite. notes: sources of values for which the program knows no entry."""

    program: Entry
    methods: tuple[Entry, ...]
    materials: tuple[Entry, ...]
    libraries: tuple[Entry, ...]
    notes: tuple[Provenance, ...]


@cache
def bibliography() -> dict[str, Entry]:
    """Return all entries of the file by their keys; ValueError where it is not as it should be."""
    text = FILE.read_text(encoding="utf-8")
    entries = [_entry(*found.groups()) for found in _ENTRY.finditer(text)]
    known = {entry.key: entry for entry in entries}
    if len(known) < len(entries) or len(entries) != len(re.findall("^@", text, re.MULTILINE)):
        raise ValueError(f"{FILE}: an entry is not in order, or a key stands there twice")
    return known


def _entry(kind: str, key: str, lines: str) -> Entry:
    fields = dict(_FIELD.findall(lines))
    known = tuple(phrase.strip() for phrase in fields.pop(KNOWN, "").split(";") if phrase)
    return Entry(kind, key, fields, known)


def written(entry: Entry) -> str:
    """Return an entry as BibTeX."""
    lines = [f"  {name} = {{{value}}}," for name, value in entry.fields.items()]
    return "\n".join([f"@{entry.kind}{{{entry.key},", *lines, "}"])
