"""Values and trees of values, mutated as people and accidents do it."""

from __future__ import annotations

import datetime
import math
import re
import string
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

Place = tuple[int | str, ...]

NUMBERS = (
    0, -0.0, -1, 1, 2, 0.5, 1e-300, 1e-30, 1e-9, 1e9, 1e30, 1e300, 5e-324, math.nan, math.inf,
    -math.inf, 10**18, 2**63, 10**30, -(10**400), True, False,
)  # fmt: skip
TEXTS = (
    "", " ", "~", "null", "yes", "5", "-5 um", "0 um", "1e400 V", "5 um um", "nan m", "5 parsec",
    "5 m**9**9**9", "5 (((m**9)**9)**9)**9", "C/0", "C/", "C/-3", "0C", "1e30 C", "-10 degC",
    "5 µm", "5 μm", "\uff15 um", "5\u00a0um", "\u202eabc", "a\x00b", "a\x1b[31mb", "line\nline",
    "🔋" * 50, "$\\frac{", "%s%s%n", "{x}", "../../etc/passwd", "/", "/dev/zero", "/dev/stdin", ".",
    "nowhere.yaml", "fuzzed.yaml", "x" * 400, "x" * 100_000, " " * 5_000 + "um", "9" * 5_000,
    "Charge at C/3 until 4.5 V or", "Repeat 1000000 times", "Rest for 1e30 h", "Rest for -5 min",
    "Charge at C/3 until 9 V", "Pulse at C/3 for 1 s, rest for 1 s, until 999999999 pulses",
    "Impedance from 1 mHz to 1e300 Hz", "Impedance from 1e5 Hz to 1 Hz with 999999999 points per "
    "decade", "Sweep at 1e-30 V/s from 3 V to 4 V", "Charge " * 60,
)  # fmt: skip
UNITS = (
    "m", "um", "nm", "km", "pm", "V", "mV", "kV", "s", "h", "years", "Pa", "GPa", "J/m^2", "K",
    "degC", "degF", "A/kg", "mA/g", "A/g", "C", "1/s", "rad", "deg", "mol", "kg/m^3", "", "%",
)  # fmt: skip
QUANTITY = re.compile(r"\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(.*)")


def any_value(rng: Random) -> Any:
    """Anything that YAML can hold."""
    match rng.randrange(10):
        case 0:
            return None
        case 1 | 2 | 3:
            return rng.choice(NUMBERS)
        case 4 | 5 | 6:
            return rng.choice(TEXTS)
        case 7:
            return f"{rng.choice(('', '-'))}{10 ** rng.uniform(-25, 25):.3g} {rng.choice(UNITS)}"
        case 8:
            date = datetime.date(2020, 1, 1)
            return rng.choice(([], {}, [[]], [None], {"": ""}, [1] * 300, date))
    return rng.choice(([any_value(rng)], {"x": any_value(rng)}, [any_value(rng)] * 3))


def changed(value: Any, rng: Random) -> Any:
    """A value near a given one: of another size, sign, unit or type."""
    if isinstance(value, bool) or value is None or rng.random() < 0.4:
        return any_value(rng)
    if isinstance(value, int | float):
        factor = rng.choice((-1, 0, 1e3, 1e-3, 1e6, 1e-6, 1e12, 1e-12, 10 ** rng.uniform(-6, 6)))
        other = max(min(value, 1e300), -1e300) * factor
        whole = int(other) if math.isfinite(other) else 0
        return rng.choice((other, str(other), [other], whole, f"{other:g} {rng.choice(UNITS)}"))
    if isinstance(value, str) and (match := QUANTITY.fullmatch(value)):
        number, unit = float(match[1] if match[1].strip("+-.") else 0), match[2]
        near = number * rng.choice((-1, 0, 1e3, 1e-3, 1e6, 1e-6, 1e9, 1e-9, 10, 0.1))
        return rng.choice(
            (f"{near:g} {unit}", f"{number:g} {rng.choice(UNITS)}", near, f"{unit} {number:g}")
        )
    if isinstance(value, str):
        return typed_wrong(value, rng)
    if isinstance(value, list) and value:
        cut = rng.randrange(len(value) + 1)
        parts = (value[:cut], value[cut:], value * 3, value[::-1], dict(enumerate(value)))
        return rng.choice(parts)
    return any_value(rng)


def typed_wrong(word: str, rng: Random) -> str:
    """A word with a letter lost, doubled, swapped or replaced."""
    if not word:
        return rng.choice(string.ascii_letters)
    k = rng.randrange(len(word))
    swapped = word[:k] + word[k + 1 : k + 2] + word[k] + word[k + 2 :]
    other = word[:k] + rng.choice(string.printable) + word[k + 1 :]
    return rng.choice((word[:k] + word[k + 1 :], word[:k] + word[k] + word[k:], swapped, other))


def places(tree: Any, place: Place = ()) -> Iterator[Place]:
    """Places of all values in a tree, but its root."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    if not isinstance(tree, dict | list):
        return
    for key, value in items:
        yield (*place, key)
        if isinstance(value, dict | list):
            yield from places(value, (*place, key))


def parent_of(tree: Any, place: Place) -> Any:
    """The list or mapping that holds a place."""
    for key in place[:-1]:
        tree = tree[key]
    return tree


def mutate_value(tree: Any, rng: Random) -> None:
    """Change one value of a tree."""
    place = rng.choice(list(places(tree)))
    parent = parent_of(tree, place)
    parent[place[-1]] = changed(parent[place[-1]], rng)


def mutate_key(tree: Any, rng: Random) -> None:
    """Misspell, move, copy or remove one key of a tree, or add one."""
    every = list(places(tree))
    place, other = rng.choice(every), rng.choice(every)
    parent, target = parent_of(tree, place), parent_of(tree, other)
    key, value = place[-1], parent[place[-1]]
    what = rng.choice(("misspell", "move", "copy", "remove", "add"))
    if what == "add":
        _put(target, rng.choice(("", "x", "based_on", "shape", "name", "1", "é", "<<")), value, rng)
    if what in ("misspell", "move", "remove"):
        del parent[key]
    if what == "misspell":
        _put(parent, typed_wrong(str(key), rng), value, rng)
    if what in ("move", "copy"):
        _put(target, key, value, rng)


def _put(parent: Any, key: int | str, value: Any, rng: Random) -> None:
    value = deepcopy(value)  # what is put into a part of itself would be without end
    if isinstance(parent, list):
        parent.insert(rng.randrange(len(parent) + 1), value)
    else:
        parent[key] = value
