"""Decomposition: charged oxide that touches liquid gives off heat when it gets hot.

    d alpha / dt = A k(T) (1 - alpha),     k = k_0 exp(-E / R T)
    heat = (q_1 A + q_0) d alpha

It begins where oxide is wet, so that its rate follows the wet area A per mass; its heat has a part
of that area and a part of the mass, which goes along with it. k is integrated over the temperatures
of a step, so that the peak does not move with its length. The heat does not warm the particle: a
calorimeter holds its temperature. One decomposition of the whole particle, after its mean wet area.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field

from solver.entries import measures as q
from solver.entries.files import MaterialError
from solver.entries.laws import arrhenius
from solver.entries.reader import Entries
from solver.mechanisms.base import Mechanism, MechanismCase
from solver.mechanisms.conditions import Conditions
from solver.mechanisms.now import Now
from solver.mechanisms.places import Places
from solver.units import usual
from solver.units.columns import Column
from solver.units.constants import METRE, SECOND
from solver.units.fields import StateField
from solver.units.groups import CALORIMETRY
from solver.units.measures import AreaRate, HeatPerArea, HeatPerMass, MolarEnergy

Floats = npt.NDArray[np.floating]
INSIDE, WEIGHTS = np.polynomial.legendre.leggauss(4)  # of a step, from -1 to 1


class DecompositionMaterial(NamedTuple):
    """How an oxide decomposes in liquid, in SI."""

    rate: float  # kg/(m^2 s), k at 25 degC
    activation_energy: float  # J/mol
    heat_per_area: float  # J/m^2
    heat_per_mass: float  # J/kg

    @classmethod
    def read(cls, entries: Entries) -> "DecompositionMaterial | None":
        """Read the entry `decomposition`; None without one: nothing is known of it."""
        if not entries.has("decomposition"):
            return None
        return cls(
            rate=entries.number("decomposition.rate", q.AREA_RATE),
            activation_energy=entries.activation("decomposition.rate"),
            heat_per_area=entries.number("decomposition.heat_per_area", q.HEAT_PER_AREA, zero=True),
            heat_per_mass=entries.number("decomposition.heat_per_mass", q.HEAT_PER_MASS, zero=True),
        )


class DecompositionCase(MechanismCase):
    """Wet charged oxide decomposes when hot. What is not given is that of the main oxide."""

    of_oxides: ClassVar[Callable[[Entries], DecompositionMaterial | None]] = (
        DecompositionMaterial.read
    )

    rate: Annotated[AreaRate | None, usual.AREA_RATE] = Field(
        None, gt=0, description="Share per time that decomposes for each wet area per mass, 25 degC"
    )
    activation_energy: Annotated[MolarEnergy | None, usual.ACTIVATION] = Field(
        None, ge=0, description="Of that rate"
    )
    heat_per_area: Annotated[HeatPerArea | None, usual.HEAT_PER_AREA] = Field(
        None, ge=0, description="Heat of what is wet"
    )
    heat_per_mass: Annotated[HeatPerMass | None, usual.HEAT_PER_MASS] = Field(
        None, ge=0, description="Heat of the oxide itself"
    )

    def law(self, oxide: Any) -> DecompositionMaterial:
        """Return how an oxide decomposes: as the case says, else as it does; MaterialError."""
        said = self.model_dump(exclude={"enabled"}, exclude_none=True)
        given = oxide.entries["decomposition"]
        whole = {**(given._asdict() if given else {}), **said}
        for name in DecompositionMaterial._fields:
            if name not in whole:
                raise MaterialError(
                    f"{oxide.name} has no entry decomposition.{name}: give it there, or "
                    f"physics.decomposition.{name}"
                )
        return DecompositionMaterial(**whole)

    def require(self, oxide: Any, temperature: float) -> None:
        """Raise MaterialError unless it is known how an oxide decomposes."""
        self.law(oxide)

    def mechanism(self, places: Places) -> "Decomposition":
        """Return the decomposition of the main oxide."""
        return Decomposition(self.law(places.oxides[0]), places)


class Decomposition(Mechanism):
    """Gives off heat, and tells how much."""

    name = "decomposition"
    fields: ClassVar[Mapping[str, StateField]] = {
        "decomposed": StateField("one", "1", "share that has decomposed", lower=0.0, upper=1.0),
        "decomposed_at": StateField("one", "K", "temperature up to which it has", lower=0.0),
        "heat": StateField("one", "J/kg", "that it has given off", lower=0.0),
        "heat_flow": StateField("one", "W/kg", "that it gives off", lower=0.0),
    }
    columns = (
        Column("Decomposed Fraction", "1", CALORIMETRY, "Share of the oxide that has decomposed."),
        Column("Released Heat", "J.g-1", CALORIMETRY, "Heat given off per mass of oxide."),
        Column("Heat Flow", "W.g-1", CALORIMETRY, "Heat that is being given off."),
    )

    def __init__(self, law: DecompositionMaterial, places: Places) -> None:
        """law: of the main oxide."""
        self._law, self._places = law, places

    def prepare(self, now: Now) -> None:
        """Start at the first temperature."""
        now.state["decomposed_at"][:] = now.temperature

    def modify(self, now: Now, dt: float, conditions: Conditions) -> None:
        """Change nothing: the calorimeter holds the temperature."""

    def advance(self, now: Now, dt: float) -> float:
        """Let dt (s) have passed, in which the temperature has moved evenly to the present one."""
        law, state, area = self._law, now.state, self._wet_area(now)
        decomposed, before = state["decomposed"], float(state["decomposed"][0])
        rate = area * self._mean_rate(float(state["decomposed_at"][0]), now.temperature)
        gone = (1.0 - before) * -float(np.expm1(-rate * dt / SECOND))
        decomposed[:] = before + gone
        heat = law.heat_per_area * area + law.heat_per_mass
        state["heat"] += heat * gone
        speed = area * self._mean_rate(now.temperature, now.temperature)
        state["heat_flow"][:] = heat * speed * (1.0 - decomposed)
        state["decomposed_at"][:] = now.temperature
        return gone

    def _mean_rate(self, start: float, end: float) -> float:
        """Mean of k over evenly spaced temperatures (K), by Gauss's rule, kg/(m^2 s)."""
        kelvin = start + (end - start) * (INSIDE + 1.0) / 2
        faster = [arrhenius(self._law.activation_energy, float(each)) for each in kelvin]
        return float(self._law.rate * (WEIGHTS @ np.array(faster)) / 2)

    def _wet_area(self, now: Now) -> float:
        """Everything wet per mass of oxide, m^2/kg. Collective."""
        places = self._places
        inside = 2.0 * places.points.integral(now.state["wetness"])
        return (places.roughness * places.outer_area + inside) / METRE**2 / places.mass

    def observe(self, now: Now) -> Mapping[str, float]:
        """Return what has decomposed, and the heat, in J/g and W/g."""
        state = now.state
        return {
            "Decomposed Fraction": float(state["decomposed"][0]),
            "Released Heat": 1e-3 * float(state["heat"][0]),
            "Heat Flow": 1e-3 * float(state["heat_flow"][0]),
        }
