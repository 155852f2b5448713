"""Run directories that are cut, damaged or another program's: one sentence, never a traceback."""

import shutil

import pytest

from solver.cli import main
from solver.results.frames import read_frame
from solver.results.history import read_history
from tests.unit.test_crack_figures import FAST, run_into


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    directory = run_into(tmp_path_factory.mktemp("whole"), True, FAST)
    (directory / "resolved.yaml").write_text("name: whole\n")
    return directory


@pytest.fixture
def run(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "run")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "history.csv is empty"),
        (b"\x93NUMPY\xff\x00", "history.csv is not a text file"),
        (b"a,b\n1\n", "history.csv: not all lines have 2 values"),
        (b"a,b\n1,x\n", "history.csv: could not convert string to float: 'x'"),
        (b"a,b\n1,2\n", "history.csv has no column 'Test Time / s'"),
        (b"Test Time / s,Voltage / V\n1,3\n", "history.csv has no column 'Net Charge / mA.h.g-1'"),
    ],
)
def test_a_damaged_history_is_told_in_a_sentence(run, capsys, content, message):
    (run / "history.csv").write_bytes(content)
    assert main(["plot", str(run)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert message in shown.err
    assert main(["report", str(run)]) == 0  # which says so beside what can be told
    assert "figures could not be drawn" in (run / "report.html").read_text()


GARBAGE = {
    "cut": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "binary": lambda content: bytes(range(256)),
    "a list": lambda content: b"[1, 2]",
    "strange": lambda content: b'{"rows": null, "accelerations": 3, "cracks": [1], "name": []}',
}
FILES = ("summary.json", "metadata.json", "cracks.json", "materials.json", "cycles.csv")


@pytest.mark.parametrize("how", GARBAGE)
def test_damaged_files_leave_a_page_or_a_sentence(run, capsys, how):
    (run / "history.csv").write_text("a,b\n1,2\n")  # so that nothing is drawn, which takes long
    for name in FILES:
        whole = (run / name).read_bytes()
        (run / name).write_bytes(GARBAGE[how](whole))
        assert main(["report", str(run)]) in (0, 2), name
        shown = capsys.readouterr().err
        assert len(shown.splitlines()) <= 1, name
        (run / name).write_bytes(whole)


def test_damaged_fields_are_told_in_a_sentence(tmp_path, capsys):
    (tmp_path / "grains.vtu").write_bytes(b"<VTKFile type='Unstr")
    pieces = "<VTKFile><DataSet timestep='0' file='grains.vtu'/></VTKFile>"
    (tmp_path / "particle.pvd").write_text(pieces)
    with pytest.raises(ValueError, match=r"grains\.vtu cannot be read as a mesh"):
        read_frame(tmp_path, 0)
    assert capsys.readouterr() == ("", "")


def test_a_table_names_the_column_it_has_not(tmp_path):
    (tmp_path / "cycles.csv").write_text("a,b\n1,2\n")
    table = read_history(tmp_path / "cycles.csv")
    assert table["b"].tolist() == [2.0]
    with pytest.raises(ValueError, match=r"cycles\.csv has no column 'c'"):
        table["c"]
