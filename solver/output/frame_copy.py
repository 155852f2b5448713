"""What a frame for ParaView shows of a moment: copies, since the state lives on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from solver.mechanisms.base import Shown
from solver.model.state import State
from solver.output.snapshot import Snapshot
from solver.units.fields import Place
from solver.units.instruments import TEST_TIME
from solver.units.memory import Local, Memory

Floats = npt.NDArray[np.floating]
OF_STATE = (
    "occupancy",
    "displacement",
    "crack",
    "grain_potential",
    "network_potential",
    "wetness",
    "slip",
)
STRESS, OPENING, ALONG, DAMAGE, TRACTION = "stress", "opening", "along", "damage", "traction"
SIDES: dict[str, Place] = {"outside": "node", "plus": "point", "minus": "point"}


@dataclass(frozen=True)
class FrameCopy:
    """A moment in internal units: fields of the state by their names, "current" of the outside and
    "current plus", "current minus" of the boundaries, what mechanisms show by its header, stress
    at the nodes, and of the boundary points opening, slip ("along"), damage and traction.

    isolated: of every grain, by its number.
    """

    time: float
    fields: dict[str, Local]
    isolated: Floats

    def __getitem__(self, name: str) -> Floats:
        """Values of a field."""
        return self.fields[name].values

    @classmethod
    def of(cls, snapshot: Snapshot, shown: Sequence[Shown]) -> "FrameCopy":
        """Take the moment out of a snapshot, with what mechanisms show of themselves."""
        state, current = snapshot.state, snapshot.state.sides("current")
        fields = {name: state.local(name) for name in OF_STATE}
        fields |= {
            "current": Local("node", current.outside.copy()),
            "current plus": Local("point", current.plus.copy()),
            "current minus": Local("point", current.minus.copy()),
            STRESS: Local("node", snapshot.stress.copy()),
            OPENING: Local("point", snapshot.opening.copy()),
            ALONG: Local("point", snapshot.slip.copy()),
            DAMAGE: Local("point", snapshot.damage.copy()),
            TRACTION: Local("point", snapshot.traction.copy()),
        }
        fields |= {each.array.header: _of_side(state, each) for each in shown}
        isolated = np.array(snapshot.isolated, dtype=float)
        return cls(float(snapshot.row[TEST_TIME.header]), fields, isolated)

    def save(self) -> Memory:
        """Return all of it."""
        fields = {name: values.copy() for name, values in self.fields.items()}
        return {"time": self.time, "fields": fields, "isolated": self.isolated.tolist()}


def frame_of(memory: Memory | None) -> FrameCopy | None:
    """Return the copy that was saved, if there was one."""
    if memory is None:
        return None
    fields = {name: each.copy() for name, each in memory["fields"].items()}
    return FrameCopy(memory["time"], fields, np.array(memory["isolated"], dtype=float))


def _of_side(state: State, shown: Shown) -> Local:
    """Values of a field that is shown."""
    if shown.side is None:
        field = state.local(shown.field)
        return Local(field.place, shown.factor * field.values, field.components)
    values = getattr(state.sides(shown.field), shown.side)
    return Local(SIDES[shown.side], shown.factor * np.asarray(values))
