"""YAML that is damaged, or made to do harm, is refused in one sentence with its line."""

import os
from pathlib import Path

import pytest

from solver.case import Case, CaseError
from solver.case.load import apply_override
from solver.text.layers import LARGEST, read_mapping
from solver.text.yaml_text import parse

CASES = Path(__file__).parents[2] / "cases"
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join(9 * [f'*a{n - 1}'])}]\n" for n in range(1, 10)
)
LADDER = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 100))


def problem(path: Path) -> tuple[int | None, str]:
    with pytest.raises(CaseError) as caught:
        read_mapping(path)
    (found,) = caught.value.problems
    assert found.file == str(path)
    return found.line, found.message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: " + "[" * 900 + "]" * 900, 2, "more than 40 lists and mappings"),
        (LADDER, 41, "more than 40 lists and mappings"),
        (BOMB, 6, "stands for more than 200000 values"),
        ("a: 1\nb: &b [*b]", 2, "an alias stands for what it is a part of"),
        ("a: 1\nb: 2001-99-99", 2, "cannot be read as timestamp: '2001-99-99'"),
        ("a: " + "9" * 5000, 1, "cannot be read as int: '9999"),
        ("a: 1\nb: !!python/object x", 2, "the tag 'tag:yaml.org,2002:python/object'"),
        ("a: 1\n1: b", 2, "a key must be a name, got '1'"),
        ("? [a, b]\n: 1", 1, "a key must be a name, got a list or mapping"),
        ("a: 1\nb: \x07", 2, r"the character '\x07' is not allowed in YAML"),
        ("a: 1\n\tb: 1", 2, r"found character '\t' that cannot start any token"),
        ("a: 1\n%YAML 2.0\nb: 1", None, "is not valid YAML: (2, 0)"),
        ("- 1", 1, "expected a mapping of keys"),
        ("", 1, "expected a mapping of keys"),
        ("a: 1\na: 2", 2, "found duplicate key"),
    ],
)
def test_what_is_wrong_with_a_text_is_told_with_its_line(tmp_path, text, line, message):
    path = tmp_path / "case.yaml"
    path.write_text(text)
    found, why = problem(path)
    assert found == line
    assert message in why


def test_aliases_within_bounds_are_welcome():
    assert parse("a: &a {x: 1}\nb:\n  <<: *a\n  y: [*a, *a]")["b"]["y"][1]["x"] == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfea\x00:\x00", "is not a text file in UTF-8"),
        (b"\x93NUMPY\x01\x00", "is not a text file in UTF-8"),
        (b"a: \x00", r"the character '\x00' is not allowed"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path, content, message):
    path = tmp_path / "case.yaml"
    path.write_bytes(content)
    assert message in problem(path)[1]


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    text = (CASES / "quickstart.yaml").read_text()
    path = tmp_path / "case.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert Case.load(path) == Case.load(CASES / "quickstart.yaml")


def test_only_ordinary_files_are_read(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert problem(pipe) == (None, "is not an ordinary file")
    assert problem(Path("/dev/zero")) == (None, "is not an ordinary file")
    assert problem(tmp_path) == (None, "is a directory, not a file")
    assert problem(tmp_path / ("n" * 5000))[1] == "File name too long"


def test_too_large_a_file_is_refused(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text("name: " + "x" * 5_000_000)
    assert problem(path)[1] == f"has 4883 KiB, more than {LARGEST // 1024}"


@pytest.mark.parametrize("text", ["a=[1", "a=" + "[" * 900 + "]" * 900, "a=\x00", "a=!!set {b}"])
def test_values_of_options_are_read_within_the_same_bounds(text):
    with pytest.raises(ValueError, match="is not a YAML value: "):
        apply_override({}, text)


def test_a_file_that_a_case_is_based_on_is_held_to_the_same(tmp_path):
    os.mkfifo(tmp_path / "base.yaml")
    path = tmp_path / "case.yaml"
    path.write_text("based_on: base.yaml")
    with pytest.raises(CaseError, match=r"got 'base\.yaml': is not an ordinary file"):
        Case.load(path)


@pytest.mark.parametrize(
    "value", ["9" * 4000, f'"{"a" * 5000}\\n\\e"', f"[{'1, ' * 900}1]"], ids=["int", "text", "list"]
)
def test_what_was_given_is_shown_on_one_short_line(value):
    places = ("name", "particle.radius", "particle.shape", "protocol.0")
    with pytest.raises(CaseError) as caught:
        Case.load(CASES / "quickstart.yaml", [f"{place}={value}" for place in places])
    lines = str(caught.value).splitlines()
    assert 3 <= len(lines) <= len(places)
    assert max(map(len, lines)) < 600
    assert all(line.isprintable() for line in lines)


def test_of_many_problems_the_first_are_told(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text("name: x\n" + "".join(f"k{n}: 1\n" for n in range(500)))
    with pytest.raises(CaseError) as caught:
        Case.load(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 41
    assert lines[-1].startswith("and 46")
