"""What a run or a case rests on: methods by switches, materials by their sources, libraries."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from solver.case import Case
from solver.citations.bibliography import Cited, Entry, Provenance, bibliography
from solver.citations.libraries import LIBRARIES
from solver.citations.text import as_bibtex
from solver.entries.files import is_path
from solver.materials.catalogue import values
from solver.prepare.standalone import CASE
from solver.run_files import METADATA
from solver.units.references import cited

MATERIALS = "materials.json"
PROGRAM = "intergrain"
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]*[^\s\"<>.,;)]")
_MEASURED = re.compile(r"^(?!assumed: |as )(?=.*(?:\b(?:19|20)\d\d\b|\bet al\b|\bset\b))")


def bibtex_of(path: Path) -> str:
    """Return BibTeX of what a run directory or a case rests on.

    Raises CaseError, MaterialError, or OSError and ValueError for a run that is damaged.
    """
    if not path.is_dir():
        return as_bibtex(of_case(Case.load(path)), f"the case {path.name}")
    try:
        return as_bibtex(of_run(path), f"the run {path.resolve().name}")
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"its files are not those of a run: {error!r}") from error


def of_run(directory: Path) -> Cited:
    """Return what to cite of a run. Raises OSError, ValueError or CaseError for what is damaged."""
    case = Case.load(directory / CASE)
    tables = json.loads((directory / MATERIALS).read_text(encoding="utf-8"))
    metadata = json.loads((directory / METADATA).read_text(encoding="utf-8"))
    return _cited(case, tables, metadata.get("versions", {}), metadata.get("commit"))


def of_case(case: Case) -> Cited:
    """Return what a run of a case would have to cite, without versions. Raises MaterialError."""
    tables = [{"name": name, **values(kind, name)} for kind, name in _named(case)]
    return _cited(case, tables, {}, None)


def _cited(
    case: Case, tables: Iterable[Any], versions: Mapping[str, Any], commit: str | None
) -> Cited:
    known = bibliography()
    methods = [known[key] for key in dict.fromkeys(cited(case))]
    materials, notes = _of_materials([source for table in tables for source in _sources(table)])
    program = _with_version(known[PROGRAM], PROGRAM, versions.get(PROGRAM))
    if commit:
        program = program.with_note(f"{program.fields.get('note', PROGRAM)}, commit {commit}")
    libraries = [
        _with_version(known[each.reference], each.name, versions.get(each.version))
        for each in LIBRARIES
        if each.used(case)
    ]
    return Cited(program, tuple(methods), materials, tuple(libraries), notes)


def _with_version(entry: Entry, name: str, version: Any) -> Entry:
    return entry if version is None else entry.with_note(f"{name} {version}")


def _sources(table: Mapping[str, Any]) -> list[Provenance]:
    """What the rows of a material say of their sources."""
    name = Path(table["name"]).stem if is_path(table["name"]) else table["name"]
    return [Provenance(name, row["quantity"].strip(), row["source"]) for row in table["rows"]]


def _of_materials(
    sources: Iterable[Provenance],
) -> tuple[tuple[Entry, ...], tuple[Provenance, ...]]:
    """Entries that sources name, by phrases or by a DOI, and those sources that name none."""
    found: dict[str, Entry] = {}
    notes = []
    for source in sources:
        entries = [entry for entry in bibliography().values() if _names(source.text, entry)]
        dois = _DOI.findall(source.text)
        entries += [_of_doi(doi, source) for doi in dois if not _has(entries, doi)]
        found |= {entry.key: entry for entry in entries}
        if not entries and _MEASURED.match(source.text):
            notes.append(source)
    return tuple(found.values()), tuple(notes)


def _names(text: str, entry: Entry) -> bool:
    doi = entry.fields.get("doi")
    return any(phrase in text for phrase in entry.known) or (doi is not None and doi in text)


def _has(entries: Iterable[Entry], doi: str) -> bool:
    return any(entry.fields.get("doi", "").lower() == doi.lower() for entry in entries)


def _of_doi(doi: str, source: Provenance) -> Entry:
    """An entry that says nothing but a DOI, which is what a source gave."""
    note = f"source of {source.quantity.replace('_', ' ')} of {source.material.replace('_', ' ')}"
    return Entry("misc", "doi-" + re.sub(r"\W+", "-", doi), {"doi": doi, "note": note})


def _named(case: Case) -> list[tuple[str, str]]:
    """Return (kind, name) of the materials of a case whose particle is not there yet."""
    materials, boundary = case.materials, case.particle.boundary
    filled = boundary.state == "lpo" or case.particle.coating is not None
    states = {boundary.state} | ({"dry"} if boundary.rule != "all" else set())
    named = [("boundary", materials.boundary.of(state)) for state in sorted(states)]
    if materials.solid is None:
        named[:0] = [("grain", name) for name in materials.oxides()]
    if not case.physics.transport.enabled:
        return named
    named += [("filler", materials.filler)] * filled + [("electrolyte", materials.electrolyte)]
    if case.physics.interphase.enabled:
        named.append(("interphase", materials.interphase.bare))
        named += [("interphase", materials.interphase.coated)] * filled
    if case.electrode.balanced() is not None:
        named.append(("counter", materials.counter))
    return list(dict.fromkeys(named))
