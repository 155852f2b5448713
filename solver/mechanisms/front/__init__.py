"""A front of rock salt that oxygen's loss drives into layered oxide, resolved by the mesh."""

from solver.mechanisms.front.material import FrontMaterial
from solver.mechanisms.front.mechanism import Front, FrontCase

__all__ = ["Front", "FrontCase", "FrontMaterial"]
