"""Expressions of one variable x, as BPX writes functions: parsed and evaluated, never executed.

BPX allows numbers, `+ - * / **`, exp, tanh and cosh; a few more functions are known here.
"""

import ast
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from solver.text.messages import shown

Floats = npt.NDArray[np.floating]
Function = Callable[[Floats], Floats]
LONGEST = 20_000  # characters
DEEPEST = 200  # one expression within another
FUNCTIONS: dict[str, np.ufunc] = {
    "exp": np.exp, "tanh": np.tanh, "cosh": np.cosh, "sinh": np.sinh, "log": np.log,
    "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos,
}  # fmt: skip
OPERATORS: dict[type, np.ufunc] = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide,
    ast.Pow: np.power,
}  # fmt: skip
SIGNS: dict[type, np.ufunc] = {ast.USub: np.negative, ast.UAdd: np.positive}


def function_of(text: str) -> Function:
    """Return the function that an expression of x describes. ValueError for anything else."""
    if len(text) > LONGEST:
        raise ValueError(f"an expression of more than {LONGEST} characters")
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"expected an expression of x, got {shown(text)}") from error
    _require(body, 0)

    def function(x: Floats) -> Floats:
        x = np.asarray(x, dtype=np.float64)
        with np.errstate(all="ignore"):
            return np.broadcast_to(_value(body, x), x.shape).astype(np.float64)

    return function


def _require(node: ast.expr, depth: int) -> None:
    """ValueError unless a node, and all in it, is of the kinds that are known."""
    if depth > DEEPEST:
        raise ValueError("an expression nested too deeply")
    match node:
        case ast.BinOp(left, operator, right) if type(operator) in OPERATORS:
            inner = [left, right]
        case ast.UnaryOp(sign, operand) if type(sign) in SIGNS:
            inner = [operand]
        case ast.Call(ast.Name(name), [argument], []) if name in FUNCTIONS:
            inner = [argument]
        case ast.Constant(value) if isinstance(value, int | float) and value is not True:
            inner = []
        case ast.Name("x"):
            inner = []
        case _:
            known = ", ".join(FUNCTIONS)
            raise ValueError(
                f"{shown(ast.unparse(node))} is not of numbers, x, + - * / **, {known}"
            )
    for each in inner:
        _require(each, depth + 1)


def _value(node: ast.expr, x: Floats) -> Floats:
    match node:
        case ast.BinOp(left, operator, right):
            value = OPERATORS[type(operator)](_value(left, x), _value(right, x))
        case ast.UnaryOp(sign, operand):
            value = SIGNS[type(sign)](_value(operand, x))
        case ast.Call(ast.Name(name), [argument], []):
            value = FUNCTIONS[name](_value(argument, x))
        case ast.Constant(number):
            value = np.float64(str(number))
        case _:
            return x
    return np.asarray(value)
