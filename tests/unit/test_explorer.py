"""The page on which a run is explored: what it holds, and that a browser draws it."""

import html
import json
import re
import shutil
import subprocess
from base64 import b64decode

import numpy as np
import pytest

from solver import cli
from solver.results.explorer import explore, page, scene
from solver.results.explorer.scene import chosen, faces_of_cracks, faces_of_grains, levels, spanned
from solver.results.frames import FramePart, read_frame
from solver.run_files import manifest
from solver.start import BAD_CASE, DONE
from tests.unit.test_plots import cycle, make_directory

BROWSER = shutil.which("chromium-headless-shell")
ROWS = list(cycle())
# Shows sixty frames one after another and tells what came of it
VISIT = """<script>
(async () => {
  const pen = new Uint8Array(4 * 200 * 200), seen = new Set();
  for (let k = 0; k < 60; k++) {
    part("warp").value = k / 30;
    choose(grains, k % data.grains.fields.length);
    show(k % data.times.length);
    gl.readPixels(gl.drawingBufferWidth / 2 - 100, gl.drawingBufferHeight / 2 - 100, 200, 200,
      gl.RGBA, gl.UNSIGNED_BYTE, pen);
    seen.add(pen.reduce((sum, byte, at) => (sum + byte * (1 + at % 97)) % 1000003, 0));
    await new Promise(done => setTimeout(done, 10));
  }
  const told = document.createElement("pre");
  told.textContent = JSON.stringify({
    error: gl.getError(), trouble: part("trouble").hidden ? "" : part("trouble").textContent,
    pictures: seen.size, caption: part("caption").textContent,
    grain_high: part("grain_high").textContent,
  });
  document.body.replaceChildren(told);
})();
</script>"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """A cycle with nine frames."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "resolved.yaml").write_text("name: a\n")
    return make_directory(folder, ROWS[:9], "output.fields.format=vtkhdf")


@pytest.fixture(scope="module")
def shown(directory):
    return scene.scene(directory)


def numbers(text, kind):
    return np.frombuffer(b64decode(text), dtype=kind)


def test_every_corner_has_its_value_and_place(directory, shown):
    frame = read_frame(directory / "fields", 4)
    surface, grains = faces_of_grains(frame.grains), shown["grains"]
    (field,) = (each for each in grains["fields"] if each["name"] == "occupancy")
    share = (numbers(field["values"][4], "<u2").astype(float) - 1) / 65534
    lithium = field["low"] + share * (field["high"] - field["low"])
    assert lithium == pytest.approx(frame.grains.at_nodes["occupancy"][surface.nodes], abs=1e-5)
    points = numbers(grains["points"], "<f4").reshape(-1, 3)
    assert points == pytest.approx(frame.grains.points[surface.nodes], abs=1e-6)
    moved = numbers(grains["moved"][4], "<i2").reshape(-1, 3) / 32767 * shown["moved"]
    displacement = frame.grains.at_nodes["displacement / um"][surface.nodes]
    assert moved == pytest.approx(displacement, abs=1e-4 * shown["moved"])
    assert np.abs(displacement).max() > 0


def test_levels_tell_nothing_from_least():
    values = np.array([np.nan, 2.0, 3.0, 4.0, 9.0])
    assert levels(values, 2.0, 4.0).tolist() == [0, 1, 32768, 65535, 65535]


def test_ranges_are_those_of_their_kind():
    values = np.array([-30.0, 10.0, 20.0, np.nan])
    assert spanned("damage", values) == (0.0, 1.0)
    low, high = spanned("first principal stress / MPa", values)
    assert low == -high and 29 < high <= 30
    assert spanned("opening / nm", values)[0] == 0.0


def test_a_long_run_keeps_its_first_and_last_frame():
    numbers = chosen(500, 100_000)
    assert numbers[0] == 0 and numbers[-1] == 499
    assert len(numbers) * 100_000 * 12 <= scene.MOST_BYTES < (len(numbers) + 1) * 100_000 * 12
    assert chosen(9, 1000) == list(range(9))


def test_of_a_body_in_space_the_faces_of_its_grains_are_drawn_and_films_are_not():
    """Two tetrahedra of one grain share a face; a third one is a film without lithium."""
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1], [2, 2, 2.0]])
    cells = np.array([[0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5]])
    lithium = np.array([0.5, 0.5, 0.5, 0.5, 0.5, np.nan])
    surface = faces_of_grains(FramePart(points, cells, {"occupancy": lithium}, {}))
    faces = {tuple(sorted(surface.nodes[face])) for face in surface.faces}
    assert len(surface.faces) == 6 and (1, 2, 3) not in faces
    assert 5 not in surface.nodes
    corners = surface.points[surface.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    middle = points[:5].mean(axis=0)
    assert (np.einsum("ij,ij->i", normals, corners.mean(axis=1) - middle) > 0).all()


def test_a_boundary_of_a_plane_is_a_band_about_its_line():
    points = np.array([[0.0, 0, 0], [2, 0, 0]])
    surface = faces_of_cracks(FramePart(points, np.array([[0, 1]]), {}, {}))
    drawn = surface.points + 0.1 * surface.across
    assert sorted(map(tuple, drawn[:, :2])) == [(0, -0.1), (0, 0.1), (2, -0.1), (2, 0.1)]
    corners = drawn[surface.faces]
    areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] / 2
    assert np.abs(areas).sum() == pytest.approx(2 * 0.2)


def test_the_command_writes_a_page_of_the_run(directory, capsys):
    assert cli.main(["plot", str(directory), "--explore"]) == DONE
    assert capsys.readouterr().out == f"{directory}/explorer.html\n"
    assert "explorer.html" in manifest(directory)
    assert "http" not in re.sub(
        "https?://www.w3.org", "", (directory / "explorer.html").read_text()
    )


def test_a_run_without_fields_is_told(tmp_path, capsys):
    (tmp_path / "resolved.yaml").write_text("name: a\n")
    (tmp_path / "metadata.json").write_text("{}")
    assert cli.main(["plot", str(tmp_path), "--explore"]) == BAD_CASE
    assert "has no fields to show (output.fields)" in capsys.readouterr().err


def test_a_name_cannot_break_the_page(shown):
    shown = shown | {"captions": ["</script><b>"] * 9, "curves": {"hours": [0.0], "values": []}}
    written = page.page("<i>a & b</i>", shown)
    assert "<title>&lt;i&gt;a &amp; b" in written and "</script><b>" not in written


@pytest.mark.skipif(BROWSER is None, reason="no chromium-headless-shell here")
def test_a_browser_shows_sixty_frames_without_an_error(directory, tmp_path):
    visited = tmp_path / "visited.html"
    visited.write_text(explore(directory).read_text().replace("</html>", VISIT + "</html>"))
    said = subprocess.run(
        [BROWSER, "--no-sandbox", "--enable-unsafe-swiftshader", "--use-angle=swiftshader",
         "--window-size=900,700", "--virtual-time-budget=60000", "--dump-dom", visited.as_uri()],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    told = re.search(r"<pre>(.*)</pre>", said.stdout, re.DOTALL)
    assert told, said.stdout[-1000:] + said.stderr[-1000:]
    seen = json.loads(html.unescape(told[1]))
    assert seen["trouble"] == "" and seen["error"] == 0
    assert seen["pictures"] > 20, "the body moves and changes its colours"
    assert "cycle 1" in seen["caption"] and float(seen["grain_high"]) > 0
