"""The launcher chooses, builds once, hands over. The slow tools it calls are stood in for here;
that it works with the real ones is shown by every test run inside the environment it made."""

import argparse
import os
import signal
import subprocess
import sys

import pytest

from solver.cli import add_commands, unknown_command
from tests.stand_ins import (
    MICROMAMBA,
    PYTHON_WITH_DOLFINX,
    Place,
    finish,
    wait_for,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stand-ins are for Linux tools")


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def test_help_needs_no_environment(place):
    done = place.with_nothing_else().call("--help")
    assert done.returncode == 0
    assert "\n  run " in done.stdout
    assert not place.cache.exists()


def test_help_lists_every_command_of_the_program_in_its_words(place):
    rows = [line for line in place.call("help").stdout.splitlines() if line.startswith("  ")]
    told = dict(row.split(maxsplit=1) for row in rows)
    program = add_commands(argparse.ArgumentParser())
    ours = {"python": "Python in the environment.", "shell": "A shell in the environment."}
    assert told == {name: command.description for name, command in program.items()} | ours


def test_help_about_one_command_comes_from_the_program(place):
    done = place.with_debian_tools().call("help", "mesh")
    assert done.stdout == "command mesh --help\n"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("chekc", 'did you mean "check"?'), ("rn", 'did you mean "run"?'), ("xyz", "there are: ")],
)
def test_a_mistyped_command_is_one_line_before_any_environment(place, typed, hint):
    done = place.with_nothing_else().call(typed, "case.yaml")
    assert done.returncode == 2
    assert done.stderr.startswith(f"intergrain: there is no command '{typed}'; {hint}")
    assert done.stderr.count("\n") == 1
    assert not place.cache.exists()


def test_the_program_itself_names_the_nearest_command():
    known = ["run", "check", "report"]
    assert unknown_command("repotr", known) == (
        "there is no command 'repotr'; did you mean \"report\"?"
    )
    assert unknown_command("xyz", known).endswith("there are: run, check, report")


def test_an_unknown_environment_is_refused_by_naming_those_there_are(place):
    done = place.call("--environment", "snap", "python")
    assert done.returncode == 1
    assert "'snap'" in done.stderr
    assert "conda, debian, sid, current" in done.stderr


def test_a_python_with_dolfinx_is_preferred(place):
    place.with_debian_tools().add("micromamba", MICROMAMBA)
    place.add("python3", PYTHON_WITH_DOLFINX)
    assert place.call("python", "x.py").stdout == "current python\n"
    assert not place.calls_of("micromamba") + place.calls_of("mmdebstrap")


def test_conda_comes_second(place):
    place.with_debian_tools().add("micromamba", MICROMAMBA)
    assert place.call("python", "x.py").stdout == "conda python\n"
    assert not place.calls_of("mmdebstrap")


def test_a_debian_root_comes_third(place):
    done = place.with_debian_tools().call("shell", "-c", "echo $INTERGRAIN_ENVIRONMENT")
    assert done.stdout == "debian\n"
    assert len(place.roots()) == 1


def test_the_order_can_be_overridden(place):
    place.with_debian_tools().add("micromamba", MICROMAMBA)
    done = place.call("--environment=debian", "shell", "-c", "echo $INTERGRAIN_ENVIRONMENT")
    assert done.stdout == "debian\n"
    assert not place.calls_of("micromamba")


def test_current_is_refused_with_the_reason(place):
    done = place.with_debian_tools().call("--environment", "current", "python")
    assert done.returncode == 1
    assert "python3 has no DOLFINx" in done.stderr


def test_where_nothing_works_one_message_names_the_three_ways(place):
    place.add("id", "echo 1000")
    done = place.with_nothing_else().call("python")
    assert done.returncode == 1
    for way in ("DOLFINx 0.9 to 0.11", "micromamba, mamba, conda or pixi", "Debian 13 root"):
        assert way in done.stderr
    assert "apt-get install mmdebstrap bubblewrap" in done.stderr  # what to ask for
    assert done.stderr.count("intergrain:") == 1


def test_root_installs_the_missing_tools(place):
    later = place.bin / "later"
    later.mkdir()
    place.with_debian_tools()
    for name in ("mmdebstrap", "bwrap"):
        (place.bin / name).rename(later / name)
    place.add("apt-get", f'echo "$@" >> "$0.calls"; [ $1 = update ] || mv {later}/* {place.bin}')
    done = place.with_nothing_else().call("shell", "-c", "true")
    assert done.returncode == 0, done.stderr
    assert place.calls_of("apt-get")[-1].endswith(
        "mmdebstrap bubblewrap uidmap debian-archive-keyring"
    )


def test_the_environment_is_made_once(place):
    place.with_debian_tools()
    first, second = (place.call("shell", "-c", "true") for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0)
    assert "installing" in first.stderr  # progress is shown
    assert second.stderr == ""
    assert len(place.calls_of("mmdebstrap")) == 1


def test_debian_unstable_is_made_when_asked_for_and_leaves_the_other_alone(place):
    place.with_debian_tools().call("shell", "-c", "true")
    done = place.call("--environment", "sid", "shell", "-c", "echo $XDG_CACHE_HOME")
    assert "/sid-" in done.stdout
    assert "can be removed" not in done.stderr
    first, second = place.calls_of("mmdebstrap")
    assert " trixie " in first and "Check-Valid-Until" not in first
    assert " sid " in second and 'Acquire::Check-Valid-Until "false"' in second
    assert place.call("shell", "-c", "echo $XDG_CACHE_HOME").stdout.count("/debian-") == 1


