"""What all tests share. With this file pytest puts the repository on the path."""

from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

STARTS_RANKS = {"on_ranks", "mpirun"}  # names, or words of a command


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that start ranks, which should have the machine to themselves."""
    known: dict[Any, bool] = {}
    for item in items:
        if isinstance(item, pytest.Function) and any(
            _starts_ranks(function, item.module, known) for function in _functions(item)
        ):
            item.add_marker("ranks")


def _functions(item: pytest.Function) -> list[Any]:
    """The function of a test, and those of the fixtures it asks for."""
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    return [item.function, *(each.func for several in fixtures for each in several)]


def _starts_ranks(function: Any, module: ModuleType, known: dict[Any, bool]) -> bool:
    """Whether a function starts ranks, by itself or by another of its module."""
    if function not in known:
        known[function] = False  # while it is looked at: functions may call each other
        names = _words(function.__code__) if isinstance(function, FunctionType) else set()
        called = [vars(module).get(name) for name in names]
        known[function] = bool(names & STARTS_RANKS) or any(
            _starts_ranks(other, module, known)
            for other in called
            if isinstance(other, FunctionType) and other.__module__ == module.__name__
        )
    return known[function]


def _words(code: CodeType) -> set[str]:
    """Names that a piece of code uses, and strings in it."""
    words = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            words |= _words(constant)
        elif isinstance(constant, str):
            words.add(constant)
        elif isinstance(constant, tuple):
            words |= {part for part in constant if isinstance(part, str)}
    return words
