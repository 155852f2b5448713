"""What every mechanism answers; one that has nothing to say to a question leaves it out."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field

from solver.entries.reader import Entries
from solver.mechanisms.conditions import Conditions
from solver.mechanisms.now import Now
from solver.mechanisms.places import Places
from solver.units.columns import Array, Column
from solver.units.fields import StateField
from solver.units.section import Section

Floats = npt.NDArray[np.floating]


class MechanismError(Exception):
    """A mechanism cannot go on, on any rank: the run ends, with all that it has."""


class Shares(NamedTuple):
    """Shares of strength and toughness that are left at the boundary points."""

    strength: Floats | float
    toughness: Floats | float


class Shown(NamedTuple):
    """A field of the state on the maps: multiplied by a factor, of surfaces one side."""

    array: Array
    field: str
    factor: float = 1.0
    side: Literal["outside", "plus", "minus"] | None = None


class Mechanism:
    """Something slow that happens to a particle.

    name: also that of its section in a case. fields: that it adds to the state. columns: of the
    history, whose values `observe` returns by title. shown: on the maps. energy: what its column
    is where it takes energy from the bonds, which is booked under its name. strains: whether it
    strains the lattice (`Conditions.strain_a`, `strain_c`), whose work is then a column.
    """

    name: ClassVar[str]
    fields: ClassVar[Mapping[str, StateField]] = {}
    columns: ClassVar[tuple[Column, ...]] = ()
    shown: ClassVar[tuple[Shown, ...]] = ()
    energy: ClassVar[Column | None] = None
    strains: ClassVar[bool] = False

    def laws(self, temperature: float) -> None:
        """Take the laws as they are at a temperature in K: at first, and whenever it changes."""

    def prepare(self, now: Now) -> None:
        """Act on the fresh particle, before its first equilibrium. Collective."""

    def begin(self, now: Now) -> None:
        """Take note of an equilibrium to which no step has led: the first, or that behind a jump.

        Collective.
        """

    def settle(self, now: Now) -> None:
        """Pass on what cycles that were not resolved have put beyond its limits. Collective.

        Only fields that say so (`StateField.passes_on`) are ever there.
        """

    def modify(self, now: Now, dt: float, conditions: Conditions) -> None:
        """Change what the coming step of dt (s) meets, as often as that is asked. Collective."""

    def weaken(self, now: Now) -> Shares | None:
        """Return what is left of the bonds, None: all of them."""

    def advance(self, now: Now, dt: float) -> float:
        """Let dt (s) have passed; return the largest damage on this rank, 0 to 1. Collective.

        More damage than the case allows in a step shortens the next one. What a mechanism does to
        `damage` counts by itself.
        """
        return 0.0

    def bound(self, now: Now, dt: float) -> float:
        """Return the lithium of the electrolyte that it holds after dt (s), on this rank, fmol.

        Asked after `modify` of that step, for dt of zero at any moment. A cell lacks what is bound
        (`solver.model.electro.counter`).
        """
        return 0.0

    def observe(self, now: Now) -> Mapping[str, float]:
        """Return the values of the columns in SI, by title. Collective."""
        return {}


def _without_default(schema: dict[str, Any]) -> None:
    """What is not said is what the whole has."""
    schema.pop("default")


class MechanismCase(Section):
    """The section of a mechanism in a case, which makes it.

    of_boundaries, of_oxides: what reads the entry of a boundary's or an oxide's file that bears the
    key of the section. in_solids: whether it also acts in bodies without chemistry.
    """

    in_solids: ClassVar[bool] = False
    of_boundaries: ClassVar[Callable[[Entries], Any] | None] = None
    of_oxides: ClassVar[Callable[[Entries], Any] | None] = None

    enabled: bool = Field(False, description="Whether this mechanism acts")

    def mechanism(self, places: Places) -> Mechanism:
        """Return the mechanism on a particle."""
        raise NotImplementedError

    def require(self, oxide: Any, temperature: float) -> None:
        """Raise MaterialError unless an oxide has what this needs at a temperature in K."""

    def cautions(self, plan: Any) -> list[str]:
        """Return what a user should know before a run; plan: what it would take (`checks.plan`)."""
        return []


class Slow(MechanismCase):
    """A law of ageing: the more cycles, the more of it."""

    acceleration: float = Field(
        1.0,
        gt=0,
        description="Factor on its speed: above 1 a declared acceleration; default: that of all, "
        "physics.acceleration",
        json_schema_extra=_without_default,
    )

    def own(self) -> dict[str, Any]:
        """Return what the case says in place of the material."""
        return self.model_dump(exclude={"enabled", "acceleration"}, exclude_none=True)
