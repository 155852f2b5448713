"""The verification book: what every verification test asks for, and what it found.

The numbers come from a run of the tests with `--proofs FOLDER` (`tests/proofs.py`).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from matplotlib.figure import Figure

from docs.writing.tables import code, plain, table

Proof: TypeAlias = Mapping[str, Any]
NUMBER = re.compile(r"(?<![\w.])-?\d+(\.\d+(e[-+]?\d+)?|e[-+]?\d+)(?![\w.])")
NAMES = (
    *("Arrhenius", "Cheng", "Cottrell", "Crank", "Eshelby", "Euler", "Faraday", "Griffith"),
    *("Kissinger", "Maxwell", "Newton", "Randles", "Sevcik", "Verbrugge"),
)
HEAD = """# Verification book

Every test of `tests/verification` holds the program against an analytic solution, a law of
conservation, an order of convergence, or itself by another way. The pages below name each test in
its own words and give what it asked for and what it found. They are made from a run of the tests:

    ./intergrain test --proofs proofs
    ./intergrain python -m docs.writing --proofs proofs

Every assertion of a test is told; a test on several ranks tells what the first one compared.
"""
MISSING = """
```{note}
This manual was made without a run of the tests, so that the book is empty.
```
"""


def pages(folder: Path | None, into: Path) -> None:
    """Write the book of the findings in a folder, with its figures, into a folder."""
    by_file: dict[str, list[Proof]] = {}
    for proof in _read(folder):
        by_file.setdefault(proof["file"], []).append(proof)
    into.mkdir(parents=True, exist_ok=True)
    for file, proofs in by_file.items():
        (into / f"{_page(file)}.md").write_text(_chapter(proofs, into), encoding="utf-8")
    (into / "book.md").write_text(_front(by_file), encoding="utf-8")


def _read(folder: Path | None) -> list[Proof]:
    """The findings of all processes, in the order of files and tests' names."""
    files = sorted(folder.glob("*.json")) if folder is not None else []
    found = [proof for file in files for proof in json.loads(file.read_text(encoding="utf-8"))]
    return sorted(found, key=lambda proof: (proof["file"], proof["name"]))


def _page(file: str) -> str:
    return Path(file).stem.removeprefix("test_")


def _front(by_file: Mapping[str, list[Proof]]) -> str:
    rows = [
        (
            f"[{_title(_page(file))}]({_page(file)}.md)",
            plain(_first_line(proofs[0]["about"])),
            str(len(proofs)),
            str(sum(len(proof["held"]) for proof in proofs)),
            ", ".join(_failed(proofs)) or "all hold",
        )
        for file, proofs in by_file.items()
    ]
    head = ("", "what is proved", "tests", "comparisons", "outcome")
    contents = "\n".join(["```{toctree}", ":hidden:", *map(_page, by_file), "```", ""])
    return HEAD + (f"\n{table(head, rows)}\n{contents}" if rows else MISSING)


def _failed(proofs: Iterable[Proof]) -> list[str]:
    return [f"**{code(p['name'])} {p['outcome']}**" for p in proofs if p["outcome"] != "passed"]


def _chapter(proofs: list[Proof], into: Path) -> str:
    file = proofs[0]["file"]
    about = plain(" ".join(proofs[0]["about"].split("\n\n")))
    sections = (part for proof in proofs for part in _section(proof, into))
    return "\n".join([f"# {_title(_page(file))}\n", f"{about} ({code(file)})\n", *sections])


def _section(proof: Proof, into: Path) -> Iterator[str]:
    """One test: its name as a sentence, its figures, its comparisons."""
    told = "" if proof["outcome"] == "passed" else f" **{proof['outcome']}**"
    yield f"## {plain(_sentence(proof['name']))}{told}\n"
    for number, figure in enumerate(proof.get("figures", ())):
        name = f"{_page(proof['file'])}_{re.sub(r'[^a-z0-9]+', '_', proof['name'].lower())}"
        path = into / f"{name}_{number}.svg"
        _drawn(figure).savefig(path, bbox_inches="tight", metadata={"Date": None})
        yield f"![{figure['y']} over {figure['x']}]({path.name})\n"
    rows = [(code(held["asked"]), _found(held["found"])) for held in proof["held"]]
    if rows:
        yield table(("asked", "found"), list(dict.fromkeys(rows)))


def _found(words: str) -> str:
    """What was found, with as many digits as one reads."""
    if words in ("True", "np.True_"):
        return "holds"
    return code(NUMBER.sub(lambda number: f"{float(number.group()):.5g}", words))


def _drawn(data: Mapping[str, Any]) -> Figure:
    """Lines are what is known, marks what the program found."""
    figure = Figure(figsize=(6.4, 3.6))
    axes = figure.subplots()
    for label, (x, y) in data["known"].items():
        axes.plot(x, y, "-", color="0.4", label=label)
    for label, (x, y) in data["found"].items():
        axes.plot(x, y, "o", markersize=4, fillstyle="none", label=label)
    axes.set(xlabel=data["x"], ylabel=data["y"], **data.get("scales", {}))
    axes.legend(frameon=False)
    return figure


def _sentence(name: str) -> str:
    """A name such as test_a_wave_is_fast[0.2] as `A wave is fast (0.2)`."""
    words, _, choice = name.removeprefix("test_").partition("[")
    for person in NAMES:
        words = re.sub(rf"(?<![a-z]){person.lower()}(?=s?(_|$))", person, words)
    return _title(words) + (f" ({choice.rstrip(']')})" if choice else "")


def _title(words: str) -> str:
    return words[:1].upper() + words[1:].replace("_", " ")


def _first_line(text: str) -> str:
    return text.strip().split("\n\n")[0]
