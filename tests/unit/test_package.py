"""What is passed on: the package holds the whole program, and all lists and papers agree."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RECIPE = YAML(typ="safe").load(ROOT / "recipe/recipe.yaml")
CITATION = YAML(typ="safe").load(ROOT / "CITATION.cff")
LICENCES = Path("/usr/share/common-licenses")  # of Debian

# Names of what the program needs: for pip, conda and Debian. "": comes with another one.
NAMES = {
    "numpy": ("numpy", ""),
    "scipy": ("scipy", "python3-scipy"),
    "meshio": ("meshio", "python3-meshio"),
    "h5py": ("h5py", "python3-h5py"),
    "pydantic": ("pydantic", "python3-pydantic"),
    "pint": ("pint", "python3-pint"),
    "ruamel.yaml": ("ruamel.yaml", "python3-ruamel.yaml"),
    "rich": ("rich", "python3-rich"),
    "jinja2": ("jinja2", "python3-jinja2"),
    "matplotlib": ("matplotlib", "python3-matplotlib"),
    "pillow": ("", ""),
    "pyvista": ("pyvista", "python3-pyvista"),
    "gmsh": ("python-gmsh", "python3-gmsh"),
    "mpi4py": ("mpi4py", "python3-mpi4py"),
    "petsc4py": ("petsc4py", "python3-petsc4py"),
    "": ("fenics-dolfinx", "python3-dolfinx"),  # pip does not have it
}
CONDA_ALONE = {"python", "openmpi"}
DEBIAN_ALONE = {"libopenblas0-pthread", "xvfb", "xauth"}
MANUAL = {"python3-sphinx", "python3-myst-nb", "furo", "libjs-katex", "chromium-headless-shell"}
OPTIONAL = {"python3-xarray", "python3-distributed"}  # without them something is left out
CHECKS = {"pytest", "pytest-xdist", "hypothesis", "mypy", "ruff"}
LIGHTER = {"matplotlib-base": "matplotlib"}  # names of a package that another one builds upon


def bare(requirement: str) -> str:
    """The name in a requirement."""
    return re.split(r"[ <>=]", requirement)[0]


def debian() -> set[str]:
    lines = (ROOT / "environment/debian.txt").read_text(encoding="utf-8").splitlines()
    return {name for line in lines if (name := line.split("#")[0].strip())}


def conda() -> list[str]:
    listed: list[str] = YAML(typ="safe").load(ROOT / "environment.yml")["dependencies"]
    return [requirement for requirement in listed if bare(requirement) not in CHECKS]


def test_pip_is_told_of_every_package():
    assert {bare(requirement) for requirement in PROJECT["dependencies"]} == set(NAMES) - {""}


def test_conda_is_told_of_every_package():
    named = {bare(requirement) for requirement in conda()}
    assert named == {name for name, _ in NAMES.values() if name} | CONDA_ALONE


def test_debian_is_told_of_every_package():
    checks = {name for name in debian() if name.removeprefix("python3-") in CHECKS}
    needed = {name for _, name in NAMES.values() if name} | DEBIAN_ALONE
    assert debian() - checks - MANUAL - OPTIONAL == needed


def test_the_conda_recipe_needs_what_the_environment_has():
    needed = [LIGHTER.get(name, name) for name in RECIPE["requirements"]["run"]]
    assert sorted(needed) == sorted([*conda(), "pillow"])


def test_all_papers_bear_one_version():
    version = PROJECT["version"]
    assert RECIPE["context"]["version"] == version
    assert CITATION["version"] == version
    assert f" {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_all_papers_name_one_licence():
    assert {PROJECT["license"], RECIPE["about"]["license"], CITATION["license"]} == {
        "LGPL-3.0-or-later"
    }
    assert PROJECT["license-files"] == RECIPE["about"]["license_file"] == ["LICENSE", "COPYING"]


@pytest.mark.parametrize(("file", "name"), [("LICENSE", "LGPL-3"), ("COPYING", "GPL-3")])
def test_the_licences_are_whole(file, name):
    if not (LICENCES / name).is_file():
        pytest.skip("their texts come with Debian")
    assert (ROOT / file).read_bytes() == (LICENCES / name).read_bytes()


def test_the_package_holds_every_file_of_the_program(monkeypatch):
    """As setuptools finds them, without building anything."""
    pyprojecttoml = pytest.importorskip("setuptools.config.pyprojecttoml")
    from setuptools import Distribution

    monkeypatch.chdir(ROOT)
    found = Distribution({"script_name": "setup.py"})
    pyprojecttoml.apply_configuration(found, ROOT / "pyproject.toml")
    build = found.get_command_obj("build_py")
    build.ensure_finalized()
    packed = {str(Path(name)) for name in build.get_source_files()}
    packed |= {f"{folder}/{name}" for _, folder, _, names in build.data_files for name in names}
    tree = [path for folder in ("solver", "meshes") for path in (ROOT / folder).rglob("*")]
    wanted = {
        str(path.relative_to(ROOT)) for path in tree if path.is_file() and path.suffix != ".pyc"
    }
    assert {"solver/materials/NMC811.yaml", "solver/results/report.html.j2"} <= wanted
    assert packed == wanted | {"intergrain.py"}


def test_one_module_loads_gmsh():
    """Which is under the GPL, see docs/licence.md; it runs as a process of its own."""
    loading = []
    for path in [*(ROOT / "solver").rglob("*.py"), *(ROOT / "meshes").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            if any(name.split(".")[0] == "gmsh" for name in names):
                loading.append(str(path.relative_to(ROOT)))
    assert loading == ["meshes/gmsh/worker.py"]
    assert f"`{loading[0]}`" in (ROOT / "docs/licence.md").read_text(encoding="utf-8")


def test_the_code_host_runs_what_everybody_runs():
    workflow = YAML(typ="safe").load(ROOT / ".github/workflows/ci.yml")
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert [step["run"] for step in steps if ".ci" in step.get("run", "")] == [".ci/run"]
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
