"""Would a run work here? One line per check, each tried for real and in a process of its own.

The parts that can crash or hang (MPI start-up, the form compiler, VTK without a screen) would
take this process with them, so nothing of them is imported here.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import Literal, NamedTuple, TextIO

Level = Literal["ok", "warn", "FAIL"]

DOLFINX_VERSIONS = ((0, 9), (0, 12))
"""Supported: from the first up to, but not including, the second."""

PATIENCE = 120.0
"""Seconds until a check that does not answer counts as failed."""

FAST_BLAS = ("openblas", "mkl", "blis", "atlas", "accelerate", "flexiblas", "armpl")


PACKAGES = ["meshio", "scipy", "h5py", "ruamel.yaml", "pydantic", "pint", "rich", "jinja2"]
PACKAGES += ["matplotlib", "pyvista"]


class Finding(NamedTuple):
    """What one check found."""

    level: Level
    text: str


class CheckError(Exception):
    """A check's program failed or did not answer; the message is its last words."""


def report(out: TextIO, checks: dict[str, Callable[[], Finding]] | None = None) -> int:
    """Run every check, write a line for each to `out`; 1 if something would fail, else 0."""
    code = 0
    for name, check in (CHECKS if checks is None else checks).items():
        try:
            finding = check()
        except (CheckError, OSError, ValueError) as error:
            finding = Finding("FAIL", str(error))
        out.write(f"{finding.level:4}  {name:12}  {finding.text}\n")
        out.flush()
        if finding.level == "FAIL":
            code = 1
    return code


def check_python() -> Finding:
    """The interpreter and how it was entered."""
    entered = os.environ.get("INTERGRAIN_ENVIRONMENT", "by hand")
    text = f"Python {platform.python_version()} ({sys.executable}), environment: {entered}"
    return Finding("ok" if sys.version_info >= (3, 11) else "FAIL", text)


def check_dolfinx() -> Finding:
    """DOLFINx is importable and of a supported version."""
    version = ask("import dolfinx; print(dolfinx.__version__)")
    lowest, beyond = DOLFINX_VERSIONS
    number = tuple(int(part) for part in version.split(".")[:2])
    if lowest <= number < beyond:
        return Finding("ok", f"DOLFINx {version}")
    return Finding("FAIL", f"DOLFINx {version}; 0.9 to 0.11 are supported")


def check_petsc() -> Finding:
    """PETSc with real numbers and MUMPS, without which nothing can be factored."""
    version, scalar, mumps = ask(
        "from petsc4py import PETSc\n"
        "print('.'.join(map(str, PETSc.Sys.getVersion())))\n"
        "print(PETSc.ScalarType.__name__)\n"
        "print(PETSc.Sys.hasExternalPackage('mumps'))"
    ).split()
    if scalar != "float64":
        return Finding("FAIL", f"PETSc {version} computes with {scalar}; float64 is needed")
    if mumps != "True":
        return Finding("FAIL", f"PETSc {version} was built without MUMPS")
    return Finding("ok", f"PETSc {version} with MUMPS")


def check_packages() -> Finding:
    """The other packages a run needs are installed."""
    versions, lacking = [], []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            lacking.append(name)
    if lacking:
        return Finding("FAIL", "not installed: " + ", ".join(lacking))
    return Finding("ok", ", ".join(versions))


def check_gmsh() -> Finding:
    """Gmsh can be started."""
    version = ask("import gmsh; gmsh.initialize(); print(gmsh.option.getString('General.Version'))")
    return Finding("ok", f"Gmsh {version}")


def check_mpi() -> Finding:
    """Two ranks start and can talk to each other."""
    launcher = shutil.which("mpirun") or shutil.which("mpiexec")
    if launcher is None:
        return Finding("FAIL", "no mpirun: runs on several ranks are impossible")
    # COMM_WORLD is this check's subject; the program's library code never names it
    code = (
        "from mpi4py import MPI\n"
        "world = MPI.COMM_WORLD\n"
        "total = world.allreduce(world.rank + 1)\n"
        "if world.rank == 0: print(world.size, total, MPI.Get_library_version().split(',')[0])"
    )
    size, total, library = run([launcher, "-n", "2", sys.executable, "-c", code]).split(maxsplit=2)
    if (size, total) != ("2", "3"):
        return Finding("FAIL", f"mpirun -n 2 made {size} rank(s): mpirun and mpi4py do not match")
    return Finding("ok", f"{library.strip()}, 2 ranks started")


