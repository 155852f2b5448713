"""What a user should know before believing the results of a plan."""

from collections.abc import Sequence
from sys import float_info

from solver.case import Case
from solver.case.expected_mesh import ExpectedMesh
from solver.checks.forecast import EMPTIEST, FULLEST, StepEstimate, reached
from solver.checks.plan.limits import Machine, limit_cautions
from solver.checks.plan.opening import opening_caution
from solver.checks.plan.size import Plan, boundary_law, facet_edge, has_boundaries
from solver.checks.plan.slow import (
    dissolution_caution,
    factor_caution,
    jump_caution,
    sliding_caution,
)
from solver.checks.plan.values import Where, value_cautions
from solver.materials import load_oxides, tail_entered
from solver.materials.counter import counter_of_case
from solver.materials.grain_resistance import grain_resistance
from solver.materials.solid import solid_of
from solver.units.constants import PASCAL

FULL_COUNTER = 0.95  # share of its sites from which a counter electrode is nearly full
FEWEST_CELLS = 2.0  # over the length of cracks inside grains
FEWEST_LENGTHS = 10.0  # of cracks inside grains, over a grain
FEWEST_FACETS = 3.0  # over the cohesive length E G / strength^2


def all_cautions(case: Case, plan: Plan, where: Where, machine: Machine) -> list[str]:
    """Return what a user should know of the results, of unusual values, and of what is lacking.

    where: returns file and line of a place in the case.
    """
    return [
        *cautions(case, plan),
        *value_cautions(case, plan, where),
        *limit_cautions(case, plan, machine),
    ]


def cautions(case: Case, plan: Plan) -> list[str]:
    """Return what a user should know before believing the results; nothing if all is well."""
    every = (
        opening_caution(case, plan),
        crack_caution(case, plan.mesh),
        penalty_caution(case, plan.mesh),
        grain_crack_caution(case, plan.mesh),
        spread_caution(case, plan.mesh),
        *tail_cautions(case, plan.steps),
        unended_caution(plan.steps),
        counter_caution(case, plan.steps),
        factor_caution(case),
        jump_caution(case),
        sliding_caution(case, plan.steps),
        dissolution_caution(case),
    )
    own = [told for each in case.physics.mechanisms().values() for told in each.cautions(plan)]
    return [*(caution for caution in every if caution is not None), *own]


def tail_cautions(case: Case, steps: Sequence[StepEstimate]) -> list[str]:
    """Say which assumed tails of the laws of each oxide the protocol enters."""
    if not case.physics.transport.enabled:
        return []
    extremes = reached(case, steps, load_oxides(case.materials))
    entered = (tail_entered(oxide, low, high) for oxide, low, high in extremes)
    return [f"caution: {tails}" for tails in entered if tails is not None]


def unended_caution(steps: Sequence[StepEstimate]) -> str | None:
    """Say which step fills or empties the particle before it ends, None if none does."""
    for number, step in enumerate(steps):
        if not EMPTIEST <= step.occupancy <= FULLEST:
            return (
                f"caution: step {number} ({step.text}) would end at x = {step.occupancy:.3f}, "
                f"beyond {EMPTIEST} to {FULLEST}, where no potential is known: a particle that is "
                "full or empty before fails; let the step end at a voltage, too"
            )
    return None


def counter_caution(case: Case, steps: Sequence[StepEstimate]) -> str | None:
    """Say that the counter electrode of a full cell gets full, None if it does not."""
    if not case.physics.transport.enabled:
        return None
    counter = counter_of_case(case, [(load_oxides(case.materials)[0], 1.0)])
    least = min((step.occupancy for step in steps), default=case.initial.occupancy)
    share = (counter.lithium + case.initial.occupancy - least) / counter.sites
    if share <= FULL_COUNTER:
        return None
    return (
        f"caution: the counter electrode would be filled to {share:.3f} of its sites: near 1, "
        "lithium plates, which no law here describes: raise electrode.balance.ratio"
    )


def crack_caution(case: Case, mesh: ExpectedMesh) -> str | None:
    """Say that the mesh is too coarse for the cracks, None if it is not."""
    if not case.physics.cohesive.enabled or not has_boundaries(mesh):
        return None
    law = boundary_law(case)
    stiffness = solid_of(case.materials).stiffness.C33 * PASCAL
    shear = float(law.toughness_ratio / law.shear_ratio**2)
    facets = float(stiffness * law.cohesive_length) * min(1.0, shear) / facet_edge(mesh)
    if facets >= FEWEST_FACETS:
        return None
    return (
        f"caution: the cohesive length of the boundaries is only {facets:.1f} facets; with fewer "
        f"than {FEWEST_FACETS:.0f}, cracks depend on the mesh: refine particle.mesh or lower "
        "physics.cohesive.strength"
    )


def grain_crack_caution(case: Case, mesh: ExpectedMesh) -> str | None:
    """Say that the mesh is too coarse for cracks inside grains, None if it is not."""
    resistance = grain_resistance(case, solid_of(case.materials).stiffness)
    if resistance is None:
        return None
    if resistance.length >= FEWEST_CELLS * mesh.cell * 1e-6:
        return None
    cells = resistance.length / (mesh.cell * 1e-6)
    return (
        f"caution: the length of cracks inside grains, {resistance.length * 1e6:.3g} um, is only "
        f"{cells:.1f} cells of the usual size; with fewer than {FEWEST_CELLS:.0f}, they are too "
        "tough and follow the mesh: refine the mesh, or raise physics.grain_fracture.length or "
        "lower its strength"
    )


def spread_caution(case: Case, mesh: ExpectedMesh) -> str | None:
    """Say that grains are too small for their cracks to be narrow in them, None if they are not."""
    resistance = grain_resistance(case, solid_of(case.materials).stiffness)
    if resistance is None:
        return None
    grain = 2e-6 * mesh.radius / mesh.grains ** (1 / mesh.dimension)
    if resistance.length * FEWEST_LENGTHS <= grain:
        return None
    return (
        f"caution: the length of cracks inside grains, {resistance.length * 1e6:.3g} um, is not "
        f"small beside the grains, {grain * 1e6:.2g} um: these soften as a whole; lower "
        "physics.grain_fracture.length"
    )


def penalty_caution(case: Case, mesh: ExpectedMesh) -> str | None:
    """Say that the penalty leaves too few digits to the stress, None if it does not.

    A penalty of K multiplies the rounding of displacements, which elements of the edge h and the
    stiffness C turn into stress with C / h alone: of 16 digits, K h / C are lost.
    """
    if not has_boundaries(mesh):
        return None
    stiffness = solid_of(case.materials).stiffness.C33 * PASCAL
    lost = boundary_law(case).penalty * facet_edge(mesh) / stiffness * float_info.epsilon
    if lost <= case.numerics.newton_tolerance:
        return None
    return (
        "caution: the penalty of the boundaries is too stiff for double precision: beside "
        f"elements of {facet_edge(mesh):.2g} um it rounds forces to {lost:.1e} of their size, "
        f"above numerics.newton_tolerance ({case.numerics.newton_tolerance:.1e}); lower "
        "physics.cohesive.penalty"
    )
