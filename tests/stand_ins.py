"""The launcher among stand-ins for the slow tools that it calls, and a small program."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOOLS = """bash env dirname readlink cat mkdir sed sha256sum cut id uname grep paste df awk flock
setsid chmod rm mv find tail sleep"""

PYTHON_WITHOUT_DOLFINX = 'echo "python3 has no DOLFINx"'
PYTHON_WITH_DOLFINX = '[ "$1" = - ] || echo "current python"'

MMDEBSTRAP = """
for last; do :; done
root=$last
[ "$last" != - ] || root=$(mktemp -d)
mkdir -p "$root/usr" "$root/etc" "$root/dev"
echo "$@" >> "$0.calls"
echo "I: installing" >&2
sleep "${BUILD_TIME:-0}"
[ -z "$BUILD_FAILS" ] || { echo "E: no such package" >&2; exit 1; }
echo new > "$root/etc/made"
[ "$last" != - ] || { tar -c -C "$root" . && rm -r "$root"; }
"""

BWRAP = f"""
while [ "$1" != -- ]; do
    case $1 in
        --setenv) export "$2=$3"; shift 3 ;;
        --unsetenv) unset "$2"; shift 2 ;;
        --chdir) cd "$2"; shift 2 ;;
        *) shift ;;
    esac
done
shift
export PATH={Path(sys.executable).parent}:$PATH
"$@"
exit $?
"""

MICROMAMBA = """
echo "$@" >> "$0.calls"
mkdir -p "$3/bin" "$3/etc/conda/activate.d"
echo 'echo "conda python"' > "$3/bin/python3"
echo 'export FROM_ACTIVATION="$UNSET_BEFORE yes"' > "$3/etc/conda/activate.d/compiler.sh"
chmod +x "$3/bin/python3"
"""

PROGRAM = """
import os, signal, sys, time
print("command", *sys.argv[1:], flush=True)
if sys.argv[1] == "run":
    def leave(*_):
        open("left", "w").close()
        sys.exit(130)
    signal.signal(signal.SIGUSR2, leave)
    signal.signal(signal.SIGINT, lambda *_: os._exit(99))  # mpirun would kill the ranks
    print("running", flush=True)
    time.sleep(30)
sys.exit(7)
"""


class Place:
    """A copy of the launcher with a small program, a home, and stand-ins for the tools."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "my project"  # a space, as people have
        self.bin = folder / "bin"
        self.cache = folder / "cache"
        shutil.copytree(ROOT / "environment", self.project / "environment")
        for name in ("intergrain", "environment.yml"):
            shutil.copy(ROOT / name, self.project)
        (self.project / "solver").mkdir()
        (self.project / "solver/__main__.py").write_text(PROGRAM)
        self.bin.mkdir()
        self.add("python3", PYTHON_WITHOUT_DOLFINX)
        self.path = f"{self.bin}:/usr/bin:/bin"

    def add(self, name: str, text: str) -> None:
        (self.bin / name).write_text("#!/bin/bash\n" + text)
        (self.bin / name).chmod(0o755)

    def with_debian_tools(self) -> "Place":
        self.add("mmdebstrap", MMDEBSTRAP)
        self.add("bwrap", BWRAP)
        self.add("id", "echo 0")  # a plain user would need entries in /etc/subuid
        return self

    def with_nothing_else(self) -> "Place":
        for name in TOOLS.split():
            found = shutil.which(name)
            if found and not (self.bin / name).exists():
                (self.bin / name).symlink_to(found)
        self.path = str(self.bin)
        return self

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        kept = {name: value for name, value in os.environ.items() if "THREADS" not in name}
        for name in ("CONDA_EXE", "MAMBA_EXE"):
            kept.pop(name, None)
        return subprocess.Popen(
            [str(self.project / "intergrain"), *words],
            env=kept | {"PATH": self.path, "INTERGRAIN_CACHE": str(self.cache)} | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.project.parent,
            start_new_session=True,
        )

    def call(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return finish(self.start(*words, **variables))

    def calls_of(self, tool: str) -> list[str]:
        calls = self.bin / f"{tool}.calls"
        return calls.read_text().splitlines() if calls.exists() else []

    def roots(self) -> list[Path]:
        return [path for path in self.cache.glob("debian-*") if path.suffix == ""]


def finish(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    out, err = process.communicate(timeout=30)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def wait_for(condition: Callable[[], bool], patience: float = 20.0) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
