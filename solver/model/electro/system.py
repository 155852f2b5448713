"""The electrochemical system: occupancy, potentials of grains, collector and boundaries."""

from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem

from solver.entries.laws import Law
from solver.materials.counter import Counter
from solver.model.electro.surfaces import Passages, Share, Surfaces
from solver.model.oxides import Each, at_nodes
from solver.model.spaces import Spaces
from solver.model.state import State
from solver.units.constants import FARADAY_INTERNAL
from solver.units.memory import Memory

Forms: TypeAlias = fem.Form | tuple[fem.Form, ...]
Table: TypeAlias = list[list[Forms | None]]
Floats = npt.NDArray[np.floating]


def put_aside(state: State) -> Floats:
    """Lithium where sites have gone that takes no further part, fmol/um^3: trapped or leached."""
    return state["trapped"] + state["leached"]


@dataclass(frozen=True)
class Electrochemistry:
    """Properties that no temperature changes, in internal units: of each grain where they differ.

    max_concentration: of lithium in the fresh oxide, fmol/um^3.
    """

    diffusivity_ratio: Each
    max_concentration: Each
    collector_conductance: Each


@dataclass(frozen=True)
class ElectrochemicalLaws:
    """Laws at one temperature, in internal units, of the occupancies of all nodes (see `Oxides`).

    thermal_voltage: R_g T/F, V. conductivity: of ions in fillers, pA/(V um).
    """

    potential: Law
    diffusivity: Law
    exchange_current: Law
    thermal_voltage: float
    conductivity: float


@dataclass(frozen=True)
class NodalFields:
    """Functions of the nodes that the laws fill, and their derivatives for Newton's method.

    lithium_potential: V_g - U_eq in a grain, the ionic potential in a filler. potential: U(x), in a
    filler the ionic potential. stress_part: s. Each `_slope` is the derivative by the occupancy of
    the same node, `_curvature` the second one, `_by_grain` that by V_g.
    """

    lithium_potential: fem.Function
    lithium_potential_slope: fem.Function
    lithium_potential_by_grain: fem.Function
    potential: fem.Function
    potential_slope: fem.Function
    potential_curvature: fem.Function
    stress_part: fem.Function
    stress_slope: fem.Function
    diffusivity: fem.Function
    diffusivity_slope: fem.Function

    @classmethod
    def on(cls, space: fem.FunctionSpace) -> "NodalFields":
        """All fields zero on a space."""
        return cls(*(fem.Function(space) for _ in cls.__dataclass_fields__))


@dataclass(frozen=True)
class NetworkFields:
    """What ions meet along the boundaries.

    along: kappa h at the boundary points, pA/V. outlet: conductance into the electrolyte
    outside at the nodes of the network, per area, pA/(V um^2); also what keeps the potential of
    nodes without any conductor at zero.
    """

    along: fem.Function
    outlet: fem.Function


@dataclass(frozen=True)
class UniformFlux:
    """The imposed current spread evenly over the oxide's outside, in place of the reaction there.

    level: what V_g - U_eq is above the resistance and the overpotential of that current, V. Its
    mean over the outside vanishes, which gives all potentials their level. concentration: area of
    the whole outside over that of the oxide.
    """

    level: Share
    concentration: float


@dataclass(frozen=True)
class CollectorControl:
    """What is imposed: a current density over the outside, or a voltage of the cell.

    counter, series: potential of the counter electrode, V, as counter + series times the current
    density, V um^2/pA.
    """

    galvanostatic: fem.Constant
    applied: fem.Constant
    potentiostatic: fem.Constant
    voltage: fem.Constant
    counter: fem.Constant
    series: fem.Constant

    @property
    def holds_voltage(self) -> bool:
        """Whether a voltage is imposed."""
        return float(self.potentiostatic.value) != 0.0

    def impose_current(self, density: float) -> None:
        """Impose a current density, pA/um^2 of the outside, positive on charge."""
        self.galvanostatic.value, self.potentiostatic.value = 1.0, 0.0
        self.applied.value = density

    def impose_voltage(self, voltage: float) -> None:
        """Impose the potential of the collector against the counter electrode, V."""
        self.galvanostatic.value, self.potentiostatic.value = 0.0, 1.0
        self.voltage.value = voltage

    def face(self, potential: float, current: float, slope: float, outside: float) -> None:
        """Face a counter electrode at a potential, V, that changes by the current (pA) as `slope`.

        outside: area over which the current density is, um^2.
        """
        self.counter.value = potential - slope * current
        self.series.value = slope * outside

    def save(self) -> Memory:
        """Return what it imposes."""
        return {item.name: float(getattr(self, item.name).value) for item in fields(self)}

    def load(self, memory: Memory) -> None:
        """Impose what was saved."""
        for name, value in memory.items():
            getattr(self, name).value = value


