"""Values that do not fit where such values lie, or not to each other."""

from collections.abc import Callable

from solver.case import Case
from solver.case.unusual import unusual_values
from solver.checks.plan.materials import materials_of
from solver.checks.plan.size import Plan
from solver.materials import GrainMaterial, load_oxides
from solver.materials.catalogue import cautions as material_cautions
from solver.text.problems import Place, Problem
from solver.units.constants import FARADAY

Where = Callable[[Place], tuple[str, int | None]]
SLOWEST, FASTEST = 0.2, 1.5  # current of 1C over the capacity per hour
LONGEST = 1000.0  # h, of a cycle
HOUR = 3600.0


def value_cautions(case: Case, plan: Plan, where: Where) -> list[str]:
    """Return what is unusual about the values of a case and of its materials.

    where: returns file and line of a place in the case.
    """
    unusual = unusual_values(case)
    told = [_told(place, why, where) for place, why in unusual]
    for material in materials_of(case):
        told += material_cautions(material.kind, material.name)
    if not any(place == ("c_rate_basis",) for place, _ in unusual):
        told += [_told(("c_rate_basis",), why, where) for why in capacity_cautions(case)]
    why = duration_caution(plan)
    return told + ([] if why is None else [_told(("protocol",), why, where)])


def capacity_cautions(case: Case) -> list[str]:
    """Say of which oxides 1C does not suit the theoretical capacity F c_max / rho."""
    if not case.physics.transport.enabled:
        return []
    cautions = (_capacity_caution(case, material) for material in load_oxides(case.materials))
    return [why for why in dict.fromkeys(cautions) if why is not None]


def _capacity_caution(case: Case, material: GrainMaterial) -> str | None:
    capacity = FARADAY * material.max_concentration / material.density
    share = case.c_rate_basis * HOUR / capacity
    if SLOWEST <= share <= FASTEST:
        return None
    return (
        f"1C is {case.c_rate_basis:.4g} mA/g, {share:.3g} times the theoretical capacity of "
        f"{material.name} ({capacity / HOUR:.4g} mAh/g) per hour, usually {SLOWEST:g} to "
        f"{FASTEST:g} times: is the unit right?"
    )


def duration_caution(plan: Plan) -> str | None:
    """Say that a cycle takes very long, None if none does; there may be many."""
    cycles: dict[int, float] = {}
    for step in plan.steps:
        cycles[step.cycle] = cycles.get(step.cycle, 0.0) + (step.duration or 0.0) / HOUR
    hours, number = max(((hours, number) for number, hours in cycles.items()), default=(0.0, 0))
    if hours <= LONGEST:
        return None
    return (
        f"cycle {number} takes about {hours:.4g} h, more than {LONGEST:g} h: are the units of its "
        "times right?"
    )


def _told(place: Place, why: str, where: Where) -> str:
    path = ".".join(map(str, place))
    return f"caution: {Problem(*where(place), f'{path}: {why}')}"
