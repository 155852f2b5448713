"""Follows a protocol on a particle at equilibrium: how long its steps take, and which cannot be.

What is refused here depends on the material; what is certain whatever the material is has been
found when the case was read (`solver.protocol.checks`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from solver.case import Case
from solver.entries.laws import occupancy_where
from solver.materials import GrainMaterial, MaterialError
from solver.materials.bonded import potential_of
from solver.protocol import PlannedStep
from solver.protocol.equilibrium import Equilibrium, Moment
from solver.units.constants import FARADAY

EMPTIEST, FULLEST = 0.1, 0.995  # occupancies beyond which no tail of a potential is believed


class ForecastError(Exception):
    """A step that cannot be carried out with this material. place: where it stands."""

    def __init__(self, planned: PlannedStep, why: str) -> None:
        self.place = ("protocol", *planned.place)
        super().__init__(f"{'.'.join(map(str, self.place))}: {why}")


@dataclass(frozen=True)
class StepEstimate:
    """A step, its duration (s, None if unknown), the occupancy at its end, its temperature (K), the
    longest time step. cycle: from 1.
    """

    text: str
    duration: float | None
    occupancy: float
    cycle: int
    temperature: float
    longest: float = inf


def forecast(
    case: Case, material: GrainMaterial, others: Sequence[GrainMaterial] = ()
) -> tuple[StepEstimate, ...]:
    """Return the protocol's steps at equilibrium, as if the main oxide were the only one.

    others: oxides of regions, whose potentials must allow all voltages too.

    ForecastError names one that cannot be.
    """
    now, estimates = Moment(case.initial.occupancy), []
    warmed: dict[float, list[GrainMaterial]] = {}
    for number, (planned, temperature) in enumerate(
        zip(case.steps(), case.temperatures(), strict=True)
    ):
        if temperature not in warmed:
            warmed[temperature] = _warmed(planned, case, (material, *others), temperature)
        step = planned.step
        oxide = equilibrium(warmed[temperature][0], case.c_rate_basis)
        for one in warmed[temperature]:
            _require_in_window(planned, potential_window(one), one)
        if number == 0:
            _require_feasible(planned, oxide.voltage(now.occupancy))
        if why := step.unreachable(now, oxide):
            raise ForecastError(planned, why)
        duration, now = step.forecast(now, oxide)
        told = step.name(), duration, now.occupancy, planned.cycle, temperature
        estimates.append(StepEstimate(*told, step.longest_time_step))
    return tuple(estimates)


def _warmed(
    planned: PlannedStep, case: Case, oxides: Sequence[GrainMaterial], temperature: float
) -> list[GrainMaterial]:
    """The oxides with their potentials at the temperature of a step, K."""
    try:
        for oxide in oxides:
            potential_of(oxide, case.physics, temperature)
        return [replace(oxide, potential=oxide.potential_at(temperature)) for oxide in oxides]
    except MaterialError as error:
        raise ForecastError(planned, str(error)) from error


def equilibrium(material: GrainMaterial, one_c: float) -> Equilibrium:
    """Return an oxide at equilibrium, where 1C is `one_c` [A/kg]."""
    per_charge = material_rate(material)
    return Equilibrium(
        voltage=lambda occupancy: float(material.potential.value(np.array(occupancy))),
        occupancy=lambda voltage: occupancy_at(material, voltage),
        per_charge=per_charge,
        speed=one_c * per_charge,
    )


def reached(
    case: Case, steps: Sequence[StepEstimate], oxides: Sequence[GrainMaterial]
) -> list[tuple[GrainMaterial, float, float]]:
    """Return the extreme occupancies of each oxide, the main one first; all share the potential."""
    x = [case.initial.occupancy, *(step.occupancy for step in steps)]
    main, ranges = oxides[0], [(oxides[0], min(x), max(x))]
    for oxide in oxides[1:]:
        voltages = main.potential.value(np.array([min(x), max(x)]))
        low, high = (occupancy_where(oxide.potential.value, float(v)) for v in voltages)
        ranges.append((oxide, low, high))
    return ranges


def material_rate(material: GrainMaterial) -> float:
    """Return the change of occupancy per charge per mass, in kg/(A s)."""
    return material.density / (FARADAY * material.max_concentration)


def occupancy_at(material: GrainMaterial, voltage: float) -> float:
    """Return the occupancy at which the equilibrium potential is `voltage`."""
    x = np.linspace(1.0, 0.0, 20001)  # the potential rises along it
    return float(np.interp(voltage, material.potential.value(x), x))


def potential_window(material: GrainMaterial) -> tuple[float, float]:
    """Return the lowest and the highest voltage that the tails of the potential reach."""
    low, high = material.potential.value(np.array([FULLEST, EMPTIEST]))
    return float(low), float(high)


def _require_in_window(
    planned: PlannedStep, window: tuple[float, float], material: GrainMaterial
) -> None:
    """All voltages of a step must lie where the equilibrium potential can be."""
    low, high = window
    for voltage in planned.step.voltages():
        if not low <= voltage <= high:
            raise ForecastError(
                planned,
                f"{voltage:g} V lies outside the potentials of {material.name}, tails included: "
                f"{low:.2f} V to {high:.2f} V",
            )


def _require_feasible(planned: PlannedStep, rest: float) -> None:
    """The first step starts from rest, at a voltage."""
    if why := planned.step.past_its_end(rest):
        told = f"{why}: the particle rests at {rest:.3f} V (initial.occupancy)"
        raise ForecastError(planned, told)
