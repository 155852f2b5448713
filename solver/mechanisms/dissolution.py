"""Dissolution: wet oxide goes back, the faster the higher its potential and the barer it is.

    ds/dt = rate f(E) exp(-film / film_thickness),    f = min(1, exp((E - E_ref) / E_scale))

s is how far the wet part of a side has gone back (its recession), E the potential of the oxide
against the liquid, `film` the interphase on it: where that is thin or missing pits open. What is
dry does not dissolve, nor does what LPO or a coating covers, even where they have cracked: they
stay on the oxide. rate follows Arrhenius.

The share of a node's fresh sites that is gone is (area of its wet sides) s / (its volume). The
oxide dissolves as a whole: metals and lithium go into the liquid together, so that what is left
keeps its occupancy and its potential. (If the lithium stayed, a charged particle at rest would lose
potential with each layer that dissolves.) No current passes the collector for it: the metals go as
ions of charge two, and the liquid gives the electrons that this takes (Sahore et al., J.
Electrochem. Soc. 167, 2020). The balance of lithium holds what has left as `leached`.

Of the volume that has dissolved a share `products.volume_ratio` fills with amorphous products: they
lie on the sides, resist the reaction, and take that much off the width that liquid has. Cracks are
wider by the recession of both sides.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field

from solver.entries import laws
from solver.entries import measures as q
from solver.entries.reader import Entries
from solver.mechanisms.base import Mechanism, Shown, Slow
from solver.mechanisms.conditions import Conditions
from solver.mechanisms.now import Fields, Now
from solver.mechanisms.places import Places
from solver.physics.attack import attack
from solver.units import usual
from solver.units.columns import Array, Column
from solver.units.constants import METRE, SECOND, SIEMENS
from solver.units.fields import StateField
from solver.units.groups import DISSOLUTION
from solver.units.measures import Length, MolarEnergy, Speed, Voltage

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]
MOST = 0.9  # of the sites of a node: what is beyond comes from those behind it
TINY = np.finfo(float).tiny
NM = 1e9 / METRE  # nm in a um


class DissolutionMaterial(NamedTuple):
    """How an oxide dissolves in liquid, at full speed from a potential against it on; in SI."""

    rate: float  # m/s, of bare oxide at 25 degC
    activation_energy: float  # J/mol
    reference_potential: float  # V
    potential_scale: float  # V, for e times the speed below that
    film_thickness: float  # m, under which it is e times slower
    volume_ratio: float  # of products over the oxide that has dissolved
    conductivity: float  # of lithium ions in the products, S/m

    @classmethod
    def read(cls, entries: Entries) -> "DissolutionMaterial | None":
        """Read the entry `dissolution`; None without one: that oxide does not dissolve."""
        if not entries.has("dissolution"):
            return None
        return cls(
            rate=entries.number("dissolution.rate", q.RECESSION),
            activation_energy=entries.activation("dissolution.rate"),
            reference_potential=entries.number("dissolution.reference_potential", q.POTENTIAL),
            potential_scale=entries.number("dissolution.potential_scale", q.POTENTIAL_SCALE),
            film_thickness=entries.number("dissolution.film_thickness", q.THICKNESS),
            volume_ratio=entries.fraction("dissolution.products.volume_ratio", zero=True),
            conductivity=entries.number("dissolution.products.conductivity", q.CONDUCTIVITY),
        )


class DissolutionCase(Slow):
    """Wet oxide dissolves. What is not given is the material's."""

    of_oxides: ClassVar[Callable[[Entries], DissolutionMaterial | None]] = DissolutionMaterial.read

    rate: Annotated[Speed | None, usual.RECESSION] = Field(
        None, ge=0, description="Of bare oxide from the reference potential on, at 25 degC"
    )
    activation_energy: Annotated[MolarEnergy | None, usual.ACTIVATION] = Field(
        None, ge=0, description="Of that rate"
    )
    reference_potential: Annotated[Voltage | None, usual.VOLTAGE] = Field(
        None, gt=0, description="Potential against the liquid from which the rate is full"
    )
    potential_scale: Annotated[Voltage | None, usual.POTENTIAL_SCALE] = Field(
        None, gt=0, description="Below the reference, e times slower for every", examples=["100 mV"]
    )
    film_thickness: Annotated[Length | None, usual.FILM] = Field(
        None, gt=0, description="Interphase under which it is e times slower", examples=["5 nm"]
    )

    def mechanism(self, places: Places) -> "Dissolution":
        """Return the dissolution of the oxides: as the case says, else as the material."""
        return Dissolution(self, places)


