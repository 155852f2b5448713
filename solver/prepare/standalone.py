"""A case that stands alone: all that it names lies beside it, as copies in `inputs/`.

`case.yaml` of a run is made so: what it was based on and every `--set` are in it, and its paths are
those of the copies. The files as they were given lie in `inputs/given/`.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from solver.case import Case, CaseError
from solver.case.load import apply_override
from solver.case.origin import Origin
from solver.entries.files import FOLDER, is_path, layers_of
from solver.entries.reader import Entries
from solver.measured.description import beside as beside_measured
from solver.text.layers import merged, read_layers
from solver.text.problems import Place

CASE, INPUTS = "case.yaml", "inputs"
WIDTH = 4096  # characters: no line of a case is broken


class Inputs(NamedTuple):
    """Files of a run by name, as text or where to copy them from.

    given: names of the case as it was given and of those it is based on. overrides: of --set.
    """

    files: dict[str, str | Path]
    given: tuple[str, ...]
    overrides: tuple[str, ...]


class _Copy(NamedTuple):
    """What a place of the case is to say, and the file that this names."""

    place: Place
    name: str
    content: str | Path


def inputs_of(case: Case) -> Inputs:
    """Return all inputs of a case as its files say them, or as values where it was changed since.

    Raises CaseError or MaterialError as `gather` does.
    """
    origin = case.origin
    if _says(origin, case):
        assert origin.path is not None
        return gather(origin.path, origin.overrides, case)
    with TemporaryDirectory() as folder:
        source = Path(folder, CASE)
        YAML().dump(case.resolved(), source)
        inputs = gather(source, (), case)
        files = inputs.files | {name: source.read_text(encoding="utf-8") for name in inputs.given}
        return inputs._replace(files=files)


def _says(origin: Origin, case: Case) -> bool:
    """Whether the files of a case still say what it says."""
    try:
        return origin.path is not None and Case.load(origin.path, origin.overrides) == case
    except CaseError:
        return False


def gather(source: Path, overrides: Sequence[str], case: Case) -> Inputs:
    """Return all inputs of a case that was read from `source`, so that it stands alone.

    Raises CaseError or MaterialError where a file is no longer what it was when it was read.
    """
    layers = read_layers(source)
    originals = {f"{INPUTS}/given/{layer.path.name}": layer.path for layer in layers[::-1]}
    data = merged(layers)
    for text in overrides:
        apply_override(data, text)
    files: dict[str, str | Path] = {**originals}
    for copy in _copies(source.parent, data, case):
        name = _free(copy, files)
        files[name] = copy.content
        _put(data, copy.place, name)
    _measured(source.parent, data, case, files)
    head = [f"made from {source.name} so that it stands alone"]
    head += [f"--set {' '.join(text.splitlines())}" for text in overrides]
    text = "".join(f"# intergrain: {line}\n" for line in head) + _as_text(layers[-1].data, data)
    return Inputs({CASE: text, **files}, tuple(originals), tuple(overrides))


def fingerprint(case: Case) -> str:
    """Return what tells a case from all that would run otherwise, as hexadecimal digits.

    A hash of the case with all defaults and of what every file in it says, materials of the library
    too; the name of the case and of its files apart. OSError for a file that cannot be read.
    """
    data = case.resolved()
    del data["name"]
    for copy in _copies(Path(), data, case):
        _put(data, copy.place, hashlib.sha256(_bytes(copy.content)).hexdigest())
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _bytes(content: str | Path) -> bytes:
    """What a copy holds; of a text without its first line, which names the file that it is from."""
    if isinstance(content, Path):
        return content.read_bytes()
    return content.partition("\n")[2].encode()


def beside(resolved: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return a resolved case whose paths into a folder are relative to it."""

    def relative(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: relative(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [relative(inner) for inner in value]
        inside = isinstance(value, str) and value.startswith(f"{folder}/")
        return Path(value).relative_to(folder).as_posix() if inside else value

    naming = ("particle", "materials", "measured")
    return {**resolved, **{key: relative(resolved[key]) for key in naming if key in resolved}}


def named(materials: dict[str, Any]) -> dict[str, Any]:
    """Return the materials of a case by their names alone, states that have their own left out."""

    def name(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: name(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [name(inner) for inner in value]
        return Path(value).stem if isinstance(value, str) and is_path(value) else value

    told: dict[str, Any] = name(materials)
    boundary = told.pop("boundary").items()
    own = {state: material for state, material in boundary if material != state}
    return told | ({"boundary": own} if own else {})


def _copies(folder: Path, data: dict[str, Any], case: Case) -> Iterator[_Copy]:
    """Every file that a case names, materials of the library too."""
    if (path := getattr(case.particle, "path", None)) is not None:
        yield _Copy(("particle", "path"), f"particle/{Path(path).name}", Path(path))
    orientation = data["particle"].get("orientation")
    for key in ("table", "a_table"):
        table = orientation.get(key) if isinstance(orientation, dict) else None
        if isinstance(table, str):
            place = ("particle", "orientation", key)
            yield _Copy(place, f"orientation/{Path(table).name}", Path(folder, table))
    materials = case.materials
    if materials.solid is None:
        yield _material(("grain",), "", materials.grain)
    for number, region in enumerate(materials.regions):
        yield _material(("regions", number, "material"), "", region.material)
    yield _material(("electrolyte",), "electrolyte_", materials.electrolyte)
    yield _material(("filler",), "filler_", materials.filler)
    for film, name in materials.interphase:
        yield _material(("interphase", film), "interphase_", name)
    for state, name in materials.boundary:
        yield _material(("boundary", state), "boundary_", name)
    if case.electrode.balanced() is not None or is_path(materials.counter):
        yield _material(("counter",), "counter_", materials.counter)


def _measured(folder: Path, data: dict[str, Any], case: Case, files: dict[str, str | Path]) -> None:
    """Copy measured curves, each into a folder of its own with the file that explains it."""
    given = case.measured.compare if case.measured is not None else ()
    written = []
    for number, each in enumerate(given, start=1):
        path = Path(folder, str(each.file))
        inside = f"{INPUTS}/measured/{number}"
        explaining = beside_measured(path)
        files |= {
            f"{inside}/{found.name}": found for found in (path, explaining) if found is not None
        }
        said = each.model_dump(exclude_none=True, exclude={"file"})
        written.append({"file": f"{inside}/{path.name}", **said})
    if written:
        _put(data, ("measured", "compare"), written)


def _material(place: Place, prefix: str, name: str) -> _Copy:
    """The file of a material; one that is based on others is written out with what they say."""
    path = Path(name) if is_path(name) else FOLDER / f"{prefix}{name}.yaml"
    kind = "grain" if place[0] == "regions" else place[0]
    wanted = f"materials/{kind}/{path.stem.removeprefix(prefix)}.yaml"
    content: str | Path = path
    if len(layers_of(path)) > 1:
        content = f"# {path.name} with all that it is based on\n{_dumped(Entries(path).data)}"
    return _Copy(("materials", *place), wanted, content)


def _free(copy: _Copy, files: dict[str, str | Path]) -> str:
    """Name for a copy that no other content has."""
    name = Path(INPUTS, copy.name)
    others = (name.with_stem(f"{name.stem}_{number}") for number in range(2, len(files) + 3))
    paths = (path.as_posix() for path in (name, *others))
    return next(path for path in paths if files.get(path, copy.content) == copy.content)


def _put(data: Any, place: Place, value: Any) -> None:
    """Say something at a place, whose mappings are made if need be; nothing is shared by them."""
    *folders, last = place
    for key in folders:
        inner = data[key] if isinstance(key, int) else data.get(key)
        data[key] = list(inner) if isinstance(inner, list) else dict(inner or {})
        data = data[key]
    data[last] = value


def _as_text(written: dict[str, Any], data: dict[str, Any]) -> str:
    """YAML of a case, with the comments of the file it was written in where that is possible."""
    commented, plain = deepcopy(written), _plain(data)
    _say(commented, plain)
    text = _dumped(commented)
    return text if YAML(typ="safe").load(text) == plain else _dumped(plain)


def _say(commented: dict[str, Any], data: dict[str, Any]) -> None:
    """Let a mapping say what another one does, and keep its comments."""
    for key in commented.keys() - data.keys():
        del commented[key]
    for key, value in data.items():
        under = commented.get(key)
        if isinstance(under, dict) and isinstance(value, dict):
            _say(under, value)
        elif key not in commented or under != value:
            commented[key] = value


def _dumped(data: Any) -> str:
    stream, yaml = StringIO(), YAML()
    yaml.width = WIDTH
    yaml.dump(data, stream)
    return stream.getvalue()


def _plain(data: Any) -> Any:
    """The same without comments, anchors and the like."""
    stream = StringIO()
    YAML(typ="rt").dump(data, stream)
    return YAML(typ="safe").load(stream.getvalue())
