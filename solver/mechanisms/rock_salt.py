"""Rock salt: layered oxide that touches liquid loses its layers, from the surface inwards.

How it grows is in `solver.physics.rock_salt`. It starts on the outside and on wet sides of
boundaries; where oxide faces LPO or lies under a coating it has no liquid, also where the LPO has
cracked: it stays on the oxide.

The layer is thinner than the mesh. Of a node it takes the share f = (true area of its sides) s /
(its volume) of the sites; some lithium stays trapped in it. It resists the reaction. It goes along
with the oxide that it lies on, but as long as it is thin it is coherent with it: then it strains
the node by its misfit times its share.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field

from solver.entries import laws
from solver.entries import measures as q
from solver.entries.barrier import CationBarrier
from solver.entries.law_reader import activated_number
from solver.entries.reader import Entries
from solver.mechanisms.base import Mechanism, Shown, Slow
from solver.mechanisms.conditions import Conditions
from solver.mechanisms.layers import MOST, Side, sides_of, taken
from solver.mechanisms.now import Fields, Now
from solver.mechanisms.places import Places
from solver.physics.rock_salt import Growth, hastening
from solver.units import usual
from solver.units.columns import Array, Column
from solver.units.constants import METRE, OHM, SECOND, VACUUM_PERMITTIVITY
from solver.units.fields import StateField
from solver.units.groups import ROCK_SALT
from solver.units.measures import MolarEnergy, SquaredGrowth
from solver.units.section import Section

Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]
NM = 1e9 / METRE  # nm in a um


class RockSaltMaterial(NamedTuple):
    """Rock salt on an oxide, in SI."""

    rate: float  # m^2/s, of the squared thickness within the layers, at 298.15 K and low occupancy
    activation_energy: float  # J/mol
    rate_ratio: float  # across over within the layers
    arrest: float  # m, thickness at which growth across the layers stops
    full_occupancy: float  # up to which it is that fast
    occupancy_scale: float  # rise above that for e times less
    misfit_a: float  # of its lattice in that of the oxide, within the layers
    misfit_c: float  # the same across them
    coherent: float  # m, thickness up to which it does not relax
    trapped_lithium: float  # mol/m^3
    conductivity: Callable[[float], float]  # of the temperature; lithium ions, S/m
    permittivity: float  # relative to that of vacuum
    largest_factor: float  # by which gliding of the layers hastens it
    barrier: CationBarrier  # that gliding lowers

    @classmethod
    def read(cls, entries: Entries) -> "RockSaltMaterial | None":
        """Read the entry `rock_salt`; None without one: that oxide keeps its layers."""
        if not entries.has("rock_salt"):
            return None
        return cls(
            rate=entries.number("rock_salt.rate", q.PARABOLIC_RATE),
            activation_energy=entries.activation("rock_salt.rate"),
            rate_ratio=entries.fraction("rock_salt.rate_ratio"),
            arrest=entries.number("rock_salt.arrest", q.THICKNESS),
            full_occupancy=entries.number("rock_salt.full_occupancy", q.OCCUPANCY),
            occupancy_scale=entries.number("rock_salt.occupancy_scale", q.OCCUPANCY),
            misfit_a=entries.signed("rock_salt.misfit_a", q.STRAIN),
            misfit_c=entries.signed("rock_salt.misfit_c", q.STRAIN),
            coherent=entries.number("rock_salt.coherent", q.THICKNESS),
            trapped_lithium=entries.number("rock_salt.trapped_lithium", q.TRAPPED, zero=True),
            conductivity=activated_number(entries, "rock_salt.conductivity", q.CONDUCTIVITY),
            permittivity=entries.number("rock_salt.permittivity", q.PERMITTIVITY),
            largest_factor=entries.number("rock_salt.largest_factor", q.RATIO),
            barrier=CationBarrier.read(entries),
        )

    def rate_at(self, temperature: float) -> float:
        """Return the rate at a temperature in K, m^2/s."""
        return self.rate * laws.arrhenius(self.activation_energy, temperature)

    def resistivity(self, temperature: float) -> float:
        """Return the resistivity in ohm m."""
        return 1.0 / self.conductivity(temperature)

    def hastened(self, shear: Floats, temperature: float) -> Floats:
        """Return how much faster it grows where layers are sheared over each other, K."""
        lower = self.barrier.sheared(shear) - self.barrier.energy[0]
        return hastening(lower, temperature, self.largest_factor)


class GlidingCase(Section):
    """Layers of the oxide that glide over each other let rock salt grow faster."""

    enabled: bool = Field(False, description="Whether this mechanism acts")


class MisfitCase(Section):
    """Rock salt does not fit into the lattice that it grows in, and strains it."""

    enabled: bool = Field(True, description="Whether this mechanism acts")


class RockSaltCase(Slow):
    """Oxide that touches liquid turns to rock salt. What is not given is the material's."""

    of_oxides: ClassVar[Callable[[Entries], RockSaltMaterial | None]] = RockSaltMaterial.read

    rate: Annotated[SquaredGrowth | None, usual.SQUARED_GROWTH] = Field(
        None,
        ge=0,
        description="Of the squared thickness within the layers, at 25 degC and low occupancy",
    )
    activation_energy: Annotated[MolarEnergy | None, usual.ACTIVATION] = Field(
        None, ge=0, description="Of that rate"
    )
    misfit: MisfitCase = MisfitCase()
    gliding: GlidingCase = GlidingCase()

    def mechanism(self, places: Places) -> "RockSalt":
        """Return the rock salt of a particle."""
        return RockSalt(self, places)

    def cautions(self, plan: Any) -> list[str]:
        """Say that an assumed limit stands for what gliding does."""
        if not self.gliding.enabled:
            return []
        return [
            "caution: physics.rock_salt.gliding lowers a barrier by decades of a rate: how much "
            "faster rock salt grows is largest_factor of the oxide, which is assumed"
        ]