def check_blas() -> Finding:
    """The BLAS that PETSc calls is a fast one."""
    maps = Path("/proc/self/maps")
    if not maps.exists():
        return Finding("warn", "cannot be told on this system")
    libraries = ask(
        f"from petsc4py import PETSc\nfor line in open({str(maps)!r}): print(line.split()[-1])"
    )
    return judge_blas(libraries.split())


def judge_blas(libraries: Iterable[str]) -> Finding:
    """Tell the BLAS from the paths of the loaded `libraries`."""
    # NumPy and SciPy from PyPI bring an OpenBLAS that PETSc never sees
    paths = {path for path in libraries if ".libs/" not in path and "scipy_openblas" not in path}
    names = {path: Path(path).name.lower() for path in paths}
    for path in sorted(paths):
        if any(fast in path.lower() for fast in FAST_BLAS) and ".so" in names[path]:
            return Finding("ok", path)
    for path, name in sorted(names.items()):
        if name.startswith("libblas"):
            return Finding("warn", f"{path}: the reference BLAS, many times slower; use OpenBLAS")
    return Finding("warn", "no BLAS library recognised")


def check_compiler() -> Finding:
    """A form is compiled into the cache folder: the folder is writable, a C compiler works."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fenics"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        ask(
            "from mpi4py import MPI\nfrom dolfinx import fem, mesh\nimport ufl\n"
            "square = mesh.create_unit_square(MPI.COMM_SELF, 1, 1)\n"
            "one = fem.Constant(square, 1.0)\n"
            f"form = fem.form(one * ufl.dx, jit_options={{'cache_dir': {scratch!r}}})\n"
            "assert abs(fem.assemble_scalar(form) - 1) < 1e-12"
        )
    return Finding("ok", f"forms are compiled into {folder}")


def check_threads() -> Finding:
    """One thread per rank: more of them share the cores with the other ranks."""
    cores = os.cpu_count() or 1
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    several = [f"{name}={os.environ.get(name, 'unset')}" for name in names]
    if all(os.environ.get(name) == "1" for name in names):
        return Finding("ok", f"1 per rank, {cores} cores")
    return Finding("warn", f"{', '.join(several)}, {cores} cores: 1 each is usually fastest")


def check_pictures() -> Finding:
    """A small picture is drawn without a screen; runs go on without pictures, so it only warns."""
    command = [sys.executable, "-c", DRAWING]
    screen = shutil.which("xvfb-run")
    if screen is not None:
        command = [screen, "-a", "-s", "-screen 0 640x480x24", *command]
    try:
        run(command)
    except CheckError as error:
        return Finding("warn", f"the particle cannot be drawn: {error}")
    return Finding("ok", "drawn off-screen " + ("under Xvfb" if screen else "without X"))


DRAWING = """
import numpy, pyvista
plotter = pyvista.Plotter(off_screen=True, window_size=(64, 64))
plotter.add_mesh(pyvista.Sphere(), color="red")
picture = plotter.screenshot(return_img=True)
assert numpy.ptp(picture[..., 1]) > 50, "the picture is empty"
"""


def check_disk() -> Finding:
    """Room for results and for the cache."""
    cache = Path(os.environ.get("INTERGRAIN_CACHE") or tempfile.gettempdir())
    while not cache.is_dir():  # nothing has been kept there yet
        cache = cache.parent
    places = {folder: shutil.disk_usage(folder).free / 1e9 for folder in (Path.cwd(), cache)}
    text = ", ".join(f"{free:.1f} GB free in {folder}" for folder, free in places.items())
    least = min(places.values())
    return Finding("FAIL" if least < 0.1 else "warn" if least < 2 else "ok", text)


def ask(code: str) -> str:
    """What `code` prints, run by this Python in a process of its own."""
    return run([sys.executable, "-c", code])


def run(command: list[str]) -> str:
    """What `command` prints; CheckError with its last words if it fails or does not answer."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=PATIENCE
        )
    except subprocess.TimeoutExpired as error:
        raise CheckError(f"no answer within {PATIENCE:.0f} s") from error
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise CheckError(f"exit code {done.returncode}" + (f": {words[-1]}" if words else ""))
    return done.stdout.strip()


CHECKS: dict[str, Callable[[], Finding]] = {
    "python": check_python,
    "dolfinx": check_dolfinx,
    "petsc": check_petsc,
    "packages": check_packages,
    "gmsh": check_gmsh,
    "mpi": check_mpi,
    "blas": check_blas,
    "compiler": check_compiler,
    "threads": check_threads,
    "pictures": check_pictures,
    "disk": check_disk,
}
