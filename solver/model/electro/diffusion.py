"""Diffusion of lithium in the grains and of ions in fillers, as flows along the edges of cells."""

from itertools import starmap
from math import factorial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from solver.model.electro import edges
from solver.model.electro.system import ElectrochemicalSystem, Electrochemistry
from solver.model.regions import axis_of_cells, cell_values, concentration
from solver.model.spaces import Spaces
from solver.particle.mesh import Particle
from solver.physics import transport
from solver.physics.transport import AtCorner

Floats = npt.NDArray[np.floating]


def diffusion_of(system: ElectrochemicalSystem, particle: Particle, w: Expr) -> ufl.Form:
    """-N.grad w at the present occupancy and stress part."""
    medium, at = _medium(system, particle), _corners(system)
    driven = [transport.driven(at[i], at[j]) for i, j in medium.edges()]
    return medium.flow([corner.diffusivity for corner in at], driven, w)


def diffusion_by_occupancy(
    system: ElectrochemicalSystem, particle: Particle, w: Expr, dx: Expr
) -> ufl.Form:
    """Its derivative by the occupancy, the nodal laws included."""
    medium, at, by = _medium(system, particle), _corners(system), _changes(system, dx)
    driven = [transport.driven(at[i], at[j]) for i, j in medium.edges()]
    change = [transport.driven_change(at[i], at[j], by[i], by[j]) for i, j in medium.edges()]
    return medium.flow([corner.diffusivity for corner in at], change, w) + medium.flow(
        [corner.diffusivity for corner in by], driven, w
    )


class _Medium(NamedTuple):
    """What lithium diffuses through: sites of the fresh oxide, D over that within the layers."""

    c_max: Expr
    tensor: Expr
    mesh: ufl.Mesh

    @classmethod
    def of(cls, properties: Electrochemistry, spaces: Spaces, particle: Particle) -> "_Medium":
        """Return those of a particle."""
        tensor = transport.diffusivity_tensor(
            cell_values(particle, properties.diffusivity_ratio, 1.0),
            axis_of_cells(particle, spaces),
            particle.dimension,
        )
        c_max = concentration(particle, properties.max_concentration)
        return cls(c_max, tensor, particle.mesh.ufl_domain())

    def edges(self) -> list[tuple[int, int]]:
        """Return the corners of every edge."""
        return edges.edges(self.tensor.ufl_shape[0])

    def flow(self, diffusivity: list[Expr], driven: list[Expr], w: Expr) -> ufl.Form:
        """Return c_max D times what drives the edges, D as its mean over the corners."""
        conductances = edges.conductances(self.tensor, self.mesh)
        through = edges.through_edges(conductances, driven, edges.at_corners(w, self.mesh))
        mean = sum(diffusivity[1:], diffusivity[0]) / len(diffusivity)
        dx = ufl.Measure("dx", self.mesh, metadata=edges.CENTROID_RULE)
        return self.c_max * mean * through * dx


def conductances_of_cells(
    properties: Electrochemistry, spaces: Spaces, particle: Particle
) -> Floats:
    """c_max g of the edges of every owned cell, (cells, edges) of `edges.edges`, fmol/um^2.

    Collective.
    """
    medium, d = _Medium.of(properties, spaces, particle), particle.dimension
    volume = abs(ufl.JacobianDeterminant(medium.mesh)) / factorial(d)
    each = ufl.as_vector(edges.conductances(medium.tensor, medium.mesh))
    middle = np.full((1, d), 1.0 / (d + 1))
    n_owned = particle.mesh.topology.index_map(d).size_local
    flow = fem.Expression(medium.c_max * volume * each, middle)
    return np.asarray(flow.eval(particle.mesh, np.arange(n_owned, dtype=np.int32)))


def _medium(system: ElectrochemicalSystem, particle: Particle) -> _Medium:
    return _Medium.of(system.properties, system.spaces, particle)


def _corners(system: ElectrochemicalSystem) -> list[AtCorner]:
    """All that drives lithium, at the corners of the cells."""
    n, x = system.nodal, system.state.function("occupancy")
    fields = x, n.potential, n.potential_slope, n.stress_part, n.diffusivity
    return list(starmap(AtCorner, _at_corners(system, *fields)))


def _changes(system: ElectrochemicalSystem, dx: Expr) -> list[AtCorner]:
    """Its changes with that of the occupancy."""
    n = system.nodal
    slopes = n.potential_slope, n.potential_curvature, n.stress_slope, n.diffusivity_slope
    return [
        AtCorner(moved, *(slope * moved for slope in here))
        for moved, *here in _at_corners(system, dx, *slopes)
    ]


def _at_corners(system: ElectrochemicalSystem, *fields: Expr) -> list[tuple[Expr, ...]]:
    """Values of several nodal fields at each corner."""
    mesh = system.spaces.scalar.mesh.ufl_domain()
    return list(zip(*(edges.at_corners(field, mesh) for field in fields), strict=True))
