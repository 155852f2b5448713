"""Numbers in SI with the prefix that suits them, and units as people write them."""

import re

PREFIXES = ((1e15, "f"), (1e12, "p"), (1e9, "n"), (1e6, "µ"), (1e3, "m"), (1.0, ""), (1e-3, "k"))

SYMBOLS = (
    (r"(?<=[A-Za-z])\^2\b", "²"),
    (r"(?<=[A-Za-z])\^3\b", "³"),
    (r"\bdegC\b", "°C"),
    (r"(?<=\d) um\b", " µm"),
    (r"(?<=\d) angstrom\b", " Å"),
    (r"\bmAh/g\b", "mA h/g"),
    (r"\bohm\b", "Ω"),
)


def with_prefix(largest: float, unit: str) -> tuple[float, str]:
    """Factor and prefixed unit that bring a number in SI between 1 and 1000."""
    for factor, prefix in PREFIXES:
        if largest * factor < 1000:
            return factor, prefix + unit
    return 1e-6, f"M{unit}"


def typeset(unit: str) -> str:
    """Unit of a header as figures show it: `J.m-1` with a raised exponent."""
    return re.sub(r"\.([A-Za-z]+)(-?\d+)", r" \1$^{\2}$", unit)


def in_words(unit: str) -> str:
    """Unit of a header as a text has it: `J/m` for `J.m-1`."""
    return unit.replace(".m-1", "/m")


def in_symbols(text: str) -> str:
    """Units in a text as they are printed: `J/m^2` as J/m², `degC` as °C."""
    for written, printed in SYMBOLS:
        text = re.sub(written, printed, text)
    return text
