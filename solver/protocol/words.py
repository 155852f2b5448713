"""Writes steps as people do, in the text that `solver.protocol.text` reads."""

from pydantic import BaseModel

from solver.protocol.compound import Repeat
from solver.protocol.steps import (
    Charge,
    Discharge,
    Hold,
    Impedance,
    Pulse,
    Rest,
    SimpleStep,
    Sweep,
    Until,
)


def in_words(step: SimpleStep | Repeat) -> str:
    """Return the text of a step; ValueError if it has settings that have no words."""
    match step:
        case Charge() | Discharge():
            return f"{step.kind.capitalize()} at {_current(step)} {_when(step.until)}"
        case Hold():
            return f"Hold at {_exact(step.voltage)} V {_when(step.until)}"
        case Rest():
            return f"Rest {_when(step.until)}"
        case Sweep():
            start = "" if step.start is None else f"from {_exact(step.start)} V "
            back = " and back" if step.back else ""
            return (
                f"Sweep at {_scaled(step.rate, 'V/s', 'mV/s')} {start}to {_exact(step.to)} V{back}"
            )
        case Pulse():
            way = "" if step.direction == "charge" else " discharge"
            return (
                f"Pulse{way} at {_current(step)} for {_time(step.duration)}, "
                f"rest for {_time(step.rest)}, until {_ends(step.until)}"
            )
        case Impedance():
            text = f"Impedance from {_frequency(step.start)} to {_frequency(step.to)}"
            return f"{text} with {step.points_per_decade} points per decade"
        case Repeat(steps=None):
            return f"Repeat {step.times} times"
    raise ValueError(f"a {step.kind} has no words")


def in_c(rate: float) -> str:
    """Return a rate the way people write it: C/3, 1C, 2.5C."""
    inverse = round(1.0 / rate) if rate else 0
    if 0.0 < rate < 1.0 and 1.0 / inverse == rate:
        return f"C/{inverse}"
    return f"{_exact(rate)}C"


def _current(step: Charge | Discharge | Pulse) -> str:
    if step.rate is not None:
        return in_c(step.rate)
    return f"{_exact(step.current or 0.0)} mA/g"  # A/kg is mA/g


def _when(until: Until) -> str:
    return f"{'for' if until.conditions() == {'time'} else 'until'} {_ends(until)}"


def _ends(until: BaseModel) -> str:
    """All conditions with `or` between them."""
    ends = []
    for name, value in until:
        if value is None:
            continue
        match name:
            case "voltage":
                ends.append(f"{_exact(value)} V")
            case "rate":
                ends.append(in_c(value))
            case "current":
                ends.append(f"{_exact(value)} mA/g")
            case "time":
                ends.append(_time(value))
            case "capacity":
                ends.append(_scaled(value, "A*s/kg", "mAh/g"))
            case "pulses":
                ends.append(f"{value} pulses")
    return " or ".join(ends)


def _time(seconds: float) -> str:
    for name, length in (("hour", 3600.0), ("minute", 60.0)):
        count = seconds / length
        if count >= 1.0 and count * length == seconds and round(count, 3) == count:
            return f"{_exact(count)} {name}{'s' if count != 1.0 else ''}"
    return f"{_exact(seconds)} s"


def _frequency(hertz: float) -> str:
    return _scaled(hertz, "Hz", "kHz" if hertz >= 1e3 else "mHz" if hertz < 1.0 else "Hz")


def _scaled(value: float, unit: str, wanted: str) -> str:
    """Quantity in the wanted unit if that is the same number, else in the unit it has."""
    from solver.units.measures import to_si

    number = to_si(value, unit, wanted)
    if to_si(number, wanted, unit) == value:
        return f"{_exact(number)} {wanted}"
    return f"{_exact(value)} {unit}"


def _exact(value: float) -> str:
    """Shortest text that reads back as the same number."""
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)
