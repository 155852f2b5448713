"""Follows a protocol on a particle at equilibrium: how long its steps take, and which cannot be.

What is refused here depends on the material; what is certain whatever the material is has been
found when the case was read (`solver.protocol.checks`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from solver.case import Case
from solver.entries.laws import Array, Function, occupancy_where
from solver.materials import GrainMaterial, MaterialError
from solver.materials.bonded import potential_of
from solver.materials.counter import Counter, counter_of_case
from solver.protocol import PlannedStep
from solver.protocol.equilibrium import Equilibrium, Moment
from solver.units.constants import FARADAY

EMPTIEST, FULLEST = 0.1, 0.995  # occupancies beyond which no tail of a potential is believed


class ForecastError(Exception):
    """A step that cannot be carried out with this material. place: where it stands."""

    def __init__(self, planned: PlannedStep, why: str) -> None:
        self.place = ("protocol", *planned.place)
        super().__init__(f"{'.'.join(map(str, self.place))}: {why}")


Cells = list[tuple[GrainMaterial, Equilibrium]]  # of each oxide


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

    The lithium that films take from a full cell is left out.

    others: oxides of regions, whose potentials must allow all voltages too.

    ForecastError names one that cannot be.
    """
    now, estimates = Moment(case.initial.occupancy), []
    cells: dict[float, Cells] = {}

    def cells_at(temperature: float, planned: PlannedStep) -> Cells:
        if temperature not in cells:
            warmed = _warmed(planned, case, (material, *others), temperature)
            cells[temperature] = [(one, equilibrium(case, one, temperature)) for one in warmed]
        return cells[temperature]

    for number, (planned, temperature) in enumerate(
        zip(case.steps(), case.temperatures(), strict=True)
    ):
        oxides, step = cells_at(temperature, planned), planned.step
        cells_at(step.temperature_at_end(temperature), planned)  # whether the oxides can be there
        oxide = oxides[0][1]
        for one, cell in oxides:
            _require_in_window(planned, cell, one)
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
    """The oxides with their potentials at a temperature of a step, K."""
    try:
        for oxide in oxides:
            potential_of(oxide, case.physics, temperature)
            for section in case.physics.mechanisms().values():
                section.require(oxide, temperature)
        return [replace(oxide, potential=oxide.potential_at(temperature)) for oxide in oxides]
    except MaterialError as error:
        raise ForecastError(planned, str(error)) from error


def equilibrium(
    case: Case, material: GrainMaterial, temperature: float | None = None
) -> Equilibrium:
    """Return a cell of an oxide and its counter electrode at equilibrium.

    material: with its potential at a temperature, K, that of the case unless it is given.
    """
    per_charge = material_rate(material)
    voltage = cell_voltage(material, counter_of_case(case, [(material, 1.0)]), case)
    return Equilibrium(
        voltage=lambda occupancy: float(voltage(np.array(occupancy))),
        occupancy=lambda level: occupancy_at(voltage, level),
        per_charge=per_charge,
        speed=case.c_rate_basis * per_charge,
        temperature=temperature or case.temperature,
    )


def cell_voltage(material: GrainMaterial, counter: Counter, case: Case) -> Function:
    """Return the voltage of a cell at equilibrium by the occupancy of its oxide, V.

    counter: for one site of the oxide. What has left the oxide is in it.
    """
    at_first = case.initial.occupancy

    def voltage(occupancy: Array) -> Array:
        held = (counter.lithium + at_first - occupancy) / counter.sites
        return material.potential.value(occupancy) - counter.potential.value(held)

    return voltage


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


def occupancy_at(voltage: Function, level: float) -> float:
    """Return the occupancy at which a cell at equilibrium has a voltage."""
    x = np.linspace(1.0, 0.0, 20001)  # the voltage rises along it
    return float(np.interp(level, voltage(x), x))


def potential_window(cell: Equilibrium) -> tuple[float, float]:
    """Return the lowest and the highest voltage that a cell has within the tails of its oxide."""
    return max(cell.voltage(FULLEST), 0.0), cell.voltage(EMPTIEST)


def _require_in_window(planned: PlannedStep, cell: Equilibrium, material: GrainMaterial) -> None:
    """All voltages of a step must lie where those of a cell at equilibrium can be."""
    low, high = potential_window(cell)
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
