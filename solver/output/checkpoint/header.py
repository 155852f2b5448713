"""What a checkpoint is of: case, mesh, program; and how far the run was."""

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from solver.output.checkpoint.container import FORMAT
from solver.output.metadata import program_version
from solver.run_files import digest

CASE, MESH = "resolved.yaml", "particle.msh"


@dataclass(frozen=True)
class CheckpointHeader:
    """format: of the file. program: version. case: as resolved, YAML. mesh: checksum of its file.

    ranks: that wrote it. time: s. cycle, step: as the clock counts them.
    """

    format: int
    program: str | None
    case: str
    mesh: str
    ranks: int = 0
    time: float = 0.0
    cycle: int = 0
    step: int = 0

    def text(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str) -> "CheckpointHeader":
        """Return what JSON tells."""
        return cls(**json.loads(text))


def header_here(directory: Path) -> CheckpointHeader:
    """Return what a checkpoint of a run directory as it is now would be of. Raises OSError."""
    case, mesh = directory / CASE, directory / MESH
    return CheckpointHeader(
        format=FORMAT,
        program=program_version(),
        case=case.read_text(encoding="utf-8") if case.exists() else "",
        mesh=digest(mesh) if mesh.exists() else "",
    )


def differences(
    kept: CheckpointHeader, here: CheckpointHeader, but: Collection[str] = ()
) -> list[str]:
    """Say why a run that is here cannot go on from a checkpoint; nothing if it can.

    but: sections or entries of the case that may differ.
    """
    said = []
    if kept.format != here.format:
        said.append(f"its format is {kept.format}, this program reads {here.format}")
    if kept.program != here.program:
        said.append(f"version {kept.program} of the program wrote it, this is {here.program}")
    if kept.mesh != here.mesh:
        said.append("its mesh is another one")
    was, now = _entries(kept.case), _entries(here.case)
    for name in sorted({**was, **now}):
        free = any(f"{name}.".startswith(f"{each}.") for each in but)
        if was.get(name) != now.get(name) and not free:
            said.append(f"{name} was {_told(was, name)}, and is {_told(now, name)}")
    return said


def _told(entries: dict[str, Any], name: str) -> str:
    return repr(entries[name]) if name in entries else "not there"


def _entries(case: str) -> dict[str, Any]:
    """All entries of a case by their names, `physics.fatigue.enabled`."""
    return dict(_flat(YAML(typ="safe").load(case), ""))


def _flat(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        value = dict(enumerate(value, 1))
    if not isinstance(value, dict):
        yield name, value
        return
    for key, item in value.items():
        yield from _flat(item, f"{name}.{key}" if name else str(key))
