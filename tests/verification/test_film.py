"""A film as cells of its own: resistances in series, and the limit of no thickness."""

from dataclasses import replace

import numpy as np
import pytest
from dolfinx import mesh

from solver.entries import laws
from solver.materials.library import load_boundary_material, load_filler_material
from solver.model.boundary_laws import materials_of
from solver.model.build import build_model
from solver.model.mechanics import make_mechanical_system
from solver.model.spaces import make_spaces
from solver.model.state import make_state
from solver.particle.mesh import particle_of_mesh
from solver.physics.mechanics import Stiffness
from solver.solve.mechanics import EquilibriumSolver
from solver.units.constants import METRE, SIEMENS
from tests.bodies import unbreakable
from tests.particles import case_of, midpoints, one_c, plain_oxide, ran, strip

GRAIN, HEIGHT = 1.0, 0.125  # um
D, RATE, TIME = 0.1, 2e-4, 3000  # um^2/s, 1/s, s
OXIDE, ELECTRONS = 80.0, 200.0  # S/m^2, across each face of the film
CONDUCTIVITY = 3e-6  # S/m
CASE = case_of(
    f"[{{charge: {{rate: 1C, until: {{time: {TIME} s}}}}}}]",
    one_c(RATE),
    "initial.occupancy=0.8",
    "particle.boundary.state=lpo",
    "physics.swelling.enabled=false",
    "numerics.time_step.fixed=60",
)


def laminate(thickness):
    """Grain, film and grain in a row; all lithium leaves at the right end."""
    width = 2 * GRAIN + thickness
    particle = strip(width, HEIGHT, 60, 1, [[0, 0, 1]] * 3)
    msh = particle.mesh
    place = msh.geometry.x[:, 0] * 60 / width  # 20 columns of cells for each region
    knots = [0.0, GRAIN, GRAIN + thickness, width]
    msh.geometry.x[:, 0] = np.interp(place, [0, 20, 40, 60], knots)
    region = np.searchsorted(knots[1:-1], midpoints(msh)[:, 0]).astype(np.int32)
    particle = particle_of_mesh(
        msh, region, np.tile([0.0, 0.0, 1.0], (3, 1)), np.array([False, True, False])
    )
    right = mesh.locate_entities_boundary(msh, 1, lambda x: np.isclose(x[0], width))
    return replace(particle, surfaces={"outer": right})


def materials():
    """Oxide with a potential that falls by 1 V; film and faces with round figures."""
    grain = plain_oxide(D * 1e-12, potential=laws.linear(4.5, -1.0))
    film = replace(
        load_filler_material("lpo"),
        conductivity=lambda temperature: CONDUCTIVITY,
        oxide_conductance=OXIDE,
        electron_conductance=ELECTRONS,
    )
    thin = replace(
        load_boundary_material("lpo"), thickness=1e-15, electron_conductance=ELECTRONS / 2
    )
    return materials_of(CASE, laminate(0.1))._replace(
        grain=grain,
        boundaries={"dry": load_boundary_material("dry"), "lpo": thin, "liquid": thin},
        filler=film,
    )


def charged(particle):
    """The model after a charge at constant current into a steady profile."""
    model = build_model(CASE, particle, materials())
    _, _, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return model


def drop_over_film(model):
    """Occupancy at the film's left face less that at its right face."""
    plus, minus = (model.particle.is_filler[side] for side in model.spaces.boundaries.pair.T)
    x, b = model.state["occupancy"], model.spaces.boundaries
    left, right = b.plus[minus & ~plus], b.minus[plus & ~minus]
    return float(x[left].mean() - x[right].mean())


