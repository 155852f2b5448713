"""Axes of space, as a user names them."""

from typing import Literal

Axis = Literal["x", "y", "z"]
AXES: tuple[Axis, ...] = ("x", "y", "z")
