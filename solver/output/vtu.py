"""ParaView collections: compressed pieces per rank, and an index that is valid at any time.

DOLFINx' own writer makes the index only when it is closed, writes text, and does not notice a
full disk; hence this one. Every frame is complete before the index names it.
"""

from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import quoteattr

import meshio
import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.output.collective import on_every_rank, on_rank_zero
from solver.output.map_file import Arrays, MapPiece
from solver.run_files import NotARunError, claim, manifest, sync, write_whole
from solver.units.memory import Memory

VTK_TYPE = {"float64": "Float64", "int32": "Int32"}


class Collection:
    """`NAME.pvd` and its frames in the folder `NAME/`; a rank without cells writes no piece."""

    def __init__(
        self,
        comm: MPI.Comm,
        directory: Path,
        name: str,
        piece: MapPiece,
    ) -> None:
        """Prepare a collection of frames in a run directory. name: such as fields/particle.

        Collective.
        """
        self._comm, self._directory, self._name, self._piece = comm, directory, name, piece
        self._folder = directory / name
        self._claimed = 0
        self._frames: list[tuple[float, str]] = []
        self._fresh: list[Path] = []  # files of this rank that the disk may not have yet
        self._ranks = [r for r, n in enumerate(comm.allgather(len(piece.cells))) if n > 0]
        on_rank_zero(comm, lambda: self._folder.mkdir(parents=True, exist_ok=True))

    def write(self, time: float, point_data: Arrays, cell_data: Arrays) -> None:
        """Add one frame: values at this rank's points and cells. Collective."""
        name = f"{len(self._frames):06d}"
        on_rank_zero(self._comm, self._claim)
        cell_data = {**cell_data, **self._piece.constant}
        on_every_rank(self._comm, lambda: self._write_files(name, point_data, cell_data))
        suffix = ".pvtu" if self._parallel else ".vtu"
        self._frames.append((time, f"{self._folder.name}/{name}{suffix}"))
        on_rank_zero(self._comm, self._write_index)

    def save(self) -> Memory:
        """Return the frames that the index names, all on the disk: times and files. Collective."""
        on_every_rank(self._comm, self._sync)
        on_rank_zero(self._comm, self._sync_index)
        return {"frames": list(self._frames)}

    def load(self, memory: Memory) -> None:
        """Go on behind those frames: later ones go. Collective."""
        self._frames = [(time, file) for time, file in memory["frames"]]
        self._claimed = len(self._frames)
        on_rank_zero(self._comm, self._write_index)
        on_rank_zero(self._comm, self._remove_later)
        self._fresh = [path for path in self._fresh if path.exists()]

    def _sync(self) -> None:
        """Wait until the disk has all frames of this rank."""
        for path in self._fresh:
            sync(path)
        if self._fresh:
            sync(self._folder)
        self._fresh.clear()

    def _sync_index(self) -> None:
        if self._frames:
            sync(self._folder.with_suffix(".pvd"))
            sync(self._folder.parent)

    def _remove_later(self) -> None:
        """Delete the frames that the index does not name, which are known by their numbers."""
        try:
            known = manifest(self._directory)
        except NotARunError:
            return
        for path in self._folder.iterdir():
            number = path.name[:6]
            own = f"{self._name}/{path.name}" in known and number.isdigit()
            if own and int(number) >= len(self._frames):
                path.unlink()

    def _write_index(self) -> None:
        write_whole(self._folder.with_suffix(".pvd"), _collection_file(self._frames))

    def _claim(self) -> None:
        """Claim the names of frames in advance, more at a time the more there are."""
        if len(self._frames) < self._claimed:
            return
        numbers = range(self._claimed, max(16, 2 * self._claimed))
        files = [f"{number:06d}{end}" for number in numbers for end in self._endings()]
        claim(self._directory, f"{self._name}.pvd", *(f"{self._name}/{file}" for file in files))
        self._claimed = numbers.stop

    def _endings(self) -> list[str]:
        """What the names of the files of a frame end with."""
        return [".pvtu", *(f"_{rank}.vtu" for rank in self._ranks)] if self._parallel else [".vtu"]

    @property
    def _parallel(self) -> bool:
        return len(self._ranks) > 1

    def _write_files(self, name: str, point_data: Arrays, cell_data: Arrays) -> None:
        if self._comm.rank not in self._ranks:
            return
        self._write_piece(name, point_data, cell_data)
        if self._parallel and self._comm.rank == self._ranks[0]:
            text = _parallel_file(name, self._ranks, point_data, cell_data)
            write_whole(self._folder / f"{name}.pvtu", text)
            self._fresh.append(self._folder / f"{name}.pvtu")

    def _write_piece(self, name: str, point_data: Arrays, cell_data: Arrays) -> None:
        rank = f"_{self._comm.rank}" if self._parallel else ""
        piece = meshio.Mesh(
            self._piece.points,
            [(self._piece.kind, self._piece.cells)],
            point_data=dict(point_data),
            cell_data={key: [values] for key, values in cell_data.items()},
        )
        path = self._folder / f"{name}{rank}.vtu"
        try:
            meshio.write(path, piece, file_format="vtu")
            self._fresh.append(path)
        except OSError as error:
            with suppress(OSError):  # half a piece takes the place that a full disk lacks
                path.unlink(missing_ok=True)
            raise OSError(error.errno, error.strerror or str(error), str(path)) from error


def _collection_file(frames: list[tuple[float, str]]) -> str:
    sets = "".join(
        f'    <DataSet timestep="{time!r}" part="0" file={quoteattr(file)}/>\n'
        for time, file in frames
    )
    return (
        '<?xml version="1.0"?>\n<VTKFile type="Collection" version="0.1">\n  <Collection>\n'
        f"{sets}  </Collection>\n</VTKFile>\n"
    )


def _parallel_file(name: str, ranks: list[int], point_data: Arrays, cell_data: Arrays) -> str:
    coordinates = _array_tag("Points", np.empty((0, 3)))
    pieces = "".join(f'<Piece Source="{name}_{rank}.vtu"/>\n' for rank in ranks)
    return (
        '<?xml version="1.0"?>\n<VTKFile type="PUnstructuredGrid" version="0.1">\n'
        '<PUnstructuredGrid GhostLevel="0">\n'
        f"<PPointData>\n{_array_tags(point_data)}</PPointData>\n"
        f"<PCellData>\n{_array_tags(cell_data)}</PCellData>\n"
        f"<PPoints>\n{coordinates}</PPoints>\n"
        f"{pieces}</PUnstructuredGrid>\n</VTKFile>\n"
    )


def _array_tags(arrays: Arrays) -> str:
    return "".join(_array_tag(name, values) for name, values in arrays.items())


def _array_tag(name: str, values: npt.NDArray) -> str:
    kind, components = VTK_TYPE[str(values.dtype)], values.shape[1] if values.ndim > 1 else 1
    return f'<PDataArray type="{kind}" Name={quoteattr(name)} NumberOfComponents="{components}"/>\n'
