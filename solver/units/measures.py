"""Physical quantities as a user writes them: bare SI numbers, or text with a unit.

`Length`, `Stress`, ... are annotated floats for pydantic models. They accept `5e-6` as well as
`5 um`, and hold the SI value after validation.
"""

import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from solver.text.messages import shown

if TYPE_CHECKING:
    import pint

CELSIUS = 273.15  # K
ROOM = 298.15  # K
COLDEST, HOTTEST = 200.0, 1000.0  # K, that a particle may be
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*(.*?)\s*")
_RATE = re.compile(rf"\s*({_NUMBER})?\s*C\s*(?:/\s*({_NUMBER}))?\s*")
LONGEST = 60  # characters of a quantity
_HUGE_POWER = re.compile(r"\d\s*(\*\*|\^)|\d{3}")  # of a number, or with a large exponent


def to_si(number: float, unit: str, expected: str) -> float:
    """Return `number unit` in `expected`, an SI unit; ValueError if it measures something else.

    The result is rounded to 15 digits, so that 5 um and 5e-6 m are the same float. Of a
    temperature the zero is that of its unit: 25 degC are 298.15 K.
    """
    if len(unit) > LONGEST or _HUGE_POWER.search(unit):  # pint would compute it
        raise ValueError(f"{shown(unit)} is not a unit")
    try:
        zero, one = _zero_and_one(unit, expected)
    except Exception as error:  # pint raises half a dozen unrelated types, AssertionError included
        raise ValueError(f"{shown(unit)} is not a unit of the kind {expected}") from error
    return float(f"{zero + number * (one - zero):.15g}")


@lru_cache(maxsize=1024)
def _zero_and_one(unit: str, expected: str) -> tuple[float, float]:
    """What 0 and 1 of a unit are in another one."""
    registry = _registry()
    parsed = registry.parse_units(unit)
    zero, one = (registry.Quantity(each, parsed).to(expected).magnitude for each in (0.0, 1.0))
    return float(zero), float(one)


def written_amount(text: str) -> tuple[float, str] | None:
    """Return number and unit of a text such as `5 um`, `C/3` (a third, C) or `7`; None of others.

    A number without a unit has the unit ''.
    """
    if len(text) > LONGEST:
        return None
    rate, quantity = _RATE.fullmatch(text), _QUANTITY.fullmatch(text)
    if rate is not None:
        return float(rate[1] or 1.0) / float(rate[2] or 1.0), "C"
    return None if quantity is None else (float(quantity[1]), quantity[2])


def to_base(unit: str) -> float:
    """Return what one of a unit is in SI."""
    return float(_registry().Quantity(1.0, _registry().parse_units(unit)).to_base_units().magnitude)


@cache
def _registry() -> "pint.UnitRegistry":
    import pint

    return pint.UnitRegistry()


@dataclass(frozen=True)
class Quantity:
    """What a number measures: its name, its SI unit, and an example to show when it is wrong.

    span: in SI, the least and the most that its size may be unless it is zero. Beyond them no
    particle is meant, and arithmetic overflows.
    """

    name: str
    unit: str
    example: str
    span: tuple[float, float] = (1e-30, 1e30)

    def parse(self, written: Any) -> float:
        """Return the SI value of what was given; ValueError says what was expected."""
        try:
            value = self._read(written)
        except (ValueError, TypeError, ArithmeticError):
            value = math.nan
        if not math.isfinite(value):
            raise ValueError(f'expected {self.name} such as "{self.example}", got {shown(written)}')
        least, most = self.span
        if value and not least <= abs(value) <= most:
            raise ValueError(
                f"expected {self.name} from {least:g} to {most:g} {self.unit}, got {shown(written)}"
            )
        return value

    def _read(self, written: Any) -> float:
        if isinstance(written, bool):
            raise TypeError
        if not isinstance(written, str):
            return float(written)
        match = _QUANTITY.fullmatch(written) if len(written) <= LONGEST else None
        if match is None:
            raise ValueError
        number, unit = float(match[1]), match[2]
        return self._convert(number, unit) if unit else number

    def _convert(self, number: float, unit: str) -> float:
        return to_si(number, unit, self.unit)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Parse first, then let pydantic check the bounds of the number."""
        return core_schema.no_info_before_validator_function(self.parse, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Tell editors that a number and a text with a unit are both welcome."""
        return {
            "anyOf": [
                {"type": "number", "description": f"{self.name} in {self.unit}"},
                {"type": "string", "description": f'{self.name} such as "{self.example}"'},
            ]
        }


