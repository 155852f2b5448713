"""What the pages name is there: files, and the pages that they link."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRONT = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
PAGES = [*(ROOT / name for name in FRONT), *sorted((ROOT / "docs").glob("*.md"))]
FOLDERS = ("solver", "meshes", "tests", "cases", "benchmarks", "docs", "environment", "cluster")
NAMED = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./]+)`")
LINKED = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def lacking(page: Path) -> list[str]:
    """Files and links of a page that lead nowhere."""
    text = page.read_text(encoding="utf-8")
    named = [name for name in NAMED.findall(text) if not (ROOT / name).exists()]
    return named + [name for name in LINKED.findall(text) if not (page.parent / name).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page):
    assert lacking(page) == []


def test_what_is_not_there_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("see `solver/no/such.py`, [a page](no_page.md), `solver/start.py` and `a/b`")
    assert lacking(page) == ["solver/no/such.py", "no_page.md"]


def test_the_model_names_the_file_of_every_equation():
    """Every section with an equation names one of the solver's files."""
    sections = (ROOT / "docs/model.md").read_text(encoding="utf-8").split("\n## ")[1:]
    assert len(sections) >= 9
    for section in sections:
        assert any(name.startswith("solver/") for name in NAMED.findall(section)), section
