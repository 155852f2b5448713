"""`mesh` writes a mesh, what it is like, and a picture of it."""

import json
from pathlib import Path

import pytest

import meshes
from solver.case import Case
from solver.cli import main
from solver.materials import load_grain_material
from tests.particles import CASES, meshed, model_of

QUICKSTART = str(CASES / "quickstart.yaml")
SMALL = ["--set", "particle.grains.count=5", "--set", "particle.radius=1.5 um"]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERGRAIN_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def test_mesh_tells_what_it_is_like_and_where_it_lies(capsys):
    assert main(["mesh", QUICKSTART, *SMALL]) == 0
    shown = capsys.readouterr().out
    for words in ("SICN", "shortest", "5, ", "m^2/g", "100 % dry", "unknowns", "meshed in"):
        assert words in shown
    assert all(Path(line).exists() for line in shown.splitlines()[-2:])
    assert main(["mesh", QUICKSTART, *SMALL]) == 0  # now from the cache
    assert "meshed in" not in capsys.readouterr().out


def test_mesh_writes_the_file_asked_for_with_its_table_report_and_picture(capsys):
    assert main(["mesh", QUICKSTART, *SMALL, "-o", "here/my.msh", "--picture"]) == 0
    files = [Path(line) for line in capsys.readouterr().out.splitlines()[-4:]]
    assert files == [Path("here/my" + end) for end in (".msh", ".json", ".report.json", ".png")]
    assert files[3].read_bytes().startswith(PNG)
    table, report = (json.loads(file.read_text()) for file in files[1:3])
    assert report["cells"] == table["quality"]["cells"]
    density = load_grain_material("NMC76").density
    area = sum(entry["area"] for entry in table["boundaries"])
    volume = sum(grain["volume"] for grain in table["grains"])
    assert report["boundary_area_per_mass"] == pytest.approx(area / volume * 1e3 / density)
    assert report["boundary_share"] == {"dry": pytest.approx(1.0)}


def test_the_unknowns_told_are_those_that_are_solved(capsys):
    overrides = SMALL[1::2]
    case = Case.load(QUICKSTART, overrides)
    assert main(["mesh", QUICKSTART, *SMALL]) == 0
    dofs = model_of(case, meshed(case)).dofs
    assert f", {dofs} unknowns" in capsys.readouterr().out


def test_a_folder_gets_the_names_a_run_would_give(capsys):
    assert main(["mesh", QUICKSTART, *SMALL, "-o", "folder"]) == 0
    names = sorted(file.name for file in Path("folder").iterdir())
    assert names == ["particle.json", "particle.msh", "particle.report.json"]


@pytest.mark.parametrize("name", ["section", "block", "volume"])
def test_samples_are_drawn_flat_and_cut_open(name, capsys):
    assert main(["mesh", str(CASES / f"meshes/{name}.yaml"), "--picture"]) == 0
    shown = capsys.readouterr().out
    assert ("of the image" in shown) == (name != "block")
    assert Path(f"{name}.png").read_bytes().startswith(PNG)


def test_films_and_coatings_are_drawn_and_reported(capsys):
    film = "particle.boundary={state: lpo, thickness: 20 nm, rule: fraction, fraction: 0.5}"
    more = ["--set", film, "--set", "particle.coating={thickness: 20 nm}"]
    assert main(["mesh", QUICKSTART, *SMALL, *more, "--picture"]) == 0
    shown = capsys.readouterr().out
    assert "% lpo" in shown
    assert "20 wanted" in shown
    assert Path("quickstart.png").read_bytes().startswith(PNG)


def test_a_mesh_that_cannot_be_written_is_told(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["mesh", QUICKSTART, *SMALL, "-o", "file/my.msh"]) == 2
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["quickstart.png", "here/my.json", "here/my.report.json"])
def test_a_file_of_the_users_is_not_replaced_under_a_name_they_did_not_give(name, capsys):
    words = ["mesh", QUICKSTART, *SMALL, "--picture", *["-o", "here/my.msh"] * ("here" in name)]
    Path("here").mkdir()
    Path(name).write_text("of the user")
    assert main(words) == 2
    assert "that this program did not write" in capsys.readouterr().err
    assert Path(name).read_text() == "of the user"
    Path(name).unlink()
    assert main(words) == main(words) == 0  # its own files it replaces


def test_too_many_cells_are_refused_with_their_number(capsys):
    fine = ["--set", "particle.mesh={size: 1 nm, boundary_size: 1 nm}"]
    assert main(["mesh", QUICKSTART, *fine]) == 2
    assert "million cells, more than 20 million" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["mesh", "run"])
def test_a_mesh_of_any_size_is_begun_when_forced(command, capsys, monkeypatch):
    begun = []

    def build(particle, cache, force):
        begun.append(force)
        raise meshes.MeshError("far enough")

    monkeypatch.setattr(meshes, "build", build)
    for words in ([], ["--force"]):
        assert main([command, QUICKSTART, "-o", "there", *words]) == 3
    assert begun == [False, True]
    assert "no mesh: far enough" in capsys.readouterr().err


def test_check_tells_of_a_file_that_is_no_image(tmp_path, capsys):
    (tmp_path / "bad.npy").write_bytes(b"no array")
    case = (CASES / "meshes/section.yaml").read_text().replace("section.npy", "bad.npy")
    (tmp_path / "case.yaml").write_text(case)
    assert main(["check", "case.yaml"]) == 2
    assert "bad.npy: cannot be read as an image" in capsys.readouterr().err
    assert main(["check", str(CASES / "meshes/stack.yaml")]) == 0
    assert "8 grains" in capsys.readouterr().out