@pytest.mark.parametrize("thickness", [0.01, 0.05, 0.1])
def test_lithium_through_a_laminate_meets_its_resistances_in_series(thickness):
    model = charged(laminate(thickness))
    through = model.electro.control.applied.value / 2  # half of the lithium comes from the left
    thermal = model.electro.laws.thermal_voltage
    face = 2 * thermal * np.arcsinh(through / (2 * OXIDE * thermal))
    film = thickness / (CONDUCTIVITY * SIEMENS / METRE)
    exact = through * (film + 2 / ELECTRONS) + 2 * face
    found = drop_over_film(model)
    print(f"film of {thickness * 1e3:.0f} nm: drop {found:.8f} V, exact {exact:.8f} V")
    assert found == pytest.approx(exact, rel=1e-5)


def test_a_film_becomes_the_boundary_network_as_its_thickness_goes_to_zero():
    bare = strip(2 * GRAIN, HEIGHT, 40, 1, [[0, 0, 1]] * 2)
    right = mesh.locate_entities_boundary(bare.mesh, 1, lambda x: np.isclose(x[0], 2 * GRAIN))
    model = charged(replace(bare, surfaces={"outer": right}))
    boundaries, x = model.spaces.boundaries, model.state["occupancy"]
    limit = -float(boundaries.jump(x).mean())
    thicknesses = np.array([0.1, 0.05, 0.02, 0.01])
    drops = np.array([drop_over_film(charged(laminate(t))) for t in thicknesses])
    excess = drops - limit
    order = np.polyfit(np.log(thicknesses), np.log(excess), 1)[0]
    curve = ", ".join(
        f"{t * 1e3:.0f} nm {d:.5f} V" for t, d in zip(thicknesses, drops, strict=True)
    )
    print(
        f"drop over a film: {curve}; without thickness {limit:.5f} V; excess of order {order:.3f}"
    )
    assert order == pytest.approx(1.0, abs=1e-3)


def test_a_film_holds_no_lithium_and_balances_it():
    model = charged(laminate(0.05))
    extracted = RATE * TIME
    lost = 0.8 - model.lithium() / (
        model.electro.properties.max_concentration * model.extent.volume
    )
    print(f"lithium lost {lost:.12f}, charge passed {extracted:.12f}")
    assert model.extent.volume == pytest.approx(2 * GRAIN * HEIGHT, rel=1e-12)
    assert lost == pytest.approx(extracted, rel=1e-9)


def misfit_energy(particle, penalty):
    """Energy of two bonded grains that want to differ in size by 0.2 %, with or without a film."""
    spaces = make_spaces(particle)
    law = unbreakable(penalty)
    stiff, soft = Stiffness.isotropic(150e3, 0.25), Stiffness.isotropic(106e3, 0.25)
    system = make_mechanical_system(particle, spaces, make_state(spaces), stiff, law, soft)
    left = spaces.scalar.tabulate_dof_coordinates()[:, 0] < GRAIN + 1e-9
    misfit = np.where(left & (spaces.grain_of_node == 0), 1e-3, -1e-3)
    misfit[particle.is_filler[spaces.grain_of_node]] = 0.0
    system.strain_a.x.array[:] = system.strain_c.x.array[:] = misfit
    solver = EquilibriumSolver(system)
    solver.begin_step(np.zeros(spaces.boundaries.n_points))
    solver.solve(1.0)
    return system.potential_energy(np.zeros(spaces.boundaries.n_points), 1.0)


def test_a_film_bonds_like_a_boundary_as_its_thickness_goes_to_zero():
    penalty = 1e6
    limit = misfit_energy(strip(2 * GRAIN, HEIGHT, 40, 1, [[0, 0, 1]] * 2), penalty)
    thicknesses = np.array([0.01, 0.005, 0.0025])
    films = np.array([misfit_energy(laminate(t), 2 * penalty) for t in thicknesses])
    excess = np.abs(films - limit) / limit
    order = np.polyfit(np.log(thicknesses), np.log(excess), 1)[0]
    curve = ", ".join(f"{t * 1e3:.0f} nm {e:.2%}" for t, e in zip(thicknesses, excess, strict=True))
    print(f"energy of a misfit, film against boundary: {curve}; order {order:.2f}")
    assert order == pytest.approx(1.0, abs=0.15)
    assert excess[-1] < 0.02
