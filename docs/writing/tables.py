"""Tables of MyST pages."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; line breaks and bars in a cell do not end it."""
    lines = [_line(head), "|" + "---|" * len(head), *map(_line, rows)]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """Return text that is shown letter by letter, also with a bar or a backtick in it."""
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{_in_one_line(text)}{pad}{fence}"


def plain(text: str) -> str:
    """Return text in which nothing is taken for markup but what stands between backticks."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without another: no code
        parts = [text]
    return "`".join(part if k % 2 else _escaped(part) for k, part in enumerate(parts))


def _escaped(text: str) -> str:
    for mark in ("\\", "*", "_", "<", "[", "$", "{"):
        text = text.replace(mark, f"\\{mark}")
    return text


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_in_one_line(cell) for cell in cells)} |"


def _in_one_line(text: str) -> str:
    return " ".join(text.replace("\\|", "|").replace("|", "\\|").split())
