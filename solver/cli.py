"""The command line. Whatever can be wrong with a case is found before anything runs.

Exit codes: 0 done, 1 failed, 2 bad case or usage, 3 solver gave up, 75 ended for now (SIGUSR1),
130 interrupted.
"""

import argparse
import difflib
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from solver import commands
from solver.drive.interrupt import BRIEFLY, answered, raise_from_now
from solver.start import BAD_CASE, FOR_NOW, INTERRUPTED

HIDDEN = ("worker", "checkpoint")  # commands that only `run` and `resume` give


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="intergrain", description="Cracking grain boundaries in cathode particles."
    )
    known = add_commands(parser)
    if words and not words[0].startswith("-") and words[0] not in (*known, *HIDDEN):
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
        answered()
        print("interrupted", file=sys.stderr)
        return FOR_NOW if interrupt.asked == BRIEFLY else INTERRUPTED


def unknown_command(name: str, known: Iterable[str]) -> str:
    """Say that there is no such command, and which is nearest."""
    near = difflib.get_close_matches(name, known, 1)
    hint = f'did you mean "{near[0]}"?' if near else f"there are: {', '.join(known)}"
    return f"there is no command '{name}'; {hint}"


def _ranks(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number of ranks such as 2, got '{text}'")
    return int(text)


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number such as 2, got '{text}'")
    return int(text)


class Command(NamedTuple):
    """A command: what it does, what gives a parser its options, and how that parser is made."""

    does: Callable[..., int]
    options: Callable[[argparse.ArgumentParser], object]
    parser: Mapping[str, Any] = {}


def _of_case(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", type=Path, metavar="CASE", help="case file (YAML)")
    _of_changes(parser)


def _of_changes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set", action="append", default=[], dest="overrides", metavar="KEY.PATH=VALUE",
        help="change a value, e.g. physics.cohesive.enabled=false or protocol.0.charge.rate=1C",
    )  # fmt: skip


def _of_run(parser: argparse.ArgumentParser) -> None:
    _of_case(parser)
    parser.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="default: runs/NAME-OF-FILE"
    )
    _of_ranks(parser)
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier run")
    parser.add_argument("--force", action="store_true", help="also on a very large mesh")


def _of_ranks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-n", "--ranks", type=_ranks, default=1, help="MPI ranks (default 1)")


def _of_resume(parser: argparse.ArgumentParser) -> None:
    _of_directory(parser)
    _of_ranks(parser)
    parser.add_argument(
        "--extend", type=Path, dest="case", metavar="CASE",
        help="the case of the run, with more steps behind those that were done or other numerics",
    )  # fmt: skip
    _of_changes(parser)
    parser.add_argument("--force", action="store_true", help="also on a very large mesh")


def _of_many_runs(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("-o", "--output", type=Path, metavar="DIR", help="default: runs/NAME-OF-FILE")
    add("-j", "--jobs", type=_count, default=1, help="runs at a time (default 1), a core each")
    add("--again", action="store_true", help="also repeat runs that failed")


def _of_sweep(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("study", type=Path, metavar="STUDY", help="study file (YAML), see docs/studies.md")
    _of_many_runs(parser)
    add("--dask", metavar="ADDRESS", help="run on a Dask cluster instead: tcp://HOST:8786")
    instead = parser.add_mutually_exclusive_group()
    told = "only tell the points, and what they take"
    instead.add_argument("--check", action="store_true", help=told)
    told = "run nothing: write the missing runs for an array of SLURM (cluster/job.sh)"
    instead.add_argument("--slurm", action="store_true", help=told)
    told = "run nothing: gather table and page from the runs that there are"
    instead.add_argument("--collect", action="store_true", help=told)


def _of_fit(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("fit", type=Path, metavar="FIT", help="fit file (YAML), see docs/fitting.md")
    _of_many_runs(parser)
    told = "at the end also refit all others at some values of each parameter, by more runs"
    add("--profile", action="store_true", help=told)
    told = "only tell the parameters, what is compared, and what a run takes"
    add("--check", action="store_true", help=told)


def _of_check(parser: argparse.ArgumentParser) -> None:
    _of_case(parser)
    parser.add_argument("--force", action="store_true", help="also for a very large mesh")


def _of_new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE",
        help="case to write, a .yaml that is not there yet; default: a name from the answers",
    )  # fmt: skip
    parser.add_argument("--yes", action="store_true", help="ask nothing: take what Enter gives")
    for key in ("particle", "material", "boundaries", "protocol", "show"):
        parser.add_argument(f"--{key}", metavar="ANSWER", help="answer that is then not asked for")


def _of_mesh(parser: argparse.ArgumentParser) -> None:
    _of_case(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="mesh to write, a .msh")
    parser.add_argument("--picture", action="store_true", help="draw it as well, beside it")
    parser.add_argument("--force", action="store_true", help="also if it gets very large")


def _of_schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write there")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--study", action="store_true", help="that of study files (sweep) instead")
    instead.add_argument("--fit", action="store_true", help="that of fit files instead")


def _of_materials(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "words", nargs="*", metavar="NAME",
        help="a material, or a path ending in .yaml; or `import` and a BPX file of a cell (.json), "
        "whose oxide is written as a material file",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="of `import`: where to; default: here"
    )
    parser.add_argument(
        "--based-on", metavar="OXIDE", help="of `import`: for what no cell tells (default NMC811)"
    )
    parser.add_argument(
        "--pybamm", metavar="SET", help="of `import`: a parameter set of PyBaMM, such as Chen2020"
    )


def _of_directory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", type=Path, metavar="DIRECTORY", help="a run directory")


def _of_plot(parser: argparse.ArgumentParser) -> None:
    _of_directory(parser)
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--animate", action="store_true",
        help="show fields and voltage run on instead: figures/animation.mp4, .gif without ffmpeg",
    )  # fmt: skip
    instead.add_argument(
        "--explore", action="store_true",
        help="make a page instead on which the body is turned and time is moved: explorer.html",
    )  # fmt: skip


