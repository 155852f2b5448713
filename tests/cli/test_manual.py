"""The manual is made from the program, and a browser finds nothing broken in it."""

import html
import json
import re
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BROWSER = shutil.which("chromium-headless-shell")
FOUND = {
    "file": "tests/verification/test_waves.py",
    "about": "Waves against their closed form.\n\nFisher (1937).",
    "name": "test_a_wave_of_cottrell_is_fast[0.5]",
    "outcome": "passed",
    "held": [{"asked": "speed == pytest.approx(2.0)", "found": "1.9984712 == 2.0 ± 2.0e-03"}],
    "figures": [{"x": "time", "y": "place", "scales": {}, "known": {"line": [[0, 1], [0, 2]]},
                 "found": {"found": [[0, 1], [0, 1.9]]}}],
}  # fmt: skip
# Loads one page after the other into a frame and looks at what became of it
VISITOR = """<!doctype html><body><script>
const pages = PAGES, found = {};
async function visit(page) {
  const frame = document.createElement("iframe");
  frame.width = 1280; frame.height = 900;
  const loaded = new Promise(done => frame.onload = done);
  frame.src = page;
  document.body.append(frame);
  await loaded;
  const it = frame.contentDocument, count = what => it.querySelectorAll(what).length;
  const links = [...it.querySelectorAll("a[href]")].map(link => link.href);
  found[page] = {
    title: it.title, formulas: count(".math"), drawn: count(".math .katex"),
    wrong: count(".katex-error"), links: [...new Set(links)],
    anchors: [...it.querySelectorAll("[id]")].map(part => part.id),
    pictures: [...it.images].filter(picture => !picture.naturalWidth).map(picture => picture.src),
  };
  frame.remove();
}
(async () => {
  for (const page of pages) await visit(page);
  const told = document.createElement("pre");
  told.textContent = JSON.stringify(found);
  document.body.replaceChildren(told);
})();
</script></body>"""


@pytest.fixture(scope="module")
def manual(tmp_path_factory):
    """The manual with a book of one proof; notebooks are run by a test of their own."""
    pytest.importorskip("sphinx")
    folder = tmp_path_factory.mktemp("manual")
    (folder / "proofs").mkdir()
    (folder / "proofs/alone.json").write_text(json.dumps([FOUND]))
    words = ["-o", str(folder / "site"), "--proofs", str(folder / "proofs"), "--as-they-are"]
    said = subprocess.run(
        [sys.executable, "-m", "docs.writing", *words],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def visited(manual):
    """What the browser saw on every page, by its path."""
    if BROWSER is None:
        pytest.skip("no chromium-headless-shell here")
    pages = sorted(str(path.relative_to(manual)) for path in manual.rglob("*.html"))
    (manual / "visitor.html").write_text(VISITOR.replace("PAGES", json.dumps(pages)))
    handler = partial(SimpleHTTPRequestHandler, directory=str(manual))
    handler.log_message = lambda *words: None
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        said = subprocess.run(
            [BROWSER, "--no-sandbox", "--virtual-time-budget=600000", "--dump-dom",
             f"{address}/visitor.html"],
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        server.shutdown()
    told = re.search(r"<pre>(.*)</pre>", said.stdout, re.DOTALL)
    assert told, said.stdout[-2000:] + said.stderr[-2000:]
    seen = json.loads(html.unescape(told[1]))
    assert sorted(seen) == pages
    return {page: what | {"address": address} for page, what in seen.items()}


def test_no_formula_is_left_undrawn(visited):
    assert visited["model.html"]["formulas"] > 50
    for page, seen in visited.items():
        assert seen["wrong"] == 0 and seen["drawn"] == seen["formulas"], page


def test_no_picture_is_missing(visited):
    assert {page: seen["pictures"] for page, seen in visited.items() if seen["pictures"]} == {}


def test_no_link_leads_nowhere(manual, visited):
    broken = []
    for page, seen in visited.items():
        for link in seen["links"]:
            if not link.startswith(seen["address"]):
                continue
            path, _, anchor = link.removeprefix(f"{seen['address']}/").partition("#")
            target = visited.get(path or "index.html")
            there = target is not None or (manual / path).is_file()
            if not there or (anchor and anchor not in target["anchors"]):
                broken.append(f"{page}: {link}")
    assert broken == []
    assert len(visited) > 25


def test_links_to_pages_are_called_by_titles(manual):
    limits = (manual / "limits.html").read_text()
    assert "Where the energy goes, and what proves the books" in limits.split("<h1>")[1]
    shown = re.compile(r">\w+\.md</(?:span|a)>")
    assert [page.name for page in manual.glob("*.html") if shown.search(page.read_text())] == []


def test_the_book_tells_what_was_found(manual):
    chapter = (manual / "made/proofs/waves.html").read_text()
    assert "A wave of Cottrell is fast (0.5)" in chapter
    assert "1.9985 == 2 ± 0.002" in re.sub("<[^>]*>", "", chapter)
    assert '<img alt="place over time"' in chapter
    front = (manual / "made/proofs/book.html").read_text()
    assert "Waves against their closed form." in front and "all hold" in front


def test_every_key_and_every_value_is_there(manual):
    keys = (manual / "made/keys.html").read_text()
    for words in ("numerics.time_step", "Below this the solver gives up", "physics.wetting"):
        assert words in keys, words
    materials = (manual / "made/materials.html").read_text()
    assert "max_concentration" in materials and "assumed:" in materials


def test_findings_that_are_not_there_are_told(tmp_path):
    said = subprocess.run(
        [sys.executable, "-m", "docs.writing", "--proofs", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert said.returncode == 2
    assert said.stderr == f"{tmp_path}: nothing that a run of tests has kept\n"
