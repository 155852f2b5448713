"""How a body is held and loaded from outside: prescribed displacements and dead tractions.

Both are those at load factor 1; everything grows with the one factor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la, mesh
from mpi4py import MPI

from solver.case.loads import Component, LoadCase
from solver.model.loads.walls import Walls, make_walls
from solver.model.rigid import OUT_OF_PLANE, free_motions, is_balanced, rigid_fields
from solver.model.spaces import Spaces
from solver.particle import dolfinx_api
from solver.particle.mesh import OUTER, Particle
from solver.text.problems import nearest
from solver.units.axes import AXES, Axis
from solver.units.constants import METRE, PASCAL

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int32]
UPRIGHT = 1e-6  # how far the normal of a plane of symmetry may be from an axis


class LoadError(Exception):
    """Loads that the body cannot have; the message says what to change. place: in the case."""

    def __init__(self, why: str, *place: int | str) -> None:
        self.place = place or ("loads",)
        super().__init__(f"{'.'.join(map(str, self.place))}: {why}")


@dataclass(frozen=True)
class Loads:
    """Loads at load factor 1, in internal units, on the owned dofs of the displacement.

    held: local numbers of the dofs that are prescribed. value: their displacement, um. force:
    dead load on every owned dof. surfaces: owned nodes of each loaded surface.
    weight: area that each of these nodes carries there. components: of the displacement.
    floating: rigid motions that nothing hinders: all, of a body that is neither held nor leans on
    a wall; in a plane that along z, unless z is held. walls: that push what they meet.
    """

    held: Integers
    value: Floats
    force: Floats
    surfaces: dict[str, Integers]
    weight: dict[str, Floats]
    components: int
    comm: MPI.Comm
    floating: tuple[str, ...]
    walls: Walls | None = None

    def push(self, displacement: Floats, factor: float) -> Floats:
        """Force on the owned dofs at a displacement and a load factor."""
        force = factor * self.force
        if self.walls is not None:
            np.add.at(force, self.walls.dofs, self.walls.force(displacement, factor))
        return force

    def energy(self, displacement: Floats, factor: float) -> float:
        """Potential energy of the loads of this rank, pJ."""
        walls = 0.0 if self.walls is None else self.walls.energy(displacement, factor)
        return walls - factor * float(self.force @ displacement)

    def stiffening(self, displacement: Floats, factor: float) -> Floats | None:
        """How the push on the owned dofs falls with their displacement; None if it does not."""
        if self.walls is None:
            return None
        by_dof = np.zeros_like(self.force)
        np.add.at(by_dof, self.walls.dofs, self.walls.stiffening(displacement, factor))
        return by_dof

    def growth(self, displacement: Floats, factor: float) -> Floats:
        """How the push on the owned dofs grows with the load factor."""
        growth = self.force.copy()
        if self.walls is not None:
            stiff = self.walls.stiffening(displacement, factor)
            np.add.at(growth, self.walls.dofs, stiff * self.walls.motion)
        return growth

    def mean(self, surface: str, axis: str) -> Floats:
        """Weights on the owned dofs that give a mean displacement of a surface. Collective."""
        d = self.components
        weights = np.zeros_like(self.force)
        nodes, area = self.surfaces[surface], self.weight[surface]
        total = self.comm.allreduce(float(area.sum()))
        np.add.at(weights, nodes * d + AXES.index(axis), area / total)
        return weights

    def total(self, surface: str, axis: str, force: Floats) -> float:
        """Sum of the forces on the owned dofs over a surface. Collective."""
        dofs = np.unique(self.surfaces[surface]) * self.components + AXES.index(axis)
        return float(self.comm.allreduce(float(force[dofs].sum())))


def make_loads(
    particle: Particle,
    spaces: Spaces,
    loads: Sequence[LoadCase],
    measured: Sequence[str] = (),
    stiffness: float = 0.0,
) -> Loads:
    """Loads of a case on a particle; measured: other surfaces of interest. Collective.

    stiffness: of the solid, MPa, beside which walls are hard. Raises LoadError on every rank if a
    surface is unknown, if loads contradict each other, or if the body is loaded but not held.
    """
    for number, load in enumerate(loads):
        require_surface(particle, load.surface, "loads", number, "surface")
        for axis in load.wall:
            _number(load, axis, particle.dimension)
    for name in measured:
        require_surface(particle, name, "protocol")
    names = dict.fromkeys([*(load.surface for load in loads), *measured])
    parts = {name: _part(particle, spaces, name) for name in names}
    d = spaces.vector.dofmap.bs
    n_owned = spaces.vector.dofmap.index_map.size_local * d
    held, value = _prescribed(particle, spaces, loads, parts)
    force = _dead_load(particle, spaces, loads)[:n_owned]
    walled = any(load.wall for load in loads)
    return Loads(
        held=held,
        value=value,
        force=force,
        surfaces={name: part[0] for name, part in parts.items()},
        weight={name: part[1] for name, part in parts.items()},
        components=d,
        comm=particle.mesh.comm,
        floating=_floating(held, force, spaces, walled, bool(loads)),
        walls=make_walls(spaces, loads, parts, _facet_size(particle), stiffness),
    )


def require_surface(particle: Particle, name: str, *place: int | str) -> None:
    """LoadError, which names a place in the case, unless a surface has facets. Collective."""
    comm, surfaces = particle.mesh.comm, particle.surfaces
    if comm.allreduce(len(surfaces.get(name, ()))) == 0:
        known = [other for other in sorted(surfaces) if comm.allreduce(len(surfaces[other])) > 0]
        hint = nearest(name, known)
        raise LoadError(f"the mesh has no facets of a surface '{name}' ({hint})", *place)


def _facet_size(particle: Particle) -> float:
    """Edge of a mean facet of the outside, um. Collective."""
    area = ufl.as_ufl(1.0) * _measure(particle, OUTER)
    total = particle.mesh.comm.allreduce(fem.assemble_scalar(dolfinx_api.compile_form(area)))
    count = particle.mesh.comm.allreduce(len(particle.outer))
    return float((total / max(count, 1)) ** (1 / (particle.dimension - 1)))


def _measure(particle: Particle, name: str) -> ufl.Measure:
    """`ds` over a surface."""
    facets = np.sort(particle.surfaces[name])
    ones = np.ones(len(facets), dtype=np.int32)
    tags = mesh.meshtags(particle.mesh, particle.dimension - 1, facets, ones)
    return ufl.Measure("ds", particle.mesh, subdomain_data=tags, subdomain_id=1)


def _assembled(form: ufl.Form, space: fem.FunctionSpace) -> Floats:
    """Linear form at every local dof, summed over ranks. Collective."""
    result = fem.Function(space)
    fem.assemble_vector(result.x.array, dolfinx_api.compile_form(form))
    result.x.scatter_reverse(la.InsertMode.add)
    result.x.scatter_forward()
    return result.x.array.copy()


def _part(particle: Particle, spaces: Spaces, name: str) -> tuple[Integers, Floats]:
    """Owned nodes of a surface and the area of each. Collective."""
    area = _assembled(ufl.TestFunction(spaces.scalar) * _measure(particle, name), spaces.scalar)
    owned = area[: spaces.scalar.dofmap.index_map.size_local]
    nodes = np.flatnonzero(owned > 0).astype(np.int32)
    return nodes, owned[nodes]


def _prescribed(
    particle: Particle,
    spaces: Spaces,
    loads: Sequence[LoadCase],
    parts: dict[str, tuple[Integers, Floats]],
) -> tuple[Integers, Floats]:
    """Held dofs and their displacement; LoadError if two loads want different ones. Collective."""
    d, comm = spaces.vector.dofmap.bs, particle.mesh.comm
    value = np.full(spaces.vector.dofmap.index_map.size_local * d, np.nan)
    for load in loads:
        nodes = parts[load.surface][0]
        wanted: dict[Axis, float] = dict.fromkeys(load.fixed, 0.0) | dict(load.displacement)
        if load.symmetry:
            wanted[_normal_axis(particle, load.surface)] = 0.0
        moves = {_number(load, axis, d): size * METRE for axis, size in wanted.items()}
        for axis, new in (_strained(load, spaces, nodes, particle.dimension) or moves).items():
            dofs = nodes * d + axis
            clash = bool(np.any(~np.isnan(value[dofs]) & (value[dofs] != new)))
            if comm.allreduce(clash, MPI.LOR):
                raise LoadError(
                    f"{load.surface}: {AXES[axis]} is prescribed differently on a neighbour"
                )
            value[dofs] = new
    held = np.flatnonzero(~np.isnan(value)).astype(np.int32)
    return held, value[held]


def _number(load: LoadCase, axis: str, d: int) -> int:
    """Number of an axis; LoadError if the plane has none of that name."""
    if AXES.index(axis) >= d:
        raise LoadError(f"{load.surface}: there is no component {axis} in {d}D")
    return AXES.index(axis)


def _tensor(load: LoadCase, components: Mapping[Component, float], d: int) -> Floats:
    """Symmetric tensor (d, d) of named components; LoadError if one lies outside the plane."""
    tensor = np.zeros((d, d))
    for name, value in components.items():
        i, j = (_number(load, axis, d) for axis in name)
        tensor[i, j] = tensor[j, i] = value
    return tensor


def _strained(load: LoadCase, spaces: Spaces, nodes: Integers, d: int) -> dict[int, Floats]:
    """Displacement strain . x of the nodes by component, um; empty without a strain."""
    if not load.strain:
        return {}
    x = spaces.scalar.tabulate_dof_coordinates()[nodes, :d]
    return dict(enumerate((x @ _tensor(load, load.strain, d)).T))


def _normal_axis(particle: Particle, name: str) -> Axis:
    """Axis along the normal of a flat surface. Collective; LoadError if there is none."""
    n, ds = ufl.FacetNormal(particle.mesh), _measure(particle, name)
    forms = [fem.form(n[i] ** 2 * ds) for i in range(particle.dimension)]
    parts = [particle.mesh.comm.allreduce(fem.assemble_scalar(form)) for form in forms]
    largest = int(np.argmax(parts))
    if parts[largest] < (1 - UPRIGHT) * sum(parts):
        raise LoadError(f"{name}: a plane of symmetry must lie across x, y or z")
    return AXES[largest]


def _dead_load(particle: Particle, spaces: Spaces, loads: Sequence[LoadCase]) -> Floats:
    """Work of the tractions with each test function. Collective."""
    d, flat = spaces.vector.dofmap.bs, particle.dimension
    force = np.zeros(len(spaces.grain_of_node) * d)
    v, n = ufl.TestFunction(spaces.vector), ufl.FacetNormal(particle.mesh)
    for load in loads:
        if not (load.traction or load.stress):
            continue
        pull, stress = np.zeros(d), np.zeros((d, flat))
        stress[:flat] = PASCAL * _tensor(load, load.stress, flat)
        for axis, size in load.traction.items():
            pull[_number(load, axis, d)] = size * PASCAL
        uniform, even = (fem.Constant(particle.mesh, values) for values in (pull, stress))
        work = ufl.inner(uniform + ufl.dot(even, n), v) * _measure(particle, load.surface)
        force += _assembled(work, spaces.vector)
    return force


def _floating(
    held: Integers, force: Floats, spaces: Spaces, walled: bool, loaded: bool
) -> tuple[str, ...]:
    """Names of the rigid motions that may stay free. Collective.

    A body that nothing holds at all may float, and a plane one along z, if loads work on no such
    motion. LoadError names those that something must hold.
    """
    free = free_motions(held, spaces)
    everything = len(free) == len(rigid_fields(spaces)[1]) and not walled
    loose = free if everything else [name for name in free if name == OUT_OF_PLANE]
    balanced = is_balanced(force, spaces, loose)
    wanting = [name for name in free if name not in loose or not balanced]
    if loaded and wanting:
        raise LoadError(
            f"the body is loaded but can still move: nothing holds its {' or its '.join(wanting)}; "
            "fix components of a surface"
        )
    return tuple(loose)
