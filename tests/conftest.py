"""What all tests share. With this file pytest puts the repository on the path."""

import inspect
from types import CodeType, FunctionType
from typing import Any

import pytest

STARTS_RANKS = {"on_ranks", "mpirun", "-n"}  # names, or words of a command


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that start ranks, which should have the machine to themselves."""
    known: dict[Any, bool] = {}
    for item in items:
        if isinstance(item, pytest.Function) and any(
            _starts_ranks(function, known) for function in _functions(item)
        ):
            item.add_marker("ranks")


def _functions(item: pytest.Function) -> list[Any]:
    """The function of a test, and those of the fixtures it asks for."""
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    return [item.function, *(each.func for several in fixtures for each in several)]


def _starts_ranks(named: Any, known: dict[Any, bool]) -> bool:
    """Whether a function starts ranks, by itself or by another of its module."""
    function = inspect.unwrap(named) if callable(named) else named
    if not isinstance(function, FunctionType):
        return False
    if function not in known:
        known[function] = False  # while it is looked at: functions may call each other
        names = _words(function.__code__)
        called = [function.__globals__.get(name) for name in names]
        known[function] = bool(names & STARTS_RANKS) or any(
            _starts_ranks(other, known)
            for other in called
            if getattr(other, "__module__", None) == function.__module__
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