def _of_cite(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, metavar="RUN", help="a run directory, or a case (YAML)")


def _of_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directories", type=Path, nargs="+", metavar="DIRECTORY", help="of a run")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="page to write; default: report.html in the run, or here if there are several",
    )
    parser.add_argument(
        "--with", type=Path, action="append", default=[], dest="measured", metavar="FILE",
        help="measured curves to set beside it: CSV with BDF headers, or see docs/measurements.md",
    )  # fmt: skip


def _mass(text: str) -> float:
    from solver.units.measures import Quantity

    try:
        return Quantity("a mass", "kg", "1 g", (1e-20, 1e6)).parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _of_export(parser: argparse.ArgumentParser) -> None:
    _of_directory(parser)
    parser.add_argument(
        "--bdf", type=Path, required=True, metavar="FILE",
        help="Battery Data Format to write, .csv or .parquet; beside it a .yaml that reads it back",
    )  # fmt: skip
    parser.add_argument(
        "--mass", type=_mass, default=1e-3, metavar="MASS",
        help='oxide in the cell that currents and capacities are of (default "1 g")',
    )  # fmt: skip


def _without_options(parser: argparse.ArgumentParser) -> None:
    """Give a command nothing of its own."""


def _of_test(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pytest", nargs="*", metavar="OPTION", help="options of pytest")


COMMANDS = (
    Command(commands.new, _of_new),
    Command(commands.run, _of_run),
    Command(commands.resume, _of_resume),
    Command(commands.sweep, _of_sweep),
    Command(commands.fit, _of_fit),
    Command(commands.check, _of_check),
    Command(commands.mesh, _of_mesh),
    Command(commands.schema, _of_schema),
    Command(commands.materials, _of_materials),
    Command(commands.plot, _of_plot),
    Command(commands.paraview, _of_directory),
    Command(commands.report, _of_report),
    Command(commands.export, _of_export),
    Command(commands.cite, _of_cite),
    Command(commands.doctor, _without_options),
    # all that follows it is pytest's
    Command(commands.test, _of_test, {"prefix_chars": "\0", "add_help": False}),
)


def add_commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Give the parser every command with its options; return those that help lists, by name."""
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        words = command.does.__doc__
        sub = subparsers.add_parser(
            command.does.__name__, help=words, description=words, **command.parser
        )
        sub.set_defaults(command=command.does)
        command.options(sub)
    listed = dict(subparsers.choices)
    for does, more in ((commands.worker, "checkpoint"), (commands.checkpoint, "longer")):
        hidden = subparsers.add_parser(does.__name__)  # without help, so that it is not listed
        hidden.add_argument("directory", type=Path)
        hidden.add_argument(more, type=Path, nargs="?")
        hidden.set_defaults(command=does)
    return listed