class RockSalt(Mechanism):
    """Layers of rock salt on the outside and on either side of wet boundaries."""

    name = "rock_salt"
    strains = True
    fields: ClassVar[Mapping[str, StateField]] = {
        "rock_salt": StateField("surface", "um", "thickness of rock salt", lower=0.0, slow=True),
        "transformed": StateField(
            "node",
            "1",
            "share of the fresh sites that rock salt took",
            lower=0.0,
            upper=MOST,
            slow=True,
            passes_on=True,
        ),
        "coherent": StateField(
            "node",
            "1",
            "share of it that is thin enough not to relax",
            lower=0.0,
            upper=MOST,
            slow=True,
            passes_on=True,
        ),
    }
    columns = (
        Column("Mean Rock Salt", "m", ROCK_SALT, "Mean thickness over all oxide that is wet."),
        Column(
            "Transformed Oxide", "1", ROCK_SALT, "Share of the fresh oxide's sites that are gone."
        ),
        Column(
            "Most Transformed", "1", ROCK_SALT, "The largest such share of any node, at most 0.9."
        ),
        Column(
            "Lithium in Rock Salt", "1", ROCK_SALT, "Trapped there, per site of the fresh oxide."
        ),
    )
    shown = (
        Shown(
            Array("outer rock salt", "nm", "grains", "Rock salt outside."),
            "rock_salt",
            NM,
            "outside",
        ),
        Shown(
            Array("rock salt plus", "nm", "boundaries", "Rock salt on side '+'."),
            "rock_salt",
            NM,
            "plus",
        ),
        Shown(
            Array("rock salt minus", "nm", "boundaries", "Rock salt on side '-'."),
            "rock_salt",
            NM,
            "minus",
        ),
        Shown(
            Array("transformed", "1", "grains", "Share of the fresh sites that is gone."),
            "transformed",
        ),
    )

    def __init__(self, section: RockSaltCase, places: Places) -> None:
        """section: what the case says."""
        self._section, self._places = section, places
        given = {"rate": section.rate, "activation_energy": section.activation_energy}
        said = {key: value for key, value in given.items() if value is not None}
        found = [oxide.entries["rock_salt"] for oxide in places.oxides]
        self._materials = [each._replace(**said) if each else None for each in found]
        self._sides, self._bare = sides_of(places), places.bare()
        self._of_node = places.oxide[places.nodes.grain]
        sites = np.array([oxide.max_concentration for oxide in places.oxides])[self._of_node]
        oxide = places.nodes.in_oxide
        self._sites = np.where(oxide, sites * places.nodes.volume * places.nodes.owned, 0.0)
        self._trapped = self._at_nodes(lambda each: each.trapped_lithium) / sites
        strain = float(section.misfit.enabled)
        self._misfit_a = strain * self._at_nodes(lambda each: each.misfit_a)
        self._misfit_c = strain * self._at_nodes(lambda each: each.misfit_c)
        coherent = METRE * self._by_oxide(lambda each: each.coherent)
        self._coherent = [coherent[side.oxide] for side in self._sides]

    def laws(self, temperature: float) -> None:
        """Take growth and resistance at a temperature in K."""
        self._growth = [
            self._growth_of(side, bare, temperature)
            for side, bare in zip(self._sides, self._bare, strict=True)
        ]
        resistivity = OHM * METRE * self._by_oxide(lambda each: each.resistivity(temperature))
        permittivity = SECOND / (OHM * METRE) * self._by_oxide(lambda each: each.permittivity)
        relaxation = VACUUM_PERMITTIVITY * permittivity * resistivity
        self._resistances = [
            (resistivity[side.oxide], relaxation[side.oxide]) for side in self._sides
        ]

    def settle(self, now: Now) -> None:
        """Let the layers take their sites, as thick as they have become. Collective."""
        self._take(now.state)

    def modify(self, now: Now, dt: float, conditions: Conditions) -> None:
        """Take sites, trap lithium, strain the lattice and resist the reaction."""
        taken = now.state["transformed"]
        conditions.sites[:] *= 1.0 - taken
        conditions.trapped[:] += self._trapped * taken
        conditions.strain_a[:] += self._misfit_a * now.state["coherent"]
        conditions.strain_c[:] += self._misfit_c * now.state["coherent"]
        for layers, thickness, (resistivity, relaxation) in zip(
            conditions.sides, now.state.sides("rock_salt"), self._resistances, strict=True
        ):
            layers.add_bridged(resistivity * thickness, relaxation)

    def advance(self, now: Now, dt: float) -> float:
        """Let dt (s) pass on all oxide that is wet, at the mean speed of both ends. Collective.

        What nodes lose counts as their damage.
        """
        at_ends = now.old["occupancy"], now.state["occupancy"], self._hastened(now)
        here = zip(*(self._places.beside(values) for values in at_ends), strict=True)
        sides, wetness = now.state.sides("rock_salt"), self._wetness(now.state)
        for growth, layer, wet, (start, end, faster) in zip(
            self._growth, sides, wetness, here, strict=True
        ):
            speed = 0.5 * (growth.speed(start) + growth.speed(end)) * faster
            layer[:] = np.where(wet > 0, growth.grown(layer, speed, dt), layer)
        return self._take(now.state)

    def observe(self, now: Now) -> Mapping[str, float]:
        """Return mean thickness, shares of sites and of lithium."""
        points, taken = self._places.points, now.state["transformed"]
        area = np.concatenate(self._places.bare_areas(now.state["wetness"]))
        thickness = np.concatenate(now.state.sides("rock_salt"))
        sums = [area.sum(), area @ thickness, self._sites.sum(), self._sites @ taken]
        sums.append(self._sites @ (self._trapped * taken))
        wet, volume, sites, gone, lithium = points.gathered(np.array(sums))
        return {
            "Mean Rock Salt": float(volume / wet) / METRE if wet > 0 else 0.0,
            "Transformed Oxide": float(gone / sites),
            "Most Transformed": points.largest(taken),
            "Lithium in Rock Salt": float(lithium / sites),
        }

    def _by_oxide(self, value: Callable[[RockSaltMaterial], float]) -> Floats:
        """What holds for every oxide, zero of one that keeps its layers."""
        return np.array([0.0 if each is None else value(each) for each in self._materials])

    def _at_nodes(self, value: Callable[[RockSaltMaterial], float]) -> Floats:
        """What holds at every node; zero in fillers."""
        return np.where(self._places.nodes.in_oxide, self._by_oxide(value)[self._of_node], 0.0)

    def _growth_of(self, side: Side, bare: Booleans, temperature: float) -> Growth:
        """Growth on places of one kind at a temperature in K."""

        def of_side(value: Callable[[RockSaltMaterial], float]) -> Floats:
            return self._by_oxide(value)[side.oxide]

        speed = self._section.acceleration * METRE**2 / SECOND
        within = speed * of_side(lambda each: each.rate_at(temperature))
        ratio = of_side(lambda each: each.rate_ratio)
        scale = of_side(lambda each: each.occupancy_scale)
        return Growth(
            rate=np.where(bare, within * side.eased(ratio), 0.0),
            arrest=side.along_c * of_side(lambda each: (each.arrest * METRE) ** -2),
            full=of_side(lambda each: each.full_occupancy),
            scale=np.where(scale > 0, scale, 1.0),
        )

    def _hastened(self, now: Now) -> Floats:
        """How much faster gliding of the layers lets rock salt grow, at the nodes. Collective."""
        factor = np.ones(len(self._of_node))
        if self._section.gliding.enabled:
            shear = now.lattice_shear
            for number, material in enumerate(self._materials):
                if material is not None:
                    here = self._of_node == number
                    factor[here] = material.hastened(shear[here], now.temperature)
        return factor

    def _wetness(self, state: Fields) -> tuple[Floats, Floats, Floats]:
        """Share of oxide on every side that touches liquid."""
        outside, plus, minus = self._bare
        return 1.0 * outside, state["wetness"] * plus, state["wetness"] * minus

    def _take(self, state: Fields) -> float:
        """Let the layers take their share of the nodes' sites; return the largest growth of it.

        Collective.
        """
        before, layers = state["transformed"].copy(), state.sides("rock_salt")
        thin = [
            np.minimum(layer, limit) for layer, limit in zip(layers, self._coherent, strict=True)
        ]
        for name, depths in (("transformed", layers), ("coherent", thin)):
            deep = [wet * depth for wet, depth in zip(self._wetness(state), depths, strict=True)]
            state[name][:] = taken(self._places, deep)
        return float(np.max(state["transformed"] - before, initial=0.0))
