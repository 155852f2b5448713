"""Puts a new case where nothing is yet, with the schema that its editor needs."""

import errno
import json
from collections.abc import Iterator
from itertools import count
from os.path import relpath
from pathlib import Path
from typing import NamedTuple

from solver.case.teaching import TITLE
from solver.new_case.answers import Answers
from solver.new_case.writing import case_text

ENDS = (".yaml", ".yml")
SCHEMA = "schema.json"
NEXT = ("check", "mesh --picture", "run")  # what one does with a new case
LARGEST = 4 * 1024**2  # bytes of a schema


class Written(NamedTuple):
    """The case, and the schema if it had to be written, too."""

    case: Path
    schema: Path | None


def require_new(target: Path) -> None:
    """Raise OSError unless a case can be written there without touching anything."""
    if target.suffix not in ENDS:
        raise OSError(errno.EINVAL, "a case ends in .yaml", str(target))
    if target.exists() or target.is_symlink():
        raise OSError(errno.EEXIST, "it is there already; give another name", str(target))
    if not target.parent.is_dir():
        raise OSError(errno.ENOENT, "its folder is not there", str(target))


def write(answers: Answers, target: Path | None = None) -> Written:
    """Write the case of some answers, where nothing is yet. Raises OSError.

    target: without one, a name from the answers in the present folder. What was not written to its
    end is removed.
    """
    target = next(_free(answers)) if target is None else target
    schema = nearest_schema(target.parent)
    made = None if schema is not None else _unused(target.parent)
    text = case_text(answers, Path(relpath(schema or made or "", target.parent)).as_posix())
    try:
        if made is not None:
            _create(made, _schema_text())
        _create(target, text)
    except BaseException:
        if made is not None:
            made.unlink(missing_ok=True)
        raise
    return Written(target, made)


def told(files: Written) -> list[str]:
    """Return what to tell: the files, and what to do next."""
    lines = ["", f"written: {files.case}"]
    if files.schema is not None:
        lines += [f"         {files.schema}, by which editors complete and explain its keys"]
    return [*lines, *(f"  intergrain {word} {files.case}" for word in NEXT)]


def nearest_schema(folder: Path) -> Path | None:
    """The schema of cases in a folder or above it in its repository; None if there is none.

    In each folder `schema.json` and `cases/schema.json` are looked for. Without a repository only
    the folder itself counts: what lies above it may be anybody's.
    """
    for place in _repository(folder.resolve()):
        for path in (place / SCHEMA, place / "cases" / SCHEMA):
            if _is_ours(path):
                return path
    return None


def _repository(folder: Path) -> list[Path]:
    """A folder and those above it up to the root of its repository, if it is in one."""
    places = [folder, *folder.parents]
    roots = [n for n, place in enumerate(places) if (place / ".git").exists()]
    return places[: roots[0] + 1] if roots else places[:1]


def _is_ours(path: Path) -> bool:
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return False
        schema = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(schema, dict) and schema.get("title") == TITLE


def _free(answers: Answers) -> Iterator[Path]:
    """Names for the case that nothing bears yet."""
    stem = f"{answers.shape}_{answers.grains}_{answers.material}_{answers.boundaries}"
    for number in count(1):
        path = Path(f"{stem}.yaml" if number == 1 else f"{stem}_{number}.yaml")
        if not path.exists() and not path.is_symlink():
            yield path


def _unused(folder: Path) -> Path:
    """A name for the schema that nothing bears yet."""
    names = (SCHEMA, f"intergrain_{SCHEMA}", *(f"intergrain_{n}_{SCHEMA}" for n in range(2, 100)))
    return next(folder / name for name in names if not (folder / name).exists())


def _schema_text() -> str:
    from solver.case import Case

    return json.dumps(Case.model_json_schema(), indent=2) + "\n"


def _create(path: Path, text: str) -> None:
    """Write a file that is not there; leave nothing of it where that fails."""
    with path.open("x", encoding="utf-8") as file:
        try:
            file.write(text)
            file.flush()
        except BaseException:
            path.unlink(missing_ok=True)
            raise
