"""Sweep: the voltage is moved steadily; `sweeps.csv` has the peak of its current."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from solver.protocol.base import Part, Place, SimpleStep
from solver.protocol.ends import share_of_way
from solver.protocol.equilibrium import Equilibrium, Estimate, Moment
from solver.protocol.phases import VOLTAGE_PRECISION, Imposed, Phase, Phases, Reading, Scale
from solver.protocol.tables import Row, Spectrum, StepTable
from solver.protocol.text import Settings, Words
from solver.protocol.words import exact, scaled
from solver.units import usual
from solver.units.columns import Column, row_of
from solver.units.instruments import (
    CAPACITY,
    CYCLE_INDEX,
    SPECIFIC_CURRENT,
    STEP_INDEX,
    STEP_TIME,
    VOLTAGE,
)
from solver.units.measures import SweepRate, Voltage
from solver.units.memory import Remembering

SWEEP_STEP = 5e-3  # V, most that a sweep moves in a time step


GROUP = "sweeps"
RATE = Column("Sweep Rate", "V.s-1", GROUP, "Change of the voltage with time, without a sign.")
DIRECTION = Column(
    "Direction", "1", GROUP, "Positive, 1, where the voltage rises; -1 where it falls."
)
PEAK = Column(
    "Peak Potential", "V", GROUP, "Voltage of the largest current; nan if that is at an end."
)
HEIGHT = Column("Peak Specific Current", "mA.g-1", GROUP, "Largest current per mass of oxide.")
COLUMNS = (CYCLE_INDEX, STEP_INDEX, RATE, DIRECTION, PEAK, HEIGHT, CAPACITY)


@dataclass(frozen=True, kw_only=True)
class SweepPhase(Phase):
    """The voltage moves from start to end, V, at a rate, V/s."""

    start: float
    end: float
    rate: float

    @property
    def duration(self) -> float:
        """How long it takes, s; never nothing."""
        return max(abs(self.end - self.start), VOLTAGE_PRECISION) / self.rate

    def imposed(self, time: float) -> Imposed:
        """Return the voltage at a time after the beginning, s."""
        way = self.end - self.start
        return Imposed(voltage=self.start + way * min(time / self.duration, 1.0))

    def time_left(self, reading: Reading) -> float:
        """Return the time to its end."""
        return self.duration - reading.time


class Sweep(SimpleStep):
    """The voltage is moved steadily to a limit, from where it is or from `from`, and back there."""

    kind: ClassVar[str] = "sweep"
    sentence: ClassVar[str] = "Sweep at SWEEP_RATE [from VOLTAGE] to VOLTAGE [and back]"

    tables: ClassVar[tuple[StepTable, ...]] = (
        StepTable("sweeps.csv", COLUMNS, lambda steps, basis: SweepBook(steps)),
    )

    rate: Annotated[SweepRate, usual.SWEEP_RATE] = Field(
        gt=0, description="Speed of the voltage, upwards as downwards"
    )
    start: Voltage | None = Field(
        None,
        alias="from",
        gt=0,
        lt=6,
        description="Where it starts, else at the present voltage",
        examples=["3.0 V"],
    )
    to: Voltage = Field(gt=0, lt=6, description="Where it ends", examples=["4.3 V"])
    back: bool = Field(False, description="Whether it then returns to `from`")

    @model_validator(mode="after")
    def _moves(self) -> Self:
        if self.start == self.to:
            raise ValueError(f"a sweep from {self.to:g} V to {self.to:g} V goes nowhere")
        if self.back and self.start is None:
            raise ValueError("a sweep back needs to know where: give 'from'")
        return self

    @classmethod
    def read(cls, words: Words) -> Settings:
        """Return the settings in the words after the kind; ValueError at one that is wrong."""
        words.need("at")
        settings: Settings = {"rate": words.quantity("sweep rate")[1]}
        if words.need("from", "to") == "from":
            settings["from"] = words.quantity("voltage")[1]
            words.need("to")
        settings["to"] = words.quantity("voltage")[1]
        if words.next_is("and"):
            words.need("back")
            settings["back"] = True
        return settings

    def told(self) -> str:
        """Return the text of the step without its temperature."""
        start = "" if self.start is None else f"from {exact(self.start)} V "
        back = " and back" if self.back else ""
        return f"Sweep at {scaled(self.rate, 'V/s', 'mV/s')} {start}to {exact(self.to)} V{back}"

    def carried_out(self, place: Place) -> Iterator[Part]:
        """Return the sweep, and the way back as a step of its own."""
        yield Part(self.model_copy(update={"back": False}), place)
        if self.back:
            turned = {"start": None, "to": self.start, "back": False}
            yield Part(self.model_copy(update=turned), place)

    def way(self, voltage: float | None) -> int:
        """Return 1 if it rises, -1 if it falls, 0 if its start is not known."""
        start = voltage if self.start is None else self.start
        return 0 if start is None else (self.to > start) - (self.to < start)

    def voltage_at_end(self) -> float | None:
        """Return where it ends."""
        return self.to

    def lets_relax(self, rate: float) -> bool:
        """Its current may well be larger than that of the step after it."""
        return True

    def over_after(self, before: SimpleStep) -> str | None:
        """A sweep from where the voltage is must go somewhere."""
        if self.start is not None or before.voltage_at_end() != self.to:
            return None
        return f"sweep to {self.to:g} V starts there: it is already at its end"

    def voltages(self) -> list[float]:
        """Return where it starts, if that is given, and where it ends."""
        return [self.to] if self.start is None else [self.start, self.to]

    def forecast(self, now: Moment, oxide: Equilibrium) -> Estimate:
        """Return the time that it takes, and equilibrium with its last voltage."""
        start = self._from(oxide.voltage(now.occupancy))
        end = Moment(oxide.occupancy(self.to), exact=False)
        return Estimate(abs(self.to - start) / self.rate, end)

    def shares_done(self, start: Row, now: Row, one_c: float) -> list[float]:
        """Return how far the voltage is on its way, 0 to 1."""
        begun = self._from(start[VOLTAGE.header])
        return [share_of_way(begun, now[VOLTAGE.header], self.to)]

    @property
    def longest_time_step(self) -> float:
        """Time in which the voltage moves by 5 mV, s."""
        return SWEEP_STEP / self.rate

    def phases(self, now: Reading, scale: Scale) -> Phases:
        """Return the ramp of the voltage."""
        yield SweepPhase(
            self.in_words(),
            longest_time_step=self.longest_time_step,
            start=self._from(now.voltage),
            end=self.to,
            rate=self.rate,
        )

    def _from(self, voltage: float) -> float:
        """Where it starts if it begins at a voltage."""
        return voltage if self.start is None else self.start


class SweepBook(Remembering):
    """Makes one row of each sweep: rising sweeps have anodic peaks, falling ones cathodic peaks."""

    remembered = ("_rows", "sweeps")

    def __init__(self, steps: Sequence[SimpleStep]) -> None:
        self._steps = steps
        self._rows: list[Row] = []
        self.sweeps: list[Row] = []

    def add(self, row: Row, step_ended: bool, spectrum: Spectrum | None = None) -> list[Row]:
        """Take in one row; return the sweep that it completes, if it does."""
        step = self._steps[int(row[STEP_INDEX.header])]
        if not isinstance(step, Sweep) or row[STEP_TIME.header] == 0.0:
            return []
        self._rows.append(row)
        if not step_ended:
            return []
        self.sweeps.append(_condensed(self._rows, step.rate))
        self._rows = []
        return self.sweeps[-1:]

    def close(self) -> list[Row]:
        """Return nothing: a sweep that was not finished has no peak yet."""
        return []

    def summary(self) -> dict[str, Any]:
        """Return the peaks by cycle."""
        return {"sweeps": self.by_cycle()}

    def by_cycle(self) -> list[dict[str, Any]]:
        """Return the peaks of each cycle that has sweeps, and how far they are apart, V."""
        cycles: dict[int, dict[str, Any]] = {}
        for sweep in self.sweeps:
            cycle = cycles.setdefault(int(sweep[CYCLE_INDEX.header]), {})
            way = "anodic" if sweep[DIRECTION.header] > 0 else "cathodic"
            cycle[f"{way}_peak_V"] = sweep[PEAK.header]
            cycle[f"{way}_peak_mA_per_g"] = sweep[HEIGHT.header]
        for peaks in cycles.values():
            apart = peaks.get("anodic_peak_V", nan) - peaks.get("cathodic_peak_V", nan)
            peaks["peak_separation_V"] = apart if isfinite(apart) else None
        return [{"cycle": number, **peaks} for number, peaks in cycles.items()]


def _condensed(rows: Sequence[Row], rate: float) -> Row:
    voltage = np.array([row[VOLTAGE.header] for row in rows])
    current = np.array([row[SPECIFIC_CURRENT.header] for row in rows])
    way = 1 if voltage[-1] >= voltage[0] else -1
    potential, height = peak(voltage, way * current)
    told = {
        CYCLE_INDEX.title: int(rows[-1][CYCLE_INDEX.header]),
        STEP_INDEX.title: int(rows[-1][STEP_INDEX.header]),
        RATE.title: rate,
        DIRECTION.title: way,
        PEAK.title: potential,
        HEIGHT.title: way * height,
        CAPACITY.title: rows[-1][CAPACITY.header],
    }
    return row_of(COLUMNS, told)


def peak(voltage: np.ndarray, current: np.ndarray) -> tuple[float, float]:
    """Place and height of the largest current, by the parabola through it and its neighbours.

    nan if the current is largest at an end: that is no peak.
    """
    top = int(np.argmax(current))
    if top in (0, len(current) - 1):
        return nan, nan
    around = slice(top - 1, top + 2)
    x = voltage[around] - voltage[top]
    curvature, slope, _ = curve = np.polyfit(x, current[around], 2)
    if curvature >= 0:
        return float(voltage[top]), float(current[top])
    place = float(np.clip(-slope / (2 * curvature), x.min(), x.max()))
    return float(voltage[top]) + place, float(np.polyval(curve, place))
