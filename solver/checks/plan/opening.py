"""Whether swelling can part boundaries at all: their final opening beside what it can open."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from solver.case import Case
from solver.case.expected_mesh import ExpectedMesh
from solver.checks.forecast import StepEstimate, reached
from solver.checks.plan.size import Plan, boundary_law, has_boundaries
from solver.materials import GrainMaterial, load_boundary_material, load_oxides
from solver.physics.cohesive import Strength
from solver.units.constants import METRE

POINTS = 200  # occupancies between the extremes of a protocol


class Swelling(NamedTuple):
    """What swelling can open. mismatch: largest strain of one direction against another.

    grain: mean diameter of the grains, m.
    """

    mismatch: float
    grain: float

    @property
    def opening(self) -> float:
        """Widest gap between two grains that shrink and grow most differently, m."""
        return self.mismatch * self.grain


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
    """Return what swelling can open over the occupancies of a protocol; None if nothing swells."""
    if not (case.physics.transport.enabled and case.physics.swelling.enabled):
        return None
    free, oxides = case.physics.swelling.stress_free_occupancy, load_oxides(case.materials)
    mismatch = max(
        largest_mismatch(oxide, low, high, free)
        for oxide, low, high in reached(case, steps, oxides)
    )
    return Swelling(mismatch, 2 * mesh.radius / METRE / mesh.grains ** (1 / mesh.dimension))


def largest_mismatch(
    material: GrainMaterial, low: float, high: float, free: float | None = None
) -> float:
    """Return the largest strain along c less that within the layers, between two occupancies.

    free: occupancy from which lattice strain counts, if not from where the material has it zero.
    """
    x = np.linspace(low, high, POINTS)
    within, across = material.swelling_since(free)
    return float(np.abs(across.value(x) - within.value(x)).max())


def opening_line(case: Case, plan: Plan) -> str | None:
    """Return the final opening and what swelling can open; None if nothing parts."""
    if not case.physics.cohesive.enabled or not has_boundaries(plan.mesh):
        return None
    final = final_opening(case)
    text = f"part fully at {_in_words(final.fresh)}"
    if final.corroded is not None:
        text += f" ({_in_words(final.corroded)} where corroded)"
    there_is = swelling(case, plan.mesh, plan.steps)
    return text if there_is is None else f"{text}; swelling can open {_in_words(there_is.opening)}"


def opening_caution(case: Case, plan: Plan) -> str | None:
    """Say that swelling cannot part a boundary, None if it can."""
    if not case.physics.cohesive.enabled or not has_boundaries(plan.mesh):
        return None
    there_is, final = swelling(case, plan.mesh, plan.steps), final_opening(case).least
    if there_is is None or final <= there_is.opening:
        return None
    return (
        f"caution: the boundaries part fully only at {_in_words(final)}, but swelling can open "
        f"about {_in_words(there_is.opening)} (largest mismatch of strain, "
        f"{there_is.mismatch:.2%}, times the grain size, {_in_words(there_is.grain)}): they may "
        "soften and never crack; the final opening grows with toughness over strength "
        "(docs/boundaries.md)"
    )


def _in_words(length: float) -> str:
    return f"{length * 1e9:.3g} nm" if length < 1e-6 else f"{length * 1e6:.3g} um"
