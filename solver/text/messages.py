"""What a user gave, as a message shows it: on one line, and no longer than needed."""

from typing import Any

LONGEST = 60  # characters of what was given
LONGEST_LINE = 400  # characters of a message


def shown(value: Any) -> str:
    """Return a given value as a message shows it, texts in quotes."""
    text = f"'{value}'" if isinstance(value, str) else _written(value)
    return one_line(text if len(text) <= LONGEST else f"{text[: LONGEST - 4]} ...")


def one_line(text: str, longest: int = LONGEST_LINE) -> str:
    """Return a text without line breaks and control characters, cut where it is too long."""
    plain = "".join(c if c.isprintable() else " " for c in text[: longest + 1])
    return plain if len(plain) <= longest else f"{plain[: longest - 4]} ..."


def _written(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:  # a whole number of thousands of digits
        return type(value).__name__
