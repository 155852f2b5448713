"""A plugin of pytest that keeps what the verification tests found: `--proofs FOLDER`.

The manual makes its verification book of it (`docs/writing/proofs.py`): every test of
tests/verification with each comparison it made, in the words of the test and with the numbers
that were found. Each process of pytest writes a file of its own.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
import pytest
from numpy.typing import ArrayLike

PROVING = "tests/verification/"
NAME = "proofs"  # of the plugin that keeps them
LONGEST = 200  # characters of a finding; arrays are longer


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--proofs", type=Path, metavar="FOLDER", help="keep what proofs found, in it")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.proofs is not None:
        config.pluginmanager.register(Proofs(config.option.proofs.absolute()), NAME)


Curves: TypeAlias = Mapping[str, tuple[ArrayLike, ArrayLike]]


class Drawing(Protocol):
    """What the fixture `drawn` gives to a test."""

    def __call__(self, x: str, y: str, known: Curves, found: Curves, **scales: str) -> None:
        """Have curves x, y by name drawn in the verification book: lines if known, else marks."""


@pytest.fixture
def drawn(request: pytest.FixtureRequest) -> Drawing:
    """Draws what a test compares, if it is kept."""
    kept = request.config.pluginmanager.get_plugin(NAME)

    def draw(x: str, y: str, known: Curves, found: Curves, **scales: str) -> None:
        if kept is not None and request.node.nodeid in kept.found:
            curves = {"known": _plain(known), "found": _plain(found)}
            kept.found[request.node.nodeid]["figures"].append(
                {"x": x, "y": y, "scales": scales} | curves
            )

    return draw


def _plain(curves: Curves) -> dict[str, list[list[float]]]:
    return {
        name: [np.asarray(part, float).ravel().tolist() for part in curve]
        for name, curve in curves.items()
    }


class Proofs:
    """What the tests of this process compared, by file and test."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}.json"
        self.found: dict[str, dict[str, Any]] = {}
        np.set_printoptions(legacy="1.25")  # 0.5, not np.float64(0.5)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if item.nodeid.startswith(PROVING) and isinstance(item, pytest.Function):
            self.found[item.nodeid] = {
                "file": item.nodeid.split("::")[0],
                "about": item.module.__doc__ or "",
                "name": item.name,
                "outcome": "not finished",
                "held": [],
                "figures": [],
            }

    def pytest_assertion_pass(self, item: pytest.Item, lineno: int, orig: str, expl: str) -> None:
        if item.nodeid in self.found:
            found = expl.splitlines()[0][:LONGEST]
            self.found[item.nodeid]["held"].append({"asked": orig, "found": found})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.nodeid in self.found and (report.when == "call" or not report.passed):
            self.found[report.nodeid]["outcome"] = report.outcome

    def pytest_sessionfinish(self) -> None:
        if self.found:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(list(self.found.values()), indent=1))
