"""Oxygen release: hot oxide that is exposed loses oxygen, and rock salt grows inwards from there.

How fast is in `solver.physics.oxygen_release`: by the barrier that gliding of the layers beside a
side leaves to metals, then by vacancies through the rock salt. Outer surfaces are exposed; so are
sides of boundaries, as far as gas gets out along them (`reach`). Where oxide faces LPO or lies
under a coating it keeps its oxygen.

The layer is thinner than the mesh. Of a node it takes the share f = (true area of its sides) s /
(its volume) of the sites, and their lithium stays in it. It does not strain the oxide: the lattice
before a flat layer feels nothing of it, and what its edges do is finer than this mesh.

What every exposed side would lose, whatever is done to it, is followed beside that: growth within
the layers, without gliding (`Even Release`).
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field

from solver.entries import measures as q
from solver.entries.barrier import CationBarrier
from solver.entries.files import MaterialError
from solver.entries.reader import Entries
from solver.mechanisms.base import Mechanism, MechanismCase, Shares, Shown
from solver.mechanisms.conditions import Conditions
from solver.mechanisms.layers import MOST, Side, sides_of, taken
from solver.mechanisms.now import Fields, Now
from solver.mechanisms.places import Places
from solver.physics.oxygen_release import Kinetics, OxygenEquilibrium, Release
from solver.units import usual
from solver.units.columns import Array, Column
from solver.units.constants import METRE, SECOND
from solver.units.fields import StateField
from solver.units.groups import OXYGEN, SPENT
from solver.units.measures import Length, Pressure
from solver.units.section import Section

Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]
NM = 1e9 / METRE  # nm in a um
VISIBLE = 4e-9 * METRE  # um, of rock salt that is seen: as wide as its front is (2 to 6 nm)
MOLECULE = 0.35e-9 * METRE  # um, of oxygen (kinetic diameter): wider boundaries let it pass


class OxygenReleaseMaterial(NamedTuple):
    """How an oxide loses oxygen, in SI."""

    kinetics: Kinetics
    barrier: CationBarrier
    equilibrium: OxygenEquilibrium
    rate_ratio: float  # of vacancies, across over within the layers
    arrest: float  # m, depth at which growth across the layers stops
    oxygen_left: float  # share of the oxygen that rock salt keeps
    bond_depth: float  # m, of rock salt on both sides, for e times less of a bond
    remaining_strength: float  # share that is left in the end
    remaining_toughness: float  # share that is left in the end

    @classmethod
    def read(cls, entries: Entries) -> "OxygenReleaseMaterial | None":
        """Read the entry `oxygen_release`; None without one: it is not known."""
        if not entries.has("oxygen_release"):
            return None
        barrier, lattice = CationBarrier.read(entries), entries.number("lattice_a", q.LATTICE)
        return cls(
            kinetics=Kinetics(
                layer=barrier.per_shear * lattice,
                lattice=lattice,
                attempts=entries.number("oxygen_release.attempts", q.ATTEMPT),
                vacancy=entries.number("oxygen_release.vacancy_barrier", q.BARRIER),
            ),
            barrier=barrier,
            equilibrium=OxygenEquilibrium(
                in_air=entries.number("oxygen_release.equilibrium_in_air", q.TEMPERATURE),
                enthalpy=entries.number("oxygen_release.enthalpy", q.ENTHALPY),
            ),
            rate_ratio=entries.fraction("oxygen_release.rate_ratio"),
            arrest=entries.number("oxygen_release.arrest", q.THICKNESS),
            oxygen_left=entries.fraction("oxygen_release.oxygen_left", zero=True),
            bond_depth=entries.number("oxygen_release.bond_depth", q.THICKNESS),
            remaining_strength=entries.fraction("oxygen_release.remaining_strength"),
            remaining_toughness=entries.fraction("oxygen_release.remaining_toughness"),
        )

    def net_speed(self, shear: Floats, pressure: float, temperature: float) -> Floats:
        """Speed of the interface at shears of the layers, a pressure (Pa) and K, m/s."""
        net = self.equilibrium.net(pressure, temperature)
        return net * self.kinetics.speed(self.barrier.sheared(shear), temperature)


class ReleaseGlidingCase(Section):
    """Layers of the oxide that glide over each other let metals cross them more easily."""

    enabled: bool = Field(True, description="Whether this mechanism acts")


class ReleasedBondsCase(Section):
    """Boundaries between sides that lost oxygen hold less."""

    enabled: bool = Field(False, description="Whether this mechanism acts")


class OxygenReleaseCase(MechanismCase):
    """Hot oxide loses oxygen through its surfaces and becomes rock salt there."""

    of_oxides: ClassVar[Callable[[Entries], OxygenReleaseMaterial | None]] = (
        OxygenReleaseMaterial.read
    )

    pressure: Pressure = Field(
        0.0, ge=0, description="Of oxygen outside; default: vacuum", examples=["21 kPa"]
    )
    reach: Annotated[Length | None, usual.REACH] = Field(
        None,
        gt=0,
        description="Distance from the outside within which closed boundaries let oxygen go; "
        "default: anywhere, as in a thin lamella, whose boundaries are open all along",
        examples=["300 nm"],
    )
    gliding: ReleaseGlidingCase = ReleaseGlidingCase()
    bonds: ReleasedBondsCase = ReleasedBondsCase()

    def require(self, oxide: Any, temperature: float) -> None:
        """Raise MaterialError unless it is known how an oxide loses oxygen."""
        if oxide.entries["oxygen_release"] is None:
            raise MaterialError(
                f"{oxide.name} has no entry oxygen_release, which physics.oxygen_release needs: "
                "give it in a file that is `based_on` it, as LCO.yaml does"
            )

    def mechanism(self, places: Places) -> "OxygenRelease":
        """Return the release of a particle; MaterialError."""
        for oxide in places.oxides:
            self.require(oxide, 0.0)
        return OxygenRelease(self, places)


class OxygenRelease(Mechanism):
    """Layers of rock salt on exposed sides of hot oxide."""

    name = "oxygen_release"
    energy = Column(
        "Release Energy", "J", SPENT, "Taken from bonds whose sides have lost oxygen.", True
    )
    fields: ClassVar[Mapping[str, StateField]] = {
        "release_depth": StateField("surface", "um", "depth that lost oxygen", lower=0.0),
        "release_share": StateField("node", "1", "share that lost oxygen", lower=0.0, upper=MOST),
        "release_lithium": StateField("node", "1", "that stayed, per fresh site", lower=0.0),
        "even_release": StateField("one", "um", "depth without gliding", lower=0.0),
    }
    columns = (
        Column("Outer Release", "m", OXYGEN, "Depth of rock salt outside, mean over true area."),
        Column("Boundary Release", "m", OXYGEN, "The same over both sides of the boundaries."),
        Column("Junction Release", "m", OXYGEN, "The same where three boundaries or more meet."),
        Column("Largest Release", "m", OXYGEN, "The largest depth anywhere."),
        Column(
            "Even Release",
            "m",
            OXYGEN,
            "Depth within the layers that any exposed surface reaches without gliding.",
        ),
        Column(
            "Transformed Boundary",
            "1",
            OXYGEN,
            "Share of the sides of the boundaries with 4 nm of rock salt or more.",
        ),
        Column("Oxygen Release", "1", OXYGEN, "Share of the oxygen of the oxide that has left."),
    )
    shown = (
        Shown(
            Array("outer release", "nm", "grains", "Depth of rock salt outside."),
            "release_depth",
            NM,
            "outside",
        ),
        Shown(
            Array("release plus", "nm", "boundaries", "Depth of rock salt on side '+'."),
            "release_depth",
            NM,
            "plus",
        ),
        Shown(
            Array("release minus", "nm", "boundaries", "Depth of rock salt on side '-'."),
            "release_depth",
            NM,
            "minus",
        ),
        Shown(
            Array("released", "1", "grains", "Share of the oxide that became rock salt."),
            "release_share",
        ),
    )

    def __init__(self, section: OxygenReleaseCase, places: Places) -> None:
        """section: what the case says."""
        self._section, self._places = section, places
        self._materials = [oxide.entries["oxygen_release"] for oxide in places.oxides]
        self._sides, self._bare = sides_of(places), places.bare()
        self._oxide = places.oxide[places.nodes.grain]
        self._lost = self._of_oxides(lambda each: 1.0 - each.oxygen_left)[self._oxide]
        volume = places.nodes.volume * places.nodes.owned * places.nodes.in_oxide
        self._sites = volume * places.fresh_sites()
        self._junction = places.junctions()

    def laws(self, temperature: float) -> None:
        """Take what vacancies do at a temperature in K."""
        speed = METRE**2 / SECOND
        rates = 2.0 * speed * self._of_oxides(lambda m: m.kinetics.diffusivity(temperature))
        ratio = self._of_oxides(lambda m: m.rate_ratio)
        stops = self._of_oxides(lambda m: (m.arrest * METRE) ** -2)

        def of_side(side: Side) -> tuple[Floats, Floats]:
            inwards = rates[side.oxide] * side.eased(ratio[side.oxide])
            return inwards, stops[side.oxide] * side.along_c

        self._vacancies = [of_side(side) for side in self._sides]
        self._within = rates[:1]

    def modify(self, now: Now, dt: float, conditions: Conditions) -> None:
        """Take sites, and hold their lithium."""
        conditions.sites[:] *= 1.0 - now.state["release_share"]
        conditions.trapped[:] += now.state["release_lithium"]

    def weaken(self, now: Now) -> Shares | None:
        """Strength and toughness fall to what is left in the end, by exp(-(s+ + s-) / s_b)."""
        if not self._section.bonds.enabled:
            return None
        _, plus, minus = now.state.sides("release_depth")
        oxide = self._sides[1].oxide
        depth = METRE * self._of_oxides(lambda m: m.bond_depth)[oxide]
        strength = self._of_oxides(lambda m: m.remaining_strength)[oxide]
        toughness = self._of_oxides(lambda m: m.remaining_toughness)[oxide]
        lost = -np.expm1(-(plus + minus) / depth)
        return Shares(1.0 - lost * (1.0 - strength), 1.0 - lost * (1.0 - toughness))

    def advance(self, now: Now, dt: float) -> float:
        """Let dt (s) pass at the present temperature. Collective.

        What nodes lose counts as their damage.
        """
        speeds = self._places.beside(self._speed(now))
        here = zip(speeds, self._exposed(now), self._vacancies, strict=True)
        for layer, (speed, exposed, (rate, arrest)) in zip(
            now.state.sides("release_depth"), here, strict=True
        ):
            layer[:] = Release(speed * exposed, rate, arrest).depth(layer, dt)
        still = self._of_one(np.zeros(1), now.temperature)
        even = now.state["even_release"]
        even[:] = Release(still, self._within, np.zeros(1)).depth(even[:1], dt)
        return self._take(now.state)

    def observe(self, now: Now) -> Mapping[str, float]:
        """Return depths over true areas, and shares."""
        places, points = self._places, self._places.points
        outside, plus, minus = now.state.sides("release_depth")
        bare_outside, bare_plus, bare_minus = places.bare_areas(np.ones(len(points.weight)))
        area, depth = np.concatenate([bare_plus, bare_minus]), np.concatenate([plus, minus])
        junction = area * np.tile(self._junction, 2)
        sums = [bare_outside.sum(), area.sum(), junction.sum(), self._sites.sum()]
        sums += [bare_outside @ outside, area @ depth, junction @ depth]
        sums += [area @ (depth >= VISIBLE), self._sites @ (self._lost * now.state["release_share"])]
        outer, inner, meeting, sites, *found = map(float, points.gathered(np.array(sums)))
        over = (outer, inner, meeting, inner, sites)
        means = [value / by if by > 0 else 0.0 for value, by in zip(found, over, strict=True)]
        return {
            "Outer Release": means[0] / METRE,
            "Boundary Release": means[1] / METRE,
            "Junction Release": means[2] / METRE,
            "Largest Release": points.largest(np.concatenate([outside, depth])) / METRE,
            "Even Release": float(now.state["even_release"][0]) / METRE,
            "Transformed Boundary": means[3],
            "Oxygen Release": means[4],
        }

    def _of_oxides(self, value: Callable[[OxygenReleaseMaterial], float]) -> Floats:
        """What holds for every oxide."""
        return np.array([value(each) for each in self._materials])

    def _speed(self, now: Now) -> Floats:
        """Speed of the interface at the nodes, um/s. Collective."""
        gliding = self._section.gliding.enabled
        shear = now.lattice_shear if gliding else np.zeros(len(self._oxide))
        speed: Floats = np.zeros(len(shear))
        for number in range(len(self._materials)):
            here = self._oxide == number
            speed[here] = self._of_one(shear[here], now.temperature, number)
        return speed

    def _of_one(self, shear: Floats, temperature: float, oxide: int = 0) -> Floats:
        """Speed of the interface in one oxide, um/s."""
        pressure = self._section.pressure
        speed = self._materials[oxide].net_speed(shear, pressure, temperature)
        return np.asarray(METRE / SECOND * speed)

    def _exposed(self, now: Now) -> tuple[Floats, Floats, Floats]:
        """Share of what leaves every side that gets out. Collective."""
        places, reach = self._places, self._section.reach
        outside, plus, minus = self._bare
        along: Floats = np.ones(len(plus))
        if reach is not None:
            mouths = places.open_mouths(now.state["max_opening"]) > 0
            parted = places.network.reached((now.gap > MOLECULE) | mouths, mouths)
            along = places.exposed(reach * METRE, parted)
        return 1.0 * outside, along * plus, along * minus

    def _take(self, state: Fields) -> float:
        """Let the layers take their share of the nodes; return the largest growth of it."""
        before = state["release_share"].copy()
        state["release_share"][:] = taken(self._places, state.sides("release_depth"))
        grown = state["release_share"] - before
        lithium = state["occupancy"] * state["sites"] / self._places.fresh_sites()
        state["release_lithium"] += lithium * grown / (1.0 - before)
        return float(np.max(grown, initial=0.0))
