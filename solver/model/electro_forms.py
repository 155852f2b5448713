"""Weak forms of the electrochemical system, and the system made of them."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from petsc4py import PETSc
from ufl.core.expr import Expr

from solver import dolfinx_api
from solver.constants import FARADAY_INTERNAL
from solver.model.electro import (
    Control,
    ElectrochemicalSystem,
    Electrochemistry,
    NodalFields,
)
from solver.model.regions import axis_of_cells, cell_values, in_oxide
from solver.particle.interfaces import VERTEX_RULE
from solver.particle.mesh import Particle
from solver.physics import electrons, transport
from solver.state import Spaces, State

Floats = npt.NDArray[np.floating]
Diffusion = Callable[[Expr | None, Expr], ufl.Form]


def make_electrochemical_system(
    particle: Particle, spaces: Spaces, state: State, properties: Electrochemistry
) -> ElectrochemicalSystem:
    """Set up the electrochemical system of a particle. Collective."""

    def constant(value: float) -> fem.Constant:
        return fem.Constant(particle.mesh, PETSc.ScalarType(value))

    outer_area = _outer_area(particle, spaces)
    collector_contact = fem.Function(spaces.grain)
    collector_contact.x.array[:] = 1.0
    system = ElectrochemicalSystem(
        unknowns=[state.occupancy, state.grain_potential, state.collector_potential],
        residual=[],
        tangent=[],
        nodal=_nodal_fields(particle, spaces, properties, outer_area),
        occupancy_old=fem.Function(spaces.scalar),
        lithium_contact=fem.Function(spaces.boundaries.space),
        electron_contact=fem.Function(spaces.boundaries.space),
        collector_contact=collector_contact,
        control=Control(constant(1.0), constant(0.0), constant(0.0), constant(0.0)),
        dt=constant(1.0),
        outer_area=outer_area,
        in_oxide=in_oxide(particle, spaces),
        properties=properties,
        state=state,
        spaces=spaces,
        grain_names=particle.grain_names,
    )
    system.set_contacts(1.0, 1.0)
    _compile(system, particle)
    return system


def _compile(system: ElectrochemicalSystem, particle: Particle) -> None:
    """Write down the residuals, derive and compile them into the system."""
    tests = [ufl.TestFunction(field.function_space) for field in system.unknowns]
    diffusion = _diffusion(system, particle, tests[0])
    lithium_current = transport.contact_current(
        system.lithium_contact("+"), system.nodal.lithium_potential
    )
    residual = [
        _lithium_balance(system, particle, tests[0], diffusion, lithium_current),
        _charge_balance(system, particle, tests[1], lithium_current),
        _control(system, particle, tests[2]),
    ]
    facets = [system.spaces.boundaries.facets]
    system.residual.extend(dolfinx_api.compile_form(form, facets) for form in residual)
    system.tangent.extend(
        [_compiled(derivative, facets) for derivative in row]
        for row in _derivatives(residual, system, diffusion)
    )


def _lithium_balance(
    system: ElectrochemicalSystem, particle: Particle, w: Expr, diffusion: Diffusion, j: Expr
) -> ufl.Form:
    """Lithium at each node of the oxide; lithium ions at each node of a filler."""
    sites = cell_values(particle, system.properties.max_concentration, 0.0)
    dx, x = _vertex_dx(particle), system.state.occupancy
    return (
        transport.storage(x, system.occupancy_old, w, sites, system.dt, dx)
        + diffusion(x, system.nodal.stress_part)
        + transport.across_contacts(j, w, system.spaces.boundaries.dS)
        + transport.reaction(system.nodal.current, w, particle.outer_measure())
    )


def _charge_balance(
    system: ElectrochemicalSystem, particle: Particle, test: Expr, j: Expr
) -> ufl.Form:
    """Charge of each grain."""
    grain, dS, ds = (
        system.state.grain_potential,
        system.spaces.boundaries.dS,
        particle.outer_measure(),
    )
    collector, conductance = system.state.collector_potential, _collector_conductance(system)
    return (
        electrons.from_collector(conductance, collector, grain, test, ds)
        + electrons.from_neighbours(system.electron_contact("+"), grain, test, dS)
        + electrons.taken_by_reaction(system.nodal.current, test, ds)
        + electrons.taken_by_contacts(j, test, dS)
    )


def _control(system: ElectrochemicalSystem, particle: Particle, test: Expr) -> ufl.Form:
    """What the collector imposes."""
    collector, control = system.state.collector_potential, system.control
    inflow = _collector_conductance(system) * (collector - system.state.grain_potential)
    current = electrons.imposed_current(inflow, control.applied)
    voltage = electrons.imposed_voltage(collector, control.voltage)
    imposed = control.galvanostatic * current + control.potentiostatic * voltage
    return imposed * test * particle.outer_measure()


def _collector_conductance(system: ElectrochemicalSystem) -> Expr:
    return system.collector_contact * fem.Constant(
        system.spaces.scalar.mesh, PETSc.ScalarType(system.properties.collector_conductance)
    )


def _diffusion(system: ElectrochemicalSystem, particle: Particle, w: Expr) -> Diffusion:
    """Diffusion of an occupancy and a stress part, as a function of both."""
    nodal, properties = system.nodal, system.properties
    tensor = transport.diffusivity_tensor(
        cell_values(particle, properties.diffusivity_ratio, 1.0),
        axis_of_cells(particle, system.spaces),
        particle.dimension,
    )
    c_max = fem.Constant(particle.mesh, PETSc.ScalarType(properties.max_concentration))

    def diffusion(occupancy: Expr | None, stress_part: Expr) -> ufl.Form:
        driving = transport.driving_force(occupancy, stress_part, nodal.inverse_slope)
        return transport.diffusion(
            driving, nodal.diffusivity, tensor, w, c_max, _vertex_dx(particle)
        )

    return diffusion


def _derivatives(
    residual: list[ufl.Form], system: ElectrochemicalSystem, diffusion: Diffusion
) -> list[list[ufl.Form]]:
    """Derivative of each residual by each unknown, the nodal laws included.

    UFL cannot differentiate the gradient of s by a product, so that part is written out.
    """
    nodal, (x, grain, collector) = system.nodal, system.unknowns
    dx, dgrain, dcollector = (ufl.TrialFunction(f.function_space) for f in system.unknowns)
    by_occupancy = [
        (nodal.lithium_potential, nodal.lithium_potential_slope * dx),
        (nodal.diffusivity, nodal.diffusivity_slope * dx),
        (nodal.current, nodal.current_slope * dx),
    ]
    by_grain = [
        (nodal.lithium_potential, nodal.lithium_potential_by_grain * dgrain),
        (nodal.current, nodal.current_by_grain * dgrain),
    ]
    table = [
        [
            _total_derivative(form, x, dx, by_occupancy),
            _total_derivative(form, grain, dgrain, by_grain),
            ufl.derivative(form, collector, dcollector),
        ]
        for form in residual
    ]
    table[0][0] += diffusion(None, nodal.stress_slope * dx)
    return table


def _total_derivative(
    form: ufl.Form, unknown: fem.Function, change: Expr, laws: list[tuple[fem.Function, Expr]]
) -> ufl.Form:
    """Derivative by an unknown, directly and through the nodal laws (field, its change)."""
    total = ufl.derivative(form, unknown, change)
    for law, law_change in laws:
        total += ufl.derivative(form, law, law_change)
    return total


def _compiled(form: ufl.Form, facets: list[dolfinx_api.FacetMesh]) -> fem.Form | None:
    """Compile a form unless it is identically zero."""
    expanded = ufl.algorithms.expand_derivatives(form)
    return None if expanded.empty() else dolfinx_api.compile_form(expanded, facets)


def _nodal_fields(
    particle: Particle, spaces: Spaces, properties: Electrochemistry, outer_area: Floats
) -> NodalFields:
    """Nodal fields with all that never changes: the coefficients of fillers."""
    nodal, oxide = NodalFields.on(spaces.scalar), in_oxide(particle, spaces)
    nodal.lithium_potential_by_grain.x.array[:] = oxide
    nodal.lithium_potential_slope.x.array[:] = ~oxide
    if properties.filler is not None:
        per_site = FARADAY_INTERNAL * properties.max_concentration
        nodal.diffusivity.x.array[~oxide] = properties.filler.conductivity / per_site
        outside = ~oxide & (outer_area > 0)
        nodal.current_slope.x.array[outside] = properties.filler.electrolyte_conductance
    return nodal


def _vertex_dx(particle: Particle) -> ufl.Measure:
    return ufl.Measure("dx", particle.mesh, metadata=VERTEX_RULE)


def _outer_area(particle: Particle, spaces: Spaces) -> Floats:
    """Area of the outside that each local and ghost node carries. Collective."""
    area = fem.Function(spaces.scalar)
    form = ufl.TestFunction(spaces.scalar) * particle.outer_measure()
    fem.assemble_vector(area.x.array, dolfinx_api.compile_form(form))
    area.x.scatter_reverse(la.InsertMode.add)
    area.x.scatter_forward()
    return area.x.array.copy()
