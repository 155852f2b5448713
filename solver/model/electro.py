"""The electrochemical system: occupancy, potential of each grain, potential of the collector."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.materials.laws import Law
from solver.physics import kinetics
from solver.state import Spaces, State

Table = list[list[fem.Form | None]]
Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Filler:
    """Li-ion conductor between or around the grains, in internal units.

    conductivity: pA/(V um). electrolyte_conductance: to the liquid outside, pA/(V um^2).
    """

    conductivity: float
    electrolyte_conductance: float


@dataclass(frozen=True)
class Electrochemistry:
    """Properties in internal units; laws take occupancies and give internal units too.

    lithium_conductance, electron_conductance: of the bonded boundary at each of its points,
    pA/(V um^2).
    """

    potential: Law
    diffusivity: Law
    exchange_current: Law
    diffusivity_ratio: float
    max_concentration: float
    collector_conductance: float
    lithium_conductance: Floats | float
    electron_conductance: Floats | float
    film_resistance: float
    thermal_voltage: float
    filler: Filler | None = None


@dataclass(frozen=True)
class NodalFields:
    """Functions of the nodes that the laws fill, and their derivatives for Newton's method.

    lithium_potential: V_g - U_eq in a grain, the ionic potential in a filler. stress_part: s.
    Each `_slope` is the derivative by the occupancy of the same node, `_by_grain` that by V_g.
    """

    lithium_potential: fem.Function
    lithium_potential_slope: fem.Function
    lithium_potential_by_grain: fem.Function
    stress_part: fem.Function
    stress_slope: fem.Function
    diffusivity: fem.Function
    diffusivity_slope: fem.Function
    inverse_slope: fem.Function
    current: fem.Function
    current_slope: fem.Function
    current_by_grain: fem.Function

    @classmethod
    def on(cls, space: fem.FunctionSpace) -> "NodalFields":
        """All fields zero on a space."""
        return cls(*(fem.Function(space) for _ in cls.__dataclass_fields__))


@dataclass(frozen=True)
class Control:
    """What the collector imposes: a current density over the outside, or a voltage."""

    galvanostatic: fem.Constant
    applied: fem.Constant
    potentiostatic: fem.Constant
    voltage: fem.Constant

    def impose_current(self, density: float) -> None:
        """Impose a current density, pA/um^2 of the outside, positive on charge."""
        self.galvanostatic.value, self.potentiostatic.value = 1.0, 0.0
        self.applied.value = density

    def impose_voltage(self, voltage: float) -> None:
        """Impose the potential of the collector, V."""
        self.galvanostatic.value, self.potentiostatic.value = 0.0, 1.0
        self.voltage.value = voltage


@dataclass(frozen=True)
class StressInPotential:
    """s(x) = offset + slope x at the nodes, held while the chemistry is solved; V."""

    offset: Floats
    slope: Floats

    def value(self, x: Floats) -> Floats:
        """Stress part of the equilibrium potential, V."""
        return self.offset + self.slope * x


@dataclass(frozen=True)
class ElectrochemicalSystem:
    """Forms of transport and charge balance, and the point values they are written with.

    The first unknown is the occupancy, at the nodes of fillers their ionic potential (V).
    lithium_contact, electron_contact: conductance of the boundary points as it is now. dt: time
    step, s. outer_area: share of the outside that each node carries. collector_contact: factor
    of the collector's conductance, per grain. in_oxide: whether a node belongs to a grain.
    """

    unknowns: list[fem.Function]
    residual: list[fem.Form]
    tangent: Table
    nodal: NodalFields
    occupancy_old: fem.Function
    lithium_contact: fem.Function
    electron_contact: fem.Function
    collector_contact: fem.Function
    control: Control
    dt: fem.Constant
    outer_area: Floats
    in_oxide: npt.NDArray[np.bool_]
    properties: Electrochemistry
    state: State
    spaces: Spaces
    grain_names: tuple[str, ...]

    def set_contacts(self, lithium: Floats | float, electrons: Floats | float) -> None:
        """Leave these shares of the bonded conductance at the boundary points."""
        self.lithium_contact.x.array[:] = lithium * self.properties.lithium_conductance
        self.electron_contact.x.array[:] = electrons * self.properties.electron_conductance

    def update_laws(self, stress: StressInPotential) -> None:
        """Evaluate all material laws at the present unknowns into the nodal fields."""
        oxide, n, p = self.in_oxide, self.nodal, self.properties
        x = self.state.occupancy.x.array[oxide]
        stress_part, stress_slope = stress.value(self.state.occupancy.x.array), stress.slope
        slope = p.potential.slope(x)
        n.stress_part.x.array[oxide] = stress_part[oxide]
        n.stress_slope.x.array[oxide] = stress_slope[oxide]
        equilibrium = p.potential.value(x) + stress_part[oxide]
        n.lithium_potential.x.array[oxide] = self.grain_potential_at_nodes()[oxide] - equilibrium
        n.lithium_potential_slope.x.array[oxide] = -slope - stress_slope[oxide]
        n.inverse_slope.x.array[oxide] = 1.0 / slope
        n.diffusivity.x.array[oxide] = p.diffusivity.value(x)
        n.diffusivity_slope.x.array[oxide] = p.diffusivity.slope(x)
        self._update_reaction()
        if p.filler is not None:
            self._update_filler(p.filler)

    def _update_reaction(self) -> None:
        """Charge transfer where oxide meets the liquid."""
        n, p = self.nodal, self.properties
        place = (self.outer_area > 0) & self.in_oxide
        x = self.state.occupancy.x.array[place]
        reaction = kinetics.linearize(
            self.state.current.x.array[place],
            n.lithium_potential.x.array[place],
            p.exchange_current.value(x),
            p.exchange_current.slope(x),
            p.film_resistance,
            p.thermal_voltage,
        )
        n.current.x.array[place] = reaction.current
        n.current_by_grain.x.array[place] = reaction.by_potential
        n.current_slope.x.array[place] = (
            reaction.by_occupancy + reaction.by_potential * n.lithium_potential_slope.x.array[place]
        )

    def _update_filler(self, filler: Filler) -> None:
        """Ionic potential as the unknown, and its loss to the liquid outside (at potential 0)."""
        n, inside = self.nodal, ~self.in_oxide
        n.lithium_potential.x.array[inside] = self.state.occupancy.x.array[inside]
        outside = inside & (self.outer_area > 0)
        n.current.x.array[outside] = (
            filler.electrolyte_conductance * n.lithium_potential.x.array[outside]
        )

    def grain_potential_at_nodes(self) -> Floats:
        """V_g of the grain of each local and ghost node, V."""
        return self.state.grain_potential.x.array[self.spaces.grain_dof_of_node]

    def total_current(self) -> float:
        """Reaction current over the whole outside, pA (2D: per um of depth). Collective."""
        n_owned = self.spaces.scalar.dofmap.index_map.size_local
        local = float(self.outer_area[:n_owned] @ self.state.current.x.array[:n_owned])
        return float(self.spaces.boundaries.comm.allreduce(local))
