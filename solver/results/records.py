"""What a run directory holds besides fields, read as plain values; what is missing stays empty."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from solver.results import headers
from solver.results.bulk import complete
from solver.results.history import History, read_history
from solver.run_files import alive
from solver.units.acceleration import declared, unequal

RUNNING, KILLED = "running", "killed"
DEAD = "its process ended without a word"
TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Record:
    """One run. given: its case as the user wrote it. resolved: with all defaults, in SI.
    settings: the same as people read it, with units; empty in runs that did not write it.

    tables: by the name of the CSV file, those with rows only. figures: files by name.
    """

    directory: Path
    label: str
    given: str
    resolved: dict[str, Any]
    settings: dict[str, Any]
    summary: dict[str, Any]
    metadata: dict[str, Any]
    cracks: dict[str, Any]
    materials: list[dict[str, Any]]
    cautions: list[str]
    tables: dict[str, History]
    figures: dict[str, Path]

    def table(self, name: str) -> History:
        """Return a table, without columns where it cannot be had."""
        return self.tables.get(name, History({}))

    @property
    def history(self) -> History:
        """One row for each time step."""
        return self.table("history")

    @property
    def loaded(self) -> bool:
        """Whether it is under loads."""
        return "load_factor" in self.summary or headers.LOAD_FACTOR in self.history

    @property
    def cycled(self) -> bool:
        """Whether it has chemistry; as long as nothing tells, it is taken to have."""
        known = "voltage" in self.summary or headers.VOLTAGE in self.history
        return known or not self.loaded

    @property
    def declared(self) -> str | None:
        """Accelerations in words, None without any."""
        return declared(self.metadata.get("accelerations", {}), TIMES)

    @property
    def title(self) -> str:
        """What a page is called: the label, and factors that slow laws do not share."""
        apart = unequal(self.metadata.get("accelerations", {}))
        return f"{self.label}: {self.declared}" if apart else self.label


def read_record(directory: Path) -> Record:
    """Read a run directory, whatever part of it is there."""
    resolved, metadata = resolved_case(directory), origin(directory)
    materials = _json(directory / "materials.json")
    return Record(
        directory=directory,
        label=str(resolved.get("name", directory.resolve().name)),
        given=_given(directory, metadata),
        resolved=resolved,
        settings=entries(directory / "settings.json"),
        summary=entries(directory / "summary.json") or unfinished(metadata),
        metadata=metadata,
        cracks=entries(directory / "cracks.json"),
        materials=materials if isinstance(materials, list) else [],
        cautions=_text(directory / "cautions.txt").splitlines(),
        tables=_tables(directory),
        figures={file.stem: file for file in sorted((directory / "figures").glob("*.png"))},
    )


def embedded(name: str, png: bytes, wide: bool = False) -> dict[str, Any]:
    """Return a picture as a page holds it."""
    return {"name": name, "data": base64.b64encode(png).decode(), "wide": wide}


def entries(file: Path) -> dict[str, Any]:
    """Content of a JSON file, nothing where it cannot be had."""
    content = _json(file)
    return content if isinstance(content, dict) else {}


def origin(directory: Path) -> dict[str, Any]:
    """Metadata of a run; one that says it is running, and is not, was killed."""
    metadata = entries(directory / "metadata.json")
    killed = metadata.get("status") == RUNNING and not alive(directory)
    return metadata | {"status": KILLED, "reason": DEAD} if killed else metadata


def resolved_case(directory: Path) -> dict[str, Any]:
    """The case of a run with all defaults, in SI; nothing where it cannot be had."""
    return _yaml(directory / "resolved.yaml")


def unfinished(metadata: dict[str, Any]) -> dict[str, Any]:
    """What stands for the summary of a run that did not come to write it."""
    return {key: metadata[key] for key in ("status", "reason") if key in metadata}


def declaration(directory: Path) -> str | None:
    """Return what every figure of a run must say: accelerations, and that it has not ended."""
    metadata = origin(directory)
    state = {RUNNING: "still running", KILLED: "killed before its end"}.get(
        metadata.get("status", "")
    )
    factors = declared(metadata.get("accelerations", {}), TIMES)
    told = [words for words in (factors, state) if words]
    return "; ".join(told) or None


def _given(directory: Path, metadata: dict[str, Any]) -> str:
    """The case as it was written and every --set, then the cases that it is based on."""
    names = metadata.get("given") or ["case.yaml"]
    first, *others = (directory / name for name in names)
    told = [f"# --set {text}" for text in metadata.get("overrides", [])]
    return "\n".join([*told, _text(first), *(f"# {base.name}\n{_text(base)}" for base in others)])


def _tables(directory: Path) -> dict[str, History]:
    """Tables of numbers that have rows, complete cycles only."""
    tables = {}
    for name in ("history", "cycles", "losses", "spectra", "impedance"):
        try:
            table = complete(read_history(directory / f"{name}.csv"))
        except (OSError, ValueError):
            continue
        if len(next(iter(table.values()))):
            tables[name] = table
    return tables


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _yaml(file: Path) -> dict[str, Any]:
    try:
        content = YAML(typ="safe").load(file)
    except (OSError, ValueError, YAMLError):
        return {}
    return content if isinstance(content, dict) else {}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
