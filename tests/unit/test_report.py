"""One page tells what a run directory holds, whatever part of it is there, and no more."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from solver.case import Case
from solver.case.settings import settings
from solver.cli import main
from solver.output.figures import written_report
from solver.results import plots
from solver.results.plots import draw
from solver.results.records import TIMES, declaration
from solver.results.report import run_page, write_report
from tests.unit.output_example import CASES, make_run
from tests.unit.record_example import make_record
from tests.unit.test_crack_figures import DONE, FAST, run_into

VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """Text and pictures of a page; every tag must be closed, and nothing may be fetched."""

    def __init__(self, text):
        super().__init__()
        self.open, self.words, self.pictures = [], [], {}
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "img":
            assert attributes["src"].startswith("data:image/png;base64,iVBOR")
            self.pictures[attributes["alt"]] = attributes["src"]
        assert not {"href", "src"} & set(attributes) or tag == "img"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "title"):
            self.words.append(data.strip())

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words)).strip()


def page_of(*directories):
    target = directories[0] / "page.html"
    write_report(directories, target)
    return Page(target.read_text())


@pytest.fixture(scope="module")
def cracked(tmp_path_factory):
    """A run with cracks whose films were accelerated, drawn."""
    directory = run_into(tmp_path_factory.mktemp("cracked"), True, FAST)
    told = json.dumps(settings(Case.load(CASES / "quickstart.yaml")))
    (directory / "settings.json").write_text(told)
    (directory / "resolved.yaml").write_text("name: quickstart\n")
    (directory / "cautions.txt").write_text("caution: tails <here> & there\n")
    draw(directory)
    return directory


def test_a_page_tells_what_was_run_what_came_of_it_and_what_it_rests_on(cracked):
    page = page_of(cracked)
    for part in (
        "quickstart", "finished", "shape disc, radius 3 µm",
        "Charge at C/2 until 4.3 V; Discharge at C/2 until 2.7 V",
        "materials grain NMC76", "strength 1 GPa, toughness 3 J/m²",
        "temperature 25 °C", "1C 200 mA/g", "cracked share of boundaries 50 %",
        "first crack", "grain_0 and grain_1", "assumed:", "dolfinx", "tails <here> & there",
    ):  # fmt: skip
        assert part in page.text, part
    assert {"voltage", "cracking", "crack_depth", "crack_directions"} <= set(page.pictures)


def test_a_page_begins_with_a_picture_and_the_numbers_that_are_asked_for_first(cracked):
    page = page_of(cracked)
    assert next(iter(page.pictures)) == "voltage"  # there are no fields of a particle
    order = ["boundaries cracked 50 %", "it ended finished", "Cracks", "What was run"]
    places = [page.text.index(part) for part in order]
    assert places == sorted(places)


def test_wide_tables_scroll_by_themselves_on_a_narrow_screen(cracked):
    text = write_report([cracked], cracked / "page.html").read_text()
    assert '<meta name="viewport" content="width=device-width' in text
    assert text.count('<div class="scroll"><table>') == text.count("<th>cycle</th>") + text.count(
        "<th>quantity</th>"
    )


def test_a_name_stands_on_the_page_as_it_is(tmp_path):
    name = r"<b>$\frac{ 50 % & more</b>"
    (tmp_path / "resolved.yaml").write_text(f"name: {json.dumps(name)}\n")
    assert page_of(tmp_path).text.startswith(name)


def test_accelerations_stand_at_the_top(cracked, tmp_path):
    text = page_of(cracked).text
    assert "accelerated: interphase" in text
    assert text.index("accelerated: interphase") < text.index("What was run")
    assert "accelerated:" not in page_of(run_into(tmp_path, False)).text


def test_factors_that_laws_do_not_share_stand_in_the_title_of_page_and_figures(tmp_path):
    apart = f"unequally accelerated: fatigue {TIMES}50, interphase {TIMES}1"
    fast = "physics.fatigue={enabled: true, acceleration: 50}"
    run_into(tmp_path, False, "physics.interphase.enabled=true", fast)
    (tmp_path / "resolved.yaml").write_text("name: quickstart\n")
    text = write_report([tmp_path], tmp_path / "page.html").read_text()
    assert f"<title>quickstart: {apart}</title>" in text
    assert f"<h1>quickstart: {apart}</h1>" in text
    assert "belongs to no one number of" in text
    assert declaration(tmp_path) == apart


def test_pieces_of_a_plane_particle_that_has_cracked_are_said_to_share_their_axial_strain(
    cracked, tmp_path
):
    assert "share one axial strain" in page_of(cracked).text
    assert "share one axial strain" not in page_of(run_into(tmp_path, False)).text


@pytest.mark.parametrize(("ratio", "said"), [(1.25, True), (1.0, False)])
def test_areas_of_a_plane_particle_are_said_to_be_those_of_columns(ratio, said):
    record = make_record(summary={"status": "finished", "ball_area_ratio": ratio})
    notes = {part["title"]: part["note"] for part in run_page(record, None)["sections"]}
    assert ("boundaries have 1.25 times the area" in str(notes["Wet area and layers"])) == said


def test_a_figure_of_a_kind_that_no_section_knows_is_shown_too(cracked, tmp_path):
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "sketch.png").write_bytes(
        (cracked / "figures" / "voltage.png").read_bytes()
    )
    page = page_of(tmp_path)
    assert list(page.pictures) == ["sketch"]
    assert "Further figures" in page.text


def test_only_what_exists_is_shown(tmp_path):
    page = page_of(run_into(tmp_path, False))
    for absent in ("Impedance", "mean film", "first crack", "mean width", "nan", "None"):
        assert absent not in page.text, absent
    assert page.pictures == {}


@pytest.mark.parametrize("kept", [(), ("history.csv",), ("summary.json",), ("cracks.json",)])
def test_any_part_of_a_directory_makes_a_page(cracked, tmp_path, kept):
    for name in kept:
        (tmp_path / name).write_bytes((cracked / name).read_bytes())
    (tmp_path / "metadata.json").write_text("{cut off")
    assert tmp_path.name in page_of(tmp_path).text


def test_several_runs_are_compared(cracked, tmp_path):
    page = page_of(cracked, run_into(tmp_path, False))
    assert page.text.startswith("Comparison of runs")
    assert {"cracked", "cracked by cycle", "depth"} <= set(page.pictures)
    assert "accelerations accelerated: interphase" in page.text
    row = page.text[page.text.index("cracked share of boundaries") :]
    assert row.startswith("cracked share of boundaries 50 % 0 %")


def test_runs_of_one_name_are_told_apart_by_their_directories(tmp_path):
    names = ["one", "other"]
    for name in names:
        (tmp_path / name).mkdir()
        run_into(tmp_path / name, False)
        (tmp_path / name / "resolved.yaml").write_text("name: alike\n")
    text = page_of(*(tmp_path / name for name in names)).text
    assert all(name in text for name in names)
    assert "alike" not in text.split("What was run")[0]


def test_the_command_draws_what_is_missing_and_names_the_page(cracked, capsys):
    assert main(["report", str(cracked)]) == 0
    assert capsys.readouterr().out.strip() == str(cracked / "report.html")
    assert "voltage" in Page((cracked / "report.html").read_text()).pictures


def test_pictures_that_fail_leave_a_page_that_says_so(tmp_path, monkeypatch):
    def fail(directory):
        raise ZeroDivisionError("no ink")

    monkeypatch.setattr(plots, "draw", fail)
    run_into(tmp_path, False)
    (tmp_path / "resolved.yaml").write_text("name: blank\n")
    assert main(["report", str(tmp_path)]) == 0
    text = Page((tmp_path / "report.html").read_text()).text
    assert "figures could not be drawn: no ink" in text


def test_what_is_no_run_is_refused(tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == 2
    assert "is not a run directory" in capsys.readouterr().err


def test_a_folder_with_a_history_of_the_users_is_no_run(tmp_path, capsys):
    (tmp_path / "history.csv").write_text("raw data")
    for command in ("report", "plot"):
        assert main([command, str(tmp_path)]) == 2
        assert "is not a run directory" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["history.csv"]


def test_a_page_goes_to_no_file_of_another_kind(cracked, capsys):
    history = cracked / "history.csv"
    kept = history.read_bytes()
    assert main(["report", str(cracked), "-o", str(history)]) == 2
    assert "history.csv is no name of a page: it must end in .html" in capsys.readouterr().err
    assert history.read_bytes() == kept


def test_a_page_that_cannot_be_written_is_called_by_its_name(cracked, tmp_path, capsys):
    page = tmp_path / "nowhere" / "page.html"
    assert main(["report", str(cracked), "-o", str(page)]) == 2
    assert f"cannot write {page}: No such file" in capsys.readouterr().err


def test_a_comparison_replaces_an_earlier_one_and_no_page_of_the_users(
    cracked, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "report.html"
    page.write_text("of the user")
    assert main(["report", str(cracked), str(cracked)]) == 2
    assert "report.html: a file that this program did not write" in capsys.readouterr().err
    assert page.read_text() == "of the user"
    page.unlink()
    for _ in range(2):
        assert main(["report", str(cracked), str(cracked)]) == 0
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_a_run_writes_its_report_and_does_not_fail_with_it(tmp_path, capfd):
    tracker = written_report()
    tracker.start(make_run(tmp_path))
    tracker.finish(DONE)
    assert (tmp_path / "report.html").exists()
    tracker._directory = tmp_path / "gone"
    tracker.finish(DONE)
    assert "the report could not be made: cannot report" in capfd.readouterr().err


def test_a_report_needs_neither_dolfinx_nor_matplotlib(cracked):
    program = (
        "import sys; from solver.results.report import main\n"
        f"code = main([{str(cracked)!r}])\n"
        "heavy = {'dolfinx', 'petsc4py', 'mpi4py', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else code)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=CASES.parent, check=True, timeout=60)
