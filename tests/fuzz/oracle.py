"""What must hold of every answer, whatever the input was."""

from __future__ import annotations

import contextlib
import io
import math
import os
import signal
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from solver.case import Case
from solver.cli import main
from tests.fuzz.draw import Input

SECONDS = 5.0  # of the processor
PATIENCE = 4 * SECONDS  # then it is stopped
BYTES = 1e9
LONGEST_LINE = 1000  # characters
MOST_LINES = 60  # of a refusal


class TooSlowError(BaseException):
    """Not an Exception, so that nothing takes it for its own."""


class Answer(NamedTuple):
    """Exit code, None if it was an exception, and what is wrong, nothing if all is well."""

    code: int | None
    wrong: str
    shown: str


def judged(given: Input, folder: Path) -> Answer:
    """Give an input to the command line in a folder with what is shipped; undo its files."""
    before = {name: _content(folder / name) for name in given.files}
    try:
        for name, content in given.files.items():
            (folder / name).write_bytes(content)
        with contextlib.chdir(folder):
            return _answer(given)
    finally:
        for name, content in before.items():
            if content is None:
                (folder / name).unlink(missing_ok=True)
            else:
                (folder / name).write_bytes(content)


def _answer(given: Input) -> Answer:
    out, err = io.StringIO(), io.StringIO()
    memory, started, code = _reset_peak(), time.process_time(), None
    try:
        with _limited(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(given.arguments)
    except SystemExit as exit_:  # of the parser of the command line
        code = exit_.code if isinstance(exit_.code, int) else 1
    except (Exception, TooSlowError) as error:
        return Answer(None, _where(error), traceback.format_exc())
    seconds, grown = time.process_time() - started, _peak() - memory
    shown = out.getvalue() + err.getvalue()
    wrong = _faults(given, code, out.getvalue(), err.getvalue())
    if seconds > SECONDS:
        wrong.append("took more than 5 s")
    if grown > BYTES:
        wrong.append("took more than 1 GB")
    return Answer(code, "; ".join(wrong), shown)


def _faults(given: Input, code: int, out: str, err: str) -> list[str]:
    wrong = []
    if code not in (0, 2):
        wrong.append(f"exit code {code}")
    if code == 2 and (not err.strip() or out):
        wrong.append("refused without a word" if not err.strip() else "refused and printed")
    if "Traceback" in err or "Warning:" in err:
        wrong.append("a traceback or a warning in the answer")
    if any(len(line) > LONGEST_LINE for line in err.splitlines()):
        wrong.append("a long line")
    if len(err.splitlines()) > MOST_LINES:
        wrong.append("too many lines")
    if any(not character.isprintable() for character in err.replace("\n", "")):
        wrong.append("control characters")
    if code == 0 and given.arguments[0] == "check":
        wrong += _untruths(given)
    return wrong


def _untruths(given: Input) -> list[str]:
    """What is wrong with a case that was accepted: it must be finite, and load as resolved."""
    options = given.arguments[3::2]
    case = Case.load(given.arguments[1], options)
    resolved = case.resolved()
    if not all(map(math.isfinite, _numbers(resolved))):
        return ["accepted a number that is not finite"]
    return [] if Case.model_validate(resolved) == case else ["resolved, it is another case"]


def _numbers(tree: Any) -> Iterator[float]:
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list):
        for value in tree:
            yield from _numbers(value)
    elif isinstance(tree, int | float):
        yield tree


def _where(error: BaseException) -> str:
    """The exception and the last place in this project that it came from."""
    root = str(Path(__file__).parents[2])
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if f.filename.startswith(root) and "/tests/" not in f.filename]
    place = f"{Path(own[-1].filename).relative_to(root)}:{own[-1].lineno}" if own else "?"
    return f"{type(error).__name__} at {place}"


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _reset_peak() -> int:
    """Memory in bytes from which the peak is counted anew, where the system can do that."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{os.getpid()}/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    """Most memory that this process had, in bytes; 0 where that is unknown."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
