"""Where the mechanisms of a particle act: its nodes and boundary points, and what is there."""

from functools import cached_property, partial

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from petsc4py import PETSc

from solver.case import Case
from solver.materials import FillerMaterial
from solver.mechanisms.places import Nodes, Places, Points
from solver.model.boundary_laws import FILLED, LIQUID, beside_filler, point_states
from solver.model.exposure import Exposure
from solver.model.extent import Extent, roughness
from solver.model.gradients import Gradients
from solver.model.solids import Solids
from solver.model.spaces import Spaces
from solver.particle import dolfinx_api
from solver.particle.matrices import assembled, column_vector
from solver.particle.mesh import Particle
from solver.particle.nearest import Spots, distance_to_nearest
from solver.particle.network import Network
from solver.physics.rupture import ruptured
from solver.units.constants import METRE

Floats = npt.NDArray[np.floating]


def make_places(
    case: Case,
    particle: Particle,
    spaces: Spaces,
    solids: Solids,
    extent: Extent,
    volume: Floats,
) -> Places:
    """Return the places of a particle, or of a body without chemistry, whose extent is none.

    volume: that each node carries, um^3.
    """
    materials = solids.materials
    filler = materials.filler if materials else None
    return Places(
        seed=case.particle.seed,
        nodes=_nodes(particle, spaces, volume),
        points=points_of(case, particle, spaces),
        network=spaces.network,
        open_mouths=partial(open_mouths, spaces.network, rupture_opening(filler)),
        exposed=Exposure(spaces.network).of,
        boundaries=solids.boundaries,
        interphases=materials.interphases if materials else (),
        oxides=(materials.grain, *materials.others) if materials else (),
        oxide=solids.oxides.of_grain if solids.oxides else np.zeros(particle.n_grains, dtype=int),
        c_axis=particle.c_axis,
        mass=extent.mass,
        outer_area=extent.outer_area,
        roughness=roughness(case, extent),
    )


def points_of(case: Case, particle: Particle, spaces: Spaces) -> Points:
    """Return the boundary points, and what is between their sides."""
    boundaries, ions = spaces.boundaries, case.ions_in_boundaries()
    states, beside = point_states(case, particle, spaces), beside_filler(particle, spaces)
    plus, minus = boundaries.pair.T
    return Points(
        position=boundaries.position,
        normal=boundaries.normal,
        pair=boundaries.pair,
        weight=boundaries.weight,
        state=states,
        filled=(states == FILLED) & ~beside & ions,
        liquid=(states == LIQUID) & ions,
        plus_oxide=~particle.is_filler[plus],
        minus_oxide=~particle.is_filler[minus],
        plus_node=boundaries.plus,
        minus_node=boundaries.minus,
        integral=boundaries.integral,
        gathered=boundaries.comm.allreduce,
        largest=boundaries.maximum,
        to_nodes=partial(to_nodes, spaces),
    )


def to_nodes(spaces: Spaces, plus: Floats, minus: Floats) -> Floats:
    """Return what values on the sides of the boundaries integrate to at each node. Collective."""
    boundaries, whole = spaces.boundaries, fem.Function(spaces.scalar)
    for node, values in ((boundaries.plus, plus), (boundaries.minus, minus)):
        whole.x.array[:] += np.bincount(node, boundaries.weight * values, len(whole.x.array))
    whole.x.scatter_reverse(la.InsertMode.add)
    whole.x.scatter_forward()
    return whole.x.array.copy()


def _nodes(particle: Particle, spaces: Spaces, volume: Floats) -> Nodes:
    """Return the nodes of all grains."""
    n_owned = spaces.scalar.dofmap.index_map.size_local
    return Nodes(
        position=spaces.scalar.tabulate_dof_coordinates(),
        grain=spaces.grain_of_node,
        volume=volume,
        outer_area=spaces.outer_area,
        in_oxide=~particle.is_filler[spaces.grain_of_node],
        owned=np.arange(len(spaces.grain_of_node)) < n_owned,
        outward=partial(outward, particle, spaces),
        to_neighbours=Neighbours(spaces).share,
        distance=partial(distance, spaces),
        coupling=partial(Gradients, particle, spaces),
    )


class Neighbours:
    """Shares amounts of nodes out among those that they have cells in common with."""

    def __init__(self, spaces: Spaces) -> None:
        """spaces: whose nodes; no cell reaches from one grain into another."""
        self._spaces = spaces

    @cached_property
    def _common(self) -> tuple[PETSc.Mat, Floats, Floats]:
        """What cells each two nodes have in common, as mass matrix: collective.

        Then what those of this rank have with themselves, and with all others together.
        """
        space = self._spaces.scalar
        mass = assembled(ufl.TrialFunction(space) * ufl.TestFunction(space) * ufl.dx)
        own, every, ones = mass.getDiagonal().array, mass.createVecLeft(), mass.createVecRight()
        ones.set(1.0)
        mass.mult(ones, every)
        return mass, own, every.array_r - own

    def share(self, amounts: Floats) -> Floats:
        """Return what each node receives, ghosts included. amounts: likewise. Collective."""
        (mass, own, others), received = self._common, fem.Function(self._spaces.scalar)
        each, into = column_vector(mass, amounts[: len(own)] / others), mass.createVecLeft()
        mass.mult(each, into)
        received.x.array[: len(own)] = into.array_r - own * each.array_r
        received.x.scatter_forward()
        return received.x.array.copy()


def outward(particle: Particle, spaces: Spaces) -> Floats:
    """Return the mean normal of the outside at each node, zero inside. Collective."""
    normal, test = ufl.FacetNormal(particle.mesh), ufl.TestFunction(spaces.scalar)
    mean, whole = np.zeros((len(spaces.grain_of_node), 3)), fem.Function(spaces.scalar)
    for k in range(particle.dimension):
        whole.x.array[:] = 0.0
        form = dolfinx_api.compile_form(normal[k] * test * particle.outer_measure())
        fem.assemble_vector(whole.x.array, form)
        whole.x.scatter_reverse(la.InsertMode.add)
        whole.x.scatter_forward()
        mean[:, k] = whole.x.array
    length = np.linalg.norm(mean, axis=1, keepdims=True)
    return np.asarray(mean / np.where(length > 0, length, 1.0))


def distance(spaces: Spaces, marked: npt.NDArray[np.bool_]) -> Floats:
    """Return how far each node is from the nearest marked one of its grain, um. Collective."""
    nodes = Spots(spaces.scalar.tabulate_dof_coordinates(), spaces.grain_of_node)
    own = np.flatnonzero(marked[: spaces.scalar.dofmap.index_map.size_local])
    there = Spots(nodes.position[own], nodes.kind[own])
    return distance_to_nearest(spaces.boundaries.comm, nodes, there)


def rupture_opening(filler: FillerMaterial | None) -> float:
    """Return the gap that breaks a coating over a mouth, um; infinite without any."""
    return np.inf if filler is None else filler.rupture_opening * METRE


def open_mouths(network: Network, rupture: float, max_opening: Floats) -> Floats:
    """Return the length of the outside's edge at each point where no coating covers it any more.

    rupture: gap that breaks a coating over a mouth, max_opening: largest gap so far, um.
    """
    return network.mouth + network.covered * ruptured(network.covered, max_opening, rupture)