@dataclass
class Facing:
    """The counter electrode, and what it takes to follow it (`solver.model.electro.counter`).

    outside: whole area of the particle's outside, um^2. before: lithium outside the oxide when the
    step began, fmol. bound: lithium that films hold at its end, fmol.
    """

    counter: Counter
    outside: float
    before: float = 0.0
    bound: float = 0.0


@dataclass(frozen=True)
class StressInPotential:
    """s(x) = offset + slope x at the nodes, held while the chemistry is solved; V."""

    offset: Floats
    slope: Floats

    def value(self, x: Floats) -> Floats:
        """Stress part of the equilibrium potential, V."""
        return self.offset + self.slope * x


@dataclass
class HeldConditions:
    """What is held while the chemistry is solved.

    laws: at the present temperature. passages: how ions pass through every surface. diffusivity:
    factor at the nodes.
    """

    laws: ElectrochemicalLaws
    passages: Passages
    diffusivity: Floats


@dataclass(frozen=True)
class ElectrochemicalSystem:
    """Forms of transport and charge balance, and the point values they are written with.

    The unknowns are the occupancy (at the nodes of fillers their ionic potential, V), V_g of each
    grain, that of the collector, and the ionic potential of the boundary network if there is
    one. occupancy_old, sites_old, aside_old: when the step began. collector_contact: factor of
    the collector's conductance, per grain. dt: time step, s. ds: over the outside. outer_area:
    share of the outside that each node carries. in_oxide: whether a node belongs to a grain.
    conductances: of the edges of every owned cell, of lithium, over D (`conductances_of_cells`).
    """

    unknowns: list[fem.Function]
    residual: list[Forms]
    tangent: Table
    nodal: NodalFields
    surfaces: Surfaces
    network: NetworkFields | None
    uniform: UniformFlux | None
    occupancy_old: fem.Function
    sites_old: fem.Function
    aside_old: fem.Function
    electron_contact: fem.Function
    collector_contact: fem.Function
    control: CollectorControl
    facing: Facing
    dt: fem.Constant
    ds: ufl.Measure
    outer_area: Floats
    in_oxide: npt.NDArray[np.bool_]
    conductances: Floats
    properties: Electrochemistry
    held: HeldConditions
    state: State
    spaces: Spaces
    grain_names: tuple[str, ...]

    @property
    def laws(self) -> ElectrochemicalLaws:
        """Laws of lithium and charge at the present temperature."""
        return self.held.laws

    def set_laws(self, laws: ElectrochemicalLaws) -> None:
        """Go by these laws from now on."""
        self.held.laws = laws
        filler = ~self.in_oxide
        self.nodal.diffusivity.x.array[filler] = laws.conductivity / self.charge_density()[filler]

    def set_conditions(self, passages: Passages, electrons: Floats, diffusivity: Floats) -> None:
        """Hold these passages, electron conductances (pA/(V um^2)) and factors from now on."""
        self.held.passages, self.held.diffusivity = passages, diffusivity
        self.electron_contact.x.array[:] = electrons

    def update_laws(self, stress: StressInPotential) -> float:
        """Evaluate all material laws at the present unknowns into the point fields.

        Returns by how much (V) the currents do not meet their laws yet, on this rank.
        """
        self.update_nodal_laws(stress)
        return self._update_currents()

    def update_nodal_laws(self, stress: StressInPotential) -> None:
        """Evaluate the laws of the nodes at the present unknowns, not those of the surfaces."""
        oxide, n, p, x = self.in_oxide, self.nodal, self.laws, self.occupancy()
        stress_part, stress_slope = stress.value(self.state["occupancy"]), stress.slope
        slope = p.potential.slope(x)[oxide]
        n.stress_part.x.array[oxide] = stress_part[oxide]
        n.stress_slope.x.array[oxide] = stress_slope[oxide]
        n.potential.x.array[:] = np.where(oxide, p.potential.value(x), self.state["occupancy"])
        n.potential_slope.x.array[oxide] = slope
        n.potential_curvature.x.array[oxide] = p.potential.curvature(x)[oxide]
        equilibrium = n.potential.x.array[oxide] + stress_part[oxide]
        potential = n.lithium_potential.x.array
        potential[oxide] = self.grain_potential_at_nodes()[oxide] - equilibrium
        potential[~oxide] = self.state["occupancy"][~oxide]
        n.lithium_potential_slope.x.array[oxide] = -slope - stress_slope[oxide]
        factor = self.held.diffusivity[oxide]
        n.diffusivity.x.array[oxide] = factor * p.diffusivity.value(x)[oxide]
        n.diffusivity_slope.x.array[oxide] = factor * p.diffusivity.slope(x)[oxide]

    def _update_currents(self) -> float:
        """Currents through every surface; by how much (V) they do not meet their laws yet."""
        vt, (exchange, slope) = self.laws.thermal_voltage, self.exchange_current()
        drivings = self.drivings(self.nodal.lithium_potential.x.array, self.network_potential())
        unmet = 0.0
        for surface, passage, driving in zip(
            self.surfaces, self.held.passages, drivings, strict=True
        ):
            law = passage, driving, exchange[surface.node], slope[surface.node], vt
            if self.uniform is not None and surface is self.surfaces.outside:
                density = float(self.control.applied.value) * self.uniform.concentration
                surface.impose(density, *law, self.uniform.level)
            else:
                unmet = max(unmet, surface.react(*law))
        return unmet

    def occupancy(self) -> Floats:
        """Occupancy at every local and ghost node, one half in fillers, which have none."""
        return np.where(self.in_oxide, self.state["occupancy"], 0.5)

    def exchange_current(self) -> tuple[Floats, Floats]:
        """i0 of the oxide in liquid at every node, and its slope by the occupancy, pA/um^2."""
        law, x = self.laws.exchange_current, self.occupancy()
        return law.value(x), law.slope(x)

    def sites(self, node_volume: Floats) -> Floats:
        """Sites for lithium at every node, fmol, of nodes that carry these volumes (um^3)."""
        return node_volume * self.state["sites"]

    def change_sites(self, left: Floats, trapped: Floats, leached: Floats) -> None:
        """Leave these shares of the fresh sites, and put lithium aside, per fresh site.

        Where nothing acts on them, they stay as they are.
        """
        if not (trapped.any() or leached.any()) and (left == 1.0).all():
            return
        fresh = at_nodes(self.properties.max_concentration, self.spaces.grain_of_node)
        for name, share in (("sites", left), ("trapped", trapped), ("leached", leached)):
            self.state[name][:] = self.in_oxide * fresh * share

    def share_gone(self) -> Floats:
        """Share of the fresh sites of every node that has gone; none in fillers."""
        return 1.0 - self.charge_density() / self.fresh_charge_density()

    def fresh_charge_density(self) -> Floats:
        """F times the sites of every node of fresh oxide, pC/um^3; in fillers the oxide's."""
        c_max = at_nodes(self.properties.max_concentration, self.spaces.grain_of_node)
        return np.asarray(FARADAY_INTERNAL * c_max)

    def charge_density(self) -> Floats:
        """F times the present sites of every node, pC/um^3; in fillers, which have none, fresh."""
        present = FARADAY_INTERNAL * self.state["sites"]
        return np.where(self.in_oxide, present, self.fresh_charge_density())

    def drivings(self, at_nodes: Floats, network: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Difference that drives the current through each surface, of potentials or changes.

        at_nodes: lithium potential at the nodes; network: ionic potential at its nodes.
        """
        boundaries = self.spaces.boundaries
        inside = network[self.spaces.network.node] if self.network else np.zeros(1)
        plus, minus = at_nodes[boundaries.plus], at_nodes[boundaries.minus]
        return at_nodes, plus - inside, minus - inside, plus - minus

    def network_potential(self) -> Floats:
        """Ionic potential at the nodes of the network, V."""
        return self.state["network_potential"]

    def grain_potential_at_nodes(self) -> Floats:
        """V_g of the grain of each local and ghost node, V."""
        return self.state["grain_potential"][self.spaces.grain_dof_of_node]

    def currents(self) -> dict[str, float]:
        """Current that leaves the particle by kind of surface, pA (2D: per um of depth).

        outside: to the electrolyte around; wet: into liquid in boundaries; filled: into what
        fills them; parasitic: the part of all of them that removes no lithium. Collective.
        """
        passages, weight = self.held.passages, self.spaces.boundaries.weight
        n_owned = self.spaces.scalar.dofmap.index_map.size_local
        area = np.zeros_like(self.outer_area)
        area[:n_owned] = self.outer_area[:n_owned]
        totals = np.zeros(4)
        surfaces, areas = self.surfaces, (area, weight, weight)
        for k, (surface, passage, size) in enumerate(
            zip(surfaces[:3], passages[:3], areas, strict=True)
        ):
            drawn = size * surface.drawn(passage)
            wet = passage.liquid > 0
            kinds = (drawn.sum(),) if k == 0 else (0.0, drawn[wet].sum(), drawn[~wet].sum())
            totals[: len(kinds)] += kinds
            totals[3] += size[passage.open] @ passage.parasitic[passage.open]
        totals = self.spaces.boundaries.comm.allreduce(totals)
        return dict(zip(("outside", "wet", "filled", "parasitic"), map(float, totals), strict=True))

    def total_current(self) -> float:
        """Current through the collector, pA (2D: per um of depth). Collective."""
        currents = self.currents()
        return currents["outside"] + currents["wet"] + currents["filled"]
