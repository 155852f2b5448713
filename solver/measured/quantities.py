"""What columns of measured files mean: names of BDF and of our tables, and what units they have.

BDF 1.3.0, https://github.com/battery-data-alliance/battery-data-format: a header is `Name / unit`,
or the name that machines read, such as `voltage_volt`. Current is positive on charge, as here.
"""

import re
from difflib import get_close_matches
from typing import Literal, NamedTuple

from solver.text.messages import LONGEST, shown
from solver.text.problems import nearest
from solver.units.measures import to_si

Role = Literal[
    "time", "voltage", "current", "cycle", "charged", "discharged", "net", "capacity",
    "cycle charged", "cycle discharged", "unused",
]  # fmt: skip
Per = Literal["cell", "mass", "area"]

PURE = "dimensionless"
MAH_PER_G = 3600.0  # C/kg


class MeasuredQuantity(NamedTuple):
    """What a column is: its role in a comparison, and SI units that it may have, with what for."""

    role: Role
    units: tuple[tuple[str, Per], ...] = ()


_CURRENT: tuple[tuple[str, Per], ...] = (("A", "cell"), ("A/kg", "mass"), ("A/m^2", "area"))
_CHARGE: tuple[tuple[str, Per], ...] = (("A*s", "cell"), ("A*s/kg", "mass"), ("A*s/m^2", "area"))

_USED = {
    "Test Time": MeasuredQuantity("time", (("s", "cell"),)),
    "Voltage": MeasuredQuantity("voltage", (("V", "cell"),)),
    "Current": MeasuredQuantity("current", _CURRENT),
    "Specific Current": MeasuredQuantity("current", _CURRENT),
    "Cycle Count": MeasuredQuantity("cycle", ((PURE, "cell"),)),
    "Cycle Index": MeasuredQuantity("cycle", ((PURE, "cell"),)),
    "Charging Capacity": MeasuredQuantity("charged", _CHARGE),
    "Discharging Capacity": MeasuredQuantity("discharged", _CHARGE),
    "Cycle Charging Capacity": MeasuredQuantity("cycle charged", _CHARGE),
    "Cycle Discharging Capacity": MeasuredQuantity("cycle discharged", _CHARGE),
    "Step Charging Capacity": MeasuredQuantity("charged", _CHARGE),
    "Step Discharging Capacity": MeasuredQuantity("discharged", _CHARGE),
    "Net Capacity": MeasuredQuantity("net", _CHARGE),
    "Net Charge": MeasuredQuantity("net", _CHARGE),
    "Capacity": MeasuredQuantity("capacity", _CHARGE),
    "Specific Capacity": MeasuredQuantity("capacity", _CHARGE),
    "Charge Capacity": MeasuredQuantity("cycle charged", _CHARGE),
    "Discharge Capacity": MeasuredQuantity("cycle discharged", _CHARGE),
}
_UNUSED = (
    "Ambient Temperature", "Step Count", "Unix Time", "AC Internal Resistance",
    "Absolute Impedance", "Ambient Pressure", "Applied Pressure", "Charging Energy",
    "Cumulative Capacity", "Cumulative Energy", "Cycle Charging Energy",
    "Cycle Cumulative Capacity", "Cycle Cumulative Energy", "Cycle Discharging Energy",
    "Cycle Net Capacity", "Cycle Net Energy", "DC Internal Resistance", "Discharging Energy",
    "Frequency", "Imaginary Impedance", "Internal Resistance", "Net Energy", "Phase", "Power",
    "Real Impedance", "Record Index", "Schedule Charging Capacity", "Schedule Charging Energy",
    "Schedule Discharging Capacity", "Schedule Discharging Energy", "Step Charging Energy",
    "Step Cumulative Capacity", "Step Cumulative Energy", "Step Discharging Energy", "Step ID",
    "Step Index", "Step Net Capacity", "Step Net Energy", "Step Record Index", "Step Time",
    "Step Type", "Surface Pressure", "Surface Temperature", "Temperature", "Temperature T1",
    "Temperature T2", "Temperature T3", "Temperature T4", "Temperature T5",
)  # fmt: skip
QUANTITIES = {**_USED, **dict.fromkeys(_UNUSED, MeasuredQuantity("unused"))}
_BY_NAME = {name.lower(): name for name in QUANTITIES}
_MACHINE_UNITS = {
    "second": "s", "volt": "V", "ampere": "A", "ah": "Ah", "wh": "Wh", "celsius": "degC",
    "ohm": "ohm", "pa": "Pa", "hertz": "Hz", "degree": "deg", "watt": "W",
}  # fmt: skip


class Meaning(NamedTuple):
    """A column as it is read. factor: of its values to SI. per: what they are for."""

    name: str
    role: Role
    factor: float
    per: Per


def meaning_of(header: str) -> Meaning:
    """Return what a header says; ValueError tells what was expected, and the nearest name."""
    name, unit = _parts(header)
    known = _BY_NAME.get(name.lower())
    if known is None:
        close = get_close_matches(name.title()[:LONGEST], QUANTITIES, n=1)
        hint = nearest(name.title(), close or _USED)
        raise ValueError(f"unknown column {shown(header)} ({hint})")
    quantity = QUANTITIES[known]
    if quantity.role == "unused":
        return Meaning(known, "unused", 1.0, "cell")
    for si, per in quantity.units:
        factor = _factor(unit, si)
        if factor is not None:
            return Meaning(known, quantity.role, factor, per)
    kinds = ", ".join("1" if si == PURE else si for si, _ in quantity.units)
    given = f"the unit {shown(unit)}" if unit else "no unit"
    raise ValueError(
        f"column {shown(header)} has {given}; expected '{known} / unit' with a unit of the kind "
        f"{kinds}"
    )


def _parts(header: str) -> tuple[str, str]:
    """Name and unit of a header, also of one as machines read them."""
    name, slash, unit = header.strip().partition("/")
    if slash:
        return name.strip(), unit.strip()
    words = header.strip().split("_")
    if len(words) > 1 and words[-1] in _MACHINE_UNITS:
        return " ".join(words[:-1]), _MACHINE_UNITS[words[-1]]
    name = header.strip().replace("_", " ")
    known = QUANTITIES.get(_BY_NAME.get(name.lower(), ""))
    return name, "1" if known is not None and known.role == "cycle" else ""


def _factor(unit: str, si: str) -> float | None:
    """What one of a unit is in SI, None if it measures something else."""
    if si == PURE:
        return 1.0 if unit in ("1", "") else None
    if not unit:
        return None
    try:
        return to_si(1.0, as_written_for_pint(unit), si)
    except ValueError:
        return None


def as_written_for_pint(unit: str) -> str:
    """Return a unit such as `mA.h.g-1` as `mA*h*g^-1`."""
    powers = re.sub(r"([A-Za-zµΩ])(-?\d)", r"\1^\2", unit)
    return re.sub(r"(?<=[A-Za-z\d])[.·](?=[A-Za-zµΩ])", "*", powers)
