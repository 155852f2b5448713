"""What a particle remembers from one moment to the next: fields by name, in internal units."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.model.spaces import Spaces
from solver.physics import (
    cohesive,
    electrons,
    kinetics,
    mechanics,
    network,
    phase_field,
    sliding,
    transport,
)
from solver.units.fields import StateField
from solver.units.memory import Local, Memory

Floats = npt.NDArray[np.floating]
PHYSICS = (transport, electrons, kinetics, network, mechanics, cohesive, sliding, phase_field)
FIELDS = {
    "temperature": StateField("one", "K", "of the body, the same everywhere", lower=0.0),
    **{name: field for physics in PHYSICS for name, field in physics.FIELDS.items()},
}


class Sides(NamedTuple):
    """A field on surfaces: at the nodes of the outside, on either side of the boundary points."""

    outside: Floats
    plus: Floats
    minus: Floats


class State:
    """Fields by name; `state["wetness"]` is the array of its local values."""

    def __init__(self, spaces: Spaces, fields: Mapping[str, StateField]) -> None:
        """All fields zero."""
        self.fields: dict[str, StateField] = {}
        self._spaces = spaces
        self._functions: dict[str, fem.Function] = {}
        self._values: dict[str, Floats] = {}
        nodes, points = len(spaces.grain_of_node), spaces.boundaries.n_points
        self._ends = nodes, nodes + points
        self.add(fields)

    def add(self, fields: Mapping[str, StateField]) -> None:
        """Remember these fields too, zero. Raises ValueError for a name that is taken."""
        nodes, points = self._ends[0], self._ends[1] - self._ends[0]
        for name, field in fields.items():
            if name in self.fields:
                raise ValueError(f"there are two fields of the name '{name}'")
            self.fields[name] = field
            if field.place == "surface":
                self._values[name] = np.zeros(nodes + 2 * points)
                continue
            function = fem.Function(_space(self._spaces, field), name=name)
            self._functions[name], self._values[name] = function, function.x.array

    def __contains__(self, name: str) -> bool:
        """Whether there is such a field."""
        return name in self.fields

    def __getitem__(self, name: str) -> Floats:
        """Local values of a field; on surfaces outside, plus and minus one behind the other."""
        return self._values[name]

    def __setitem__(self, name: str, values: Floats) -> None:
        """Fill a field; its array stays the same one."""
        self._values[name][:] = values

    def function(self, name: str) -> fem.Function:
        """Return a field as forms need it; not those on surfaces."""
        return self._functions[name]

    def sides(self, name: str) -> Sides:
        """Return the parts of a field on surfaces."""
        return Sides(*np.split(self._values[name], self._ends))

    def ones(self, *names: str) -> list[float]:
        """Return the values of fields that are one number, on every rank. Collective."""
        space = self._spaces.single
        owned = space.dofmap.index_map.size_local > 0
        local = np.array([self[name][0] if owned else 0.0 for name in names])
        return [float(value) for value in space.mesh.comm.allreduce(local)]

    def copy_from(self, other: "State") -> None:
        """Take over all values of another state of the same spaces."""
        for name, values in self._values.items():
            values[:] = other[name]

    def save(self) -> Memory:
        """Return copies of all values."""
        return {name: self.local(name) for name in self._values}

    def load(self, memory: Memory) -> None:
        """Take over what was saved of a state with the same fields. Raises KeyError."""
        for name, values in self._values.items():
            values[:] = memory[name].values

    def another(self) -> "State":
        """Return another moment of the same fields, all zero."""
        return State(self._spaces, self.fields)

    def arrays(self) -> dict[str, Floats]:
        """Return the local values of every field, by name."""
        return dict(self._values)

    def local(self, name: str) -> Local:
        """Return a copy of a field, and over which place it is."""
        values = self._values[name]
        if self.fields[name].place == "surface":
            return Local("surface", values.copy())
        return self._spaces.local(self.function(name).function_space, values)


def make_state(spaces: Spaces, fields: Mapping[str, StateField] = FIELDS) -> State:
    """State with all fields zero."""
    return State(spaces, fields)


def _space(spaces: Spaces, field: StateField) -> fem.FunctionSpace:
    """Where a field that is not on surfaces lives."""
    if field.vector:
        return {"node": spaces.vector, "point": spaces.point_vector}[field.place]
    of = {
        "node": spaces.scalar,
        "corner": spaces.corner,
        "point": spaces.boundaries.space,
        "grain": spaces.grain,
        "network": spaces.network.space,
        "one": spaces.single,
    }
    return of[field.place]
