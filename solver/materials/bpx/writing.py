"""Writes the material files of a cell, and says what is whose."""

from pathlib import Path
from textwrap import fill

from solver.entries.files import MaterialError
from solver.materials.bpx.cell import read_cell
from solver.materials.bpx.oxide import NOT_OXIDE, Imported, imported
from solver.materials.bpx.pybamm_set import read_pybamm_set
from solver.run_files import write_whole

WIDTH = 100


def write_imported(cell: Path | str, folder: Path, base: str) -> list[str]:
    """Write the oxides of a BPX file, or of a set of PyBaMM, and return what to say of each.

    cell: path of the file, or name of the set. Nothing is written unless all can be. Raises
    CellFileError, MaterialError, OSError.
    """
    particles = read_cell(cell) if isinstance(cell, Path) else [read_pybamm_set(cell)]
    made = {folder / f"{p.name}.yaml": imported(p, base) for p in particles}
    for path in made:
        if path.exists():
            raise MaterialError(f"{path} is there already: choose another folder with -o")
    folder.mkdir(parents=True, exist_ok=True)
    for path, oxide in made.items():
        write_whole(path, oxide.text)
    return [told_of(path, oxide) for path, oxide in made.items()]


def told_of(path: Path, oxide: Imported) -> str:
    """Return what a new material is made of, in lines."""
    particle, radius = oxide.particle, oxide.particle.radius
    case = [f"materials.grain: ./{path.name}", f"initial.occupancy: {particle.high:.4g}"]
    case += [f"particle.radius: {1e6 * radius:.4g} um"] if radius is not None else []
    said = [
        f"{path}: {particle.about}",
        f"  from it: {', '.join(oxide.given)}",
        f"  assumed, as the file says: {', '.join(oxide.assumed)}, and the tails of the potential "
        f"beyond x = {particle.low:.4g} to {particle.high:.4g}",
        f"  not in it, and taken from {oxide.base}: {', '.join(oxide.kept)}",
        f"  not in it at all: {NOT_OXIDE}",
        f"  for a case: {'; '.join(case)}",
        *(f"  note: {note}" for note in particle.notes),
        *(f"  caution: {caution}" for caution in oxide.cautions),
    ]
    return "\n".join(fill(line, WIDTH, subsequent_indent="    ") for line in said)
