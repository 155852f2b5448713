"""The list of bugs, and how one is put into a source."""

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent


class MutantError(Exception):
    """An entry that does not fit the code; the message says which and why."""


@dataclass(frozen=True)
class Mutant:
    """One bug: in a file, `text` becomes something wrong. tests: files that should notice it."""

    name: str
    wrong: str
    file: str
    text: str
    becomes: str
    tests: tuple[str, ...]

    def put_into(self, root: Path) -> None:
        """Change the file below a root; MutantError unless the text is there exactly once."""
        path = root / self.file
        source = path.read_text(encoding="utf-8") if path.is_file() else ""
        if (found := source.count(self.text)) != 1:
            raise MutantError(f"{self.name}: {self.file} holds its text {found} times, not once")
        path.write_text(source.replace(self.text, self.becomes), encoding="utf-8")


def read_mutants(folder: Path = FOLDER) -> dict[str, Mutant]:
    """Return all entries by name; MutantError for a name that occurs twice."""
    found: dict[str, Mutant] = {}
    for path in sorted(folder.glob("*.yaml")):
        for name, entry in YAML(typ="safe").load(path).items():
            if name in found:
                raise MutantError(f"{name} stands in two lists")
            tests = tuple(f"tests/{test}" for test in entry.pop("tests"))
            found[name] = Mutant(name, **entry, tests=tests)
    return found
