"""Stress at the nodes: of the strain recovered there, less what the lattice takes at the node."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from ufl.core.expr import Expr

from solver.model.spaces import Spaces
from solver.particle import dolfinx_api
from solver.particle.mesh import Particle
from solver.particle.recovery import Recovery, make_recovery
from solver.particle.spaces import broken_like
from solver.physics.mechanics import of_six, six_components

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Stress:
    """Reads the stress of a mechanical system.

    in_cells: integral of the strain over each cell, um^d, to be compiled or differentiated; strain:
    the same, compiled; whole: of the stress, MPa um^d. cells: room for them. volume: of every value
    in `cells`, um^d. recovery: from cells to nodes. at_node: strain there. at_nodes: stress of
    that strain times the volume of each node, to be compiled or differentiated; stress: the same,
    compiled.
    """

    in_cells: ufl.Form
    strain: fem.Form
    whole: fem.Form
    cells: fem.Function
    volume: Floats
    recovery: Recovery
    at_node: fem.Function
    at_nodes: ufl.Form
    stress: fem.Form
    node_volume: Floats

    def total(self) -> Floats:
        """Integral over the cells of this rank, (6,), MPa um^d."""
        self._integrate(self.whole)
        return np.asarray(self.cells.x.array.reshape(-1, 6).sum(axis=0))

    def read(self, into: fem.Function) -> Floats:
        """Stress at the nodes, (nodes, 6) in MPa. Collective."""
        self._integrate(self.strain)
        self.cells.x.array[:] /= self.volume
        self.recovery.apply(self.cells, self.at_node)
        return self.per_volume(self.stress, into)

    def per_volume(self, form: fem.Form, into: fem.Function) -> Floats:
        """What a form gathers at the nodes over their volumes, (nodes, 6). Collective."""
        into.x.array[:] = 0.0
        fem.assemble_vector(into.x.array, form)
        into.x.scatter_reverse(la.InsertMode.add)
        into.x.scatter_forward()
        return np.asarray(into.x.array.reshape(-1, 6) / self.node_volume[:, None])

    def _integrate(self, form: fem.Form) -> None:
        self.cells.x.array[:] = 0.0
        fem.assemble_vector(self.cells.x.array, form)


def make_stress(
    particle: Particle,
    spaces: Spaces,
    strain: Expr,
    stress_of: Callable[[Expr], Expr],
    dx: ufl.Measure,
    node_volume: Floats,
) -> Stress:
    """Set up what reads the stress (MPa) of a strain. Collective.

    dx: by the vertex rule, node_volume: what it gives to each node, um^d.
    """
    msh = particle.mesh
    one = fem.functionspace(msh, ("DG", 0))
    six = broken_like(one, fem.functionspace(msh, ("DG", 0, (6,))))
    volume = fem.assemble_vector(dolfinx_api.compile_form(ufl.TestFunction(one) * dx))
    volume.scatter_forward()
    at_node, test = fem.Function(spaces.tensor), ufl.TestFunction(spaces.tensor)
    in_cells = ufl.inner(six_components(strain), ufl.TestFunction(six)) * dx
    whole = ufl.inner(six_components(stress_of(strain)), ufl.TestFunction(six)) * dx
    at_nodes = ufl.inner(six_components(stress_of(of_six(at_node))), test) * dx
    return Stress(
        in_cells=in_cells,
        strain=dolfinx_api.compile_form(in_cells),
        whole=dolfinx_api.compile_form(whole),
        cells=fem.Function(six),
        volume=np.repeat(volume.array, 6),
        recovery=make_recovery(particle, spaces.scalar, one),
        at_node=at_node,
        at_nodes=at_nodes,
        stress=dolfinx_api.compile_form(at_nodes),
        node_volume=node_volume,
    )
