"""The page of every value of the library's materials, with its source."""

from collections.abc import Iterator

from docs.writing.tables import plain, table
from solver.entries.files import names
from solver.materials.catalogue import KINDS, cautions, values

HEAD = """# Every value of the materials

Made from the files of the library (`solver/materials/`), as `intergrain materials NAME` prints
them. A value comes from a source, is *assumed* (and why), or was *fitted* (and to what). Values
that depend on the temperature are those at 25 degC.
"""


def page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for kind, (prefix, _) in KINDS.items():
        yield f"## {kind.capitalize()}\n"
        for name in names(prefix):
            yield _section(kind, name)


def _section(kind: str, name: str) -> str:
    found = values(kind, name)
    rows = [
        (
            "&nbsp;" * 2 * (len(row["quantity"]) - len(row["quantity"].lstrip()))
            + plain(row["quantity"].strip()),
            *(plain(row[column]) for column in ("value", "temperature", "source")),
        )
        for row in found["rows"]
    ]
    head = ("quantity", "value", "temperature", "source")
    told = "".join(f"- {plain(caution)}\n" for caution in cautions(kind, name))
    return f"### {name}\n\n{plain(found['about'])}\n\n{table(head, rows)}\n{told}"
