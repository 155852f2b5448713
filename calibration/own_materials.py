"""Materials of a case with other values in them, as the files that somebody would write for that.

An override may reach into a material, such as `materials.grain.rock_salt.rate=2e-22 m^2/s`: then
the case is given a file of its own, in which everything else is as in the material that it had.
"""

import json
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from intergrain import Case
from solver.entries.reader import Entries, opened, place_of

# Where a case names a material, and how files of the library begin that hold such ones
PREFIXES = {
    "materials.grain": "",
    "materials.boundary.dry": "boundary_",
    "materials.boundary.liquid": "boundary_",
    "materials.boundary.lpo": "boundary_",
    "materials.interphase.bare": "interphase_",
}


def entries_at(case: Case, place: str) -> Entries:
    """Return the material that a case has in such a place."""
    name: Any = case
    for part in place.split("."):
        name = getattr(name, part)
    return opened(PREFIXES[place], name)


def on_files(path: Path, overrides: Sequence[str], folder: Path) -> list[str]:
    """Return overrides of a case, as of --set, those in its materials by files in a folder."""
    others, changes = [], dict[str, list[str]]()
    for override in overrides:
        place = next((place for place in PREFIXES if override.startswith(f"{place}.")), None)
        if place is None:
            others.append(override)
        else:
            changes.setdefault(place, []).append(override.removeprefix(f"{place}."))
    if not changes:
        return others
    case = Case.load(path, others)
    for place, values in changes.items():
        file = folder / f"{place}.yaml"
        content = json.dumps(changed(entries_at(case, place), values), default=str)
        file.write_text(content + "\n", encoding="utf-8")  # JSON is YAML
        others.append(f"{place}={file.resolve()}")
    return others


def changed(entries: Entries, values: Sequence[str]) -> dict[str, Any]:
    """Return all entries of a material, of some of which the value is another.

    values: `entry.part=number unit` each. They count as assumed.
    """
    whole = deepcopy(dict(entries.data))
    for text in values:
        key, _, quantity = text.partition("=")
        value, _, unit = quantity.partition(" ")
        entry = whole
        for part in place_of(key):
            entry = entry[part]
        for word in ("source", "fitted"):
            entry.pop(word, None)
        note = f"{entry['value']:g} in {entries.path.stem}, changed to see what that does"
        entry |= {"value": float(value), "unit": unit, "assumed": True, "note": note}
    return whole
