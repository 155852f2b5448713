"""Every call that differs between DOLFINx 0.9 and 0.11, behind one name each."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import __version__, cpp, fem, io, mesh
from mpi4py import MPI
from petsc4py import PETSc

VERSION = tuple(int(part) for part in __version__.split(".")[:2])
AT_LEAST_0_10 = VERSION >= (0, 10)

if AT_LEAST_0_10:
    from dolfinx.io import gmsh as gmshio
else:
    from dolfinx.io import gmshio


def index_map(
    comm: MPI.Comm, n_owned: int, ghosts: npt.NDArray[np.int64], owners: npt.NDArray[np.int32]
) -> Any:
    """Index map of `n_owned` owned indices and the given ghosts (global number, owning rank)."""
    if AT_LEAST_0_10:
        return cpp.common.IndexMap(comm, n_owned, ghosts, owners, 1203)
    return cpp.common.IndexMap(comm, n_owned, ghosts, owners)


def space_with_dofmap(V: fem.FunctionSpace, dofmap: Any) -> fem.FunctionSpace:
    """Return a space with the mesh and the element of `V` but another dof map."""
    mesh_object = V.mesh._cpp_object
    if AT_LEAST_0_10:
        element = getattr(V.element, "_cpp_object", V.element)
        space = cpp.fem.FunctionSpace_float64(mesh_object, element, dofmap)
    else:
        space = cpp.fem.FunctionSpace_float64(mesh_object, V.element, dofmap, list(V.value_shape))
    return fem.FunctionSpace(V.mesh, V.ufl_element(), space)


def cell_partitioner(part: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """Partitioner that gives every rank both cells of each facet it touches.

    part: shares out the graph of the cells, as `dolfinx.graph.partitioner` does, the default.
    """
    chosen = (mesh.GhostMode.shared_facet,) if part is None else (part, mesh.GhostMode.shared_facet)
    return mesh.create_cell_partitioner(*chosen, *((2,) if AT_LEAST_0_10 else ()))


def parts_of_graph(
    comm: MPI.Intracomm, n_parts: int, graph: Any, imbalance: float
) -> npt.NDArray[np.int32]:
    """Part of each of this rank's nodes of a graph. Collective.

    graph: neighbours of each, numbered over all ranks. imbalance: of the parts, that SCOTCH may
    leave; another partitioner has its own.
    """
    if hasattr(cpp.graph, "partitioner_scotch"):
        share = cpp.graph.partitioner_scotch(imbalance, 0)
    else:
        share = cpp.graph.partitioner()
    return np.asarray(share(comm, n_parts, graph, False).array)


def model_to_mesh(
    model: Any, comm: MPI.Comm, dimension: int
) -> tuple[mesh.Mesh, mesh.MeshTags, mesh.MeshTags]:
    """Distribute the Gmsh model of rank 0: the mesh, its cell tags and its facet tags."""
    result = gmshio.model_to_mesh(model, comm, 0, gdim=dimension, partitioner=cell_partitioner())
    if AT_LEAST_0_10:
        return result.mesh, result.cell_tags, result.facet_tags
    return result


def mesh_of_cells(
    comm: MPI.Comm,
    cells: npt.NDArray[np.int64],
    points: npt.NDArray[np.float64],
    element: Any,
    partitioner: Callable[..., Any] | None = None,
) -> mesh.Mesh:
    """Mesh of cells (rows of point numbers) and points (rows of coordinates). Collective.

    Each rank gives its share of both, numbered through over the ranks.
    """
    if AT_LEAST_0_10:
        return mesh.create_mesh(comm, cells, element, points, partitioner)
    return mesh.create_mesh(comm, cells, points, element, partitioner)


def marked_facets(
    msh: mesh.Mesh, corners: npt.NDArray[np.int64], values: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Local facets, ghosts included, that any rank names by its corners, and their values.

    corners: (facets, d) of this rank, by the numbers of the points that the mesh was made of.
    Collective.
    """
    topology = msh.topology
    d = topology.dim - 1
    found, value = io.utils.distribute_entity_data(msh, d, corners, values)
    topology.create_entities(d)
    topology.create_connectivity(d, 0)
    topology.create_connectivity(d, d + 1)
    table = cpp.graph.AdjacencyList_int32(found)
    tags = mesh.meshtags_from_entities(msh, d, table, value.astype(np.int32))
    return tags.indices, tags.values


class FacetMesh:
    """The facets of a mesh as a mesh of their own, and the maps between the two.

    `parent_facet[i]` is the facet of the parent that cell i of `mesh` is; `parent_vertex[i]`
    the vertex of the parent that vertex i is.
    """

    def __init__(self, parent: mesh.Mesh, facets: npt.NDArray[np.int32]) -> None:
        dimension = parent.topology.dim - 1
        self.mesh, cells, vertices, _ = mesh.create_submesh(parent, dimension, facets)
        if AT_LEAST_0_10:
            n_cells = local_size(self.mesh.topology.index_map(dimension))
            n_vertices = local_size(self.mesh.topology.index_map(0))
            self.parent_facet = cells.sub_topology_to_topology(np.arange(n_cells), False)
            self.parent_vertex = vertices.sub_topology_to_topology(np.arange(n_vertices), False)
            self.entity_maps: Any = [cells]
            return
        self.parent_facet, self.parent_vertex = np.asarray(cells), np.asarray(vertices)
        n_facets = local_size(parent.topology.index_map(dimension))
        to_submesh = np.full(n_facets, -1, dtype=np.int32)
        to_submesh[self.parent_facet] = np.arange(len(self.parent_facet), dtype=np.int32)
        self.entity_maps = {self.mesh: to_submesh}


def compile_form(form: ufl.Form, facet_meshes: Sequence[FacetMesh] = ()) -> fem.Form:
    """Compile a form that may use functions on facet meshes of its integration domain."""
    if not facet_meshes:
        return fem.form(form)
    if AT_LEAST_0_10:
        return fem.form(form, entity_maps=[m for part in facet_meshes for m in part.entity_maps])
    merged = {key: value for part in facet_meshes for key, value in part.entity_maps.items()}
    return fem.form(form, entity_maps=merged)


def create_vector(form: fem.Form) -> PETSc.Vec:
    """Ghosted vector that fits a linear form."""
    from dolfinx.fem import petsc

    if AT_LEAST_0_10:
        return petsc.create_vector(form.function_spaces[0])
    return petsc.create_vector(form)


def point_expression(expression: Any, V: fem.FunctionSpace) -> fem.Expression:
    """Expression at the points where a function of `V` has its values."""
    points = V.element.interpolation_points
    return fem.Expression(expression, points if AT_LEAST_0_10 else points())


def interior_facet_sides(msh: mesh.Mesh, facets: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Owned interior facets as rows (cell, local facet, other cell, local facet)."""
    tdim = msh.topology.dim
    if AT_LEAST_0_10:
        flat = fem.compute_integration_domains(
            fem.IntegralType.interior_facet, msh.topology, facets
        )
    else:
        flat = fem.compute_integration_domains(
            fem.IntegralType.interior_facet, msh.topology, facets, tdim - 1
        )
    return np.asarray(flat, dtype=np.int32).reshape(-1, 4)


def local_size(index_map: Any) -> int:
    """Number of indices that this rank sees, ghosts included."""
    return int(index_map.size_local + index_map.num_ghosts)