def test_two_calls_at_once_make_it_once(place):
    place.with_debian_tools()
    both = [place.start("shell", "-c", "true", BUILD_TIME="1") for _ in range(2)]
    done = [finish(process) for process in both]
    assert [process.returncode for process in done] == [0, 0]
    assert len(place.calls_of("mmdebstrap")) == 1
    assert any("waiting for it" in process.stderr for process in done)


def test_an_interrupted_setup_leaves_nothing_and_the_next_call_succeeds(place):
    place.with_debian_tools()
    first = place.start("shell", "-c", "true", BUILD_TIME="30")
    wait_for(lambda: place.calls_of("mmdebstrap"))
    first.send_signal(signal.SIGINT)
    assert finish(first).returncode == 130
    wait_for(lambda: not list(place.cache.glob("*.part")))
    assert place.roots() == []
    assert place.call("shell", "-c", "true").returncode == 0


def test_a_setup_killed_outright_neither_blocks_nor_taints_the_next(place):
    place.with_debian_tools()
    first = place.start("shell", "-c", "true", BUILD_TIME="30")
    wait_for(lambda: place.calls_of("mmdebstrap"))
    builder = subprocess.run(
        ["pgrep", "-f", f"{place.project}/environment/build.sh"], capture_output=True, text=True
    ).stdout.split()[0]
    os.killpg(int(builder), signal.SIGKILL)
    assert finish(first).returncode == 1
    part = place.cache / f"{next(place.cache.glob('*.lock')).stem}.part"
    part.mkdir(exist_ok=True)
    (part / "half unpacked").touch()
    assert place.call("shell", "-c", "true").returncode == 0
    assert not (place.roots()[0] / "half unpacked").exists()


def test_a_failed_setup_shows_why_and_keeps_the_log(place):
    done = place.with_debian_tools().call("python", BUILD_FAILS="yes")
    assert done.returncode == 1
    assert "E: no such package" in done.stderr
    assert "E: no such package" in next(place.cache.glob("*.log")).read_text()
    assert place.roots() == []


def test_another_package_list_is_another_environment(place):
    place.with_debian_tools().call("shell", "-c", "true")
    packages = place.project / "environment/debian.txt"
    packages.write_text("# one comment more\n" + packages.read_text())
    place.call("shell", "-c", "true")
    assert len(place.roots()) == 1
    packages.write_text(packages.read_text() + "python3-sympy\n")
    place.call("shell", "-c", "true")
    assert len(place.roots()) == 2
    assert "xauth,python3-pytest" in place.calls_of("mmdebstrap")[0]
    assert ",python3-sympy" in place.calls_of("mmdebstrap")[1]


def test_a_plain_user_unpacks_files_of_their_own(place):
    place.with_debian_tools().add("id", "echo 1000")
    place.cache.mkdir()
    done = subprocess.run(
        [place.project / "environment/build.sh", "debian", place.cache / "debian-user"],
        env=os.environ | {"PATH": place.path},
    )
    assert done.returncode == 0
    assert "--mode=unshare" in place.calls_of("mmdebstrap")[0]
    assert (place.cache / "debian-user/etc/made").read_text() == "new\n"


def test_a_user_without_subordinate_numbers_is_told_what_to_ask_for(place):
    place.with_debian_tools().add("id", '[ "$1" = -u ] && echo 987654 || echo somebody')
    done = place.call("--environment", "debian", "python")
    assert done.returncode == 1
    assert "usermod --add-subuids" in done.stderr


def test_conda_is_made_once_and_activated(place):
    place.add("micromamba", MICROMAMBA)
    for _ in range(2):
        done = place.call("shell", "-c", "echo $CONDA_PREFIX:$FROM_ACTIVATION; python3")
        assert done.stdout.endswith(".prefix: yes\nconda python\n")
    assert len(place.calls_of("micromamba")) == 1
    assert str(place.project / "environment.yml") in place.calls_of("micromamba")[0]


def test_exit_code_and_arguments_pass_through(place):
    done = place.with_debian_tools().call("check", "a case.yaml", "--set", "x=*")
    assert done.returncode == 7
    assert done.stdout == "command check a case.yaml --set x=*\n"


@pytest.mark.parametrize(
    ("given", "seen"),
    [({}, "1 1"), ({"OMP_NUM_THREADS": "4"}, "4 4"), ({"OPENBLAS_NUM_THREADS": "2"}, "2 2")],
)
def test_one_thread_per_rank_unless_the_user_says_otherwise(place, given, seen):
    place.with_debian_tools()
    done = place.call("shell", "-c", "echo $OMP_NUM_THREADS $OPENBLAS_NUM_THREADS", **given)
    assert done.stdout == seen + "\n"


def test_the_cache_folder_and_the_project_are_handed_in(place):
    place.with_debian_tools()
    done = place.call("shell", "-c", "echo $INTERGRAIN_CACHE $XDG_CACHE_HOME; echo $PYTHONPATH")
    name = place.roots()[0].name
    assert done.stdout == (f"{place.cache} {place.cache}/{name}.compiled\n{place.project}\n")


def test_the_launcher_works_through_a_link(place):
    place.with_debian_tools()
    link = place.bin / "intergrain"
    link.symlink_to(place.project / "intergrain")
    done = subprocess.run(
        [link, "shell", "-c", "echo $PYTHONPATH"],
        env=os.environ | {"PATH": place.path, "INTERGRAIN_CACHE": str(place.cache)},
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"{place.project}\n"
