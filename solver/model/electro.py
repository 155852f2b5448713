"""The electrochemical system: occupancy, potential of each grain, potential of the collector."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from petsc4py import PETSc
from ufl.core.expr import Expr

from solver import dolfinx_api
from solver.materials.laws import Law
from solver.model.mechanics import Table, axis_of_cells
from solver.particle.interfaces import VERTEX_RULE
from solver.particle.mesh import Particle
from solver.physics import electrons, kinetics, transport
from solver.state import Spaces, State

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Electrochemistry:
    """Properties in internal units; laws take occupancies and give internal units too."""

    potential: Law
    diffusivity: Law
    exchange_current: Law
    diffusivity_ratio: float
    max_concentration: float
    collector_conductance: float
    lithium_conductance: float
    electron_conductance: float
    film_resistance: float
    thermal_voltage: float


@dataclass(frozen=True)
class NodalFields:
    """Functions of the nodes that the laws fill, and their derivatives for Newton's method.

    equilibrium: U_eq. stress_part: s. Each `_slope` is the derivative by the occupancy of the
    same node; current_by_grain is the derivative of the reaction current by V_g.
    """

    equilibrium: fem.Function
    equilibrium_slope: fem.Function
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

    lithium_contact, electron_contact: 1 - d at the boundary points. dt: time step, s.
    outer_area: share of the outside that each node carries. collector_contact: factor of the
    collector's conductance, per grain.
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
    properties: Electrochemistry
    state: State
    spaces: Spaces
    grain_names: tuple[str, ...]

    def update_laws(self, stress: StressInPotential) -> None:
        """Evaluate all material laws at the present unknowns into the nodal fields."""
        x, n, p = self.state.occupancy.x.array, self.nodal, self.properties
        slope = p.potential.slope(x)
        n.stress_part.x.array[:] = stress.value(x)
        n.stress_slope.x.array[:] = stress.slope
        n.equilibrium.x.array[:] = p.potential.value(x) + n.stress_part.x.array
        n.equilibrium_slope.x.array[:] = slope + stress.slope
        n.inverse_slope.x.array[:] = 1.0 / slope
        n.diffusivity.x.array[:] = p.diffusivity.value(x)
        n.diffusivity_slope.x.array[:] = p.diffusivity.slope(x)
        self._update_reaction(x)

    def _update_reaction(self, x: Floats) -> None:
        n, p = self.nodal, self.properties
        outside = self.outer_area > 0
        driving = self.grain_potential_at_nodes() - n.equilibrium.x.array
        reaction = kinetics.linearize(
            self.state.current.x.array[outside],
            driving[outside],
            p.exchange_current.value(x[outside]),
            p.exchange_current.slope(x[outside]),
            p.film_resistance,
            p.thermal_voltage,
        )
        n.current.x.array[outside] = reaction.current
        n.current_by_grain.x.array[outside] = reaction.by_potential
        n.current_slope.x.array[outside] = (
            reaction.by_occupancy - reaction.by_potential * n.equilibrium_slope.x.array[outside]
        )

    def grain_potential_at_nodes(self) -> Floats:
        """V_g of the grain of each local and ghost node, V."""
        return self.state.grain_potential.x.array[self.spaces.grain_dof_of_node]

    def total_current(self) -> float:
        """Reaction current over the whole outside, pA (2D: per um of depth). Collective."""
        n_owned = self.spaces.scalar.dofmap.index_map.size_local
        local = float(self.outer_area[:n_owned] @ self.state.current.x.array[:n_owned])
        return float(self.spaces.boundaries.comm.allreduce(local))


def make_electrochemical_system(
    particle: Particle, spaces: Spaces, state: State, properties: Electrochemistry
) -> ElectrochemicalSystem:
    """Set up the electrochemical system of a particle. Collective."""
    msh, dS = particle.mesh, spaces.boundaries.dS
    dx, ds = ufl.Measure("dx", msh, metadata=VERTEX_RULE), particle.outer_measure()

    def constant(value: float) -> fem.Constant:
        return fem.Constant(msh, PETSc.ScalarType(value))

    nodal = NodalFields.on(spaces.scalar)
    x_old, dt = fem.Function(spaces.scalar), constant(1.0)
    contact = [fem.Function(spaces.boundaries.space) for _ in range(2)]
    collector_contact = fem.Function(spaces.grain)
    for whole in (*contact, collector_contact):
        whole.x.array[:] = 1.0
    control = Control(constant(1.0), constant(0.0), constant(0.0), constant(0.0))
    x, grain, collector = state.occupancy, state.grain_potential, state.collector_potential
    unknowns = [x, grain, collector]
    w, test_grain, test_collector = (ufl.TestFunction(f.function_space) for f in unknowns)

    c_max = constant(properties.max_concentration)
    tensor = transport.diffusivity_tensor(
        constant(properties.diffusivity_ratio), axis_of_cells(particle, spaces), particle.dimension
    )
    j = transport.contact_current(
        constant(properties.lithium_conductance), contact[0]("+"), grain, nodal.equilibrium
    )
    g_collector = constant(properties.collector_conductance) * collector_contact
    inflow = g_collector * (collector - grain)

    def diffusion_of(occupancy: Expr | None, stress_part: Expr) -> ufl.Form:
        return transport.diffusion(
            occupancy, stress_part, nodal.diffusivity, nodal.inverse_slope, tensor, w, c_max, dx
        )

    residual = [
        transport.storage(x, x_old, w, c_max, dt, dx)
        + diffusion_of(x, nodal.stress_part)
        + transport.across_contacts(j, w, dS)
        + transport.reaction(nodal.current, w, ds),
        electrons.from_collector(g_collector, collector, grain, test_grain, ds)
        + electrons.from_neighbours(
            constant(properties.electron_conductance), contact[1]("+"), grain, test_grain, dS
        )
        + electrons.taken_by_reaction(nodal.current, test_grain, ds)
        + electrons.taken_by_contacts(j, test_grain, dS),
        electrons.control(
            control.galvanostatic,
            inflow,
            control.applied,
            control.potentiostatic,
            collector,
            control.voltage,
            test_collector,
            ds,
        ),
    ]
    facets = [spaces.boundaries.facets]
    return ElectrochemicalSystem(
        unknowns=unknowns,
        residual=[dolfinx_api.compile_form(form, facets) for form in residual],
        tangent=[
            [_compiled(derivative, facets) for derivative in row]
            for row in _derivatives(residual, unknowns, nodal, diffusion_of)
        ],
        nodal=nodal,
        occupancy_old=x_old,
        lithium_contact=contact[0],
        electron_contact=contact[1],
        collector_contact=collector_contact,
        control=control,
        dt=dt,
        outer_area=_outer_area(spaces, ds),
        properties=properties,
        state=state,
        spaces=spaces,
        grain_names=particle.grain_names,
    )


def _derivatives(
    residual: list[ufl.Form],
    unknowns: list[fem.Function],
    nodal: NodalFields,
    diffusion_of: Callable[[Expr | None, Expr], ufl.Form],
) -> list[list[ufl.Form]]:
    """Derivative of each residual by each unknown, the nodal laws included.

    UFL cannot differentiate the gradient of s by a product, so that part is written out.
    """
    dx, dgrain, dcollector = (ufl.TrialFunction(f.function_space) for f in unknowns)
    by_occupancy = [
        (nodal.equilibrium, nodal.equilibrium_slope),
        (nodal.diffusivity, nodal.diffusivity_slope),
        (nodal.current, nodal.current_slope),
    ]
    x, grain, collector = unknowns
    table = []
    for form in residual:
        first = ufl.derivative(form, x, dx)
        for field, slope in by_occupancy:
            first += ufl.derivative(form, field, slope * dx)
        second = ufl.derivative(form, grain, dgrain) + ufl.derivative(
            form, nodal.current, nodal.current_by_grain * dgrain
        )
        third = ufl.derivative(form, collector, dcollector)
        table.append([first, second, third])
    table[0][0] += diffusion_of(None, nodal.stress_slope * dx)
    return table


def _compiled(form: ufl.Form, facets: list[dolfinx_api.FacetMesh]) -> fem.Form | None:
    """Compile a form unless it is identically zero."""
    expanded = ufl.algorithms.expand_derivatives(form)
    return None if expanded.empty() else dolfinx_api.compile_form(expanded, facets)


def _outer_area(spaces: Spaces, ds: ufl.Measure) -> Floats:
    """Area of the outside that each local and ghost node carries. Collective."""
    area = fem.Function(spaces.scalar)
    fem.assemble_vector(
        area.x.array, dolfinx_api.compile_form(ufl.TestFunction(spaces.scalar) * ds)
    )
    area.x.scatter_reverse(la.InsertMode.add)
    area.x.scatter_forward()
    return area.x.array.copy()