class DissolutionLaw(NamedTuple):
    """How oxide goes back at some places, in internal units.

    rate: of bare oxide at the reference potential and above, um/s; zero where nothing dissolves.
    reference, scale: E_ref and E_scale, V. film: thickness of the film for e times slower, um.
    volume_ratio: of products over oxide. resistivity: of the products, V um/pA.
    """

    rate: Floats
    reference: Floats
    scale: Floats
    film: Floats
    volume_ratio: Floats
    resistivity: Floats


def speed(potential: Floats, film: Floats, law: DissolutionLaw) -> Floats:
    """ds/dt, um/s, at a potential of the oxide against the liquid (V) and under a film (um)."""
    return law.rate * attack(potential, law) * np.exp(-film / law.film)


class Dissolution(Mechanism):
    """Takes oxide away from the outside and from wet sides of boundaries."""

    name = "dissolution"
    fields: ClassVar[Mapping[str, StateField]] = {
        "recession": StateField(
            "surface", "um", "how far wet oxide has gone back", lower=0.0, slow=True
        ),
        "dissolved": StateField(
            "node",
            "1",
            "share of the fresh sites that dissolved",
            lower=0.0,
            upper=MOST,
            slow=True,
            passes_on=True,
        ),
        "dissolved_lithium": StateField(
            "node",
            "1",
            "lithium that left with them, per site of the fresh oxide",
            lower=0.0,
            upper=1.0,
            slow=True,
            passes_on=True,
        ),
    }
    columns = (
        Column("Mean Recession", "m", DISSOLUTION, "Mean over all wet oxide of how far it went."),
        Column(
            "Dissolved Oxide", "1", DISSOLUTION, "Share of the sites of the fresh oxide dissolved."
        ),
        Column(
            "Dissolved Lithium",
            "1",
            DISSOLUTION,
            "Lithium that left with them, per site of the fresh oxide.",
        ),
    )
    shown = (
        Shown(
            Array("outer recession", "nm", "grains", "How far the wet outside has gone back."),
            "recession",
            NM,
            "outside",
        ),
        Shown(
            Array("recession plus", "nm", "boundaries", "How far wet side '+' has gone back."),
            "recession",
            NM,
            "plus",
        ),
        Shown(
            Array("recession minus", "nm", "boundaries", "How far wet side '-' has gone back."),
            "recession",
            NM,
            "minus",
        ),
        Shown(Array("dissolved", "1", "grains", "Share of the sites that dissolved."), "dissolved"),
    )

    def __init__(self, section: DissolutionCase, places: Places) -> None:
        """section: what the case says."""
        self._section, self._places = section, places
        self._bare = places.bare()
        self._oxide = [places.oxide[grain] for grain in (places.nodes.grain, *places.points.pair.T)]
        self._fresh = places.fresh_sites()

    def laws(self, temperature: float) -> None:
        """Take the rates at a temperature in K."""
        materials = [oxide.entries["dissolution"] for oxide in self._places.oxides]
        rows = np.array([self._row(material, temperature) for material in materials])
        found = [DissolutionLaw(*rows[oxide].T) for oxide in self._oxide]
        self.law = [
            law._replace(rate=law.rate * bare) for law, bare in zip(found, self._bare, strict=True)
        ]

    def _row(self, material: DissolutionMaterial | None, temperature: float) -> tuple[float, ...]:
        """The numbers of the law of an oxide, in internal units."""
        if material is None:
            return 0.0, 0.0, 1.0, 1.0, 0.0, 0.0
        said: dict[str, Any] = material._asdict() | self._section.own()
        rate = said["rate"] * laws.arrhenius(said["activation_energy"], temperature)
        return (
            self._section.acceleration * rate * METRE / SECOND,
            said["reference_potential"],
            said["potential_scale"],
            said["film_thickness"] * METRE,
            said["volume_ratio"],
            1.0 / (said["conductivity"] * SIEMENS / METRE),
        )

    def settle(self, now: Now) -> None:
        """Let nodes behind give what nodes cannot, with its lithium. Collective."""
        dissolved, lithium = now.state["dissolved"], now.state["dissolved_lithium"]
        dissolved[:], lithium[:] = self._places.settled(dissolved, MOST, lithium)

    def modify(self, now: Now, dt: float, conditions: Conditions) -> None:
        """Take sites and their lithium away; products resist, and take room from the liquid."""
        state, recession = now.state, now.state.sides("recession")
        conditions.sites[:] *= 1.0 - state["dissolved"]
        conditions.leached[:] += state["dissolved_lithium"]
        filled = [law.volume_ratio * s for law, s in zip(self.law, recession, strict=True)]
        for layers, law, thickness in zip(conditions.sides, self.law, filled, strict=True):
            layers.resistance[:] += law.resistivity * thickness
        for widths, (_, plus, minus) in (
            (conditions.receded, recession),
            (conditions.filled, filled),
        ):
            widths[:] += plus + minus

    def advance(self, now: Now, dt: float) -> float:
        """Let wet oxide dissolve for dt (s); what nodes lose counts as their damage. Collective.

        A side that got wetter has gone back by the mean over all that is wet of it.
        """
        state, wet, always = now.state, now.state["wetness"], np.ones(1)
        films = state.sides("film") if "film" in state else np.zeros((3, 1))
        ways = [
            (share > 0) * dt * speed(potential, film, law)
            for share, potential, film, law in zip(
                (always, wet, wet), now.potentials, films, self.law, strict=True
            )
        ]
        lost = self._places.within(ways[0], wet * ways[1], wet * ways[2])
        gone = self._places.settled(state["dissolved"] + lost, MOST)[0] - state["dissolved"]
        self._book(state, gone)
        old = np.minimum(now.old["wetness"] / np.maximum(wet, TINY), 1.0)
        kept, parts = (always, old, old), self._places.beside(self._given(lost, gone))
        for s, stays, way, part in zip(state.sides("recession"), kept, ways, parts, strict=True):
            s[:] = stays * s + part * way
        return float(np.max(gone, initial=0.0))

    def _given(self, lost: Floats, gone: Floats) -> Floats:
        """Share of what nodes should lose that their grain could give: all, until it is spent."""
        volume, grain = self._places.nodes.volume, self._places.nodes.grain
        wanted, given = self._places.of_grains(volume * lost, volume * gone)
        return np.asarray((given / np.maximum(wanted, TINY))[grain])

    def _book(self, state: Fields, share: Floats) -> None:
        """Let a share of the fresh sites go, with the lithium on what other causes left of it."""
        dissolved = state["dissolved"]
        there_is = state["sites"] / (self._fresh * (1.0 - dissolved))
        state["dissolved_lithium"] += state["occupancy"] * there_is * share
        dissolved += share

    def observe(self, now: Now) -> Mapping[str, float]:
        """Return the mean recession, and what has dissolved."""
        state, nodes, points = now.state, self._places.nodes, self._places.points
        area = np.concatenate(self._places.bare_areas(state["wetness"]))
        sites = self._fresh * nodes.volume * nodes.owned * nodes.in_oxide
        sums = [area.sum(), area @ state["recession"], sites.sum()]
        sums += [sites @ state["dissolved"], sites @ state["dissolved_lithium"]]
        bare, volume, fresh, dissolved, lithium = points.gathered(np.array(sums))
        return {
            "Mean Recession": float(volume / bare) / METRE if bare > 0 else 0.0,
            "Dissolved Oxide": float(dissolved / fresh),
            "Dissolved Lithium": float(lithium / fresh),
        }
