"""Ageing of the oxide that does not follow the wet area: sites go everywhere in it, slowly.

    da/dt = k(T) f(x) (1 - a),     f = (2 (1 - x))^n

a is the share of the sites of a node that has gone, of those that other causes leave it, x the
occupancy. f is 1 at half the lithium; with n > 0 charged oxide ages faster. k follows Arrhenius
from 25 degC on. Exact over a step at constant x. Loss by wet area alone would make retention with
and without open boundaries differ by the ratio of their areas; what is measured differs by less
(Yan et al., Nature Energy 3, 2018, 600), so that part of the loss has no area.

Of the lithium of the sites that go a share stays with them, trapped; the rest goes to others.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field

from solver.entries import measures as q
from solver.entries.laws import arrhenius
from solver.entries.reader import Entries
from solver.mechanisms.base import Mechanism, Shown, Slow
from solver.mechanisms.conditions import Conditions
from solver.mechanisms.now import Now
from solver.mechanisms.places import Places
from solver.units import usual
from solver.units.columns import Array, Column
from solver.units.constants import SECOND
from solver.units.fields import StateField
from solver.units.groups import OXIDE
from solver.units.measures import MolarEnergy, RateConstant

Floats = npt.NDArray[np.floating]
MOST = 0.99  # of the sites: without any a potential would have no lithium to hold


class OxideAgeingMaterial(NamedTuple):
    """How fast an oxide ages, in SI."""

    rate: float  # 1/s, at 25 degC and half the lithium
    activation_energy: float  # J/mol
    exponent: float  # of f(x)
    trapped_share: float  # of the lithium of the sites that go

    @classmethod
    def read(cls, entries: Entries) -> "OxideAgeingMaterial | None":
        """Read the entry `oxide_ageing`; None without one: that oxide does not age."""
        if not entries.has("oxide_ageing"):
            return None
        return cls(
            rate=entries.number("oxide_ageing.rate", q.AGEING_RATE, zero=True),
            activation_energy=entries.activation("oxide_ageing.rate"),
            exponent=entries.number("oxide_ageing.exponent", q.EXPONENT, zero=True),
            trapped_share=entries.fraction("oxide_ageing.trapped_share", zero=True),
        )


class OxideAgeingCase(Slow):
    """The oxide ages throughout, whatever is wet. What is not given is the material's."""

    of_oxides: ClassVar[Callable[[Entries], OxideAgeingMaterial | None]] = OxideAgeingMaterial.read
    references: ClassVar[tuple[str, ...]] = ("yan2018",)

    rate: Annotated[RateConstant | None, usual.AGEING_RATE] = Field(
        None,
        ge=0,
        description="Share of the sites that goes, at 25 degC and half the lithium",
        examples=["1e-9 1/s"],
    )
    activation_energy: Annotated[MolarEnergy | None, usual.ACTIVATION] = Field(
        None, ge=0, description="Of the rate"
    )
    exponent: float | None = Field(
        None,
        ge=0,
        le=10,
        description="n: (2 (1 - x))^n times as fast at occupancy x",
        examples=[2.0],
    )
    trapped_share: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Of the lithium of the sites that go, what stays with them",
        examples=[1.0],
    )

    def mechanism(self, places: Places) -> "OxideAgeing":
        """Return the ageing of the oxides: as the case says, else as the material."""
        return OxideAgeing(self, places)


class AgeingLaw(NamedTuple):
    """How the oxide of each node ages; arrays (nodes,): rate in 1/s, exponent, trapped share."""

    rate: Floats
    exponent: Floats
    trapped_share: Floats


def kept(occupancy: Floats, law: AgeingLaw, dt: float) -> Floats:
    """Share of the sites that is left after dt (s) of those before, at a constant occupancy."""
    charged = np.clip(2.0 * (1.0 - occupancy), 0.0, 2.0)
    return np.asarray(np.exp(-law.rate * charged**law.exponent * dt))


class OxideAgeing(Mechanism):
    """Takes sites from all oxide, and traps part of their lithium."""

    name = "oxide_ageing"
    fields: ClassVar[Mapping[str, StateField]] = {
        "aged": StateField(
            "node", "1", "share of the sites that went by ageing", lower=0.0, upper=MOST, slow=True
        ),
        "aged_lithium": StateField(
            "node",
            "1",
            "lithium trapped in them, per site of the fresh oxide",
            lower=0.0,
            upper=1.0,
            slow=True,
        ),
    }
    columns = (
        Column("Aged Fraction", "1", OXIDE, "Share of the sites that went by ageing of the oxide."),
        Column("Aged Lithium", "1", OXIDE, "Lithium trapped in them, per site of the fresh oxide."),
    )
    shown = (
        Shown(Array("aged", "1", "grains", "Share of the sites that went by ageing."), "aged"),
    )

    def __init__(self, section: OxideAgeingCase, places: Places) -> None:
        """section: what the case says."""
        self._section, self._places = section, places
        nodes = places.nodes
        self._oxide = places.oxide[nodes.grain]
        self._fresh = places.fresh_sites()

    def laws(self, temperature: float) -> None:
        """Take the rates at a temperature in K."""
        materials = [oxide.entries["oxide_ageing"] for oxide in self._places.oxides]
        rows = np.array([self._row(material, temperature) for material in materials])
        rate, exponent, trapped = rows[self._oxide].T
        self.law = AgeingLaw(rate * self._places.nodes.in_oxide, exponent, trapped)

    def _row(self, material: OxideAgeingMaterial | None, temperature: float) -> tuple[float, ...]:
        """Rate (1/s) at a temperature in K, exponent and trapped share of an oxide."""
        if material is None:
            return 0.0, 0.0, 0.0
        said: dict[str, Any] = material._asdict() | self._section.own()
        faster = self._section.acceleration * arrhenius(said["activation_energy"], temperature)
        return faster * said["rate"] / SECOND, said["exponent"], said["trapped_share"]

    def modify(self, now: Now, dt: float, conditions: Conditions) -> None:
        """Take the sites away, and hold what is trapped in them."""
        conditions.sites[:] *= 1.0 - now.state["aged"]
        conditions.trapped[:] += now.state["aged_lithium"]

    def advance(self, now: Now, dt: float) -> float:
        """Let the oxide age for dt (s); what it loses counts as its damage."""
        state, aged = now.state, now.state["aged"]
        before = aged.copy()
        aged[:] = np.minimum(1.0 - (1.0 - before) * kept(state["occupancy"], self.law, dt), MOST)
        of_sites = (aged - before) / (1.0 - before)  # of those that are there
        lithium = state["occupancy"] * state["sites"] / self._fresh
        state["aged_lithium"] += self.law.trapped_share * lithium * of_sites
        return float(np.max(aged - before, initial=0.0))

    def observe(self, now: Now) -> Mapping[str, float]:
        """Return the means over the sites of the fresh oxide."""
        nodes = self._places.nodes
        sites = self._fresh * nodes.volume * (nodes.owned & nodes.in_oxide)
        sums = [sites.sum(), sites @ now.state["aged"], sites @ now.state["aged_lithium"]]
        fresh, aged, lithium = self._places.points.gathered(np.array(sums))
        return {"Aged Fraction": float(aged / fresh), "Aged Lithium": float(lithium / fresh)}
