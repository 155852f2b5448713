"""Imports go one way, library code owns no communicator, files stay short, names are unique."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]

# A module may import from its own package and from the lines below its own, never upwards or
# sideways.
LAYERS = [
    {"__main__"},
    {"cli"},
    {"commands"},
    {"fitting"},
    {"study"},
    {"resume"},
    {"start"},
    {"drive", "checks", "results", "new_case", "citations"},
    {"prepare"},
    {"output"},
    {"solve"},
    {"model"},
    {"materials"},
    {"case", "particle"},
    {"mechanisms", "protocol"},
    {"entries", "physics", "measured"},
    {"units"},
    {"text", "run_files"},
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
ENTRY_POINTS = {"__main__", "cli", "commands", "resume", "start"}
WITHOUT_DOLFINX = {
    "case", "materials", "results", "checks", "prepare", "units", "text", "entries", "run_files",
    "protocol", "mechanisms", "measured", "new_case", "citations",
}  # fmt: skip
DOLFINX = {"dolfinx", "petsc4py", "ufl", "basix", "ffcx"}
SHARED_BY_MECHANISMS = ("base", "conditions", "layers", "now", "places")
ONLY = {"results": {"units", "run_files", "text", "measured"}, "measured": {"units", "text"}}


class Import(NamedTuple):
    importer: tuple[str, ...]  # ("solver", "physics", "cohesive")
    imported: tuple[str, ...]
    line: int

    def __str__(self) -> str:
        return f"{'.'.join(self.importer)}:{self.line} imports {'.'.join(self.imported)}"


def module_name(path: Path, root: Path) -> tuple[str, ...]:
    parts = path.relative_to(root).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def imports_of(path: Path, root: Path) -> Iterator[Import]:
    importer = module_name(path, root)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(importer, tuple(alias.name.split(".")), node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = tuple(node.module.split(".")) if node.module else ()
            if node.level:
                package = importer if path.name == "__init__.py" else importer[:-1]
                base = package[: len(package) - node.level + 1] + base
            for alias in node.names:
                yield Import(importer, (*base, alias.name), node.lineno)


def package_imports(root: Path) -> list[Import]:
    files = [*(root / "solver").rglob("*.py"), *(root / "meshes").rglob("*.py")]
    return [found for path in files for found in imports_of(path, root)]


def is_breach(found: Import) -> bool:
    own, other = found.importer, found.imported
    if own[0] == "meshes":
        return other[0] in DOLFINX or (
            other[0] == "solver" and other[1] not in ("case", "text", "units")
        )
    part = own[1] if len(own) > 1 else ""
    if other[0] == "meshes":
        return part not in ENTRY_POINTS
    if other[0] in DOLFINX:
        return part in WITHOUT_DOLFINX
    if other[0] != "solver" or part == "":
        return other[0] == "solver"
    target = other[1]
    if part == target == "physics":
        return len(own) > 2 and other[2] != own[2]
    if part == target == "mechanisms":
        return len(own) > 2 and other[2] not in (*SHARED_BY_MECHANISMS, own[2])
    if part == target:
        return False
    allowed = RANK[target] > RANK[part] and target in ONLY.get(part, {target})
    return not allowed or (target == "results" and part not in (*ENTRY_POINTS, "study", "fitting"))


def test_imports_go_one_way():
    assert [str(found) for found in package_imports(ROOT) if is_breach(found)] == []


def test_every_part_of_the_solver_has_its_place():
    parts = {path.stem for path in (ROOT / "solver").iterdir() if path.suffix == ".py"}
    parts |= {path.parent.name for path in (ROOT / "solver").glob("*/__init__.py")}
    assert parts - {"__init__"} <= set(RANK)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("solver/case/load.py", "from solver.materials import library"),
        ("solver/model/mechanics.py", "from solver.output import history"),
        ("solver/physics/cohesive.py", "from solver.physics import mechanics"),
        ("solver/physics/cohesive.py", "from . import mechanics"),
        ("solver/physics/cohesive.py", "from ..solve.linear.lagged import LaggedSolver"),
        ("solver/drive/simulation.py", "from solver.results import plots"),
        ("solver/drive/simulation.py", "import meshes"),
        ("solver/results/plots.py", "from solver.model.state import State"),
        ("solver/case/models.py", "def late():\n    import dolfinx.fem"),
        ("solver/__init__.py", "from solver import cli"),
        ("meshes/build.py", "from solver.particle import mesh"),
        ("meshes/build.py", "from dolfinx import mesh"),
        ("solver/mechanisms/corrosion.py", "from solver.mechanisms import fatigue"),
        ("solver/mechanisms/corrosion.py", "from dolfinx import fem"),
        ("meshes/film/coating.py", "from solver.materials import library"),
    ],
)
def test_a_breach_is_found(tmp_path, module, line):
    (tmp_path / module).parent.mkdir(parents=True)
    (tmp_path / module).write_text(line)
    assert any(is_breach(found) for found in package_imports(tmp_path))


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("solver/commands/showing.py", "from meshes import build"),
        ("solver/commands/showing.py", "from solver.results import plots"),
        ("solver/solve/newton.py", "from solver.solve import linear"),
        ("solver/physics/cohesive.py", "from solver.units import constants"),
        ("meshes/build.py", "from solver.case import ParticleCase"),
    ],
)
def test_the_way_down_is_open(tmp_path, module, line):
    (tmp_path / module).parent.mkdir(parents=True)
    (tmp_path / module).write_text(line)
    assert not any(is_breach(found) for found in package_imports(tmp_path))


def global_communicators(root: Path) -> list[str]:
    found = []
    for path in [
        *root.glob("*.py"),
        *(root / "solver").rglob("*.py"),
        *(root / "meshes").rglob("*.py"),
    ]:
        for node in ast.walk(ast.parse(path.read_text())):
            named = getattr(node, "attr", None) or getattr(node, "id", None)
            if isinstance(node, ast.alias):
                named = node.name
            if named == "COMM_WORLD" and not ENTRY_POINTS.intersection(module_name(path, root)[:2]):
                found.append(f"{path.relative_to(root)}:{node.lineno}")
    return found


def test_only_entry_points_name_the_global_communicator():
    assert global_communicators(ROOT) == []


@pytest.mark.parametrize("line", ["comm = MPI.COMM_WORLD", "from mpi4py.MPI import COMM_WORLD"])
def test_a_global_communicator_is_found(tmp_path, line):
    (tmp_path / "solver").mkdir()
    (tmp_path / "solver/state.py").write_text(line)
    assert global_communicators(tmp_path) == ["solver/state.py:1"]


def test_the_root_of_the_solver_holds_the_ways_in_alone():
    files = {path.stem for path in (ROOT / "solver").iterdir() if path.is_file()}
    assert len(files) <= 6
    assert files - {"__init__"} <= ENTRY_POINTS


def test_no_two_test_files_share_a_name():
    """Pytest could not collect both."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def test_files_stay_short():
    folders = ("solver", "meshes", "tests", "benchmarks", "calibration")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    lengths = {str(path): len(path.read_text().splitlines()) for path in files}
    assert {path: length for path, length in lengths.items() if length > 400} == {}


def classes_by_name(root: Path) -> dict[str, list[str]]:
    """Where classes of each name are defined."""
    places: dict[str, list[str]] = {}
    for path in [*(root / "solver").rglob("*.py"), *(root / "meshes").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(f"{path.relative_to(root)}:{node.lineno}")
    return places


def test_no_two_classes_share_a_name():
    """A name says one thing: rename the newer one to what it is."""
    shared = {name: places for name, places in classes_by_name(ROOT).items() if len(places) > 1}
    assert shared == {}


def test_two_classes_of_one_name_are_found(tmp_path):
    for module in ("solver/model/electro.py", "meshes/estimate.py"):
        (tmp_path / module).parent.mkdir(parents=True)
        (tmp_path / module).write_text("class Moment:\n    x = 1\n")
    places = ["meshes/estimate.py:1", "solver/model/electro.py:1"]
    assert sorted(classes_by_name(tmp_path)["Moment"]) == places
