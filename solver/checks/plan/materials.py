"""The materials that a case names: all of them are read before anything runs."""

from typing import NamedTuple

from solver.case import Case
from solver.materials import MaterialFileError
from solver.materials.catalogue import read
from solver.text.problems import Place, Problem

FILLED = "lpo"  # state of boundaries that have a filler
OTHERWISE = "dry"  # state of those that a rule leaves out
LIQUID = "liquid"  # state of those that electrolyte enters


class Named(NamedTuple):
    """A material by kind and name, and where a case names it."""

    kind: str
    name: str
    place: Place


def materials_of(case: Case) -> list[Named]:
    """Return the materials that a run of a case reads."""
    materials, boundary = case.materials, case.particle.boundary
    filled = boundary.state == FILLED or case.particle.coating is not None
    states = {boundary.state, *([FILLED] if filled else [])}
    states |= {OTHERWISE} if boundary.rule != "all" else set()
    states |= {LIQUID} if case.physics.transport.enabled else set()
    named = [
        Named("boundary", materials.boundary.of(state), ("materials", "boundary", state))
        for state in sorted(states)
    ]
    if materials.solid is None:
        named.append(Named("grain", materials.grain, ("materials", "grain")))
    for number, region in enumerate(materials.regions):
        of_region: Place = ("materials", "regions", number, "material")
        named.append(Named("grain", region.material, of_region))
    if filled:
        named.append(Named("filler", materials.filler, ("materials", "filler")))
    if case.physics.transport.enabled:
        named.append(Named("electrolyte", materials.electrolyte, ("materials", "electrolyte")))
        for part in ("bare", "coated"):
            place = ("materials", "interphase", part)
            named.append(Named("interphase", getattr(materials.interphase, part), place))
        if case.electrode.balanced() is not None:
            named.append(Named("counter", materials.counter, ("materials", "counter")))
    return named


def require_materials(case: Case) -> None:
    """Raise MaterialError unless all of them are sound, with what is wrong with all files."""
    problems: list[Problem] = []
    for material in materials_of(case):
        try:
            read(material.kind, material.name)
        except MaterialFileError as error:
            problems += error.problems
    if problems:
        raise MaterialFileError(list(dict.fromkeys(problems)))