class _Temperature(Quantity):
    """Celsius is an offset unit: 25 degC is 298.15 K, not 25 K."""

    def _convert(self, number: float, unit: str) -> float:
        if unit in ("degC", "°C"):
            return round(number + CELSIUS, 9)
        if unit == "K":
            return number
        raise ValueError


class _Rate(Quantity):
    """Multiples of C: pint would read C/3 as a third of a coulomb."""

    def _read(self, written: Any) -> float:
        is_short = isinstance(written, str) and len(written) <= LONGEST
        match = _RATE.fullmatch(written) if is_short else None
        if match is None:
            return super()._read(written)
        return float(match[1] or 1.0) / float(match[2] or 1.0)

    def _convert(self, number: float, unit: str) -> float:
        raise ValueError


Length = Annotated[float, Quantity("a length", "m", "5 um", (1e-15, 1e3))]
Angle = Annotated[float, Quantity("an angle", "rad", "10 deg", (1e-12, 1e3))]
Time = Annotated[float, Quantity("a time", "s", "10 min", (1e-12, 1e12))]
Voltage = Annotated[float, Quantity("a voltage", "V", "4.2 V", (1e-15, 1e3))]
Stress = Annotated[float, Quantity("a stress", "Pa", "2 GPa", (1e-6, 1e15))]
Pressure = Annotated[float, Quantity("a pressure", "Pa", "1e-5 Pa", (1e-30, 1e12))]
Toughness = Annotated[float, Quantity("an energy per area", "J/m^2", "10 J/m^2", (1e-12, 1e9))]
Stiffness = Annotated[float, Quantity("a stress per length", "Pa/m", "1e19 Pa/m")]
SpecificCurrent = Annotated[float, Quantity("a current per mass", "A/kg", "200 mA/g", (1e-9, 1e9))]
SpecificCapacity = Annotated[
    float, Quantity("a capacity per mass", "A*s/kg", "150 mAh/g", (1e-6, 1e12))
]
SweepRate = Annotated[float, Quantity("a sweep rate", "V/s", "0.1 mV/s", (1e-12, 1e9))]
HeatingRate = Annotated[float, Quantity("a heating rate", "K/s", "10 K/min", (1e-12, 1e9))]
MolarEnergy = Annotated[float, Quantity("an energy per mole", "J/mol", "50 kJ/mol")]
ExpansionCoefficient = Annotated[
    float, Quantity("an expansion coefficient", "1/K", "1e-5 1/K", (1e-12, 1.0))
]
AreaRate = Annotated[
    float, Quantity("a rate per area", "kg/m^2/s", "1e-22 kg/m^2/s", (1e-60, 1e30))
]
HeatPerArea = Annotated[float, Quantity("a heat per area", "J/m^2", "900 J/m^2", (1e-9, 1e9))]
HeatPerMass = Annotated[float, Quantity("a heat per mass", "J/kg", "600 J/g", (1e-9, 1e12))]
Speed = Annotated[float, Quantity("a speed", "m/s", "1e-14 m/s")]
RateConstant = Annotated[float, Quantity("a rate", "1/s", "1e-6 1/s")]
Frequency = Annotated[float, Quantity("a frequency", "Hz", "100 kHz", (1e-12, 1e15))]
Temperature = Annotated[float, _Temperature("a temperature", "K", "25 degC")]
Rate = Annotated[float, _Rate("a rate", "multiples of C", "C/3", (1e-9, 1e9))]
SquaredGrowth = Annotated[float, Quantity("a growth of a squared length", "m^2/s", "6e-23 m^2/s")]
SpecificArea = Annotated[float, Quantity("an area per mass", "m^2/kg", "0.3 m^2/g")]
