"""Whether swelling and heat can part boundaries at all: final openings beside what these open."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.case import Case
from solver.case.expected_mesh import ExpectedMesh
from solver.checks.forecast import StepEstimate, reached
from solver.checks.plan.size import Plan, boundary_law, has_boundaries
from solver.materials import GrainMaterial, load_boundary_material, load_oxides
from solver.physics.cohesive import Strength
from solver.units.constants import METRE

Floats = npt.NDArray[np.floating]
POINTS = 200  # occupancies, or temperatures, between the extremes of a protocol
NONE: Floats = np.zeros(1)  # mismatch of a lattice that heat does not strain


class Swelling(NamedTuple):
    """What swelling and heat can open.

    mismatch: largest strain of one direction against another. grain: mean diameter of the grains,
    m. by_heat: mismatch by heat alone, None if the lattice does not expand.
    """

    mismatch: float
    grain: float
    by_heat: float | None = None

    @property
    def opening(self) -> float:
        """Widest gap between two grains that shrink and grow most differently, m."""
        return self.mismatch * self.grain

    @property
    def what(self) -> str:
        """What opens it, in words."""
        return "swelling" if self.by_heat is None else "swelling and heat"


class FinalOpening(NamedTuple):
    """Opening at which a boundary has parted, m. corroded: where liquid did all that it can."""

    fresh: float
    corroded: float | None

    @property
    def least(self) -> float:
        """The smaller of both, m."""
        return self.fresh if self.corroded is None else min(self.fresh, self.corroded)


def final_opening(case: Case) -> FinalOpening:
    """Return the final opening of the boundaries of a case in pure tension, before they scatter."""
    law = boundary_law(case)
    return FinalOpening(float(law.final) / METRE, _corroded(case, law))


def _corroded(case: Case, law: Strength) -> float | None:
    corrosion = case.physics.corrosion
    name = case.materials.boundary.of(case.particle.boundary.state)
    material = load_boundary_material(name).entries["corrosion"]
    if not corrosion.enabled or material is None:
        return None
    strength = corrosion.remaining_strength or material.remaining_strength
    toughness = corrosion.remaining_toughness or material.remaining_toughness
    left = law.weakened(np.asarray(strength), np.asarray(toughness))
    return float(left.final) / METRE


def swelling(case: Case, mesh: ExpectedMesh, steps: Sequence[StepEstimate]) -> Swelling | None:
    """Return what a protocol's occupancies and temperatures can open; None if nothing strains."""
    physics = case.physics
    swells = physics.transport.enabled and physics.swelling.enabled
    if not (swells or physics.thermal_expansion.enabled):
        return None
    found, heat = [], []
    for oxide, low, high in reached(case, steps, load_oxides(case.materials)):
        here = thermal_mismatches(case, oxide)
        free = physics.swelling.stress_free_occupancy
        found.append(largest_mismatch(oxide, low, high, free, here) if swells else _largest(here))
        heat.append(_largest(here))
    by_heat = max(heat) if physics.thermal_expansion.enabled else None
    grain = 2 * mesh.radius / METRE / mesh.grains ** (1 / mesh.dimension)
    return Swelling(max(found), grain, by_heat)


def thermal_mismatches(case: Case, oxide: GrainMaterial) -> Floats:
    """Return strains by heat along c less those within the layers, over a protocol's temperatures.

    Zero alone if the lattice of the case does not expand.
    """
    section = case.physics.thermal_expansion
    if not section.enabled:
        return NONE
    begun = zip(case.steps(), case.temperatures(), strict=True)
    ends = [planned.step.temperature_at_end(start) for planned, start in begun]
    met = [case.temperature, *case.temperatures(), *ends]
    fit = section.stress_free or case.temperature
    within, across = section.of(oxide, *met)
    kelvins = np.linspace(min(met), max(met), POINTS)
    return np.array([across.strain(fit, each) - within.strain(fit, each) for each in kelvins])


def largest_mismatch(
    material: GrainMaterial,
    low: float,
    high: float,
    free: float | None = None,
    thermal: Floats = NONE,
) -> float:
    """Return the largest strain along c less that within the layers, between two occupancies.

    free: occupancy from which lattice strain counts, if not from where the material has it zero.
    thermal: mismatches by heat that may add to it.
    """
    x = np.linspace(low, high, POINTS)
    within, across = material.swelling_since(free)
    by_lithium = across.value(x) - within.value(x)
    ends = by_lithium.min() + thermal.min(), by_lithium.max() + thermal.max()
    return _largest(np.array(ends))


def _largest(mismatches: Floats) -> float:
    """The largest, of either sign."""
    return float(np.abs(mismatches).max())


def opening_line(case: Case, plan: Plan) -> str | None:
    """Return the final opening and what can be opened; None if nothing parts."""
    if not case.physics.cohesive.enabled or not has_boundaries(plan.mesh):
        return None
    final = final_opening(case)
    text = f"part fully at {_in_words(final.fresh)}"
    if final.corroded is not None:
        text += f" ({_in_words(final.corroded)} where corroded)"
    there_is = swelling(case, plan.mesh, plan.steps)
    if there_is is None:
        return text
    return f"{text}; {there_is.what} can open {_in_words(there_is.opening)}"


def opening_caution(case: Case, plan: Plan) -> str | None:
    """Say that swelling and heat cannot part a boundary, None if they can."""
    if not case.physics.cohesive.enabled or not has_boundaries(plan.mesh):
        return None
    there_is, final = swelling(case, plan.mesh, plan.steps), final_opening(case).least
    if there_is is None or final <= there_is.opening:
        return None
    heat = "" if there_is.by_heat is None else f", by heat alone {there_is.by_heat:.2%}"
    return (
        f"caution: the boundaries part fully only at {_in_words(final)}, but {there_is.what} can "
        f"open about {_in_words(there_is.opening)} (largest mismatch of strain, "
        f"{there_is.mismatch:.2%}{heat}, times the grain size, {_in_words(there_is.grain)}): they "
        "may soften and never crack; the final opening grows with toughness over strength "
        "(docs/boundaries.md)"
    )


def _in_words(length: float) -> str:
    return f"{length * 1e9:.3g} nm" if length < 1e-6 else f"{length * 1e6:.3g} um"
