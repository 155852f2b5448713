"""The Dockerfile, carried out but for Docker: what it copies, what it installs, what it starts."""

import json
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
INSIDE = "/opt/intergrain"


def instructions() -> list[tuple[str, str]]:
    """What the Dockerfile says, word and rest of each line."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if line.strip() and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in said)]


def of(word: str) -> list[str]:
    return [rest for name, rest in instructions() if name == word]


def image(folder: Path) -> Path:
    """What the Dockerfile copies, in another folder."""
    folder.mkdir()
    for line in of("COPY"):
        *sources, target = line.split()
        for source in sources:
            to = Path(target.replace(INSIDE, str(folder)))
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
            copy(ROOT / source, to)
    return folder


def test_it_installs_the_packages_of_the_debian_root(tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("apt-get", "rm"):
        (tools / name).write_text('#!/usr/bin/env bash\necho "$@" >>"$0.calls"\n')
        (tools / name).chmod(0o755)
    path = os.pathsep.join([str(tools), os.environ["PATH"]])
    (command,) = of("RUN")
    command = command.replace(INSIDE, str(image(tmp_path / "image")))
    subprocess.run(["sh", "-c", command], env=os.environ | {"PATH": path}, check=True)
    calls = (tools / "apt-get.calls").read_text().splitlines()
    installed = next(call.split() for call in calls if call.startswith("install"))
    lines = (ROOT / "environment/debian.txt").read_text().splitlines()
    wanted = [name for line in lines if (name := line.split("#")[0].strip())]
    assert [word for word in installed[1:] if not word.startswith("-")] == wanted


def test_the_program_in_it_is_whole(tmp_path):
    """In this environment, whose packages are those of the image; by its own words."""
    folder = image(tmp_path / "image")
    (entry,) = of("ENTRYPOINT")
    words = [word.replace(INSIDE, str(folder)) for word in json.loads(entry)]
    variables = dict(pair.split("=") for pair in of("ENV")[0].split())
    variables |= {name: str(tmp_path / "cache") for name in variables if name.endswith("CACHE")}
    done = subprocess.run(
        [*words, "check", str(ROOT / "cases/quickstart.yaml")],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "grains" in done.stdout


def test_it_is_sent_what_it_copies_and_no_more():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    sent = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert sent == {word for line in of("COPY") for word in line.split()[:-1]}


def test_both_images_are_of_one_system_and_hold_the_same():
    lines = (ROOT / "cluster/intergrain.def").read_text(encoding="utf-8").splitlines()
    system = next(line.split()[1] for line in lines if line.startswith("From:"))
    assert of("FROM") == [f"{system}-slim"]
    pairs = [line.split() for line in lines if line.startswith(" ") and INSIDE in line]
    copied = {pair[0] for pair in pairs if pair[-1] == f"{INSIDE}/{pair[0]}"}
    assert copied == {word for line in of("COPY") for word in line.split()[:-1]}
