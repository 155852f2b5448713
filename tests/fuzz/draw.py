"""An input of a seed and a number: files to put beside a shipped case, and a command line."""

from __future__ import annotations

import json
import shutil
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from tests.fuzz import damage
from tests.fuzz.values import any_value, changed, mutate_key, mutate_value, parent_of, places
from tests.shipped import ROOT, SHIPPED
from tests.unit.cell_example import cell

FUZZED = "fuzzed.yaml"
FILES = {  # what is made anew, by the ending of a file
    ".npy": (damage.header, damage.npy),
    ".png": (damage.picture("PNG"),),
    ".tif": (damage.picture("TIFF"),),
    ".msh": (damage.msh,),
    ".csv": (damage.table,),
    ".vti": (lambda rng: rng.randbytes(99),),
}


CELL_TEST = "\n".join(
    ["Test Time / s,Voltage / V,Current / A,Cycle Count / 1,Charging Capacity / Ah"]
    + [f"{60 * k},{3.5 + 0.01 * k},{0.1 if k < 30 else -0.1},{1 + k // 60},1e-3" for k in range(80)]
)
ODD_CELLS = ("", "nan", "inf", "-1", "x", "1e300", "1e-300", "1e999", "1,5", "\x00", "/", "0", "\t")


class Input(NamedTuple):
    """Files by their place in the folder of the shipped ones, and the arguments given there."""

    kind: str
    files: dict[str, bytes]
    arguments: list[str]


def workplace(folder: Path) -> Path:
    """A copy of all that is shipped, in which inputs are put."""
    shutil.copytree(ROOT / "cases", folder / "cases")
    shutil.copytree(ROOT / "solver/materials", folder / "materials")
    return folder


def cases() -> list[Path]:
    return [path.relative_to(ROOT) for path in SHIPPED]


def materials() -> list[Path]:
    library = (ROOT / "solver/materials").glob("*.yaml")
    own = (ROOT / "cases").rglob("materials/*.yaml")
    shipped = [path.relative_to(ROOT / "solver") for path in library]
    return sorted([*shipped, *(path.relative_to(ROOT) for path in own)])


def draw(seed: int, number: int) -> Input:
    """The same input for the same seed and number."""
    rng = Random(f"{seed}:{number}")
    kinds = (_keys, _values, _values, _damage, _options, _options, _file, _material, _material)
    kinds += (_measured, _cell)
    return rng.choice(kinds)(rng)


def _keys(rng: Random) -> Input:
    path = rng.choice(cases())
    return _checked("keys", path, _mutated(ROOT / path, rng, mutate_key))


def _values(rng: Random) -> Input:
    path = rng.choice(cases())
    return _checked("values", path, _mutated(ROOT / path, rng, mutate_value))


def _damage(rng: Random) -> Input:
    path = rng.choice(cases())
    return _checked("damage", path, damage.damaged_yaml((ROOT / path).read_bytes(), rng))


def _checked(kind: str, path: Path, text: bytes) -> Input:
    place = str(path.with_name(FUZZED))
    return Input(kind, {place: text}, ["check", place])


def _options(rng: Random) -> Input:
    path = rng.choice(cases())
    data = _read(ROOT / path)
    every = list(places(data))
    arguments = ["check", str(path)]
    for _ in range(rng.choice((1, 1, 2, 4))):
        place = rng.choice(every)
        value = changed(parent_of(data, place)[place[-1]], rng)
        key = ".".join(map(str, place)) + rng.choice(("", "", "", ".0", ".x", ".", "..a"))
        written = _written(value) if rng.random() < 0.9 else damage.damaged(b"[1, 2]", rng)
        arguments += ["--set", f"{key}={written.decode(errors='replace').strip()[:90_000]}"]
    return Input("options", {}, arguments)


def _file(rng: Random) -> Input:
    named = [path for path in cases() if path.parent.name in ("meshes", "benchmarks")]
    path = rng.choice([case for case in named if _file_of(case) is not None])
    file = _file_of(path)
    assert file is not None
    fresh = FILES[file.suffix]
    content = (
        rng.choice(fresh)(rng)
        if rng.random() < 0.5
        else damage.damaged((ROOT / file).read_bytes(), rng)
    )
    return Input(f"file {file.suffix}", {str(file): content}, ["check", str(path)])


def _file_of(case: Path) -> Path | None:
    """An image, a mesh or a table that a case reads."""
    particle = _read(ROOT / case).get("particle", {})
    table = particle.get("orientation", {}).get("table")
    name = table if isinstance(table, str) else particle.get("path")
    return None if name is None else case.parent / name


def _material(rng: Random) -> Input:
    path = rng.choice(materials())
    place = str(path.with_name(FUZZED))
    how = rng.randrange(5)
    if how == 0:
        text = damage.damaged_yaml(_source(path).read_bytes(), rng)
    else:
        text = _mutated(_source(path), rng, mutate_key if how == 1 else mutate_value)
    return Input("material", {place: text}, ["materials", place])


def _measured(rng: Random) -> Input:
    """A case with measured curves of which cells, or bytes, are no longer what they were."""
    rows = [row.split(",") for row in CELL_TEST.splitlines()]
    for _ in range(rng.choice((1, 2, 5))):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(ODD_CELLS)
    text = "\n".join(map(",".join, rows)).encode()
    text = damage.damaged(text, rng) if rng.random() < 0.3 else text
    said = {"file": "fuzzed.csv", "mass": "1 g"}
    compare = {"source": "nobody", "compare": changed(said, rng) if rng.random() < 0.2 else said}
    case = _written({"based_on": "quickstart.yaml", "measured": compare})
    files = {f"cases/{FUZZED}": case, "cases/fuzzed.csv": text}
    return Input("measured", files, ["check", f"cases/{FUZZED}"])


def _cell(rng: Random) -> Input:
    """A cell in BPX with other entries, values or bytes."""
    data = cell()
    del data["Header"]["BPX"]  # no number with a unit
    for _ in range(rng.choice((1, 1, 2, 5))):
        if list(places(data)):
            rng.choice((mutate_key, mutate_value, mutate_value))(data, rng)
    text = json.dumps(data, default=str).encode(errors="replace")
    text = damage.damaged(text, rng) if rng.random() < 0.3 else text
    folder = f"oxides_{rng.randrange(10**9)}"
    words = ["materials", "import", "fuzzed.json", "-o", folder]
    return Input("cell", {"fuzzed.json": text}, words)


def _source(path: Path) -> Path:
    return (ROOT if path.parts[0] == "cases" else ROOT / "solver") / path


def _mutated(path: Path, rng: Random, mutate: Any) -> bytes:
    """The text of a YAML file after some mutations."""
    data = _read(path)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        if list(places(data)):
            mutate(data, rng)
    if rng.random() < 0.1:
        data[rng.choice(list(data) or ["name"])] = any_value(rng)
    return _written(data)


def _read(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def _written(data: Any) -> bytes:
    yaml = YAML(typ="safe")
    yaml.width = 10**9
    file = BytesIO()
    yaml.dump(data, file)
    return file.getvalue().removesuffix(b"...\n")
