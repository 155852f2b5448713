"""The fields for ParaView: grains with their jumps, and the boundaries as a mesh of their own."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from solver.case import Case
from solver.model.spaces import Spaces
from solver.output import arrays
from solver.output.frame_copy import ALONG, DAMAGE, OPENING, STRESS, TRACTION, FrameCopy, frame_of
from solver.output.map_file import MapFile, MapPiece
from solver.output.peaks import OF_A_FORCE
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.output.vtkhdf import TransientFile
from solver.output.vtu import Collection
from solver.particle.numbering import original_cells, original_vertices
from solver.physics.mechanics import first_principal, trace, von_mises
from solver.units.constants import METRE
from solver.units.instruments import CYCLE_INDEX, STEP_INDEX, TEST_TIME
from solver.units.memory import Memory

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]
FOLDER = "fields"
FALLEN = 0.9
NM_PER_UM = 1e9 / METRE
SIMPLEX = {1: "line", 2: "triangle", 3: "tetra"}


class FieldTracker:
    """Tracker that writes frames: the first moment, those that the case asks for, and the last.

    Under loads also the last one before the largest force so far falls by a tenth.
    """

    name = FOLDER

    def start(self, run: Run) -> None:
        """Open the collections; boundaries only if there are any."""
        self._fields, self._steps = run.case.output.fields, run.case.steps()
        self._since = 0  # accepted steps since the last frame
        self._shown = [each for mechanism in run.mechanisms for each in mechanism.shown]
        self._maps: list[_Grains | _BoundaryFacets] = [_Grains(run)]
        if run.spaces.boundaries.area() > 0:
            self._maps.append(_BoundaryFacets(run))
        self._latest: FrameCopy | None = None
        self._written = -np.inf
        self._largest_force = 0.0
        self._top: FrameCopy | None = None

    def record(self, snapshot: Snapshot) -> None:
        """Write the frame of the largest force once that is past, and this one if it is time."""
        force = _largest_force(snapshot.row)
        if self._top is not None and force < FALLEN * self._largest_force:
            if self._top.time > self._written:
                self._write(self._top)
            self._top = None
        self._latest = FrameCopy.of(snapshot, self._shown)
        self._since += 1
        if self._due(snapshot):
            self._write(self._latest)
        if force > self._largest_force:
            self._largest_force, self._top = force, self._latest

    def finish(self, outcome: Outcome) -> None:
        """Write the last accepted moment, unless it is there already."""
        if self._latest is not None and self._latest.time > self._written:
            self._write(self._latest)

    def save(self) -> Memory:
        """Return the frames so far, the largest force, and what may yet become a frame."""
        latest, top = (self._unwritten(moment) for moment in (self._latest, self._top))
        return {
            "written": self._written,
            "since": self._since,
            "largest_force": self._largest_force,
            "latest": latest and latest.save(),
            "top": top and top.save(),
            "maps": [each.file.save() for each in self._maps],
        }

    def load(self, memory: Memory) -> None:
        """Go on behind the frames that there were."""
        self._written, self._largest_force = memory["written"], memory["largest_force"]
        self._since = memory.get("since", 0)  # none in checkpoints of earlier versions
        self._latest, self._top = frame_of(memory["latest"]), frame_of(memory["top"])
        for each, kept in zip(self._maps, memory["maps"], strict=True):
            each.file.load(kept)

    def _due(self, snapshot: Snapshot) -> bool:
        """Whether a step becomes a frame; the first moment always does."""
        if self._written < 0:
            return True
        row, fields = snapshot.row, self._fields
        if not fields.in_cycle(int(row[CYCLE_INDEX.header])):
            return False
        number = int(row[STEP_INDEX.header])
        if snapshot.step_ended and fields.at_end_of(self._steps, number):
            return True
        if fields.every_steps is not None and self._since >= fields.every_steps:
            return True
        between = fields.between
        passed = row[TEST_TIME.header] - self._written
        return between is not None and passed >= between * (1 - 1e-9)

    def _unwritten(self, moment: FrameCopy | None) -> FrameCopy | None:
        """A moment that is no frame yet; its time tells."""
        return moment if moment is not None and moment.time > self._written else None

    def _write(self, moment: FrameCopy) -> None:
        self._written, self._since = moment.time, 0
        for each in self._maps:
            each.write(moment)


def _largest_force(row: Mapping[str, float]) -> float:
    """Largest force on any surface, 0 without loads."""
    forces = (value for header, value in row.items() if header.startswith(OF_A_FORCE))
    return max((abs(force) for force in forces), default=0.0)


class _Grains:
    """`particle.pvd`: the grains, every one with nodes of its own."""

    def __init__(self, run: Run) -> None:
        particle, self._spaces = run.particle, run.spaces
        in_filler = particle.is_filler[run.spaces.grain_of_node]
        self._cracks = run.case.physics.grain_fracture.enabled
        self._shown = _headers(run, arrays.GRAINS)
        n_cells = particle.mesh.topology.index_map(particle.dimension).size_local
        self._nodes, cells = np.unique(run.spaces.scalar.dofmap.list[:n_cells], return_inverse=True)
        self._in_filler = in_filler[self._nodes]
        self._grain = grain = particle.grain[:n_cells]
        self._grain_dof = run.spaces.grain.dofmap.list[:n_cells].ravel()
        constant: dict[str, npt.NDArray] = {
            arrays.GRAIN.header: grain,
            arrays.C_AXIS.header: particle.c_axis[grain],
        }
        if run.oxide is not None:
            constant[arrays.OXIDE.header] = run.oxide[grain]
        own = np.column_stack([_vertices(run), run.spaces.grain_of_node])
        piece = MapPiece(
            node_positions(run.spaces)[self._nodes],
            SIMPLEX[particle.dimension],
            cells.reshape(n_cells, -1),
            own[self._nodes],
            original_cells(particle.mesh)[:n_cells, None],
            constant,
        )
        self.file = _map_file(run, f"{FOLDER}/particle", piece)

    def write(self, moment: FrameCopy) -> None:
        stress = moment[STRESS][self._nodes]
        state = {name: values[self._nodes] for name, values in _at_nodes(moment).items()}
        displacement = _vectors(moment["displacement"], self._spaces)[self._nodes]
        at_nodes = {
            arrays.OCCUPANCY.header: np.where(self._in_filler, np.nan, state["occupancy"]),
            arrays.DISPLACEMENT.header: _in_space(displacement),
            arrays.HYDROSTATIC.header: trace(stress) / 3,
            arrays.VON_MISES.header: von_mises(stress),
            arrays.FIRST_PRINCIPAL.header: first_principal(stress),
            arrays.OUTER_CURRENT.header: state["current"],
        }
        at_nodes |= {header: moment[header][self._nodes] for header in self._shown}
        if self._cracks:
            at_nodes[arrays.GRAIN_CRACK.header] = state["crack"]
        in_cells = {
            arrays.GRAIN_POTENTIAL.header: moment["grain_potential"][self._grain_dof],
            arrays.ISOLATED.header: moment.isolated[self._grain],
        }
        self.file.write(moment.time, at_nodes, in_cells)


class _BoundaryFacets:
    """`boundaries.pvd`: the facets between the grains, values at the corners of each."""

    def __init__(self, run: Run) -> None:
        boundaries = run.spaces.boundaries
        dimension = run.particle.dimension - 1
        n_facets = boundaries.facets.mesh.topology.index_map(dimension).size_local
        facets = boundaries.space.dofmap.list[:n_facets]
        self._points, cells = np.unique(facets, return_inverse=True)
        pair = boundaries.pair[facets[:, 0]]
        self._network_node = run.spaces.network.node[self._points]
        self._plus, self._minus = boundaries.plus[self._points], boundaries.minus[self._points]
        self._conducts, self._shown = _ions_matter(run.case), _headers(run, arrays.BOUNDARIES)
        self._slides, self._spaces = run.case.physics.sliding.enabled, run.spaces
        own = _vertices(run)[boundaries.plus][facets]
        every = np.sort(own, axis=1)
        piece = MapPiece(
            _in_space(boundaries.position[self._points]),
            SIMPLEX[dimension],
            cells.reshape(n_facets, -1),
            _of_points(facets, every, own)[self._points],
            every,
            {arrays.PLUS_GRAIN.header: pair[:, 0], arrays.MINUS_GRAIN.header: pair[:, 1]},
        )
        self.file = _map_file(run, f"{FOLDER}/boundaries", piece)

    def write(self, moment: FrameCopy) -> None:
        at_points = self._moved(moment) | {
            arrays.OPENING.header: NM_PER_UM * moment[OPENING][self._points],
            arrays.SLIP.header: NM_PER_UM * moment[ALONG][self._points],
            arrays.DAMAGE.header: moment[DAMAGE][self._points],
            arrays.TRACTION.header: _in_space(moment[TRACTION][self._points]),
        }
        if self._slides:
            slipped = _vectors(moment["slip"], self._spaces)[self._points]
            at_points[arrays.SLOW_SLIP.header] = NM_PER_UM * _in_space(slipped)
        at_points |= {header: moment[header][self._points] for header in self._shown}
        if self._conducts:
            at_points |= self._ions(moment)
        self.file.write(moment.time, at_points, {})

    def _moved(self, moment: FrameCopy) -> dict[str, Floats]:
        """How far both sides moved; their mean is called as in the grains, to warp both alike."""
        moved = _in_space(_vectors(moment["displacement"], self._spaces))
        plus, minus = moved[self._plus], moved[self._minus]
        return {
            arrays.MOVED.header: (plus + minus) / 2,
            arrays.MOVED_PLUS.header: plus,
            arrays.MOVED_MINUS.header: minus,
        }

    def _ions(self, moment: FrameCopy) -> dict[str, Floats]:
        """What ions meet there."""
        return {
            arrays.IONIC_POTENTIAL.header: moment["network_potential"][self._network_node],
            arrays.CURRENT_PLUS.header: moment["current plus"][self._points],
            arrays.CURRENT_MINUS.header: moment["current minus"][self._points],
            arrays.WETNESS.header: moment["wetness"][self._points],
        }


def _map_file(run: Run, name: str, piece: MapPiece) -> MapFile:
    """The file of a map in the format of the case. Collective."""
    about = run.comm, run.directory, name, piece
    in_one = run.case.output.fields.format == "vtkhdf"
    return TransientFile(*about) if in_one else Collection(*about)


def _vertices(run: Run) -> Numbers:
    """Original number of the vertex of every local and ghost node."""
    vertices = np.full(len(run.spaces.grain_of_node), -1, dtype=np.int64)
    vertices[run.spaces.scalar.dofmap.list] = original_vertices(run.particle.mesh)
    return vertices


def _of_points(facets: Integers, every: Numbers, own: Numbers) -> Numbers:
    """Keys of the points of facets: all vertices of its facet, and its own, by points."""
    of_facets = np.dstack([np.broadcast_to(every[:, None], (*own.shape, every.shape[1])), own])
    keys = np.full((int(facets.max(initial=-1)) + 1, of_facets.shape[2]), -1, dtype=np.int64)
    keys[facets] = of_facets
    return keys


def _at_nodes(moment: FrameCopy) -> dict[str, Floats]:
    """The scalar fields of the nodes."""
    return {name: moment[name] for name in ("occupancy", "current", "crack")}


def _headers(run: Run, on: str) -> list[str]:
    """Headers of what mechanisms show of themselves on one of the maps."""
    shown = [each for mechanism in run.mechanisms for each in mechanism.shown]
    return [each.array.header for each in shown if each.array.on == on]


def _ions_matter(case: Case) -> bool:
    """Whether boundaries can conduct ions at all."""
    wettable = case.physics.wetting.enabled or case.particle.boundary.state != "dry"
    return case.ions_in_boundaries() and wettable


def node_positions(spaces: Spaces) -> Floats:
    """Position of every node of `spaces.scalar` in um, (nodes, 3)."""
    geometry = spaces.scalar.mesh.geometry
    positions = np.empty((len(spaces.grain_of_node), 3))
    positions[spaces.scalar.dofmap.list] = geometry.x[geometry.dofmap]
    return positions


def _vectors(values: Floats, spaces: Spaces) -> Floats:
    """Values of a field of vectors, (n, components of the displacement)."""
    return values.reshape(-1, spaces.vector.dofmap.bs)


def _in_space(vectors: Floats) -> Floats:
    """Vectors with zeros for the components they do not have, (n, 3)."""
    return np.pad(vectors, ((0, 0), (0, 3 - vectors.shape[1])))
