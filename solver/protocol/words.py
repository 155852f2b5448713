"""Writes numbers and ends of steps as people do, as `solver.protocol.text` reads them."""

from typing import get_args

from pydantic import BaseModel

from solver.units.measures import CELSIUS, Temperature, to_si

TEMPERATURE = get_args(Temperature)[1]


def in_c(rate: float) -> str:
    """Return a rate the way people write it: C/3, 1C, 2.5C."""
    inverse = round(1.0 / rate) if rate else 0
    if 0.0 < rate < 1.0 and 1.0 / inverse == rate:
        return f"C/{inverse}"
    return f"{exact(rate)}C"


def ends_in_words(until: BaseModel) -> str:
    """Return all conditions with `or` between them."""
    ends = []
    for name, value in until:
        if value is None:
            continue
        match name:
            case "voltage":
                ends.append(f"{exact(value)} V")
            case "rate":
                ends.append(in_c(value))
            case "current":
                ends.append(f"{exact(value)} mA/g")
            case "time":
                ends.append(time_in_words(value))
            case "capacity":
                ends.append(scaled(value, "A*s/kg", "mAh/g"))
            case "pulses":
                ends.append(f"{value} pulses")
    return " or ".join(ends)


def time_in_words(seconds: float) -> str:
    """Return a time in the largest unit of which it is a round number."""
    for name, length in (("hour", 3600.0), ("minute", 60.0)):
        count = seconds / length
        if count >= 1.0 and count * length == seconds and round(count, 3) == count:
            return f"{exact(count)} {name}{'s' if count != 1.0 else ''}"
    return f"{exact(seconds)} s"


def temperature_in_words(kelvin: float) -> str:
    """Return a temperature in degrees Celsius if that reads back as the same number, else in K."""
    celsius = f"{exact(round(kelvin - CELSIUS, 6))} degC"
    return celsius if TEMPERATURE.parse(celsius) == kelvin else f"{exact(kelvin)} K"


def frequency_in_words(hertz: float) -> str:
    """Return a frequency in kHz, Hz or mHz."""
    return scaled(hertz, "Hz", "kHz" if hertz >= 1e3 else "mHz" if hertz < 1.0 else "Hz")


def scaled(value: float, unit: str, wanted: str) -> str:
    """Return a quantity in the wanted unit if that is the same number, else in the unit it has."""
    number = to_si(value, unit, wanted)
    if to_si(number, wanted, unit) == value:
        return f"{exact(number)} {wanted}"
    return f"{exact(value)} {unit}"


def exact(value: float) -> str:
    """Return the shortest text that reads back as the same number."""
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)
