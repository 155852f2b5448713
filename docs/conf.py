"""How Sphinx makes the manual of the pages of this folder: see `docs/writing`."""

import json
import os
import re
import shutil
import sys
from pathlib import Path

from sphinx.application import Sphinx

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
KATEX = Path("/usr/share/javascript/katex")  # of Debian's libjs-katex
sys.path.insert(0, str(ROOT))

from docs.writing import keys, materials, proofs  # noqa: E402

project = "intergrain"
copyright = "the intergrain developers"
extensions = ["myst_nb"]
exclude_patterns = ["notebooks", "made/cases"]  # these run as copies, see `write_pages`
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
nb_execution_timeout = 300
nb_execution_raise_on_error = True
html_theme = "furo"
html_title = "intergrain"
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["manual.css"]

if KATEX.is_dir():  # else Sphinx takes MathJax from the net
    html_static_path.append(str(KATEX))
    html_css_files.append("katex.min.css")
    html_js_files = ["katex.min.js", "contrib/auto-render.js"]
    mathjax_path = "draw_formulas.js"


NAMED_BY_FILE = re.compile(r"\[(\w+\.md)\]\(\1\)")  # as it is read outside the manual


def setup(app: Sphinx) -> None:
    """Have the pages that are made from the program written before Sphinx reads its sources."""
    app.connect("builder-inited", write_pages)
    app.connect("source-read", name_by_title)


def name_by_title(app: Sphinx, page: str, source: list[str]) -> None:
    """Let links that show the file of a page show its title."""
    source[0] = NAMED_BY_FILE.sub(r"[](\1)", source[0])


def write_pages(app: Sphinx) -> None:
    """Write keys, materials and proofs; copy notebooks to where they may leave their runs."""
    made = Path(app.srcdir) / "made"
    shutil.rmtree(made, ignore_errors=True)  # also pages of tests that are gone
    made.mkdir()
    schema = json.loads((ROOT / "cases/schema.json").read_text(encoding="utf-8"))
    (made / "keys.md").write_text(keys.page(schema), encoding="utf-8")
    (made / "materials.md").write_text(materials.page(), encoding="utf-8")
    shutil.copytree(DOCS / "notebooks", made / "docs/notebooks", ignore=lambda *_: {"runs"})
    (made / "cases").symlink_to(ROOT / "cases")  # as seen from a notebook: ../../cases
    kept = os.environ.get("INTERGRAIN_PROOFS")
    proofs.pages(Path(kept) if kept else None, made / "proofs")
