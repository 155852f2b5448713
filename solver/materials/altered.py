"""Materials of a case with other values in them, as the files that somebody would write for that.

An override may reach into a material, such as `materials.grain.rock_salt.rate=2e-22 m^2/s`, or
`materials.grain.diffusivity=*1.5`, which multiplies a number or every number of a table: then the
case is given a file of its own, in which everything else is as in the material that it had.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from solver.case import Case
from solver.entries.files import MaterialError
from solver.entries.reader import Entries, opened, place_of
from solver.run_files import write_whole
from solver.text.problems import nearest

# Where a case names a material, and how files of the library begin that hold such ones
PREFIXES = {
    "materials.grain": "",
    "materials.electrolyte": "electrolyte_",
    "materials.filler": "filler_",
    "materials.boundary.dry": "boundary_",
    "materials.boundary.liquid": "boundary_",
    "materials.boundary.lpo": "boundary_",
    "materials.interphase.bare": "interphase_",
    "materials.interphase.coated": "interphase_",
}
TO_SEE = "changed to see what that does"
TIMES, DIGITS = "*", 8
Origin = Mapping[str, Any]  # of an entry: `fitted`, or `assumed` with a `note`


class InMaterial(NamedTuple):
    """A key that leads into a material: where the case names that, and which entry of it."""

    place: str
    entry: str


def inside(key: str) -> InMaterial | None:
    """Return where in a material a key path of a case leads, None for a key of the case itself."""
    place = next((place for place in PREFIXES if key.startswith(f"{place}.")), None)
    if place is None:
        return None
    return InMaterial(place, key.removeprefix(f"{place}.").removesuffix(".value"))


def entries_at(case: Case, place: str) -> Entries:
    """Return the material that a case has in such a place."""
    name: Any = case
    for part in place.split("."):
        name = getattr(name, part)
    return opened(PREFIXES[place], name)


def on_files(
    path: Path, overrides: Sequence[str], folder: Path, origin: Origin | None = None
) -> list[str]:
    """Return overrides of a case, as of --set, those in its materials by files in a folder.

    Files are named by what they say, so that none is ever written with other content. origin: of
    the changed entries, default: assumed. Raises CaseError, MaterialError, OSError.
    """
    others, changes = [], dict[str, list[str]]()
    for override in overrides:
        key, _, value = override.partition("=")
        found = inside(key)
        if found is None:
            others.append(override)
        else:
            changes.setdefault(found.place, []).append(f"{found.entry}={value}")
    if not changes:
        return others
    case = Case.load(path, others)
    for place, values in changes.items():
        text = as_text(changed(entries_at(case, place), values, origin))
        key = hashlib.sha256(text.encode()).hexdigest()[:10]
        file = folder / f"{place.removeprefix('materials.')}_{key}.yaml"
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(file, text)
        others.append(f"{place}={file.resolve()}")
    return others


def changed(
    entries: Entries, values: Sequence[str], origin: Origin | None = None
) -> dict[str, Any]:
    """Return all entries of a material, of some of which the value is another.

    values: `entry.part=number unit` or `entry.part=*factor` each. origin: as of `on_files`. Raises
    MaterialError.
    """
    whole = deepcopy(dict(entries.data))
    for text in values:
        key, _, quantity = text.partition("=")
        entry = value_entry(whole, key, entries.path.stem)
        before = entry["value"]
        for word in ("source", "fitted", "assumed", "note"):
            entry.pop(word, None)
        if quantity.startswith(TIMES):
            entry["value"] = _times(before, float(quantity.removeprefix(TIMES)))
            was = f"{float(quantity.removeprefix(TIMES)):g} times that of {entries.path.stem}"
        else:
            number, _, unit = quantity.partition(" ")
            entry |= {"value": float(number), "unit": unit}
            was = f"{before:g} in {entries.path.stem}"
        entry |= origin or {"assumed": True, "note": f"{was}, {TO_SEE}"}
    return whole


def value_entry(whole: Mapping[str, Any], key: str, name: str) -> dict[str, Any]:
    """Return the entry that `whole.part` names and that has a value. Raises MaterialError.

    name: of the material.
    """
    entry: Any = whole
    for part in place_of(key):
        if not isinstance(entry, Mapping) or part not in entry:
            known = [str(each) for each in entry] if isinstance(entry, Mapping) else []
            raise MaterialError(f"{name} has no entry '{key}' ({nearest(part, known)})")
        entry = entry[part]
    if not isinstance(entry, dict) or "value" not in entry:
        raise MaterialError(f"'{key}' of {name} has no value of its own")
    return entry


def as_text(entries: Mapping[str, Any]) -> str:
    """Return a material as its file."""
    stream, yaml = StringIO(), YAML()
    yaml.width = 100
    yaml.dump(json.loads(json.dumps(entries, default=str)), stream)
    return stream.getvalue()


def _times(value: Any, factor: float) -> Any:
    if isinstance(value, list):
        return [_times(each, factor) for each in value]
    return float(f"{value * factor:.{DIGITS}g}")
