"""A plugin of pytest that says at the start what the chosen tests will take.

`--record-seconds` (with `-n 0`, all tests) measures it anew and writes tests/seconds.txt. Processor
time is recorded, not time by the clock, so that it does not matter what else the machine does.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from solver.checks.suite import SECONDS, seconds_of

HEAD = "# Processor time (s), number of tests, file; by ./intergrain test -n 0 --record-seconds\n"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-seconds", action="store_true", help="write tests/seconds.txt")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):  # one of several processes: the first one speaks
        return
    several = bool(getattr(config.option, "numprocesses", None))
    config.pluginmanager.register(Several(config) if several else Alone(config))


class Alone:
    """The tests run one after another in this process."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._seconds: Counter[str] = Counter()
        self._count: Counter[str] = Counter()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        _say(self._config, [item.nodeid for item in session.items], 1)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        before = processor_time()
        result = yield
        file = item.nodeid.split("::")[0]
        self._seconds[file] += processor_time() - before
        self._count[file] += 1
        return result

    def pytest_sessionfinish(self) -> None:
        if self._config.option.record_seconds:
            rows = (f"{s:7.1f} {self._count[file]:4d} {file}" for file, s in self._sorted())
            SECONDS.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")

    def _sorted(self) -> list[tuple[str, float]]:
        return sorted(self._seconds.items())


class Several:
    """The tests run in several processes, which tell this one what they found."""

    def __init__(self, config: pytest.Config) -> None:
        self._config, self._said = config, False

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        if not self._said:
            _say(self._config, ids, self._config.option.numprocesses)
        self._said = True


def processor_time(process: int | str = "self") -> float:
    """Processor time (s) of a process and of all it has started, ended or not."""
    folder = Path("/proc", str(process))
    if not folder.exists():  # no Linux: only those that have ended
        return sum(os.times()[:4])
    columns = folder.joinpath("stat").read_text().rpartition(")")[2].split()
    seconds = sum(map(int, columns[11:15])) / os.sysconf("SC_CLK_TCK")
    for children in folder.glob("task/*/children"):
        for child in children.read_text().split():
            with suppress(OSError):  # it has ended just now
                seconds += processor_time(child)
    return seconds


def forecast(tests: list[str], processes: int) -> str:
    """What will be run, on how many processes, and how long it takes."""
    seconds = seconds_of(tests) / processes
    where = f" in {processes} processes" if processes > 1 else ""
    some = f"{seconds / 60:.0f} minutes" if seconds > 90 else f"{max(seconds, 1):.0f} s"
    return f"{len(tests)} test{'s' * (len(tests) != 1)}{where}: about {some}"


def _say(config: pytest.Config, tests: list[str], processes: int) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and tests:
        reporter.ensure_newline()
        reporter.write_line(forecast(tests, processes))
