"""`materials.json`: every value of every material of a run, with its source or the word assumed."""

import json
from pathlib import Path

from solver.case import Case
from solver.entries.files import is_path
from solver.materials.catalogue import values
from solver.output.collective import on_rank_zero
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.particle.mesh import Particle
from solver.run_files import write_file
from solver.units.memory import Remembering

FILE = "materials.json"


class MaterialsFile(Remembering):
    """Tracker that writes down what a run is made of, before the first step."""

    name = FILE

    def start(self, run: Run) -> None:
        """Write the file: a list of materials, each with its rows."""
        tables = [
            {"kind": kind, "name": _shown(name), **values(kind, name)}
            for kind, name in materials_in(run.case, run.particle)
        ]
        text = json.dumps(tables, indent=1) + "\n"
        on_rank_zero(run.comm, lambda: write_file(run.directory, FILE, text))

    def record(self, snapshot: Snapshot) -> None:
        """Nothing changes with a step."""

    def finish(self, outcome: Outcome) -> None:
        """Nothing is left to write."""


def _shown(name: str) -> str:
    """A material without the way to its file."""
    return Path(name).stem if is_path(name) else name


def materials_in(case: Case, particle: Particle) -> list[tuple[str, str]]:
    """Return (kind, name) of the materials that a run uses."""
    materials, filler = case.materials, bool(particle.is_filler.any())
    states = {case.particle.boundary.state, *particle.boundary_state.values()}
    states |= {"lpo"} if filler else set()
    named = [("boundary", materials.boundary.of(state)) for state in sorted(states)]
    if materials.solid is None:
        named[:0] = [("grain", name) for name in materials.oxides()]
    if not case.physics.transport.enabled:
        return named
    if "lpo" in states:
        named.append(("filler", materials.filler))
    named.append(("electrolyte", materials.electrolyte))
    if case.physics.interphase.enabled:
        named.append(("interphase", materials.interphase.bare))
        if filler:
            named.append(("interphase", materials.interphase.coated))
    if case.electrode.balanced() is not None:
        named.append(("counter", materials.counter))
    return list(dict.fromkeys(named))
