"""Expressions of a cell's file are evaluated, and nothing else in them is ever carried out."""

import math

import numpy as np
import pytest

from solver.materials.bpx.expression import LONGEST, function_of

PLACES = np.array([0.1, 0.5, 0.9])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 * x ** 2 - 1", lambda x: 2 * x**2 - 1),
        ("-x ** 2", lambda x: -(x**2)),
        ("2 ** 3 ** x", lambda x: 2 ** (3**x)),
        (
            "exp(-x) / (1 + tanh(3.5e0 * (x - .5)))",
            lambda x: math.exp(-x) / (1 + math.tanh(3.5 * (x - 0.5))),
        ),
        ("cosh(x) - +1", lambda x: math.cosh(x) - 1),
        ("4.2", lambda x: 4.2),
    ],
)
def test_an_expression_is_what_python_would_make_of_it(text, expected):
    found = function_of(text)(PLACES)
    assert found == pytest.approx([expected(x) for x in PLACES], rel=1e-14)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "x.__class__", "open(x)", "(lambda: 1)()", "y + 1",
        "exp(x, x)", "exp(*x)", "x if x else 1", "[x]", "True * x", "'a' * 3", "x;x", "", "1j * x",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"is not of numbers|expected an expression"):
        function_of(text)


@pytest.mark.parametrize(
    "text", ["x" + "+x" * LONGEST, "(" * 3000 + "x" + ")" * 3000, "-" * 900 + "x"]
)
def test_an_expression_that_is_too_long_or_too_deep_is_refused(text):
    with pytest.raises(ValueError, match="expression"):
        function_of(text)


def test_huge_powers_end_at_once():
    assert not np.any(np.isfinite(function_of("9 ** 9 ** 9 ** x")(np.array([2.0]))))
