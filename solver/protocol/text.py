"""Reads the words of steps as people write them: "Charge at C/3 until 4.5 V or 2 hours".

How each kind is written stands with it, as its `sentence`. There, RATE is C/3, 0.2C or a current
such as 20 mA/g; an END is a voltage, a rate or current, a time, a capacity such as 50 mAh/g or,
for pulses, `20 pulses`. Every step may close with a temperature: `at 60 degC`. Capitals do not
matter.
"""

import re
from difflib import get_close_matches
from typing import Any, get_args

from solver.text.messages import shown
from solver.units import measures as units

Settings = dict[str, Any]
QUANTITIES: dict[str, units.Quantity] = {
    name: get_args(kind)[1]
    for name, kind in {
        "rate": units.Rate,
        "current": units.SpecificCurrent,
        "voltage": units.Voltage,
        "time": units.Time,
        "capacity": units.SpecificCapacity,
        "sweep rate": units.SweepRate,
        "frequency": units.Frequency,
        "heating rate": units.HeatingRate,
        "temperature": units.Temperature,
    }.items()
}
LONGEST = 300  # characters of a step
UNITS = ("C", "mA/g", "A/g", "V", "mV", "s", "seconds", "min", "minutes", "h", "hour", "hours",
         "mAh/g", "mV/s", "mHz", "Hz", "kHz", "MHz", "degC", "K", "K/s", "K/min")  # fmt: skip
KEYWORDS = ("at", "for", "until", "or", "from", "to", "and", "with", ",", "rest", "times")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class Words:
    """The words of a text, read one after another; ValueError names the one that does not fit."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise ValueError(f"a step has at most {LONGEST} characters, got {shown(text)}")
        self._text = text.strip()
        self._words = re.findall(r"[^\s,]+|,", re.sub(r"\s*/\s*", "/", self._text))
        self._at = 0

    def next_is(self, *expected: str) -> bool:
        """Take the next word if it is one of these."""
        fits = self._peek().lower() in expected
        self._at += fits
        return fits

    def need(self, *expected: str) -> str:
        """Take the next word, which must be one of these."""
        word = self._peek().lower()
        if word not in expected:
            raise self.wrong(" or ".join(f"'{known}'" for known in expected), expected)
        self._at += 1
        return word

    def number(self, what: str) -> int:
        """Take a whole number."""
        if not self._peek().isdecimal():
            raise self.wrong(what)
        self._at += 1
        return int(self._words[self._at - 1])

    def counted(self, *units_of_count: str) -> int | None:
        """Take a whole number and its unit if both come next."""
        pair = self._words[self._at : self._at + 2]
        if len(pair) < 2 or not pair[0].isdecimal() or pair[1].lower() not in units_of_count:
            return None
        self._at += 2
        return int(pair[0])

    def quantity(self, *kinds: str) -> tuple[str, str]:
        """Take a quantity of one of these kinds; return its kind and its text."""
        word, length = self._peek(), 1
        following = self._words[self._at + 1 : self._at + 2]
        if _NUMBER.fullmatch(word) and following and following[0].lower() not in KEYWORDS:
            word, length = f"{word} {following[0]}", 2
        for kind in kinds:
            if not _NUMBER.fullmatch(word) and _measures(QUANTITIES[kind], word):
                self._at += length
                return kind, word
        expected = " or ".join(
            f'{QUANTITIES[kind].name} such as "{QUANTITIES[kind].example}"' for kind in kinds
        )
        self._at += length - 1  # the unit is what does not fit
        raise self.wrong(expected, UNITS, word)

    def end(self) -> None:
        """Make sure that nothing is left."""
        if self._at < len(self._words):
            raise self.wrong("nothing more")

    def wrong(self, expected: str, known: tuple[str, ...] = (), word: str = "") -> ValueError:
        """Error at the next word."""
        there = self._peek()
        close = get_close_matches(there, [*known], n=1) or get_close_matches(
            there.lower(), [*known], n=1
        )
        got = f"'{word or there}'" if there else "the end"
        hint = f" (did you mean '{close[0]}'?)" if close and close[0] != there else ""
        where = f"in '{self._text}': " if len(self._words) > 1 else ""
        return ValueError(f"{where}expected {expected}, got {got}{hint}")

    def _peek(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""


def _measures(quantity: units.Quantity, text: str) -> bool:
    try:
        quantity.parse(text)
    except ValueError:
        return False
    return True


def read_current(words: Words) -> Settings:
    """Return the rate or current after `at`."""
    words.need("at")
    return dict([words.quantity("rate", "current")])


def read_ends(words: Words, *kinds: str) -> Settings:
    """Return the conditions after `until` or `for`, with `or` between them."""
    words.need("until", "for")
    ends: Settings = {}
    while True:
        kind, value = _end(words, kinds)
        if kind in ends:
            raise ValueError(f"two ends by {kind}: {ends[kind]} and {value}")
        ends[kind] = value
        if not words.next_is("or"):
            return ends
        words.next_is("until", "for")


def read_temperature(words: Words) -> Settings:
    """Return the temperature that closes a step, if there is one."""
    return dict([words.quantity("temperature")]) if words.next_is("at") else {}


def _end(words: Words, kinds: tuple[str, ...]) -> tuple[str, Any]:
    """One condition; pulses are counted, all others are quantities."""
    if "pulses" in kinds and (count := words.counted("pulse", "pulses")) is not None:
        return "pulses", count
    return words.quantity(*(kind for kind in kinds if kind != "pulses"))
