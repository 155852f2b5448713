"""Impedance: a spectrum is measured.

`impedance.csv` has all spectra of a run, one line for each frequency; `spectra.csv` one for each
spectrum, with the width of all its arcs together (`solver.physics.spectra`).
"""

from collections.abc import Sequence
from math import log10
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from solver.physics.spectra import Arc, arcs, together
from solver.protocol.base import Around, SimpleStep
from solver.protocol.phases import Phases, Reading, Scale
from solver.protocol.tables import Row, Spectrum, StepTable
from solver.protocol.text import Settings, Words
from solver.protocol.words import frequency_in_words
from solver.units.columns import Column, row_of
from solver.units.instruments import CYCLE_INDEX, MEAN_OCCUPANCY, STEP_INDEX, TEST_TIME, VOLTAGE
from solver.units.measures import Frequency
from solver.units.memory import Memory, Remembering

GROUP = "impedance"
INDEX = Column("Spectrum Index", "1", GROUP, "Number of the spectrum, from 1.")
FREQUENCY = Column("Frequency", "Hz", GROUP, "Frequency of the small signal.")
REAL = Column("Real Impedance", "ohm.m2", GROUP, "Real part of the impedance, per outer area.")
IMAGINARY = Column(
    "Imaginary Impedance", "ohm.m2", GROUP, "Imaginary part of the impedance, per outer area."
)
ARC_WIDTH = Column(
    "Arc Width", "ohm.m2", GROUP, "Width of all arcs together, up to the tail of diffusion."
)
SERIES = Column("Series Resistance", "ohm.m2", GROUP, "Where the arcs begin on the real axis.")
APEX = Column("Apex Frequency", "Hz", GROUP, "Frequency at the top of the widest arc.")
MOMENT = (INDEX, CYCLE_INDEX, STEP_INDEX, TEST_TIME, MEAN_OCCUPANCY, VOLTAGE)
SPECTRUM = (*MOMENT, FREQUENCY, REAL, IMAGINARY)
ARC = (*MOMENT, ARC_WIDTH, SERIES, APEX)


class Impedance(SimpleStep):
    """A spectrum of the small-signal impedance; no time passes."""

    kind: ClassVar[str] = "impedance"
    sentence: ClassVar[str] = "Impedance from FREQUENCY to FREQUENCY [with N points per decade]"
    lasts: ClassVar[bool] = False

    tables: ClassVar[tuple[StepTable, ...]] = (
        StepTable("impedance.csv", SPECTRUM, lambda steps, basis: SpectrumBook()),
        StepTable("spectra.csv", ARC, lambda steps, basis: ArcBook()),
    )

    start: Frequency = Field(alias="from", gt=0, description="First frequency")
    to: Frequency = Field(gt=0, description="Last frequency", examples=["1 mHz"])
    points_per_decade: int = Field(6, ge=1, le=100, description="Frequencies in each decade")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start <= self.to:
            raise ValueError("a spectrum goes from its highest frequency down to its lowest")
        return self

    @classmethod
    def read(cls, words: Words) -> Settings:
        """Return the settings in the words after the kind; ValueError at one that is wrong."""
        words.need("from")
        settings: Settings = {"from": words.quantity("frequency")[1]}
        words.need("to")
        settings["to"] = words.quantity("frequency")[1]
        if words.next_is("with", ","):
            settings["points_per_decade"] = words.number("a number of points")
            words.need("points", "point")
            words.need("per")
            words.need("decade")
        return settings

    def unsuited(self, around: Around) -> str | None:
        """What loads answer to a small signal of the stress is not known."""
        if around.chemistry and around.loads and around.stress:
            return (
                "the impedance of a loaded particle needs physics.stress_in_potential: "
                "{enabled: false} so far"
            )
        return super().unsuited(around)

    def told(self) -> str:
        """Return the text of the step without its temperature."""
        ends = f"from {frequency_in_words(self.start)} to {frequency_in_words(self.to)}"
        return f"Impedance {ends} with {self.points_per_decade} points per decade"

    def frequencies(self) -> list[float]:
        """Return the frequencies in Hz, both ends among them, evenly spaced by their logarithm."""
        decades = log10(self.start / self.to)
        intervals = max(round(decades * self.points_per_decade), 1)
        return [self.start * 10 ** (-decades * n / intervals) for n in range(intervals)] + [self.to]

    def phases(self, now: Reading, scale: Scale) -> Phases:
        """Return nothing: it leaves everything as it was."""
        yield from ()


class SpectrumBook(Remembering):
    """Makes a row of each frequency of each spectrum."""

    remembered = ("_count",)

    def __init__(self) -> None:
        self._count = 0

    def add(self, row: Row, step_ended: bool, spectrum: Spectrum | None = None) -> list[Row]:
        """Take in one row; return the spectrum if one was measured at this moment."""
        if spectrum is None:
            return []
        self._count += 1
        moment = _moment(self._count, row)
        return [
            row_of(
                SPECTRUM,
                moment
                | {
                    FREQUENCY.title: float(frequency),
                    REAL.title: float(impedance.real),
                    IMAGINARY.title: float(impedance.imag),
                },
            )
            for frequency, impedance in zip(spectrum.frequencies, spectrum.impedance, strict=True)
        ]

    def close(self) -> Sequence[Row]:
        """Return nothing: every spectrum is complete."""
        return ()

    def summary(self) -> dict[str, Any]:
        """Return nothing: the summary tells of arcs."""
        return {}


class ArcBook(Remembering):
    """Makes a row of the arcs of each spectrum."""

    remembered = ("_arcs",)

    def __init__(self) -> None:
        self._arcs: list[tuple[Row, Arc]] = []

    def add(self, row: Row, step_ended: bool, spectrum: Spectrum | None = None) -> list[Row]:
        """Take in one row; return the arcs if a spectrum was measured at this moment."""
        if spectrum is None:
            return []
        arc = whole_arc(spectrum)
        self._arcs.append((row, arc))
        told = {
            ARC_WIDTH.title: arc.width,
            SERIES.title: arc.start,
            APEX.title: arc.frequency,
        }
        return [row_of(ARC, _moment(len(self._arcs), row) | told)]

    def close(self) -> Sequence[Row]:
        """Return nothing: every spectrum is complete."""
        return ()

    def summary(self) -> dict[str, Any]:
        """Return the arcs of all spectra."""
        return {"impedance": [_in_summary(row, arc) for row, arc in self._arcs]}

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""
        self._arcs = [(dict(row), Arc(**arc)) for row, arc in memory["_arcs"]]


def whole_arc(spectrum: Spectrum) -> Arc:
    """Return all arcs of a spectrum as one, all nan if there is none."""
    return together(arcs(list(spectrum.frequencies), spectrum.impedance))


def _moment(number: int, row: Row) -> dict[str, float]:
    return {
        INDEX.title: number,
        CYCLE_INDEX.title: int(row[CYCLE_INDEX.header]),
        STEP_INDEX.title: int(row[STEP_INDEX.header]),
        **{column.title: row[column.header] for column in (TEST_TIME, MEAN_OCCUPANCY, VOLTAGE)},
    }


def _in_summary(row: Row, arc: Arc) -> dict[str, Any]:
    return {
        "cycle": int(row[CYCLE_INDEX.header]),
        "time_s": row[TEST_TIME.header],
        "voltage_V": row[VOLTAGE.header],
        "mean_occupancy": row[MEAN_OCCUPANCY.header],
        "arc_width_ohm_m2": arc.width,
        "apex_frequency_Hz": arc.frequency,
    }
