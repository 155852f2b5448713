"""Weak forms of the electrochemical system, and the system made of them.

Balances are linear in the currents through the surfaces: the same functions write the residuals
(with the currents) and the tangents (with their derivatives).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import ufl
from dolfinx import fem
from petsc4py import PETSc
from ufl.core.expr import Expr

from solver.model.electro.diffusion import diffusion_by_occupancy, diffusion_of
from solver.model.electro.surfaces import Share, Surface
from solver.model.electro.system import ElectrochemicalSystem, Forms
from solver.model.oxides import over_grains
from solver.model.regions import cell_values
from solver.particle import dolfinx_api
from solver.particle.interfaces import VERTEX_RULE
from solver.particle.mesh import Particle
from solver.physics import electrons, network, transport

SharePick = Callable[[Surface], Share]


class Currents(NamedTuple):
    """Current densities, or their changes; None where there is none.

    outside: at nodes of the outside. plus, minus: into the boundary from either side. from_plus,
    to_minus: the contact current as the two sides see it.
    """

    outside: Expr | None
    plus: Expr | None
    minus: Expr | None
    from_plus: Expr | None
    to_minus: Expr | None


def compile_forms(system: ElectrochemicalSystem, particle: Particle) -> None:
    """Write down the residuals and their derivatives, and compile them into the system."""
    residual, tangent = _residual(system, particle), _tangent(system, particle)
    facets = [system.spaces.boundaries.facets]
    system.residual.extend(_compiled(forms, facets) or () for forms in residual)
    system.tangent.extend([_compiled(forms, facets) for forms in row] for row in tangent)


def _residual(system: ElectrochemicalSystem, particle: Particle) -> list[list[ufl.Form]]:
    """What must vanish, for each unknown; a form holds integrals over one mesh."""
    tests = [ufl.TestFunction(field.function_space) for field in system.unknowns]
    now, dx, x = (
        _at_present(system, particle),
        _vertex_dx(particle),
        system.state.function("occupancy"),
    )
    old = system.sites_old, system.occupancy_old, system.aside_old
    sites = system.state.function("sites")
    aside = system.state.function("trapped") + system.state.function("leached")
    collector, grain = (
        system.state.function("collector_potential"),
        system.state.function("grain_potential"),
    )
    control = system.control
    at_rest = control.voltage + control.counter
    forms = [
        [
            transport.storage(transport.taken_up(sites, x, aside, *old), tests[0], system.dt, dx)
            + _lithium_flow(system, tests[0], now(_lithium)),
            diffusion_of(system, particle, tests[0]),
        ],
        [
            _electron_flow(system, tests[1], collector, grain)
            + _charge_flow(system, tests[1], now(_charge))
        ],
        [_control(system, tests[2], collector, grain, control.applied, at_rest)],
    ]
    if system.uniform is not None:
        forms[2] = [system.uniform.level.value * tests[2] * system.ds]
    if system.network is not None:
        current = now(_charge)
        dS = system.spaces.boundaries.dS
        conducted = along(system, system.state.function("network_potential"), tests[3])
        fed = network.fed_by_reaction(current.plus, current.minus, tests[3], dS)
        forms.append([conducted, fed])
    return forms


def _tangent(system: ElectrochemicalSystem, particle: Particle) -> list[list[list[ufl.Form]]]:
    """Derivative of each residual by each unknown."""
    tests = [ufl.TestFunction(field.function_space) for field in system.unknowns]
    trials = [ufl.TrialFunction(field.function_space) for field in system.unknowns]
    by = [_by_occupancy(system, particle, trials[0]), _by_grain(system, particle, trials[1])]
    zero = ufl.Form([])
    table = [[[zero] for _ in trials] for _ in tests]
    for column, change in enumerate(by):
        table[0][column] = [_lithium_flow(system, tests[0], change(_lithium))]
        table[1][column] = [_charge_flow(system, tests[1], change(_charge))]
    taken_up = system.state.function("sites") * trials[0]
    table[0][0][0] += transport.storage(taken_up, tests[0], system.dt, _vertex_dx(particle))
    table[0][0].append(diffusion_by_occupancy(system, particle, tests[0], trials[0]))
    table[1][1][0] += _electron_flow(system, tests[1], 0.0, trials[1])
    table[1][2] = [_electron_flow(system, tests[1], trials[2], 0.0)]
    if (uniform := system.uniform) is None:
        table[2][1] = [_control(system, tests[2], 0.0, trials[1])]
        table[2][2] = [_control(system, tests[2], trials[2], 0.0)]
    else:
        for column, change in enumerate(by):
            table[2][column] = [change(lambda _: uniform.level).outside * tests[2] * system.ds]
    if system.network is not None:
        dS = system.spaces.boundaries.dS
        by.append(_by_network(trials[3], system))
        table[0][3] = [_lithium_flow(system, tests[0], by[2](_lithium))]
        table[1][3] = [_charge_flow(system, tests[1], by[2](_charge))]
        for column, change in ((0, by[0]), (1, by[1]), (3, by[2])):
            flow = change(_charge)
            table[3][column] = [network.fed_by_reaction(flow.plus, flow.minus, tests[3], dS)]
        table[3][3].insert(0, along(system, trials[3], tests[3]))
    return table


def _lithium(surface: Surface) -> Share:
    return surface.lithium


def _charge(surface: Surface) -> Share:
    return surface.charge


CurrentsOf = Callable[[SharePick], Currents]


def _seen(particle: Particle) -> Callable[[SharePick, Surface, Callable[[Share], Expr], str], Expr]:
    """In the balance of ions in a filler, a current counts with its double layer."""
    filler = cell_values(particle, 0.0, 1.0) if particle.is_filler.any() else None

    def seen(pick: SharePick, surface: Surface, of: Callable[[Share], Expr], side: str) -> Expr:
        share = of(pick(surface))
        if filler is None or pick is _charge:
            return share
        weight = filler(side) if side else filler
        return (1 - weight) * share + weight * of(surface.charge)

    return seen


def _at_present(system: ElectrochemicalSystem, particle: Particle) -> CurrentsOf:
    """The currents themselves."""
    s, seen, with_network = system.surfaces, _seen(particle), system.network is not None

    def at_facets(share: Share) -> Expr:
        return share.value("+")

    return lambda pick: Currents(
        outside=seen(pick, s.outside, lambda share: share.value, ""),
        plus=at_facets(pick(s.plus)) if with_network else None,
        minus=at_facets(pick(s.minus)) if with_network else None,
        from_plus=seen(pick, s.contact, at_facets, "+"),
        to_minus=seen(pick, s.contact, at_facets, "-"),
    )


def _by_occupancy(system: ElectrochemicalSystem, particle: Particle, dx: Expr) -> CurrentsOf:
    """Change of the currents with the occupancy, through potential and exchange current."""
    return _by_nodes(system, particle, system.nodal.lithium_potential_slope * dx, dx)


def _by_grain(system: ElectrochemicalSystem, particle: Particle, dgrain: Expr) -> CurrentsOf:
    """Change of the currents with the potential of the grains."""
    return _by_nodes(system, particle, system.nodal.lithium_potential_by_grain * dgrain)


def _by_nodes(
    system: ElectrochemicalSystem, particle: Particle, potential: Expr, dx: Expr | None = None
) -> CurrentsOf:
    """Change of the currents with the lithium potential of the nodes, and the occupancy there."""
    s, seen, with_network = system.surfaces, _seen(particle), system.network is not None

    def outside(share: Share) -> Expr:
        change = share.by_potential * potential
        return change if dx is None else change + share.by_occupancy * dx

    def inside(share: Share, side: str) -> Expr:
        change = share.by_potential("+") * potential(side)
        return change if dx is None else change + share.by_occupancy("+") * dx(side)

    def contact(share: Share) -> Expr:
        return share.by_potential("+") * ufl.jump(potential)

    return lambda pick: Currents(
        outside=seen(pick, s.outside, outside, ""),
        plus=inside(pick(s.plus), "+") if with_network else None,
        minus=inside(pick(s.minus), "-") if with_network else None,
        from_plus=seen(pick, s.contact, contact, "+"),
        to_minus=seen(pick, s.contact, contact, "-"),
    )


def _by_network(dphi: Expr, system: ElectrochemicalSystem) -> CurrentsOf:
    """Change of the currents with the ionic potential of the boundaries."""
    s = system.surfaces
    return lambda pick: Currents(
        outside=None,
        plus=-pick(s.plus).by_potential("+") * dphi("+"),
        minus=-pick(s.minus).by_potential("+") * dphi("+"),
        from_plus=None,
        to_minus=None,
    )


def _lithium_flow(system: ElectrochemicalSystem, w: Expr, current: Currents) -> ufl.Form:
    """Lithium that the currents take from the oxide, ions from the fillers."""
    dS, form = system.spaces.boundaries.dS, ufl.Form([])
    if current.outside is not None:
        form += transport.reaction(current.outside, w, system.ds)
    if current.plus is not None:
        form += transport.reaction_inside(current.plus, current.minus, w, dS)
    if current.from_plus is not None:
        form += transport.across_contacts(current.from_plus, current.to_minus, w, dS)
    return form


def _charge_flow(system: ElectrochemicalSystem, test: Expr, current: Currents) -> ufl.Form:
    """Charge that the currents take from each grain."""
    dS, form = system.spaces.boundaries.dS, ufl.Form([])
    if current.outside is not None:
        form += electrons.taken_by_reaction(current.outside, test, system.ds)
    if current.plus is not None:
        form += electrons.taken_inside(current.plus, current.minus, test, dS)
    if current.from_plus is not None:
        form += electrons.taken_by_contacts(current.from_plus, test, dS)
    return form


def _electron_flow(
    system: ElectrochemicalSystem,
    test: Expr,
    collector: Expr | float,
    grain: Expr | float,
) -> ufl.Form:
    """Electrons that reach each grain from the collector and from its neighbours."""
    conductance, ds = _collector_conductance(system), system.ds
    form = electrons.from_collector(conductance, collector, grain, test, ds)
    if isinstance(grain, Expr):
        contact, dS = system.electron_contact("+"), system.spaces.boundaries.dS
        form += electrons.from_neighbours(contact, grain, test, dS)
    return form


def _control(
    system: ElectrochemicalSystem,
    test: Expr,
    collector: Expr | float,
    grain: Expr | float,
    applied: Expr | float = 0.0,
    voltage: Expr | float = 0.0,
) -> ufl.Form:
    """What the cycler imposes: current, or voltage against the counter electrode."""
    control, inflow = system.control, _collector_conductance(system) * (collector - grain)
    drop = control.series * inflow
    imposed = control.galvanostatic * electrons.imposed_current(inflow, applied)
    imposed += control.potentiostatic * electrons.imposed_voltage(collector, voltage, drop)
    return imposed * test * system.ds


def _collector_conductance(system: ElectrochemicalSystem) -> Expr:
    each, spaces = system.properties.collector_conductance, system.spaces
    if isinstance(each, np.ndarray):
        return system.collector_contact * over_grains(spaces, each)
    return system.collector_contact * fem.Constant(spaces.scalar.mesh, PETSc.ScalarType(each))


def along(system: ElectrochemicalSystem, phi: Expr, p: Expr) -> ufl.Form:
    """Ions along the boundaries and out of their mouths."""
    fields, dx = system.network, system.spaces.network.dx
    assert fields is not None
    return network.along(fields.along, phi, p, dx) + network.outlet(fields.outlet, phi, p, dx)


def _compiled(forms: list[ufl.Form], facets: list[dolfinx_api.FacetMesh]) -> Forms | None:
    """Compile the forms that are not identically zero; None if no one is left."""
    expanded = [ufl.algorithms.expand_derivatives(form) for form in forms if form.integrals()]
    kept = tuple(dolfinx_api.compile_form(form, facets) for form in expanded if not form.empty())
    return kept or None


def _vertex_dx(particle: Particle) -> ufl.Measure:
    return ufl.Measure("dx", particle.mesh, metadata=VERTEX_RULE)
