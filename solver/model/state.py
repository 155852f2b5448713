"""What a particle remembers from one moment to the next: fields by name, in internal units."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.model.spaces import Spaces
from solver.units.fields import Field

Floats = npt.NDArray[np.floating]
OUTWARD = "positive when lithium leaves the oxide, per geometric area"
FIELDS = {
    "occupancy": Field("node", "1", "lithium per site", lower=0.0, upper=1.0),
    "sites": Field("node", "fmol/um^3", "for lithium; none in fillers", lower=0.0, slow=True),
    "displacement": Field("node", "um", "of the material", vector=True),
    "axial_strain": Field("one", "1", "uniform strain out of the plane"),
    "grain_potential": Field("grain", "V", "of the electrons in each grain"),
    "collector_potential": Field("one", "V", "of the electrons in the collector"),
    "network_potential": Field("network", "V", "of the ions in the boundaries"),
    "current": Field("surface", "pA/um^2", f"into electrolyte or filling, {OUTWARD}"),
    "contact_current": Field("point", "pA/um^2", "from oxide to oxide, from '+' to '-'"),
    "stress_potential": Field("node", "V", "share of stress in the equilibrium potential"),
    "crack": Field("node", "1", "phase field of the cracks in grains", lower=0.0, upper=1.0),
    "crack_drive": Field("corner", "MPa", "energy density that drives them", lower=0.0),
    "damage": Field("point", "1", "of the bond: 0 intact, 1 parted", lower=0.0, upper=1.0),
    "max_opening": Field("point", "um", "largest normal gap so far", lower=0.0),
    "pull": Field("point", "MPa", "effective traction of the bond when last in equilibrium"),
    "travel": Field("point", "um", "opening and closing since the beginning, added up", lower=0.0),
    "fatigue": Field("point", "1", "damage due to cycles", lower=0.0, upper=1.0, slow=True),
    "corrosion": Field("point", "1", "how far liquid has acted", lower=0.0, upper=1.0, slow=True),
    "wetness": Field("point", "1", "share that is wet", lower=0.0, upper=1.0),
    "film": Field("surface", "um", "thickness of the interphase", lower=0.0, slow=True),
    "oxidation": Field("surface", "pA/um^2", "current that its growth draws, per true area"),
    "slip": Field("point", "um", "by which bonded sides have slid on each other", vector=True),
    "stick": Field("point", "um", "from which friction pulls the sides back", vector=True),
}


class Sides(NamedTuple):
    """A field on surfaces: at the nodes of the outside, on either side of the boundary points."""

    outside: Floats
    plus: Floats
    minus: Floats


class State:
    """Fields by name; `state["wetness"]` is the array of its local values."""

    def __init__(self, spaces: Spaces, fields: Mapping[str, Field]) -> None:
        """All fields zero."""
        self.fields = dict(fields)
        self._functions = {
            name: fem.Function(_space(spaces, field), name=name)
            for name, field in fields.items()
            if field.place != "surface"
        }
        self._values: dict[str, Floats] = {
            name: function.x.array for name, function in self._functions.items()
        }
        nodes, points = len(spaces.grain_of_node), spaces.boundaries.n_points
        self._ends = nodes, nodes + points
        for name, field in fields.items():
            if field.place == "surface":
                self._values[name] = np.zeros(nodes + 2 * points)

    def __getitem__(self, name: str) -> Floats:
        """Local values of a field; on surfaces outside, plus and minus one behind the other."""
        return self._values[name]

    def function(self, name: str) -> fem.Function:
        """Return a field as forms need it; not those on surfaces."""
        return self._functions[name]

    def sides(self, name: str) -> Sides:
        """Return the parts of a field on surfaces."""
        return Sides(*np.split(self._values[name], self._ends))

    def copy_from(self, other: "State") -> None:
        """Take over all values of another state of the same spaces."""
        for name, values in self._values.items():
            values[:] = other[name]

    def arrays(self) -> dict[str, Floats]:
        """Return the local values of every field, by name."""
        return dict(self._values)


def make_state(spaces: Spaces, fields: Mapping[str, Field] = FIELDS) -> State:
    """State with all fields zero."""
    return State(spaces, fields)


def _space(spaces: Spaces, field: Field) -> fem.FunctionSpace:
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
