"""The command line. Whatever can be wrong with a case is found before anything runs.

Exit codes: 0 done, 1 failed, 2 bad case or usage, 3 solver gave up, 130 interrupted.
"""

import argparse
import difflib
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from solver import commands
from solver.drive.interrupt import raise_from_now
from solver.start import BAD_CASE, INTERRUPTED

HIDDEN = "worker"  # the command that only `run` gives, to every rank


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="intergrain", description="Cracking grain boundaries in cathode particles."
    )
    known = add_commands(parser)
    if words and not words[0].startswith("-") and words[0] not in (*known, HIDDEN):
        parser.exit(BAD_CASE, unknown_command(words[0], known) + "\n")
    return _obey(parser.parse_args(words))


def _obey(options: argparse.Namespace) -> int:
    interrupt = raise_from_now()
    try:
        if interrupt.asked:
            raise KeyboardInterrupt
        code = int(options.command(options))
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever read has seen enough, as in `intergrain check CASE | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except BaseException as error:  # pydantic makes an error of its own of an interrupt
        if not interrupt.asked and not isinstance(error, KeyboardInterrupt):
            raise
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


def unknown_command(name: str, known: Iterable[str]) -> str:
    """Say that there is no such command, and which is nearest."""
    near = difflib.get_close_matches(name, known, 1)
    hint = f'did you mean "{near[0]}"?' if near else f"there are: {', '.join(known)}"
    return f"there is no command '{name}'; {hint}"


def _ranks(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number of ranks such as 2, got '{text}'")
    return int(text)


def add_commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Give the parser every command with its options; return those that help lists, by name."""
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")

    case = argparse.ArgumentParser(add_help=False)
    case.add_argument("case", type=Path, metavar="CASE", help="case file (YAML)")
    case.add_argument(
        "--set", action="append", default=[], dest="overrides", metavar="KEY.PATH=VALUE",
        help="change a value, e.g. physics.cohesive.enabled=false or protocol.0.charge.rate=1C",
    )  # fmt: skip

    def add(command: Callable[..., int], *parents: argparse.ArgumentParser, **more: Any) -> Any:
        words = command.__doc__
        sub = subparsers.add_parser(
            command.__name__, parents=parents, help=words, description=words, **more
        )
        sub.set_defaults(command=command)
        return sub

    sub = add(commands.run, case)
    sub.add_argument("-o", "--output", type=Path, metavar="DIR", help="default: runs/NAME-OF-FILE")
    sub.add_argument("-n", "--ranks", type=_ranks, default=1, help="MPI ranks (default 1)")
    sub.add_argument("--overwrite", action="store_true", help="replace an earlier run")
    sub.add_argument("--force", action="store_true", help="also on a very large mesh")
    sub = add(commands.check, case)
    sub.add_argument("--force", action="store_true", help="also for a very large mesh")
    sub = add(commands.mesh, case)
    sub.add_argument("-o", "--output", type=Path, metavar="FILE", help="mesh to write, a .msh")
    sub.add_argument("--picture", action="store_true", help="draw it as well, beside it")
    sub.add_argument("--force", action="store_true", help="also if it gets very large")
    sub = add(commands.schema)
    sub.add_argument("-o", "--output", type=Path, metavar="FILE", help="write there")
    add(commands.materials).add_argument(
        "name", nargs="?", metavar="NAME", help="a material, or a path ending in .yaml"
    )
    add(commands.plot).add_argument(
        "directory", type=Path, metavar="DIRECTORY", help="a run directory"
    )
    add(commands.paraview).add_argument(
        "directory", type=Path, metavar="DIRECTORY", help="a run directory"
    )
    sub = add(commands.report)
    sub.add_argument("directories", type=Path, nargs="+", metavar="DIRECTORY", help="of a run")
    sub.add_argument(
        "-o", "--output", type=Path, metavar="FILE",
        help="page to write; default: report.html in the run, or here if there are several",
    )  # fmt: skip
    add(commands.doctor)
    sub = add(commands.test, prefix_chars="\0", add_help=False)  # all that follows is pytest's
    sub.add_argument("pytest", nargs="*", metavar="OPTION", help="options of pytest")
    listed = dict(subparsers.choices)
    hidden = subparsers.add_parser(HIDDEN)  # without help, so that it is not listed
    hidden.add_argument("directory", type=Path)
    hidden.set_defaults(command=commands.worker)
    return listed
