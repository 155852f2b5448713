"""`pulses.csv`: what each pulse of a titration (GITT) says about the particle.

The apparent diffusivity is that of Weppner and Huggins, J. Electrochem. Soc. 124 (1977) 1569:
D = 4/(pi tau) (R/3)^2 (dE_s/dE_t)^2 with the duration tau of the pulse, the change dE_s of the
relaxed voltage and the change dE_t of the voltage during the pulse, its jump left out. R/3 is the
volume behind each unit of outer area; R is `pulse.diffusion_length`, or three times the volume of
the particle over its outer area. It holds for tau much below R^2/D.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import nan, pi

import numpy as np

from solver.protocol import PlannedStep
from solver.protocol.pulses import Pulse

FILE = "pulses.csv"
EARLY = 0.25  # share of a pulse from which its jump is extrapolated
FLOWING = 0.01  # share of the current of a pulse that no rest exceeds
Row = Mapping[str, float]


@dataclass
class _Open:
    """A pulse that has begun: the row before it, its own rows, and the last row of its rest."""

    before: Row
    pulse: list[Row] = field(default_factory=list)
    rest: Row | None = None


class PulseBook:
    """Makes one row of each pulse and its rest. one_c: mA/g. length: default R, m."""

    def __init__(self, steps: Sequence[PlannedStep], one_c: float, length: float) -> None:
        self._steps, self._one_c, self._length = steps, one_c, length
        self._last: Row = {}
        self._open: _Open | None = None

    def add(self, row: Row, step_ended: bool) -> Row | None:
        """Take in one row; return the pulse that it completes, if it does."""
        before, self._last = self._last, row
        step = self._steps[int(row["Step Index / 1"])].step
        if not isinstance(step, Pulse) or row["Pulse Index / 1"] == 0:
            return None
        finished = None
        if self._open is None or row["Pulse Index / 1"] != before["Pulse Index / 1"]:
            finished = self.close()
            self._open = _Open(before)
        if self._flows(row, step):
            self._open.pulse.append(row)
        else:
            self._open.rest = row
        return self.close() if step_ended else finished

    def close(self) -> Row | None:
        """Return the open pulse if it had its rest."""
        found, self._open = self._open, None
        if found is None or found.rest is None or not found.pulse:
            return None
        step = self._steps[int(found.rest["Step Index / 1"])].step
        assert isinstance(step, Pulse)
        length = step.diffusion_length or self._length
        at_rest = not self._flows(found.before, step)
        return _condensed(found.before, found.pulse, found.rest, length, at_rest)

    def _flows(self, row: Row, step: Pulse) -> bool:
        least = FLOWING * (step.rate or 0.0) * self._one_c
        return abs(row["Specific Current / mA.g-1"]) > least


def _condensed(before: Row, pulse: Sequence[Row], rest: Row, length: float, at_rest: bool) -> Row:
    """One pulse as a row; without a rest before it, there is no relaxed voltage to start from."""
    end, began = pulse[-1], before["Test Time / s"]
    duration = end["Test Time / s"] - began
    times = np.array([row["Test Time / s"] - began for row in pulse])
    voltages = np.array([row["Voltage / V"] for row in pulse])
    after_jump = extrapolated_to_start(times, voltages)
    started = before["Voltage / V"] if at_rest else nan
    steady = rest["Voltage / V"] - started
    transient = end["Voltage / V"] - after_jump
    return {
        "Pulse Index / 1": int(rest["Pulse Index / 1"]),
        "Cycle Index / 1": int(rest["Cycle Index / 1"]),
        "Step Index / 1": int(rest["Step Index / 1"]),
        "Test Time / s": began,
        "Pulse Duration / s": duration,
        "Specific Current / mA.g-1": end["Specific Current / mA.g-1"],
        "Occupancy Before / 1": before["Mean Occupancy / 1"],
        "Occupancy After / 1": rest["Mean Occupancy / 1"],
        "Voltage Before / V": started,
        "Voltage After Jump / V": after_jump,
        "Voltage At End / V": end["Voltage / V"],
        "Relaxed Voltage / V": rest["Voltage / V"],
        "Jump / V": after_jump - started,
        "Polarization / V": end["Voltage / V"] - rest["Voltage / V"],
        "Diffusion Length / m": length,
        "Apparent Diffusivity / m2.s-1": apparent_diffusivity(duration, length, steady, transient),
    }


def apparent_diffusivity(duration: float, length: float, steady: float, transient: float) -> float:
    """Return 4/(pi tau) (R/3)^2 (dE_s/dE_t)^2 in m^2/s, nan without a change of voltage."""
    if duration <= 0 or transient == 0:
        return nan
    return 4 / (pi * duration) * (length / 3) ** 2 * (steady / transient) ** 2


def extrapolated_to_start(times: np.ndarray, voltages: np.ndarray) -> float:
    """Voltage just after the jump: early in a pulse it moves like the root of the time."""
    early = max(int(np.sum(times <= EARLY * times[-1])), min(2, len(times)))
    if early == 1:
        return float(voltages[0])
    return float(np.polyfit(np.sqrt(times[:early]), voltages[:early], 1)[1])
