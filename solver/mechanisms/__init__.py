"""Slow physics, one file for each mechanism: what it is, what it remembers, and what it does.

A mechanism acts between time steps, on the state that a step has led to, and changes what the next
step meets. It knows numbers at points and nothing of forms, meshes or other mechanisms: they see
each other only through the fields of the state, and what those before them have made of the next
step (`Conditions`), in the order of the case (`physics`).
"""

from solver.mechanisms.base import Mechanism, MechanismCase, MechanismError
from solver.mechanisms.conditions import Conditions
from solver.mechanisms.now import Now
from solver.mechanisms.places import Places

__all__ = ["Conditions", "Mechanism", "MechanismCase", "MechanismError", "Now", "Places"]
