"""Corrosion: the liquid in grain boundaries weakens them.

    dc/dt = rate w f(E) (1 - c),     f = min(1, exp((E - E_ref) / E_scale))

c goes from 0 (fresh) to 1, w is the wet share, E the potential of the oxide against the liquid:
full speed from E_ref on, where charged oxide gives oxygen to the liquid, and exponentially less
below. Strength and toughness fall linearly with c, each to its own remaining share.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field

from solver.entries import measures as q
from solver.entries.law_reader import activated_number
from solver.entries.reader import Entries
from solver.mechanisms.base import Mechanism, Shares, Shown, Slow
from solver.mechanisms.now import Now
from solver.mechanisms.places import Places
from solver.physics.attack import attack
from solver.units import usual
from solver.units.columns import Array, Column
from solver.units.constants import SECOND
from solver.units.fields import StateField
from solver.units.groups import SPENT, WEAR
from solver.units.measures import RateConstant, Voltage

Floats = npt.NDArray[np.floating]


class CorrosionMaterial(NamedTuple):
    """Attack of a boundary by liquid, at full speed from a potential against it on."""

    rate: Callable[[float], float]  # of the temperature; 1/s
    reference_potential: float  # V
    potential_scale: float  # V, for e times the speed below that
    remaining_strength: float  # share that is left in the end
    remaining_toughness: float  # share that is left in the end

    @classmethod
    def read(cls, entries: Entries) -> "CorrosionMaterial | None":
        """Read the entry `corrosion`; None without one: that boundary does not corrode."""
        if not entries.has("corrosion"):
            return None
        return cls(
            rate=activated_number(entries, "corrosion.rate", q.CORROSION_RATE),
            reference_potential=entries.number("corrosion.reference_potential", q.POTENTIAL),
            potential_scale=entries.number("corrosion.potential_scale", q.POTENTIAL_SCALE),
            remaining_strength=entries.fraction("corrosion.remaining_strength"),
            remaining_toughness=entries.fraction("corrosion.remaining_toughness"),
        )


class CorrosionCase(Slow):
    """Liquid weakens the boundaries it is in. What is not given is the material's."""

    in_solids: ClassVar[bool] = True
    of_boundaries: ClassVar[Callable[[Entries], CorrosionMaterial | None]] = CorrosionMaterial.read

    rate: Annotated[RateConstant | None, usual.CORROSION_RATE] = Field(
        None, ge=0, description="Rate from the reference potential on, at the temperature given"
    )
    reference_potential: Annotated[Voltage | None, usual.VOLTAGE] = Field(
        None, gt=0, description="Potential against the liquid from which the rate is full"
    )
    potential_scale: Annotated[Voltage | None, usual.POTENTIAL_SCALE] = Field(
        None, gt=0, description="Below the reference, e times slower for every", examples=["100 mV"]
    )
    remaining_strength: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Share of the strength that is left in the end",
        examples=[0.5],
    )
    remaining_toughness: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Share of the toughness that is left in the end",
        examples=[0.5],
    )

    def mechanism(self, places: Places) -> "Corrosion":
        """Return the corrosion of the boundaries: as the case says, else as the material."""
        return Corrosion(self, places)


class CorrosionLaw(NamedTuple):
    """How liquid corrodes each point; arrays (points,) or numbers.

    rate: at the reference potential and above, 1/s; zero where nothing corrodes. reference,
    scale: E_ref and E_scale, V.
    """

    rate: Floats
    reference: Floats
    scale: Floats


def corroded(
    corrosion: Floats, wetness: Floats, potential: Floats, law: CorrosionLaw, dt: float
) -> Floats:
    """Corrosion after dt (s) at this wetness and potential; exact for constant ones."""
    kept = np.exp(-law.rate * attack(potential, law) * wetness * dt)
    return 1.0 - (1.0 - corrosion) * kept


class Corrosion(Mechanism):
    """Corrodes the wet boundary points; their bonds weaken."""

    name = "corrosion"
    columns = (
        Column(
            "Mean Corrosion",
            "1",
            WEAR,
            "Mean over the boundaries of how far liquid has acted: 0 fresh, 1 to the end.",
        ),
    )
    shown = (
        Shown(Array("corrosion", "1", "boundaries", "How far liquid has acted."), "corrosion"),
    )
    energy = Column(
        "Corrosion Energy", "J", SPENT, "Taken from bonds that liquid has weakened.", True
    )
    fields: ClassVar[Mapping[str, StateField]] = {
        "corrosion": StateField(
            "point", "1", "how far liquid has acted", lower=0.0, upper=1.0, slow=True
        )
    }

    def __init__(self, section: CorrosionCase, places: Places) -> None:
        """section: what the case says."""
        self._section, self._points = section, places.points
        self._materials: Mapping[str, CorrosionMaterial | None] = {
            state: material.entries["corrosion"] for state, material in places.boundaries.items()
        }

    def laws(self, temperature: float) -> None:
        """Take the rates at a temperature in K."""
        rows = {
            state: self._row(material, temperature) for state, material in self._materials.items()
        }
        rate, reference, scale, *shares = self._points.by_state(rows)
        rate = self._section.acceleration * rate / SECOND
        self.law, self.remaining = CorrosionLaw(rate, reference, scale), Shares(*shares)

    def _row(self, material: CorrosionMaterial | None, temperature: float) -> tuple[float, ...]:
        """Rate (1/s), its two potentials (V), shares of strength and toughness that are left."""
        if material is None:
            return 0.0, 0.0, 1.0, 1.0, 1.0
        usual_values: dict[str, Any] = material._asdict() | {"rate": material.rate(temperature)}
        return tuple((usual_values | self._section.own()).values())

    def weaken(self, now: Now) -> Shares:
        """Strength and toughness fall linearly with the corrosion."""
        lost = now.state["corrosion"]
        return Shares(*(1.0 - lost * (1.0 - share) for share in self.remaining))

    def advance(self, now: Now, dt: float) -> float:
        """Let the liquid that is in the boundaries act for dt (s)."""
        state, before = now.state, now.state["corrosion"].copy()
        _, plus, minus = now.potentials
        potential = np.maximum(plus, minus)  # of the side that stands higher
        state["corrosion"][:] = corroded(before, state["wetness"], potential, self.law, dt)
        return float(np.max(state["corrosion"] - before, initial=0.0))

    def observe(self, now: Now) -> Mapping[str, float]:
        """Return the mean corrosion."""
        return {"Mean Corrosion": self._points.mean(now.state["corrosion"])}
